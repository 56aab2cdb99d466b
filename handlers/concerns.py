"""Every text of everybody who is not staff is heard, whatever else it is: a reply, a command, an edit, a caption.

The finding was made before; what it leads to is the business of `bot.alerts`.
"""

from bot.alerts.model import Subject
from bot.people.model import Participant
from bot.screening.model import Level
from handlers.chat import Chat
from handlers.routing import Routes


def register(routes: Routes) -> None:
    routes.every_message(hear)


def hear(chat: Chat) -> None:
    """Nothing a person writes in private goes unscreened; group text is dropped unread."""
    if not chat.is_private or chat.is_staff or not chat.text:
        return
    chat.services.alerts.hear(chat.tx, subject_of(chat), chat.finding, chat.text, _source(chat), chat.now)


def passed_on(chat: Chat) -> bool:
    """Words that nothing waits for, of somebody who asked for a person, go to staff with that.

    False when nobody was asked. Worrying words have gone there already.
    """
    if chat.is_staff or chat.finding.level >= Level.ELEVATED:
        return False
    alerts = chat.services.alerts
    return alerts.hear_more(chat.tx, subject_of(chat), chat.finding, chat.text, _source(chat), chat.now)


def subject_of(chat: Chat) -> Subject:
    """The private chat that a concern of this update comes from."""
    who = chat.who
    return Subject(chat.key, who if isinstance(who, Participant) else None, chat.language)


def _source(chat: Chat) -> str:
    message = chat.message
    if chat.update.edited_message is not None:
        return "edit"
    if message is not None and message.forward_origin is not None:
        return "forward"
    return "caption" if message is not None and message.caption else "message"
