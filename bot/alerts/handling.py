"""What staff do with an alert: take it, hand it over, note, look, write to the person, close it.

Every action asks for its right in the database when it is used, and is audited. Two colleagues may act at once:
the row count decides, and the later one is told who was first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.alerts import cards, screens, store
from bot.alerts.desk import GROUP, Desk
from bot.alerts.ladder import Ladder
from bot.alerts.model import (
    Alert,
    AlertGone,
    AlertState,
    AlreadyClosed,
    AlreadyTaken,
    DrillRunning,
    Heard,
    NoticeState,
    OnlyADrill,
    Outcome,
    Subject,
    reopen_deadline,
)
from bot.alerts.raising import Raising
from bot.delivery import outbox
from bot.delivery.buttons import button
from bot.delivery.model import Ending, Kind, Message, State
from bot.errors import Conflict, Refused
from bot.people import audit, dialogues
from bot.people.model import Colleague, Participant, PersonalFile, Right, shown
from bot.richtext import Rich, joined, strip_controls
from bot.screening.model import Finding, Level
from bot.storage.database import Tx

REPLY_TOPIC = "alert-reply"
LONGEST_REPLY = 3000  # leaves room for who wrote it and how to answer


class ReplyTooLong(Refused):
    """A message to the person has to fit into one of Telegram's; half of it is not sent."""


class JustChanged(Conflict):
    """The alert changed while it was being looked at."""


class Handling:
    """The desk's work. Methods raise `NotAllowed` when the colleague's role does not allow them."""

    def __init__(self, desk: Desk, ladder: Ladder, raising: Raising) -> None:
        self._desk = desk
        self._ladder = ladder
        self._raising = raising

    # Finding

    def alert(self, tx: Tx, *, number: int | None = None, id: int | None = None) -> Alert:
        """Raises `AlertGone`."""
        found = store.alert_by(tx, id=id) if number is None else store.alert_by(tx, number=number)
        if found is None:
            raise AlertGone(number or "")
        return found

    def open_alerts(self, tx: Tx) -> list[Alert]:
        return store.open_alerts(tx)

    def listing(self, tx: Tx, by: Colleague, language: str) -> Message:
        """The open alerts, gravest first."""
        self._desk.people.require(by, Right.HANDLE_ALERTS)
        faces = [self._desk.face(tx, alert) for alert in store.open_alerts(tx)]
        return cards.listing(faces, self._desk.phrases, language)

    def show(self, tx: Tx, alert: Alert, by: Colleague, *, key: str, in_group: bool, now: datetime) -> None:
        """The card once more, in the chat where it was asked for."""
        self._desk.people.require(by, Right.HANDLE_ALERTS)
        self._ladder.show(tx, alert, GROUP if in_group else by.id, key, now)

    # Acting

    def claim(self, tx: Tx, alert: Alert, by: Colleague, now: datetime) -> Alert:
        """Take it. Raises `AlreadyTaken`, `AlreadyClosed`; taking one's own again changes nothing."""
        self._must_be_open(alert, by)
        if alert.claimed_by == by.id:
            return alert
        if alert.state is AlertState.CLAIMED:
            raise AlreadyTaken(self._desk.handle(tx, alert.claimed_by))
        taken = self._change(
            tx,
            alert,
            state=AlertState.CLAIMED,
            claimed_by=by.id,
            claimed_at=now,
            first_claimed_at=alert.first_claimed_at or now,
            handed_to=None,
            dropped_by=None,
            next_at=reopen_deadline(alert.level, now, self._desk.patience),
            set_at=now,
        )
        self._done(tx, taken, by, "claim", now)
        return taken

    def hand_over(self, tx: Tx, alert: Alert, to: Colleague, by: Colleague, now: datetime) -> Alert:
        """Push it to a colleague, who must accept; until then it is open and climbs. Raises `AlreadyClosed`."""
        self._must_be_open(alert, by)
        self._desk.people.require(to, Right.HANDLE_ALERTS)
        handed = self._ladder.hand_to(tx, alert, to.id, now)
        self._done(tx, handed, by, "hand over", now)
        return handed

    def resolve(self, tx: Tx, alert: Alert, outcome: Outcome, by: Colleague, now: datetime) -> Alert:
        """Close it, taken or not. Raises `AlreadyClosed`."""
        self._must_be_open(alert, by)
        closed = self._change(
            tx,
            alert,
            state=AlertState.RESOLVED,
            outcome=outcome,
            closed_by=by.id,
            closed_at=now,
            first_claimed_at=alert.first_claimed_at or now,
            next_at=None,
            handed_to=None,
        )
        self._done(tx, closed, by, "wrong alarm" if outcome is Outcome.WRONG_ALARM else "resolve", now)
        return closed

    def note(self, tx: Tx, alert: Alert, words: str, by: Colleague, now: datetime) -> None:
        """Keep a note, sealed. Raises `OnlyADrill`: nobody reads the notes of a drill."""
        self._desk.people.require(by, Right.HANDLE_ALERTS)
        if alert.is_drill:
            raise OnlyADrill(alert.number)
        store.add_note(tx, alert.id, "note", by.id, words, now)
        self._audit(tx, alert, by, "note", now)

    def choose_outcome(self, tx: Tx, alert: Alert, by: Colleague, *, in_group: bool, now: datetime) -> bool:
        """The card where it was tapped shows the ways to close it; false when it is no longer a card."""
        self._must_be_open(alert, by)
        face = self._desk.face(tx, alert)
        return self._show_on_card(
            tx, alert, by, in_group, now, lambda lang: cards.choosing_outcome(face, self._desk.phrases, lang)
        )

    def choose_colleague(self, tx: Tx, alert: Alert, by: Colleague, *, in_group: bool, now: datetime) -> bool:
        """The card where it was tapped shows whom it can be handed to."""
        self._must_be_open(alert, by)
        face = self._desk.face(tx, alert)
        others = self._desk.colleagues_to_hand_to(tx, by)
        return self._show_on_card(
            tx,
            alert,
            by,
            in_group,
            now,
            lambda lang: cards.choosing_colleague(face, others, self._desk.phrases, lang),
        )

    def back(self, tx: Tx, alert: Alert, by: Colleague, *, in_group: bool, now: datetime) -> bool:
        """The card as it was before something was to be chosen."""
        self._desk.people.require(by, Right.HANDLE_ALERTS)
        face = self._desk.face(tx, alert)
        return self._show_on_card(
            tx, alert, by, in_group, now, lambda lang: cards.card(face, self._desk.phrases, lang)
        )

    def colleagues_to_hand_to(self, tx: Tx, by: Colleague) -> Sequence[Colleague]:
        return self._desk.colleagues_to_hand_to(tx, by)

    def can_write_to(self, tx: Tx, by: Colleague) -> bool:
        """Whether this colleague can be given something in private."""
        return outbox.is_reachable(tx, by.key)

    # Looking and writing

    def reveal(self, tx: Tx, alert: Alert, by: Colleague, now: datetime) -> Rich:
        """The words behind an alert, for the asker's private chat; audited. Raises `OnlyADrill`."""
        self._must_be_real(alert, by)
        heard = [*store.heard(tx, alert.id), *self._notes(tx, alert)]
        self._audit(tx, alert, by, "reveal", now)
        face = self._desk.face(tx, alert)
        heard.sort(key=lambda line: line.at)
        return cards.revealed(face, heard, self._desk.phrases, by.language)

    def who(self, tx: Tx, alert: Alert, by: Colleague, now: datetime) -> Rich:
        """Who stands behind an alert, for the asker's private chat; audited. Raises `OnlyADrill`."""
        self._must_be_real(alert, by)
        participant = self._desk.participant_of(tx, alert)
        if participant is None:
            self._audit(tx, alert, by, "who", now)
            return self._desk.phrases.text("alerts.who.visitor", by.language)
        return self.who_is(tx, participant, by, now)

    def who_is(self, tx: Tx, participant: Participant, by: Colleague, now: datetime) -> Rich:
        """The same for a code."""
        file: PersonalFile = self._desk.people.personal_file(tx, participant, by, now)
        return cards.personal(participant.code, file, self._desk.phrases, by.language)

    def may_reply(self, tx: Tx, alert: Alert, by: Colleague) -> str:
        """The code of whoever a reply would reach. Raises `OnlyADrill`."""
        self._must_be_real(alert, by)
        participant = self._desk.participant_of(tx, alert)
        return participant.code if participant else self._desk.phrases.plain("alerts.visitor", by.language)

    def reply(self, tx: Tx, alert: Alert, words: str, by: Colleague, now: datetime) -> None:
        """Send the person a message from staff. Raises `OnlyADrill`, `ReplyTooLong`."""
        self._must_be_real(alert, by)
        if Rich(strip_controls(words)).utf16_length > LONGEST_REPLY:
            raise ReplyTooLong(alert.number)
        store.add_note(tx, alert.id, "reply", by.id, words, now)
        self._audit(tx, alert, by, "reply", now)
        lang, phrases = alert.language, self._desk.phrases
        answer = button(phrases.plain("help.button.answer", lang), "answer-staff", alert.id, by.id)
        message = Message(self._letter(tx, alert, words, by, now), ((answer,),))
        outbox.send(
            tx,
            alert.key,
            message,
            kind=Kind.CRISIS,
            now=now,
            topic=REPLY_TOPIC,
            subject=f"{alert.id}:{by.id}",
        )

    def ask_answer(self, tx: Tx, subject: Subject, alert_id: int, colleague_id: int, now: datetime) -> str:
        """The person's next text goes to staff; gives the handle it goes to. Raises `AlertGone`."""
        alert = store.alert_by(tx, id=alert_id)
        writer = self._desk.people.colleague(tx, colleague_id)
        if alert is None or alert.key != subject.key or not subject.key or writer is None:
            raise AlertGone()
        state = {"alert": alert_id, "colleague": colleague_id}
        dialogues.ask(tx, subject.key, "answer-staff", state, now=now, keep=timedelta(hours=12))
        return shown(writer.handle)

    def answer(
        self,
        tx: Tx,
        subject: Subject,
        alert_id: int,
        colleague_id: int,
        words: str,
        finding: Finding,
        now: datetime,
    ) -> str:
        """What the person answered to staff; gives the handle it went to. Its screening is done elsewhere.

        It is kept with the alert, and whoever wrote and whoever has the alert are told.
        """
        alert = store.alert_by(tx, id=alert_id)
        writer = self._desk.people.colleague(tx, colleague_id)
        if alert is None or alert.key != subject.key or writer is None:
            raise AlertGone()
        if finding.level >= Level.ELEVATED:  # then it has been kept with the alert that is open now
            alert = store.open_alert_of(tx, subject.key) or alert
        else:
            person = alert.participant_id
            store.add_concern(
                tx, subject.key, person, finding, words=words, source="answer", alert_id=alert.id, now=now
            )
        ids = (writer.id, alert.claimed_by or writer.id)
        self._desk.tell_colleagues(tx, alert, ids, "answer", now)
        return shown(writer.handle)

    def reply_ended(self, tx: Tx, ending: Ending) -> None:
        """A message from staff that could not be delivered is no secret to whoever wrote it."""
        if ending.state is State.SENT:
            return
        alert_id, _, colleague_id = ending.subject.partition(":")
        alert, writer = (
            store.alert_by(tx, id=int(alert_id)),
            self._desk.people.colleague(tx, int(colleague_id)),
        )
        if alert is not None and writer is not None:
            text = self._desk.phrases.text("alerts.news.reply-lost", writer.language, number=alert.number)
            outbox.send(tx, writer.key, Message(text), kind=Kind.ALERT, now=ending.at)

    def drill(self, tx: Tx, by: Colleague, now: datetime) -> Alert:
        """Try the whole ladder. Raises `DrillRunning`."""
        self._desk.people.require(by, Right.DRILL)
        if any(alert.is_drill for alert in store.open_alerts(tx)):
            raise DrillRunning()
        return self._raising.drill(tx, by.handle, self._desk.language, now)

    # Inside

    def _must_be_open(self, alert: Alert, by: Colleague) -> None:
        self._desk.people.require(by, Right.HANDLE_ALERTS)
        if not alert.is_open:
            raise AlreadyClosed(alert.number)

    def _must_be_real(self, alert: Alert, by: Colleague) -> None:
        self._desk.people.require(by, Right.SEE_PEOPLE)
        if alert.is_drill:
            raise OnlyADrill(alert.number)
        if not alert.key:  # whoever it was about has been erased
            raise AlertGone(alert.number)

    def _change(self, tx: Tx, alert: Alert, **values: object) -> Alert:
        changed = store.change(tx, alert, **values)
        if changed is None:
            raise JustChanged(alert.number)
        return changed

    def _done(self, tx: Tx, alert: Alert, by: Colleague, action: str, now: datetime) -> None:
        self._audit(tx, alert, by, action, now)
        self._desk.redraw(tx, alert, now)

    def _audit(self, tx: Tx, alert: Alert, by: Colleague, action: str, now: datetime) -> None:
        audit.note(tx, audit.Entry(now, by.handle, action, f"alert {alert.number}"))

    def _notes(self, tx: Tx, alert: Alert) -> list[Heard]:
        return [
            Heard(at, kind, self._desk.handle(tx, colleague_id), words)
            for at, kind, colleague_id, words in store.notes(tx, alert.id)
        ]

    def _letter(self, tx: Tx, alert: Alert, words: str, by: Colleague, now: datetime) -> Rich:
        lang, phrases = alert.language, self._desk.phrases
        handle = shown(by.handle)
        participant = self._desk.participant_of(tx, alert)
        zone = participant.zone if participant else self._desk.zone
        text = Rich(strip_controls(words)).cut(LONGEST_REPLY)
        said = phrases.text("help.from-staff", lang, handle=handle, program=self._desk.program, words=text)
        coming = self._desk.rota(tx).staffed_from(now)
        if coming is None:
            how = phrases.text("help.how-to-answer.unknown", lang, handle=handle)
        elif coming <= now:
            how = phrases.text("help.how-to-answer.now", lang, handle=handle)
        else:
            when = screens.moment(coming, now, zone, phrases, lang)
            how = phrases.text("help.how-to-answer.later", lang, handle=handle, when=when)
        return joined([said, how])

    def _show_on_card(
        self,
        tx: Tx,
        alert: Alert,
        by: Colleague,
        in_group: bool,
        now: datetime,
        build: "cards.Build",
    ) -> bool:
        recipient = GROUP if in_group else by.id
        for found in store.notices(tx, alert.id):
            if found.recipient == recipient and found.live and found.state is not NoticeState.FAILED:
                message = build(self._desk.language_of(tx, found))
                outbox.edit(tx, self._desk.place_of(tx, found), found.card, message, now=now)
                return True
        return False
