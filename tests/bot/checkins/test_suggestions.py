"""Which module fits which answers, as staff write it: each fault with its line and what to do, and what is found."""

from pathlib import Path

import pytest

from bot.checkins.model import SKIPPED, CheckinDefinition
from bot.checkins.suggestions import Suggestion, fitting, read_suggestions
from bot.errors import Problem
from bot.reading import Source
from tests.bot.checkins.test_content import checkin_of

GOOD = """\
[[suggest]]
when = { question = "craving", at_least = 4, at_most = 7 }
module = "riding-a-craving"

[[suggest]]
when = [{ question = "mood", at_most = 2 }, { question = "mood", skipped = true }]
module = "grounding"
"""
MODULES = ("riding-a-craving", "grounding")


def suggestions_of(folder: Path, text: str) -> tuple[tuple[Suggestion, ...], list[Problem]]:
    definition = checkin_of(folder)[0]
    assert isinstance(definition, CheckinDefinition)
    path = folder / "suggestions.toml"
    path.write_text(text, "utf-8")
    return read_suggestions(Source.of(path), definition.questions, MODULES)


def test_what_fits_is_found_in_the_order_of_the_file(tmp_path: Path) -> None:
    suggestions, problems = suggestions_of(tmp_path, GOOD)

    assert problems == []
    assert fitting(suggestions, {"craving": 5, "mood": 1}) == ("riding-a-craving", "grounding")
    assert fitting(suggestions, {"craving": 9, "mood": SKIPPED}) == ("grounding",)
    assert fitting(suggestions, {"craving": 3, "mood": 8}) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('"riding-a-craving"', '"ridding-a-craving"', 3, "no module", "Did you mean `riding-a-craving`?"),
        ('question = "craving"', 'question = "cravin"', 2, "no question", "Did you mean `craving`?"),
        ("at_least = 4", "at_least = 14", 2, "not on the scale", "from 0 to 10"),
        ("at_least = 4", "at_least = 8", 2, "at least 8 and at most 7", "Swap"),
        ("at_least = 4, at_most = 7", "is = 3, at_least = 4", 2, "never holds", "Take one part"),
        (", at_least = 4, at_most = 7", "", 2, "says no answer", "Add at_least"),
        ('module = "grounding"', 'modul = "grounding"', 7, "not known", "Did you mean `module`?"),
        ("when = {", "wen = {", 2, "not known", "Did you mean `when`?"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_mend(
    tmp_path: Path, old: str, new: str, line: int, what: str, mend: str
) -> None:
    assert old in GOOD
    suggestions, problems = suggestions_of(tmp_path, GOOD.replace(old, new))

    assert suggestions == ()
    found = [problem for problem in problems if what in problem.what]
    assert found, problems
    assert found[0].line == line
    assert mend in found[0].mend
