"""The figures of `/metrics`. Their names are a promise: dashboards and alarms lean on them (docs/operating.md).

No label is about a person: states, levels and outcomes only. Imported only where something listens.
"""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.invariants import INVARIANTS
from bot.vitals import Stored, Vitals


def exposition(vitals: Vitals, updates_received: int, messages: Mapping[str, int]) -> tuple[bytes, str]:
    """The text that Prometheus reads, and its content type."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Look(vitals, updates_received, messages))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Look(Collector):
    """One look as metric families."""

    def __init__(self, vitals: Vitals, updates_received: int, messages: Mapping[str, int]) -> None:
        self._vitals = vitals
        self._received = updates_received
        self._messages = messages

    def collect(self) -> Iterable[Metric]:
        vitals, stored = self._vitals, self._vitals.stored
        yield _gauge("ready", "1 while the program does its work, as /readyz says", not vitals.why_not_ready)
        yield _gauge("database_writable", "1 while the database takes writes", stored is not None)
        failing = {name: float(name in vitals.failing) for name in INVARIANTS}
        yield _labelled("failing", "1 for what does not hold now, 0 for what holds", "what", failing)
        ages = {name: age for name, age in vitals.seconds_since.items() if age is not None}
        yield _labelled("seconds_since", "Seconds since it last happened", "what", ages)
        received = "Updates from Telegram that were stored since the start"
        yield CounterMetricFamily("handrail_updates_received", received, value=self._received)
        yield self._sent()
        if stored is not None:
            yield from _of_stored(stored)

    def _sent(self) -> Metric:
        family = CounterMetricFamily(
            "handrail_messages",
            "Attempts to send since the start, by what became of them",
            labels=["outcome"],
        )
        for outcome, count in self._messages.items():
            family.add_metric([outcome], count)
        return family


def _of_stored(stored: Stored) -> Iterable[Metric]:
    yield _gauge(
        "outbox_waiting", "Messages whose time has come and that have not left", stored.outbox_waiting
    )
    yield _gauge(
        "outbox_oldest_due_seconds", "How long the oldest of them has waited", stored.outbox_oldest_due
    )
    updates = {"waiting": stored.inbox_waiting, "aside": stored.inbox_aside}
    yield _labelled("inbox_updates", "Updates that are not processed, or were put aside", "state", updates)
    levels = {"urgent": 0, "elevated": 0} | dict(stored.alerts_open)
    yield _labelled("alerts_open", "Alerts that are not closed", "level", levels)
    yield _gauge("alerts_overdue", "Open alerts that should have gone a step further", stored.alerts_overdue)
    yield _labelled("participants", "Participants, by their state", "state", stored.participants)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"handrail_{name}", words, value=float(value))


def _labelled(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"handrail_{name}", words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
