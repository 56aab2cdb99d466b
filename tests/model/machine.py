"""The rules of the game: what people, Telegram, the clock and two workers may do, in any order."""

from datetime import timedelta
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from bot.alerts.store import alert
from bot.delivery.model import Kind, Outcome
from bot.delivery.outbox import outbox
from bot.screening.model import Level
from tests.model.world import World

WORKERS = st.integers(0, 1)
SOMEBODY = st.integers(0, 1)
LONG = st.sampled_from([31, 601, 1300, 3700])
FATES = st.sampled_from([
    (Outcome.SENT, True), (Outcome.SENT, True), (Outcome.SENT, True), (Outcome.UNCLEAR, True),
    (Outcome.UNCLEAR, False), (Outcome.NOT_SENT, False), (Outcome.TOO_FAST, False),
])  # fmt: skip
"""What Telegram answers, and whether the message has arrived nevertheless."""


class Machine(RuleBasedStateMachine):
    """Played by hypothesis; `world` is set by whoever runs it."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.world.clear()
        self.number = 0

    # People

    @rule(person=SOMEBODY, kind=st.sampled_from([Kind.TALK, Kind.CRISIS, Kind.PROMPT, Kind.PROMPT]))
    def something_is_said(self, person: int, kind: Kind) -> None:
        self.number += 1
        self.world.say(person, kind, self.number)

    @rule(person=SOMEBODY, level=st.sampled_from([Level.URGENT, Level.ELEVATED]))
    def somebody_worries_us(self, person: int, level: Level) -> None:
        self.world.worry(person, level)

    @rule(person=SOMEBODY, minutes=st.sampled_from([5, 30, 90]))
    def somebody_sets_another_time(self, person: int, minutes: int) -> None:
        self.world.change_time(person, minutes)

    @rule(colleague=SOMEBODY)
    def a_colleague_takes_an_alert(self, colleague: int) -> None:
        self.world.take(colleague)

    # Workers

    @rule(number=WORKERS)
    def a_worker_claims(self, number: int) -> None:
        self.world.claim(self.world.workers[number])

    @precondition(lambda self: any(worker.hand for worker in self.world.workers))
    @rule(number=WORKERS, fate=FATES)
    def telegram_answers(self, number: int, fate: tuple[Outcome, bool]) -> None:
        outcome, has_arrived = fate
        worker = self.world.workers[number]
        if worker.hand:
            self.world.telegram(worker, 0, outcome, has_arrived=has_arrived)

    @precondition(lambda self: any(worker.answered for worker in self.world.workers))
    @rule(number=WORKERS)
    def a_worker_writes_down_what_became_of_it(self, number: int) -> None:
        worker = self.world.workers[number]
        if not worker.answered:
            return
        parcel = worker.answered[0][0]
        mine = select(outbox).where(outbox.c.id == parcel.id)
        before = self.world.unit(lambda tx: tx.first(mine))
        self.world.settle(worker, 0)
        after = self.world.unit(lambda tx: tx.first(mine))
        if before is not None and (before.owner, before.attempt) != (worker.sender._owner, parcel.attempt):
            assert before == after, f"row {parcel.id} was changed by a worker that had lost it"

    @rule(number=WORKERS)
    def a_worker_looks_what_is_due(self, number: int) -> None:
        self.world.look(self.world.workers[number])

    @precondition(lambda self: any(worker.due for worker in self.world.workers))
    @rule(number=WORKERS)
    def a_worker_acts_on_what_was_due(self, number: int) -> None:
        worker = self.world.workers[number]
        if not worker.due:
            return
        job, row, looked_at = worker.due[0]
        one = select(alert).where(alert.c.id == row)
        before = self.world.unit(lambda tx: tx.first(one)) if job.name == "alerts" else None
        self.world.act(worker)
        if before is None or before.next_at is None:
            return
        after = self.world.unit(lambda tx: tx.first(one))
        is_due = before.next_at <= looked_at or before.set_at > looked_at
        if after is not None and (not is_due or before.closed_at):
            assert after.round == before.round, f"alert {before.number} climbed before its time"

    @rule(number=WORKERS)
    def a_worker_dies(self, number: int) -> None:
        self.world.workers[number] = self.world.new_worker()

    # The same in one go: what mostly happens, so that the rarer things above meet a program at work

    @rule(number=WORKERS, fates=st.lists(FATES, min_size=3, max_size=3), writes=st.booleans())
    def a_worker_works(self, number: int, fates: list[tuple[Outcome, bool]], *, writes: bool) -> None:
        """Claims and carries; with `writes` it also writes down what became of everything."""
        worker = self.world.workers[number]
        self.world.claim(worker)
        for outcome, has_arrived in fates[: len(worker.hand)]:
            self.world.telegram(worker, 0, outcome, has_arrived=has_arrived)
        while writes and worker.answered:
            self.a_worker_writes_down_what_became_of_it(number)

    @rule(number=WORKERS, seconds=LONG)
    def time_passes_and_a_worker_ticks(self, number: int, seconds: float) -> None:
        self.world.clock.advance(seconds)
        self.world.look(self.world.workers[number])
        while self.world.workers[number].due:
            self.a_worker_acts_on_what_was_due(number)

    @rule(seconds=LONG, first=WORKERS, both=st.booleans())
    def time_passes_and_both_look(self, seconds: float, first: int, *, both: bool) -> None:
        """One acts; the other has read the same, and acts now or later."""
        self.world.clock.advance(seconds)
        for worker in self.world.workers:
            self.world.look(worker)
        for number in (first, 1 - first)[: 1 + both]:
            while self.world.workers[number].due:
                self.a_worker_acts_on_what_was_due(number)

    # Time

    @rule(seconds=st.sampled_from([1.1, 2, 31, 40, 601, 1300, 3700]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    @rule(hours=st.sampled_from([-1, 1]))
    def the_clock_is_set(self, hours: int) -> None:
        self.world.set_clock(timedelta(hours=hours).total_seconds())

    # What must hold

    @invariant()
    def nothing_is_doubled_or_out_of_order(self) -> None:
        wrong = self.world.wrong_at_any_time()
        assert not wrong, "; ".join(wrong)

    def teardown(self) -> None:
        self.world.calm()
        wrong = self.world.wrong_at_any_time() + self.world.wrong_at_rest()
        assert not wrong, "; ".join(wrong)
