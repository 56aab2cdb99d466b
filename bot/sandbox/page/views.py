"""The demo as JSON for the page: chats as their people see them, what was stored, what comes next."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery import outbox
from bot.modules.pictures import key_of
from bot.people.model import Participant
from bot.sandbox.entities import Entity
from bot.sandbox.page import ahead, stored
from bot.sandbox.page.cast import STAFF_SUGGESTIONS, SUGGESTIONS, ZONE
from bot.sandbox.page.demo import Demo
from bot.sandbox.people import ChatView, Person
from bot.sandbox.state import Button, Event, SeenMessage, Toast
from bot.storage.database import Tx

Json = dict[str, Any]

SHOWN = 80  # newest messages of a chat
GROUP = "group"
_ZONE = ZoneInfo(ZONE)


async def whole(demo: Demo, person: Person, staff: str) -> Json:
    """Everything the page shows, with `person` on the left and the chat `staff` (an id or "group") beside it."""
    clinic = demo.clinic
    services, now = clinic.app.services, clinic.clock.now()

    def look(tx: Tx) -> Json:
        return {
            "stored": [_line(line) for line in stored.stored(tx)],
            "counts": stored.counts(tx),
            "next": [_next(item) for item in ahead.ahead(tx, services, now)],
            "people": [_person(demo, tx, one) for one in demo.participants],
        }

    found: Json = await demo.run(look)
    return found | {
        "now": clock_json(now),
        "bot": {"name": clinic.sandbox.world.bot.first_name, "username": clinic.sandbox.username},
        "program": services.config.program.name,
        "languages": list(services.config.program.languages),
        "person": chat(demo, person.chat, person.id) | {"id": person.id},
        "staff": _staff_chat(demo, staff) | {"id": staff},
        "colleagues": [_colleague(one) for one in demo.colleagues],
        "group": {"title": demo.group.title, "heard": heard(demo.group.chat)},
        "suggestions": _suggestions(person),
        "staff_suggestions": [{"text": one.text, "worrying": one.worrying} for one in STAFF_SUGGESTIONS],
        "telegram_is_down": clinic.sandbox.faults.is_down,
        "note": demo.note,
    }


def chat(demo: Demo, view: ChatView, me: int) -> Json:
    """A chat with its newest messages, its reply keyboard and its toasts; `me` is whose own messages stand right."""
    messages = view.messages
    by_number = {message.id: message for message in messages}
    return {
        "messages": [
            _message(message, me, by_number) | {"picture": _picture(demo, message)}
            for message in messages[-SHOWN:]
        ],
        "keyboard": [list(row) for row in view.keyboard],
        "toasts": [_toast(toast) for toast in view.toasts if toast.person_id == me],
        "heard": heard(view),
    }


def heard(view: ChatView) -> int:
    """How many messages of the bot ever came into a chat, for the dot that says that there is news."""
    return sum(1 for happening in view.history if happening.event is Event.SENT and happening.by_bot)


def clock_json(at: datetime) -> Json:
    """An instant as the clinic's wall clock shows it."""
    local = at.astimezone(_ZONE)
    return {
        "iso": at.isoformat(),
        "time": f"{local:%-I:%M} {local:%p}".lower(),
        "day": f"{local:%A}, {local:%B} {local.day}",
        "short": f"{local:%a} {local:%-I:%M} " + f"{local:%p}".lower(),
    }


def _staff_chat(demo: Demo, staff: str) -> Json:
    if staff == GROUP:
        return chat(demo, demo.group.chat, 0)
    person = next(one for one in demo.colleagues if str(one.id) == staff)
    return chat(demo, person.chat, person.id)


def _message(message: SeenMessage, me: int, by_number: dict[int, SeenMessage]) -> Json:
    replied = by_number.get(message.reply_to or 0)
    return {
        "id": message.id,
        "kind": message.kind,
        "sender": message.sender,
        "sender_id": message.sender_id,
        "is_mine": message.sender_id == me,
        "is_from_bot": message.is_from_bot,
        "text": message.text,
        "entities": [_entity(entity) for entity in message.entities],
        "buttons": [[_button(button) for button in row] for row in message.buttons],
        "at": clock_json(message.date),
        "is_edited": message.edited is not None,
        "is_protected": message.is_protected,
        "is_pinned": message.is_pinned,
        "reaction": message.reaction,
        "reply_to": {"sender": replied.sender, "text": replied.text[:80]} if replied else None,
        "file_name": message.file_name,
    }


def _picture(demo: Demo, message: SeenMessage) -> Json | None:
    """What a picture shows, in words: Telegram carries no alt text, so the content is asked for it."""
    if message.photo is None:
        return None
    key = key_of(message.photo)
    for spoken in demo.clinic.app.services.content.modules.values():
        for card in (card for module in spoken.values() for card in module.cards):
            if card.picture and card.picture.key == key and card.title in message.text:
                return {"alt": card.picture.alt, "is_code": False}
    return {"alt": "A picture", "is_code": "://t.me/" in message.text}


def _entity(entity: Entity) -> Json:
    return {"type": entity.type, "offset": entity.offset, "length": entity.length, "url": entity.url}


def _button(button: Button) -> Json:
    return {"text": button.text, "data": button.callback_data, "url": button.url}


def _toast(toast: Toast) -> Json:
    return {"text": toast.text, "is_alert": toast.is_alert}


def _person(demo: Demo, tx: Tx, person: Person) -> Json:
    found = demo.clinic.app.services.people.who(tx, outbox.chat_key(tx, person.id))
    joined = isinstance(found, Participant)
    return {
        "id": person.id,
        "name": person.first_name,
        "language": found.language if isinstance(found, Participant) else person.user.language_code or "en",
        "code": found.code if isinstance(found, Participant) else "",
        "has_joined": joined,
        "heard": heard(person.chat),
    }


def _colleague(person: Person) -> Json:
    return {"id": person.id, "name": person.first_name, "heard": heard(person.chat)}


def _suggestions(person: Person) -> list[Json]:
    language = person.user.language_code or "en"
    return [
        {"text": one.text, "worrying": one.worrying} for one in SUGGESTIONS.get(language, SUGGESTIONS["en"])
    ]


def _line(line: stored.Line) -> Json:
    return {
        "at": clock_json(line.at),
        "table": line.table,
        "who": line.who,
        "text": line.text,
        "sealed": line.sealed,
    }


def _next(item: ahead.Next) -> Json:
    return {"at": clock_json(item.at), "kind": item.kind, "who": item.who, "text": item.text}
