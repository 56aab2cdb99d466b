"""What a reader sees: every screen of the shipped modules fits a message and a phone, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.delivery.buttons import read
from bot.delivery.model import CALLBACK_BYTES, TEXT_UNITS, Message
from bot.modules import screens
from bot.modules.content import read_module
from bot.modules.model import Card, Check, Module
from bot.modules.pacing import Offer
from bot.modules.screens import Entry, Page, Progress
from bot.phrases import Phrases
from bot.phrases import read as read_phrases

ROOT = Path(__file__).parents[3] / "content"
LANGUAGES = ("en", "es")


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    found, problems = read_phrases(ROOT / "phrases" / "learn.toml", LANGUAGES)
    assert found is not None, problems
    return found


def shipped() -> Iterator[Module]:
    for file in sorted(ROOT.glob("modules/*/*.md")):
        found, problems = read_module(file, file.parent.name)
        assert found is not None, problems
        yield found.module


def a_module(*, option: str = "short", body: str = "Body", cards: int = 3) -> Module:
    check = Card("Check", "Which?", Check((option, "no", "maybe"), 1, "Either way you <b>looked</b>."))
    plain = [Card(f"Card {number}", body) for number in range(cards - 1)]
    return Module(
        "a-module", "stress", 1, "en", "A module", 4, "Summary", ("s",), "draft", "Why?", (*plain, check)
    )


def pages_of(module: Module) -> Iterator[Page]:
    for at, card in enumerate(module.cards):
        yield Page(module, at)
        for option in range(len(card.check.options)) if card.check else ():
            yield Page(module, at, option)
    for taps_only in (False, True):
        yield Page(module, len(module.cards), 0, taps_only=taps_only)
    yield Page(module, len(module.cards), 0, is_done=True, next=Offer("other", "Another", 4))


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


@pytest.mark.parametrize("module", list(shipped()), ids=lambda module: f"{module.lang}-{module.slug}")
def test_every_screen_of_every_shipped_module_fits_a_message_and_a_phone(
    phrases: Phrases, module: Module
) -> None:
    for page in pages_of(module):
        message = screens.page(phrases, module.lang, page)

        assert 0 < message.text.utf16_length <= 900
        for row in message.buttons:
            assert len(row) <= 4
            assert all(len(button.label) <= screens.BUTTON_CHARACTERS for button in row)
            assert all(len(button.data.encode()) <= CALLBACK_BYTES for button in row)


def test_the_longest_slug_still_fits_into_a_button(phrases: Phrases) -> None:
    offer = Offer("s" * 40, "T", 4)
    entry = Entry("s" * 40, "stress", "T", 4, Progress.BEGUN, 2, 9)

    assert screens.offer_row(phrases, "en", offer)
    assert screens.shelf(phrases, "en", [entry], go_on="s" * 40).buttons


def test_a_card_that_leaves_no_room_for_its_header_is_cut_not_refused(phrases: Phrases) -> None:
    module = a_module(body="x" * (TEXT_UNITS - 20))

    assert screens.page(phrases, "en", Page(module, 0)).text.utf16_length == TEXT_UNITS


def test_the_first_card_leads_back_to_the_list_and_the_others_to_the_card_before(phrases: Phrases) -> None:
    first = screens.page(phrases, "en", Page(a_module(), 0))
    second = screens.page(phrases, "en", Page(a_module(), 1))

    assert labels(first) == [["‹ All", "Next ›"]]
    assert labels(second) == [["‹ Back", "Next ›"]]
    assert first.buttons[0][0].data == screens.LIST
    assert [read(button.data).words for button in second.buttons[0]] == [("a-module", "0"), ("a-module", "2")]


def test_the_check_question_waits_for_an_answer(phrases: Phrases) -> None:
    message = screens.page(phrases, "en", Page(a_module(), 2))

    assert labels(message) == [["short"], ["no"], ["maybe"], ["‹ Back"]]


def test_answers_too_long_for_a_button_become_letters(phrases: Phrases) -> None:
    option = "an answer with far too many words for a button"

    message = screens.page(phrases, "en", Page(a_module(option=option), 2))

    assert labels(message) == [["A", "B", "C"], ["‹ Back"]]
    assert f"A  {option}" in message.text.text


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_the_feedback_comes_whatever_was_chosen_and_then_it_goes_on(phrases: Phrases, answered: int) -> None:
    message = screens.page(phrases, "en", Page(a_module(), 2, answered))

    assert "Either way you looked." in message.text.text
    assert "no" in message.text.text
    assert labels(message) == [["‹ Back", "Next ›"]]
    assert "wrong" not in message.text.text.lower()


def test_staff_who_look_can_turn_past_the_question_and_are_not_asked_to_type(phrases: Phrases) -> None:
    module = a_module()

    check = screens.page(phrases, "en", Page(module, 2, is_kept=False))
    question = screens.page(phrases, "en", Page(module, 3, is_kept=False))

    assert labels(check)[-1] == ["‹ Back", "Next ›"]
    assert "Type" not in question.text.text


def test_somebody_who_only_taps_is_not_asked_to_type(phrases: Phrases) -> None:
    message = screens.page(phrases, "en", Page(a_module(), 3, 0, taps_only=True))

    assert "Nothing to type" in message.text.text
    assert labels(message) == [["‹ Back", "Done"]]


def test_the_list_goes_track_by_track_and_begins_where_one_left_off(phrases: Phrases) -> None:
    entries = [
        Entry("a", "stress", "First", 4, Progress.DONE),
        Entry("b", "stress", "Second", 5, Progress.BEGUN, 3, 6),
        Entry("c", "relapse-prevention", "Third", 4),
    ]

    message = screens.shelf(phrases, "en", entries, go_on="b")

    assert "✓ First" in message.text.text
    assert "Second · 3/6" in message.text.text
    assert message.text.text.index("Staying") < message.text.text.index("Third · 4 min")
    assert labels(message) == [["Go on: card 3 of 6"], ["✓ First"], ["Third"]]


def test_an_empty_shelf_says_so(phrases: Phrases) -> None:
    assert screens.shelf(phrases, "en", []).text.text.startswith("There is nothing")


def test_an_offer_of_something_begun_says_where_it_goes_on(phrases: Phrases) -> None:
    new = screens.offer_row(phrases, "en", Offer("a", "First", 4))
    begun = screens.offer_row(phrases, "es", Offer("a", "First", 4, at=3, of=6))

    assert [button.label for button in new] == ["Read · 4 min", "Not today"]
    assert [button.label for button in begun] == ["Seguir: tarjeta 3 de 6", "Hoy no"]
