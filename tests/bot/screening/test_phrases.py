import pytest

from bot.screening.finding import Finder
from bot.screening.normalise import tokens
from bot.screening.phrases import Compiler
from bot.screening.spelling import Spelling, Spellings, Stems


def compiled(phrase, words=None):
    compiler = Compiler(lambda word: (word,))
    compiler.add(0, phrase)
    for label, members in (words or {}).items():
        for member in members:
            compiler.add_member(f"<{label}>", member)
    return compiler


def finds(phrase, text, words=None):
    """The parts of the text that the phrase finds."""
    compiler = compiled(phrase, words)
    stems = Stems(compiler.words())
    spelling = Spelling(compiler.words(), Spellings({}), stems)
    read = spelling.corrected(tokens(text))
    hits = Finder(compiler.table, stems, ["really"], ["not"]).find(read)
    return [text[read[hit.start].start : read[hit.end - 1].end] for hit in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("took pills", "I took pills", "took pills"),
        ("took pills", "I took really pills", "took really pills"),
        ("took * pills", "took all of my pills", "took all of my pills"),
        ("kill* time", "killing time", "killing time"),
        ("cut|burn me", "it may burn me", "burn me"),
        ("i quit|gave_up again", "i gave up again", "i gave up again"),
        ("all (my) pills", "all pills", "all pills"),
        ("took <number> pills", "took 20 pills", "took 20 pills"),
        ("i used <end>", "well i used. sorry", "i used"),
    ],
)
def test_a_phrase_finds_what_it_says(phrase, text, found):
    assert finds(phrase, text) == [found]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("took pills", "took the pills"),
        ("took pills", "took. pills"),
        ("took * pills", "took one and two and three pills"),
        ("took * pills", "took it not pills"),
        ("i used <end>", "i used my skills"),
    ],
)
def test_a_phrase_finds_nothing_else(phrase, text):
    assert finds(phrase, text) == []


def test_a_word_list_may_hold_members_of_several_words():
    assert finds("used <drug>", "i used crystal meth", {"drug": ["crystal meth"]}) == ["used crystal meth"]


@pytest.mark.parametrize(
    "phrase", ["", "*", "* pills", "pills *", "ki*", "a.(b", "(a", "|a", "<end>", "a <end> b"]
)
def test_a_phrase_that_can_never_match_says_so(phrase):
    assert phrase in compiled(phrase).faults


def test_a_phrase_that_stands_for_too_many_is_refused():
    phrase = "a|b|c|d|e|f|g|h " * 4
    assert "more than" in compiled(phrase).faults[phrase]
