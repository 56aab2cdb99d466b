"""News for staff that are no alerts: content, screening, somebody who left or cannot be reached.

They go to the staff group; without one that can be written to, to the administrators in private.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.alerts import store
from bot.alerts.desk import Desk
from bot.alerts.ladder import PUSHED_BACK, Ladder
from bot.delivery import outbox
from bot.delivery.model import Ending, Kind, Message, State
from bot.errors import Problem
from bot.people.model import Colleague, Participant, ParticipantState, Role
from bot.richtext import Rich, joined
from bot.scheduling.calendar import local_day, local_time
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

KEPT_BY_TELEGRAM = timedelta(hours=24)  # Bot API: updates that nobody fetched
TOPIC = "staff-news"
PROBLEMS_AT_MOST = 8

Build = Callable[[str], Message]


class ContentNews(Protocol):
    """What one look at the content folder brought: problems not told before, or their end."""

    @property
    def problems(self) -> Sequence[Problem]: ...

    @property
    def mended(self) -> bool: ...


class Notices:
    """Tells staff, once."""

    def __init__(self, desk: Desk, ladder: Ladder) -> None:
        self._desk = desk
        self._ladder = ladder

    def notify_staff(
        self, tx: Tx, build: Build, now: datetime, *, kind: Kind = Kind.NOTICE, dedupe: str | None = None
    ) -> None:
        """`build(language)` to the staff group, or to each administrator in private; once for a `dedupe`."""
        group = self._desk.group(tx)
        if group is not None:
            message = build(self._desk.language)
            outbox.send(tx, group, message, kind=kind, now=now, topic=TOPIC, dedupe=dedupe)
            return
        for person in self._desk.people.colleagues(tx):
            if Role.ADMINISTRATOR in person.roles:
                once = f"{dedupe}:{person.id}" if dedupe else None
                outbox.send(tx, person.key, build(person.language), kind=kind, now=now, dedupe=once)

    def content_news(self, tx: Tx, refreshed: ContentNews, now: datetime) -> None:
        """Problems with the content, or that they are mended. The library says each only once."""
        if refreshed.problems:
            self.notify_staff(tx, lambda lang: self._problems(refreshed.problems, lang), now)
        elif refreshed.mended:
            self.say(tx, "alerts.news.content-mended", now)

    def screener_down(self, tx: Tx, reason: str, now: datetime) -> None:
        """At most once an hour; `reason` holds no word of anybody's."""
        hour = int(now.timestamp()) // 3600
        self.say(tx, "alerts.news.screener-down", now, dedupe=f"screener:{hour}", reason=reason)

    def unreachable(self, tx: Tx, participant: Participant, now: datetime) -> None:
        """This person's chat cannot be written to; said once a day at most, and for each open alert."""
        day = local_day(now, self._desk.zone)
        alert = store.open_alert_of(tx, participant.key)
        if alert is not None:
            key, dedupe = "alerts.news.unreachable-open", f"unreachable:{participant.id}:{day}:{alert.id}"
            values: dict[str, str | int] = {"code": participant.code, "number": alert.number}
            self.say(tx, key, now, kind=Kind.ALERT, dedupe=dedupe, **values)
            return
        dedupe = f"unreachable:{participant.id}:{day}"
        self.say(tx, "alerts.news.unreachable", now, dedupe=dedupe, code=participant.code)

    def left(self, tx: Tx, participant: Participant, now: datetime) -> None:
        """Somebody paused or stopped: an open alert stays open, and staff are told."""
        alert = store.open_alert_of(tx, participant.key)
        if alert is None or participant.state is ParticipantState.ACTIVE:
            return
        key = f"alerts.news.left.{participant.state}"
        self.say(tx, key, now, kind=Kind.ALERT, code=participant.code, number=alert.number)
        self._desk.redraw(tx, alert, now)

    def came_back(self, tx: Tx, participant: Participant, now: datetime) -> None:
        """The cards of an open alert no longer say that they have left."""
        alert = store.open_alert_of(tx, participant.key)
        if alert is not None:
            self._desk.redraw_staff(tx, alert, now)

    def jobs(self) -> list[Job]:
        """A pause that ends by itself leaves the cards, too."""
        return [Job("pauses", store.pauses_over, self._pause_over, self._postpone)]

    def _pause_over(self, tx: Tx, participant_id: int, now: datetime) -> None:
        back = self._desk.people.end_pause(tx, participant_id, now)
        if back is not None:
            self.came_back(tx, back, now)

    def _postpone(self, tx: Tx, participant_id: int, now: datetime) -> None:
        self._desk.people.put_off_end(tx, participant_id, now + PUSHED_BACK)

    def group_lost(self, tx: Tx, now: datetime) -> None:
        """The staff group cannot be written to: administrators are told, and open alerts go to everybody."""
        if self._desk.group(tx) is None and self._desk.people.staff_group(tx) is not None:
            day = local_day(now, self._desk.zone)
            self.say(tx, "staff.group.put-out", now, kind=Kind.ALERT, dedupe=f"group-lost:{day}")
            self._ladder.group_lost(tx, now)

    def colleague_left(self, tx: Tx, colleague: Colleague, now: datetime) -> None:
        """Somebody may take alerts no more; what they had is somebody else's now."""
        self._ladder.let_go(tx, colleague.id, now)

    def moved(self, tx: Tx, participant: Participant, now: datetime) -> None:
        """The person has another chat: how an open alert stands is shown there."""
        alert = store.open_alert_of(tx, participant.key)
        if alert is not None:
            self._desk.redraw_person(tx, alert, now)

    def restored(self, tx: Tx, taken_at: datetime, now: datetime) -> None:
        """The database was restored from a backup: staff hear which time is missing, open alerts begin anew."""
        since, until = self._moment(taken_at), self._moment(now)
        self.say(tx, "alerts.news.restored", now, kind=Kind.ALERT, since=since, until=until)
        self._ladder.begin_all_again(tx, now)

    def was_away(self, tx: Tx, since: datetime, until: datetime) -> None:
        """Telegram was not heard for long: staff hear from when to when, and what nobody has is told anew."""
        key = "alerts.news.away-lost" if until - since > KEPT_BY_TELEGRAM else "alerts.news.away"
        self.say(
            tx, key, until, kind=Kind.ALERT, since=self._moment(since), until=self._moment(until),
            lost=self._moment(until - KEPT_BY_TELEGRAM),
        )  # fmt: skip
        self._ladder.tell_untaken_again(tx, until)

    def backup_failed(self, tx: Tx, reason: str, now: datetime) -> None:
        """Said once a day."""
        day = local_day(now, self._desk.zone)
        self.say(tx, "alerts.news.backup-failed", now, dedupe=f"backup-failed:{day}", reason=reason)

    def wrong(self, tx: Tx, name: str, now: datetime) -> None:
        """Something does not hold, by its name in `bot.vitals`: administrators hear of it in private."""
        self._to_administrators(tx, f"alerts.watch.{name}", now, Kind.ALERT)

    def well_again(self, tx: Tx, name: str, now: datetime) -> None:
        """That is over."""
        self._to_administrators(tx, f"alerts.watch-over.{name}", now, Kind.NOTICE)

    def database_was_away(self, tx: Tx, since: datetime, until: datetime) -> None:
        """Nothing could be written for minutes: staff hear from when to when."""
        self.say(tx, "alerts.news.database-away", until, since=self._moment(since), until=self._moment(until))

    def _to_administrators(self, tx: Tx, key: str, now: datetime, kind: Kind) -> None:
        for person in self._desk.people.colleagues(tx):
            if Role.ADMINISTRATOR in person.roles:
                message = Message(self._desk.phrases.text(key, person.language))
                outbox.send(tx, person.key, message, kind=kind, now=now)

    def _moment(self, at: datetime) -> str:
        return f"{local_day(at, self._desk.zone)} {local_time(at, self._desk.zone):%H:%M}"

    def ended(self, tx: Tx, ending: Ending) -> None:
        """News that could not be written to the group show that it is lost."""
        if ending.state is State.UNREACHABLE:
            self.group_lost(tx, ending.at)

    def say(
        self,
        tx: Tx,
        key: str,
        now: datetime,
        *,
        kind: Kind = Kind.NOTICE,
        dedupe: str | None = None,
        **values: str | int,
    ) -> None:
        """A sentence of the bot to staff; as `notify_staff`."""
        phrases = self._desk.phrases
        self.notify_staff(
            tx, lambda lang: Message(phrases.text(key, lang, **values)), now, kind=kind, dedupe=dedupe
        )

    def _problems(self, problems: Sequence[Problem], lang: str) -> Message:
        phrases = self._desk.phrases
        shown = [Rich(f"• {problem}") for problem in problems[:PROBLEMS_AT_MOST]]
        if len(problems) > len(shown):
            left = len(problems) - len(shown)
            shown.append(phrases.text("alerts.news.content-more", lang, count=left))
        text = phrases.text("alerts.news.content-wrong", lang, problems=joined(shown, "\n"))
        return Message(text.cut(4000))
