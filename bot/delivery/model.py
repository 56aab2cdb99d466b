"""What can be said, how urgently, and what may become of it. Pure; nothing here knows SQL or Telegram."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from bot.richtext import Rich, Span, joined, rich

CALLBACK_BYTES = 64  # Bot API: callback_data is 1-64 bytes
TEXT_UNITS = 4096  # Bot API: UTF-16 units of a message's text
CAPTION_UNITS = 1024  # Bot API: UTF-16 units of the text below a picture
LEASE = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(seconds=60)


class Lane(IntEnum):
    """Who passes whom: lower goes first."""

    CRISIS = 0
    TALK = 1
    PROMPT = 2


class Kind(StrEnum):
    """What a message is for; it decides the lane and whether an unknown outcome is tried again."""

    CRISIS = "crisis"  # help for the person, at once
    ALERT = "alert"  # staff must act
    TALK = "talk"  # an answer to what somebody just did
    NOTICE = "notice"  # news for staff or a person that may wait behind conversation
    PROMPT = "prompt"  # unasked: a check-in, a reminder, an offer

    @property
    def lane(self) -> Lane:
        if self in (Kind.CRISIS, Kind.ALERT):
            return Lane.CRISIS
        return Lane.PROMPT if self in (Kind.PROMPT, Kind.NOTICE) else Lane.TALK

    @property
    def at_least_once(self) -> bool:
        """Prompts are sent at most once; everything else is repeated until the outcome is known."""
        return self is not Kind.PROMPT


class Operation(StrEnum):
    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"


class State(StrEnum):
    """Of an outbox row. READY and SENDING are open; the others are final."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNREACHABLE = "unreachable"  # the chat cannot be written to
    REFUSED = "refused"  # Telegram will never take this message
    UNKNOWN = "unknown"  # a prompt that may or may not have arrived
    EXPIRED = "expired"  # too old to be useful before it could be sent
    WITHDRAWN = "withdrawn"  # no longer wanted


OPEN = (State.READY, State.SENDING)


@dataclass(frozen=True)
class Button:
    """One inline button: `data` comes back when it is tapped, `url` opens a page; exactly one is given."""

    label: str
    data: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if bool(self.data) == bool(self.url):
            raise ValueError("a button needs data or a url, not both")
        if len(self.data.encode()) > CALLBACK_BYTES:
            raise ValueError(f"callback data over {CALLBACK_BYTES} bytes: {self.data[:20]}...")


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Document:
    """A file as it is sent: what it is called, its media type, its bytes (at most 50 MB)."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Picture:
    """A picture that was kept under `key` (see `delivery.pictures`), and its `alt` text: what it shows, in words."""

    key: str
    alt: str


@dataclass(frozen=True)
class Message:
    """What a chat shall see. `qr` is a link shown as a QR picture with the text as its caption.

    A `document` is sent as a file, with the text as its caption too. A `picture` stands above the text; where it
    cannot be shown, its alt text does. `keyboard` sets the buttons under the writing
    field, which send their label as words: none leaves them as they are, an empty one takes them away.
    """

    text: Rich
    buttons: Rows = ()
    protect: bool = False
    silent: bool = False
    qr: str = ""
    document: Document | None = None
    picture: Picture | None = None
    keyboard: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.buttons and self.keyboard is not None:
            raise ValueError(
                "a message has buttons in it or sets the keyboard, not both"
            )  # Bot API: one markup

    def to_json(self) -> str:
        spans = [[span.kind, span.offset, span.length, span.url] for span in self.text.spans]
        buttons = [[[b.label, b.data, b.url] for b in row] for row in self.buttons]
        parts = {
            "t": self.text.text,
            "s": spans,
            "b": buttons,
            "p": self.protect,
            "q": self.silent,
            "qr": self.qr,
            "d": _document_to_json(self.document),
            "pic": [self.picture.key, self.picture.alt] if self.picture else [],
        }
        kept = {key: part for key, part in parts.items() if part}
        if self.keyboard is not None:
            kept["k"] = list(self.keyboard)
        return json.dumps(kept, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Message":
        parts: dict[str, Any] = json.loads(text)
        spans = tuple(Span(*span) for span in parts.get("s", ()))
        buttons = tuple(tuple(Button(*button) for button in row) for row in parts.get("b", ()))
        return Message(
            Rich(parts.get("t", ""), spans),
            buttons,
            protect=parts.get("p", False),
            silent=parts.get("q", False),
            qr=parts.get("qr", ""),
            document=_document_from_json(parts.get("d")),
            picture=Picture(*parts["pic"]) if "pic" in parts else None,
            keyboard=tuple(parts["k"]) if "k" in parts else None,
        )

    def without_buttons(self) -> "Message":
        return replace(self, buttons=())

    def in_words(self) -> "Message":
        """The same without its picture, which the alt text stands for."""
        if self.picture is None:
            return self
        text = joined([rich("<i>[{alt}]</i>", alt=self.picture.alt), self.text])
        return replace(self, text=text.cut(TEXT_UNITS), picture=None)


def _document_to_json(document: Document | None) -> list[str]:
    if document is None:
        return []
    return [document.name, document.mime, base64.b64encode(document.data).decode()]


def _document_from_json(parts: list[str] | None) -> Document | None:
    if not parts:
        return None
    name, mime, data = parts
    return Document(name, mime, base64.b64decode(data))


@dataclass(frozen=True)
class Parcel:
    """One claimed outbox row with all that is needed to carry it to Telegram.

    `picture` is the file that the message shows, if it shows one. `replaces` is the message to take away once this
    one has arrived: Telegram lets no text message become a picture, nor a picture another or a text.
    """

    id: int
    chat_key: str
    chat_id: int
    is_group: bool
    kind: Kind
    operation: Operation
    card: str | None
    message_id: int | None  # of the card to edit or the message to delete
    message: Message
    attempt: int
    topic: str
    subject: str
    vanish_seconds: int | None
    picture: bytes = b""
    replaces: int | None = None


class Outcome(StrEnum):
    """What became of one attempt; the table is in docs/reliability.md."""

    SENT = "sent"
    NOT_SENT = "not sent"  # certainly not: no connection was made
    UNCLEAR = "unclear"  # it may have arrived
    TOO_FAST = "too fast"  # 429
    UNREACHABLE = "unreachable"
    MOVED = "moved"  # the group became a supergroup
    CARD_GONE = "card gone"  # the message to edit is no longer there
    REFUSED = "refused"
    TOKEN_REFUSED = "token refused"  # noqa: S105 - a state, not a secret


@dataclass(frozen=True)
class Result:
    """`message_id` of what was sent, and the key of the `picture` it shows; `retry_after` seconds of a 429;
    `moved_to` the new group id."""

    outcome: Outcome
    message_id: int | None = None
    picture: str = ""
    retry_after: float = 0
    moved_to: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Ending:
    """A row that reached a final state, for the outcome handler of its topic."""

    chat_key: str
    topic: str
    subject: str
    state: State
    at: datetime
    card: str | None


def backoff(attempt: int) -> timedelta:
    """How long to wait after the n-th failed attempt: 1, 2, 4 ... at most 60 seconds."""
    return min(timedelta(seconds=2 ** min(attempt - 1, 6)), LONGEST_BACKOFF)


def after(parcel: Parcel, result: Result) -> State:
    """The state a row takes after an attempt."""
    match result.outcome:
        case Outcome.SENT:
            return State.SENT
        case Outcome.UNREACHABLE:
            return State.UNREACHABLE
        case Outcome.REFUSED:
            return State.REFUSED
        case Outcome.UNCLEAR if not parcel.kind.at_least_once and parcel.operation is Operation.SEND:
            return State.UNKNOWN
        case _:
            return State.READY
