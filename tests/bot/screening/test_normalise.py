import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screening.normalise import Break, tokens


@pytest.mark.parametrize(
    ("typed", "forms"),
    [
        ("Me CORTÉ", ["me", "corte"]),
        ("mañana", ["manana"]),
        ("i\u2019m", ["i'm"]),
        ("su\u200bi\u2060cide", ["suicide"]),
        ("\u202eok\u202c", ["ok"]),
        ("ｄｉｅ", ["die"]),
        ("𝓭𝓲𝓮", ["die"]),
        ("k*ll", ["k*ll"]),
        ("craving 9/10", ["craving", "9/10"]),
        ("\ud800hi\x00", ["hi"]),
        ("😞 now", ["😞", "now"]),
    ],
)
def test_letters_are_folded_to_plain_ones(typed, forms):
    assert [token.form for token in tokens(typed)] == forms


def test_a_token_knows_its_place_in_the_original():
    # given a text in which folding changes lengths
    text = "Ｉ ﬁnd 𝓶𝓮"

    # when it is cut
    found = tokens(text)

    # then each span shows the original characters
    assert [text[token.start : token.end] for token in found] == ["Ｉ", "ﬁnd", "𝓶𝓮"]


def test_a_token_tells_how_strongly_it_is_parted_from_the_last():
    gaps = {token.form: token.gap for token in tokens("one two, three\nfour. five")}
    assert gaps == {
        "one": Break.STOP,
        "two": Break.NONE,
        "three": Break.COMMA,
        "four": Break.LINE,
        "five": Break.STOP,
    }


@given(st.text(max_size=200))
def test_any_string_gives_tokens_in_order_within_it(text):
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert [token.start for token in found] == sorted(token.start for token in found)
