"""A walk past every screen of the product, by the people they are meant for.

What was shown on the way, every button of it, is what `tests/test_permissions.py` gives to everybody else to press.
A new screen belongs into this walk; the test says so when a button's verb was never seen.
"""

from dataclasses import dataclass

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.builders import change, participant_of
from tests.handlers.stories import TO_CONSENT, a_colleague_link, a_participant_link, opens

SHIFTS = '[{"handle": "robin", "days": ["mon"], "from": "08:00", "to": "16:00"}]'
"""A colleague of the rota who has no account yet: inviting offers the handle on a button."""

ANSWERS = ("Slow breathing", "Done", "6", "6 or 7", "No", "Skip")
"""Whatever the check-in asks, one of these is an answer; in the order in which they are looked for."""


@dataclass
class Walk:
    """`reader` has joined, `chief` is administrator, `ana` and `ben` take alerts."""

    clinic: Clinic
    group: Group
    reader: Person
    chief: Person
    ana: Person
    ben: Person

    async def says(self, person: Person, *texts: str) -> None:
        for text in texts:
            person.says(text)
            await self.clinic.settle()

    async def taps(self, person: Person, *labels: str, in_: Group | None = None) -> None:
        for label in labels:
            person.taps(label, in_=in_)
            await self.clinic.settle()

    async def all_of_it(self, worry: str) -> None:
        """Past everything; `worry` is what the reader writes that raises the alert, which stays open."""
        newcomer = await self.joining()
        await self.settings(newcomer)
        await self.pausing_and_a_new_consent(newcomer)
        await self.inviting()
        await self.reading()
        await self.previewing()
        await self.a_check_in()
        await self.assigning()
        await self.help_now()
        await self.says(self.reader, worry)
        await self.an_alert()
        await self.records()
        await self.team()

    async def joining(self) -> Person:
        """A participant's invitation, and every step of the way in."""
        taken_back = await a_participant_link(self.clinic, self.chief)
        await self.taps(self.chief, "Take back")
        newcomer = self.clinic.sandbox.person("Nia")
        await opens(self.clinic, newcomer, taken_back)
        await opens(self.clinic, newcomer, await a_participant_link(self.clinic, self.chief))
        await self.taps(newcomer, "Español", "English", "Next", "‹ Back", *TO_CONSENT, "Taps only", "‹ Back")
        await self.taps(newcomer, "Taps and words", "Use “", "Europe", "‹ Back", "Eastern")
        await self.taps(newcomer, "Later ›", "‹ Earlier", "7 pm", "10 pm to 8 am", "Usual")
        await self.taps(self.chief, "Living at home")
        return newcomer

    async def settings(self, person: Person) -> None:
        """Every setting; and the one that staff have."""
        await self.says(person, "/settings")
        for setting in ("Language", "Name", "Time zone", "Check-in time", "Quiet hours", "Reading"):
            await self.taps(person, setting, "‹ Back")
        await self.taps(person, "Taps or words", "Taps only")
        await self.says(self.ana, "/settings")
        await self.taps(self.ana, "Language", "‹ Back")

    async def pausing_and_a_new_consent(self, person: Person) -> None:
        """Away and back; then the consent has changed."""
        await self.says(person, "/pause")
        await self.taps(person, "1 day", "Come back")
        await change(self.clinic, person, consent_version="2020-01")
        await self.says(person, "/start")
        await self.taps(person, "Next", "‹ Back", "Next", "Next")
        await self.says(person, "/start")
        await self.taps(person, "Next", "Next", "I agree")

    async def inviting(self) -> None:
        """Colleagues by a typed and by an offered handle; one is known, one is not, one is still waited for."""
        for handle, answer in (("kit", "Yes, this is kit"), ("lou", "No"), ("max", "")):
            guest = self.clinic.sandbox.person(handle.title())
            await opens(self.clinic, guest, await a_colleague_link(self.clinic, self.chief, handle, "Editor"))
            if answer:
                await self.taps(self.chief, answer)
        await self.says(self.chief, "/invite")
        await self.taps(self.chief, "Facilitator")

    async def reading(self) -> None:
        """The list, a module with its question, and the end of it."""
        await self.says(self.reader, "/learn")
        await self.taps(self.reader, "What stress does", "Next ›", "‹ Back", "‹ All", "Go on")
        for _ in range(20):
            labels = self.reader.chat.last.labels
            if "Skip" in labels:
                break
            await self.taps(self.reader, "Next ›" if "Next ›" in labels else labels[0])
        await self.taps(self.reader, "Skip", "In an hour")
        await self.clinic.advance(minutes=61)
        await self.taps(self.reader, "Yes, I tried it", "4")
        await self.says(self.reader, "/skills")
        await self.taps(self.reader, "‹ Things to read")

    async def previewing(self) -> None:
        """What there is, one of it, and the way back."""
        await self.says(self.chief, "/preview daily")
        await self.taps(self.chief, "‹ All")

    async def a_check_in(self) -> None:
        """Put off, gone on with, answered in every way, and with something to read at its end."""
        await self.says(self.reader, "/checkin")
        await self.taps(self.reader, "Not now", "‹ Back", "5", "‹ Back")
        while "Not today" not in (screen := self.reader.chat.last).labels:
            answers = ("Yes",) if "safe" in screen.text else ANSWERS
            await self.taps(self.reader, next((one for one in answers if one in screen.labels), "an answer"))
        await self.taps(self.reader, "Read ·", "‹ All")

    async def assigning(self) -> None:
        """Something to read for one person, who is told of it; and taken back again."""
        code = (await participant_of(self.clinic, self.reader)).code
        await self.says(self.ana, "/assign")
        await self.taps(self.ana, "Pick something", "Stress", "Body and breath", code, "‹ Back", "Everybody")
        await self.taps(self.ana, "Today", "‹ All", "Body and breath", "‹ Back")
        await self.clinic.advance(minutes=1)

    async def help_now(self) -> None:
        await self.says(self.reader, "/help_now")
        await self.taps(self.reader, "Breathe with me", "Back to the numbers")

    async def an_alert(self) -> None:
        """Every button of its card, in the group and in private; a message to the person and their answer."""
        await self.says(self.ana, "/alerts")
        await self.taps(self.ana, "Alert 1", "Reveal", "Who", "Reply", "Cancel", "I have this", "Note")
        await self.says(self.ana, "somebody should call", "/reply 1 I am here.")
        await self.taps(self.reader, "Answer")
        await self.taps(self.ana, "Hand over", "Back", "Resolve", "Back", in_=self.group)
        await self.taps(self.ana, "Resolve", "Back", "Hand over", self.ben.first_name)
        await self.says(self.chief, "/test_alert")
        await self.taps(self.ben, "I have this", "Resolve", "Reached the person", in_=self.group)

    async def records(self) -> None:
        """What is kept, asked for by the person and by staff; nothing is erased."""
        code = (await participant_of(self.clinic, self.reader)).code
        await self.says(self.reader, "/delete")
        await self.taps(self.reader, "Keep it")
        await self.says(self.ben, f"/export {code}")
        await self.taps(self.ben, "Cancel")
        await self.says(self.ben, f"/delete {code}")

    async def team(self) -> None:
        """A colleague who nearly leaves."""
        await self.says(self.chief, "/staff remove kit")
        await self.taps(self.chief, "Cancel")


def shown(clinic: Clinic) -> dict[str, set[int]]:
    """The data of every button the bot ever sent, with the chats it stood in."""
    views = [*(person.chat for person in clinic.sandbox.people), *(g.chat for g in clinic.sandbox.groups)]
    found: dict[str, set[int]] = {}
    for view in views:
        for happening in view.history:
            for row in happening.message.buttons if happening.by_bot and happening.message else ():
                for button in row:
                    if button.callback_data:
                        found.setdefault(button.callback_data, set()).add(view.id)
    return found
