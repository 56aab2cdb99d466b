"""/measure CODE: staff look at somebody's weekly measure. In their private chat only, gone after ten minutes."""

from bot.errors import NotFound
from bot.people.model import Right
from handlers.alerts import VANISH_SECONDS
from handlers.chat import Chat
from handlers.routing import Routes


def register(routes: Routes) -> None:
    routes.command("measure", look, right=Right.SEE_PEOPLE)


def look(chat: Chat) -> None:
    """The newest one and what changed since the one before."""
    by = chat.colleague(Right.SEE_PEOPLE)
    if not chat.words:
        chat.say(chat.t("measure.usage"))
        return
    try:
        person = chat.services.people.by_code(chat.tx, chat.words)
    except NotFound:
        chat.say(chat.t("alerts.unknown-code"))
        return
    seen = chat.services.checkins.measures.look(chat.tx, person, by, chat.now)
    chat.say_privately(seen, vanish_seconds=VANISH_SECONDS)
