"""Which question comes next, what was answered, and what staff must hear of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.model import (
    SKIPPED,
    CheckinDefinition,
    Condition,
    Kind,
    Option,
    Question,
    Rule,
    answer_from_json,
    answer_to_json,
    concerns,
    next_question,
    previous_question,
    progress,
    visible,
)
from bot.screening.model import Category, Level

TEXT = {"en": "?", "es": "¿?"}


def a_scale(id, show_if=()):
    return Question(id, Kind.SCALE, TEXT, minimum=0, maximum=10, show_if=show_if)


OPTIONS = (Option("one", {"en": "One"}), Option("two", {"en": "Two"}))
DEFINITION = CheckinDefinition(
    name="daily",
    title=TEXT,
    done={"en": "Thanks", "es": "Gracias"},
    remind_after_minutes=180,
    expire_after_hours=10,
    questions=(
        a_scale("mood"),
        a_scale("craving"),
        Question("skill", Kind.CHOICES, TEXT, options=OPTIONS, show_if=(Condition("craving", at_least=4),)),
        Question("more", Kind.TEXT, TEXT, show_if=(Condition("skill", includes="two"),)),
        Question("safe", Kind.YES_NO, TEXT, skippable=False),
    ),
)


def ids(questions):
    return [question.id for question in questions]


def test_a_question_is_shown_only_after_the_answer_it_waits_for():
    assert ids(visible(DEFINITION, {})) == ["mood", "craving", "safe"]
    assert ids(visible(DEFINITION, {"craving": 4})) == ["mood", "craving", "skill", "safe"]


def test_an_answer_to_a_question_no_longer_shown_brings_up_nothing():
    answers = {"craving": 1, "skill": ("two",)}

    assert ids(visible(DEFINITION, answers)) == ["mood", "craving", "safe"]


def test_next_and_back_walk_the_shown_questions():
    answers = {"craving": 7}

    assert next_question(DEFINITION, {}, None).id == "mood"
    assert next_question(DEFINITION, answers, "craving").id == "skill"
    assert next_question(DEFINITION, {}, "craving").id == "safe"
    assert next_question(DEFINITION, {}, "safe") is None
    assert previous_question(DEFINITION, {}, "safe").id == "craving"
    assert previous_question(DEFINITION, {}, "mood") is None


def test_a_question_of_another_revision_is_a_key_error():
    with pytest.raises(KeyError):
        next_question(DEFINITION, {}, "gone")


def test_progress_counts_what_is_shown():
    assert progress(DEFINITION, {}, "craving") == (2, 3)
    assert progress(DEFINITION, {"craving": 9}, "safe") == (4, 4)


answers_of_any_kind = st.dictionaries(
    st.sampled_from(["mood", "craving", "skill", "more", "safe"]),
    st.one_of(
        st.integers(0, 10),
        st.just(SKIPPED),
        st.sampled_from(["yes", "no"]),
        st.lists(st.sampled_from(["one", "two"]), unique=True).map(lambda found: tuple(sorted(found))),
    ),
)


@given(answers_of_any_kind)
def test_walking_on_always_ends_and_back_undoes_it(answers):
    walked = []
    question = next_question(DEFINITION, answers, None)
    while question is not None:
        if walked:
            assert previous_question(DEFINITION, answers, question.id).id == walked[-1]
        walked.append(question.id)
        question = next_question(DEFINITION, answers, question.id)

    assert walked == ids(visible(DEFINITION, answers))


@given(answers_of_any_kind)
def test_answers_survive_json(answers):
    stored = json.loads(json.dumps({id: answer_to_json(answer) for id, answer in answers.items()}))

    assert {id: answer_from_json(value) for id, value in stored.items()} == answers


@pytest.mark.parametrize(
    ("condition", "answer", "holds"),
    [
        (Condition("q", at_least=4), 4, True),
        (Condition("q", at_least=4), 3, False),
        (Condition("q", at_least=4, at_most=7), 8, False),
        (Condition("q", at_most=0), 0, True),
        (Condition("q", equals="no"), "no", True),
        (Condition("q", equals=0), 0, True),
        (Condition("q", differs="no"), "yes", True),
        (Condition("q", differs="no"), SKIPPED, False),
        (Condition("q", at_most=3), SKIPPED, False),
        (Condition("q", includes="a"), ("a", "b"), True),
        (Condition("q", includes="a"), (), False),
        (Condition("q", at_least=1), "yes", False),
        (Condition("q", skipped=True), SKIPPED, True),
        (Condition("q", skipped=True), 3, False),
    ],
)
def test_a_condition_holds_or_not(condition, answer, holds):
    assert condition.holds({"q": answer}) is holds
    assert condition.holds({}) is False


def test_a_definition_survives_json_and_every_word_changes_its_revision():
    stored = json.loads(json.dumps(DEFINITION.to_json()))

    read = CheckinDefinition.from_json(stored)

    assert read == DEFINITION
    assert read.revision == DEFINITION.revision
    stored["done"]["en"] = "Thank you"
    assert CheckinDefinition.from_json(stored).revision != DEFINITION.revision


def test_the_gravest_concern_comes_first():
    rules = (
        Rule("watch", Condition("craving", at_least=4), Level.WATCH, Category.CRAVING),
        Rule("urgent", Condition("safe", equals="no"), Level.URGENT, Category.UNSAFE),
        Rule("other", Condition("mood", at_most=1), Level.ELEVATED, Category.HOPELESS),
    )

    met = concerns(rules, {"craving": 5, "safe": "no", "mood": 5})

    assert [rule.id for rule in met] == ["urgent", "watch"]


@pytest.mark.parametrize(
    ("id", "answer", "accepted"),
    [
        ("mood", 10, True),
        ("mood", 11, False),
        ("mood", True, False),
        ("mood", SKIPPED, True),
        ("safe", SKIPPED, False),
        ("safe", "yes", True),
        ("safe", "maybe", False),
        ("skill", ("one", "two"), True),
        ("skill", ("two", "one"), False),
        ("skill", ("three",), False),
        ("more", "words", True),
        ("more", "", False),
    ],
)
def test_a_stale_button_cannot_bring_a_wrong_answer(id, answer, accepted):
    assert DEFINITION.question(id).accepts(answer) is accepted


def test_texts_are_said_in_the_language_asked_or_english():
    assert DEFINITION.thanks("es") == "Gracias"
    assert DEFINITION.thanks("fr") == "Thanks"
    assert a_scale("x").ends("en") == ("", "")
