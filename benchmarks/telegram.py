"""The least Bot API server that a bot can work with, quick enough that the bot is what is measured.

It has a number of messages waiting, hands them out by getUpdates and counts the replies. The strict server is
`bot.sandbox`; this one refuses nothing.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

BATCH = 100


class Telegram:
    """Holds `texts`, from as many people in turn, until `release`; `done` is set at the last reply."""

    def __init__(self, token: str, texts: Sequence[str], people: Sequence[int]) -> None:
        self.done = asyncio.Event()
        self.began = self.ended = 0.0
        self.answered = 0
        self._updates = [
            _message(number, text, people[number % len(people)]) for number, text in enumerate(texts)
        ]
        self._released = asyncio.Event()
        self._polled = asyncio.Event()
        self._token = token
        self._at_end: Callable[[], None] = lambda: None
        self._runner: web.AppRunner | None = None
        self.address = ""

    async def start(self) -> None:
        application = web.Application()
        application.router.add_route("*", f"/bot{self._token}/{{method}}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def polled(self) -> None:
        """Returns once the bot waits for updates: it has started."""
        await self._polled.wait()

    def release(self, at_end: Callable[[], None]) -> None:
        """Let the messages out; `at_end` is called with the last reply."""
        self._at_end = at_end
        self.began = time.perf_counter()
        self._released.set()

    async def _answer(self, request: web.Request) -> web.Response:
        fields: dict[str, Any] = dict(await request.post()) if request.can_read_body else dict(request.query)
        if request.content_type == "application/json":
            fields = await request.json()
        method = request.match_info["method"].lower()
        if method == "getupdates":
            return _ok(
                await self._get_updates(int(fields.get("offset") or 0), float(fields.get("timeout") or 0))
            )
        if method == "getme":
            return _ok({"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"})
        if method == "sendmessage":
            self._count()
            chat = {"id": int(fields["chat_id"]), "type": "private", "first_name": "P"}
            return _ok({"message_id": self.answered, "date": 1_700_000_000, "chat": chat, "text": "said"})
        return _ok(True)

    async def _get_updates(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        self._polled.set()
        await self._released.wait()
        batch = self._updates[max(offset - 1, 0) : max(offset - 1, 0) + BATCH]
        if not batch:
            await asyncio.wait({asyncio.ensure_future(self.done.wait())}, timeout=seconds)
        return batch

    def _count(self) -> None:
        self.answered += 1
        if self.answered == len(self._updates):
            self.ended = time.perf_counter()
            self._at_end()
            self.done.set()


def _message(number: int, text: str, person: int) -> dict[str, Any]:
    who = {"id": person, "first_name": "P"}
    message = {
        "message_id": number + 1,
        "date": 1_700_000_000,
        "from": {**who, "is_bot": False, "language_code": "en"},
        "chat": {**who, "type": "private"},
        "text": text,
    }
    return {"update_id": number + 1, "message": message}


def _ok(result: Any) -> web.Response:
    return web.Response(text=json.dumps({"ok": True, "result": result}), content_type="application/json")
