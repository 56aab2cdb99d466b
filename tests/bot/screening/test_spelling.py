import pytest

from bot.screening.normalise import tokens
from bot.screening.spelling import Spelling, Spellings, Stems

WORDS = ["kill*", "kill", "myself", "suicide", "relapsed", "want", "to", "die", "tonight", "pills", "so"]
MEANT = {"want to": ["wanna"], "do not": ["dont"], "we will": ["we'll"], "myself": ["my self"]}
SPELLING = Spelling(WORDS, Spellings(MEANT), Stems(WORDS), ["relaxed"])


def read(text):
    return " ".join(token.form for token in SPELLING.corrected(tokens(text)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wanna", "want to"),
        ("don't", "do not"),
        ("dont", "do not"),
        ("we'll", "we will"),
        ("well", "well"),
        ("my self", "myself"),
        ("k i l l m y s e l f", "kill myself"),
        ("d.i.e", "die"),
        ("killmyself", "kill myself"),
        ("wanttodie", "want to die"),
        ("sooooo", "so"),
        ("suiciiiide", "suicide"),
        ("su1c1de", "suicide"),
        ("k*ll", "kill"),
        ("d!e", "die"),
        ("sui cide", "suicide"),
        ("relasped", "relapsed"),
        ("suicde", "suicide"),
        ("killing", "killing"),
    ],
)
def test_a_word_is_read_as_it_was_meant(typed, meant):
    assert read(typed) == meant


@pytest.mark.parametrize(
    "word", ["relaxed", "odd", "skilled", "2024", "9/10", "tight", "replaced", "feeling unloved"]
)
def test_an_ordinary_word_is_left_alone(word):
    assert read(word) == word


def test_the_span_covers_all_that_was_typed():
    text = "so k i l l now"
    joined = SPELLING.corrected(tokens(text))[1]
    assert text[joined.start : joined.end] == "k i l l"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tongiht", "tonight"), ("kill myselv", "kill myselv"), ("zuiside", "suicide")],
)
def test_a_word_that_only_sounds_right_is_read_as_it_was_meant(typed, meant):
    assert read(typed) == meant
