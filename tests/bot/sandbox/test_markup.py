"""Telegram's HTML: what it means, what is refused and how, and that it can be written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import Entity, RichText, ordered, utf16_length
from bot.sandbox.errors import ApiError
from bot.sandbox.markup import parse_html, to_html


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("<b>a</b>b", "ab", [Entity("bold", 0, 1)]),
        ("😀<i>x</i>", "😀x", [Entity("italic", 2, 1)]),
        ("<strong>a<em>b</em></strong>", "ab", [Entity("bold", 0, 2), Entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [Entity("underline", 0, 1), Entity("underline", 1, 1)]),
        ("<s>a</s>", "a", [Entity("strikethrough", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [Entity("spoiler", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [Entity("expandable_blockquote", 0, 1)]),
        (
            '<a href="https://x.org/?a=1&amp;b=2">a</a>',
            "a",
            [Entity("text_link", 0, 1, url="https://x.org/?a=1&b=2")],
        ),
        ('<a href="tg://user?id=7">a</a>', "a", [Entity("text_mention", 0, 1, user_id=7)]),
        ('<pre><code class="language-py">a</code></pre>', "a", [Entity("pre", 0, 1, language="py")]),
        ("<pre>a</pre><code>b</code>", "ab", [Entity("pre", 0, 1), Entity("code", 1, 1)]),
        (
            "1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;x&quot; &#65;&#x42; & &nbsp;",
            '1 < 2 && 3 > 2 "x" AB & &nbsp;',
            [],
        ),
        ("<b></b>x", "x", []),
        ("<B>x</B>", "x", [Entity("bold", 0, 1)]),
    ],
)
def test_markup_means_text_and_entities(markup, text, entities):
    rich = parse_html(markup)

    assert (rich.text, list(rich.entities)) == (text, entities)


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("Hello, world<x>", 'Unsupported start tag "x" at byte offset 12'),
        ("ñ<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("I am 5 < 7", 'Unsupported start tag "" at byte offset 7'),
        ("I am 5 <7", "Unclosed start tag at byte offset 7"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href=", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_markup_is_refused_with_its_place(markup, why):
    with pytest.raises(ApiError) as refused:
        parse_html(markup)

    assert refused.value.description == f"Bad Request: can't parse entities: {why}"


@given(st.text(alphabet=st.sampled_from(list("<>/&;= \"'abius#x1ñ😀\n")), max_size=40))
def test_any_markup_is_read_or_refused(markup):
    try:
        rich = parse_html(markup)
    except ApiError as refused:
        assert refused.code == 400 and "can't parse entities: " in refused.description
    else:
        assert all(0 <= e.offset < e.end <= rich.length for e in rich.entities)


KINDS = st.sampled_from(["bold", "italic", "underline", "strikethrough", "spoiler", "blockquote"])


@st.composite
def rich_texts(draw) -> RichText:
    """Texts with entities that lie inside each other or apart, each kind once on a stretch."""
    text = draw(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=30))
    borders = [utf16_length(text[:index]) for index in range(len(text) + 1)]
    entities: list[Entity] = []
    for kind in draw(st.lists(KINDS, max_size=6, unique=True)):
        start, end = sorted(draw(st.tuples(st.sampled_from(borders), st.sampled_from(borders))))
        entity = Entity(kind, start, end - start)
        if start < end and all(_nests(entity, other) for other in entities):
            entities.append(entity)
    return RichText(text, ordered(entities))


def _nests(one: Entity, other: Entity) -> bool:
    apart = one.end <= other.offset or other.end <= one.offset
    inside = one.offset >= other.offset and one.end <= other.end
    around = other.offset >= one.offset and other.end <= one.end
    return apart or inside or around


@given(rich_texts())
def test_what_is_written_as_html_is_read_back_the_same(rich):
    assert parse_html(to_html(rich)) == rich
