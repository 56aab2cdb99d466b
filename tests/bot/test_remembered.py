"""What is remembered of files: never anything stale, and never more than a few folders' worth."""

from pathlib import Path

from bot.reading import Source
from bot.remembered import Remembered


def test_an_unchanged_file_is_read_once_and_an_edit_is_seen(tmp_path: Path) -> None:
    remembered: Remembered[str] = Remembered()
    file = tmp_path / "a.md"
    read = []

    def look() -> str:
        read.append(file.read_text())
        return read[-1]

    for text in ("one", "one", "two", "one"):
        file.write_text(text)
        assert remembered.of(Source.of(file), read=look) == text

    assert read == ["one", "two", "one"]


def test_what_it_was_asked_about_counts_as_well(tmp_path: Path) -> None:
    remembered: Remembered[str] = Remembered()
    (tmp_path / "a.md").write_text("one")
    source = Source.of(tmp_path / "a.md")

    assert remembered.of(source, "en", read=lambda: "english") == "english"
    assert remembered.of(source, "es", read=lambda: "spanish") == "spanish"


def test_folders_that_nobody_looks_at_any_more_are_forgotten(tmp_path: Path) -> None:
    remembered: Remembered[str] = Remembered()
    for number in range(9):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "a.md").write_text("one")
        remembered.of(Source.of(tmp_path / str(number) / "a.md"), read=lambda: "first")

    def again(number: int) -> str:
        return remembered.of(Source.of(tmp_path / str(number) / "a.md"), read=lambda: "again")

    assert (again(8), again(0)) == ("first", "again")
