"""What Telegram makes of a text that somebody sends: checked, trimmed, with links and commands found.

Values are in `entities`, HTML in `markup`; how long a text may be is decided by the methods.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.sandbox.entities import Entity, RichText, borders_of, is_link, ordered, utf16_length
from bot.sandbox.errors import Json, bad_request
from bot.sandbox.markup import parse_html

_ENTITY_TYPES = {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
}
# What Telegram finds by itself; a sender's own entity of such a kind is ignored and found again.
_FOUND = (
    ("url", re.compile(r"(?:https?|tg)://[^\s<>\"']*[\w/#=&?-]")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/@#<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")),
    ("mention", re.compile(r"(?<![\w/@.])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#&])#\w*[^\W\d]\w*")),
)
_FOUND_TYPES = {kind for kind, _ in _FOUND} | {"cashtag", "phone_number"}
_WALLS = {"code", "pre", "text_link", "text_mention"}
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


def read(text: str, *, parse_mode: str, entities: Any) -> RichText:
    """What Telegram would make of a text, its parse mode and its `entities` (a list, or None)."""
    if len(text.encode("utf-8", "surrogatepass")) > 32_768:
        raise bad_request("text is too long")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_request("strings must be encoded in UTF-8")
    text = _CONTROL.sub(" ", text)
    return detected(trimmed(_formatted(text, parse_mode.lower(), entities)))


def _formatted(text: str, parse_mode: str, entities: Any) -> RichText:
    if parse_mode == "html":
        return parse_html(text)
    if parse_mode in ("markdown", "markdownv2"):
        raise bad_request("can't parse entities: the sandbox does not read Markdown; send HTML or entities")
    if parse_mode not in ("", "none"):
        raise bad_request("unsupported parse_mode")
    return from_entities(text, entities or [])


def from_entities(text: str, raw: Any) -> RichText:
    """A text with the `entities` a client sent; what does not lie inside the text is refused."""
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise bad_request("expected an Array of MessageEntity")
    found = [_entity(item) for item in raw]
    _check_places(text, found)
    kept = [entity for entity in found if entity.length > 0 and entity.type not in _FOUND_TYPES]
    return RichText(text, ordered(kept))


def _entity(item: Json) -> Entity:
    kind, offset, length = item.get("type"), item.get("offset"), item.get("length")
    if kind not in _ENTITY_TYPES or not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: a known type and integer offset and length are needed")
    user = item.get("user")
    user_id = user.get("id") if isinstance(user, dict) else None
    if kind == "text_link" and not is_link(str(item.get("url", ""))):
        raise bad_request("can't parse MessageEntity: a text_link needs an http, https or tg URL")
    return Entity(
        str(kind),
        offset,
        length,
        url=item.get("url"),
        language=item.get("language"),
        custom_emoji_id=item.get("custom_emoji_id"),
        user_id=user_id,
    )


def _check_places(text: str, entities: Iterable[Entity]) -> None:
    """Offsets must not be negative, leave the text, or cut a character of two units in half."""
    borders = borders_of(text)
    last = utf16_length(text)
    for entity in entities:
        if entity.offset < 0 or entity.length < 0:
            raise bad_request("receive an entity with incorrect offset or length")
        if entity.end > last:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
                f"at UTF-16 offset {entity.end}"
            )
        for place, verb in ((entity.offset, "begins"), (entity.end, "ends")):
            if place not in borders:
                raise bad_request(
                    f"entity beginning at UTF-16 offset {entity.offset} {verb} in a middle of a UTF-16 symbol"
                )


def trimmed(rich: RichText) -> RichText:
    """White space at both ends goes, and the entities move with the text that stays."""
    text = rich.text.strip()
    cut = len(rich.text) - len(rich.text.lstrip())  # white space is one unit a character
    last = utf16_length(text)
    moved = (_moved(entity, cut, last) for entity in rich.entities)
    return RichText(text, ordered(entity for entity in moved if entity.length > 0))


def _moved(entity: Entity, cut: int, last: int) -> Entity:
    start, end = max(entity.offset - cut, 0), min(entity.end - cut, last)
    return replace(entity, offset=start, length=end - start)


def detected(rich: RichText) -> RichText:
    """The text with links, addresses, commands, mentions and hashtags marked, as Telegram marks them."""
    found: list[Entity] = []
    walls = [entity for entity in rich.entities if entity.type in _WALLS]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(rich.text):
            offset = utf16_length(rich.text[: match.start()])
            entity = Entity(kind, offset, utf16_length(match.group()))
            if not any(entity.offset < other.end and other.offset < entity.end for other in (*walls, *found)):
                found.append(entity)
    return RichText(rich.text, ordered((*rich.entities, *found)))
