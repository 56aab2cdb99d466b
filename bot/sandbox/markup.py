"""Telegram's HTML: read into text and entities, and written back.

The rules and their refusals follow TDLib's `parse_html`, byte offsets included.
"""

import html
import re
from dataclasses import dataclass, replace

from bot.sandbox.entities import Entity, RichText, borders_of, is_link, ordered, utf16_length
from bot.sandbox.errors import ApiError, bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+));?")


def parse_html(markup: str) -> RichText:
    """Telegram's HTML as text and entities; `ApiError` 400 "can't parse entities: ..."."""
    return _HtmlReader(markup).read()


def to_html(rich: RichText) -> str:
    """The text as Telegram's HTML; what Telegram finds by itself needs no tag."""
    borders = borders_of(rich.text)
    drawn = [entity for entity in rich.entities if entity.type in _OPENING]
    places = sorted({0, rich.length, *(e.offset for e in drawn), *(e.end for e in drawn)})
    written: list[str] = []
    opened: list[Entity] = []
    for start, end in zip(places, [*places[1:], places[-1]], strict=True):
        wanted = [entity for entity in drawn if entity.offset <= start < entity.end]
        _switch(written, opened, wanted)
        written.append(html.escape(rich.text[borders[start] : borders[end]], quote=False))
    return "".join(written)


def _switch(written: list[str], opened: list[Entity], wanted: list[Entity]) -> None:
    """Close and open tags so that just the wanted entities are open, in their order."""
    same = 0
    while same < min(len(opened), len(wanted)) and opened[same] is wanted[same]:
        same += 1
    while len(opened) > same:
        written.append(_closing(opened.pop()))
    for entity in wanted[same:]:
        written.append(_opening(entity))
        opened.append(entity)


_OPENING = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "strikethrough": "<s>",
    "spoiler": "<tg-spoiler>",
    "code": "<code>",
    "pre": "<pre>",
    "blockquote": "<blockquote>",
    "expandable_blockquote": "<blockquote expandable>",
    "text_link": "<a>",
    "text_mention": "<a>",
}


def _closing(entity: Entity) -> str:
    if entity.type == "pre" and entity.language:
        return "</code></pre>"
    return f"</{_OPENING[entity.type].strip('<>').removesuffix(' expandable')}>"


def _opening(entity: Entity) -> str:
    if entity.type == "text_link":
        return f'<a href="{html.escape(entity.url or "")}">'
    if entity.type == "text_mention":
        return f'<a href="tg://user?id={entity.user_id}">'
    if entity.type == "pre" and entity.language:
        return f'<pre><code class="language-{html.escape(entity.language)}">'
    return _OPENING[entity.type]


@dataclass
class _OpenTag:
    name: str
    argument: str
    offset: int
    index: int


class _HtmlReader:
    """One pass over the markup. `_at` is an index into the string; refusals name the byte."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._at = 0
        self._text: list[str] = []
        self._units = 0
        self._open: list[_OpenTag] = []
        self._entities: list[Entity] = []

    def read(self) -> RichText:
        while self._at < len(self._markup):
            if self._markup[self._at] != "<":
                self._put(self._character())
            elif self._markup.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        plain_code = (replace(e, language=None) if e.type == "code" else e for e in self._entities)
        return RichText("".join(self._text), ordered(plain_code))

    def _put(self, character: str) -> None:
        self._text.append(character)
        self._units += utf16_length(character)

    def _character(self) -> str:
        """The next character, with `&lt;` and numeric references read; a lone & is itself."""
        match = _REFERENCE.match(self._markup, self._at)
        meant = _referenced(match) if match else None
        if match is None or meant is None:
            self._at += 1
            return self._markup[self._at - 1]
        self._at = match.end()
        return meant

    def _byte(self, index: int) -> int:
        return len(self._markup[:index].encode())

    def _peek(self) -> str:
        return self._markup[self._at : self._at + 1]

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _until(self, stops: str) -> str:
        begin = self._at
        while self._peek() and not self._peek().isspace() and self._peek() not in stops:
            self._at += 1
        return self._markup[begin : self._at]

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        name = self._until(">").lower()
        if not self._peek():
            raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if name not in TAGS:
            raise _cannot_parse(f'Unsupported start tag "{name}" at byte offset {self._byte(begin)}')
        argument = self._attributes(name, begin)
        if name == "span" and argument != "spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        if name == "tg-emoji" and not argument.isdigit():
            raise _cannot_parse("Invalid custom emoji identifier specified")
        self._open.append(_OpenTag(name, argument, self._units, len(self._text)))

    def _attributes(self, tag: str, begin: int) -> str:
        """Read to the closing bracket; gives the one attribute that matters for this tag, or ''."""
        argument = ""
        while True:
            self._skip_space()
            if self._peek() == ">":
                self._at += 1
                return argument
            name = self._until("=>/\"'").lower()
            if not self._peek():
                raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
            if not name:
                raise _cannot_parse(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}'
                )
            value = self._value(begin)
            argument = _argument(tag, name, value) or argument

    def _value(self, begin: int) -> str:
        self._skip_space()
        if self._peek() != "=":
            return ""
        self._at += 1
        self._skip_space()
        value = self._quoted(self._peek()) if self._peek() in ("'", '"') else self._bare()
        if not self._peek():
            raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return value

    def _bare(self) -> str:
        begin = self._at
        while self._peek().isalnum() or self._peek() in (".", "-"):
            self._at += 1
        if self._peek() and not self._peek().isspace() and self._peek() != ">":
            raise _cannot_parse(f"Unexpected end of name token at byte offset {self._byte(begin)}")
        return self._markup[begin : self._at].lower()

    def _quoted(self, quote: str) -> str:
        self._at += 1
        read: list[str] = []
        while self._peek() and self._peek() != quote:
            read.append(self._character())
        self._at += 1
        return "".join(read)

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self._at += 2
        name = self._until(">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise _cannot_parse(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self._at += 1
        opened = self._open.pop()
        if name and name != opened.name:
            raise _cannot_parse(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.name}>", found "</{name}>"'
            )
        if self._units > opened.offset:
            self._close(opened)

    def _close(self, tag: _OpenTag) -> None:
        entity = Entity(TAGS[tag.name], tag.offset, self._units - tag.offset)
        if tag.name == "a":
            self._close_link(entity, tag.argument or "".join(self._text[tag.index :]))
            return
        if tag.name == "blockquote" and tag.argument:
            entity = replace(entity, type="expandable_blockquote")
        if tag.name == "tg-emoji":
            entity = replace(entity, custom_emoji_id=tag.argument)
        if tag.name in ("pre", "code") and self._joins_code(entity, tag):
            return
        self._entities.append(entity)

    def _joins_code(self, entity: Entity, tag: _OpenTag) -> bool:
        """<pre><code class="language-x"> is one block of code in a language, not two entities."""
        inner = self._entities[-1] if self._entities else None
        outer = self._open[-1] if self._open else None
        if tag.name == "code" and tag.argument and outer and outer.name == "pre":
            self._entities.append(replace(entity, language=tag.argument))
            return True
        same = inner is not None and (inner.offset, inner.length) == (entity.offset, entity.length)
        if tag.name == "pre" and inner is not None and same and inner.type == "code" and inner.language:
            self._entities[-1] = replace(inner, type="pre")
            return True
        return False

    def _close_link(self, entity: Entity, url: str) -> None:
        person = re.fullmatch(r"tg://user\?id=([0-9]+)", url)
        if person:
            self._entities.append(replace(entity, type="text_mention", user_id=int(person[1])))
        elif is_link(url):
            self._entities.append(replace(entity, url=url if "://" in url else f"http://{url}"))


def _referenced(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF or len(match.group()) > 10:
        return None
    return chr(code)


def _argument(tag: str, name: str, value: str) -> str:
    if (tag, name) == ("a", "href"):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if (tag, name) == ("tg-emoji", "emoji-id"):
        return value
    return "1" if (tag, name) == ("blockquote", "expandable") else ""


def _cannot_parse(why: str) -> ApiError:
    return bad_request(f"can't parse entities: {why}")
