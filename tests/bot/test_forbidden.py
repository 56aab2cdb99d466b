"""Words that hurt or promise too much are found in texts, not in keys, comments or titles of sources."""

import pytest

from bot.forbidden import read
from bot.reading import Source
from tests.bot.sample_content import FORBIDDEN, MODULE


@pytest.fixture
def forbidden(tmp_path):
    path = tmp_path / "forbidden.toml"
    path.write_text(FORBIDDEN)
    words, problems = read(path)
    assert problems == []
    return words


def found(forbidden, folder, name, text):
    path = folder / name
    path.write_text(text)
    return list(forbidden.found_in(Source.of(path)))


def test_a_word_is_found_with_its_line_and_reason(forbidden, tmp_path):
    problems = found(forbidden, tmp_path, "a.toml", 'x = 1\ny = "An Addict."\n')

    assert [str(problem) for problem in problems] == [
        'a.toml:2: "Addict" must not be said to participants: It makes a person into an illness. '
        "Write about a person."
    ]


def test_words_are_found_over_line_ends_and_formatting(forbidden, tmp_path):
    text = MODULE.replace("Breathe once.", "Please stay\n**clean**")

    problems = found(forbidden, tmp_path, "a.md", text)

    assert [text.splitlines()[problem.line - 1] for problem in problems] == ["Please stay"]


def test_keys_comments_other_words_and_sources_are_free(forbidden, tmp_path):
    assert found(forbidden, tmp_path, "a.toml", '# addict\naddict = "addiction, addicted"\n') == []
    assert found(forbidden, tmp_path, "a.md", MODULE.replace("CDC", "The addict")) == []


def test_a_broken_list_is_a_problem_and_a_word_for_everything_too(tmp_path):
    path = tmp_path / "forbidden.toml"
    for text in ("[[words]]\n", FORBIDDEN.replace('"addict"', '"*"'), "\x00"):
        path.write_text(text)

        _, problems = read(path)

        assert problems
