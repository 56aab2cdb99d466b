"""A stage for stories: what people do and see in the sandbox, written as a transcript, with checks on the way.

Owns how a transcript looks. The stories are elsewhere (`demo_text`).
"""

import textwrap
from collections.abc import Callable
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.sandbox.clinic import Clinic
from bot.sandbox.errors import SandboxError
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.sandbox.state import Event, Happening, SeenMessage

WIDTH = 78
INDENT = " " * 17
LONGEST = 28  # lines of one message; the rest is on the phone


class StepFailed(SandboxError):
    """Something in the story did not go as it must."""


class Stage:
    """Prints what happens in each chat, in order, under the name of whoever acts."""

    def __init__(self, clinic: Clinic, out: TextIO, zone: str) -> None:
        self.clinic = clinic
        self.steps = 0
        self._out = out
        self._zone = ZoneInfo(zone)
        self._shown: dict[int, int] = {}
        self._texts: dict[tuple[int, int], str] = {}
        self._speaker = ""
        self._day = ""

    def scene(self, title: str) -> None:
        """A new part of the day."""
        self._speaker = ""
        self._line()
        self._line(f"━━ {title} " + "━" * max(WIDTH - len(title) - 4, 0))

    def note(self, text: str) -> None:
        """What a narrator says between the lines."""
        self._speaker = ""
        for line in textwrap.wrap(text, WIDTH - 4):
            self._line(f"    {line}")

    def check(self, claim: str, holds: Callable[[], object]) -> None:
        """A step of the story: `claim` must be true now. Raises `StepFailed`."""
        try:
            good = bool(holds())
        except SandboxError as error:
            raise StepFailed(f"{claim}: {error}") from error
        if not good:
            raise StepFailed(claim)
        self.steps += 1
        self._line(f"  ✓ {claim}")

    async def settle(self, *, quietly: bool = False) -> None:
        """Let the bot act, then print what is new."""
        await self.clinic.settle()
        self.print_new(quietly=quietly)

    def print_new(self, *, quietly: bool = False) -> None:
        """Print what has happened since the last time; `quietly` passes it over."""
        fresh = sorted(self._fresh(), key=lambda found: found[1].at)
        if not quietly:
            for name, happening in fresh:
                self._happening(name, happening)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone)

    def _fresh(self) -> list[tuple[str, Happening]]:
        found: list[tuple[str, Happening]] = []
        people: list[Person] = self.clinic.sandbox.people
        groups: list[Group] = self.clinic.sandbox.groups
        for name, view in [(p.first_name, p.chat) for p in people] + [(g.title, g.chat) for g in groups]:
            history = view.history
            found += [(name, happening) for happening in history[self._shown.get(view.id, 0) :]]
            self._shown[view.id] = len(history)
        return found

    def _happening(self, name: str, happening: Happening) -> None:
        match happening.event:
            case Event.SENT | Event.EDITED if happening.message is not None:
                self._message(name, happening, happening.message)
            case Event.TAPPED if happening.message is not None:
                self._say(name, happening.at, f"taps [{_label(happening.message, happening.what)}]")
            case Event.TOAST if happening.what:
                self._say(name, happening.at, f"sees “{happening.what}” for a moment")
            case Event.DELETED if happening.by_bot:
                self._say(name, happening.at, "a message has vanished")

    def _message(self, name: str, happening: Happening, message: SeenMessage) -> None:
        if message.kind not in ("text", "photo"):
            return
        who = "Handrail" if happening.by_bot else message.sender
        verb = {Event.EDITED: "now says", Event.SENT: ""}[happening.event]
        picture = "[a QR picture]\n" if message.photo else ""
        place = (message.chat_id, message.id)
        body = _changed(self._texts.get(place, ""), message.text)
        self._texts[place] = message.text
        self._say(name, happening.at, f"{who} {verb}".strip() + ":", picture + body)
        for row in message.buttons:
            self._line(INDENT + "  ".join(f"[{button.text}]" for button in row))

    def _say(self, name: str, at: datetime, head: str, body: str = "") -> None:
        local = self.local(at)
        day = f"{local:%A %-d %B}"
        if day != self._day:
            self._day = day
            self._line()
            self._line(f"   {day}")
        if name != self._speaker:
            self._speaker = name
            self._line()
            self._line(f"  ┌ {name}")
        self._line(f"  {local:%H:%M}  {head}")
        lines = [part for line in body.splitlines() for part in _wrapped(line)]
        shown = lines if len(lines) <= LONGEST else [*lines[: LONGEST - 1], "…"]
        for line in shown:
            self._line(INDENT + line if line else "")

    def _line(self, text: str = "") -> None:
        print(text.rstrip(), file=self._out)


def _changed(before: str, now: str) -> str:
    """Of a long message that is edited a little, only what is new."""
    old, lines = before.splitlines(), now.splitlines()
    fresh = [line for line in lines if line not in old]
    if len(lines) < 6 or not fresh or len(fresh) > len(lines) // 3:
        return now
    return "…\n" + "\n".join(fresh)


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH - len(INDENT), break_long_words=False, break_on_hyphens=False) or [""]


def _label(message: SeenMessage, data: str) -> str:
    buttons = [button for row in message.buttons for button in row]
    return next((button.text for button in buttons if button.callback_data == data), "an older button")
