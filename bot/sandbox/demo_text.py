"""`handrail demo --text`: a scripted day of an invented clinic, the real bot over HTTP against the sandbox.

Owns the story; how it is printed and checked is in `stage`. Everybody in it is invented.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from bot import logs
from bot.app import Conversation
from bot.errors import HandrailError
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.sandbox.stage import Stage, StepFailed

ZONE = "America/New_York"
MORNING = datetime(2026, 3, 2, 13, 40, tzinfo=UTC)  # a Monday, 8:40 in New York
CONTENT = Path(__file__).parent.parent.parent / "content"
SHIFTS = [
    {"handle": "ana", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "17:00"},
    {"handle": "ben", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "17:00", "to": "22:00"},
]
BANNER = """\
Handrail: a day at River House IOP

An invented clinic with invented people. This is the real bot, speaking HTTP with a pretend Telegram on
this computer. Nothing leaves it. The clock is moved by hand, so a day takes seconds."""


def play(out: TextIO, conversation: Conversation) -> int:
    """Play the day; gives 0 when every step went as it must, 1 (and says which) when one did not."""
    logs.set_up("error", "text", sys.stderr)
    return asyncio.run(_play(out, conversation))


async def _play(out: TextIO, conversation: Conversation) -> int:
    with tempfile.TemporaryDirectory(prefix="handrail-demo-") as folder:
        clinic = Clinic(
            Path(folder),
            conversation,
            content=CONTENT,
            start=MORNING,
            settings={"HANDRAIL_STAFF__SHIFTS": json.dumps(SHIFTS)},
        )
        story = Story(clinic, out)
        try:
            await clinic.start()
            await story.tell()
        except StepFailed as error:
            print(f"\ndemo: not as expected after {story.stage.steps} steps: {error}", file=out)
            return 1
        except HandrailError as error:
            print(f"\ndemo: stopped after {story.stage.steps} steps: {error}", file=out)
            return 1
        finally:
            await clinic.stop()
        print(f"\ndemo: {story.stage.steps} steps, all as expected", file=out)
        return 0


class Story:
    """Two facilitators, four participants, one day and the next morning."""

    def __init__(self, clinic: Clinic, out: TextIO) -> None:
        self.clinic = clinic
        self.stage = Stage(clinic, out, ZONE)
        print(BANNER, file=out)
        person = clinic.sandbox.person
        self.rosa = clinic.administrators[0]
        self.rosa.user.first_name = "Rosa"
        self.ana, self.ben = person("Ana"), person("Ben")
        self.maya, self.luis = person("Maya"), person("Luis", language_code="es")
        self.tom, self.june = person("Tom"), person("June")
        self.group: Group = clinic.sandbox.group(
            "Staff group", members=[self.ana, self.ben], administrators=[self.rosa]
        )

    async def tell(self) -> None:
        """Every scene in its order."""
        for scene in (
            self.the_team,
            self.joining,
            self.the_others,
            self.checking_in,
            self.reading,
            self.a_worrying_reply,
            self.nobody_takes_it,
            self.the_morning_after,
        ):
            await scene()

    # Scenes

    async def the_team(self) -> None:
        self.stage.scene("Rosa sets up the team")
        self.stage.note("Rosa is the administrator: her Telegram id stands in the configuration.")
        await self.says(self.rosa, "/start")
        self.group.add_bot(self.rosa)
        await self.says(self.rosa, f"/staff_group@{self.clinic.sandbox.username}", in_group=True)
        self.stage.check("the group is the staff group", lambda: "staff group now" in self.group.last.text)
        await self.invite_colleague(self.ana, "ana", quietly=False)
        self.stage.check("Ana is on the team", lambda: "welcome, ana" in self.said_to(self.ana).lower())
        await self.invite_colleague(self.ben, "ben", quietly=True)
        self.stage.note("Ben joins the same way.")
        self.stage.check("Ben is on the team", lambda: "welcome, ben" in self.said_to(self.ben).lower())

    async def joining(self) -> None:
        self.stage.scene("Maya joins")
        link = await self.invite_participant("C-1042", quietly=False)
        self.stage.note("Ana shows Maya the QR picture. Maya opens it on her phone.")
        await self.act(lambda: self.maya.opens_link(link))
        taps = 0
        for label in ("Next", "Next", "I am 18 or older", "I agree", "Taps and words"):
            await self.taps(self.maya, label)
            taps += 1
        await self.says(self.maya, "Maya")
        taps += await self.last_choices(self.maya, quietly=False)
        self.stage.check(
            f"Maya has joined with {taps} taps",
            lambda: taps <= 12 and "You are in" in self.said_to(self.maya),
        )
        self.stage.check("staff see a code, not a name", lambda: "Maya" not in self.all_of(self.group))

    async def the_others(self) -> None:
        for person, chart in ((self.luis, "C-1043"), (self.tom, "C-1044"), (self.june, "C-1045")):
            link = await self.invite_participant(chart, quietly=True)
            await self.act(partial(person.opens_link, link), quietly=True)
            await self.join_quickly(person)
        self.stage.note("Luis, Tom and June join the same way; Luis in Spanish, as his phone speaks it.")
        self.stage.check(
            "Luis is greeted in Spanish",
            lambda: "Luis" in self.said_to(self.luis) and "check-in" not in self.said_to(self.luis),
        )

    async def checking_in(self) -> None:
        self.stage.scene("The daily check-in")
        await self.until(9, 58, quietly=True)
        await self.until_seen(self.maya, "1/")
        self.stage.check(
            "the check-in comes at the time she chose", lambda: "mood" in self.maya.chat.last.text
        )
        await self.taps(self.maya, "6")
        self.stage.note("Maya's bus comes, and she puts the phone away. Meanwhile the bot is restarted.")
        await self.clinic.restart_bot()
        await self.clinic.advance(minutes=25)
        self.stage.print_new()
        self.stage.note("She goes on where she was, typing instead of tapping.")
        await self.says(self.maya, "three")
        self.stage.check(
            "a typed word counts as an answer, after the restart",
            lambda: "did you drink or use" in self.said_to(self.maya),
        )
        await self.taps(self.maya, "No")
        await self.taps(self.maya, "Yes")
        await self.says(self.maya, "tired, but I walked instead of stopping at the store")
        self.stage.check(
            "the check-in is done, and something to read is offered", lambda: self.labels(self.maya, "Read")
        )

    async def reading(self) -> None:
        self.stage.scene("Something to read")
        await self.taps(self.maya, "Read")
        for _ in range(2):
            await self.taps(self.maya, "Next")
        await self.act(lambda: self.maya.says("/learn"))
        self.stage.check("/learn shows where she left off", lambda: "3/7" in self.said_to(self.maya))

    async def a_worrying_reply(self) -> None:
        self.stage.scene("A worrying reply")
        await self.says(self.tom, "I can't do this anymore. I want to die tonight")
        self.stage.check("Tom sees the numbers at once", lambda: "988" in self.all_of_person(self.tom))
        self.stage.check("and that Ana has been told", lambda: "Told Ana" in self.all_of_person(self.tom))
        self.stage.check(
            "the staff group sees a card without his words",
            lambda: "URGENT" in self.all_of(self.group) and "die" not in self.all_of(self.group),
        )
        await self.taps(self.ana, "I have this", in_group=True)
        self.stage.check("the card says who has it", lambda: "Taken by Ana" in self.all_of(self.group))
        self.stage.check("so does Tom's", lambda: "Ana has this" in self.all_of_person(self.tom))
        await self.says(self.ben, "/claim 1")
        self.stage.check(
            "Ben, a moment later, is told who has it", lambda: "Ana has alert 1" in self.said_to(self.ben)
        )
        await self.says(self.ana, "/reveal 1")
        self.stage.check(
            "Ana reads the words in private", lambda: "want to die" in self.all_of_person(self.ana)
        )
        await self.says(self.ana, "/reply 1")
        await self.says(self.ana, "Tom, I am calling you now. Please pick up.")
        self.stage.check(
            "her message reaches Tom", lambda: "I am calling you now" in self.all_of_person(self.tom)
        )
        await self.clinic.advance(minutes=11)
        self.stage.print_new()
        self.stage.check(
            "the revealed words have vanished", lambda: "want to die" not in self.all_of_person(self.ana)
        )
        await self.says(self.ana, "/resolve 1 reached")
        self.stage.check("the alert is resolved", lambda: "Resolved" in self.all_of(self.group))

    async def nobody_takes_it(self) -> None:
        self.stage.scene("The evening: nobody answers")
        await self.until(21, 50, quietly=True)
        await self.says(self.luis, "ya no quiero vivir")
        self.stage.check("Luis gets help in Spanish", lambda: "Llama al 988" in self.all_of_person(self.luis))
        self.stage.check("Ben, on duty, is told in private", lambda: "URGENT" in self.all_of_person(self.ben))
        self.stage.note("Ben is driving. Ten minutes pass, and then ten more.")
        await self.clinic.advance(minutes=11)
        self.stage.print_new()
        self.stage.check("the next person is told", lambda: "Alert 2" in self.all_of_person(self.ana))
        await self.clinic.advance(minutes=10)
        self.stage.print_new()
        await self.taps(self.ana, "I have this")
        self.stage.check("Ana takes it from her own chat", lambda: "Taken by Ana" in self.all_of(self.group))
        await self.says(self.ana, "/resolve 2 reached")

    async def the_morning_after(self) -> None:
        self.stage.scene("The next morning")
        await self.until(8, 40, day=3, quietly=False)
        self.stage.check(
            "the staff group has its morning message", lambda: "morning" in self.group.last.text.lower()
        )
        self.stage.check("no name and no word of anybody is in the group", self.group_is_discreet)
        self.stage.check(
            "Telegram never had to slow the bot down", lambda: not self.clinic.sandbox.ledger.too_many
        )

    # What people do

    async def act(self, what: Callable[[], object], *, quietly: bool = False) -> None:
        self.clinic.clock.advance(7)
        what()
        await self.stage.settle(quietly=quietly)

    async def says(self, person: Person, text: str, *, in_group: bool = False, quietly: bool = False) -> None:
        group = self.group if in_group else None
        await self.act(lambda: person.says(text, in_=group), quietly=quietly)

    async def taps(
        self, person: Person, label: str, *, in_group: bool = False, quietly: bool = False
    ) -> None:
        group = self.group if in_group else None
        await self.act(lambda: person.taps(label, in_=group), quietly=quietly)

    async def invite_colleague(self, person: Person, handle: str, *, quietly: bool) -> None:
        await self.says(self.rosa, "/invite", quietly=quietly)
        await self.taps(self.rosa, "Facilitator", quietly=quietly)
        await self.says(self.rosa, handle, quietly=quietly)
        link = self.newest_link(self.rosa)
        await self.act(lambda: person.opens_link(link), quietly=quietly)
        await self.taps(self.rosa, "Yes, this is", quietly=quietly)

    async def invite_participant(self, chart: str, *, quietly: bool) -> str:
        await self.says(self.ana, "/invite", quietly=quietly)
        await self.taps(self.ana, "Participant", quietly=quietly)
        await self.says(self.ana, chart, quietly=quietly)
        await self.says(self.ana, "555 0142", quietly=quietly)
        await self.taps(self.ana, "Skip", quietly=quietly)
        return self.newest_link(self.ana)

    async def join_quickly(self, person: Person) -> None:
        """Through the same screens by the first fitting button of each."""
        for _ in range(7):
            last = person.chat.last
            wanted = next((b for row in last.buttons for b in row if _goes_on(b.text)), None)
            if wanted is None:
                break
            await self.taps(person, wanted.text, quietly=True)
        await self.says(person, person.first_name, quietly=True)
        await self.last_choices(person, quietly=True)

    async def last_choices(self, person: Person, *, quietly: bool) -> int:
        """Zone, time, quiet hours and pace; gives how many taps it took."""
        taps = 0
        while person.chat.last.buttons and taps < 8 and "/help_now" not in person.chat.last.text:
            label = _choice(person.chat.last.labels)
            await self.taps(person, label, quietly=quietly)
            taps += 1
        return taps

    # Time

    async def until(self, hour: int, minute: int, *, day: int = 2, quietly: bool) -> None:
        local = self.stage.local(self.clinic.clock.now())
        await self.clinic.until(local.replace(day=day, hour=hour, minute=minute, second=0, microsecond=0))
        self.stage.print_new(quietly=quietly)

    async def until_seen(self, person: Person, words: str) -> None:
        """Let time pass until the newest message says this, at most half a day."""
        for _ in range(144):
            if words in person.chat.last.text:
                break
            await self.clinic.advance(minutes=5)
        self.stage.print_new()

    # What people see

    def newest_link(self, person: Person) -> str:
        links = re.findall(r"https://t\.me/\S+", self.all_of_person(person))
        if not links:
            raise StepFailed(f"{person.first_name} got no link")
        return str(links[-1])

    def said_to(self, person: Person) -> str:
        return person.chat.last.text

    def labels(self, person: Person, part: str) -> list[str]:
        return [label for label in person.chat.last.labels if part in label]

    def all_of(self, group: Group) -> str:
        return "\n".join(message.text for message in group.messages if message.is_from_bot)

    def all_of_person(self, person: Person) -> str:
        return "\n".join(message.text for message in person.chat.messages if message.is_from_bot)

    def group_is_discreet(self) -> bool:
        ever = "\n".join(h.message.text for h in self.group.history if h.message and h.by_bot)
        private = ("Maya", "Luis", "Tom", "June", "die", "vivir", "C-10", "555 0142", "walked")
        return not any(word in ever for word in private)


def _goes_on(label: str) -> bool:
    return label in (
        "Next", "I am 18 or older", "I agree", "Taps and words",
        "Siguiente", "Tengo 18 o más", "Acepto", "Toques y palabras", "Estoy de acuerdo",
    )  # fmt: skip


def _choice(labels: tuple[str, ...]) -> str:
    """The usual answer of each of the last four screens: the first, but ten o'clock where a time is asked."""
    return next((label for label in labels if label in ("10 am", "10:00", "10 a. m.")), labels[0])
