"""Promise 5, watched over in every test that has a clinic: nothing private reaches a log or a group.

`tests/test_canary.py` looks closer, with words made for it; this looks everywhere.
"""

import io
import re
import sys
from functools import cache
from pathlib import Path

from bot.people import codes
from bot.sandbox.clinic import TOKEN
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import Event, Happening

ROOT = Path(__file__).parent.parent
IN_A_ROW = 4  # so many words in a row are nobody's but the writer's
LONG_ENOUGH = 8  # letters; a shorter text ("Kim", "my jaw") may stand in innocent places


class Tee(io.StringIO):
    """Keeps what is logged, and shows it as well."""

    def write(self, text: str) -> int:
        sys.stderr.write(text)
        return super().write(text)


def assert_discreet(sandbox: Sandbox, logged: str) -> None:
    """Nothing that anybody typed in private, no Telegram id and no token is in the log or was said in a group.

    Any few words of a sentence are looked for, however they are spaced, and a short text as words of their own
    unless they are the program's words, too.
    """
    said = [happening for group in sandbox.groups for happening in group.history if happening.by_bot]
    places = {"log": logged, "group": "\n".join(_texts(said))}
    for place, text in places.items():
        assert TOKEN not in text, place
        words = _words(text)
        for person in sandbox.people:
            assert f" {person.id} " not in words, f"the id of {person.first_name} is in the {place}"
            leaked = [piece for typed in _texts(_said(person)) for piece in _pieces(typed) if piece in words]
            assert not leaked, f"{leaked} of {person.first_name} is in the {place}"


def _said(person: Person) -> list[Happening]:
    return [h for h in person.chat.history if not h.by_bot and h.event in (Event.SENT, Event.EDITED)]


def _texts(happenings: list[Happening]) -> list[str]:
    return [happening.message.text for happening in happenings if happening.message is not None]


def _words(text: str) -> str:
    """The words alone, one space around each; a log writes the end of a line as two characters."""
    words = re.findall(r"\w+", re.sub(r"\\[nrt]", " ", text).casefold())
    return f" {' '.join(words)} "


def _pieces(typed: str) -> list[str]:
    """What to look for of a text; of a command, what stands behind it."""
    words = _words(re.sub(r"^/\w+", "", typed)).split()
    if len(words) >= IN_A_ROW:
        starts = range(len(words) - IN_A_ROW + 1)
        return [f" {' '.join(words[start : start + IN_A_ROW])} " for start in starts]
    whole = " ".join(words)
    if _is_code(words):
        return []
    if len(whole) >= LONG_ENOUGH:
        return [whole]
    is_ours = all(word.isdigit() or word in _words_of_the_program() for word in words)
    return [] if is_ours else [f" {whole} "]


def _is_code(words: list[str]) -> bool:
    """ "blue heron 412": made to be said where others read along."""
    return len(words) == 3 and words[0] in codes.FIRST and words[1] in codes.SECOND


@cache
def _words_of_the_program() -> frozenset[str]:
    """What stands in its sources and its sentences, and may be in a log or a group whoever types it as well."""
    sources = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/*.py"), *ROOT.glob("content/phrases/*.toml")]
    used = [file for file in sources if "sandbox" not in file.parts]
    return frozenset(word for file in used for word in _words(file.read_text(encoding="utf-8")).split())
