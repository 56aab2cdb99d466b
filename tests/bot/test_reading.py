"""Any file is a document or a sentence that says what to mend; lines are those of the file."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from bot.errors import Problem
from bot.front_matter import read_yaml
from bot.reading import (
    Document,
    Source,
    Strict,
    did_you_mean,
    fingerprint,
    in_language,
    read_text,
    read_toml,
    validated,
)


class Inner(Strict):
    colour: str = Field(min_length=1)
    size: int = 1


class Outer(Strict):
    name: str
    things: list[Inner] = Field(default_factory=list)


def document(folder: Path, text: str) -> Document:
    path = folder / "a.toml"
    path.write_text(text)
    read = read_toml(Source.of(path))
    assert isinstance(read, Document)
    return read


def test_a_misspelt_key_is_named_with_its_line_and_the_likely_one(tmp_path):
    read = document(tmp_path, 'name = "x"\n[[things]]\ncolour = "a"\n[[things]]\ncolor = "red"\n')

    found = validated(read, Outer)

    assert [(problem.line, problem.what, problem.mend) for problem in found] == [
        (4, "`things no. 2 colour` is missing.", "Add it."),
        (5, "`things no. 2 color` is not known here.", "Did you mean `colour`?"),
    ]


def test_all_faults_are_found_at_once(tmp_path):
    read = document(tmp_path, 'nam = "x"\nthings = [{colour = 3}, {colour = "", size = "4"}]\n')

    assert len(validated(read, Outer)) == 5


def test_broken_toml_is_a_problem_on_its_line(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('a = 1\nb = "open\nc = 3\n')

    found = read_toml(Source.of(path))

    assert isinstance(found, Problem)
    assert (found.file, found.line) == ("a.toml", 2)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a = 1\n\x00", "not text"),
        (b"a" * 300_000, "too long"),
        (b"a = " + b"[" * 50_000, "TOML|nested"),
    ],
)
def test_a_hostile_file_is_one_sentence(tmp_path, raw, said):
    path = tmp_path / "a.toml"
    path.write_bytes(raw)

    found = read_toml(Source.of(path))

    assert isinstance(found, Problem)
    assert re.search(said, found.what)


def test_a_folder_a_pipe_a_missing_file_and_a_link_outside_are_sentences(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "folder.md").mkdir()
    os.mkfifo(inside / "pipe.md")
    (tmp_path / "secret.md").write_text("secret")
    (inside / "link.md").symlink_to(tmp_path / "secret.md")
    (inside / "loop.md").symlink_to(inside / "loop.md")

    for name in ("folder.md", "pipe.md", "missing.md", "link.md", "loop.md"):
        found = read_text(Source.of(inside / name))
        assert isinstance(found, Problem), name
        assert "secret" not in found.what


def test_line_ends_and_byte_order_marks_are_no_fault(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "x"\r\nthings = []\r\n')

    read = read_toml(Source.of(path))

    assert isinstance(read, Document)
    assert read.parts == {"name": "x", "things": []}
    assert read.line("things") == 2


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_problem(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(raw)

    assert isinstance(read_toml(Source.of(path)), Document | Problem)


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "a: !!python/object 1", "a: " + "[" * 30, "a: 1\na: 2", "- x"]
)
def test_yaml_tricks_are_refused(tmp_path, text):
    assert isinstance(read_yaml(Source.of(tmp_path / "a.md"), text, below=1), Problem)


def test_yaml_knows_its_lines(tmp_path):
    read = read_yaml(Source.of(tmp_path / "a.md"), "name: x\nthings:\n  - colour: a\n    size: 2", below=1)

    assert isinstance(read, Document)
    assert read.line("things", 0, "size") == 5
    assert read.line("things", 0, "nothing") == 4


@given(st.text(max_size=200))
def test_any_yaml_gives_a_document_or_a_problem(text):
    assert isinstance(read_yaml(Source.of(Path("a.md")), text, below=1), Document | Problem)


def test_small_helpers():
    assert did_you_mean("zzz", ["a", "b"]) == "Use one of: a, b."
    assert in_language({"es": "x"}, "fr") == "x"
    assert in_language({"en": "y", "es": "x"}, "fr", "es") == "x"
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1}) != fingerprint({})
