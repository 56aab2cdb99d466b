"""Retention: what is past the time it is kept is removed every night, and staff read how much.

How long each class is kept is the clinic's choice, in `[retention]`. What is short-lived by nature (updates,
messages, invites) goes by `housekeeping`, every hour.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import structlog

import bot.alerts.store as alerts
import bot.checkins.store as checkins
import bot.modules.store as modules
from bot.config import Config
from bot.delivery.outcomes import OutcomeHandler
from bot.people import audit, settings, store
from bot.people.drafts import ERASED
from bot.records import erasure
from bot.scheduling.calendar import instant, local_day
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

log = structlog.get_logger(__name__)

AT = time(
    3, 30
)  # on the program's clock: nobody reads, and no backup, prompt or morning message waits for it
DAY = timedelta(days=1)
PUSH_BACK = timedelta(minutes=10)
SHRINK = "shrink"
"""What such a transaction touches: freed pages are given back to the disk after it."""


def take_report(tx: Tx) -> int:
    """How many rows of people were removed since this was last asked: each is reported once."""
    kept = _kept(tx)
    if kept:
        settings.put(tx, settings.RETENTION, json.dumps({**kept, "removed": 0}))
    return int(kept.get("removed", 0))


def _kept(tx: Tx) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(settings.get(tx, settings.RETENTION) or "{}")
    return kept


class Retention:
    """Due once a night; a start after it does it at once."""

    def __init__(self, config: Config) -> None:
        self._keep = config.retention
        self._backup_days = config.database.backup_days
        self._zone = config.program.timezone
        self._asleep: tuple[datetime, datetime] | None = None  # nothing is due between these

    def jobs(self) -> Sequence[Job]:
        return (Job("retention", self._due, self._purge, self._later),)

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {}

    def _due(self, tx: Tx, now: datetime) -> Sequence[int]:
        if self._asleep is not None and self._asleep[0] <= now < self._asleep[1]:
            return ()
        today = local_day(now, self._zone)
        last = _kept(tx).get("day")
        tonight = instant(today, AT, self._zone)
        if tonight is not None and tonight <= now and last != today.isoformat():
            return (0,)
        following = instant(today + DAY, AT, self._zone) or now + DAY
        self._asleep = (now, tonight if tonight is not None and tonight > now else following)
        return ()

    def _purge(self, tx: Tx, _row: int, now: datetime) -> None:
        removed = {
            "answers": checkins.purge(tx, self._before(now, self._keep.answers))
            + modules.purge(tx, self._before(now, self._keep.answers)),
            "concerns": alerts.purge(tx, self._before(now, self._keep.concerns)),
            "left": self._erase_who_left(tx, now),
        }
        entries = audit.purge(tx, self._before(now, self._keep.audit))
        erasure.purge(tx, self._before(now, self._backup_days + 1))
        day = local_day(now, self._zone).isoformat()
        total = sum(removed.values()) + int(_kept(tx).get("removed", 0))
        settings.put(tx, settings.RETENTION, json.dumps({"day": day, "removed": total}))
        tx.touched.update((SHRINK, ERASED))
        log.info("what is past its time was removed", **removed, audit=entries)

    def _erase_who_left(self, tx: Tx, now: datetime) -> int:
        """People who stopped or were discharged that long ago; the erasure waits for an open alert, as any does."""
        gone = store.left_before(tx, self._before(now, self._keep.left))
        for participant_id in gone:
            erasure.ask(tx, participant_id, erasure.BY_RETENTION, now)
        return len(gone)

    def _later(self, _tx: Tx, _row: int, now: datetime) -> None:
        self._asleep = (now, now + PUSH_BACK)

    def _before(self, now: datetime, days: int) -> datetime:
        return now - timedelta(days=days)
