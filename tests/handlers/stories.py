"""Short stories that several tests of people begin with: inviting somebody, and walking them in."""

import re
from collections.abc import Iterable

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.alert_scenes import URGENT
from tests.builders import a_colleague, a_participant

TO_CONSENT = ("Next", "Next", "I am 18 or older", "I agree")
CHOICES = ("Taps only", "Use “", "Eastern", "7 pm", "10 pm to 8 am", "Usual")
LINK = re.compile(r"https://t\.me/\S+")


async def taps(clinic: Clinic, person: Person, labels: Iterable[str]) -> None:
    """One tap after another, each answered before the next."""
    for label in labels:
        person.taps(label)
        await clinic.settle()


async def says(clinic: Clinic, person: Person, *texts: str) -> None:
    for text in texts:
        person.says(text)
        await clinic.settle()


def link_in(person: Person) -> str:
    """The newest invitation in somebody's chat."""
    links = [found[0] for message in person.chat.messages if (found := LINK.search(message.text))]
    return links[-1]


async def look_after_one_alert(clinic: Clinic) -> None:
    """Sam says something urgent; Ana takes the alert, reads it, and resolves it."""
    sam = await a_participant(clinic, "Sam")
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    await says(clinic, sam, "/start", URGENT)
    await says(clinic, ana, "/start", "/claim 1", "/reveal 1", "/resolve 1 reached")


async def a_participant_link(clinic: Clinic, by: Person) -> str:
    await says(clinic, by, "/invite")
    await taps(clinic, by, ("Participant", "Skip", "Skip", "Skip"))
    return link_in(by)


async def a_colleague_link(clinic: Clinic, by: Person, handle: str, role: str = "Facilitator") -> str:
    await says(clinic, by, "/invite")
    await taps(clinic, by, (role,))
    await says(clinic, by, handle)
    return link_in(by)


async def opens(clinic: Clinic, person: Person, link: str) -> None:
    person.opens_link(link)
    await clinic.settle()


async def joins(clinic: Clinic, by: Person, name: str = "Maya") -> Person:
    """Somebody who has walked the whole way by taps."""
    person = clinic.sandbox.person(name)
    await opens(clinic, person, await a_participant_link(clinic, by))
    await taps(clinic, person, (*TO_CONSENT, *CHOICES))
    return person


async def joins_staff(clinic: Clinic, by: Person, handle: str, role: str = "Facilitator") -> Person:
    """A colleague whom the inviter has confirmed."""
    person = clinic.sandbox.person(handle.title())
    await opens(clinic, person, await a_colleague_link(clinic, by, handle, role))
    await taps(clinic, by, (f"Yes, this is {handle}",))
    return person


async def answers_a_checkin(clinic: Clinic, person: Person, words: str) -> None:
    """/checkin to its end: numbers and yes by tapping, words where they are asked for, whatever the questions are."""
    await says(clinic, person, "/checkin")
    for _ in range(15):
        labels = person.chat.last.labels
        tap = next((label for label in ("Yes", "5") if label in labels), "")
        if not tap and len(labels) > 3:
            tap = "Skip"
        if not tap:
            await says(clinic, person, words)
            return
        await taps(clinic, person, (tap,))
