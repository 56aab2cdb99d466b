"""A staffed clinic for stories about alerts: a rota, a staff group, and people in their chats."""

import re
from dataclasses import dataclass

from bot.people.audit import Entry, entries
from bot.people.model import PersonalFile, Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.sandbox.state import SeenMessage
from tests.builders import a_colleague, a_participant

URGENT = "I do not want to be alive anymore"
ELEVATED = "I drank last night and I feel awful about it"
FILE = PersonalFile("", "MRN 4471", "+1 555 0100", "Lee, sister, +1 555 0101")

ANA_BY_DAY_BEN_IN_THE_EVENING = (
    '[{"handle": "ana", "days": ["mon","tue","wed","thu","fri"], "from": "08:00", "to": "16:00"},'
    ' {"handle": "ben", "days": ["mon","tue","wed","thu","fri"], "from": "16:00", "to": "20:00"}]'
)


@dataclass
class Scene:
    """Who is there. `ana` works by day, `ben` in the evening, `chief` runs the program, `sam` is in it."""

    clinic: Clinic
    group: Group
    chief: Person
    ana: Person
    ben: Person
    sam: Person

    async def says(self, person: Person, text: str, *, in_group: bool = False) -> None:
        command = text.startswith("/") and in_group
        name, _, rest = text.partition(" ")
        sent = f"{name}@{self.clinic.sandbox.username} {rest}".strip() if command else text
        person.says(sent, in_=self.group if in_group else None)
        await self.clinic.settle()

    async def taps(self, person: Person, label: str, *, in_group: bool = False) -> None:
        person.taps(label, in_=self.group if in_group else None)
        await self.clinic.settle()

    def group_cards(self) -> list[SeenMessage]:
        """What stands in the group about alerts, oldest first."""
        return [
            seen for seen in self.group.messages if seen.is_from_bot and re.search(r"Alert \d", seen.text)
        ]

    def toast(self, *, in_group: bool = True, person: Person | None = None) -> str:
        view = self.group.toasts if in_group else (person or self.ana).chat.toasts
        return view[-1].text

    async def audited(self) -> list[str]:
        """What was done, in order."""
        found: list[Entry] = await self.clinic.run(entries)
        return [f"{entry.actor}: {entry.action} {entry.subject}".strip() for entry in found]


async def set_up(clinic: Clinic, group: Group) -> Scene:
    """Everybody in place, in chats in which nothing was said yet."""
    chief = clinic.administrators[0]
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    ben = await a_colleague(clinic, "ben", Role.SUPERVISOR)
    sam = await a_participant(clinic, "Sam", file=FILE)
    for person in (ana, ben):
        group.adds(person, by=chief)
        person.says("/start")
    sam.says("/start")
    await clinic.settle()
    return Scene(clinic, group, chief, ana, ben, sam)


def bot_texts(person: Person) -> list[str]:
    return [seen.text for seen in person.chat.messages if seen.is_from_bot]
