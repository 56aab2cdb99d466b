"""The bot and Telegram get to know each other: who the bot is, and the menus of commands that people are shown.

Telegram may be away for hours; each question waits with growing pauses, and nothing else waits for it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import InvalidToken, TelegramError

from bot.clock import Clock
from bot.delivery.telegram import ProgramBot
from bot.people import settings
from bot.storage.database import Database, Tx

log = structlog.get_logger(__name__)

FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 1.0, 60.0
TOKEN_RETRY_SECONDS = 60.0


class Introduction:
    """`publish` sends the menus to Telegram; `menus_wanted` is set whenever they may have changed."""

    def __init__(
        self, bot: ProgramBot, database: Database, clock: Clock, publish: Callable[[], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._publish = publish
        self.menus_wanted = asyncio.Event()
        self.menus_published = False

    def remember(self, tx: Tx, bot_id: int) -> None:
        """Use what Telegram said at an earlier start, if it was about this bot."""
        identity = settings.get(tx, settings.IDENTITY)
        if identity and json.loads(identity).get("id") == bot_id:
            self._bot.identify(json.loads(identity))

    async def identify(self, stopped: asyncio.Event) -> bool:
        """Commands in groups name the bot, so its name must be known before the first update is read.

        True when Telegram has answered now; false when an earlier start's answer must do, or at the end.
        """
        pause = FIRST_RETRY_SECONDS
        while not stopped.is_set():
            try:
                identity = (await self._bot.ask_who()).to_json()
            except InvalidToken:
                log.error("Telegram refuses the token; check telegram.token, trying again meanwhile")
                await self._clock.wait(TOKEN_RETRY_SECONDS, stopped)
                continue
            except TelegramError as error:
                log.warning(
                    "Telegram does not say who this bot is", error=type(error).__name__, again_in=pause
                )
                if self._bot.is_identified:
                    return False
                await self._clock.wait(pause, stopped)
                pause = min(pause * 2, LONGEST_RETRY_SECONDS)
                continue
            await self._keep(identity)
            return True
        return False

    async def _keep(self, identity: str) -> None:
        await self._database.run(lambda tx: settings.put(tx, settings.IDENTITY, identity))

    async def keep_menus(self, stopped: asyncio.Event) -> None:
        """Publish the menus whenever they are wanted, until `menus_wanted` is set with `stopped`."""
        pause = FIRST_RETRY_SECONDS
        while True:
            await self.menus_wanted.wait()
            if stopped.is_set():
                return
            self.menus_wanted.clear()
            try:
                await self._publish()
                self.menus_published, pause = True, FIRST_RETRY_SECONDS
            except TelegramError as error:
                log.warning("the menus could not be set", error=type(error).__name__, again_in=pause)
                if not await self._clock.wait(pause, stopped):
                    self.menus_wanted.set()
                pause = min(pause * 2, LONGEST_RETRY_SECONDS)
