"""The ladder: whom to tell next, and again, until somebody takes an alert or closes it.

The alert's row is the schedule: `next_at` says when it climbs, or opens again after it was left lying. Each climb
is one conditional UPDATE, so that two workers cannot both climb. Who is told at which step is in `model`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.alerts import cards, store
from bot.alerts.desk import GROUP, Desk
from bot.alerts.model import (
    Alert,
    AlertState,
    Notice,
    NoticeState,
    Recipients,
    Step,
    first_deadline,
    later_deadline,
    next_step,
    recipients,
    reopen_deadline,
)
from bot.delivery import outbox
from bot.delivery.model import Ending, Kind, Message, State
from bot.people import audit
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

TOPIC = "alert"
PUSHED_BACK = timedelta(minutes=1)


class Ladder:
    """Begins, climbs, repeats and opens again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def begin(self, tx: Tx, alert: Alert, now: datetime, **values: object) -> Alert:
        """Start from the first step: a new alert, one that became urgent, one that was left lying."""
        deadline = first_deadline(alert.level, now, self._desk.rota(tx), self._desk.patience)
        began: dict[str, object] = {
            "state": AlertState.OPEN,
            "began": alert.round + 1,
            "claimed_by": None,
            "claimed_at": None,
            "told_at": None,
            "told_to": None,
        }
        return self._tell(tx, alert, self._desk.ladder[0], now, deadline, **began | values)

    def hand_to(self, tx: Tx, alert: Alert, colleague_id: int, now: datetime) -> Alert:
        """Open for that colleague, who alone is told now; the ladder runs on from there."""
        deadline = first_deadline(alert.level, now, self._desk.rota(tx), self._desk.patience)
        values: dict[str, object] = {
            "state": AlertState.OPEN,
            "step": self._desk.ladder[0],
            "began": alert.round + 1,
            "claimed_by": None,
            "claimed_at": None,
            "dropped_by": None,
            "handed_to": colleague_id,
            "told_at": None,
            "told_to": None,
        }
        changed = self._next_round(tx, alert, now, deadline, **values)
        return self._post(tx, changed, (colleague_id,), None, now)

    def tell_also(self, tx: Tx, alert: Alert, colleague_id: int, now: datetime) -> None:
        """A fresh card for one more colleague in the same round."""
        self._post(tx, alert, (colleague_id,), None, now)

    def show(self, tx: Tx, alert: Alert, recipient: int, key: str, now: datetime) -> None:
        """The alert's card once more, at the end of that chat; it is kept up to date from now on."""
        self._retire(tx, alert, recipient, now)
        card = f"alert:{alert.id}:{_name(recipient)}:{tx.new_id()}"
        shown = Notice(tx.new_id(), alert.id, 0, recipient, key, card, NoticeState.SENT, live=True)
        store.add_notice(tx, shown, now)
        message = cards.card(
            self._desk.face(tx, alert), self._desk.phrases, self._desk.language_of(tx, shown)
        )
        outbox.send(tx, key, message, kind=Kind.TALK, now=now, card=card)

    def group_lost(self, tx: Tx, now: datetime) -> None:
        """The staff group cannot be written to: everybody is told of what is open, in private, now."""
        for alert in store.open_alerts(tx):
            if alert.state is AlertState.OPEN:
                self._tell_the_rest(tx, alert, now)

    def let_go(self, tx: Tx, colleague_id: int, now: datetime) -> None:
        """A colleague may take alerts no more: their cards close, and what they had opens again for others."""
        for alert in store.open_alerts(tx):
            told = [n for n in store.notices(tx, alert.id) if n.recipient == colleague_id]
            for found in told:
                self._close_card(tx, alert, found, now)
                if found.state is NoticeState.WAITING:  # withdrawn with the rest of their mail
                    store.end_notice(tx, found, NoticeState.FAILED, now)
            if colleague_id in (alert.claimed_by, alert.handed_to):
                self._note(tx, alert, "opened again", now)
                self.begin(tx, alert, now, handed_to=None, dropped_by=None)
            elif told and alert.state is AlertState.OPEN:
                self._tell_the_rest(tx, alert, now)

    def _close_card(self, tx: Tx, alert: Alert, found: Notice, now: datetime) -> None:
        if not found.live:
            return
        store.change_notice(tx, found.id, live=False)
        words = self._desk.phrases.text(
            "alerts.not-yours", self._desk.language_of(tx, found), number=alert.number
        )
        outbox.edit(tx, found.key, found.card, Message(words), kind=Kind.NOTICE, now=now)

    def begin_all_again(self, tx: Tx, now: datetime) -> None:
        """After a restore: who had taken what is no longer certain, so everything open is told anew."""
        for alert in store.open_alerts(tx):
            self._note(tx, alert, "opened again", now)
            self.begin(tx, alert, now, handed_to=None)

    def tell_untaken_again(self, tx: Tx, now: datetime) -> None:
        """After a long silence of Telegram: taps on the older messages may be gone."""
        for alert in store.open_alerts(tx):
            if alert.state is AlertState.OPEN:
                self.begin(tx, alert, now, handed_to=None)

    def jobs(self) -> list[Job]:
        return [Job("alerts", store.due, self._act, self._postpone)]

    def ended(self, tx: Tx, ending: Ending) -> None:
        """The outcome of a notice: told, or the next one is told now."""
        found = store.notice_by_id(tx, int(ending.subject))
        alert = store.alert_by(tx, id=found.alert_id) if found else None
        if found is None or alert is None:
            return
        if ending.state is State.SENT:
            store.end_notice(tx, found, NoticeState.SENT, ending.at)
            self._arrived(tx, alert, found, ending.at)
            return
        store.end_notice(tx, found, NoticeState.FAILED, ending.at)
        if alert.state is AlertState.OPEN and found.round == alert.round:
            self._did_not_arrive(tx, alert, found, ending.at)

    # Time

    def _act(self, tx: Tx, alert_id: int, now: datetime) -> None:
        alert = store.alert_by(tx, id=alert_id)
        if alert is None or not alert.is_open or alert_id not in store.due(tx, now):
            return
        if alert.state is AlertState.OPEN:
            self.climb(tx, alert, now)
        elif alert.next_at is not None and alert.next_at <= now:
            self._reopen(tx, alert, now)
        else:  # the clock was put back since it was taken
            deadline = reopen_deadline(alert.level, now, self._desk.patience)
            store.postpone(tx, alert_id, deadline, now)

    def _postpone(self, tx: Tx, alert_id: int, now: datetime) -> None:
        store.postpone(tx, alert_id, now + PUSHED_BACK, now)

    def climb(self, tx: Tx, alert: Alert, now: datetime) -> Alert:
        """Nobody took it: the next step, or the last one again."""
        step = next_step(alert.step, self._desk.ladder)
        deadline = later_deadline(alert.level, now, self._desk.rota(tx), self._desk.patience)
        self._note(tx, alert, f"escalated to {step}", now)
        told = self._tell(tx, alert, step, now, deadline)
        self._desk.own_up(tx, told, now)
        return told

    def _reopen(self, tx: Tx, alert: Alert, now: datetime) -> None:
        self._note(tx, alert, "opened again", now)
        self.begin(tx, alert, now, dropped_by=alert.claimed_by, handed_to=None)

    # Telling

    def _tell(
        self, tx: Tx, alert: Alert, step: Step, now: datetime, deadline: datetime, **values: object
    ) -> Alert:
        began = int(str(values.get("began", alert.began)))
        found = self._recipients(tx, alert, step, began, now)
        changed = self._next_round(tx, alert, now, deadline, step=step, **values)
        return self._post(tx, changed, found.private, self._desk.group(tx) if found.group else None, now)

    def _tell_the_rest(self, tx: Tx, alert: Alert, now: datetime) -> None:
        """This step once more without the group: those who have no notice of this ladder yet."""
        found = self._recipients(tx, alert, alert.step, alert.began, now)
        has_one = {
            n.recipient
            for n in store.notices(tx, alert.id)
            if n.round >= alert.began and n.state is not NoticeState.FAILED
        }
        rest = [colleague for colleague in found.private if colleague not in has_one]
        if not rest:
            self._desk.own_up(tx, alert, now)
            self._desk.redraw(tx, alert, now)
            return
        changed = self._next_round(tx, alert, now, alert.next_at or now)
        self._post(tx, changed, rest, None, now)

    def _recipients(self, tx: Tx, alert: Alert, step: Step, began: int, now: datetime) -> Recipients:
        told = {
            found.recipient
            for found in store.notices(tx, alert.id)
            if found.round >= began and found.recipient != GROUP
        }
        return recipients(
            step,
            alert.level,
            self._desk.rota(tx),
            now,
            self._desk.staff(tx),
            fallback=self._desk.fallback,
            told=told,
            has_group=self._desk.group(tx) is not None,
        )

    def _next_round(self, tx: Tx, alert: Alert, now: datetime, deadline: datetime, **values: object) -> Alert:
        numbers = {"round": alert.round + 1, "next_at": deadline, "set_at": now}
        changed = store.change(tx, alert, **values | numbers)
        if changed is None:
            raise RuntimeError("the alert changed within its own transaction")
        return changed

    def _post(self, tx: Tx, alert: Alert, private: Sequence[int], group: str | None, now: datetime) -> Alert:
        """Write the notices down first, so that every card can say who is told, then send and redraw."""
        people = [(who.id, who.key) for id in private if (who := self._desk.people.colleague(tx, id))]
        made = [self._notice(tx, alert, recipient, key, now) for recipient, key in people]
        if group is not None:
            made.append(self._notice(tx, alert, GROUP, group, now))
        face = self._desk.face(tx, alert)
        for found in made:
            if found is not None:
                message = cards.card(face, self._desk.phrases, self._desk.language_of(tx, found))
                outbox.send(
                    tx,
                    found.key,
                    message,
                    kind=Kind.ALERT,
                    now=now,
                    card=found.card,
                    topic=TOPIC,
                    subject=str(found.id),
                    dedupe=f"alert:{alert.id}:{alert.round}:{alert.step}:{found.recipient}",
                )
        self._desk.redraw(tx, alert, now)
        return alert

    def _notice(self, tx: Tx, alert: Alert, recipient: int, key: str, now: datetime) -> Notice | None:
        """A new notice; None when the last one to them has not left yet: it will say what is true then."""
        live = next((n for n in store.notices(tx, alert.id) if n.recipient == recipient and n.live), None)
        if live is not None and live.state is NoticeState.WAITING:
            store.change_notice(tx, live.id, round=alert.round)
            return None
        self._retire(tx, alert, recipient, now)
        name = f"alert:{alert.id}:{_name(recipient)}"
        card = name if alert.round == 1 else f"{name}:{alert.round}"
        new = Notice(tx.new_id(), alert.id, alert.round, recipient, key, card, NoticeState.WAITING, live=True)
        store.add_notice(tx, new, now)
        return new

    def _retire(self, tx: Tx, alert: Alert, recipient: int, now: datetime) -> None:
        """The recipient's older card only points to the newer one."""
        for found in store.notices(tx, alert.id):
            if found.recipient == recipient and found.live:
                store.change_notice(tx, found.id, live=False)
                message = cards.superseded(alert, self._desk.phrases, self._desk.language_of(tx, found))
                place = self._desk.place_of(tx, found)
                outbox.edit(tx, place, found.card, message, kind=Kind.NOTICE, now=now)

    # What became of it

    def _arrived(self, tx: Tx, alert: Alert, found: Notice, at: datetime) -> None:
        values: dict[str, object] = {}
        if alert.first_told_at is None:
            values["first_told_at"] = at
        if alert.is_open and found.round >= alert.began and self._is_news(tx, alert, found):
            values |= {"told_at": at, "told_to": found.recipient}
        changed = store.change(tx, alert, **values) if values else None
        if changed is not None and changed.state is AlertState.OPEN:
            self._desk.redraw_person(tx, changed, at)

    def _is_news(self, tx: Tx, alert: Alert, found: Notice) -> bool:
        """The first to arrive, and the first colleague of a later round."""
        if alert.told_at is None:
            return True
        before = [
            n
            for n in store.notices(tx, alert.id)
            if n.round == found.round and n.recipient != GROUP and n.state is NoticeState.SENT
        ]
        return found.recipient != GROUP and len(before) == 1

    def _did_not_arrive(self, tx: Tx, alert: Alert, found: Notice, at: datetime) -> None:
        if found.recipient == GROUP and self._desk.group(tx) is None:
            self._tell_the_rest(tx, alert, at)
            return
        others = [
            n
            for n in store.notices(tx, alert.id)
            if n.round == alert.round and n.recipient != GROUP and n.state is not NoticeState.FAILED
        ]
        if not others and next_step(alert.step, self._desk.ladder) is not alert.step:
            self.climb(tx, alert, at)
            return
        self._desk.own_up(tx, alert, at)
        self._desk.redraw(tx, alert, at)

    def _note(self, tx: Tx, alert: Alert, action: str, now: datetime) -> None:
        audit.note(tx, audit.Entry(now, "handrail", action, f"alert {alert.number}"))


def _name(recipient: int) -> str:
    return "group" if recipient == GROUP else str(recipient)
