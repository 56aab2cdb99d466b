"""The composition root: from a configuration to the program's services, and their start and stop.

Imports all of `bot/` and never `handlers`: the conversation is handed in.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import OperationalError
from telegram import Bot
from telegram.error import TelegramError
from telegram.ext import Application

from bot.auditor import Auditor
from bot.backups import Backups
from bot.clock import Clock
from bot.config import Config
from bot.delivery.sender import Sender
from bot.delivery.telegram import ProgramBot
from bot.delivery.transport import Transport
from bot.housekeeping import Housekeeping
from bot.intake.dispatch import Answer, Work, dispatch
from bot.intake.poller import Poller
from bot.intake.processor import Processor
from bot.intake.webhook_address import WebhookAddress
from bot.introduction import Introduction
from bot.library import Library
from bot.morning import Morning
from bot.outage import Outage
from bot.patience import patiently
from bot.people import drafts, settings
from bot.people.model import Participant, shown
from bot.retention import SHRINK, Retention
from bot.scheduling.ticker import Ticker
from bot.screening.guard import screen_safely
from bot.screening.model import Finding
from bot.services import Services, services_of
from bot.status import StatusKeeper
from bot.storage.database import Tx
from bot.storage.keyring import key_ring
from bot.storage.opening import Opened, open_database
from bot.storage.turns import DatabaseAway, first_line
from bot.vitals import Observer, disk_is_full

if TYPE_CHECKING:
    from bot.health import Counts
    from bot.intake.webhook import Webhook
    from bot.web import WebServer

log = structlog.get_logger(__name__)

LIBRARY_SECONDS = TURN_SECONDS = 1.0


@dataclass(frozen=True)
class Conversation:
    """What `handlers` gives: its routes, what to do with an update nobody could process, the command menus."""

    register: Callable[["Application[Any, Any, Any, Any, Any, Any]", Services], object]
    aside: Callable[[Work, Services], None]
    publish_menus: Callable[[Bot, Services], Awaitable[None]]


class App:
    """One program: `start`, then `tick` by itself, then `stop`, which finishes what is in hand."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        conversation: Conversation,
        opened: Opened | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._clock = clock
        self._conversation = conversation
        self._transport = transport or Transport()
        token = config.telegram.token.get_secret_value()
        bot = ProgramBot(token, config.telegram.base_url, self._transport)
        library = Library.of(config)
        library.start()
        ring, folder = key_ring(config), config.database.backup_folder
        self._opened = opened or open_database(config.database.url, ring, clock, folder)
        database = self._opened.database
        self.backups = Backups(
            database,
            ring,
            folder,
            clock,
            days=config.database.backup_days,
            every_hours=0 if config.database.is_postgresql else config.database.backup_every_hours,
            on_failure=self._backup_failed,
        )
        self.services = services_of(config, clock, database, library, bot)
        alerts = self.services.alerts
        self.sender = Sender(database, bot, clock)
        self.sender.on_chat_moved(self.services.people.group_moved)
        self.sender.on_chat_unreachable(self._unreachable)
        self.application = Application.builder().bot(bot).updater(None).job_queue(None).build()
        conversation.register(self.application, self.services)
        self.introduction = Introduction(
            bot, database, clock, lambda: conversation.publish_menus(bot, self.services)
        )
        self._address = f"{config.telegram.base_url}{token}"
        self._bot_id = int(token.partition(":")[0])
        self.processor = self._processor()
        self.receiver = self._receiver()
        self.ticker = self._ticker()
        self.observer = Observer(database, clock, self._lasts, self._machine)
        ping_url = config.health.ping_url
        self.auditor = Auditor(
            database, clock, self.observer, alerts, ping_url.get_secret_value() if ping_url else None
        )
        self.outage = Outage(database, clock, self.receiver, alerts.was_away)
        self.status = StatusKeeper(database, ring, clock, self.observer, config)
        self._web = self._web_on(config.http.listen) if config.http.listen else None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = asyncio.Event()

    async def start(self, *, ticking: bool = True) -> None:
        """Begin to work. Telegram being away delays only what needs it. Tests tick themselves."""
        database, loop = self.services.database, asyncio.get_running_loop()
        database.after_commit("outbox", _in_loop(loop, self.sender.wake))
        database.after_commit(drafts.ERASED, self._empty_log)
        database.after_commit(SHRINK, self._shrink)
        database.after_commit("staff", _in_loop(loop, self.introduction.menus_wanted.set))
        await patiently(self._begun, DatabaseAway, self._clock)
        if self._web is not None:
            await self._web.start()
        if ticking:
            self.ticker.start()
        self.introduction.menus_wanted.set()
        parts = [
            self.sender.run(),
            self._receive(),
            self.introduction.keep_menus(self._stopped),
            self._watch_library(),
            self._watch_turn(),
            self.backups.run(self._stopped),
            self.outage.run(self._stopped),
            *(self._only_in_real_time() if ticking else []),
        ]
        self._tasks += [asyncio.create_task(part) for part in parts]
        log.info("handrail runs", database_backup=str(self._opened.backup or ""))

    def _only_in_real_time(self) -> list[Coroutine[Any, Any, None]]:
        """What would see a clock that is moved by hand as a program that stood still."""
        stopped = self._stopped
        return [self.status.run(stopped), self.outage.watch(stopped), self.auditor.run(stopped)]

    async def stop(self) -> None:
        """Finish what is in hand and close; what is not yet processed or sent waits in the database."""
        self._stopped.set()
        await self.ticker.stop()
        await self.receiver.stop()
        await self.processor.finish()
        await self.sender.stop()
        self.introduction.menus_wanted.set()
        _done, late = await asyncio.wait(self._tasks, timeout=3) if self._tasks else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._transport.close()
        await self.auditor.close()
        if self._web is not None:
            await self._web.stop()
        await asyncio.to_thread(self._opened.close)
        self.status.remove()
        log.info("handrail stopped")

    async def wait_failed(self) -> None:
        """Returns only when one of the parts that must never end has ended; raises what it raised."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def refresh_content(self) -> None:
        """Take up edited content now, and tell staff once what must be mended."""
        refreshed = await asyncio.to_thread(self.services.library.refresh)
        if refreshed.changed:
            await self.services.database.run(self._content_runs)
        if refreshed.problems or refreshed.mended:
            now = self._clock.now()
            await self.services.database.run(lambda tx: self.services.alerts.content_news(tx, refreshed, now))

    def _receiver(self) -> "Poller | Webhook":
        telegram, services = self.services.config.telegram, self.services
        parts = (
            services.database,
            self._clock,
            self._transport,
            self._address,
            self._bot_id,
            self.processor.take,
        )
        if telegram.webhook_url is None or telegram.mode == "polling":
            return Poller(*parts, poll_seconds=telegram.poll_seconds)
        from bot.intake.webhook import Webhook  # with a web server that polling does not need

        return Webhook(*parts, WebhookAddress.of(telegram.webhook_url, telegram.token.get_secret_value()))

    def _web_on(self, listen: str) -> "WebServer":
        from bot.health import Health  # these cost memory that most programs do not need
        from bot.web import WebServer

        return WebServer(listen, [*Health(self.observer, self._counts).routes(), *self.receiver.routes()])

    def _lasts(self) -> Mapping[str, float | None]:
        return {"tick": self.ticker.last_tick, "updates": self.receiver.last_good}

    def _machine(self, now: datetime) -> Mapping[str, str]:
        folder = self.services.config.database.file.parent
        return {"disk": disk_is_full(folder), "backups": self.backups.overdue(now)}

    def _counts(self) -> "Counts":
        from bot.health import Counts

        return Counts(self.receiver.received, dict(self.sender.outcomes))

    async def _begun(self) -> None:
        try:
            await self.services.database.run(self._begin)
        except OperationalError as error:
            if self.services.config.database.is_postgresql:
                raise DatabaseAway(first_line(error)) from None
            raise

    def _begin(self, tx: Tx) -> None:
        now = self._clock.now()
        people, config = self.services.people, self.services.config
        administrators, language = config.staff.administrators, config.program.language
        for lost in people.follow_configuration(tx, administrators, now, language=language):
            self.services.alerts.say_to_staff(tx, "staff.demoted", now, handle=shown(lost.handle))
        self._content_runs(tx)
        if restored := settings.get(tx, settings.RESTORED):
            self._after_restore(tx, datetime.fromisoformat(json.loads(restored)["taken_at"]), now)
        self.introduction.remember(tx, self._bot_id)

    def _content_runs(self, tx: Tx) -> None:
        now = self._clock.now()
        if self.services.people.content_runs(tx, self.services.content.revision, now):
            self.services.checkins.content_changed(tx, now)

    def _after_restore(self, tx: Tx, taken_at: datetime, now: datetime) -> None:
        """Nothing stale is sent as if it were new, nothing open is forgotten, and staff know what is missing."""
        self.sender.after_restore(tx, now)
        self.services.alerts.restored(tx, taken_at, now)
        settings.put(tx, settings.RESTORED, "")
        log.warning("the database was restored from a backup", taken_at=taken_at.isoformat())

    def _empty_log(self) -> None:
        self._opened.empty_log()

    def _shrink(self) -> None:
        self._opened.shrink()

    def _backup_failed(self, reason: str) -> None:
        now = self._clock.now()
        self.services.database.submit(lambda tx: self.services.alerts.backup_failed(tx, reason, now))

    async def _receive(self) -> None:
        if await self.introduction.identify(self._stopped):
            self.receiver.last_good = self._clock.monotonic()  # the first poll may stay open for a minute
        if self._stopped.is_set():
            return
        await self.application.initialize()
        await self.receiver.run()

    async def _watch_library(self) -> None:
        while not await self._clock.wait(LIBRARY_SECONDS, self._stopped):
            await self.refresh_content()

    async def _watch_turn(self) -> None:
        """The process ends once another one works for the program."""
        while not await self._clock.wait(TURN_SECONDS, self._stopped):
            self._opened.check_turn()

    def _processor(self) -> Processor:
        return Processor(
            self.services.database,
            self._clock,
            self._bot_id,
            screen=self._screen,
            dispatch=lambda raw, work: dispatch(self.application, raw, work),
            aside=lambda work: self._conversation.aside(work, self.services),
            answer=self._answer,
        )

    def _ticker(self) -> Ticker:
        services = self.services
        morning = Morning(
            services.config, services.people, services.alerts, services.checkins, services.library
        )
        parts = (
            services.people,
            services.alerts,
            services.checkins,
            services.modules,
            services.assigning,
            services.practising,
            services.records,
            morning,
            Housekeeping(services.people, services.alerts, services.config.retention),
            Retention(services.config),
        )
        for part in parts:
            for topic, handler in part.outcomes().items():
                self.sender.on_ending(topic, handler)
        return Ticker(services.database, self._clock, [job for part in parts for job in part.jobs()])

    def _screen(self, text: str, language: str) -> Finding:
        screener = self.services.content.screener
        return screen_safely(screener, text, language, on_failure=self._screener_down)

    def _unreachable(self, tx: Tx, key: str) -> None:
        who = self.services.people.who(tx, key)
        if isinstance(who, Participant):
            self.services.alerts.unreachable(tx, who, self._clock.now())
        elif self.services.people.staff_group(tx) == key:
            self.services.alerts.group_lost(tx, self._clock.now())

    def _screener_down(self, reason: str) -> None:
        log.error("the screener is down", reason=reason)
        now = self._clock.now()
        self.services.database.submit(lambda tx: self.services.alerts.screener_down(tx, reason, now))

    async def _answer(self, answer: Answer) -> None:
        """Best effort: a tap that is no longer waiting needs no answer."""
        try:
            await self.services.bot.answer_callback_query(
                answer.query_id, text=answer.text or None, show_alert=answer.alert
            )
        except TelegramError as error:
            log.info("a tap could not be answered", error=type(error).__name__)


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> Callable[[], None]:
    """The same call, made from another thread; a loop that has ended needs no waking."""

    def wake() -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(call)

    return wake
