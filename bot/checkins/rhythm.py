"""When a kind of check-in comes: every day or once a week, at which hour, and for whom unless they choose.

Rules only. There is one check-in that everybody gets at the hour they chose, `DAILY`; every other kind has a rhythm
of its own in its file, and steps aside for the daily one.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.people.joining import is_quiet
from bot.people.model import Participant

DAILY = "daily"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

BEFORE_QUIET = timedelta(hours=1)
APART = timedelta(hours=1)
"""Between two check-ins of one person: from the last word on one to the first of the other."""
LOOK_AGAIN = timedelta(minutes=10)
"""How soon another look is taken while a check-in of another kind is still open."""


@dataclass(frozen=True)
class Rhythm:
    """`at` is the hour by the person's own clock (None: the hour they chose), `weekday` 0 for Monday (None: daily).

    `starts_on`: whether people get it who never said. `wait_hours`: how long it may step aside for another
    check-in before it is left out.
    """

    at: time | None = None
    weekday: int | None = None
    starts_on: bool = True
    wait_hours: int = 0

    def is_on(self, wanted: bool | None) -> bool:
        """For somebody who wants it, does not want it, or never said."""
        return self.starts_on if wanted is None else wanted

    def hour(self, person: Participant) -> time:
        """The hour by the person's clock; a fixed one that lies in their quiet hours is an hour before these."""
        if self.at is None:
            return person.checkin_time
        if not is_quiet(self.at, person.quiet_from, person.quiet_to):
            return self.at
        return _earlier(person.quiet_from, BEFORE_QUIET)

    def latest(self, due: datetime) -> datetime:
        """The last instant at which the one that was due then is still asked."""
        return due + timedelta(hours=self.wait_hours)


AS_CHOSEN = Rhythm()
"""Every day at the hour the person chose: the daily check-in."""


def _earlier(at: time, by: timedelta) -> time:
    """The hands of a clock turned back."""
    minutes = (at.hour * 60 + at.minute - int(by.total_seconds()) // 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)
