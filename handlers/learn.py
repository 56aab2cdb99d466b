"""`/learn`: one message in which somebody reads, card by card. Staff can look at everything; nothing is kept.

Buttons name a module and a place, never a person: a tap turns the pages of whoever tapped.
"""

from dataclasses import replace

from bot.delivery import outbox
from bot.delivery.model import Button, Kind, Message
from bot.errors import NotAllowed
from bot.modules import screens
from bot.modules.pacing import Offer
from bot.modules.screens import Page
from bot.modules.service import ModuleGone, card_name
from bot.people import dialogues
from bot.people.model import Colleague, Participant
from bot.richtext import Rich
from bot.services import Services
from handlers.chat import Chat, NotAParticipant
from handlers.routing import Handler, Routes


def register(routes: Routes) -> None:
    routes.command("learn", show_list)
    routes.tap(screens.LIST, back_to_list)
    routes.tap(screens.OPEN, _told_when_gone(open_module))
    routes.tap(screens.TURN, _told_when_gone(turn))
    routes.tap(screens.ANSWER, _told_when_gone(answer))
    routes.tap(screens.SKIP, _told_when_gone(skip))
    routes.tap(screens.READ, _told_when_gone(read_offered))
    routes.tap(screens.NOT_TODAY, not_today)


# The check-in's last screen


def offer_row(services: Services, language: str, offer: Offer) -> tuple[Button, ...]:
    """[Read · 4 min] [Not today], for the end of the check-in."""
    return screens.offer_row(services.content.phrases, language, offer)


def offer_text(services: Services, language: str, offer: Offer) -> Rich:
    """What is offered, in a line above those buttons."""
    return screens.offer_text(services.content.phrases, language, offer)


def read_offered(chat: Chat) -> None:
    """The module opens in a message of its own; the check-in stays what it was."""
    person, slug = _participant(chat), chat.pressed.word(0)
    is_first = chat.services.modules.accept(chat.tx, person, slug, chat.now)
    page = chat.services.modules.open(chat.tx, person, slug, chat.now)
    message = screens.page(chat.services.content.phrases, chat.language, page)
    if is_first:
        _take_buttons_away(chat)
        _say_below(chat, message)
    else:
        chat.toast(chat.label("learn.below"))
        chat.show(card_name(person), message)


def not_today(chat: Chat) -> None:
    person = _participant(chat)
    chat.services.modules.decline(chat.tx, person, chat.pressed.word(0), chat.now)
    _take_buttons_away(chat)
    chat.toast(chat.label("learn.another-day"))


# The list


def show_list(chat: Chat) -> None:
    """At the end of the chat, wherever the one before it was."""
    _say_below(chat, _list(chat))


def back_to_list(chat: Chat) -> None:
    message = _list(chat)
    _toast_when_elsewhere(chat)
    chat.show(_card(chat), message)


def _list(chat: Chat) -> Message:
    phrases, modules, reader = chat.services.content.phrases, chat.services.modules, _reader(chat)
    if isinstance(reader, Colleague):
        return screens.shelf(phrases, chat.language, modules.titles(chat.language))
    entries = modules.shelf(chat.tx, reader)
    return screens.shelf(phrases, chat.language, entries, go_on=modules.begun_last(chat.tx, reader))


# A module


def open_module(chat: Chat) -> None:
    slug, reader = chat.pressed.word(0), _reader(chat)
    if isinstance(reader, Colleague):
        _show(chat, chat.services.modules.browse(chat.tx, slug, chat.language, 0))
    else:
        _show(chat, chat.services.modules.open(chat.tx, reader, slug, chat.now))


def turn(chat: Chat) -> None:
    slug, to, reader = chat.pressed.word(0), chat.pressed.number(1), _reader(chat)
    if isinstance(reader, Colleague):
        _show(chat, chat.services.modules.browse(chat.tx, slug, chat.language, to))
    else:
        _show(chat, chat.services.modules.turn(chat.tx, reader, slug, to, chat.now))


def answer(chat: Chat) -> None:
    slug, at, option = chat.pressed.word(0), chat.pressed.number(1), chat.pressed.number(2)
    reader = _reader(chat)
    if isinstance(reader, Colleague):
        _show(chat, chat.services.modules.browse(chat.tx, slug, chat.language, at, option))
    else:
        _show(chat, chat.services.modules.answer(chat.tx, reader, slug, at, option, chat.now))


def skip(chat: Chat) -> None:
    slug, reader = chat.pressed.word(0), _reader(chat)
    if isinstance(reader, Colleague):
        _show(chat, replace(chat.services.modules.browse(chat.tx, slug, chat.language, 0), is_done=True))
    else:
        _show(chat, chat.services.modules.skip(chat.tx, reader, slug, chat.now))


def _show(chat: Chat, page: Page) -> None:
    """Where the reader is now, whatever an old button thought."""
    if page.is_stale:
        chat.toast(chat.label("learn.here"))
    _toast_when_elsewhere(chat)
    message = screens.page(chat.services.content.phrases, chat.language, page)
    chat.show(_card(chat), message)


# Who, and in which message


def _reader(chat: Chat) -> Participant | Colleague:
    """Whoever reads, in their private chat. Raises `NotAllowed`, `NotAParticipant`."""
    if not chat.is_private:
        raise NotAllowed("only in a private chat")
    who = chat.who
    if who is None:
        raise NotAParticipant()
    return who


def _participant(chat: Chat) -> Participant:
    reader = _reader(chat)
    if not isinstance(reader, Participant):
        raise NotAParticipant()
    return reader


def _card(chat: Chat) -> str:
    reader = _reader(chat)
    return card_name(reader) if isinstance(reader, Participant) else f"look:{reader.id}"


def _say_below(chat: Chat, message: Message) -> None:
    """Reading goes on at the end of the chat; the older message is taken away."""
    outbox.replace_card(chat.tx, chat.key, _card(chat), message, kind=Kind.TALK, now=chat.now)


def _toast_when_elsewhere(chat: Chat) -> None:
    """An old message was tapped: what changes is further down."""
    shown_in = outbox.card_message_id(chat.tx, _card(chat))
    if shown_in is not None and shown_in != chat.pressed_message_id:
        chat.toast(chat.label("learn.below"))


def _take_buttons_away(chat: Chat) -> None:
    """The tapped message stays as it is, without its buttons."""
    card = outbox.card_of(chat.tx, chat.key, chat.pressed_message_id)
    if card is not None and chat.pressed_text.text:
        chat.edit(card, chat.pressed_text)


def _told_when_gone(handler: Handler) -> Handler:
    """A module that staff took away: the list of what there is, instead of a dead end."""

    def told(chat: Chat) -> None:
        dialogues.moved_on(chat.tx, chat.key)
        try:
            handler(chat)
        except ModuleGone:
            back_to_list(chat)
            chat.toast(chat.label("learn.gone"))

    return told
