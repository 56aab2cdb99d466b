"""The webhook: its settings, and delivering the queue to it one update after the other.

Telegram delivers chats side by side; here all updates keep one order, which is stricter only for speed.
Only addresses of this computer are delivered to: nothing leaves it.
"""

import asyncio
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.errors import ApiError, Json, bad_request
from bot.sandbox.methods import METHODS
from bot.sandbox.parameters import Ask
from bot.sandbox.state import World
from bot.sandbox.updates import Waiting

LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 3600.0
GONE_AFTER = 23 * 3600.0  # an address that answers 410 for so long is given up
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass
class Settings:
    """What setWebhook set; no url means polling."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_at: int = 0
    last_error: str = ""
    gone_since: float | None = None


@dataclass
class Webhook:
    """The settings and the postman."""

    world: World
    settings: Settings = field(default_factory=Settings)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    is_pausing: bool = False

    def __post_init__(self) -> None:
        self.world.queue.listen(self.changed)

    def set(self, ask: Ask) -> bool:
        url, secret = ask.text("url").strip(), ask.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad_request("secret token contains unallowed characters")
        if url:
            _check_address(url)
        self.world.queue.allow(ask.json("allowed_updates"))
        if ask.flag("drop_pending_updates"):
            self.world.queue.drop_all()
        connections = min(max(ask.number("max_connections", 40), 1), 100)
        self.settings = Settings(url, secret, connections)
        self.changed.set()
        return True

    def delete(self, ask: Ask) -> bool:
        return self.set(Ask(ask.method, {"drop_pending_updates": ask.flag("drop_pending_updates")}))

    def info(self) -> Json:
        queue, settings = self.world.queue, self.settings
        body: Json = {
            "url": settings.url,
            "has_custom_certificate": False,
            "pending_update_count": queue.count,
            "allowed_updates": sorted(queue.allowed),
        }
        if settings.url:
            body["max_connections"] = settings.max_connections
        if settings.last_error:
            body |= {"last_error_date": settings.last_error_at, "last_error_message": settings.last_error}
        return body

    async def deliver(self) -> None:
        """Post what waits, for ever; started and cancelled by the sandbox."""
        timeout = aiohttp.ClientTimeout(total=60)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                await self.changed.wait()
                self.changed.clear()
                await self._deliver_all(session)

    async def _deliver_all(self, session: aiohttp.ClientSession) -> None:
        failures = 0
        while self.settings.url and (waiting := self.world.queue.first()) is not None:
            pause = await self._post(session, waiting)
            if pause is None:
                self.world.queue.delivered(waiting)
                failures = 0
                continue
            # Retried at once, then after 2, 4, 8 ... seconds, unless the answer said Retry-After.
            wait = pause or (0.0 if failures == 0 else min(2.0**failures, LONGEST_PAUSE))
            failures += 1
            await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        """Wait on the clock; a new setting cuts the pause short, a new update does not."""
        settings, end = self.settings, self.world.clock.monotonic() + seconds
        try:
            while settings is self.settings and (left := end - self.world.clock.monotonic()) > 0:
                self.is_pausing = True
                self.changed.clear()
                await self.world.clock.wait(left, self.changed)
        finally:
            self.is_pausing = False

    async def _post(self, session: aiohttp.ClientSession, waiting: Waiting) -> float | None:
        """None when it was taken; else the seconds to wait that the answer asked for, 0 for none."""
        settings = self.settings
        headers = {"Content-Type": "application/json"}
        if settings.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = settings.secret
        try:
            async with session.post(settings.url, data=waiting.raw.encode(), headers=headers) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return self._failed(settings, "Connection refused")
        if 200 <= answer.status < 300:
            settings.gone_since = None
            self._carry_out(body)
            return None
        self._note_gone(settings, gone=answer.status == 410)
        reason = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        return self._failed(settings, reason, answer.headers.get("Retry-After", ""))

    def _failed(self, settings: Settings, why: str, retry_after: str = "") -> float:
        settings.last_error, settings.last_error_at = why, self.world.unix_time
        return min(float(retry_after), LONGEST_RETRY_AFTER) if retry_after.isdecimal() else 0.0

    def _note_gone(self, settings: Settings, *, gone: bool) -> None:
        now = self.world.clock.monotonic()
        settings.gone_since = (settings.gone_since or now) if gone else None
        if settings.gone_since is not None and now - settings.gone_since >= GONE_AFTER:
            self.settings = Settings()

    def _carry_out(self, body: bytes) -> None:
        """An answer may carry one method call; how it ended nobody is told."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        name = call.get("method", "") if isinstance(call, dict) else ""
        if not isinstance(name, str) or name.lower().startswith("get") or name.lower() not in METHODS:
            return
        try:
            METHODS[name.lower()](self.world, Ask(name, call))
        except ApiError:
            return


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.hostname is None:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: the sandbox delivers to this computer only")
