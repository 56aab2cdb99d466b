"""Promise 5, watched over in every test that has a clinic: nothing private reaches a log or a group.

`tests/test_canary.py` looks closer, with words made for it; this looks everywhere.
"""

import io
import sys

from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.people import Person
from bot.sandbox.state import Event, Happening

LONG_ENOUGH = 8  # shorter texts ("7", "ana") stand in innocent places too


class Tee(io.StringIO):
    """Keeps what is logged, and shows it as well."""

    def write(self, text: str) -> int:
        sys.stderr.write(text)
        return super().write(text)


def assert_discreet(clinic: Clinic, logged: str) -> None:
    """No word that anybody typed in private, and no token, is in the log or in what the bot said in a group."""
    in_groups = "\n".join(_texts([h for group in clinic.sandbox.groups for h in group.history if h.by_bot]))
    assert TOKEN not in logged
    assert TOKEN not in in_groups
    for person in clinic.sandbox.people:
        for words in _texts(_said(person)):
            if len(words) >= LONG_ENOUGH and not words.startswith("/"):
                assert words not in logged, words
                assert words not in in_groups, words


def _said(person: Person) -> list[Happening]:
    return [h for h in person.chat.history if not h.by_bot and h.event in (Event.SENT, Event.EDITED)]


def _texts(happenings: list[Happening]) -> list[str]:
    return [happening.message.text for happening in happenings if happening.message is not None]
