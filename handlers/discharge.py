"""/discharge and /readmit: staff end somebody's time in the program, with a reason, and take them back."""

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.people.model import Right
from handlers.chat import Chat
from handlers.naming import person_and_words
from handlers.routing import Routes
from handlers.wording import next_checkin_words_in

LONGEST_REASON = 500


def register(routes: Routes) -> None:
    """Both are typed in private only: a reason is about a person."""
    routes.command("discharge", discharge, right=Right.DISCHARGE)
    routes.command("readmit", readmit, right=Right.DISCHARGE)


def discharge(chat: Chat) -> None:
    """The code, then the reason; the person is told, and an open alert stays open."""
    by, (person, said) = chat.colleague(Right.DISCHARGE), person_and_words(chat, "discharge.how")
    if person is None:
        return
    reason = " ".join(said.split())
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
    by, (person, _) = chat.colleague(Right.DISCHARGE), person_and_words(chat, "discharge.how")
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
