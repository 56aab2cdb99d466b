"""Text with formatting, as Telegram takes it: plain text and spans over it, never markup at run time.

Owns our small HTML (what content files may use) and the joining of it with people's words, which are
inserted after the markup was read and so can never become markup. Offsets and lengths are UTF-16 units.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

KINDS = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
"""Tag -> Telegram's type of entity."""

_VERBATIM = {"code", "pre"}  # Bot API: these cannot contain other entities
_TOKEN = re.compile(
    r"(?P<tag><(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<rest>[^<>]*)>)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]*);)"
    r"|(?P<double>\{\{|\}\})"
    r"|(?P<place>\{(?P<field>[^{}]*)\})"
    r"|(?P<stray>[<&{}])"
)
_HREF = re.compile(r"""\s+href\s*=\s*(?:"([^"]*)"|'([^']*)')\s*""")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")


class MarkupError(ValueError):
    """The markup of a text is wrong."""


@dataclass(frozen=True)
class Span:
    """One formatted stretch: Telegram's type of entity, its place in UTF-16 units, and a link's address."""

    kind: str
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True)
class Rich:
    """A text and its formatting."""

    text: str
    spans: tuple[Span, ...] = ()

    def __add__(self, other: "Rich | str") -> "Rich":
        if isinstance(other, str):
            return Rich(self.text + other, self.spans)
        return Rich(self.text + other.text, self.spans + _moved(other.spans, self.utf16_length))

    @property
    def utf16_length(self) -> int:
        """How long Telegram finds the text."""
        return utf16_length(self.text)

    def cut(self, limit: int) -> "Rich":
        """The beginning, at most `limit` UTF-16 units; what was cut ends in an ellipsis."""
        if self.utf16_length <= limit:
            return self
        if limit <= 0:
            return Rich("")
        units = self.text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
        if len(units) >= 2 and 0xD8 <= units[-1] <= 0xDB:  # never half of an emoji
            units = units[:-2]
        kept = units.decode("utf-16-le", "surrogatepass")
        return Rich(kept + "…", _clipped(self.spans, len(units) // 2))


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units, as Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(text: str) -> Rich:
    """The text as it is, without formatting."""
    return Rich(text)


def rich(template: str, **values: "str | int | Rich") -> Rich:
    """Our small HTML with `{name}` filled in; values are inserted as plain text (or as the `Rich` they are).

    `{{` and `}}` stand for braces. Raises `MarkupError` for wrong markup or a placeholder without a value.
    """
    return _Writer(values).written(_parsed(template))


def markup(text: str) -> Rich:
    """Our small HTML in which braces are only braces. Raises `MarkupError`."""
    return rich(text.replace("{", "&#123;").replace("}", "&#125;"))


def placeholders(template: str) -> frozenset[str]:
    """The names to fill in. Raises `MarkupError`."""
    return frozenset(
        name
        for piece in _parsed(template)
        for name in ([piece.text] if piece.role == "value" else _FIELDS.findall(piece.url or ""))
    )


def tags(template: str) -> frozenset[str]:
    """The kinds of formatting that a template uses. Raises `MarkupError`."""
    return frozenset(piece.text for piece in _parsed(template) if piece.role == "open")


def joined(parts: "list[Rich]", between: str = "\n\n") -> Rich:
    """The parts one after another."""
    whole = Rich("")
    for number, part in enumerate(parts):
        whole = whole + (between if number else "") + part
    return whole


_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
)
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_UNWANTED = re.compile(f"[{_DIRECTION}{_INVISIBLE}{_CONTROL}\ufff9-\ufffb\U000e0000-\U000e0fff]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029\x85]")
_JOINER = "\u200d"


def strip_controls(text: str) -> str:
    """People's words without what cannot be seen: control, direction and zero-width characters.

    They could make a text read otherwise than it is stored. A joiner stays where it makes one emoji of many.
    """
    visible = _UNWANTED.sub("", _LINE_END.sub("\n", text))
    if _JOINER not in visible:
        return visible
    return "".join(
        character for at, character in enumerate(visible) if character != _JOINER or _joins(visible, at)
    )


def _joins(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return bool(before and after) and _is_emoji(before) and _is_emoji(after)


def _is_emoji(character: str) -> bool:
    # Skin tones are "Sk", the emoji selector is "Mn": both stand between an emoji and its joiner.
    return unicodedata.category(character) in {"So", "Sk"} or character in "\ufe0f♀♂"


@dataclass(frozen=True)
class _Piece:
    """A part of a template. Role: text, value (its name), open or close (the kind; a link's address)."""

    role: str
    text: str
    url: str | None = None


_FIELDS = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@lru_cache(maxsize=4096)
def _parsed(template: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    opened: list[str] = []
    at = 0
    for match in _TOKEN.finditer(template):
        if match.start() > at:
            pieces.append(_Piece("text", template[at : match.start()]))
        pieces.append(_piece(match, opened))
        at = match.end()
    if opened:
        raise MarkupError(f"<{opened[-1]}> is never closed")
    if at < len(template):
        pieces.append(_Piece("text", template[at:]))
    return tuple(pieces)


def _piece(match: re.Match[str], opened: list[str]) -> _Piece:
    if match["tag"]:
        return _closing(match, opened) if match["close"] else _opening(match, opened)
    if match["entity"]:
        return _Piece("text", _character(match["entity"]))
    if match["double"]:
        return _Piece("text", match["double"][0])
    if match["place"]:
        return _value(match["field"])
    raise MarkupError(_STRAY[match["stray"]])


_STRAY = {
    "<": "a `<` begins no tag; write &lt;",
    "&": "a `&` stands alone; write &amp;",
    "{": "a `{` is never closed; write {{ for a brace",
    "}": "a `}` closes nothing; write }} for a brace",
}


def _opening(match: re.Match[str], opened: list[str]) -> _Piece:
    name, rest = match["name"], match["rest"]
    if name not in KINDS:
        raise MarkupError(f"<{name}> is not a tag we know; there are {', '.join(KINDS)}")
    if opened and opened[-1] in _VERBATIM:
        raise MarkupError(f"<{name}> stands inside <{opened[-1]}>, where nothing else may")
    url = _address(rest) if name == "a" else None
    if name != "a" and rest.strip():
        raise MarkupError(f"<{name}> takes nothing but its name")
    opened.append(name)
    return _Piece("open", KINDS[name], url)


def _closing(match: re.Match[str], opened: list[str]) -> _Piece:
    name = match["name"]
    if not opened:
        raise MarkupError(f"</{name}> closes nothing")
    if opened[-1] != name:
        raise MarkupError(f"</{name}> stands where </{opened[-1]}> is due")
    opened.pop()
    return _Piece("close", KINDS[name])


def _address(rest: str) -> str:
    found = _HREF.fullmatch(rest)
    if found is None:
        raise MarkupError('a link is written <a href="https://...">')
    url = html.unescape(found[1] or found[2] or "")
    if not _FIELDS.fullmatch(url):
        _check_address(url)
    return url


def _check_address(url: str) -> None:
    if not re.fullmatch(r"https://[^\s/]+\S*", url):
        raise MarkupError(f"the link {url!r} does not begin with https://")


def _character(entity: str) -> str:
    character = html.unescape(entity)
    if character == entity:
        raise MarkupError(f"{entity} is not a character we know; write &amp; for a plain &")
    return character


def _value(field: str) -> _Piece:
    if not _FIELD.fullmatch(field):
        raise MarkupError(f"{{{field}}} is not a placeholder; names have small letters only")
    return _Piece("value", field)


class _Writer:
    """One writing of a parsed template: collects text, counts units, closes spans."""

    def __init__(self, values: "dict[str, str | int | Rich]") -> None:
        self._values = values
        self._text: list[str] = []
        self._spans: list[Span] = []
        self._units = 0
        self._open: list[Span] = []

    def written(self, pieces: tuple[_Piece, ...]) -> Rich:
        for piece in pieces:
            self._write(piece)
        # Outer before inner: the order in which Telegram itself gives them.
        spans = sorted(self._spans, key=lambda span: (span.offset, -span.length))
        return Rich("".join(self._text), tuple(spans))

    def _write(self, piece: _Piece) -> None:
        match piece.role:
            case "text":
                self._add(piece.text)
            case "value":
                self._insert(self._value(piece.text))
            case "open":
                self._open.append(Span(piece.text, self._units, 0, self._link(piece.url)))
            case _:
                self._close()

    def _insert(self, value: "str | int | Rich") -> None:
        if isinstance(value, Rich):
            self._spans += _moved(value.spans, self._units)
            self._add(value.text)
        else:
            self._add(str(value))

    def _close(self) -> None:
        begun = self._open.pop()
        if self._units > begun.offset:  # Telegram refuses empty entities
            self._spans.append(replace(begun, length=self._units - begun.offset))

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._units += utf16_length(text)

    def _value(self, name: str) -> "str | int | Rich":
        if name not in self._values:
            raise MarkupError(f"{{{name}}} has no value")
        return self._values[name]

    def _link(self, url: str | None) -> str | None:
        field = _FIELDS.fullmatch(url or "")
        if not field:
            return url
        value = self._value(field[1])
        address = value.text if isinstance(value, Rich) else str(value)
        _check_address(address)
        return address


def _moved(spans: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    return tuple(replace(span, offset=span.offset + by) for span in spans)


def _clipped(spans: tuple[Span, ...], end: int) -> tuple[Span, ...]:
    def kept() -> Iterator[Span]:
        for span in spans:
            if span.offset < end:
                yield replace(span, length=min(span.length, end - span.offset))

    return tuple(kept())
