"""What `check` prints, for people, for GitHub and as JSON."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.check import check
from tests.bot import sample_content

BAD_CHECKIN = {"checkins/daily.toml": sample_content.CHECKIN.replace("skippable", "skipable")}
WARNING = {"phrase": ""}
UNSIGNED = re.compile(
    r"^Not signed yet .*\n", re.MULTILINE
)  # what that line says is in commands/test_signing
FROM_HERE = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


def checked(content, fmt="text", country="us"):
    out = io.StringIO()
    status = check(content, country, fmt, out)
    return status, UNSIGNED.sub("", out.getvalue())


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_good_folder_says_so(here):
    sample_content.write(here)

    assert checked(Path("content")) == (0, "content: 9 files, no problems\n")


def test_a_problem_is_shown_with_its_line_and_the_mend(here):
    sample_content.write(here, BAD_CHECKIN)

    status, said = checked(Path("content"))

    line = sample_content.CHECKIN.splitlines().index("skippable = false") + 1
    assert status == 1
    assert said == (
        f"content/checkins/daily.toml:{line}: `questions no. 5 skipable` is not known here. "
        "Did you mean `skippable`?\n    skipable = false\n1 problem in 1 file\n"
    )


def test_warnings_alone_are_fine(here):
    sample_content.write(here, WARNING)

    status, said = checked(Path("content"))

    assert status == 0
    assert said.endswith("content: 9 files, no problems, 1 warning\n")


def test_the_shipped_content_has_no_problems():
    shipped = Path(__file__).parents[2] / "content"

    status, said = checked(shipped)

    assert status == 0, said
    assert "warning" not in said


def test_files_are_named_as_they_were_typed(here, monkeypatch):
    sample_content.write(here / "clinic", BAD_CHECKIN)

    assert checked(Path("clinic/content"))[1].startswith("clinic/content/checkins/daily.toml:")
    assert checked(here / "clinic" / "content")[1].startswith("clinic/content/checkins/daily.toml:")
    monkeypatch.chdir(here / "clinic" / "content")
    assert checked(Path())[1].startswith("checkins/daily.toml:")


def test_github_gets_workflow_commands(here):
    sample_content.write(here, BAD_CHECKIN | WARNING)

    status, said = checked(Path("content"), "github")

    lines = said.splitlines()
    assert status == 1
    assert lines[0].startswith("::error file=content/checkins/daily.toml,line=")
    assert lines[0].endswith("Did you mean `skippable`?")
    assert lines[1].startswith("::warning file=content/phrase::")
    assert lines[-1] == "1 problem in 1 file, 1 warning"


def test_json_is_a_list_of_problems(here):
    sample_content.write(here, BAD_CHECKIN)

    _, said = checked(Path("content"), "json")

    (problem,) = json.loads(said)
    assert problem["file"] == "content/checkins/daily.toml"
    assert set(problem) == {"file", "line", "what", "mend", "warning"}


def test_control_characters_of_a_broken_file_do_not_reach_the_terminal(here):
    text = sample_content.PHRASES.replace('"Back"', '"Back\x1b[2J<b>"')
    sample_content.write(here, {"phrases/joining.toml": text})

    _, said = checked(Path("content"))

    assert "\x1b" not in said


def test_a_folder_that_is_not_there_is_a_sentence(here):
    status, said = checked(Path("nowhere"))

    assert status == 1
    assert said.startswith("nowhere: There is no such folder.")


def test_the_check_is_imported_without_the_readers():
    code = "import sys, bot.check; sys.exit('pydantic' in sys.modules or 'markdown_it' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


MODULES = {"en": sample_content.MODULE, "es": sample_content.MODULE_ES}


def graded(here, lang, last_card, fmt="text"):
    """What `check` says of the good folder in which one module's last card reads so; the module; that card's line."""
    name = f"modules/{lang}/what-stress-does.md"
    lines = MODULES[lang].splitlines()
    sample_content.write(here, {name: "\n".join([*lines[:-1], last_card, ""])})
    return *checked(Path("content"), fmt), f"content/{name}:{len(lines) - 1}: "


def sentence(words, word="go"):
    return " ".join([word] * words) + "."


def test_an_english_module_above_grade_6_is_a_warning_at_its_hardest_card(here):
    # All of it: 154 words, 155 syllables, 6 sentences: 0.39 * 154 / 6 + 11.8 * 155 / 154 - 15.59 = 6.30
    # The card: 140 words of one syllable, 1 sentence: 0.39 * 140 + 11.8 - 15.59 = 50.81
    status, said, place = graded(here, "en", sentence(140))

    assert status == 0
    assert said == (
        f'{place}warning: This module reads at grade 6.3; "Try today", its hardest card, reads at grade 50.8. '
        "Stay at grade 6: shorter sentences, everyday words.\n    ## Try today\n"
        "content: 9 files, no problems, 1 warning\n"
    )


def test_an_english_module_above_grade_8_is_an_error(here):
    status, said, place = graded(here, "en", sentence(170))

    assert status == 1
    assert said.startswith(f"{place}This module reads at grade 8.2;")


def test_long_english_words_weigh_where_the_sentences_are_short(here):
    assert graded(here, "en", "We all meet and we talk a bit. " * 8)[:2] == (
        0,
        "content: 9 files, no problems\n",
    )

    status, said, _ = graded(here, "en", "Recovery communities facilitate educational conversations. " * 8)

    assert status == 1
    assert "This module reads at grade " in said


@pytest.mark.parametrize(
    ("words", "status", "average"),
    [(48, 0, None), (49, 0, "15.2"), (68, 0, "20.0"), (70, 1, "20.5")],
)
def test_a_spanish_module_is_judged_by_its_words_a_sentence(here, words, status, average):
    # Three sentences of the other cards have 12 words: with the last one (12 + words) / 4.
    found, said, place = graded(here, "es", sentence(words, "sol"))

    assert found == status
    if average is None:
        assert said == "content: 9 files, no problems\n"
    else:
        kind = "" if status else "warning: "
        assert said.startswith(
            f'{place}{kind}This module has {average} words a sentence; "Para hoy", its hardest card, '
            f"has {words}.0 words a sentence. Stay at 15: make two of a long sentence.\n"
        )


@pytest.mark.parametrize(
    "last_card",
    [
        "\n".join(f"- {sentence(8, 'sol')[:-1]}" for _ in range(9)),
        f"[{sentence(90, 'sol')}](https://example.org) Lee.",
        sentence(80, "sol").replace("sol sol sol sol sol", "Sol sol sol ¡sol sol!"),
    ],
    ids=["each entry of a list is a sentence", "links are not read", "an exclamation ends a sentence"],
)
def test_what_is_short_to_read_is_not_too_hard(here, last_card):
    assert graded(here, "es", last_card)[:2] == (0, "content: 9 files, no problems\n")


def test_a_point_inside_a_sentence_does_not_end_it(here):
    _, said, _ = graded(here, "es", sentence(69, "sol").replace("sol sol", "a.m. sol", 1))

    assert "20.5 words a sentence" in said  # "a.m." counts as two words


def test_a_module_too_hard_is_told_to_github_and_as_json(here):
    _, said, place = graded(here, "en", sentence(140), "github")
    file, line, _ = place.split(":")
    assert said.startswith(f"::warning file={file},line={line}::This module reads at grade 6.3;")

    _, said, _ = graded(here, "en", sentence(170), "json")
    (problem,) = json.loads(said)
    assert (problem["file"], problem["line"], problem["warning"]) == (file, int(line), False)


def test_a_module_that_cannot_be_read_has_only_its_own_problem(here):
    sample_content.write(here, {"modules/en/what-stress-does.md": f"## No front\n{sentence(170)}\n"})

    _, said = checked(Path("content"))

    assert "between `---` are missing" in said
    assert "grade" not in said


def test_the_bot_takes_up_content_without_measuring_it(here):
    sample_content.write(here)
    code = (
        "import sys, bot.app, bot.__main__\nfrom pathlib import Path\nfrom bot.library import read_content\n"
        "assert read_content(Path('content'), country='us')[0]\nsys.exit('pyphen' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, env=FROM_HERE).returncode == 0  # noqa: S603
