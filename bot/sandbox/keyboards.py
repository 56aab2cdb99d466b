"""Reply markup: what keyboards a bot may send, and Telegram's words for the others.

Pure checks. Tapping a button is the business of `people`.
"""

import json
import re
from typing import Any

from bot.sandbox.errors import Json, bad_request

# Counted in Telegram's practice, not in its documentation: more buttons than this are refused.
MOST_BUTTONS = 100

_INLINE_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_REPLY_ACTIONS = (
    "request_users",
    "request_chat",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
)


def check(markup: Any, *, inline_only: bool = False) -> Json | None:
    """The markup as Telegram would keep it, or None for none; `ApiError` 400 for a wrong one."""
    if isinstance(markup, str):
        markup = _parsed(markup)
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline_keyboard", "InlineKeyboardMarkup")
        kept = [[_inline_button(button) for button in row] for row in rows if row]
        return {"inline_keyboard": kept} if kept else None
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "keyboard", "ReplyKeyboardMarkup")
        return {**markup, "keyboard": [[_reply_button(button) for button in row] for row in rows if row]}
    return markup if markup.get("remove_keyboard") or markup.get("force_reply") else None


def _parsed(raw: str) -> Any:
    try:
        return json.loads(raw) if raw.strip() else None
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None


def _rows(rows: Any, field: str, kind: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" of the {kind} must be an Array of Arrays')
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return rows


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not text.strip():
        raise bad_request("inline keyboard button text is empty")
    actions = [name for name in _INLINE_ACTIONS if button.get(name) is not None]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        # Telegram quietly takes one of them; the documentation says "exactly one", and so do we.
        raise bad_request("can't parse inline keyboard button: Exactly one action must be specified")
    _check_action(button, actions[0])
    return {name: value for name, value in button.items() if value is not None}


def _check_action(button: Json, action: str) -> None:
    value = button[action]
    if action == "callback_data" and (not isinstance(value, str) or not 1 <= len(value.encode()) <= 64):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not is_button_url(str(value)):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action in ("web_app", "login_url"):
        url = value.get("url", "") if isinstance(value, dict) else ""
        if not str(url).startswith("https://"):
            raise bad_request(
                f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
            )


def is_button_url(url: str) -> bool:
    """An http, https or tg address; an http host needs a dot, unless it is this computer."""
    if re.match(r"tg://\w", url):
        return True
    host = re.match(r"https?://([^\s/?#:@]+)", url)
    return host is not None and not re.search(r"\s", url) and ("." in host[1] or host[1] == "localhost")


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("keyboard button text must not be empty")
    if sum(bool(button.get(name)) for name in _REPLY_ACTIONS) > 1:
        raise bad_request("can't parse keyboard button: At most one action must be specified")
    return button
