"""Trying a skill: picking a time at a module's end, saying how it went, and `/skills`, what has helped."""

from bot.delivery import outbox
from bot.delivery.buttons import StaleTap
from bot.delivery.model import Kind
from bot.modules import practice_screens, screens
from bot.modules.practices import Practice
from bot.modules.practising import card_name
from bot.modules.service import card_name as reading_card
from bot.modules.trying import MOST_HELPED, When
from bot.people import dialogues
from handlers.chat import Chat
from handlers.routing import Routes


def register(routes: Routes) -> None:
    routes.command("skills", show_skills, joined=True)
    routes.tap(screens.TRY, pick_time, joined=True)
    routes.tap(practice_screens.TRIED, tried, joined=True)
    routes.tap(practice_screens.HELPED, helped, joined=True)


def show_skills(chat: Chat) -> None:
    """In the message in which they read, so that a tap on a skill opens it there."""
    person, practising = chat.participant, chat.services.practising
    dialogues.moved_on(chat.tx, chat.key)
    message = practice_screens.skills(
        chat.services.content.phrases,
        chat.language,
        practising.skills(chat.tx, person),
        practising.planned(chat.tx, person),
    )
    outbox.replace_card(chat.tx, chat.key, reading_card(person), message, kind=Kind.TALK, now=chat.now)


def pick_time(chat: Chat) -> None:
    """They are asked at that time, once; or not at all."""
    person, slug, when = chat.participant, chat.pressed.word(0), chat.pressed.word(1)
    if when not in (*When, screens.NOT_NOW):
        raise StaleTap()
    dialogues.moved_on(chat.tx, chat.key)
    chosen = None
    if when != screens.NOT_NOW:
        if not chat.services.practising.plan(chat.tx, person, slug, when, chat.now):
            chat.toast(chat.label("practice.too-late"))
            return
        chosen = When(when)
    page = chat.services.modules.ended(chat.tx, person, slug, chat.now)
    phrases = chat.services.content.phrases
    if page.is_done:
        message = screens.done(phrases, chat.language, page, tried=chosen)
    else:  # an old button: they have begun it anew meanwhile
        message = screens.page(phrases, chat.language, page)
    chat.edit(reading_card(person), message.text, message.buttons)


def tried(chat: Chat) -> None:
    """Yes, or not yet."""
    answer = chat.pressed.word(1)
    if answer not in (practice_screens.YES, practice_screens.NOT_YET):
        raise StaleTap()
    yes = answer == practice_screens.YES
    row = chat.services.practising.tried(chat.tx, chat.participant, chat.pressed.number(0), chat.now, yes=yes)
    _show(chat, row)


def helped(chat: Chat) -> None:
    """From 0 to 4."""
    number = chat.pressed.number(1)
    if number > MOST_HELPED:
        raise StaleTap()
    row = chat.services.practising.helped(chat.tx, chat.participant, chat.pressed.number(0), number, chat.now)
    _show(chat, row)


def _show(chat: Chat, row: Practice) -> None:
    """Where it stands, whatever an old button thought."""
    phrases, lang = chat.services.content.phrases, chat.language
    title = chat.services.practising.title(chat.tx, chat.participant, row)
    if row.helped is not None:
        message = practice_screens.rated(phrases, lang, title, row.helped)
    elif row.tried:
        message = practice_screens.rating(phrases, lang, row.id, title)
    else:
        message = practice_screens.not_tried(phrases, lang, title)
    chat.edit(card_name(row), message.text, message.buttons)
