import os
from pathlib import Path
from textwrap import dedent

import pytest

from bot.screening.content import read
from bot.screening.model import Level
from bot.screening.ordinary import sentences

GOOD = """\
[words]
drug = ["snow"]

[context]
negation = ["not"]

[[family]]
id = "lapse"
category = "lapse"
level = "elevated"
phrases = ["took <drug>"]
unless = ["took snow boots"]
"""


def reading(tmp_path, text, name="en.toml"):
    (tmp_path / name).write_text(dedent(text), "utf-8")
    return read(tmp_path)


def test_the_shipped_lists_read_without_a_problem_and_raise_nothing_that_everybody_says(content):
    screener, problems = read(content)
    assert screener is not None
    assert problems == []


def test_staff_can_add_a_local_drug_name(tmp_path):
    screener, problems = reading(tmp_path, GOOD)
    assert problems == []
    assert screener.screen("I took snow").level is Level.ELEVATED
    assert screener.screen("I took snow boots").level is Level.NONE


def test_the_rules_of_check_ins_are_left_to_their_owner(tmp_path):
    (tmp_path / "rules.toml").write_text("anything = 1", "utf-8")
    assert reading(tmp_path, GOOD)[1] == []


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ('level = "elevated"', 'level = "elevatd"', 10, "Did you mean `elevated`?"),
        ('category = "lapse"', 'category = "lapes"', 9, "Did you mean `lapse`?"),
        ("unless =", "unles =", 12, "Did you mean `unless`?"),
        ("[words]", "[wrods]", 1, "Did you mean `words`?"),
        ("negation =", "negatoin =", 5, "Did you mean `negation`?"),
        ('"took <drug>"', '"took <drgu>"', 11, "Did you mean `<drug>`?"),
        ('"took <drug>"', '"took *"', 11, "can never match"),
        ('"took <drug>"', '"to(ok"', 11, "can never match"),
        ('level = "elevated"\n', "", 7, "missing"),
        ('phrases = ["took <drug>"]', "phrases = []", 11, "phrases"),
        ('["not"]', '["not"', 7, "not TOML"),
    ],
)
def test_a_fault_names_its_line_and_its_mend(tmp_path, right, wrong, line, words):
    # given the lists with one fault
    screener, problems = reading(tmp_path, GOOD.replace(right, wrong))

    # then there is no screener, and one problem that points to it
    assert screener is None
    assert len(problems) == 1
    assert problems[0].file.endswith("/en.toml")
    assert problems[0].line == line
    assert words in str(problems[0])


def test_all_problems_of_all_files_come_at_once(tmp_path):
    (tmp_path / "es.toml").write_bytes(b"\xff")
    _, problems = reading(tmp_path, GOOD.replace("level", "levle").replace("unless", "unles"))
    assert {problem.file.rpartition("/")[2] for problem in problems} == {"en.toml", "es.toml"}
    assert len(problems) == 4


def test_an_id_used_twice_is_named(tmp_path):
    (tmp_path / "en.toml").write_text(GOOD, "utf-8")
    screener, problems = reading(tmp_path, '[[harmless]]\nid = "lapse"\nphrases = ["so what"]\n', "es.toml")
    assert screener is None
    assert "already used" in problems[0].what
    assert problems[0].line == 2


def test_an_empty_folder_is_a_problem(tmp_path):
    screener, problems = read(tmp_path)
    assert screener is None
    assert len(problems) == 1


def test_a_pipe_or_a_far_too_long_file_is_a_problem_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "long.toml").write_text("# " + "a" * 3_000_000)

    screener, problems = reading(tmp_path, GOOD)

    assert screener is None
    assert sorted(Path(problem.file).name for problem in problems) == ["long.toml", "pipe.toml"]


WIDE = """
[[family]]
id = "ours.kite"
category = "lapse"
level = "elevated"
phrases = ["purple kite"]

[[family]]
id = "ours.tired"
category = "hopeless"
level = "watch"
phrases = ["so tired"]
"""


def test_a_phrase_that_everybody_says_is_a_warning_at_its_rule(tmp_path):
    # given two families, one of which is too wide
    screener, problems = reading(tmp_path, WIDE)

    # then the lists work, and the one is named with what it would raise
    assert screener is not None
    assert [(problem.line, problem.warning) for problem in problems] == [(9, True)]
    assert '`ours.tired` takes "so tired" in the ordinary sentence "i\'m so tired today"' in problems[0].what


def test_an_exception_makes_the_warning_go(tmp_path):
    _, problems = reading(tmp_path, WIDE + 'unless = ["tired today", "dead tired"]\n')
    assert problems == []


def test_what_everybody_says_is_in_both_languages_and_names_nothing_twice():
    said = sentences()
    assert len(said) == len(set(said)) > 300
    assert "hoy estoy cansado" in said
    assert "my feet are killing me" in said
