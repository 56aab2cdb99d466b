"""What the morning message says of concerns: codes and counts, nobody's words. Drills are not counted."""

from collections import Counter
from datetime import datetime
from statistics import median

from bot.alerts import store
from bot.alerts.desk import Desk
from bot.alerts.model import MorningFacts, OpenAlert, WatchItem
from bot.errors import NotFound
from bot.storage.database import Tx


class Figures:
    """Looks back; changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def morning_facts(self, tx: Tx, since: datetime, now: datetime) -> MorningFacts:
        """What is open now, and what happened from `since` on and before `now`."""
        raised = store.opened_between(tx, since, now)
        waits = [
            (alert.first_claimed_at - alert.opened_at).total_seconds() / 60
            for alert in raised
            if alert.first_claimed_at is not None
        ]
        return MorningFacts(
            open=self._open(tx),
            watch=self._watch(tx, since, now),
            raised=len(raised),
            wrong_alarms=store.wrong_alarms_between(tx, since, now),
            median_minutes=median(waits) if waits else None,
            absent=self._desk.absent(tx),
        )

    def _open(self, tx: Tx) -> tuple[OpenAlert, ...]:
        return tuple(
            OpenAlert(
                alert.number,
                alert.level,
                alert.category,
                alert.state,
                self._desk.handle(tx, alert.claimed_by),
            )
            for alert in store.open_alerts(tx)
            if not alert.is_drill
        )

    def _watch(self, tx: Tx, since: datetime, now: datetime) -> tuple[WatchItem, ...]:
        counts: Counter[tuple[str, str]] = Counter()
        for participant_id, categories, count in store.watched(tx, since, now):
            try:
                code = self._desk.people.participant(tx, participant_id).code
            except NotFound:
                continue
            counts[code, categories.split(" ")[0]] += count
        return tuple(WatchItem(code, category, n) for (code, category), n in sorted(counts.items()))
