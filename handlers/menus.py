"""Command menus: one table of commands, published by scope and language, and listed in welcomes and /help.

A menu is a convenience, never a permission. What bystanders see in it tells nobody what the program is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, Forbidden

from bot.delivery import outbox
from bot.people.model import Colleague, Right
from bot.phrases import Phrases
from bot.services import Services
from bot.storage.database import Tx

log = structlog.get_logger()

EVERYBODY = (
    "checkin",
    "learn",
    "skills",
    "help_now",
    "settings",
    "pause",
    "resume",
    "stop",
    "privacy",
    "export",
    "delete",
    "help",
)

STAFF: tuple[tuple[str, Right | None], ...] = (
    ("alerts", Right.HANDLE_ALERTS),
    ("claim", Right.HANDLE_ALERTS),
    ("handover", Right.HANDLE_ALERTS),
    ("note", Right.HANDLE_ALERTS),
    ("resolve", Right.HANDLE_ALERTS),
    ("wrong", Right.HANDLE_ALERTS),
    ("reveal", Right.SEE_PEOPLE),
    ("who", Right.SEE_PEOPLE),
    ("reply", Right.SEE_PEOPLE),
    ("missed", Right.SEE_PEOPLE),
    ("invite", Right.INVITE_PARTICIPANTS),
    ("assign", Right.ASSIGN),
    ("measure", Right.SEE_PEOPLE),
    ("relink", Right.SEE_PEOPLE),
    ("discharge", Right.DISCHARGE),
    ("readmit", Right.DISCHARGE),
    ("staff", Right.MANAGE_STAFF),
    ("export", Right.KEEP_RECORDS),
    ("delete", Right.KEEP_RECORDS),
    ("test_alert", Right.DRILL),
    ("content", Right.SEE_CONTENT),
    ("preview", Right.SEE_CONTENT),
    ("staff_group", Right.RUN_PROGRAM),
    ("learn", None),
    ("settings", None),
    ("privacy", None),
    ("help", None),
)
"""A colleague's commands with the right that each needs; None is everybody's."""

IN_GROUP = ("alerts", "claim", "handover", "resolve", "wrong", "assign", "content", "test_alert")
"""What works in the staff group without anybody's words in it."""


@dataclass(frozen=True)
class Menu:
    """What one scope shows; `language` is empty for all languages without a menu of their own."""

    scope: BotCommandScope
    language: str
    commands: tuple[tuple[str, str], ...]


def commands_for(phrases: Phrases, language: str, who: Colleague) -> list[tuple[str, str]]:
    """The commands this colleague may use, each with what it does."""
    allowed = [name for name, right in STAFF if right is None or who.may(right)]
    return _described(phrases, language, allowed)


async def publish(bot: Bot, services: Services) -> None:
    """Set every menu anew. A chat that Telegram does not know yet is passed over: its first /start sets it."""
    for menu in await services.database.run(lambda tx: _menus(tx, services)):
        commands = [BotCommand(name, words) for name, words in menu.commands]
        try:
            if commands:
                await bot.set_my_commands(commands, scope=menu.scope, language_code=menu.language or None)
            else:
                await bot.delete_my_commands(scope=menu.scope)
        except (BadRequest, Forbidden) as error:
            log.info("a command menu could not be set", error=type(error).__name__)


def _menus(tx: Tx, services: Services) -> list[Menu]:
    phrases, program = services.content.phrases, services.config.program
    # Groups fall back to the default scope: it stays empty, so that no group shows what the bot can do.
    menus = [Menu(BotCommandScopeDefault(), "", ()), Menu(BotCommandScopeAllGroupChats(), "", ())]
    private = BotCommandScopeAllPrivateChats()
    for code, language in (("", program.language), *((code, code) for code in program.languages)):
        menus.append(Menu(private, code, tuple(_described(phrases, language, EVERYBODY))))
    menus += _staff_menus(tx, services)
    group = services.people.staff_group(tx)
    if group is not None and (chat_id := outbox.chat_id_of(tx, group)):
        commands = tuple(_described(phrases, program.language, IN_GROUP))
        menus.append(Menu(BotCommandScopeChat(chat_id), "", commands))
    return menus


def _staff_menus(tx: Tx, services: Services) -> list[Menu]:
    phrases, menus = services.content.phrases, []
    for colleague in services.people.colleagues(tx):
        chat_id = outbox.chat_id_of(tx, colleague.key)
        if chat_id is not None:
            commands = tuple(commands_for(phrases, colleague.language, colleague))
            menus.append(Menu(BotCommandScopeChat(chat_id), "", commands))
    for former in services.people.former_colleagues(tx):  # their chat shows what everybody's shows
        chat_id = outbox.chat_id_of(tx, former.key)
        if chat_id is not None:
            menus.append(Menu(BotCommandScopeChat(chat_id), "", ()))
    return menus


def _described(phrases: Phrases, language: str, names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, phrases.plain(f"menu.{name.replace('_', '-')}", language)) for name in names]
