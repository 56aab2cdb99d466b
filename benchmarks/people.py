"""A program's database with people who have joined, for benchmarks that run the bot as a process."""

from datetime import datetime, time
from pathlib import Path
from typing import Any

from bot.app import App
from bot.delivery import outbox
from bot.people.model import Pace, Participant, ParticipantState, PersonalFile
from bot.people.store import add_participant
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.process import ROOT
from bot.storage.database import Tx
from bot.storage.sealing import new_key
from handlers import conversation

BATCH = 500


def add_one(tx: Tx, app: App, telegram_id: int, now: datetime, **chosen: Any) -> Participant:
    """A participant with that Telegram id, with the usual choices but for what is `chosen`."""
    key = outbox.know_chat(tx, telegram_id, is_group=False)
    usual: dict[str, Any] = {
        "code": f"blue heron {telegram_id}", "language": "en", "zone": "America/New_York",
        "checkin_time": time(18), "quiet_from": time(22), "quiet_to": time(8), "pace": Pace.USUAL,
        "taps_only": False, "state": ParticipantState.ACTIVE, "paused_until": None,
        "consent_version": app.services.content.consent.version,
    }  # fmt: skip
    person = Participant(id=tx.new_id(), key=key, joined_at=now, **usual | chosen)
    add_participant(tx, person, PersonalFile("", "", "", ""), consented_at=now)
    app.services.checkins.joined(tx, person, now)
    return person


def add(tx: Tx, app: App, people: list[int], now: datetime) -> None:
    """Participants with these Telegram ids, whose check-ins are spread over the day."""
    for number, telegram_id in enumerate(people):
        add_one(tx, app, telegram_id, now, checkin_time=time(11 + number % 12, number % 60))


async def add_all(clinic: Clinic, people: list[int], now: datetime) -> None:
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        await clinic.run(lambda tx, batch=batch: add(tx, clinic.app, batch, now))


async def joined(folder: Path, people: list[int], *, now: datetime) -> dict[str, str]:
    """A database in `folder` with these people; gives the environment that runs the bot on it."""
    key = new_key()
    settings = {"HANDRAIL_SECURITY__KEYS": key, "HANDRAIL_STAFF__ADMINISTRATORS": "700000000"}
    clinic = Clinic(folder, conversation(), content=ROOT / "content", settings=settings, start=now)
    await clinic.start()
    await add_all(clinic, people, now)
    await clinic.stop()
    return {
        **settings,
        "HANDRAIL_TELEGRAM__TOKEN": TOKEN,
        "HANDRAIL_DATABASE__URL": f"sqlite:///{folder / 'handrail.sqlite'}",
        "HANDRAIL_CONTENT__PATH": str(ROOT / "content"),
        "HANDRAIL_CONTENT__CACHE": str(folder / "content.last-good"),
        "HANDRAIL_LOGS__LEVEL": "error",
    }
