"""Edits are taken up while running; a broken folder changes nothing and is told once."""

import threading

import pytest

from bot.errors import Problems
from bot.library import Library, NotStarted
from bot.modules.content import read_module
from tests.bot import sample_content


@pytest.fixture
def folder(tmp_path):
    return sample_content.write(tmp_path)


@pytest.fixture
def library(folder, tmp_path):
    library = Library(folder, tmp_path / "cache", "us")
    library.start()
    return library


def save(folder, name, text):
    """As an editor does: a new file put in the place of the old one."""
    fresh = folder / f".{name.replace('/', '-')}.new"
    fresh.write_text(text, "utf-8")
    fresh.replace(folder / name)


BROKEN = sample_content.PHRASES.replace("<b>", "<x>")
BETTER = sample_content.PHRASES.replace("Hello", "Welcome")


def test_nothing_is_given_before_the_start(folder):
    with pytest.raises(NotStarted):
        _ = Library(folder, None, "us").current


def test_an_edit_is_taken_up(folder, library):
    before = library.current
    save(folder, "phrases/joining.toml", BETTER)

    refreshed = library.refresh()

    assert (refreshed.changed, refreshed.problems, refreshed.mended) == (True, (), False)
    assert library.current is not before
    assert library.current.phrases.text("joining.welcome", "en", name="Ana").text == "Welcome Ana"


def test_nothing_is_read_again_while_nothing_changed(library):
    before = library.current

    refreshed = library.refresh()

    assert not refreshed.changed
    assert library.current is before


def test_a_saved_file_without_a_change_swaps_nothing(folder, library):
    before = library.current
    save(folder, "phrases/joining.toml", sample_content.PHRASES)

    assert not library.refresh().changed
    assert library.current is before


def test_a_broken_edit_keeps_the_last_good_and_is_told_once(folder, library):
    before = library.current
    save(folder, "phrases/joining.toml", BROKEN)

    told = library.refresh()
    again = library.refresh()
    save(folder, "phrases/joining.toml", BROKEN)
    saved_again = library.refresh()

    assert [problem.file for problem in told.problems] == ["content/phrases/joining.toml"] * 2
    assert again.problems == saved_again.problems == ()
    assert library.problems == told.problems
    assert library.current is before


def test_other_problems_are_told_too_and_then_that_it_is_mended(folder, library):
    save(folder, "phrases/joining.toml", BROKEN)
    library.refresh()
    save(folder, "consent.toml", "")
    more = library.refresh()
    save(folder, "phrases/joining.toml", BROKEN)
    (folder / "consent.toml").write_text(sample_content.CONSENT)
    fewer = library.refresh()
    save(folder, "phrases/joining.toml", sample_content.PHRASES)

    mended = library.refresh()

    assert len(more.problems) > 2
    assert fewer.problems == ()  # exactly these were told before
    assert (mended.mended, mended.changed) == (True, False)
    assert library.problems == ()
    assert not library.refresh().mended


def test_a_folder_that_goes_away_stops_nothing(folder, library, tmp_path):
    folder.rename(tmp_path / "away")

    gone = library.refresh()
    (tmp_path / "away").rename(folder)
    back = library.refresh()

    assert gone.problems[0].what == "There is no such folder."
    assert back.mended
    assert library.current.consent.version == "1"


def test_a_start_with_a_broken_folder_uses_the_last_good_copy(folder, library, tmp_path):
    save(folder, "phrases/joining.toml", BETTER)
    library.refresh()
    save(folder, "phrases/joining.toml", BROKEN)

    restarted = Library(folder, tmp_path / "cache", "us")
    told = restarted.start()

    assert [problem.file for problem in told.problems] == ["content/phrases/joining.toml"] * 2
    assert restarted.current.phrases.text("joining.welcome", "en", name="A").text == "Welcome A"
    assert restarted.current.revision == library.current.revision
    save(folder, "phrases/joining.toml", BETTER)
    assert restarted.refresh().mended


def test_a_start_with_a_broken_folder_and_no_copy_is_one_clear_list(folder, tmp_path):
    save(folder, "phrases/joining.toml", BROKEN)
    save(folder, "consent.toml", "")

    with pytest.raises(Problems) as found:
        Library(folder, tmp_path / "cache", "us").start()

    assert {problem.file for problem in found.value.problems} == {
        "content/phrases/joining.toml",
        "content/consent.toml",
    }


def test_an_unfinished_or_spoilt_copy_is_not_used(folder, library, tmp_path):
    cache = tmp_path / "cache"
    save(folder, "phrases/joining.toml", BROKEN)
    for pointer in ("nothing", "../content", ""):
        (cache / "current").write_text(pointer)

        with pytest.raises(Problems):
            Library(folder, cache, "us").start()


def test_only_the_last_good_copy_is_kept(folder, library, tmp_path):
    for words in ("One", "Two", "Three"):
        save(folder, "phrases/joining.toml", sample_content.PHRASES.replace("Hello", words))
        library.refresh()

    kept = [path.name for path in (tmp_path / "cache").iterdir()]

    assert sorted(kept) == sorted([library.current.revision, "current"])


def test_a_copy_that_cannot_be_written_only_warns(folder, tmp_path):
    (tmp_path / "cache").write_text("a file is in the way")
    library = Library(folder, tmp_path / "cache", "us")

    library.start()

    assert library.current.crisis.number == "911"
    assert [problem.warning for problem in library.problems] == [True]


def test_readers_never_see_half_a_change(folder, library):
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            content = library.current
            seen.add((content.consent.version, content.phrases.plain("joining.back", "en")))

    reader = threading.Thread(target=read)
    reader.start()
    for version, back in (("2", "Go back"), ("3", "Return")):
        text = sample_content.CONSENT.replace('"1"', f'"{version}"')
        save(folder, "consent.toml", text)
        save(folder, "phrases/joining.toml", sample_content.PHRASES.replace('"Back"', f'"{back}"'))
        library.refresh()
    stop.set()
    reader.join()

    assert seen <= {("1", "Back"), ("2", "Go back"), ("3", "Return")}


def test_of_many_files_only_the_changed_one_is_read_again(folder, library, monkeypatch):
    from bot import rereading

    read = []

    def noted(path, *things, **options):
        read.append(path.name)
        return read_module(path, *things, **options)

    monkeypatch.setattr(rereading, "read_module", noted)
    save(folder, "modules/en/what-stress-does.md", sample_content.MODULE.replace("Breathe once.", "Breathe."))

    assert library.refresh().changed
    assert read == ["what-stress-does.md"]
    assert "Breathe." in library.current.modules["what-stress-does"]["en"].cards[-1].body


def test_an_edit_that_is_taken_back_is_taken_back_here_too(folder, library):
    before = library.current.modules
    for text in (sample_content.MODULE.replace("Breathe once.", "Breathe."), sample_content.MODULE):
        save(folder, "modules/en/what-stress-does.md", text)
        library.refresh()

    assert library.current.modules == before


def test_a_forbidden_word_that_is_new_is_found_in_files_that_did_not_change(folder, library):
    save(folder, "forbidden.toml", sample_content.FORBIDDEN.replace('"addict"', '"breathe"'))

    told = library.refresh()

    assert any("modules/en/what-stress-does.md" in problem.file for problem in told.problems)
