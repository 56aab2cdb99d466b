"""Check-ins and rules as staff write them: each fault with its line and what to do."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.content import read_checkin, read_rules
from bot.checkins.model import SKIPPED, CheckinDefinition, Condition
from bot.checkins.rhythm import Rhythm
from bot.screening.model import Category, Level
from tests.bot.sample_content import CHECKIN, RULES


def checkin_of(folder, text=CHECKIN):
    path = folder / "daily.toml"
    path.write_text(text, "utf-8")
    return read_checkin(path)


def rules_of(folder, text):
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return read_rules(path, {"daily": checkin_of(folder)[0]})


def test_a_good_file_is_a_definition(tmp_path):
    checkin, problems = checkin_of(tmp_path)

    assert problems == []
    assert [question.id for question in checkin.questions] == [
        "mood", "craving", "skill", "sleep", "safe", "note",
    ]  # fmt: skip
    assert checkin.question("skill").show_if == (Condition("craving", at_least=4),)
    assert checkin.question("safe").skippable is False
    assert CheckinDefinition.from_json(checkin.to_json()) == checkin


@pytest.mark.parametrize(
    ("old", "new", "at", "what", "mend"),
    [
        ('kind = "choice"', 'kind = "choise"', "choise", '"choise" is not one', "Did you mean `choice`?"),
        ("skippable = false", "skipable = false", "skipable", "not known", "Did you mean `skippable`?"),
        ('question = "craving"', 'question = "cravin"', 'cravin"', "no question", "Did you mean `craving`?"),
        ('question = "craving"', 'question = "sleep"', "show_if", "not asked before", "Move this question"),
        ("at_least = 4", "at_least = 14", "at_least", "not on the scale", "from 0 to 10"),
        ("at_least = 4 }", "at_least = 4, at_most = 3 }", "at_most", "at least 4 and at most 3", "Swap"),
        ("at_least = 4", 'includes = "x"', "includes", 'needs a question of kind "choices"', "Use is"),
        (", at_least = 4", "", "show_if", "says no answer", "Add at_least"),
        (
            'kind = "text"\n',
            'kind = "text"\nshow_if = { question = "safe", skipped = true }\n',
            "show_if",
            "cannot be skipped, so this is never so",
            "Take it out",
        ),
        ('id = "talking"', 'id = "writing"', None, "used twice", "another id"),
        ('text.es = "Hablar con alguien"\n', "", None, "no text in `es`", "text.es"),
        ('"Talked to someone"', '"' + "x" * 41 + '"', "xxx", "41 characters", "under 40"),
        ('"Talked to someone"', '"Slow breathing"', None, "Two options read", "differ"),
        ("expire_after_hours = 10", "expire_after_hours = 3", "remind", "expired", "Remind earlier"),
        ('name = "daily"', 'name = "nightly"', "nightly", "named daily.toml", "the same"),
        ('"Thank you."', '"<b>Thank you.</b>"', "done.en", "Tags", "Take them out"),
        ('kind = "yes-no"\n', 'kind = "yes-no"\nmin = 0\n', None, "is for scales", "Take it out"),
        ('kind = "text"\n', 'kind = "text"\nmax = "9"\n', 'max = "9"', "not a whole number", "digits"),
    ],
)
def test_a_fault_is_named_with_its_line_and_mend(tmp_path, old, new, at, what, mend):
    text = CHECKIN.replace(old, new)

    checkin, problems = checkin_of(tmp_path, text)

    assert checkin is None
    (problem,) = problems
    assert what in problem.what
    assert mend in problem.mend
    assert problem.line > 0
    assert at is None or at in text.splitlines()[problem.line - 1]


def test_a_question_may_wait_for_any_of_several_answers(tmp_path):
    either = '[\n  { question = "mood", at_most = 4 },\n  { question = "craving", skipped = true },\n]'
    text = CHECKIN.replace('{ question = "craving", at_least = 4 }', either)

    checkin, problems = checkin_of(tmp_path, text)
    _, wrong = checkin_of(tmp_path, text.replace('{ question = "craving", s', '{ question = "cravin", s'))

    assert problems == []
    assert checkin.question("skill").show_if == (
        Condition("mood", at_most=4),
        Condition("craving", skipped=True),
    )
    assert [text.splitlines()[problem.line - 1] for problem in wrong] == [
        '  { question = "craving", skipped = true },'
    ]


@pytest.mark.parametrize(("low", "high", "what"), [(10, 10, "runs from 10 to 10"), (0, 12, "13 buttons")])
def test_a_scale_must_have_room_on_a_phone(tmp_path, low, high, what):
    text = CHECKIN.replace("min = 0\nmax = 10", f"min = {low}\nmax = {high}", 1)

    _, problems = checkin_of(tmp_path, text)

    assert [(problem.line, what in problem.what) for problem in problems] == [(13, True)]


def test_all_faults_are_listed_at_once(tmp_path):
    text = CHECKIN.replace("max = 10", "max = 20").replace('id = "talking"', 'id = "writing"')

    _, problems = checkin_of(tmp_path, text)

    assert len(problems) == 3
    assert problems == sorted(problems)


def test_rules_are_read_with_their_level_and_condition(tmp_path):
    rules, problems = rules_of(tmp_path, RULES)

    assert problems == []
    assert [(rule.id, rule.level) for rule in rules] == [
        ("craving-high", Level.ELEVATED),
        ("not-safe", Level.URGENT),
    ]
    assert rules[1].condition.holds({"safe": "no"})


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('question = "safe"', 'question = "saef"', 10, 'no question "saef"', "Did you mean `safe`?"),
        ('is = "no"', 'is = "nope"', 11, "not an answer", "`no`"),
        ('is = "no"', "is = 1.5", 11, "neither text nor a whole number", "1.5"),
        ('id = "not-safe"', 'id = "craving-high"', 9, "used twice (first on line 2)", "another id"),
        ('"urgent"', '"urgnt"', 12, "not one of the choices", "Did you mean `urgent`?"),
        ('"unsafe"', '"unsave"', 13, "not one of the choices", "Did you mean `unsafe`?"),
        ("at_least = 8", "at_least = 11", 4, "not on the scale", "0 to 10"),
        ("at_least = 8", "atleast = 8", 4, "not known", "Did you mean `at_least`?"),
    ],
)
def test_an_impossible_rule_is_named(tmp_path, old, new, line, what, mend):
    rules, problems = rules_of(tmp_path, RULES.replace(old, new))

    assert rules == ()
    (problem,) = problems
    assert problem.line == line
    assert what in problem.what
    assert mend in problem.mend


@pytest.mark.parametrize("category", list(Category))
def test_every_category_of_screening_can_be_used(tmp_path, category):
    rules, problems = rules_of(tmp_path, RULES.replace('"unsafe"', f'"{category.value}"'))

    assert problems == []
    assert rules[1].category is category


def test_toml_false_is_the_no_that_was_meant(tmp_path):
    rules, problems = rules_of(tmp_path, RULES.replace('is = "no"', "is = false"))

    assert problems == []
    assert rules[1].condition.holds({"safe": "no"})


@given(st.integers(0, len(CHECKIN)), st.text(alphabet='[]{}="x1.\n ', max_size=6))
def test_any_edit_gives_a_checkin_or_problems(tmp_path_factory, at, typed):
    folder = tmp_path_factory.getbasetemp()

    checkin, problems = checkin_of(folder, CHECKIN[:at] + typed + CHECKIN[at:])

    assert (checkin is None) == any(not problem.warning for problem in problems)


EVENING = CHECKIN.replace('name = "daily"\n', 'name = "evening"\nat = "20:30"\nstarts = "off"\n')


def evening_of(tmp_path, text=EVENING):
    (tmp_path / "evening.toml").write_text(text, "utf-8")
    return read_checkin(tmp_path / "evening.toml", shown="evening.toml")


def test_another_check_in_says_when_it_comes_and_for_whom(tmp_path):
    text = EVENING.replace('at = "20:30"\n', 'at = "17:00"\nweekday = "sunday"\nwait_hours = 24\n')

    checkin, problems = evening_of(tmp_path, text)

    assert problems == []
    assert checkin.rhythm == Rhythm(at=time(17), weekday=6, starts_on=False, wait_hours=24)


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ('at = "20:30"\n', "", "Nothing says when", 'at = "20:30"'),
        ('"20:30"', '"8:30 pm"', "not a time of day", '"20:30"'),
        ('starts = "off"\n', "", "who have not chosen", 'starts = "off"'),
        ('starts = "off"\n', 'starts = "off"\nweekday = "sonday"\n', '"sonday" is not one', "Did you mean"),
    ],
)
def test_a_fault_in_the_rhythm_is_named_with_its_mend(tmp_path, old, new, what, mend):
    checkin, (problem,) = evening_of(tmp_path, EVENING.replace(old, new))

    assert checkin is None
    assert what in problem.what
    assert mend in problem.mend
    assert problem.line > 0


def test_the_daily_one_has_the_hour_that_each_person_chose(tmp_path):
    checkin, (problem,) = checkin_of(tmp_path, 'at = "9:00"\n' + CHECKIN)

    assert checkin is None
    assert "the hour each person chose" in problem.what
    assert "Take this line out" in problem.mend


PULSE = """
[pulse]
enough = 1
module = "rest"
signs = [{ question = "mood", at_most = 2 }]
"""
WITH_PULSE = CHECKIN.replace("\n[[questions]]", PULSE + "\n[[questions]]", 1)


@pytest.mark.parametrize(
    ("old", "new", "at", "what", "mend"),
    [
        ("enough = 1", "enough = 2", "enough = 2", "takes 2 signs, and there are 1", "smaller"),
        ('module = "rest"', 'module = "rst"', "rst", 'no module "rst"', "Did you mean `rest`?"),
        ('"mood", at_most', '"moood", at_most', "moood", 'no question "moood"', "Did you mean `mood`?"),
    ],
)
def test_a_fault_in_the_pulse_is_named_with_its_line_and_mend(tmp_path, old, new, at, what, mend):
    text = WITH_PULSE.replace(old, new)
    (tmp_path / "daily.toml").write_text(text, "utf-8")

    checkin, (problem,) = read_checkin(tmp_path / "daily.toml", modules={"rest"})

    assert checkin is None
    assert what in problem.what
    assert mend in problem.mend
    assert at in text.splitlines()[problem.line - 1]


def test_a_pulse_counts_the_signs_among_what_was_answered(tmp_path):
    checkin, problems = checkin_of(tmp_path, WITH_PULSE)

    assert problems == []
    assert checkin.pulse.is_worn_out({"mood": 1}) is True
    assert checkin.pulse.is_worn_out({"mood": 5}) is False
    assert checkin.pulse.is_worn_out({"mood": SKIPPED, "craving": 9}) is None
