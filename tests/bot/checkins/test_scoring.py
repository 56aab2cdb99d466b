"""Scores of sub-scales: sums of points, fair about what was skipped, and silent when too much was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.model import SKIPPED, CheckinDefinition, Kind, Question, SubScale
from bot.checkins.scoring import changes, score

TEXT = {"en": "?", "es": "?"}
IDS = ("a", "b", "c")
QUESTIONS = tuple(Question(id, Kind.SCALE, TEXT, minimum=1, maximum=5) for id in IDS)
DEFINITION = CheckinDefinition("weekly", TEXT, TEXT, 0, 10, QUESTIONS)


def scale(*, reversed: tuple[str, ...] = (), cut_off: int = 6, low_is_worse: bool = False) -> SubScale:
    return SubScale("risk", TEXT, IDS, frozenset(reversed), cut_off, low_is_worse)


def test_points_are_counted_from_the_lowest_number_of_each_scale():
    found = score(scale(), DEFINITION, {"a": 1, "b": 3, "c": 5})

    assert (found.value, found.most) == (6, 12)


def test_a_reversed_item_counts_the_other_way_round():
    assert score(scale(reversed=("c",)), DEFINITION, {"a": 1, "b": 1, "c": 5}).value == 0


def test_one_of_three_may_be_left_out_and_counts_like_the_mean_of_the_others():
    assert score(scale(), DEFINITION, {"a": 5, "b": 3, "c": SKIPPED}).value == 9
    assert score(scale(), DEFINITION, {"a": 5, "b": 3}).value == 9


def test_with_more_than_a_third_left_out_there_is_no_score():
    found = score(scale(cut_off=0), DEFINITION, {"a": 5, "b": SKIPPED})

    assert found.value is None
    assert not found.is_past_cut_off


def test_a_question_that_an_older_edition_did_not_have_counts_as_left_out():
    older = CheckinDefinition("weekly", TEXT, TEXT, 0, 10, QUESTIONS[:1])

    assert score(scale(), older, {"a": 5}).value is None


@pytest.mark.parametrize(
    ("low_is_worse", "answer", "past"),
    [(False, 3, True), (False, 2, False), (True, 3, True), (True, 4, False)],
)
def test_the_cut_off_itself_is_past_it_on_the_worse_side(low_is_worse, answer, past):
    found = score(scale(low_is_worse=low_is_worse), DEFINITION, dict.fromkeys(IDS, answer))

    assert found.is_past_cut_off is past


@given(st.dictionaries(st.sampled_from(IDS), st.integers(1, 5) | st.just(SKIPPED)))
def test_a_score_lies_between_nothing_and_the_most_there_is(answers):
    found = score(scale(reversed=("b",)), DEFINITION, answers)

    assert found.value is None or 0 <= found.value <= found.most


def test_only_numbers_given_both_times_are_changes():
    before, now = {"a": 1, "b": 2, "c": 3}, {"a": 4, "b": 2, "c": SKIPPED}

    assert [(one.question.id, one.before, one.now) for one in changes(DEFINITION, before, now)] == [
        ("a", 1, 4)
    ]
