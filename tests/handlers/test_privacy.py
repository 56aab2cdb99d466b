"""/privacy and /help, for each who asks."""

from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from tests.handlers.stories import a_participant_link, joins, joins_staff, opens, says


async def test_privacy_tells_a_participant_what_is_kept_who_sees_it_and_how_to_leave(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)

    await says(clinic, maya, "/privacy")

    words = maya.chat.last.text
    for part in ("What is kept", "Who sees it", "not end-to-end encrypted", "/stop", "version 2026-11"):
        assert part in words


async def test_privacy_is_honest_to_strangers_and_staff(clinic: Clinic, administrator: Person) -> None:
    stranger = clinic.sandbox.person("Stranger", language_code="es")

    await says(clinic, stranger, "/privacy")
    await says(clinic, administrator, "/privacy")

    assert "Soy un bot" in stranger.chat.last.text
    assert "What is kept about staff" in administrator.chat.last.text


async def test_help_is_short_and_fits_who_asks(clinic: Clinic, administrator: Person) -> None:
    maya, stranger = await joins(clinic, administrator), clinic.sandbox.person("Stranger")
    editor = await joins_staff(clinic, administrator, "eva", "Editor")

    for person in (maya, stranger, editor):
        await says(clinic, person, "/help")

    assert "/checkin" in maya.chat.last.text and "/alerts" not in maya.chat.last.text
    assert "/checkin" not in stranger.chat.last.text and "/help_now" in stranger.chat.last.text
    assert "/content" in editor.chat.last.text and "/invite" not in editor.chat.last.text


async def test_on_the_way_in_both_say_how_to_go_on(clinic: Clinic, administrator: Person) -> None:
    maya = clinic.sandbox.person("Maya")
    await opens(clinic, maya, await a_participant_link(clinic, administrator))

    await says(clinic, maya, "/help")
    helped = maya.chat.last.text
    await says(clinic, maya, "/privacy")
    private = maya.chat.last.text
    await says(clinic, maya, "/settings")

    assert "/start" in helped and "/stop" in helped and "open it" not in helped
    assert "What is kept" in private and "/stop" in private
    assert "/start" in maya.chat.last.text and "open it" not in maya.chat.last.text
