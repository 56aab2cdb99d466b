"""Bot API methods by which a bot describes itself: commands by scope and language, texts, menu button."""

import re
from typing import Any

from bot.sandbox.entities import utf16_length
from bot.sandbox.errors import Json, bad_request
from bot.sandbox.methods import Method, known_chat, method
from bot.sandbox.parameters import Ask
from bot.sandbox.state import World

MOST_COMMANDS = 100
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


@method("setMyCommands")
def set_my_commands(world: World, ask: Ask) -> Any:
    place = _place(world, ask)
    commands = ask.json("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile.commands[place] = [_command(command) for command in commands]
    return True


@method("getMyCommands")
def get_my_commands(world: World, ask: Ask) -> Any:
    return world.profile.commands.get(_place(world, ask), [])


@method("deleteMyCommands")
def delete_my_commands(world: World, ask: Ask) -> Any:
    world.profile.commands.pop(_place(world, ask), None)
    return True


def _command(raw: Any) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = raw.get("command"), raw.get("description")
    if not isinstance(name, str) or not re.fullmatch(r"/?[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16_length(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description.strip()}


def _place(world: World, ask: Ask) -> tuple[str, str]:
    """Scope and language as one key, e.g. ("chat:42", "es")."""
    scope = ask.object("scope")
    kind = scope.get("type", "default")
    if kind not in _SCOPES:
        raise bad_request("unsupported BotCommandScope type specified")
    parts = [str(kind)]
    for name in _SCOPES[kind]:
        if scope.get(name) in (None, ""):
            raise bad_request(f"{name} is empty")
        parts.append(str(scope[name]))
    if len(parts) > 1:
        chat = known_chat(world, Ask(ask.method, {"chat_id": parts[1]}))
        if not chat.is_group and not chat.has_started:
            raise bad_request("chat not found")
    return ":".join(parts), _language(ask)


def _language(ask: Ask) -> str:
    language = ask.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("LANG_CODE_INVALID" if len(language) == 2 else "invalid language code specified")
    return language


def _text_methods(method_name: str, field: str, longest: int) -> tuple[Method, Method]:
    def set_text(world: World, ask: Ask) -> Any:
        text = ask.text(field)
        if utf16_length(text) > longest:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        world.profile.texts[field, _language(ask)] = text
        return True

    def get_text(world: World, ask: Ask) -> Any:
        texts = world.profile.texts
        fallback = world.bot.first_name if field == "name" else ""
        return {field: texts.get((field, _language(ask))) or texts.get((field, "")) or fallback}

    return method(f"setMy{method_name}")(set_text), method(f"getMy{method_name}")(get_text)


_text_methods("Name", "name", 64)
_text_methods("Description", "description", 512)
_text_methods("ShortDescription", "short_description", 120)


@method("setChatMenuButton")
def set_chat_menu_button(world: World, ask: Ask) -> Any:
    button = ask.object("menu_button") or {"type": "default"}
    if button.get("type") not in ("commands", "default", "web_app"):
        raise bad_request("unsupported MenuButton type specified")
    web_app = button.get("web_app") or {}
    if button["type"] == "web_app" and not (
        button.get("text") and str(web_app.get("url", "")).startswith("https://")
    ):
        raise bad_request("menu button Web App URL is invalid: Only HTTPS links are allowed")
    world.profile.menu_buttons[_menu_chat(world, ask)] = button
    return True


@method("getChatMenuButton")
def get_chat_menu_button(world: World, ask: Ask) -> Any:
    buttons = world.profile.menu_buttons
    return buttons.get(_menu_chat(world, ask)) or buttons.get(0) or {"type": "default"}


def _menu_chat(world: World, ask: Ask) -> int:
    """The private chat that is meant; 0 for all of them."""
    if not ask.has("chat_id"):
        return 0
    chat = known_chat(world, ask)
    if chat.is_group:
        raise bad_request("menu button can be set only for private chats")
    return chat.id
