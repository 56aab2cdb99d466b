"""Pausing, stopping and coming back: /pause, /stop, /resume, from anywhere and at any time."""

from bot.delivery.buttons import button, grid
from bot.people.joining import PAUSE_DAYS, pause_until
from bot.people.model import Participant, ParticipantState
from bot.richtext import Rich
from handlers.chat import Chat
from handlers.consent import STOP, ask_again, close, needs_consent
from handlers.help_now import keyboard
from handlers.joining import decline
from handlers.routing import Routes
from handlers.wording import RETURN, come_back_row, next_checkin_words, when_for

PAUSE = "pa"


def register(routes: Routes) -> None:
    """Leaving must never be hard: each has a command, and each screen the way back."""
    routes.command("pause", offer_pause)
    routes.command("stop", stop)
    routes.command("resume", come_back, joined=True)
    routes.tap(PAUSE, pause, joined=True)
    routes.tap(STOP, stop_instead, joined=True)
    routes.tap(RETURN, come_back, joined=True)


def offer_pause(chat: Chat) -> None:
    """For how many days?"""
    if chat.is_staff:
        chat.say(chat.t("leaving.staff"))
        return
    if not isinstance(chat.who, Participant):
        chat.say(chat.t("leaving.nothing-to-pause"))
        return
    if chat.participant.state is ParticipantState.STOPPED:
        chat.say(chat.t("leaving.stopped-already"), (come_back_row(chat),))
        return
    days = [button(_days(chat, count), PAUSE, count) for count in PAUSE_DAYS]
    chat.say(chat.t("leaving.pause.question"), grid(days, 2), card=_card(chat))


def pause(chat: Chat) -> None:
    """So many days from now."""
    person, days = chat.participant, chat.pressed.number(0)
    if person.state is ParticipantState.STOPPED or days not in PAUSE_DAYS:
        chat.toast(chat.label("leaving.stale"))
        return
    until = pause_until(chat.now, days, person.zone)
    chat.services.people.pause(chat.tx, person, until, chat.now)
    words = chat.t("leaving.pause.done", until=when_for(chat, person, until), emergency=_emergency(chat))
    chat.edit(_card(chat), words, (come_back_row(chat),))


def stop(chat: Chat) -> None:
    """At once, without a question; what is kept is said, and how to come back."""
    who = chat.who
    if chat.is_staff:
        chat.say(chat.t("leaving.staff"))
    elif not isinstance(who, Participant):
        if not decline(chat):
            chat.say(chat.t("leaving.nothing-to-stop"))
    else:
        chat.services.people.stop(chat.tx, who, chat.now)
        program = chat.services.config.program.name
        words = chat.t("leaving.stop.done", program=program, emergency=_emergency(chat))
        chat.say(words, (come_back_row(chat),))


def come_back(chat: Chat) -> None:
    """From a pause or a stop; to a text that is new to them first."""
    person = chat.participant
    if person.discharged_at is not None:
        chat.say(chat.t("discharge.still", program=chat.services.config.program.name))
        return
    if needs_consent(chat.services, person):
        ask_again(chat)
        return
    if person.is_active(chat.now):
        chat.toast(chat.label("leaving.not-away"))
        if chat.tap is None:
            chat.say(chat.t("leaving.not-away-next", next=next_checkin_words(chat, person)))
        return
    chat.services.records.keep_after_all(chat.tx, person, chat.now)  # coming back is no wish to be forgotten
    back = chat.services.people.come_back(chat.tx, person)
    chat.services.checkins.rescheduled(chat.tx, back, chat.now)
    chat.services.alerts.came_back(chat.tx, back, chat.now)
    chat.say(chat.t("leaving.back", next=next_checkin_words(chat, back)), keyboard=keyboard(chat))


def stop_instead(chat: Chat) -> None:
    """Not agreeing to a new consent."""
    close(chat)
    stop(chat)


def _days(chat: Chat, count: int) -> str:
    return chat.label("leaving.pause.day") if count == 1 else chat.label("leaving.pause.days", count=count)


def _emergency(chat: Chat) -> Rich:
    return chat.services.content.crisis.emergency(chat.language)


def _card(chat: Chat) -> str:
    return f"pause:{chat.key}"
