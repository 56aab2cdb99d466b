"""The whole folder is one snapshot, or all its problems at once."""

import pytest

from bot.folder import content_files, signature_of
from bot.snapshot import read_content
from tests.bot import sample_content


def read(content, country="us"):
    return read_content(content, country=country)


def test_a_good_folder_is_one_snapshot(tmp_path):
    content, problems = read(sample_content.write(tmp_path))

    assert problems == []
    assert list(content.checkins) == ["daily"]
    assert [rule.id for rule in content.rules] == ["craving-high", "not-safe"]
    assert content.tracks == {"stress": ("what-stress-does",)}
    assert content.module("what-stress-does", "es").title == "Lo que hace el estrés"
    assert content.module("what-stress-does", "fr").lang == "en"
    assert content.module("nothing", "en") is None
    assert content.phrases.plain("joining.back", "es") == "Atrás"
    assert content.crisis.number == "911"
    assert content.consent.version == "1"
    assert content.screener.screen("I want to die", "en").level.word == "urgent"


def test_all_problems_of_all_files_are_found_at_once(tmp_path):
    content = sample_content.write(
        tmp_path,
        {
            "checkins/daily.toml": sample_content.CHECKIN.replace("skippable", "skipable"),
            "modules/en/what-stress-does.md": sample_content.MODULE.replace("[x]", "[ ]"),
            "phrases/joining.toml": '[a]\nen = "x"\n',
            "consent.toml": "version = 1\n",
            "crisis/us.toml": "[",
            "screening/en.toml": sample_content.SCREENING.replace("urgent", "urgnt"),
            "forbidden.toml": "x = 1\n",
        },
    )

    found, problems = read(content)

    assert found is None
    assert problems == sorted(problems)
    assert {problem.file for problem in problems if not problem.warning} == {
        "content/checkins/daily.toml",
        "content/modules/en/what-stress-does.md",
        "content/phrases/joining.toml",
        "content/consent.toml",
        "content/crisis/us.toml",
        "content/screening/en.toml",
        "content/forbidden.toml",
    }


@pytest.mark.parametrize(
    "name",
    ["checkins/daily.toml", "screening/rules.toml", "phrases/joining.toml", "crisis/us.toml", "consent.toml"],
)
def test_a_missing_file_is_a_problem(tmp_path, name):
    content = sample_content.write(tmp_path)
    (content / name).unlink()

    found, problems = read(content)

    assert found is None
    assert any(not problem.warning for problem in problems)


def test_a_country_without_crisis_texts_is_a_problem(tmp_path):
    found, problems = read(sample_content.write(tmp_path), "mx")

    assert found is None
    assert [problem.file for problem in problems] == ["content/crisis/mx.toml"]
    assert "Copy international.toml" in problems[0].mend


def test_a_rule_on_a_question_of_a_broken_checkin_is_not_called_wrong(tmp_path):
    content = sample_content.write(tmp_path, {"checkins/daily.toml": "["})

    _, problems = read(content)

    assert [problem.file for problem in problems] == ["content/checkins/daily.toml"]


def test_a_forbidden_word_is_an_error_in_what_participants_read(tmp_path):
    text = sample_content.MODULE.replace("Breathe once.", "Do not be an addict.")

    found, problems = read(sample_content.write(tmp_path, {"modules/en/what-stress-does.md": text}))

    assert found is None
    assert ['"addict" must not be said' in problem.what for problem in problems] == [True]


def test_a_wrongly_named_file_does_not_go_unseen(tmp_path):
    content = sample_content.write(tmp_path, {"phrase": "", "modules/fr/x.md": "", "checkins/x.tml": ""})

    found, problems = read(content)

    assert found is not None
    assert {(problem.file, problem.warning) for problem in problems} == {
        ("content/phrase", True),
        ("content/modules/fr", True),
        ("content/checkins/x.tml", True),
    }


def test_a_phrase_in_two_files_is_a_problem(tmp_path):
    content = sample_content.write(tmp_path, {"phrases/other.toml": sample_content.PHRASES})

    found, problems = read(content)

    assert found is None
    assert [(problem.file, problem.what) for problem in problems] == [
        ("content/phrases/other.toml", "[joining.back] is already in joining.toml."),
        ("content/phrases/other.toml", "[joining.welcome] is already in joining.toml."),
    ]


def test_a_missing_folder_and_odd_things_in_it_are_problems(tmp_path):
    assert read(tmp_path / "nowhere")[1][0].what == "There is no such folder."
    content = sample_content.write(tmp_path)
    (content / "modules" / "en" / "odd.md").mkdir()
    (content / "checkins" / "loop.toml").symlink_to("loop.toml")

    found, problems = read(content)

    assert found is None
    assert len([problem for problem in problems if not problem.warning]) == 2


def test_every_byte_counts_for_the_revision_and_every_save_for_the_signature(tmp_path):
    content = sample_content.write(tmp_path)
    before, seen = read(content)[0], signature_of(content)

    (content / "phrases/joining.toml").write_text(sample_content.PHRASES + "# note\n")

    assert read(content)[0].revision != before.revision
    assert signature_of(content) != seen
    assert len(content_files(content)) == len(sample_content.FILES)
