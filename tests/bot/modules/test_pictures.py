"""The pictures of the content folder: drawn for the project, small, and each with its drawing."""

import hashlib
import re

import pytest

from bot.errors import Problem
from bot.modules.pictures import LARGEST, PictureFile, read_picture
from bot.reading import Source
from bot.sandbox.media import one_pixel
from bot.sandbox.process import ROOT

FOLDER = ROOT / "content" / "pictures"
DRAWINGS = sorted(FOLDER.glob("*.svg"))


def read(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return read_picture(Source.of(path))


def jpeg(width, height):
    """The frame of a JPEG: a comment, the start of frame, the end."""
    frame = (
        b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    )
    return b"\xff\xd8" + b"\xff\xfe\x00\x04hi" + frame + b"\xff\xd9"


def test_a_picture_is_known_by_its_bytes_whatever_it_is_called(tmp_path):
    first = read(tmp_path, "wave.png", one_pixel())
    second = read(tmp_path, "the-same.png", one_pixel())

    assert isinstance(first, PictureFile) and first == second
    assert isinstance(read(tmp_path, "wave.jpg", jpeg(800, 600)), PictureFile)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("Wave 1.png", one_pixel(), "no good name"),
        ("wave.png", b"<svg/>", "no PNG or JPEG"),
        ("wave.png", b"", "no PNG or JPEG"),
        ("wave.png", one_pixel()[:-20], "no PNG or JPEG"),
        ("wave.jpg", jpeg(800, 600)[:-2], "no PNG or JPEG"),
        ("wave.jpg", jpeg(9000, 2000), "9000 by 2000"),
        ("wave.jpg", jpeg(2100, 100), "2100 by 100"),
        ("wave.jpg", jpeg(0, 100), "0 by 100"),
        ("wave.png", one_pixel() + b"x" * LARGEST, "at most 200"),
        ("wave.png", b"x" * 21_000_000, "too long"),
    ],
)
def test_a_picture_that_could_not_be_sent_is_a_problem_with_a_mend(tmp_path, name, data, what):
    problem = read(tmp_path, name, data)

    assert isinstance(problem, Problem) and what in problem.what and problem.mend and not problem.warning


def test_a_picture_that_leads_out_of_the_folder_is_refused(tmp_path):
    inside = tmp_path / "pictures"
    inside.mkdir()
    (tmp_path / "outside.png").write_bytes(one_pixel())
    (inside / "link.png").symlink_to(tmp_path / "outside.png")
    (inside / "folder.png").mkdir()

    for name in ("link.png", "folder.png", "missing.png"):
        assert isinstance(read_picture(Source.of(inside / name)), Problem)


# The pictures that ship


def test_each_drawing_has_the_picture_that_was_made_from_it():
    """`make pictures` notes both sums: a drawing that was changed without it is found here, without Chromium."""
    noted = dict(line.split("  ")[::-1] for line in (FOLDER / "drawn.sha256").read_text().splitlines())

    there = [*DRAWINGS, *(drawing.with_suffix(".png") for drawing in DRAWINGS)]
    assert len(DRAWINGS) >= 6
    assert noted == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in there}
    assert {path.stem for path in FOLDER.glob("*.png")} == {path.stem for path in DRAWINGS}


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_shipped_picture_is_small_has_the_form_of_its_drawing_and_needs_no_font(drawing):
    picture = drawing.with_suffix(".png")
    raw, drawn = picture.read_bytes(), drawing.read_text()

    assert isinstance(read_picture(Source.of(picture)), PictureFile)
    assert (int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")) == (1080, 720)
    assert 'viewBox="0 0 540 360"' in drawn and re.search(r"<title>\w.+</title>", drawn)
    assert not re.search(r"<text|<image|<style|font|href|url\(", drawn.replace("no font", ""))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_shipped_picture_has_alt_text_in_both_languages(drawing):
    rows = re.findall(r"^\| `([a-z-]+)\.png` \| (.+) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.M)
    words = {name: alt for name, *alt in rows}

    assert all(20 <= len(alt) <= 200 for alt in words[drawing.stem])
