"""What `check` prints, for people, for GitHub and as JSON."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.check import check
from tests.bot import sample_content

BAD_CHECKIN = {"checkins/daily.toml": sample_content.CHECKIN.replace("skippable", "skipable")}
WARNING = {"phrase": ""}


def checked(content, fmt="text", country="us"):
    out = io.StringIO()
    status = check(content, country, fmt, out)
    return status, out.getvalue()


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
