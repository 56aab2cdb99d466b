"""What a visitor's hands do on the page, and what their eyes see."""

from collections.abc import Callable
from pathlib import Path

from playwright.async_api import Locator, Page, expect


class Hands:
    """One window. Every deed waits until the page has been drawn anew."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self._pictures = pictures

    def chat(self, pane: str) -> Locator:
        return self.page.locator(f"#{pane} .log")

    def newest(self, pane: str) -> Locator:
        return self.page.locator(f"#{pane} .log > .message").last

    async def click(self, what: Locator | str) -> None:
        place = self.page.locator(what) if isinstance(what, str) else what
        await place.click()
        await self.settled()

    async def settled(self) -> None:
        await self.page.wait_for_selector("body:not([aria-busy])")

    async def becomes(self, name: str) -> None:
        """Take that participant's phone."""
        chip = self.page.locator("#people button", has_text=name)
        await self.click(chip)
        await expect(chip).to_have_attribute("aria-pressed", "true")

    async def opens_staff_chat(self, name: str) -> None:
        chip = self.page.locator("#chats button", has_text=name)
        await self.click(chip)
        await expect(chip).to_have_attribute("aria-pressed", "true")

    async def says(self, text: str, pane: str = "person") -> None:
        await self.page.fill(f"#{pane}-words", text)
        await self.page.press(f"#{pane}-words", "Enter")
        await self.settled()

    async def taps(self, label: str, pane: str = "person") -> None:
        await self.click(self.newest(pane).get_by_role("button", name=label).first)

    async def labels(self, pane: str = "person") -> list[str]:
        """The buttons under the newest message."""
        return await self.newest(pane).locator(".inline-keyboard button").all_inner_texts()

    async def goes_through(
        self, chooses: Callable[[list[str]], str | None], pane: str = "person", *, most: int = 20
    ) -> int:
        """Tap what `chooses` picks, until it picks nothing; gives how many taps that were."""
        for count in range(most):
            labels = await self.labels(pane)
            choice = chooses(labels)
            if choice is None:
                return count
            button = self.newest(pane).locator(".inline-keyboard button").nth(labels.index(choice))
            await self.click(button)
        raise AssertionError(f"still asked after {most} taps: {await self.labels(pane)}")

    async def reads(self, text: str, pane: str = "person") -> None:
        """That text is in the chat."""
        await expect(self.chat(pane)).to_contain_text(text)

    async def pictures(self, name: str) -> None:
        """Keep a screenshot."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=self._pictures / f"{name}.png")


def onward(labels: list[str]) -> str | None:
    """Of a screen of joining, the first button that does not lead back."""
    return next((label for label in labels if not label.endswith("Back")), None)


def calm_answer(labels: list[str]) -> str | None:
    """An answer that worries nobody; none where the check-in is over and something to read is offered."""
    if not labels or any(label.startswith(("Read", "Go on")) for label in labels):
        return None
    for wanted in ("5", "Skip", "Yes"):
        if wanted in labels:
            return wanted
    return labels[0]
