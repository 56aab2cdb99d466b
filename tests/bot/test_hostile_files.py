"""Whatever file somebody drops into the content folder: one kind sentence with its place, soon, and the bot runs on.

Each case is asked twice: of `handrail check`, and of the library of a running bot.
"""

import io
import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.check import check
from bot.library import Library
from tests.bot import sample_content

MODULE = "modules/en/what-stress-does.md"
CHECKIN = "checkins/daily.toml"
SCREENING = "screening/en.toml"
TOML_FILES = [name for name in sample_content.FILES if name.endswith(".toml")]
SOON = 15  # seconds of processor time; a busy machine included, a reader that never ends excluded


def said_of(content: Path) -> tuple[int, str]:
    """The exit status and the words of `check`, files named from the folder; that it came soon is asserted."""
    out = io.StringIO()
    began = time.process_time()
    status = check(content, "us", "text", out)
    assert time.process_time() - began < SOON
    return status, out.getvalue().replace(f"{content}/", "").replace(str(content), "content")


def running(content: Path) -> Library:
    """The library of a bot that runs on the good folder; that it keeps copies is `test_library`'s."""
    library = Library(content, None, "us")
    library.start()
    return library


def assert_refused(content: Path, spoil: Callable[[], object], place: str, what: str) -> None:
    """Spoilt so, the folder has one error at that place, and the running bot keeps what it had."""
    library = running(content)
    before = library.current
    spoil()

    status, said = said_of(content)
    refreshed = library.refresh()

    lines = [line for line in said.splitlines() if not line.startswith("    ")]
    first = lines[0]
    assert status == 1, said
    assert re.fullmatch(rf"(?:{place}): .*(?:{what}).*", first), first
    assert first.isprintable()
    assert len(first) < 500
    assert len(refreshed.problems) > 0
    assert library.current is before


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return sample_content.write(tmp_path)


def module(front: str = "minutes: 4\n", more: str = "") -> str:
    return sample_content.MODULE.replace("minutes: 4\n", front) + more


LAUGHS = "minutes: 4\na: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"
TEXT_MODULES = {
    "yaml aliases": (module(LAUGHS), ":6", "meaning in YAML that is refused"),
    "a yaml tag": (module("minutes: !!python/object:os.system 4\n"), ":5", "meaning in YAML that is refused"),
    "yaml nested in brackets": (module("minutes: " + "[" * 5000 + "\n"), ":1", "opening brackets"),
    "yaml nested in dashes": (module("minutes:\n  " + "- " * 5000 + "x\n"), ":1", "not YAML"),
    "yaml nested a little": (module("minutes: " + "[" * 30 + "]" * 30 + "\n"), ":5", "nested too deeply"),
    "a front without end": (module(f"minutes: {'4' * 20_000}\n"), ":1", "characters between the two"),
    "a number without end": (module(f"minutes: {'4' * 5_000}\n"), ":5", "cannot be read"),
    "a day that is none": (module("minutes: 2026-99-99\n"), ":5", "cannot be read"),
    "a yaml name twice": (module("minutes: 4\nminutes: 5\n"), ":6", "`minutes` stands here for the second"),
    "a yaml name of none": (module("minutes: 4\n? \n: 3\n"), ":6", "there is no name"),
    "a yaml name of a list": (module("minutes: 4\n? [a, b]\n: 3\n"), ":6", "there is no name"),
    "a yaml merge": (module("minutes: 4\n<<: {a: 1}\n"), ":6", "`<<` is not known"),
    "a yaml tab": (module("\tminutes: 4\n"), ":5", "not YAML"),
    "two yaml documents": (module("minutes: 4\n...\nb: 1\n"), ":7", "not YAML"),
    "half a character": (module('minutes: "\\ud800"\n'), ":5", "not text"),
    "nothing as an escape": (module('minutes: "\\0"\n'), ":5", "not text"),
    "quotes in quotes": (module(more=">" * 30_000 + " x\n"), ":28", "A quote"),
    "lists in lists": (module(more="- " * 15_000 + "x\n"), ":28", "too deep"),
    "brackets in brackets": (module(more="[" * 30_000 + "\n"), ":26", "cannot be sent"),
    "links in links": (module(more="[a](" * 7_000 + "\n"), ":26", "cannot be sent"),
    "stars without end": (module(more="**a _b " * 4_000 + "\n"), ":26", "cannot be sent"),
    "a table without end": (module(more="\n|a\n|-\n" + "|b\n" * 9_000), ":26", "cannot be sent"),
    "a module of 10 MB": (module(more="x" * 10_000_000), "", "too long"),
}


@pytest.mark.parametrize("case", TEXT_MODULES)
def test_a_hostile_module_is_one_sentence(content, case):
    text, line, what = TEXT_MODULES[case]

    assert_refused(content, lambda: (content / MODULE).write_text(text), f"{MODULE}{line}", what)


LAST = sample_content.CHECKIN.count("\n") + 1
TEXT_CHECKINS = {
    "lists in lists": ("x = " + "[" * 5_000 + "]" * 5_000 + "\n", "", "nested too deeply"),
    "tables in tables": ("x = " + "{a=" * 5_000 + "1" + "}" * 5_000 + "\n", "", "nested too deeply"),
    "a dotted name": ("x" + ".a" * 100_000 + " = 1\n", f":{LAST}", "too many dots"),
    "a dotted heading": ("[x" + ".a" * 100_000 + "]\n", f":{LAST}", "too many dots"),
    "a dotted name of quotes": ("'x'" + ' . "a"' * 30_000 + " = 1\n", f":{LAST}", "too many dots"),
    "tables by the thousand": ("".join(f"[t{i}]\n" for i in range(8_000)), "", "more faults"),
    "questions by the thousand": ("[[questions]]\n" * 8_000, ":\\d+", "questions"),
    "a number without end": (f"x = {'9' * 50_000}\n", f":{LAST}", "too many digits"),
    "a heading twice": ("[title]\nen = 'x'\n", f":{LAST}", "not TOML"),
    "quotes never closed": ('x = """' + "a\n" * 50_000, ":\\d+", "never closed"),
    "quotes escaped for ever": ('x = "' + '\\"' * 100_000 + "\n", f":{LAST}", "not TOML"),
    "quotes of three escaped for ever": ('x = """' + 'a\\"""' * 40_000, ":\\d+", "never closed"),
    "a check-in of 10 MB": ("#" * 10_000_000, "", "too long"),
}


@pytest.mark.parametrize("case", TEXT_CHECKINS)
def test_a_hostile_checkin_is_one_sentence(content, case):
    more, line, what = TEXT_CHECKINS[case]
    text = sample_content.CHECKIN + more

    assert_refused(content, lambda: (content / CHECKIN).write_text(text), f"{CHECKIN}{line}", what)


def family(phrases: str) -> str:
    return f'[[family]]\nid = "a.b"\ncategory = "unsafe"\nlevel = "watch"\nphrases = {phrases}\n'


SCREENINGS = {
    "choices without end": (family(f'["{" ".join(["(a|b)"] * 20_000)}"]'), ":5", "more than"),
    "gaps without end": (family(f'["{" ".join("*" * 50_000)}"]'), ":5", "begins or ends"),
    "a dotted name": (f"x{'.a' * 50_000} = 1\n", ":1", "too many dots"),
    "a number without end": (f"x = {'9' * 50_000}\n", ":1", "too many digits"),
    "bad phrases by the thousand": (
        family("['<x>']").replace("a.b", "a.{}") * 2_000,
        ":\\d+",
        "no word list",
    ),
}


@pytest.mark.parametrize("case", SCREENINGS)
def test_a_hostile_phrase_list_is_one_sentence(content, case):
    text, line, what = SCREENINGS[case]
    for number in range(text.count("{}")):
        text = text.replace("{}", str(number), 1)

    assert_refused(content, lambda: (content / SCREENING).write_text(text), f"{SCREENING}{line}", what)


BYTES = {
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff" * 500, ":1", "not UTF-8"),
    "another encoding": ("é".encode("latin-1") * 3, ":1", "not UTF-8"),
    "two bytes a character": ("a = 1\n".encode("utf-16"), ":1", "not UTF-8"),
    "a byte of nothing": (b"# one\n# t\x00wo\n", ":2", "not text"),
    "a bell": (b"# one\n# t\x07wo\n", ":2", "not text"),
    "10 MB": (b"#" * 10_000_000, "", "too long"),
    "names that are dotted": (b"x" + b".a" * 60_000, "(:1)?", "dots|---|too long"),
    "brackets": (b"x = " + b"[" * 30_000, "(:1)?", "nested|---"),
}


@pytest.mark.parametrize("case", BYTES)
@pytest.mark.parametrize("name", [*TOML_FILES, MODULE])
def test_any_file_may_be_spoilt_so(content, name, case):
    raw, line, what = BYTES[case]

    assert_refused(content, lambda: (content / name).write_bytes(raw), f"{name}{line}", what)


@pytest.mark.parametrize("name", [*TOML_FILES, MODULE])
@pytest.mark.parametrize(
    "write",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"\r"),
        lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: raw.replace(b" = ", b"\t=\t"),
    ],
    ids=["a byte order mark", "Windows' line ends", "old line ends", "both", "no last line end", "tabs"],
)
def test_what_an_editor_does_to_a_file_is_no_fault(content, name, write):
    library = running(content)
    (content / name).write_bytes(write((content / name).read_bytes()))

    assert said_of(content)[1].endswith("content: 9 files, no problems\n")
    assert library.refresh().problems == ()
    assert library.problems == ()


def link(target: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return make


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def wire(path: Path) -> None:
    """A socket; its address must be short, so it is made elsewhere by its name alone."""
    path.unlink()
    with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_UNIX) as here:
        patch.chdir(path.parent)
        here.bind(path.name)


ODD = {
    "a link out of the folder": (link("/etc/passwd"), "leads out"),
    "a link to something without end": (link("/dev/zero"), "leads out"),
    "a link to nowhere": (link("/nowhere/at/all"), "leads out"),
    "a link to itself": (lambda path: link(path.name)(path), "cannot be read"),
    "a folder named like a file": (folder, "This is a folder"),
    "a pipe": (pipe, "no ordinary file"),
    "a socket": (wire, "no ordinary file"),
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("name", [*TOML_FILES, MODULE])
def test_what_is_no_file_of_this_folder_is_one_sentence(content, name, case):
    put, what = ODD[case]

    assert_refused(content, lambda: put(content / name), name, what)


@pytest.mark.parametrize("name", ["modules", "modules/en", "checkins", "phrases", "crisis", "screening"])
def test_a_file_in_the_place_of_a_folder_is_one_sentence(content, name):
    def spoil() -> None:
        shutil.rmtree(content / name)
        (content / name).write_text("x")

    assert_refused(content, spoil, f"({name}|modules/es/what-stress-does.md|{CHECKIN})", "")
    assert f"{name}: This is a file, and a folder belongs here." in said_of(content)[1]


@pytest.mark.parametrize("name", ["modules/en", "modules/es", "checkins", "screening"])
def test_a_folder_that_is_a_link_is_one_sentence_and_not_looked_into(content, name):
    def spoil() -> None:
        shutil.rmtree(content / name)
        (content / name).symlink_to("/etc")

    assert_refused(content, spoil, f"({name}|modules/.*md)", "")
    assert f"{name}: This is a link to another folder" in said_of(content)[1]
    assert "passwd" not in said_of(content)[1]


@pytest.mark.parametrize("folder", ["modules/en", "checkins", "phrases", "crisis", "screening"])
@pytest.mark.parametrize(
    "name",
    [b"a\nb", b"\x1b[2Ja", b"\xff\xfe", "a\N{RIGHT-TO-LEFT OVERRIDE}b".encode()],
    ids=["two lines", "a terminal's command", "no UTF-8", "backwards"],
)
def test_a_name_that_cannot_be_shown_is_one_sentence(content, folder, name):
    suffix = b".md" if folder == "modules/en" else b".toml"
    path = os.fsencode(content / folder) + b"/" + name + suffix

    assert_refused(
        content,
        lambda: Path(os.fsdecode(path)).write_text("x"),
        f"{folder}/.*",
        "name of this file cannot be shown",
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("modules/en/🙂.md", sample_content.MODULE),
        ("modules/en/" + "a" * 60 + ".md", sample_content.MODULE),
        ("modules/en/two words.md", sample_content.MODULE),
        ("checkins/🙂.toml", sample_content.CHECKIN),
        ("crisis/🙂.toml", sample_content.CRISIS),
        ("screening/🙂.toml", sample_content.SCREENING),
    ],
)
def test_a_name_that_people_cannot_type_is_one_sentence(content, name, text):
    assert_refused(content, lambda: (content / name).write_text(text), f"{re.escape(name)}(:\\d)?", "")


def test_an_emoji_in_the_name_of_a_phrase_file_is_no_fault(content):
    (content / "phrases" / "🙂.toml").write_text('[a.b]\nen = "x"\nes = "y"\n')

    assert said_of(content)[1].endswith("content: 10 files, no problems\n")


def test_a_folder_with_files_without_end_is_one_sentence(content):
    def spoil() -> None:
        for number in range(2_100):
            (content / "modules" / "en" / f"m{number}.md").touch()

    assert_refused(content, spoil, "content", "There are 2109 files here")
    assert said_of(content)[1].count("\n") == 2


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A good folder that belongs to somebody who is not almighty, as whom the test goes on."""
    import tempfile

    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as place:
        content = sample_content.write(Path(place))
        said_of(content)  # whatever is loaded late is loaded now
        if is_root:
            for path in [Path(place), *Path(place).rglob("*")]:
                os.chown(path, 65534, 65534)
            os.seteuid(65534)
        yield content
        if is_root:
            os.seteuid(0)
        for path in [content, *content.rglob("*")]:
            path.chmod(0o700)


@pytest.mark.parametrize("name", [*TOML_FILES, MODULE])
def test_a_file_that_may_not_be_read_is_one_sentence(nobody, name):
    assert_refused(nobody, lambda: (nobody / name).chmod(0), name, "cannot be read")


@pytest.mark.parametrize("name", ["modules", "modules/en", "checkins", "phrases", "crisis", "screening", "."])
def test_a_folder_that_may_not_be_read_is_one_sentence(nobody, name):
    assert_refused(nobody, lambda: (nobody / name).chmod(0), ".*", "")

    shown = "content" if name == "." else name
    assert f"{shown}: This folder cannot be read (Permission denied). Check its rights." in said_of(nobody)[1]


HOSTILE = st.one_of(
    st.sampled_from(list("[]{}<>&*!#|-=.:\"'`~\\\n\t\r \0\x1b")),
    st.sampled_from(
        ["---\n", "## ", "- [x] ", "> ", "![](", "[[", "\ufeff", "\ud7ff", "🙂", "\\u0000", '"""']
    ),
    st.text(max_size=5),
)
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), HOSTILE, st.sampled_from([1, 1, 1, 30, 3_000])),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([*sample_content.FILES]), edits=EDITS)
def test_any_edit_of_any_file_is_good_or_sentences(tmp_path, name, edits):
    content = sample_content.write(tmp_path)
    library = Library(content, None, "us")
    library.start()
    text = sample_content.FILES[name]
    for where, much, what, often in edits:
        at = int(where * len(text))
        text = text[:at] + what * often + text[at + much :]
    (content / name).write_bytes(text.encode("utf-8", "surrogatepass"))

    status, said = said_of(content)
    library.refresh()

    assert (status == 1) == any(not problem.warning for problem in library.problems) or "grade" in said
    assert all(line.isprintable() for line in said.splitlines())
    assert library.current.crisis.number
