"""Where a new participant comes from: asked of whoever invited them, by buttons under the news that they joined."""

from bot.delivery.buttons import StaleTap, button, grid
from bot.delivery.model import Message
from bot.errors import NotFound
from bot.people.model import Participant, ParticipantState, Right
from bot.richtext import Rich, joined
from handlers.chat import Chat
from handlers.routing import Routes

VERB = "sr"


def register(routes: Routes) -> None:
    routes.tap(VERB, tapped, right=Right.ASSIGN)


def card_name(person: Participant) -> str:
    """The name of the message that asks."""
    return f"start:{person.id}"


def with_question(chat: Chat, person: Participant, news: Rich, language: str) -> Message:
    """The news, and below it the question; without starts in the content just the news."""
    starts = chat.services.content.course.starts
    if not starts:
        return Message(news)
    buttons = [
        button(_label(start.titled(language), is_chosen=start.id == person.start), VERB, person.id, start.id)
        for start in starts
    ]
    question = chat.services.content.phrases.text("starting.question", language)
    return Message(joined([news, question]), grid(buttons, 1))


def tapped(chat: Chat) -> None:
    """One of the starts; another tap changes it."""
    by, person = chat.colleague(Right.ASSIGN), _person(chat)
    start = chat.services.content.course.start(chat.pressed.word(1))
    if start is None:
        raise StaleTap()
    chosen = chat.services.people.starts_from(chat.tx, person, start.id, by, chat.now)
    news = chat.t("staff.invite.joined", code=person.code)
    message = with_question(chat, chosen, news, chat.language)
    chat.toast(chat.label("starting.kept"))
    chat.edit(card_name(person), message.text, message.buttons)


def _person(chat: Chat) -> Participant:
    try:
        person = chat.services.people.participant(chat.tx, chat.pressed.number(0))
    except NotFound as gone:
        raise StaleTap() from gone
    if person.state is ParticipantState.STOPPED:
        raise StaleTap()
    return person


def _label(title: str, *, is_chosen: bool) -> str:
    return f"✓ {title}" if is_chosen else title
