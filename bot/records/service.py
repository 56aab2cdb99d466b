"""Records: what a person may have of what is kept about them, and its erasure. By themselves or by staff for them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from bot.alerts.service import Alerts
from bot.alerts.store import open_alert_of
from bot.checkins.model import CheckinDefinition
from bot.checkins.records import definition_of
from bot.config import Config
from bot.delivery import outbox
from bot.delivery.model import Document, Kind, Message
from bot.delivery.outcomes import OutcomeHandler
from bot.modules.model import Module
from bot.people import audit, drafts
from bot.people.model import Colleague, Participant, ParticipantState, Right
from bot.people.service import People
from bot.people.store import participant_by
from bot.phrases import Phrases
from bot.records import erasure
from bot.records.ownership import Row, kept_about
from bot.records.page import Page
from bot.scheduling.calendar import local_day
from bot.scheduling.jobs import Job
from bot.storage.database import Tx

EXPORT_TOPIC = "export"
ONCE_IN = timedelta(minutes=10)
HERSELF = "participant"
"""The actor in the audit and the ledger when it was the person's own wish."""


class Shelf(Protocol):
    """What records need of today's content."""

    @property
    def phrases(self) -> Phrases: ...

    @property
    def modules(self) -> Mapping[str, Mapping[str, Module]]: ...


class Erasing(Enum):
    """What became of the wish to be erased."""

    DONE = "done"
    WAITS = "waits"  # until staff have closed the open alert


class Records:
    """Methods take the open transaction and the instant now."""

    def __init__(self, config: Config, people: People, alerts: Alerts, content: Callable[[], Shelf]) -> None:
        self._program = config.program.name
        self._backup_days = config.database.backup_days
        self._people = people
        self._alerts = alerts
        self._content = content

    def jobs(self) -> Sequence[Job]:
        return (Job("erasures", lambda tx, _now: erasure.due(tx), self._erase_due, self._later),)

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {}

    # Everything, to the person

    def was_just_sent(self, tx: Tx, key: str, now: datetime) -> bool:
        """Twice in ten minutes is a double tap."""
        return outbox.said_since(tx, key, EXPORT_TOPIC, now - ONCE_IN)

    def export(self, tx: Tx, person: Participant, now: datetime) -> None:
        """Send a page to read and a file for machines to the person's own chat; audited."""
        audit.note(tx, audit.Entry(now, HERSELF, "export", person.code))
        self._send(tx, person, person.key, person.language, now)

    def export_for(
        self, tx: Tx, person: Participant, by: Colleague, now: datetime, *, to_staff: bool
    ) -> None:
        """The same for staff: to the person's chat, or, to be handed over on paper, to the colleague's own.

        Raises `NotAllowed`.
        """
        self._people.require(by, Right.KEEP_RECORDS)
        audit.note(tx, audit.Entry(now, by.handle, "export to staff" if to_staff else "export", person.code))
        self._send(tx, person, by.key if to_staff else person.key, person.language, now, vanish=to_staff)

    def _send(
        self, tx: Tx, person: Participant, to: str, language: str, now: datetime, *, vanish: bool = False
    ) -> None:
        phrases = self._content().phrases
        for name, document in zip(("page", "data"), self._documents(tx, person, language, now), strict=True):
            message = Message(phrases.text(f"records.export.{name}", language), document=document)
            outbox.send(
                tx,
                to,
                message,
                kind=Kind.TALK,
                now=now,
                topic=EXPORT_TOPIC,
                vanish_seconds=600 if vanish else None,
            )

    def _documents(
        self, tx: Tx, person: Participant, language: str, now: datetime
    ) -> tuple[Document, Document]:
        kept, seen_by = kept_about(tx, person), self._seen_by(tx, person)
        definitions: dict[str, CheckinDefinition] = {}

        def definition(revision: str) -> CheckinDefinition:
            if revision not in definitions:
                definitions[revision] = definition_of(tx, revision)
            return definitions[revision]

        page = Page(
            self._content().phrases,
            language,
            person.zone,
            definition=definition,
            module=lambda slug: self._title(slug, language),
        )
        html = page.html(kept, seen_by, program=self._program, made_at=now)
        whole = {"program": self._program, "made_at": now.isoformat(), **kept, "seen_by": seen_by}
        day = local_day(now, person.zone)
        return (
            Document(f"{day}.html", "text/html", html.encode()),
            Document(
                f"{day}.json", "application/json", json.dumps(whole, ensure_ascii=False, indent=1).encode()
            ),
        )

    def _seen_by(self, tx: Tx, person: Participant) -> list[Row]:
        """Who looked at what, changed or exported it, as far as it is about this person."""
        numbers = {f"alert {number}" for number in erasure.alert_numbers(tx, person)}
        about = [entry for entry in audit.entries(tx) if entry.subject in {person.code, *numbers}]
        return [{**asdict(entry), "at": entry.at.isoformat()} for entry in about]

    def _title(self, slug: str, language: str) -> str:
        editions = self._content().modules.get(slug, {})
        module = editions.get(language) or next(iter(editions.values()), None)
        return module.title if module else slug

    # Nothing any more

    def erase(self, tx: Tx, person: Participant, now: datetime) -> Erasing:
        """The person's own wish, confirmed."""
        return self._ask(tx, person, HERSELF, now)

    def erase_for(self, tx: Tx, person: Participant, by: Colleague, now: datetime) -> Erasing:
        """Staff on the person's request, confirmed. Raises `NotAllowed`."""
        self._people.require(by, Right.KEEP_RECORDS)
        return self._ask(tx, person, by.handle, now)

    def is_asked(self, tx: Tx, person: Participant) -> bool:
        """An erasure waits for an open alert."""
        return bool(erasure.asked_by(tx, person.id))

    def keep_after_all(self, tx: Tx, person: Participant, now: datetime) -> bool:
        """The person has thought better of it, while it still waited."""
        if not self.is_asked(tx, person):
            return False
        erasure.forget_request(tx, person.id)
        audit.note(tx, audit.Entry(now, HERSELF, "erasure withdrawn", person.code))
        return True

    def _ask(self, tx: Tx, person: Participant, by: str, now: datetime) -> Erasing:
        erasure.ask(tx, person.id, by, now)
        audit.note(tx, audit.Entry(now, by, "erasure asked", person.code))
        alert = open_alert_of(tx, person.key)
        if alert is None:
            self._erase(tx, person, by, now)
            return Erasing.DONE
        if person.state is not ParticipantState.STOPPED:
            self._people.stop(tx, person, now)
        self._tell(tx, "records.news.waits", now, kind=Kind.ALERT, code=person.code, number=alert.number)
        return Erasing.WAITS

    def _erase_due(self, tx: Tx, participant_id: int, now: datetime) -> None:
        """The alert is closed, or a backup was put back that still held the person."""
        if participant_id not in erasure.due(tx):
            return
        person = participant_by(tx, id=participant_id)
        if person is None:
            erasure.done(tx, participant_id, now)
            return
        self._erase(tx, person, erasure.asked_by(tx, participant_id), now)

    def _later(self, tx: Tx, participant_id: int, now: datetime) -> None:
        """It stays due: the next tick tries again."""

    def _erase(self, tx: Tx, person: Participant, by: str, now: datetime) -> None:
        chat_id, is_reachable = outbox.chat_id_of(tx, person.key), outbox.is_reachable(tx, person.key)
        erasure.erase(tx, person)
        erasure.done(tx, person.id, now)
        audit.note(tx, audit.Entry(now, by, "erased", person.code))
        news = "expired" if by == erasure.BY_RETENTION else "erased"
        self._tell(tx, f"records.news.{news}", now, code=person.code)
        if chat_id is not None and is_reachable and by != erasure.BY_RETENTION:
            outbox.know_chat(tx, chat_id, is_group=False)
            words = self._content().phrases.text(
                "records.erased", person.language, program=self._program, days=self._backup_days
            )
            drafts.say_farewell(tx, person.key, Message(words, keyboard=()), now=now, in_card=False)

    def _tell(
        self, tx: Tx, key: str, now: datetime, *, kind: Kind = Kind.NOTICE, **values: str | int
    ) -> None:
        phrases = self._content().phrases
        self._alerts.notify_staff(tx, lambda lang: Message(phrases.text(key, lang, **values)), now, kind=kind)
