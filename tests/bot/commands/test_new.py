"""`handrail new`: what is written passes `check`, and nothing that is there is ever replaced."""

import re
import shutil
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.checkins.content import read_checkin
from bot.modules.content import read_module
from tests.bot import sample_content


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return sample_content.write(tmp_path)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(Path(__file__).parents[3] / "content", tmp_path / "content")
    return tmp_path / "content"


def all_files(content: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(content)): path.read_bytes() for path in content.rglob("*") if path.is_file()
    }


def test_a_new_module_is_written_in_each_language_and_passes_check(shipped, capsys):
    before = all_files(shipped)

    assert main(["new", "module", "Riding the bus home", "--track", "relapse-prevention"]) == 0
    said = capsys.readouterr().out
    assert main(["check"]) == 0
    checked = capsys.readouterr().out

    new = sorted(all_files(shipped).keys() - before.keys())
    assert new == ["modules/en/riding-the-bus-home.md", "modules/es/riding-the-bus-home.md"]
    assert all(f"content/{name}" in said for name in new)
    assert "handrail sign riding-the-bus-home" in said
    assert "warning" not in checked
    assert "riding-the-bus-home" in checked.partition("Not signed yet")[2]
    assert {name: text for name, text in all_files(shipped).items() if name in before} == before


def test_a_new_module_comes_last_in_its_track_and_has_its_title(content):
    main(["new", "module", 'Not "yet": a & b', "--track", "stress", "--name", "not-yet"])

    file, problems = read_module(content / "modules/en/not-yet.md", "en")

    assert problems == []
    assert file is not None
    assert (file.module.title, file.module.track, file.module.order) == ('Not "yet": a & b', "stress", 2)


def test_what_is_written_in_the_first_language_is_then_to_be_done_in_the_other(content, capsys):
    main(["new", "module", "Bus home"])
    path = content / "modules/en/bus-home.md"
    path.write_text(path.read_text().replace("Say the main idea here.", "Get off one stop early."))
    capsys.readouterr()

    main(["check"])

    assert re.search(
        r"modules/es/bus-home.md:\d+: warning: This translation was made from an older text: card 2 of `en` "
        r"changed since. Look at it again, then run: handrail stamp bus-home\n",
        capsys.readouterr().out,
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("¡Más allá del estrés!", "mas-alla-del-estres"),
        ("Sleep 🙂 well", "sleep-well"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\boot", "boot"),
        ("  A   b  ", "a-b"),
        ("Straße", "strasse"),
        ("-- rm -rf /", "rm-rf"),
        ("A title of so many words that it is cut between two", "a-title-of-so-many-words-that-it-is-cut"),
        ("x" * 60, "x" * 40),
    ],
)
def test_a_title_becomes_a_name_that_anybody_can_type(content, title, name):
    before = all_files(content.parent)

    assert main(["new", "module", "--", title]) == 0

    assert all_files(content.parent).keys() - before.keys() == {
        f"content/modules/{lang}/{name}.md" for lang in ("en", "es")
    }
    assert main(["check"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["🙂"], "No file name can be made of that."),
        ([""], "Give it a title"),
        (["a\x1b[2Jb"], "Give it a title"),
        (["x" * 61], "has 61 characters"),
        (["A", "--track", "stres"], "Did you mean `stress`?"),
        (["A", "--name", "../a"], "Write: --name a"),
        (["A", "--lang", "fr"], "not a language of the program: `fr`"),
        (["What stress does"], "is there already"),
        (["A", "--content", "nowhere"], "There is no content folder"),
    ],
)
def test_what_cannot_be_begun_is_a_sentence_and_nothing_is_written(content, capsys, arguments, said):
    before = all_files(content)

    assert main(["new", "module", *arguments]) == 1

    told = capsys.readouterr().err
    assert told.startswith("handrail: ")
    assert said in told
    assert all_files(content) == before


def test_one_language_that_is_there_already_stops_the_other_too(content, capsys):
    (content / "modules/es/bus-home.md").write_text("mine")

    assert main(["new", "module", "Bus home"]) == 1

    assert not (content / "modules/en/bus-home.md").exists()
    assert (content / "modules/es/bus-home.md").read_text() == "mine"
    assert "modules/es/bus-home.md is there already" in capsys.readouterr().err


def test_a_link_in_the_place_of_the_new_file_is_not_followed(content):
    (content / "modules/en/bus-home.md").symlink_to(content.parent / "elsewhere.md")

    assert main(["new", "module", "Bus home"]) == 1

    assert not (content.parent / "elsewhere.md").exists()


def test_one_language_alone_can_be_begun(content):
    assert main(["new", "module", "Camino a casa", "--lang", "es"]) == 0

    assert (content / "modules/es/camino-a-casa.md").exists()
    assert not (content / "modules/en/camino-a-casa.md").exists()


def test_a_new_checkin_is_written_in_each_language_and_passes_check(content, capsys):
    assert main(["new", "checkin", 'Sunday "evening"']) == 0
    said = capsys.readouterr().out
    assert main(["check"]) == 0

    checkin, problems = read_checkin(content / "checkins/sunday-evening.toml")
    assert problems == []
    assert checkin is not None
    assert checkin.titled("en") == checkin.titled("es") == 'Sunday "evening"'
    assert checkin.questions[0].asked("es").startswith("¿")
    assert "content/checkins/sunday-evening.toml" in said
    assert "handrail preview sunday-evening" in said


def test_a_checkin_that_is_there_is_not_replaced(content, capsys):
    before = all_files(content)

    assert main(["new", "checkin", "Daily"]) == 1

    assert all_files(content) == before
    assert "checkins/daily.toml is there already" in capsys.readouterr().err
