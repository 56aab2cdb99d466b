"""A visitor plays with the demo: the whole story, content, faults, the keyboard alone, and pictures to look at."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Opens
from tests.e2e.hands import calm_answer, onward

ROOT = Path(__file__).parent.parent.parent


async def test_a_day_from_joining_to_the_next_morning(opens: Opens) -> None:
    hands = await opens()
    page = hands.page

    # Sam joins by the invite that Ana has printed.
    await hands.becomes("Sam")
    await hands.click("#person .start button")
    await hands.goes_through(onward)
    await expect(page.locator("#people button", has_text="Sam")).not_to_contain_text("not joined")

    # Maya's check-in comes, and the bot is restarted in the middle of it.
    await hands.becomes("Maya")
    await hands.click("#next-checkin")
    await hands.reads("Daily check-in")
    await hands.click(hands.newest("person").locator(".inline-keyboard button").nth(5))
    await hands.click("#restart")
    await expect(page.locator("#note")).to_contain_text("nothing lost")
    await hands.goes_through(calm_answer)
    await hands.reads("Thank you. You took a minute for yourself")

    # She reads a card.
    await hands.says("/learn")
    await hands.click(hands.newest("person").locator(".inline-keyboard button").first)
    await hands.taps("Next")
    await hands.reads("2/")

    # Tom writes something worrying; Ana takes it in the staff group and reads his words in private.
    await hands.becomes("Tom")
    await hands.click(page.locator("#person .worrying").first)
    await hands.reads("988")
    await hands.reads("Nobody has this yet", "staff")
    await hands.pictures("laptop-light")
    await hands.taps("I have this", "staff")
    await hands.reads("Taken by Ana", "staff")
    await hands.reads("Ana has this")
    await hands.taps("Reveal", "staff")
    await expect(hands.chat("staff")).not_to_contain_text("want to die")
    await hands.opens_staff_chat("Ana")
    await hands.reads("want to die", "staff")
    await expect(page.locator("#stored")).to_contain_text("words sealed")
    await hands.says("/resolve 3 reached", "staff")

    # The next morning, by the slider.
    await page.locator("#slider").fill("24")
    await hands.click("#slide")
    await expect(page.locator("#day")).to_have_text("Wednesday, March 11")
    await hands.opens_staff_chat("Staff group")
    await hands.reads("Good morning", "staff")


async def test_a_content_file_is_edited_and_mended(opens: Opens) -> None:
    hands = await opens()
    page = hands.page
    await page.click("#edit")
    await expect(page.locator("#checked")).to_contain_text("no problems")
    words = await page.input_value("#words")

    await page.fill("#words", words + "\nname = ")
    await page.click("#save")
    await expect(page.locator("#checked")).to_contain_text("to mend")
    await hands.pictures("laptop-content")
    await page.fill("#words", words.replace("Daily check-in", "A minute for you"))
    await page.click("#save")
    await expect(page.locator("#checked")).to_contain_text("no problems")
    await page.get_by_role("button", name="Close").click()
    await hands.click("#next-checkin")

    await hands.reads("A minute for you")


async def test_nothing_is_lost_while_telegram_is_down(opens: Opens) -> None:
    hands = await opens()
    await hands.click("#telegram")
    await hands.says("/help_now")
    await expect(hands.newest("person")).to_contain_text("/help_now")

    await hands.click("#telegram")

    await hands.reads("988")
    await expect(hands.page.locator("#note")).to_contain_text("nothing was lost")


async def test_the_keyboard_is_enough(opens: Opens) -> None:
    hands = await opens()
    page = hands.page

    # From the top: the skip link leads to the words, Enter sends them.
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#person-words")).to_be_focused()
    await page.keyboard.type("/help_now")
    await page.keyboard.press("Enter")
    await hands.settled()
    await hands.reads("988")

    # Back through the chat: the button of the newest message, and after the tap the focus is still in the chat.
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.closest('.inline-keyboard') !== null"):
            break
    await page.keyboard.press("Enter")
    await hands.settled()
    assert await page.evaluate("document.activeElement.closest('#person .log') !== null")


async def test_a_screen_reader_finds_its_way(opens: Opens) -> None:
    page = (await opens()).page

    await expect(page.get_by_role("log")).to_have_count(2)
    await expect(page.get_by_role("textbox", name="Maya writes to Handrail")).to_be_visible()
    unnamed = await page.evaluate(
        "[...document.querySelectorAll('button, select, textarea, input')].filter((one) => !one.textContent.trim()"
        " && !one.getAttribute('aria-label') && !one.labels?.length).map((one) => one.outerHTML)"
    )
    assert unnamed == []


async def test_on_a_phone_the_staff_s_chat_opens_at_its_end(opens: Opens) -> None:
    hands = await opens(width=390, height=844)

    await hands.page.locator(".tabs button", has_text="Staff").click()

    await expect(hands.newest("staff")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height", "name"), [(1440, 900, "laptop"), (390, 844, "phone")])
@pytest.mark.parametrize("dark", [False, True])
async def test_it_fits_on_a_laptop_and_a_phone(
    opens: Opens, width: int, height: int, name: str, dark: bool
) -> None:
    hands = await opens(width=width, height=height, dark=dark)
    page = hands.page
    if width < 760:
        await page.click("#more")
        await hands.click("#next-checkin")
        await page.click("#more")
    else:
        await hands.click("#next-checkin")

    await hands.pictures(f"{name}-{'dark' if dark else 'light'}-checkin")

    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


async def test_a_chat_opens_at_its_newest_message(opens: Opens) -> None:
    hands = await opens(width=1440, height=900)

    below = await hands.page.evaluate(
        "(log => log.scrollHeight - log.scrollTop - log.clientHeight)(document.querySelector('#person .log'))"
    )

    assert below <= 1


async def test_ctrl_c_ends_it_and_says_the_next_step() -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout is not None
    said = ""
    while "Ctrl-C ends it" not in said:
        line = await demo.stdout.readline()
        assert line, said
        said += line.decode()

    demo.send_signal(signal.SIGINT)
    rest, _ = await demo.communicate()

    assert "get a token from BotFather" in rest.decode()
    assert "handrail setup" in rest.decode()
    assert demo.returncode == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_a_card_s_picture_is_seen_on_a_phone(opens: Opens, dark: bool) -> None:
    hands = await opens(width=390, height=844, dark=dark)

    await hands.says("/learn")
    await hands.taps("Riding a craving")
    await hands.taps("Next")

    shown = hands.newest("person").locator("img.picture")
    await expect(shown).to_have_attribute("alt", re.compile("A wave that rises"))
    assert await shown.evaluate("image => image.naturalWidth") == 1080
    box = await shown.bounding_box()
    assert box is not None and box["width"] > 250 and 1.4 < box["width"] / box["height"] < 1.6
    await hands.pictures(f"picture-{'dark' if dark else 'light'}")

    await hands.taps("Next")
    await hands.reads("3/8")
    await expect(hands.chat("person").locator("img.picture")).to_have_count(0)
