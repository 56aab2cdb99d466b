"""/discharge and /readmit: staff end somebody's time in the program, with a reason, and take them back."""

import re

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.errors import NotFound
from bot.people.model import Participant, Right
from bot.richtext import strip_controls
from handlers.chat import Chat
from handlers.routing import Routes
from handlers.wording import next_checkin_words_in

CODE_THEN = re.compile(r"(\S+\s+\S+\s+\d{3})\b\s*(.*)", re.DOTALL)
"""A code is two words and three digits; what follows is the reason."""
LONGEST_REASON = 500


def register(routes: Routes) -> None:
    """Both are typed in private only: a reason is about a person."""
    routes.command("discharge", discharge, right=Right.DISCHARGE)
    routes.command("readmit", readmit, right=Right.DISCHARGE)


def discharge(chat: Chat) -> None:
    """The code, then the reason; the person is told, and an open alert stays open."""
    by, (person, reason) = chat.colleague(Right.DISCHARGE), _read(chat)
    if person is None:
        return
    if not reason or len(reason) > LONGEST_REASON:
        chat.say(chat.t("discharge.how"))
        return
    if person.discharged_at is not None:
        chat.say(chat.t("discharge.already", code=person.code))
        return
    services = chat.services
    services.people.discharge(chat.tx, person, reason, by, chat.now)
    program, emergency = services.config.program.name, services.content.crisis.emergency(person.language)
    words = services.content.phrases.text(
        "discharge.told", person.language, program=program, emergency=emergency
    )
    outbox.send(chat.tx, person.key, Message(words), kind=Kind.NOTICE, now=chat.now)
    chat.say(chat.t("discharge.done", code=person.code))


def readmit(chat: Chat) -> None:
    """Undo it: the check-ins come again."""
    by, (person, _) = chat.colleague(Right.DISCHARGE), _read(chat)
    if person is None:
        return
    if person.discharged_at is None:
        chat.say(chat.t("discharge.not-discharged", code=person.code))
        return
    services = chat.services
    back = services.people.take_back_in(chat.tx, person, by, chat.now)
    services.checkins.rescheduled(chat.tx, back, chat.now)
    services.alerts.came_back(chat.tx, back, chat.now)
    words = services.content.phrases.text(
        "leaving.back", back.language, next=next_checkin_words_in(chat, back, back.language)
    )
    outbox.send(chat.tx, back.key, Message(words), kind=Kind.NOTICE, now=chat.now)
    chat.say(chat.t("discharge.undone", code=person.code))


def _read(chat: Chat) -> tuple[Participant | None, str]:
    """Whom it is about, and the words after the code; it is said when nobody is meant."""
    found = CODE_THEN.fullmatch(chat.words)
    if found is None:
        chat.say(chat.t("discharge.how"))
        return None, ""
    try:
        person = chat.services.people.by_code(chat.tx, found[1])
    except NotFound:
        chat.say(chat.t("alerts.unknown-code"))
        return None, ""
    return person, " ".join(strip_controls(found[2]).split())
