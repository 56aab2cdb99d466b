"""The capabilities of one program, made from its configuration: what handlers and the app work with."""

from dataclasses import dataclass

from bot.alerts.model import Patience
from bot.alerts.rota import Rota
from bot.alerts.service import Alerts
from bot.alerts.store import open_alert_of
from bot.checkins.service import CheckIns
from bot.clock import Clock
from bot.config import Config
from bot.delivery.telegram import ProgramBot
from bot.library import Content, Library
from bot.modules.assigning import Assigning
from bot.modules.practising import Practising
from bot.modules.service import Modules
from bot.people import dialogues
from bot.people.doorway import InviteHours
from bot.people.service import People
from bot.records.service import Records
from bot.storage.database import Database, Tx


@dataclass(frozen=True)
class Services:
    """What a handler can ask for."""

    config: Config
    clock: Clock
    database: Database
    library: Library
    bot: ProgramBot
    people: People
    alerts: Alerts
    checkins: CheckIns
    modules: Modules
    assigning: Assigning
    practising: Practising
    records: Records

    @property
    def content(self) -> Content:
        return self.library.current

    def language_of(self, tx: Tx, key: str, telegram_language: str) -> str:
        """For somebody who has not joined: what they switched to while joining, or their Telegram's language."""
        joining = dialogues.waiting(tx, key, self.clock.now())
        wanted = str(joining.state.get("language", "")) if joining else ""
        wanted = wanted or telegram_language.partition("-")[0]
        return wanted if wanted in self.config.program.languages else self.config.program.language


def services_of(
    config: Config, clock: Clock, database: Database, library: Library, bot: ProgramBot
) -> Services:
    """The services of one program, each with those that it stands on."""
    people = People(
        hours=InviteHours(config.invites.hours, config.invites.staff_hours),
        configured_group=config.staff.chat_id,
    )
    rota = Rota.of(config.staff, config.program.timezone)
    alerts = Alerts(config, people, rota, Patience.of(config.alerts), lambda: library.current)
    people.keep_while(lambda tx, key: open_alert_of(tx, key) is not None)  # staff may still answer
    checkins = CheckIns(config, people, alerts, lambda: library.current)
    modules = Modules(people, lambda: library.current)
    assigning = Assigning(people, modules, lambda: library.current)
    practising = Practising(people, lambda: library.current)
    records = Records(config, people, alerts, lambda: library.current)
    return Services(
        config,
        clock,
        database,
        library,
        bot,
        people,
        alerts,
        checkins,
        modules,
        assigning,
        practising,
        records,
    )
