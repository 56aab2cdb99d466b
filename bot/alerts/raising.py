"""From a concern to an alert, and what the person is told at once.

A concern is kept as it was found. What each level does for the person and for staff is the table "Levels" in the
design: urgent and elevated concerns raise an alert or join the open one; watch is a line in the morning message.
Somebody who has not joined gets the crisis card, and staff are told only when they ask for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.alerts import screens, store
from bot.alerts.desk import PERSON_TOPIC, Desk
from bot.alerts.ladder import Ladder
from bot.alerts.model import Alert, AlertState, Step, Subject, covers
from bot.delivery import outbox
from bot.delivery.model import Ending, Kind, Message, State
from bot.people import audit
from bot.screening.model import Category, Evidence, Finding, Level
from bot.storage.database import Tx

QUIET_MINUTES = timedelta(minutes=5)
"""Within these, more worrying messages get one line instead of the whole card again."""

STILL_ASKING = timedelta(minutes=30)
"""So long after asking for a person, words belong to that also when the alert has been closed meanwhile."""

ASKED, UNREADABLE, DRILL = "asked-for-a-person", "unreadable", "drill"


@dataclass(frozen=True)
class _News:
    """One concern on its way in."""

    subject: Subject
    finding: Finding
    words: str
    source: str


class Raising:
    """Hears concerns."""

    def __init__(self, desk: Desk, ladder: Ladder) -> None:
        self._desk = desk
        self._ladder = ladder

    def hear(
        self, tx: Tx, subject: Subject, finding: Finding, words: str, source: str, now: datetime
    ) -> Level:
        """A screened text; gives the level it was treated as."""
        news = _News(subject, finding, words, source)
        if finding.level is Level.NONE:
            return Level.NONE
        if subject.participant is None:
            self._hear_visitor(tx, news, now)
        elif finding.level is Level.WATCH:
            self._keep(tx, news, None, now)
        else:
            self._alarm(tx, news, now)
        return finding.level

    def raise_concern(
        self,
        tx: Tx,
        subject: Subject,
        *,
        level: Level,
        category: Category,
        rule: str,
        source: str,
        words: str,
        now: datetime,
    ) -> None:
        """A structured answer that worries: a craving of 9, "not safe"."""
        finding = Finding(level, (category,), (Evidence(rule, 0, 0),))
        self.hear(tx, subject, finding, words, source, now)

    def watch(self, tx: Tx, subject: Subject, *, category: Category, rule: str, now: datetime) -> None:
        """A line in the morning message."""
        finding = Finding(Level.WATCH, (category,), (Evidence(rule, 0, 0),))
        self.hear(tx, subject, finding, "", rule, now)

    def needs_a_look(self, tx: Tx, subject: Subject, kind: str, now: datetime) -> None:
        """A voice message, a picture, a language nobody screens: a person must look."""
        self.watch(tx, subject, category=Category.DISTRESS, rule=f"look-{kind}"[:20], now=now)

    def aside(self, tx: Tx, subject: Subject, finding: Finding, now: datetime, *, words: str = "") -> None:
        """A message that could not be processed is a concern until somebody looked."""
        if subject.participant is None and finding.level < Level.ELEVATED:
            self._say(tx, subject, "help.unreadable-visitor", now)
            return
        categories = finding.categories or (Category.DISTRESS,)
        level = max(finding.level, Level.ELEVATED)
        found = Finding(level, categories, (Evidence(UNREADABLE, 0, 0), *finding.evidence))
        if subject.participant is None or level is Level.URGENT:
            self.hear(tx, subject, found, words, UNREADABLE, now)
            return
        self._say(tx, subject, "help.unreadable", now)
        self._alarm(tx, _News(subject, found, words, UNREADABLE), now, is_answered=True)

    # Asking for help

    def show_help(self, tx: Tx, subject: Subject, now: datetime, *, may_ask: bool = True) -> None:
        """`/help_now`: the country's card; with how things stand when staff have been told already."""
        alert = self._urgent_alert(tx, subject)
        if alert is not None:
            self._send_card(tx, alert, now)
            return
        card = f"help:{tx.new_id()}"
        self._send(tx, subject.key, self._plain_card(subject, card, ask=may_ask), now, card=card)

    def tell_staff(self, tx: Tx, subject: Subject, now: datetime, *, card: str = "") -> None:
        """The person asked for a person: urgent, whoever they are. `card` is where they tapped."""
        finding = Finding(Level.URGENT, (Category.DISTRESS,), (Evidence(ASKED, 0, 0),))
        news = _News(subject, finding, "", store.ASKED_BY)
        alert = store.open_alert_of(tx, subject.key)
        mine = card if store.card_is_in(tx, card, subject.key) else ""
        if alert is None or not covers(alert, Level.URGENT):
            self._alarm(tx, news, now, card=mine)
            return
        self._join(tx, alert, news, now)
        if card != alert.person_card:
            self._send_card(tx, alert, now)

    def hear_more(
        self, tx: Tx, subject: Subject, finding: Finding, words: str, source: str, now: datetime
    ) -> bool:
        """Calm words of somebody who asked for a person join that alert; false when none was asked for.

        A number to call, or when: whoever has the alert, or has just closed it, is told, and so is the person.
        """
        alert = self._asked(tx, subject, now)
        if alert is None:
            return False
        joined = self._join(tx, alert, _News(subject, finding, words, source), now)
        self._send(tx, subject.key, self._thanks(tx, joined, subject.language), now)
        return True

    def breathe(self, tx: Tx, subject: Subject, card: str, now: datetime) -> bool:
        """Show one slow breath on that card; false when it is no card of theirs."""
        if not store.card_is_in(tx, card, subject.key):
            return False
        message = screens.breathing(self._desk.crisis, self._desk.phrases, subject.language, card)
        outbox.edit(tx, subject.key, card, message, kind=Kind.CRISIS, now=now)
        return True

    def back_to_help(
        self, tx: Tx, subject: Subject, card: str, now: datetime, *, may_ask: bool = True
    ) -> bool:
        """The numbers again on that card; false when it is no card of theirs."""
        if not store.card_is_in(tx, card, subject.key):
            return False
        alert = self._urgent_alert(tx, subject)
        is_its_card = alert is not None and alert.person_card == card
        if alert is not None and is_its_card:
            message = self._desk.crisis_card(tx, alert, now)
        else:
            message = self._plain_card(subject, card, ask=may_ask and alert is None)
        outbox.edit(tx, subject.key, card, message, kind=Kind.CRISIS, now=now)
        return True

    # Drills

    def drill(self, tx: Tx, actor: str, language: str, now: datetime) -> Alert:
        """An alert about nobody that climbs the whole ladder."""
        subject = Subject("", None, language)
        finding = Finding(Level.URGENT, (Category.DISTRESS,), (Evidence(DRILL, 0, 0),))
        return self._raise(tx, _News(subject, finding, "", "button"), now, actor=actor, is_drill=True)

    # Inside

    def _hear_visitor(self, tx: Tx, news: _News, now: datetime) -> None:
        """Somebody who has not joined: numbers and a way to a person; staff are told only if they ask.

        When they have asked before, what they write now belongs to that.
        """
        if news.finding.level < Level.ELEVATED:
            return
        alert = store.open_alert_of(tx, news.subject.key)
        if alert is not None:
            self._alarm(tx, news, now)
            return
        self.show_help(tx, news.subject, now)

    def _alarm(
        self, tx: Tx, news: _News, now: datetime, *, card: str = "", is_answered: bool = False
    ) -> Alert:
        alert = store.open_alert_of(tx, news.subject.key)
        if alert is None:
            alert = self._raise(tx, news, now, card=card)
            is_new = True
        elif covers(alert, news.finding.level):
            alert = self._join(tx, alert, news, now)
            is_new = False
        else:
            alert = self._raise_level(tx, alert, news, now, card=card)
            is_new = True
        if not is_answered:
            self._answer(tx, alert, news, now, is_new=is_new)
        return alert

    def _raise(
        self,
        tx: Tx,
        news: _News,
        now: datetime,
        *,
        card: str = "",
        actor: str = "handrail",
        is_drill: bool = False,
    ) -> Alert:
        new = _new_alert(tx.new_id(), store.next_number(tx), news, now, is_drill=is_drill)
        store.add_alert(tx, new)
        if not is_drill:
            self._keep(tx, news, new.id, now)
        audit.note(tx, audit.Entry(now, actor, "alert raised", f"alert {new.number}"))
        shown = new if is_drill else self._show_person(tx, new, now, card=card)
        return self._ladder.begin(tx, shown, now)

    def _raise_level(self, tx: Tx, alert: Alert, news: _News, now: datetime, *, card: str = "") -> Alert:
        """An urgent concern on an elevated alert: the ladder starts again, also for whoever had it."""
        self._keep(tx, news, alert.id, now)
        values = {
            "level": news.finding.level,
            "category": news.finding.categories[0].value,
            "cause": _cause(news.finding),
            "messages": alert.messages + 1,
        }
        raised = store.change(tx, alert, **values) or alert
        audit.note(tx, audit.Entry(now, "handrail", "alert made urgent", f"alert {alert.number}"))
        raised = self._show_person(tx, raised, now, card=card)
        begun = self._ladder.begin(tx, raised, now, dropped_by=None, handed_to=None)
        if alert.claimed_by is not None:
            self._ladder.tell_also(tx, begun, alert.claimed_by, now)
        return begun

    def _join(self, tx: Tx, alert: Alert, news: _News, now: datetime) -> Alert:
        """One more message on an alert: no second card, but whoever has it, or closed it, is told."""
        self._keep(tx, news, alert.id, now)
        joined = store.change(tx, alert, messages=alert.messages + 1) or alert
        self._desk.redraw_staff(tx, joined, now)
        if not joined.is_open and joined.closed_by is not None:
            self._desk.tell_colleagues(tx, joined, (joined.closed_by,), "after", now)
        elif joined.claimed_by is not None:
            self._desk.tell_colleagues(tx, joined, (joined.claimed_by,), "more", now)
        return joined

    def _asked(self, tx: Tx, subject: Subject, now: datetime) -> Alert | None:
        """The alert that the words of somebody who asked for a person belong to."""
        tap = store.last_asked(tx, subject.key)
        if tap is None:
            return None
        alert_id, at = tap
        asked = store.alert_by(tx, id=alert_id)
        if asked is not None and asked.is_open:
            return asked
        return (store.open_alert_of(tx, subject.key) or asked) if now < at + STILL_ASKING else None

    def _thanks(self, tx: Tx, alert: Alert, lang: str) -> Message:
        """That it reached staff, as far as it is true."""
        phrases = self._desk.phrases
        holder = alert.claimed_by if alert.is_open else alert.closed_by
        if holder is not None:
            return Message(phrases.text("help.more.taken", lang, handle=self._desk.handle(tx, holder)))
        reached = self._desk.reached_or_trying(tx, alert)
        return Message(phrases.text("help.more.told" if reached else "help.more.unreached", lang))

    def _answer(self, tx: Tx, alert: Alert, news: _News, now: datetime, *, is_new: bool) -> None:
        """What the person reads at once. A new urgent alert has shown its card already."""
        if is_new and alert.level is Level.URGENT:
            return
        lately = alert.person_at is not None and alert.person_at <= now < alert.person_at + QUIET_MINUTES
        if not is_new and lately:
            self._say(tx, news.subject, "help.heard-again", now)
        elif news.finding.level is Level.URGENT or not self._desk.reached_or_trying(tx, alert):
            self._send_card(tx, alert, now)
        else:
            self._send(tx, news.subject.key, self._warm_words(tx, news.subject, alert, now), now)
            store.change(tx, alert, person_at=now)

    def _warm_words(self, tx: Tx, subject: Subject, alert: Alert, now: datetime) -> Message:
        zone = subject.participant.zone if subject.participant else self._desk.zone
        lang, phrases = subject.language, self._desk.phrases
        when = screens.when_seen(self._desk.rota(tx).staffed_from(now), now, zone, phrases, lang)
        if alert.state is AlertState.CLAIMED:
            when = phrases.text("help.status.taken", lang, handle=self._desk.handle(tx, alert.claimed_by))
        return screens.warm(self._desk.crisis, phrases, lang, when)

    def _show_person(self, tx: Tx, alert: Alert, now: datetime, *, card: str = "") -> Alert:
        """The crisis card of an urgent alert, before anybody is told, so that it is first on its way.

        Its human status is filled in when the first notices are written, in the same transaction.
        """
        if alert.level is not Level.URGENT:
            return alert
        if not card:
            return self._send_card(tx, alert, now)
        return store.change(tx, alert, person_card=card, person_at=now) or alert

    def _send_card(self, tx: Tx, alert: Alert, now: datetime) -> Alert:
        """The crisis card at the end of the person's chat; an older one only points to it."""
        name = f"crisis:{alert.id}"
        if alert.person_card is not None:
            moved = Message(self._desk.phrases.text("help.moved", alert.language))
            outbox.edit(tx, alert.key, alert.person_card, moved, now=now)
            name = f"crisis:{tx.new_id()}"
        changed = store.change(tx, alert, person_card=name, person_at=now) or alert
        self._send(tx, alert.key, self._desk.crisis_card(tx, changed, now), now, card=name)
        return changed

    def _plain_card(self, subject: Subject, card: str, *, ask: bool) -> Message:
        return screens.crisis(self._desk.crisis, self._desk.phrases, subject.language, card, ask=ask)

    def _urgent_alert(self, tx: Tx, subject: Subject) -> Alert | None:
        alert = store.open_alert_of(tx, subject.key)
        return alert if alert is not None and alert.level is Level.URGENT else None

    def _say(self, tx: Tx, subject: Subject, phrase: str, now: datetime) -> None:
        self._send(tx, subject.key, Message(self._desk.phrases.text(phrase, subject.language)), now)

    def _send(self, tx: Tx, key: str, message: Message, now: datetime, *, card: str | None = None) -> None:
        outbox.send(tx, key, message, kind=Kind.CRISIS, now=now, card=card, topic=PERSON_TOPIC, subject=key)

    def _keep(self, tx: Tx, news: _News, alert_id: int | None, now: datetime) -> None:
        person = news.subject.participant
        store.add_concern(
            tx,
            news.subject.key,
            person.id if person else None,
            news.finding,
            words=news.words,
            source=news.source[:20],
            alert_id=alert_id,
            now=now,
        )


def is_lost(ending: Ending) -> bool:
    """Whether the person could not be given what they should have read."""
    return ending.state in (State.UNREACHABLE, State.REFUSED)


def _cause(finding: Finding) -> str:
    return finding.evidence[0].rule[:80] if finding.evidence else ""


def _categories(finding: Finding) -> Sequence[Category]:
    return finding.categories or (Category.DISTRESS,)


def _new_alert(id: int, number: int, news: _News, now: datetime, *, is_drill: bool) -> Alert:
    person = news.subject.participant
    return Alert(
        id=id,
        number=number,
        is_drill=is_drill,
        level=news.finding.level,
        category=_categories(news.finding)[0].value,
        cause=_cause(news.finding),
        key=news.subject.key,
        participant_id=person.id if person else None,
        language=news.subject.language,
        messages=0 if is_drill else 1,
        state=AlertState.OPEN,
        step=Step.ON_DUTY,
        round=0,
        began=1,
        next_at=None,
        set_at=now,
        claimed_by=None,
        claimed_at=None,
        first_claimed_at=None,
        handed_to=None,
        dropped_by=None,
        first_told_at=None,
        told_at=None,
        told_to=None,
        person_card=None,
        person_at=None,
        outcome=None,
        closed_by=None,
        opened_at=now,
        closed_at=None,
    )
