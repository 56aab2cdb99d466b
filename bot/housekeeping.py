"""Housekeeping: once an hour rows whose time is over are removed, and a rota with gaps is logged."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.alerts.service import Alerts
from bot.config import RetentionSettings
from bot.delivery import claims
from bot.delivery.outcomes import OutcomeHandler
from bot.intake import inbox
from bot.people import dialogues, invites
from bot.people.service import People
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)


class Housekeeping:
    """Due at the first tick and then every hour."""

    def __init__(self, people: People, alerts: Alerts, keep: RetentionSettings) -> None:
        self._people = people
        self._alerts = alerts
        self._keep = keep
        self._next: datetime | None = None

    def jobs(self) -> Sequence[Job]:
        return (Job("housekeeping", self._due, self._purge, self._later),)

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {}

    def _due(self, _tx: Tx, now: datetime) -> Sequence[int]:
        if self._next is None or self._next <= now or self._next > now + EVERY:
            return (0,)
        return ()

    def _purge(self, tx: Tx, _row: int, now: datetime) -> None:
        inbox.purge(tx, now - timedelta(days=self._keep.updates))
        claims.purge(tx, now - timedelta(days=self._keep.messages))
        dialogues.purge(tx, now)
        invites.purge(tx, now - timedelta(days=self._keep.invites))
        self._people.forget_strangers(tx)
        if absent := self._alerts.absent(tx):
            log.warning("on the rota, but not on the team: nobody is told in their hours", handles=absent)
        self._next = now + EVERY

    def _later(self, _tx: Tx, _row: int, now: datetime) -> None:
        self._next = now + EVERY
