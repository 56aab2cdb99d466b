"""Typed words that are no command, in the order in which something may be waiting for them; and whatever is left.

Every text has been screened before it comes here (`concerns`). What belongs to nothing gets a short kind answer.
"""

import difflib

from telegram.ext import CallbackQueryHandler, filters

from bot.people.model import Colleague, Participant
from bot.screening.model import Level
from handlers.chat import Chat
from handlers.checkin import typed as answers_checkin
from handlers.concerns import passed_on, subject_of
from handlers.consent import ask_again, needs_consent
from handlers.help_now import is_fixed_button, show_help
from handlers.menus import EVERYBODY
from handlers.routing import LAST, Handler, Routes
from handlers.strange import has_no_words, is_foreign, notice_words


def register(routes: Routes) -> None:
    """Last of all: what nobody else took."""
    routes.message(filters.ChatType.PRIVATE & filters.COMMAND, unknown_command)
    routes.message(filters.ChatType.PRIVATE & filters.TEXT, _typed(routes))
    routes.message(filters.ChatType.GROUPS & filters.COMMAND, _in_the_wrong_place(routes))
    routes.any_update(CallbackQueryHandler(routes.adapted(unknown_tap)))
    routes.any_update(nothing, group=LAST)


def _typed(routes: Routes) -> Handler:
    def typed(chat: Chat) -> None:
        if is_fixed_button(chat):
            show_help(chat)
            return
        if routes.open_dialogue(chat):
            return
        who = chat.who
        if isinstance(who, Participant) and _is_awaited(chat, who):
            if is_foreign(chat.text):
                chat.services.alerts.needs_a_look(chat.tx, subject_of(chat), "language", chat.now)
            return
        _belongs_to_nothing(chat, who)

    return typed


def _is_awaited(chat: Chat, person: Participant) -> bool:
    """The check-in's question, or a module's; a forwarded text is nobody's answer."""
    if chat.message is not None and chat.message.forward_origin is not None:
        return False
    if needs_consent(chat.services, person):
        if chat.finding.level < Level.ELEVATED and not passed_on(chat):
            ask_again(chat)
        return True
    if answers_checkin(chat, person):
        return True
    urgent = chat.finding.level is Level.URGENT
    return chat.services.modules.reflect(chat.tx, person, chat.text, chat.now, urgent=urgent)


def _belongs_to_nothing(chat: Chat, who: Participant | Colleague | None) -> None:
    if passed_on(chat):
        return
    if has_no_words(chat.text) or is_foreign(chat.text):
        notice_words(chat)
    elif isinstance(who, Colleague):
        chat.say(chat.t("free.staff"))
    elif (
        chat.finding.level < Level.ELEVATED
    ):  # else the crisis reply has been said, and nothing is to drown it
        chat.say(chat.t(_whoever(chat, who)))


def _whoever(chat: Chat, who: Participant | None) -> str:
    if who is None:
        return "free.visitor"
    return "free.participant" if who.is_active(chat.now) else "free.away"


def unknown_command(chat: Chat) -> None:
    """The command that was likely meant, or where to find them all."""
    if chat.finding.level >= Level.ELEVATED:
        return
    typed = chat.text.split(maxsplit=1)[0].removeprefix("/").partition("@")[0].casefold()
    near = difflib.get_close_matches(typed, EVERYBODY, n=1, cutoff=0.7)
    if near and isinstance(chat.who, Participant):
        chat.say(chat.t("free.did-you-mean", command=f"/{near[0]}"))
    else:
        chat.say(chat.t("free.command"))


def _in_the_wrong_place(routes: Routes) -> Handler:
    """A colleague's command in the staff group that is for private chats only; others are told nothing there."""

    def wrong_place(chat: Chat) -> None:
        name, _, meant = chat.text.split(maxsplit=1)[0].removeprefix("/").casefold().partition("@")
        is_for_us = meant in ("", chat.services.bot.username.casefold())
        if is_for_us and name in routes.commands and chat.is_staff_group and chat.is_staff:
            chat.say(chat.t("free.in-private", command=f"/{name}"))

    return wrong_place


def unknown_tap(chat: Chat) -> None:
    """A button of a version that is no more, or one that never was."""
    chat.toast(chat.label("refused.stale"))


def nothing(_chat: Chat) -> None:
    """Edits, service messages, whatever is said in a group: heard where it must be, and not answered."""
