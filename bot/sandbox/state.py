"""The sandbox's world: users, chats, messages, files, and the rows of one bot.

What is kept and how it is written as Bot API JSON; what the bot may do with it is in the `methods` files,
what people do is in `people` and `groups`. Everything is in memory.
"""

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from bot.clock import Clock
from bot.sandbox.entities import Entity, RichText
from bot.sandbox.errors import Json
from bot.sandbox.faults import Faults
from bot.sandbox.ledger import Ledger, Send
from bot.sandbox.limits import Limits, RateLimiter
from bot.sandbox.markup import to_html
from bot.sandbox.updates import UpdateQueue

ANONYMOUS_ADMIN_ID = 1087968824


class ChatKind(Enum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


@dataclass
class User:
    """Somebody with a Telegram account."""

    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None
    last_name: str | None = None
    language_code: str | None = None
    is_deactivated: bool = False

    def to_json(self, *, with_language: bool = False) -> Json:
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username"):
            if getattr(self, name):
                body[name] = getattr(self, name)
        if with_language and self.language_code:
            body["language_code"] = self.language_code
        return body


@dataclass
class StoredFile:
    """A file somebody sent; `data` is kept as it came."""

    file_id: str
    unique_id: str
    name: str
    mime: str
    data: bytes
    path: str

    def to_json(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


@dataclass
class Message:
    """One message as the server keeps it. `media` and `service` are fields of Bot API's Message."""

    chat: "Chat"
    id: int
    date: datetime
    sender: User
    sender_chat: "Chat | None" = None
    words: RichText = field(default_factory=RichText)
    media: Json = field(default_factory=dict)
    service: Json = field(default_factory=dict)
    markup: Json | None = None
    reply_to: int | None = None
    edited: datetime | None = None
    is_protected: bool = False
    is_silent: bool = False
    reaction: str | None = None
    file: StoredFile | None = None

    @property
    def is_text(self) -> bool:
        return not self.media and not self.service

    @property
    def kind(self) -> str:
        """`text`, or the name of the medium or the service message."""
        extra = [name for name in (*self.media, *self.service) if not name.startswith("forward_")]
        return "animation" if "animation" in extra else (extra[0] if extra else "text")


@dataclass(frozen=True)
class Button:
    """A button under a message: one of the two is set, unless it opens something else."""

    text: str
    callback_data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class SeenMessage:
    """A message as somebody in the chat sees it at one moment. `text` is the caption of a picture or file."""

    id: int
    chat_id: int
    kind: str
    sender: str
    sender_id: int
    is_from_bot: bool
    text: str
    entities: tuple[Entity, ...]
    html: str
    buttons: tuple[tuple[Button, ...], ...]
    keyboard: tuple[tuple[str, ...], ...]
    date: datetime
    edited: datetime | None
    is_protected: bool
    is_silent: bool
    is_pinned: bool
    reply_to: int | None
    reaction: str | None
    file_name: str | None
    data: bytes | None

    @property
    def photo(self) -> bytes | None:
        return self.data if self.kind == "photo" else None

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.text for row in self.buttons for button in row)


@dataclass(frozen=True)
class Toast:
    """The answer to a tap: a line at the top, or an alert to be closed."""

    at: datetime
    person_id: int
    text: str
    is_alert: bool
    url: str | None = None


class Event(Enum):
    SENT = "sent"
    EDITED = "edited"
    DELETED = "deleted"
    TOAST = "toast"
    TAPPED = "tapped"
    REACTED = "reacted"


@dataclass(frozen=True)
class Happening:
    """One line of a chat's history; `what` is the toast's text or the tapped button's data."""

    at: datetime
    event: Event
    by_bot: bool
    message: SeenMessage | None = None
    what: str = ""


@dataclass
class Member:
    """Somebody in a group: `creator`, `administrator`, `member`, `left` or `kicked`."""

    user: User
    status: str = "member"

    @property
    def is_administrator(self) -> bool:
        return self.status in ("creator", "administrator")

    @property
    def is_inside(self) -> bool:
        return self.status not in ("left", "kicked")


@dataclass
class Chat:
    """A private chat (its id is the person's) or a group."""

    id: int
    kind: ChatKind
    title: str = ""
    person: User | None = None
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    history: list[Happening] = field(default_factory=list)
    toasts: list[Toast] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    keyboard: Json | None = None
    actions: list[str] = field(default_factory=list)
    has_started: bool = False
    is_blocked: bool = False
    is_deleted: bool = False
    migrated_to: int | None = None
    last_id: int = 0

    @property
    def is_group(self) -> bool:
        return self.kind is not ChatKind.PRIVATE

    def to_json(self) -> Json:
        body: Json = {"id": self.id, "type": self.kind.value}
        if self.person is not None:
            person = self.person.to_json()
            body |= {name: person[name] for name in ("first_name", "last_name", "username") if name in person}
        else:
            body["title"] = self.title
        if self.kind is ChatKind.GROUP:
            body["all_members_are_administrators"] = False
        return body


@dataclass
class CallbackQuery:
    id: str
    at: datetime
    person: User
    chat: Chat
    is_answered: bool = False


@dataclass
class Profile:
    """What the bot says about itself; names and texts by language, commands by scope and language."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)


class World:
    """Everything that is, in one place."""

    def __init__(self, clock: Clock, username: str, bot_id: int, limits: Limits, seed: int) -> None:
        self.clock = clock
        self.faults = Faults(seed)
        self.queue = UpdateQueue(clock, self.faults)
        self.limiter = RateLimiter(clock, limits)
        self.ledger = Ledger()
        self.profile = Profile()
        self.privacy_mode = True
        self.bot = User(bot_id, "Handrail", is_bot=True, username=username)
        self.anonymous = User(ANONYMOUS_ADMIN_ID, "Group", is_bot=True, username="GroupAnonymousBot")
        self.users: dict[int, User] = {bot_id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.numbers = itertools.count(1)
        self._common_ids = itertools.count(101)

    @property
    def unix_time(self) -> int:
        return int(self.clock.now().timestamp())

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; private chats and basic groups share the bot's one count."""
        if chat.kind is ChatKind.SUPERGROUP:
            return chat.last_id + 1
        return next(self._common_ids)

    def add_message(self, chat: Chat, sender: User, words: RichText | None = None) -> Message:
        """A new message, dated now. The caller fills it in, then calls `record`."""
        message = Message(
            chat, self.next_message_id(chat), self.clock.now(), sender, words=words or RichText()
        )
        chat.messages[message.id] = message
        chat.last_id = message.id
        return message

    def add_file(self, name: str, mime: str, data: bytes, folder: str) -> StoredFile:
        number = next(self.numbers)
        suffix = "." + name.rpartition(".")[2] if "." in name else ""
        path = f"{folder}/file_{number}{suffix}"
        stored = StoredFile(f"sandbox-file-{number}", f"unique-{number}", name, mime, data, path)
        self.files[stored.file_id] = stored
        return stored

    def record(self, event: Event, message: Message, *, by_bot: bool, what: str = "") -> SeenMessage:
        """Write a line into the chat's history and give the message as it is seen now."""
        seen = self.seen(message)
        message.chat.history.append(Happening(self.clock.now(), event, by_bot, seen, what))
        return seen

    def note_send(self, method: str, message: Message) -> None:
        now, steady = self.clock.now(), self.clock.monotonic()
        self.ledger.sends.append(Send(now, steady, method, message.chat.id, message.id))

    def remove(self, message: Message) -> None:
        """The message is gone for everybody; its history stays."""
        chat = message.chat
        chat.messages.pop(message.id, None)
        chat.pinned = [number for number in chat.pinned if number != message.id]

    def seen(self, message: Message) -> SeenMessage:
        sender = message.sender_chat.title if message.sender_chat else message.sender.first_name
        return SeenMessage(
            id=message.id,
            chat_id=message.chat.id,
            kind=message.kind,
            sender=sender,
            sender_id=message.sender.id,
            is_from_bot=message.sender is self.bot,
            text=message.words.text,
            entities=message.words.entities,
            html=to_html(message.words),
            buttons=_buttons(message.markup),
            keyboard=_keyboard(message.markup),
            date=message.date,
            edited=message.edited,
            is_protected=message.is_protected,
            is_silent=message.is_silent,
            is_pinned=message.id in message.chat.pinned,
            reply_to=message.reply_to,
            reaction=message.reaction,
            file_name=message.file.name if message.file else None,
            data=message.file.data if message.file else None,
        )

    def message_json(self, message: Message, *, with_reply: bool = True) -> Json:
        """Bot API's Message."""
        body: Json = {
            "message_id": message.id,
            "from": message.sender.to_json(with_language=not message.sender.is_bot),
            "date": int(message.date.timestamp()),
            "chat": message.chat.to_json(),
        }
        if message.sender_chat is not None:
            body["sender_chat"] = message.sender_chat.to_json()
        body |= self._words_json(message) | message.media | message.service
        if message.edited is not None:
            body["edit_date"] = int(message.edited.timestamp())
        if message.is_protected:
            body["has_protected_content"] = True
        if message.markup and "inline_keyboard" in message.markup:
            body["reply_markup"] = message.markup
        replied = message.chat.messages.get(message.reply_to or 0)
        if with_reply and replied is not None:
            body["reply_to_message"] = self.message_json(replied, with_reply=False)
        return body

    def _words_json(self, message: Message) -> Json:
        if message.service or (message.media and not message.words.text):
            return {}
        text, entities = ("text", "entities") if not message.media else ("caption", "caption_entities")
        if all(name.startswith("forward_") for name in message.media):
            text, entities = "text", "entities"
        body: Json = {text: message.words.text}
        listed = [self._entity_json(entity) for entity in message.words.entities]
        return body | {entities: listed} if listed else body

    def _entity_json(self, entity: Entity) -> Json:
        body = entity.to_json()
        if entity.type == "text_mention":
            user = self.users.get(entity.user_id or 0)
            body["user"] = (user or User(entity.user_id or 0, "")).to_json()
        return body

    def without_strangers(self, words: RichText) -> RichText:
        """Mentions of people Telegram does not know here are plain text."""
        kept = (e for e in words.entities if e.type != "text_mention" or e.user_id in self.users)
        return replace(words, entities=tuple(kept))


def _buttons(markup: Json | None) -> tuple[tuple[Button, ...], ...]:
    rows = (markup or {}).get("inline_keyboard", [])
    return tuple(
        tuple(Button(button["text"], button.get("callback_data"), button.get("url")) for button in row)
        for row in rows
    )


def _keyboard(markup: Json | None) -> tuple[tuple[str, ...], ...]:
    rows = (markup or {}).get("keyboard", [])
    return tuple(tuple(str(button["text"]) for button in row) for row in rows)
