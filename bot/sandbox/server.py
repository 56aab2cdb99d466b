"""The Bot API over HTTP on loopback: reading requests, carrying out faults, answering, files.

What a method does is in the `methods` files; getUpdates, the webhook methods and logging out are here
because they concern the connection. The person's side over HTTP is in `control`.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox import methods_chats, methods_messages, methods_profile, parameters
from bot.sandbox.errors import ApiError, HangUp, bad_request, conflict, too_many_requests
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.ledger import Request
from bot.sandbox.methods import METHODS
from bot.sandbox.parameters import Ask
from bot.sandbox.state import World
from bot.sandbox.updates import LONGEST_POLL
from bot.sandbox.webhook import Webhook

__all__ = ["Server", "methods_chats", "methods_messages", "methods_profile"]

LARGEST_REQUEST = 55 * 1024 * 1024
_LOGGED_OUT_FOR = 600.0
_CONFLICTS_APART = 3.0
_JSON = {"Content-Type": "application/json"}


class Raw(str):
    """A result that is JSON text already."""


@dataclass(frozen=True)
class Answer:
    """An HTTP status, the body, and how much of it is `sent`."""

    status: int
    body: str
    sent: str


class Server:
    """Answers the requests of one bot."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.webhook = Webhook(world)
        self._token = token
        self._back_at = 0.0
        self._next_conflict = 0.0
        self._in_hand = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopping = asyncio.Event()
        self._own: dict[str, Callable[[Ask], Awaitable[Any]]] = {
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "logout": self._log_out,
            "close": self._close,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token:[^/]*}/{method:[^/]*}", self._bot_request),
            web.get("/file/bot{token:[^/]*}/{path:.+}", self._file_request),
        ]

    @property
    def in_hand(self) -> int:
        return self._in_hand

    def open(self) -> None:
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        """End what is in the air: held polls and hanging requests lose their connection."""
        self._stopping.set()
        self.world.queue.end_poll()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, token: str, name: str, read: Callable[[], Awaitable[Ask]]) -> Answer | None:
        """What a request comes to, faults and all; None when its connection ends without an answer.

        Work goes on when the client leaves, as on any real server; only a held poll ends with it.
        """
        if self.world.faults.is_down:
            return None
        work = self._kept(self._answer(token, name, read))
        return await (work if name.lower() == "getupdates" else asyncio.shield(work))

    async def _bot_request(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        answer = await self.ask(request.match_info["token"], name, lambda: parameters.read(request, name))
        if answer is None:
            return _hang_up(request)
        headers = dict(_JSON)
        if answer.status == 429:
            headers["Retry-After"] = str(json.loads(answer.body).get("parameters", {}).get("retry_after", 1))
        return web.Response(status=answer.status, text=answer.sent, headers=headers)

    def _kept(self, work: Coroutine[Any, Any, Answer | None]) -> "asyncio.Task[Answer | None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _answer(self, token: str, name: str, read: Callable[[], Awaitable[Ask]]) -> Answer | None:
        ask, fault = Ask(name), None
        try:
            self._check_token(token)
            ask = await read()
            fault = self.world.faults.pick(name)
            status, body = 200, _ok(await self._carried_out(ask, fault))
        except ApiError as refusal:
            status, body = refusal.code, json.dumps(refusal.to_json())
        except HangUp:
            self._note(ask, 0, "", fault)
            return None
        return self._finish(ask, fault, status, body)

    async def _carried_out(self, ask: Ask, fault: Fault | None) -> Any:
        self._in_hand += 1
        try:
            await self._before(fault)
            return await self._call(ask)
        finally:
            self._in_hand -= 1

    async def _before(self, fault: Fault | None) -> None:
        """The troubles that come before anything is done."""
        kind = fault.kind if fault else None
        if fault is None or kind is None:
            return
        if kind is FaultKind.RESET:
            raise HangUp
        if kind is FaultKind.HANG:
            await self.world.faults.until_cleared()
            raise HangUp
        if kind is FaultKind.DELAY:
            await self.world.clock.wait(fault.seconds, self._stopping)
        if kind is FaultKind.ERROR_BEFORE:
            raise ApiError(fault.status, _gateway_words(fault.status))
        if kind is FaultKind.TOO_MANY:
            raise too_many_requests(int(fault.seconds))

    def _finish(self, ask: Ask, fault: Fault | None, status: int, body: str) -> Answer | None:
        """The troubles that come after it was done, then the answer."""
        kind = fault.kind if fault else None
        if self.world.faults.is_down or kind is FaultKind.ANSWER_LOST:
            self._note(ask, 0, "", fault)
            return None
        if fault is not None and kind is FaultKind.ERROR_AFTER:
            status = fault.status
            body = json.dumps(ApiError(status, _gateway_words(status)).to_json())
        said = json.loads(body).get("description", "") if status >= 400 else ""
        self._note(ask, status, said, fault)
        return Answer(status, body, body[: len(body) // 2] if kind is FaultKind.CUT_BODY else body)

    def _note(self, ask: Ask, status: int, said: str, fault: Fault | None) -> None:
        injected = fault is not None and fault.kind is not FaultKind.DELAY
        now, chat_id = self.world.clock.now(), ask.text("chat_id")
        self.world.ledger.requests.append(Request(now, ask.method, chat_id, status, said, injected))

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,80}", token):
            raise ApiError(401, "Unauthorized: invalid token specified")
        if token != self._token:
            raise ApiError(401, "Unauthorized")

    async def _call(self, ask: Ask) -> Any:
        if self.world.clock.monotonic() < self._back_at:
            raise bad_request("Logged out")
        name = ask.method.lower()
        if name in self._own:
            return await self._own[name](ask)
        if name not in METHODS:
            raise ApiError(404, "Not Found: method not found")
        return METHODS[name](self.world, ask)

    async def _get_updates(self, ask: Ask) -> Raw:
        try:
            return await self._news(ask)
        except ApiError as refusal:
            if refusal.code == 409:
                await self._until_next_conflict()
            raise

    async def _until_next_conflict(self) -> None:
        """Bot API server: a conflict soon after another is answered some seconds later, to calm the two down."""
        now = self.world.clock.monotonic()
        if now < self._next_conflict:
            await self.world.clock.wait(_CONFLICTS_APART, self._stopping)
        else:
            self._next_conflict = now + _CONFLICTS_APART

    async def _news(self, ask: Ask) -> Raw:
        if self.webhook.settings.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        queue = self.world.queue
        queue.allow(ask.json("allowed_updates"))
        limit = ask.number("limit", 100)
        seconds = min(max(ask.number("timeout"), 0), LONGEST_POLL)
        return Raw(await queue.poll(ask.number("offset"), limit if 1 <= limit <= 100 else 100, seconds))

    async def _set_webhook(self, ask: Ask) -> bool:
        if ask.text("url"):
            self.world.queue.end_poll(conflict("terminated by setWebhook request"))
        return self.webhook.set(ask)

    async def _delete_webhook(self, ask: Ask) -> bool:
        return self.webhook.delete(ask)

    async def _get_webhook_info(self, ask: Ask) -> Any:
        return self.webhook.info()

    async def _log_out(self, ask: Ask) -> bool:
        """Telegram's own server lets a bot back in after ten minutes."""
        self._back_at = self.world.clock.monotonic() + _LOGGED_OUT_FOR
        return True

    async def _close(self, ask: Ask) -> bool:
        return True

    async def _file_request(self, request: web.Request) -> web.StreamResponse:
        if self.world.faults.is_down:
            return _hang_up(request)
        try:
            self._check_token(request.match_info["token"])
        except ApiError as refusal:
            return web.Response(status=refusal.code, text=json.dumps(refusal.to_json()), headers=_JSON)
        for stored in self.world.files.values():
            if stored.path == request.match_info["path"]:
                return web.Response(body=stored.data, content_type="application/octet-stream")
        missing = ApiError(404, "Not Found")
        return web.Response(status=404, text=json.dumps(missing.to_json()), headers=_JSON)


def _ok(result: Any) -> str:
    written = result if isinstance(result, Raw) else json.dumps(result, ensure_ascii=False)
    return f'{{"ok":true,"result":{written}}}'


def _gateway_words(status: int) -> str:
    words = {
        500: "Internal Server Error",
        502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout",
    }
    return words.get(status, "Internal Server Error")


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection at once; the answer that aiohttp wants goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
