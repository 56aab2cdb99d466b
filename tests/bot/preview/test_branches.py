"""The branches of a check-in: each in words, and a way to each question."""

from pathlib import Path

import pytest

from bot.checkins.content import read_checkin
from bot.checkins.model import CheckinDefinition, Condition, Kind, Option, Question, visible
from bot.preview.branches import branches, in_words, way_to
from bot.sandbox.process import ROOT


def scale(id: str, *show_if: Condition) -> Question:
    return Question(id, Kind.SCALE, {"en": id}, minimum=0, maximum=10, show_if=show_if)


def choice(id: str, kind: Kind, *show_if: Condition) -> Question:
    options = tuple(Option(name, {"en": name.title()}) for name in ("rest", "walk", "call"))
    return Question(id, kind, {"en": id}, options=options, show_if=show_if, skippable=False)


def checkin(*questions: Question) -> CheckinDefinition:
    return CheckinDefinition("daily", {"en": "Daily"}, {"en": "Thanks"}, 60, 8, questions)


@pytest.mark.parametrize(
    "file", sorted((ROOT / "content" / "checkins").glob("*.toml")), ids=lambda path: path.stem
)
def test_every_question_of_the_shipped_check_ins_can_be_reached(file: Path) -> None:
    definition, _ = read_checkin(file)
    assert definition is not None

    for question in definition.questions:
        way = way_to(definition, question)
        assert way is not None
        assert question in visible(definition, way)


def test_a_question_behind_two_others_is_reached_through_both() -> None:
    last = scale("c", Condition("b", equals="walk"))
    definition = checkin(scale("a"), choice("b", Kind.CHOICE, Condition("a", at_least=7)), last)

    way = way_to(definition, last)

    assert way == {"a": 7, "b": "walk"}
    assert last in visible(definition, way)


def test_a_question_that_no_answer_brings_up_has_no_way() -> None:
    never = scale("b", Condition("a", equals=99))

    assert way_to(checkin(scale("a"), never), never) is None


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("a", at_least=4, at_most=7), "4–7"),
        (Condition("a", equals=3), "3"),
        (Condition("a", differs=3), "0–2 or 4–10"),
        (Condition("a", skipped=True), "skipped"),
        (Condition("a", at_least=0), "any answer"),
    ],
)
def test_a_condition_on_a_scale_is_said_as_the_numbers_that_meet_it(condition: Condition, words: str) -> None:
    (branch,) = branches(checkin(scale("a"), scale("b", condition)))

    assert in_words(branch.source, branch.answers, "en") == words


@pytest.mark.parametrize(
    ("kind", "condition", "words"),
    [
        (Kind.CHOICE, Condition("a", equals="walk"), "“Walk”"),
        (Kind.CHOICE, Condition("a", differs="walk"), "“Rest” or “Call”"),
        (Kind.CHOICES, Condition("a", includes="call"), "“Call”"),
    ],
)
def test_a_condition_on_a_choice_is_said_with_its_labels(
    kind: Kind, condition: Condition, words: str
) -> None:
    (branch,) = branches(checkin(choice("a", kind), scale("b", condition)))

    assert in_words(branch.source, branch.answers, "en") == words


def test_several_conditions_on_one_question_are_one_branch() -> None:
    asked = scale("b", Condition("a", at_most=2), Condition("a", at_least=9), Condition("a", skipped=True))

    (branch,) = branches(checkin(scale("a"), asked))

    assert in_words(branch.source, branch.answers, "en") == "0–2, 9–10 or skipped"
