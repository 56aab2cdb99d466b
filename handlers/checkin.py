"""`/checkin` and the taps of a check-in. Typed answers come in by `free_text`, which asks `typed` here first."""

from collections.abc import Callable, Sequence

from bot.checkins import screens
from bot.checkins.service import Begun, Turn
from bot.delivery.model import Message
from bot.people import dialogues
from bot.people.model import Participant, ParticipantState
from bot.screening.model import Level
from handlers.chat import Chat
from handlers.concerns import passed_on
from handlers.consent import ask_again, needs_consent
from handlers.learn import offer_row, offer_text
from handlers.routing import Handler, Routes
from handlers.wording import come_back_row

Step = Callable[[Turn, Chat], str]


def register(routes: Routes) -> None:
    routes.command("checkin", begin, joined=True)
    for verb, step in _STEPS.items():
        routes.tap(verb, _tapped(step), joined=True)


def begin(chat: Chat) -> None:
    """Start today's ahead of its time, go on with the open one, or say when the next one comes."""
    person = chat.participant
    if needs_consent(chat.services, person):
        ask_again(chat)
        return
    dialogues.moved_on(chat.tx, chat.key)
    match chat.services.checkins.begin(chat.tx, person, chat.now):
        case Begun.SHOWN:
            pass
        case Begun.DONE_ALREADY:
            chat.say(chat.services.checkins.done_today(chat.tx, person, chat.now).text)
        case Begun.AWAY:
            stopped = person.state is ParticipantState.STOPPED
            chat.say(chat.t("checkin.stopped" if stopped else "checkin.paused"), (come_back_row(chat),))
        case Begun.NOTHING_TO_ASK:
            chat.say(chat.t("checkin.none"))


def typed(chat: Chat, person: Participant) -> bool:
    """Take typed words as an answer; false when no question waits for one."""
    level = chat.finding.level

    def heard() -> bool:
        return level >= Level.ELEVATED or passed_on(chat)

    return _turn(chat, person).typed(chat.text, urgent=level is Level.URGENT, heard=heard)


def _tapped(step: Step) -> Handler:
    def tapped(chat: Chat) -> None:
        person = chat.participant
        if needs_consent(chat.services, person):
            ask_again(chat)
            return
        dialogues.moved_on(chat.tx, chat.key)
        toast = step(_turn(chat, person), chat)
        if toast:
            chat.toast(chat.label(f"checkin.toast.{toast}"))

    return tapped


def _turn(chat: Chat, person: Participant) -> Turn:
    return chat.services.checkins.turn(
        chat.tx,
        person,
        chat.now,
        offer=lambda fitting, rest: _offer(chat, person, fitting, rest),
        pressed=chat.pressed_message_id,
    )


def _offer(chat: Chat, person: Participant, fitting: Sequence[str], rest: str) -> Message | None:
    """Something to read, when the pace the person chose allows it; what fits today's answers comes first.

    Whoever is worn out is offered `rest`, whatever else was offered today.
    """
    modules = chat.services.modules
    to_rest = modules.offer_of(chat.tx, person, rest) if rest else None
    offer = to_rest or modules.next_offer(chat.tx, person, chat.now, fitting=fitting)
    if offer is None:
        return None
    modules.offered(chat.tx, person, offer, chat.now)
    buttons = offer_row(chat.services, person.language, offer)
    return Message(offer_text(chat.services, person.language, offer), (buttons,))


def _checkin(chat: Chat) -> int:
    return chat.pressed.number(0)


def _question(chat: Chat) -> str:
    return chat.pressed.word(1)


_STEPS: dict[str, Step] = {
    screens.ANSWER: lambda turn, chat: turn.answer(_checkin(chat), _question(chat), chat.pressed.number(2)),
    screens.TICK: lambda turn, chat: turn.tick(_checkin(chat), _question(chat), chat.pressed.number(2)),
    screens.TICKED: lambda turn, chat: turn.ticked(_checkin(chat), _question(chat)),
    screens.SKIP: lambda turn, chat: turn.skip(_checkin(chat), _question(chat)),
    screens.BACK: lambda turn, chat: turn.back(_checkin(chat), _question(chat)),
    screens.NOT_NOW: lambda turn, chat: turn.not_now(_checkin(chat)),
    screens.LATER: lambda turn, chat: turn.later(_checkin(chat), chat.pressed.word(1)),
    screens.GO_ON: lambda turn, chat: turn.go_on(_checkin(chat)),
}
