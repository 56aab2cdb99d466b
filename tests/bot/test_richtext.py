"""Our small HTML becomes text and spans, and people's words never become markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.richtext import (
    MarkupError,
    Rich,
    Span,
    joined,
    markup,
    placeholders,
    plain,
    rich,
    strip_controls,
    tags,
    utf16_length,
)

anything = st.text(alphabet=st.characters(codec="utf-8"))


def test_tags_become_spans_in_utf16_units():
    text = rich("😀 <b>bold <i>and</i></b> <a href='https://example.org/?a=1&amp;b=2'>link</a>")

    assert text.text == "😀 bold and link"
    assert text.spans == (
        Span("bold", 3, 8),
        Span("italic", 8, 3),
        Span("text_link", 12, 4, "https://example.org/?a=1&b=2"),
    )


def test_entities_and_doubled_braces_are_characters():
    assert rich("1 &lt; 2 &amp; {{x}} &#128512;").text == "1 < 2 & {x} 😀"


@given(anything)
def test_any_value_arrives_unchanged_as_plain_text(words):
    text = rich("Hi <b>{name}</b>!", name=words)

    assert text.text == f"Hi {words}!"
    assert [span.kind for span in text.spans] == (["bold"] if words else [])


@given(anything, anything)
def test_a_span_after_a_value_stands_where_the_words_are(words, more):
    text = rich("{a}<b>{b}</b>", a=words, b=more)

    for span in text.spans:
        units = text.text.encode("utf-16-le")[2 * span.offset : 2 * (span.offset + span.length)]
        assert units.decode("utf-16-le") == more


def test_a_rich_value_keeps_its_formatting():
    inner = rich("<i>kind</i> words")

    text = rich("😀 {words}", words=inner)

    assert text.spans == (Span("italic", 3, 4),)


def test_half_of_a_surrogate_pair_is_counted_and_kept():
    assert rich("{a}", a="x\ud800").utf16_length == 2


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("<b>x", "never closed"),
        ("x</b>", "closes nothing"),
        ("<b><i>x</b></i>", "where </i> is due"),
        ("<br>", "not a tag we know"),
        ("<b class='x'>x</b>", "nothing but its name"),
        ("a < b", "begins no tag"),
        ("a & b", "stands alone"),
        ("{", "never closed"),
        ("}", "closes nothing"),
        ("{Name}", "not a placeholder"),
        ("{0}", "not a placeholder"),
        ("{name!r}", "not a placeholder"),
        ("{missing}", "no value"),
        ("<a>x</a>", "href"),
        ("<a href='http://example.org'>x</a>", "https://"),
        ("<a href='javascript:alert(1)'>x</a>", "https://"),
        ("<code><b>x</b></code>", "nothing else may"),
        ("&nosuch;", "not a character"),
    ],
)
def test_wrong_markup_is_named(template, wrong):
    with pytest.raises(MarkupError, match=wrong):
        rich(template)


@given(st.text(alphabet="<>&{}/ab='\" i;#x1"))
def test_any_template_gives_a_text_or_a_markup_error(template):
    try:
        text = rich(template)
    except MarkupError:
        return

    assert all(0 < span.length <= text.utf16_length - span.offset for span in text.spans)


@given(anything)
def test_without_placeholders_braces_are_braces(words):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")

    assert markup(escaped).text == words


def test_a_link_can_be_filled_in_but_only_with_an_https_address():
    assert rich("<a href='{link}'>x</a>", link="https://t.me/x").spans[0].url == "https://t.me/x"
    assert placeholders("<a href='{link}'>{name}</a>") == {"link", "name"}
    with pytest.raises(MarkupError):
        rich("<a href='{link}'>x</a>", link="javascript:x")


def test_an_empty_span_is_dropped_because_telegram_refuses_it():
    assert rich("<b></b>x") == plain("x")


def test_texts_are_added_and_joined_with_their_spans():
    whole = joined([rich("<b>a</b>"), rich("<i>b</i>")], "\n")

    assert whole == Rich("a\nb", (Span("bold", 0, 1), Span("italic", 2, 1)))
    assert (plain("x") + "y").text == "xy"


@given(anything, st.integers(0, 30))
def test_a_cut_text_fits_and_its_spans_stay_inside(words, limit):
    cut = rich("<b>{a}</b>", a=words).cut(limit)

    assert cut.utf16_length <= limit or cut.text == words
    assert all(span.offset + span.length <= cut.utf16_length for span in cut.spans)
    cut.text.encode("utf-8")  # never half of an emoji


def test_what_fits_is_not_cut():
    text = rich("<b>short</b>")

    assert text.cut(5) is text
    assert text.cut(4) == Rich("sho…", (Span("bold", 0, 3),))


def test_unseen_characters_are_taken_from_peoples_words():
    assert strip_controls("a\u202eb\u200bc\u2066d\x00e\ufefff") == "abcdef"
    assert strip_controls("one\r\ntwo\u2028three\tx") == "one\ntwo\nthree\tx"


def test_emoji_that_are_joined_stay_one():
    family, tone = "👩‍👩‍👧", "👩🏽‍🚒"

    assert strip_controls(f"{family} {tone} ❤️‍🔥") == f"{family} {tone} ❤️‍🔥"
    assert strip_controls("a\u200db") == "ab"


@given(st.text())
def test_stripping_twice_changes_nothing_more(words):
    assert strip_controls(strip_controls(words)) == strip_controls(words)


def test_tags_names_the_formatting():
    assert tags("<b>x</b> <i>y</i>") == {"bold", "italic"}
    assert utf16_length("😀") == 2
