"""Alerts, the one public class: concerns in, staff told until somebody acts, the person told how it stands.

Here the parts are put together; each has its own file: `raising`, `ladder`, `handling`, `notices`, `figures`.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.alerts import handling, ladder, notices, raising
from bot.alerts.cases import Cases
from bot.alerts.desk import COLLEAGUE_TOPIC, PERSON_TOPIC, Desk, Texts
from bot.alerts.figures import Figures
from bot.alerts.handling import Handling
from bot.alerts.ladder import Ladder
from bot.alerts.model import Patience
from bot.alerts.notices import Notices
from bot.alerts.raising import Raising
from bot.alerts.rota import Rota
from bot.config import Config
from bot.delivery.model import Ending
from bot.people.model import Participant
from bot.people.service import People
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

Handler = Callable[[Tx, Ending], None]


class Alerts:
    """Everything about concerns and alerts. Methods take the open transaction and the instant now.

    `desk` is for what staff do with an alert, `cases` for what the screener should have judged otherwise.
    """

    def __init__(
        self,
        config: Config,
        people: People,
        rota: Rota,
        patience: Patience,
        content: Callable[[], Texts],
    ) -> None:
        desk = Desk(config, people, rota, patience, content)
        self._ladder = Ladder(desk)
        self._raising = Raising(desk, self._ladder)
        self._notices = Notices(desk, self._ladder)
        self.desk = Handling(desk, self._ladder, self._raising)
        self.cases = Cases(desk)
        self.rota = desk.rota
        self.absent = desk.absent
        self._people = people
        self._news_ended = desk.news_ended
        # Concerns
        self.hear = self._raising.hear
        self.raise_concern = self._raising.raise_concern
        self.watch = self._raising.watch
        self.needs_a_look = self._raising.needs_a_look
        self.aside = self._raising.aside
        # The person asks
        self.tell_staff = self._raising.tell_staff
        self.hear_more = self._raising.hear_more
        self.show_help = self._raising.show_help
        self.breathe = self._raising.breathe
        self.back_to_help = self._raising.back_to_help
        # News for staff
        self.notify_staff = self._notices.notify_staff
        self.say_to_staff = self._notices.say
        self.content_news = self._notices.content_news
        self.screener_down = self._notices.screener_down
        self.wrong = self._notices.wrong
        self.well_again = self._notices.well_again
        self.database_was_away = self._notices.database_was_away
        self.unreachable = self._notices.unreachable
        self.left = self._notices.left
        self.came_back = self._notices.came_back
        self.group_lost = self._notices.group_lost
        self.moved = self._notices.moved
        self.restored = self._notices.restored
        self.was_away = self._notices.was_away
        self.backup_failed = self._notices.backup_failed
        self.morning_facts = Figures(desk).morning_facts
        people.when_somebody_leaves(self.left)
        people.when_a_colleague_loses_alerts(self._notices.colleague_left)

    def jobs(self) -> Sequence[Job]:
        return [*self._ladder.jobs(), *self._notices.jobs()]

    def outcomes(self) -> Mapping[str, Handler]:
        """What follows when a message about an alert has left, or never will."""
        return {
            ladder.TOPIC: self._notice_ended,
            notices.TOPIC: self._notices.ended,
            PERSON_TOPIC: self._person_ended,
            handling.REPLY_TOPIC: self.desk.reply_ended,
            COLLEAGUE_TOPIC: self._news_ended,
        }

    def _notice_ended(self, tx: Tx, ending: Ending) -> None:
        self._ladder.ended(tx, ending)
        self._notices.ended(tx, ending)

    def _person_ended(self, tx: Tx, ending: Ending) -> None:
        """Help that did not arrive: staff must know that the chat is closed."""
        person = self._people.who(tx, ending.chat_key)
        if raising.is_lost(ending) and isinstance(person, Participant):
            self._notices.unreachable(tx, person, ending.at)
