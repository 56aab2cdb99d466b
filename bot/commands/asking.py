"""Asking Telegram a question by hand, before or beside the running program.

Plain requests, one after the other, that change nothing at Telegram. No error carries a URL: it holds the token.
"""

import json
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from bot.errors import HandrailError

SECONDS = 15.0
LARGEST_ANSWER = 8 * 1024 * 1024


class TokenRefused(HandrailError):
    """Telegram does not know this token. Copy it once more from @BotFather (/mybots, API Token), all of it."""


class TelegramAway(HandrailError):
    """Telegram does not answer. Look at this computer's network, firewall and telegram.base_url:"""


class TelegramSaysNo(HandrailError):
    """Telegram says no:"""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Asking:
    """One bot's questions. After each answer `date` is Telegram's clock, an aware instant, if it was given."""

    def __init__(self, base_url: str, token: str) -> None:
        self._address = f"{base_url}{token}"
        self._opener = build_opener(ProxyHandler({}))  # as the program itself: no proxy from the environment
        self.date: Any = None

    def __repr__(self) -> str:
        return "Asking()"

    def ask(self, method: str, *, seconds: float = SECONDS, **fields: object) -> Any:
        """The result of a Bot API method. Raises `TokenRefused`, `TelegramAway`, `TelegramSaysNo`."""
        status, body = self._post(method, fields, seconds)
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramAway(f"what answers there is not the Bot API (HTTP {status}).")
        if answer.get("ok") is True:
            return answer.get("result")
        if status in (401, 404):
            raise TokenRefused()
        raise TelegramSaysNo(status, str(answer.get("description", f"HTTP {status}")))

    def _post(self, method: str, fields: dict[str, object], seconds: float) -> tuple[int, bytes]:
        request = Request(f"{self._address}/{method}", urlencode(fields).encode())  # noqa: S310 - http(s) only
        try:
            with self._opener.open(request, timeout=seconds) as answer:
                self._read_date(answer.headers.get("Date"))
                return answer.status, answer.read(LARGEST_ANSWER)
        except HTTPError as error:
            with error:
                return error.code, error.read(LARGEST_ANSWER)
        except URLError as error:
            raise TelegramAway(_kind(error.reason)) from None
        except (OSError, HTTPException) as error:
            raise TelegramAway(_kind(error)) from None

    def _read_date(self, header: str | None) -> None:
        try:
            self.date = parsedate_to_datetime(header) if header else None
        except ValueError:
            self.date = None


def why_group_is_deaf(asking: Asking, group: int, bot_id: int) -> str:
    """Why the bot cannot write to that group, with the mend; empty when it can."""
    again = "Add the bot to the group, then send /staff_group in it."
    try:
        chat = asking.ask("getChat", chat_id=group)
        member = asking.ask("getChatMember", chat_id=group, user_id=bot_id)
    except TelegramSaysNo as error:
        return f"Telegram says “{error.words}”. {again}"
    if chat.get("type") not in ("group", "supergroup"):
        return f"It is not a group. {again}"
    return _why_silent(member, chat, again)


def _why_silent(member: dict[str, Any], chat: dict[str, Any], again: str) -> str:
    status = member.get("status")
    if status in ("left", "kicked"):
        return f"The bot is not in it. {again}"
    everybody = chat.get("permissions", {}).get("can_send_messages", True)
    may_send = member.get("can_send_messages", everybody) if status == "restricted" else everybody
    if status in ("member", "restricted") and not may_send:
        return (
            "The bot may not write there. Let members write, or make the bot an administrator of the group."
        )
    return ""


def _kind(error: object) -> str:
    """What kind of trouble it is, in words that hold no address."""
    words = getattr(error, "strerror", None) or getattr(error, "reason", None)
    return f"{words or type(error).__name__}."
