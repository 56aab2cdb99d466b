"""The consent's pages, and asking a participant again when its text has a new version.

The first consent is a step of `joining`; the text itself is content.
"""

from bot.delivery import outbox
from bot.delivery.buttons import button
from bot.delivery.model import Kind, Message, Rows
from bot.people.model import Participant
from bot.richtext import Rich
from bot.services import Services
from handlers.chat import Chat
from handlers.routing import Routes
from handlers.wording import staffed_hours

VERB = "co"
STOP = "st"  # heard by `leaving`


def register(routes: Routes) -> None:
    """The taps of a consent that is asked for again."""
    routes.tap(VERB, tapped, joined=True)


def needs_consent(services: Services, participant: Participant) -> bool:
    """The text has changed since this person accepted it: ask before anything else."""
    return participant.consent_version != services.content.consent.version


def consent_text(chat: Chat, page: int) -> Rich:
    """One page, from 0, with the program's facts."""
    content, config = chat.services.content, chat.services.config
    return content.consent.page(
        page,
        chat.language,
        program=config.program.name,
        hours=hours_words(chat),
        emergency=content.crisis.emergency(chat.language),
    )


def hours_words(chat: Chat) -> str:
    """When staff read, from the shifts of those who are there."""
    hours = chat.services.alerts.rota(chat.tx).staffed_hours()
    return staffed_hours(chat.services.content.phrases, chat.language, hours)


def ask_again(chat: Chat) -> None:
    """The new text from its first page, in a message at the bottom of the chat."""
    text = chat.t("consent.new") + "\n\n" + consent_text(chat, 0)
    message = Message(text, _rows(chat, 0))
    outbox.replace_card(chat.tx, chat.key, _card(chat), message, kind=Kind.TALK, now=chat.now)


def tapped(chat: Chat) -> None:
    """Next page, or I agree."""
    person, word = chat.participant, chat.pressed.word(0)
    if not needs_consent(chat.services, person):
        chat.toast(chat.label("consent.agreed-already"))
        chat.edit(_card(chat), chat.t("consent.thanks"))
    elif word == "page":
        page = min(chat.pressed.number(1), _last(chat))
        chat.edit(_card(chat), consent_text(chat, page), _rows(chat, page))
    elif word == "yes" and chat.pressed.word(1) == chat.services.content.consent.hash:
        version = chat.services.content.consent.version
        chat.services.people.consent_again(chat.tx, person, version, chat.now)
        chat.edit(_card(chat), chat.t("consent.thanks"))
    else:  # the text has changed again while it was being read
        ask_again(chat)


def close(chat: Chat) -> None:
    """The person stopped instead of agreeing: nothing is left to tap."""
    chat.edit(_card(chat), chat.t("consent.stopped"))


def _rows(chat: Chat, page: int) -> Rows:
    back = (button(chat.label("joining.back"), VERB, "page", page - 1),) if page else ()
    if page < _last(chat):
        return ((*back, button(chat.label("joining.next"), VERB, "page", page + 1)),)
    agree = button(chat.label("joining.agree"), VERB, "yes", chat.services.content.consent.hash)
    stop = button(chat.label("consent.stop"), STOP)
    return tuple(row for row in ((agree,), (stop,), back) if row)


def _last(chat: Chat) -> int:
    return len(chat.services.content.consent.pages) - 1


def _card(chat: Chat) -> str:
    return f"consent:{chat.key}"
