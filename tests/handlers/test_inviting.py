"""/invite: links and pictures, and the inviter's word on colleagues."""

from bot.people import store
from bot.people.model import Role
from bot.people.store import colleague_by, colleagues, participants
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.handlers.stories import (
    CHOICES,
    TO_CONSENT,
    a_colleague_link,
    a_participant_link,
    joins,
    joins_staff,
    link_in,
    opens,
    says,
    taps,
)


async def test_an_invitation_is_a_link_and_a_picture_that_name_nobody(
    clinic: Clinic, administrator: Person
) -> None:
    await says(clinic, administrator, "/invite")
    await taps(clinic, administrator, ("Participant",))
    await says(clinic, administrator, "C-4711", "555 0100", "Mo, 555 0101")

    picture = next(message for message in administrator.chat.messages if message.photo)

    assert picture.photo is not None and picture.photo.startswith(b"\x89PNG")
    assert link_in(administrator) in picture.text
    assert "on Thursday at 10:00 am" in picture.text
    for secret in ("4711", "555", "Mo"):
        assert secret not in picture.text


async def test_what_staff_entered_is_kept_sealed_for_the_person_who_joins(
    clinic: Clinic, administrator: Person
) -> None:
    await says(clinic, administrator, "/invite")
    await taps(clinic, administrator, ("Participant",))
    await says(clinic, administrator, "C-4711")
    await taps(clinic, administrator, ("Skip",))
    await says(clinic, administrator, "Mo, 555 0101")
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link_in(administrator))
    await taps(clinic, maya, (*TO_CONSENT, *CHOICES))

    file = await clinic.run(lambda tx: store.personal_file(tx, participants(tx)[0].id))

    assert (file.name, file.chart, file.phone, file.contact) == ("Maya", "C-4711", "", "Mo, 555 0101")


async def test_what_staff_typed_leaves_their_chat_after_ten_minutes(
    clinic: Clinic, administrator: Person
) -> None:
    await says(clinic, administrator, "/invite")
    await taps(clinic, administrator, ("Participant",))
    await says(clinic, administrator, "C-4711")

    await clinic.advance(minutes=11)

    assert not any("C-4711" in message.text for message in administrator.chat.messages)


async def test_the_inviter_learns_the_code_of_who_joined(clinic: Clinic, administrator: Person) -> None:
    await joins(clinic, administrator)

    person = (await clinic.run(participants))[0]

    assert f"{person.code} has joined" in administrator.chat.last.text


async def test_an_invitation_can_be_taken_back(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)

    await taps(clinic, administrator, ("Take back",))
    sam = clinic.sandbox.person("Sam")
    await opens(clinic, sam, link)

    assert "That link is dead" in administrator.chat.last.text
    assert not any(message.photo for message in administrator.chat.messages)
    assert "does not work any more" in sam.chat.last.text


async def test_a_colleague_is_on_the_team_only_when_the_inviter_says_so(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_colleague_link(clinic, administrator, "Ana")
    ana = clinic.sandbox.person("Ana", username="ana_w")

    await opens(clinic, ana, link)
    waiting, asked = ana.chat.last.text, administrator.chat.last.text
    await says(clinic, ana, "/alerts")
    await taps(clinic, administrator, ("Yes, this is ana",))

    assert "to confirm that it is you" in waiting
    assert "Ana @ana_w" in asked and "facilitator" in asked.lower()
    assert "Welcome, Ana" in ana.chat.last.text
    person = await clinic.run(lambda tx: colleague_by(tx, handle="ana"))
    assert person is not None and person.roles == {Role.FACILITATOR}


async def test_opening_the_link_twice_asks_the_inviter_once(clinic: Clinic, administrator: Person) -> None:
    link = await a_colleague_link(clinic, administrator, "ana")
    ana = clinic.sandbox.person("Ana")

    await opens(clinic, ana, link)
    await opens(clinic, ana, link)
    await says(clinic, ana, "hello?")

    asked = [message for message in administrator.chat.messages if "has opened the link" in message.text]
    assert len(asked) == 1
    assert "Still waiting" in ana.chat.last.text


async def test_whoever_the_inviter_does_not_know_stays_out(clinic: Clinic, administrator: Person) -> None:
    link = await a_colleague_link(clinic, administrator, "ana")
    thief = clinic.sandbox.person("Thief")
    await opens(clinic, thief, link)

    await taps(clinic, administrator, ("No",))
    await opens(clinic, thief, link)

    assert "no access" in next(m.text for m in administrator.chat.messages if "Refused" in m.text)
    assert "does not work any more" in thief.chat.last.text
    assert len(await clinic.run(colleagues)) == 1


async def test_only_the_inviter_may_confirm(clinic: Clinic, administrator: Person) -> None:
    other = await joins_staff(clinic, administrator, "zoe", "Administrator")
    await opens(clinic, clinic.sandbox.person("Ana"), await a_colleague_link(clinic, administrator, "ana"))
    asked = next(m for m in reversed(administrator.chat.messages) if "has opened the link" in m.text)
    yes = asked.buttons[0][0].callback_data or ""

    other.taps_data(other.chat.last, yes)
    await clinic.settle()

    assert "not for your role" in other.chat.toasts[-1].text
    assert await clinic.run(lambda tx: colleague_by(tx, handle="ana")) is None


async def test_a_handle_belongs_to_one_colleague(clinic: Clinic, administrator: Person) -> None:
    await joins_staff(clinic, administrator, "ana")
    await says(clinic, administrator, "/invite")
    await taps(clinic, administrator, ("Supervisor",))

    await says(clinic, administrator, "ana")
    taken = administrator.chat.last.text
    await says(clinic, administrator, "two words")
    unusable = administrator.chat.last.text
    await says(clinic, administrator, "@Ben")

    assert "is taken" in taken
    assert "cannot be a handle" in unusable
    assert "Forward it to your colleague" in administrator.chat.last.text


async def test_a_facilitator_invites_participants_and_nobody_else(
    clinic: Clinic, administrator: Person
) -> None:
    ana = await joins_staff(clinic, administrator, "ana")

    await says(clinic, ana, "/invite")
    labels = ana.chat.last.labels
    ana.taps_data(ana.chat.last, "iv:role:administrator")
    await clinic.settle()

    assert labels == ("Participant",)
    assert "not for your role" in ana.chat.toasts[-1].text


async def test_participants_and_editors_invite_nobody(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    editor = await joins_staff(clinic, administrator, "eva", "Editor")

    for person in (maya, editor):
        await says(clinic, person, "/invite")
        assert "not for your role" in person.chat.last.text


async def test_a_skip_of_an_older_question_changes_nothing(clinic: Clinic, administrator: Person) -> None:
    await says(clinic, administrator, "/invite")
    await taps(clinic, administrator, ("Participant",))
    chart = administrator.chat.last
    await says(clinic, administrator, "C-4711")

    administrator.taps_data(chart, "iv:skip:chart")
    await clinic.settle()

    assert "from before" in administrator.chat.toasts[-1].text
    assert "(2 of 3)" in administrator.chat.last.text
