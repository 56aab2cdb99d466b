"""A message as HTML: every word, every kind of formatting, and nothing that content could smuggle in."""

import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.model import CAPTION_UNITS, Message, Picture
from bot.preview.bubbles import bubble, rich_html
from bot.richtext import Rich, Span, rich, utf16_length
from bot.sandbox.media import one_pixel

LETTERS = "ab é🙂<>&\"'/\n_"
KINDS = st.sampled_from(["bold", "italic", "strikethrough", "code", "blockquote", "text_link"])


@st.composite
def riches(draw: st.DrawFn) -> Rich:
    """Any text with any spans over it, also such as Telegram would never nest."""
    text = draw(st.text(LETTERS, max_size=40))
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        offset = draw(st.integers(0, utf16_length(text)))
        length = draw(st.integers(0, utf16_length(text) - offset))
        kind = draw(KINDS)
        spans.append(
            Span(kind, offset, length, "https://example.org/?a=1&b=2" if kind == "text_link" else None)
        )
    return Rich(text, tuple(spans))


@settings(deadline=None)
@given(riches())
def test_no_word_is_lost_and_every_tag_is_closed(shown: Rich) -> None:
    written = str(rich_html(shown))

    open_tags: list[str] = []
    for close, name in re.findall(r"<(/?)([a-z]+)[^>]*>", written):
        if close:
            assert open_tags.pop() == name
        else:
            open_tags.append(name)
    assert not open_tags
    halves = shown.text.encode("utf-16-le")
    if not any(
        _splits_a_pair(halves, edge)
        for span in shown.spans
        for edge in (span.offset, span.offset + span.length)
    ):
        assert html.unescape(re.sub(r"<[^>]+>", "", written)) == html.unescape(html.escape(shown.text))


def _splits_a_pair(units: bytes, edge: int) -> bool:
    """Whether a span begins or ends in the middle of an emoji, which Telegram never does."""
    return 0 < 2 * edge < len(units) and 0xDC <= units[2 * edge + 1] <= 0xDF


def test_formatting_links_and_commands_are_shown_as_telegram_shows_them() -> None:
    shown = rich('<b>Go <i>on</i></b> 🙂 <a href="https://example.org">here</a>, or tap /help_now. 1/2')

    assert rich_html(shown) == (
        '<b>Go </b><b><i>on</i></b> 🙂 <a href="https://example.org" rel="noreferrer">here</a>, '
        'or tap <span class="command">/help_now</span>. 1/2'
    )


def test_a_bubble_names_its_language() -> None:
    assert 'lang="es"' in bubble(Message(Rich("Hola <b>")), "es")
    assert "Hola &lt;b&gt;" in bubble(Message(Rich("Hola <b>")), "es")


def test_a_picture_stands_inside_the_page_with_its_alt_text() -> None:
    message = Message(Rich("Hello"), picture=Picture("wave", 'A "wave"'))

    shown = bubble(message, "en", pictures={"wave": one_pixel()})

    assert 'src="data:image/png;base64,iVBOR' in shown and 'alt="A &quot;wave&quot;"' in shown


def test_a_picture_that_would_not_be_sent_is_shown_in_words() -> None:
    wave = Picture("wave", "A wave")

    for text, pictures in (("Hello", {}), ("x" * (CAPTION_UNITS + 1), {"wave": one_pixel()})):
        shown = bubble(Message(Rich(text), picture=wave), "en", pictures=pictures)

        assert "<img" not in shown and "[A wave]" in shown
