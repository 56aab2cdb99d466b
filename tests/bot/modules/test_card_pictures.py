"""A card may begin with a picture: what `check` says of one that nobody could be shown, and what the bot takes up."""

import shutil

import pytest

from bot.library import Library
from bot.sandbox.media import one_pixel
from bot.sandbox.process import ROOT
from bot.snapshot import read_content
from tests.bot import sample_content
from tests.bot.sample_content import MODULE, MODULE_ES

EN, ES = "modules/en/what-stress-does.md", "modules/es/what-stress-does.md"
HEADING = "## Why it matters\n"
PICTURE = "![A wave](pictures/wave.png)"


def with_picture(first, text=MODULE, heading=HEADING):
    """The module whose first card begins with that line."""
    return text.replace(heading, f"{heading}{first}\n\n")


@pytest.fixture
def folder(tmp_path):
    """The sample content with one picture, shown in both languages."""
    heading = MODULE_ES[MODULE_ES.index("## ") :].split("\n")[0] + "\n"
    files = {EN: with_picture(PICTURE), ES: with_picture("![Una ola](pictures/wave.png)", MODULE_ES, heading)}
    folder = sample_content.write(tmp_path, files)
    (folder / "pictures").mkdir()
    (folder / "pictures" / "wave.png").write_bytes(one_pixel())
    return folder


def test_a_card_shows_a_picture_of_the_folder(folder):
    content, problems = read_content(folder, country="us")

    assert problems == []
    for lang, alt in (("en", "A wave"), ("es", "Una ola")):
        card = content.modules["what-stress-does"][lang].cards[0]
        assert card.picture.alt == alt and content.pictures[card.picture.key] == one_pixel()
        assert alt not in card.body


@pytest.mark.parametrize(
    ("first", "what", "mend"),
    [
        ("![](pictures/wave.png)", "no alt text", "what it shows"),
        (f"![{'word ' * 50}](pictures/wave.png)", "249 characters", "only what matters"),
        ("![A wave](pictures/wav.png)", 'no picture "pictures/wav.png"', "Did you mean `pictures/wave.png`?"),
        ("![A wave](wave.png)", 'no picture "wave.png"', "Did you mean `pictures/wave.png`?"),
        ("![A wave](pictures/../../secret.png)", "no picture", "pictures/wave.png"),
        ("![A wave](/etc/passwd)", 'no picture "/etc/passwd"', "Use one of: pictures/wave.png."),
        ("![A wave](https://x.org/wave.png)", 'no picture "https://x.org', "pictures/wave.png"),
        ("![A wave](pictures/my wave.png)", "looks like a picture", "without spaces"),
        (f"{PICTURE}\n\n{PICTURE}", "shows one picture", "take it out"),
        (f"{PICTURE} {PICTURE}", "shows one picture", "Move it there"),
        (f"{PICTURE}\nand words", "shows one picture", "blank line"),
        (f"Words first.\n\n{PICTURE}", "shows one picture", "Move it there"),
    ],
)
def test_a_picture_that_nobody_could_be_shown_is_a_problem_on_its_line(folder, first, what, mend):
    (folder / EN).write_text(with_picture(first), "utf-8")

    content, problems = read_content(folder, country="us")

    (problem,) = problems
    assert content is None
    assert problem.file == f"content/{EN}" and problem.line >= 13
    assert what in problem.what and mend in problem.mend


def test_a_card_needs_words_beside_its_picture(folder):
    heading = "## Only a picture\n"
    (folder / EN).write_text(MODULE + f"\n{heading}{PICTURE}\n", "utf-8")

    _, problems = read_content(folder, country="us")

    assert any("card is empty" in problem.what for problem in problems)


def test_a_broken_picture_is_named_once_whether_a_card_shows_it_or_not(folder):
    (folder / "pictures" / "wave.png").write_bytes(b"GIF89a")
    (folder / "pictures" / "huge.jpg").write_bytes(b"\xff\xd8" + b"x" * 300_000)

    content, problems = read_content(folder, country="us")

    assert content is None
    assert [problem.file for problem in problems] == [
        "content/pictures/huge.jpg",
        "content/pictures/wave.png",
    ]


def test_what_is_no_picture_is_a_stray_and_a_drawing_is_none(folder):
    (folder / "pictures" / "wave.svg").write_text("<svg/>")
    (folder / "pictures" / "wave.gif").write_bytes(b"GIF89a")

    _, problems = read_content(folder, country="us")

    assert [(problem.file, problem.warning) for problem in problems] == [("content/pictures/wave.gif", True)]


def test_a_translation_without_the_picture_is_told(folder):
    (folder / ES).write_text(MODULE_ES, "utf-8")

    _, problems = read_content(folder, country="us")

    assert [problem.what for problem in problems] == ["Card 1 has a picture in `en` and none here."]
    assert problems[0].warning


def test_text_that_does_not_fit_below_a_picture_is_a_problem_with_its_length(folder):
    (folder / EN).write_text(with_picture(PICTURE).replace("- two", "- two 🌊" + " 🌊" * 400), "utf-8")

    content, problems = read_content(folder, country="us")

    (problem,) = [problem for problem in problems if not problem.warning]
    assert content is None
    assert "characters of text" in problem.what and "At most 1024" in problem.mend


def test_the_feedback_counts_too(tmp_path):
    """A check question that fits can be answered, and then it must still fit."""
    folder = shutil.copytree(ROOT / "content", tmp_path / "content")
    file = folder / "modules" / "en" / "riding-a-craving.md"
    words = file.read_text("utf-8").replace(
        "## Check yourself\n", "## Check yourself\n![A wave](pictures/craving-wave.png)\n\n"
    )
    fits = words.replace("> From 8", "> Still a wave. From 8")
    too_long = words.replace("> From 8", "> " + "Still a wave. " * 60 + "From 8")

    found = []
    for text in (fits, too_long):
        file.write_text(text, "utf-8")
        found.append([one for one in read_content(folder, country="us")[1] if not one.warning])

    assert found[0] == []
    assert [one.file for one in found[1]] == ["content/modules/en/riding-a-craving.md"]
    assert "with its answers" in found[1][0].what


# While the bot runs


def test_a_picture_that_is_saved_anew_is_taken_up(folder, tmp_path):
    library = Library(folder, tmp_path / "cache", "us")
    library.start()
    before = library.current
    fresh = (ROOT / "content" / "pictures" / "craving-wave.png").read_bytes()
    (folder / "pictures" / "wave.png").write_bytes(fresh)

    assert library.refresh().changed
    assert library.current.revision != before.revision
    assert set(library.current.pictures.values()) == {fresh}


def test_a_picture_that_breaks_or_goes_changes_nothing(folder, tmp_path):
    library = Library(folder, tmp_path / "cache", "us")
    library.start()
    before = library.current

    (folder / "pictures" / "wave.png").write_bytes(b"half a pict")
    broken = library.refresh()
    (folder / "pictures" / "wave.png").unlink()
    gone = library.refresh()

    assert "no PNG or JPEG" in broken.problems[0].what and "no picture" in gone.problems[0].what
    assert library.current is before


def test_the_last_good_copy_has_its_pictures(folder, tmp_path):
    Library(folder, tmp_path / "cache", "us").start()
    (folder / "pictures" / "wave.png").unlink()

    again = Library(folder, tmp_path / "cache", "us")
    again.start()

    assert set(again.current.pictures.values()) == {one_pixel()}
