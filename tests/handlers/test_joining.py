"""/start: the way in, and the ways out of it."""

import pytest
from sqlalchemy import select

from bot.delivery.outbox import card_message, chat, chat_key, outbox
from bot.intake.inbox import inbox
from bot.people.dialogues import dialogue
from bot.people.store import participants
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.storage.database import Tx
from tests.handlers.stories import (
    CHOICES,
    TO_CONSENT,
    a_colleague_link,
    a_participant_link,
    joins,
    joins_staff,
    opens,
    says,
    taps,
)


async def test_a_participant_walks_in_with_at_most_twelve_taps_and_nothing_typed(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")

    await opens(clinic, maya, link)
    steps = (*TO_CONSENT, *CHOICES)
    await taps(clinic, maya, steps)

    assert len(steps) <= 12
    assert "You are in, Maya" in maya.chat.last.text
    assert "today at 7:00 pm" in maya.chat.last.text
    assert sum(message.is_from_bot for message in maya.chat.messages) == 2  # one, edited, and the welcome


async def test_the_first_screen_speaks_the_language_of_their_telegram_and_can_be_switched(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya", language_code="es-MX")

    await opens(clinic, maya, link)
    spanish = maya.chat.last.text
    await taps(clinic, maya, ("English",))

    assert "Soy un bot" in spanish
    assert "I am a bot" in maya.chat.last.text
    assert "Español" in maya.chat.last.labels


async def test_the_whole_way_is_there_in_spanish(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya", language_code="es")

    await opens(clinic, maya, link)
    spanish = ("Siguiente", "Siguiente", "Tengo 18", "Acepto", "Solo toques", "Usar", "Este ·", "19:00")
    await taps(clinic, maya, (*spanish, "22:00 a 8:00", "Normal"))

    assert "Ya estás dentro, Maya" in maya.chat.last.text


async def test_the_name_is_the_only_thing_typed(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    await taps(clinic, maya, (*TO_CONSENT, "Taps and words"))

    await says(clinic, maya, "x" * 41)
    refused = maya.chat.last.text
    await says(clinic, maya, "  May \u202e🌱 ")
    await taps(clinic, maya, CHOICES[2:])

    assert "short name" in refused
    assert "You are in, May 🌱." in maya.chat.last.text


async def test_a_typed_city_offers_its_zone_with_the_time_there(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    await taps(clinic, maya, (*TO_CONSENT, *CHOICES[:2]))

    await says(clinic, maya, "Denver")
    await taps(clinic, maya, ("Mountain · 8 am", "8 pm", "10 pm to 8 am", "Usual"))

    assert "today at 8:00 pm" in maya.chat.last.text
    assert await clinic.run(lambda tx: participants(tx)[0].zone) == "America/Denver"


async def test_a_zone_of_another_region_is_two_taps_away(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)

    await taps(clinic, maya, (*TO_CONSENT, *CHOICES[:2], "Europe", "Madrid", "Later", "Earlier", "7 pm"))

    assert "quiet" in maya.chat.last.text


async def test_back_leads_through_every_step_to_the_first_page(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    first = maya.chat.last
    await taps(clinic, maya, (*TO_CONSENT, *CHOICES[:-1]))

    await taps(clinic, maya, ["Back"] * 9)

    assert maya.chat.last.text == first.text
    assert maya.chat.last.labels == first.labels


async def test_a_refusal_leaves_nothing_and_the_link_works_again(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)

    await taps(clinic, maya, (*TO_CONSENT[:-1], "No, thank you"))

    assert "I keep nothing about you" in maya.chat.last.text
    assert "988" in maya.chat.last.text
    assert maya.chat.last.labels == ()
    assert await clinic.run(lambda tx: traces(tx, maya)) == []
    sam = clinic.sandbox.person("Sam")
    await opens(clinic, sam, link)
    assert "I am a bot" in sam.chat.last.text


async def test_somebody_under_18_is_refused_kindly_and_nothing_remains(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    kim = clinic.sandbox.person("Kim")
    await opens(clinic, kim, link)

    await taps(clinic, kim, ("Next", "Next", "I am under 18"))

    assert "18 or older" in kim.chat.last.text
    assert "988" in kim.chat.last.text
    assert await clinic.run(lambda tx: traces(tx, kim)) == []


async def test_stop_on_the_way_in_is_a_refusal(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)

    await says(clinic, maya, "/stop")

    assert "I keep nothing about you" in maya.chat.last.text
    assert await clinic.run(lambda tx: traces(tx, maya)) == []


async def test_who_comes_back_before_the_farewell_has_left_is_not_forgotten(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    await taps(clinic, maya, TO_CONSENT[:-1])

    maya.taps("No, thank you")
    maya.opens_link(link)
    await clinic.settle()
    await taps(clinic, maya, (*TO_CONSENT, *CHOICES))

    assert "You are in" in maya.chat.last.text


async def test_a_used_link_is_refused_and_staff_see_nothing(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya, sam = clinic.sandbox.person("Maya"), clinic.sandbox.person("Sam")
    await opens(clinic, maya, link)
    await taps(clinic, maya, (*TO_CONSENT, *CHOICES))
    before = len(staff_group.messages), len(administrator.chat.messages)

    await opens(clinic, sam, link)

    assert "does not work any more" in sam.chat.last.text
    assert (len(staff_group.messages), len(administrator.chat.messages)) == before


async def test_a_link_that_somebody_has_opened_is_closed_to_others(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya, sam = clinic.sandbox.person("Maya"), clinic.sandbox.person("Sam")
    await opens(clinic, maya, link)

    await opens(clinic, sam, link)

    assert "does not work any more" in sam.chat.last.text


async def test_an_expired_link_is_refused_also_in_the_middle(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)

    await clinic.advance(hours=73, step=3600)
    await taps(clinic, maya, ("Next",))

    assert "open your link again" in maya.chat.toasts[-1].text
    await opens(clinic, maya, link)
    assert "does not work any more" in maya.chat.last.text


async def test_five_wrong_codes_an_hour_are_answered_then_there_is_silence(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    guesser = clinic.sandbox.person("Guesser")

    for number in range(7):
        await says(clinic, guesser, f"/start guess{number}")
    await opens(clinic, guesser, link)

    assert sum(message.is_from_bot for message in guesser.chat.messages) == 5
    await clinic.advance(minutes=61)
    await opens(clinic, guesser, link)
    assert "I am a bot" in guesser.chat.last.text


async def test_start_without_a_link_says_what_this_is(clinic: Clinic) -> None:
    stranger = clinic.sandbox.person("Stranger")

    await says(clinic, stranger, "/start")

    assert "by invitation" in stranger.chat.last.text
    assert "/help_now" in stranger.chat.last.text


async def test_two_taps_on_one_step_count_once(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)

    maya.taps("Next")
    maya.taps("Next")
    await clinic.settle()

    assert "Where your words go" in maya.chat.last.text
    assert "older button" in maya.chat.toasts[-1].text


async def test_a_restart_in_the_middle_continues_where_they_were(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    await taps(clinic, maya, (*TO_CONSENT, "Taps only"))

    await clinic.restart_bot()
    await says(clinic, maya, "/start")
    await taps(clinic, maya, CHOICES[1:])

    assert "You are in, Maya" in maya.chat.last.text


async def test_a_worrying_sentence_does_not_become_a_name(clinic: Clinic, administrator: Person) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    await taps(clinic, maya, (*TO_CONSENT, "Taps and words"))

    await says(clinic, maya, "I want to kill myself")
    await taps(clinic, maya, CHOICES[1:])

    assert (
        "You are in, Maya"
        in [m for m in maya.chat.messages if m.is_from_bot and "You are in" in m.text][-1].text
    )


async def test_a_link_taken_back_in_the_middle_ends_the_joining(
    clinic: Clinic, administrator: Person
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)

    await taps(clinic, administrator, ("Take back",))
    await taps(clinic, maya, ("Next",))

    assert maya.chat.toasts[-1].is_alert


async def test_whoever_has_joined_is_welcomed_back_with_the_next_check_in(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)

    await says(clinic, maya, "/start")

    assert "You are in" in maya.chat.last.text
    assert "today at 7:00 pm" in maya.chat.last.text


async def test_an_account_is_staff_or_participant_not_both(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    link = await a_participant_link(clinic, administrator)

    await opens(clinic, administrator, link)
    refused = administrator.chat.last.text
    await opens(clinic, maya, await a_colleague_link(clinic, administrator, "ana"))

    assert "either staff or participant" in refused
    assert "You are in" in maya.chat.last.text
    sam = clinic.sandbox.person("Sam")
    await opens(clinic, sam, link)
    assert "I am a bot" in sam.chat.last.text


async def test_a_new_consent_is_asked_before_the_next_thing(
    clinic: Clinic, administrator: Person, content: "object"
) -> None:
    maya = await joins(clinic, administrator)
    await new_consent(clinic, content)

    await says(clinic, maya, "/settings")
    asked = maya.chat.last.text
    await taps(clinic, maya, ("Next", "Next", "I agree"))
    await says(clinic, maya, "/settings")

    assert "Something changed" in asked
    assert "Your settings" in maya.chat.last.text
    assert await clinic.run(lambda tx: participants(tx)[0].consent_version) == "2027-01"


async def test_whoever_does_not_agree_to_a_new_consent_can_stop(
    clinic: Clinic, administrator: Person, content: "object"
) -> None:
    maya = await joins(clinic, administrator)
    await new_consent(clinic, content)
    await says(clinic, maya, "/start")

    await taps(clinic, maya, ("Next", "Next", "Stop"))

    assert "Stopped." in maya.chat.last.text


async def test_staff_say_start_and_see_what_they_can_do(clinic: Clinic, administrator: Person) -> None:
    editor = await joins_staff(clinic, administrator, "eva", "Editor")

    await says(clinic, editor, "/start")

    assert "/content" in editor.chat.last.text
    assert "/alerts" not in editor.chat.last.text


async def new_consent(clinic: Clinic, content: "object") -> None:
    from pathlib import Path

    file = Path(str(content)) / "consent.toml"
    file.write_text(file.read_text().replace('version = "2026-11"', 'version = "2027-01"'))
    await clinic.app.refresh_content()
    await clinic.settle()


def traces(tx: Tx, person: Person) -> list[str]:
    """The tables that still know this person's chat."""
    key = chat_key(tx, person.id)
    places = {
        "chat": select(chat.c.key).where(chat.c.key == key),
        "outbox": select(outbox.c.id).where(outbox.c.chat_key == key),
        "card": select(card_message.c.name).where(card_message.c.chat_key == key),
        "dialogue": select(dialogue.c.key).where(dialogue.c.key == key),
        "inbox": select(inbox.c.update_id).where(inbox.c.body_sealed.is_not(None)),
    }
    return [name for name, query in places.items() if tx.first(query) is not None]


@pytest.fixture(autouse=True)
def _phrases_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.phrases import Phrases

    monkeypatch.setattr(Phrases, "strict", True)


async def test_whoever_asked_for_a_person_can_still_be_answered_after_a_refusal(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    link = await a_participant_link(clinic, administrator)
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, link)
    await says(clinic, maya, "/help_now")
    await taps(clinic, maya, ("Tell staff",))

    await says(clinic, maya, "/stop")

    assert "chat" in await clinic.run(lambda tx: traces(tx, maya))
    assert "dialogue" not in await clinic.run(lambda tx: traces(tx, maya))


async def test_taps_only_never_asks_to_type(clinic: Clinic, administrator: Person) -> None:
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, await a_participant_link(clinic, administrator))
    await taps(clinic, maya, TO_CONSENT)

    for label in CHOICES:
        await taps(clinic, maya, (label,))
        assert "type" not in maya.chat.last.text.casefold()
