"""A message of the bot as a phone shows it: the bubble with its formatting, and its buttons in their rows.

Takes the very `Message` that would be sent, so a preview cannot show what a person would not get.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from bot.delivery.model import CAPTION_UNITS, Button, Message, Picture, Rows
from bot.preview.markup import Html, element, text, together
from bot.richtext import Rich, Span
from bot.screening.model import Level

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "code",
}
"""Telegram's type of entity -> how a page shows it."""

_COMMAND = re.compile(r"(?<![\w/@.])(/[A-Za-z][A-Za-z0-9_]{0,31})(?![\w/])")


@dataclass(frozen=True)
class Key:
    """What a page knows of a button: where on the page its tap leads, and how much of a concern the answer is."""

    leads_to: str = ""
    level: Level = Level.NONE


def bubble(
    message: Message,
    lang: str,
    key_of: Callable[[Button], Key] = lambda _button: Key(),
    *,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> Html:
    """The message with its buttons. `lang` is what it is written in, for whoever has it read aloud.

    `pictures` by their keys; one that is not among them is said in words, as it would be in a chat.
    """
    data = pictures.get(message.picture.key, b"") if message.picture else b""
    if not data or message.text.utf16_length > CAPTION_UNITS:
        message = message.in_words()
    words = element("div", _picture(message.picture, data), rich_html(message.text), class_="bubble")
    return element("div", words, _keyboard(message.buttons, key_of), class_="message", lang=lang)


def _picture(picture: Picture | None, data: bytes) -> Html:
    """Inside the page itself: a page loads nothing from anywhere."""
    if picture is None:
        return Html("")
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return element("img", src=source, alt=picture.alt, class_="picture")


def rich_html(rich: Rich) -> Html:
    """Text with Telegram's formatting, stretch by stretch: spans may lie in each other in any way."""
    units = rich.text.encode("utf-16-le", "surrogatepass")
    ends = {span.offset + span.length for span in rich.spans}
    edges = sorted({0, len(units) // 2} | {span.offset for span in rich.spans} | ends)
    return together(*_stretches(rich.spans, units, edges))


def _stretches(spans: tuple[Span, ...], units: bytes, edges: list[int]) -> Iterator[Html]:
    for start, end in pairwise(edges):
        around = [span for span in spans if span.offset <= start and end <= span.offset + span.length]
        shown = _with_commands(units[2 * start : 2 * end].decode("utf-16-le", "replace"))
        for span in reversed(around):  # outer before inner, so the inner wraps first
            shown = _wrapped(span, shown)
        yield shown


def _with_commands(words: str) -> Html:
    """Telegram makes a link of every command by itself."""
    parts = _COMMAND.split(words)
    return together(
        *(
            element("span", text(part), class_="command") if at % 2 else text(part)
            for at, part in enumerate(parts)
        )
    )


def _wrapped(span: Span, shown: Html) -> Html:
    if span.url is not None:
        return element("a", shown, href=span.url, rel="noreferrer")
    if span.kind in _TAGS:
        return element(_TAGS[span.kind], shown)
    return element("span", shown, class_=f"is-{span.kind}")


def _keyboard(rows: Rows, key_of: Callable[[Button], Key]) -> Html:
    if not rows:
        return Html("")
    shown = (element("div", *(_key(one, key_of(one)) for one in row), class_="row") for row in rows)
    return element("div", *shown, class_="keys")


def _key(one: Button, key: Key) -> Html:
    mark = Html("")
    label = element("span", text(one.label), class_="label")
    if key.level:
        mark = element("span", text(key.level.word[0].upper()), class_="mark", title=key.level.word)
    kind = f"key {key.level.word}" if key.level else "key"
    if key.leads_to:
        return element("a", label, mark, class_=kind, href=f"#{key.leads_to}")
    return element("span", label, mark, class_=kind)
