"""The demo clinic: the sandbox, the real bot, invented people, and what a visitor of the page may do with them.

Every deed ends when the bot has come to rest, so that what is shown afterwards is how things stand.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import Conversation
from bot.delivery import outbox
from bot.people.model import Participant, PersonalFile, Right
from bot.sandbox.clinic import Clinic
from bot.sandbox.errors import SandboxError
from bot.sandbox.groups import Group
from bot.sandbox.page import ahead, stored
from bot.sandbox.page.cast import PROGRAM, SHIFTS, ZONE, Member, members
from bot.sandbox.page.history import SET_UP, History, Staff, at, first_day
from bot.sandbox.page.past import Past
from bot.sandbox.page.scratch import Scratch
from bot.sandbox.people import Person
from bot.sandbox.state import SeenMessage
from bot.storage.database import Tx

STARTS, OPENS = time(8, 15), time(9, 40)  # the bot is started before the morning message, the page after it
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=3)  # that time may pass at once
PATIENCE = 8.0  # seconds of the visitor's own time that a jump may take
BEGINNING = 60.0  # and the beginning, on a slow computer
TOO_MUCH = (
    "So much happened that time stopped here: an open urgent alert is repeated every ten minutes until somebody "
    "takes it. Take it in the staff group, or let more time pass."
)
READING = 7  # seconds that pass before somebody acts


class Demo:
    """One clinic from `start` to `stop`; deeds are done one after another."""

    def __init__(self, conversation: Conversation, content: Path, *, today: date | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="handrail-demo-")
        self.today = today or weekday(datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date())
        folder = Path(self._folder.name)
        self.scratch = Scratch(content, folder / "content")
        self.clinic = Clinic(
            folder,
            conversation,
            content=self.scratch.folder,
            start=at(first_day(self.today), SET_UP),
            settings={
                "HANDRAIL_PROGRAM__NAME": PROGRAM,
                "HANDRAIL_PROGRAM__TIMEZONE": ZONE,
                "HANDRAIL_STAFF__SHIFTS": SHIFTS,
            },
        )
        person = self.clinic.sandbox.person
        rosa = self.clinic.administrators[0]
        rosa.user.first_name = "Rosa"
        ana, ben = person("Ana"), person("Ben")
        group = self.clinic.sandbox.group("River House staff", members=[ana, ben], administrators=[rosa])
        self.staff = Staff(rosa, ana, ben, group)
        self.members: tuple[Member, ...] = members(
            person("Maya"), person("Luis", language_code="es"), person("Tom"), person("June")
        )
        self.newcomer = person("Sam")
        self.note = ""
        self._busy = asyncio.Lock()

    @property
    def group(self) -> Group:
        return self.staff.group

    @property
    def participants(self) -> list[Person]:
        """Whoever may stand on the left: the four, and somebody who has not joined."""
        return [*(member.person for member in self.members), self.newcomer]

    @property
    def colleagues(self) -> list[Person]:
        return [self.staff.ana, self.staff.ben, self.staff.rosa]

    async def start(self) -> None:
        """Thirty days at once, then this morning as it comes."""
        await self.clinic.sandbox.start()
        app = self.clinic.build()
        app.services.bot.identify(self.clinic.sandbox.world.bot.to_json())
        await app.application.initialize()

        def play(tx: Tx) -> None:
            past = Past(app, self.clinic.sandbox, self.clinic.clock, tx)
            History(past, self.staff, self.members, self.today).play()

        await app.services.database.run(play)
        self.clinic.clock.advance((at(self.today, STARTS) - self.clinic.clock.now()).total_seconds())
        await self.clinic.start_bot()
        await self._until(at(self.today, OPENS), patience=BEGINNING)

    async def stop(self) -> None:
        await self.clinic.stop()
        self._folder.cleanup()

    async def do(self, deed: Callable[[], Awaitable[None]]) -> None:
        """One deed at a time. Raises `SandboxError` with a sentence for the visitor."""
        async with self._busy:
            self.note = ""
            await deed()
            await self.clinic.settle()

    # What people do

    async def say(self, person: Person, text: str, *, in_group: bool) -> None:
        self._pass_moment()
        person.says(text, in_=self.group if in_group else None)

    async def tap(self, person: Person, message: SeenMessage, data: str) -> None:
        self._pass_moment()
        person.taps_data(message, data)

    async def open_link(self, person: Person, link: str) -> None:
        self._pass_moment()
        person.opens_link(link)

    async def invite(self, person: Person) -> None:
        """Ana makes an invite as by /invite, and the person opens it."""
        services, now = self.clinic.app.services, self.clinic.clock.now()

        def unit(tx: Tx) -> str:
            ana = services.people.who(tx, outbox.chat_key(tx, self.staff.ana.id))
            by = services.people.require(ana, Right.INVITE_PARTICIPANTS)
            return services.people.invite_participant(tx, PersonalFile("", "C-1046", "555 0142", ""), by, now)

        token = await self.clinic.run(unit)
        await self.open_link(person, f"https://t.me/{self.clinic.sandbox.username}?start={token}")

    async def speak(self, person: Person, language: str) -> None:
        """The person's phone, and the bot when they have joined, speak that language from now on."""
        services = self.clinic.app.services
        if language not in services.config.program.languages:
            raise SandboxError(f"The bot does not speak {language!r}.")
        person.user.language_code = language

        def unit(tx: Tx) -> None:
            found = services.people.who(tx, outbox.chat_key(tx, person.id))
            if isinstance(found, Participant):
                services.people.change(tx, replace(found, language=language))

        await self.clinic.run(unit)

    # Time

    async def pass_time(self, seconds: float) -> None:
        """Let that much time pass, with everything that becomes due on the way."""
        if not 0 < seconds <= LONGEST.total_seconds():
            raise SandboxError("Time can pass by at most three days at once.")
        await self._until(self.clinic.clock.now() + timedelta(seconds=seconds))

    async def to_next_checkin(self) -> None:
        services, now = self.clinic.app.services, self.clinic.clock.now()
        due = await self.clinic.run(lambda tx: ahead.next_checkin(tx, services, now))
        if due is None:
            raise SandboxError("No check-in is planned: everybody is away.")
        await self._until(due + timedelta(seconds=1))

    async def _until(self, end: datetime, *, patience: float = PATIENCE) -> None:
        """From one due thing to the next, an hour at most: nothing is due in between."""
        services, latest = self.clinic.app.services, monotonic() + patience
        while (now := self.clinic.clock.now()) < end:
            if monotonic() > latest:
                self.note = TOO_MUCH
                return
            planned = await self.clinic.run(lambda tx, now=now: ahead.ahead(tx, services, now))
            due = min((item.at for item in planned if item.at > now), default=end)
            step = (min(due, end, now + HOUR) - now).total_seconds()
            await self.clinic.advance(seconds=step, step=step)

    def _pass_moment(self) -> None:
        self.clinic.clock.advance(READING)

    # Troubles

    async def cut_line(self) -> None:
        """Telegram is away: nothing goes out, nothing comes in."""
        self.clinic.sandbox.faults.down()
        self.note = "Telegram is down. Write something: it waits, and nothing is lost."

    async def mend_line(self) -> None:
        """Telegram is back; what waited goes out and comes in."""
        if not self.clinic.sandbox.faults.is_down:
            return
        waiting = await self.clinic.run(ahead.waiting) + self.clinic.sandbox.waiting_updates
        self.clinic.sandbox.faults.up()
        await self.clinic.settle()
        left = await self.clinic.run(ahead.waiting) + self.clinic.sandbox.waiting_updates
        self.note = f"Telegram is back. {waiting} waited, {left} still wait: nothing was lost."

    async def restart_bot(self) -> None:
        """Stop the bot and start it again on the same database, counting before and after."""
        before = await self.clinic.run(stored.counts)
        await self.clinic.restart_bot()
        after = await self.clinic.run(stored.counts)
        lost = sum(max(count - after[name], 0) for name, count in before.items())
        kept = ", ".join(f"{count} {name}" for name, count in after.items())
        self.note = f"The bot was stopped and started again. {kept}: {lost or 'nothing'} lost."

    # Content

    async def save(self, name: str, text: str) -> None:
        """Keep an edited file; the bot takes it up when it is good."""
        self.scratch.write(name, text)
        await self._take_up()

    async def undo(self, name: str) -> None:
        self.scratch.restore(name)
        await self._take_up()

    async def _take_up(self) -> None:
        await self.clinic.app.refresh_content()

    async def run(self, unit: Callable[[Tx], Any]) -> Any:
        """One look at the database between two deeds."""
        async with self._busy:
            return await self.clinic.run(unit)


def weekday(day: date) -> date:
    """That day, or the Friday before: on a weekend nobody is on duty at River House."""
    return day - timedelta(days=max(day.weekday() - 4, 0))
