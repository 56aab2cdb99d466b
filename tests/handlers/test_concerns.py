"""Every text of a person is heard, and each level does what the design's table says."""

from datetime import timedelta

import pytest

from bot.alerts.model import MorningFacts, Subject
from bot.people.model import ParticipantState
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.screening.model import Category, Level
from bot.storage.database import Tx
from tests.alert_scenes import ELEVATED, URGENT, Scene, bot_texts, set_up
from tests.builders import change, participant_of


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


async def facts_of(scene: Scene) -> MorningFacts:
    now, alerts = scene.clinic.clock.now(), scene.clinic.app.services.alerts
    since = now.replace(hour=0)
    facts: MorningFacts = await scene.clinic.run(lambda tx: alerts.morning_facts(tx, since, now))
    return facts


async def test_urgent_words_get_numbers_first_and_an_alert_at_once(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)

    assert "988" in scene.sam.chat.last.text[:120]
    assert "Told" in scene.sam.chat.last.text
    [card] = scene.group_cards()
    assert "Alert 1 · URGENT\nThoughts of suicide" in card.text
    code = (await participant_of(scene.clinic, scene.sam)).code
    assert code in card.text


async def test_elevated_words_get_warmth_tonight_and_the_true_time(scene: Scene) -> None:
    await scene.says(scene.sam, ELEVATED)

    text = scene.sam.chat.last.text
    assert text.startswith("Thank you for telling me.")
    assert "/help_now" in text
    assert "I am telling staff now." in text  # this clinic has no shifts, so no time can be promised
    assert "elevated" in scene.group_cards()[0].text


async def test_more_words_join_the_open_alert(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.says(scene.sam, URGENT)
    await scene.says(scene.sam, ELEVATED)

    [card] = scene.group_cards()
    assert "3 messages" in card.text
    assert "I read this too." in scene.sam.chat.last.text


async def test_whoever_has_the_alert_hears_of_more_words(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.taps(scene.ana, "I have this", in_group=True)

    await scene.says(scene.sam, URGENT)

    assert "one more message" in scene.ana.chat.last.text
    assert URGENT not in scene.ana.chat.last.text


async def test_urgent_words_make_an_elevated_alert_urgent_and_start_again(scene: Scene) -> None:
    await scene.says(scene.sam, ELEVATED)
    await scene.taps(scene.ana, "I have this", in_group=True)

    await scene.says(scene.sam, URGENT)

    old, new = scene.group_cards()
    assert "see the newer message" in old.text
    assert "Alert 1 · URGENT" in new.text
    assert "I have this" in new.labels
    assert "Alert 1 · URGENT" in scene.ana.chat.last.text
    assert "988" in scene.sam.chat.last.text[:120]


async def test_an_edit_a_caption_a_forward_and_a_command_are_heard(scene: Scene) -> None:
    first = scene.sam.says("good morning")
    await scene.clinic.settle()
    scene.sam.edits(first, URGENT)
    scene.sam.sends_photo(caption=URGENT)
    scene.sam.forwards(URGENT)
    scene.sam.says(f"/learn {URGENT}")
    await scene.clinic.settle()

    assert "4 messages" in scene.group_cards()[0].text
    await scene.says(scene.ana, "/reveal 1")
    for source in ("edited message", "text with a picture or file", "forwarded message"):
        assert source in scene.ana.chat.last.text


async def test_paused_and_stopped_people_are_heard_too(scene: Scene) -> None:
    await change(scene.clinic, scene.sam, state=ParticipantState.STOPPED)

    await scene.says(scene.sam, URGENT)

    assert "This person has stopped the bot." in scene.group_cards()[0].text


async def test_leaving_with_an_open_alert_leaves_it_open_and_says_so(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    person = await participant_of(scene.clinic, scene.sam)
    people, now = scene.clinic.app.services.people, scene.clinic.clock.now()

    await scene.clinic.run(lambda tx: people.stop(tx, person, now))
    await scene.clinic.settle()

    card, news = scene.group_cards()
    assert "This person has stopped the bot. The alert stays open." in card.text
    assert f"{person.code} has stopped the bot. Alert 1 stays open." in news.text


async def test_a_pause_that_ends_by_itself_leaves_the_card(scene: Scene) -> None:
    await scene.says(scene.sam, ELEVATED)
    person = await participant_of(scene.clinic, scene.sam)
    people, now = scene.clinic.app.services.people, scene.clinic.clock.now()
    until = now + timedelta(hours=2)
    await scene.clinic.run(lambda tx: people.pause(tx, person, until, now))
    await scene.clinic.advance(minutes=119)
    before = scene.group_cards()[0].text

    await scene.clinic.advance(minutes=2)

    assert "This person has paused the bot." in before
    assert "paused" not in scene.group_cards()[0].text


async def test_an_alert_after_a_pause_that_ended_long_ago_does_not_name_it(scene: Scene) -> None:
    person = await participant_of(scene.clinic, scene.sam)
    people, now = scene.clinic.app.services.people, scene.clinic.clock.now()
    await scene.clinic.run(lambda tx: people.pause(tx, person, now + timedelta(hours=2), now))
    await scene.clinic.advance(hours=3)

    await scene.says(scene.sam, ELEVATED)
    await scene.clinic.advance(minutes=1)

    assert "paused" not in scene.group_cards()[0].text


async def test_staff_and_groups_are_not_screened(scene: Scene) -> None:
    await scene.says(scene.ana, URGENT)
    await scene.says(scene.ana, URGENT, in_group=True)

    assert scene.group_cards() == []


async def test_what_is_watched_is_a_line_in_the_morning(scene: Scene) -> None:
    person, alerts = await participant_of(scene.clinic, scene.sam), scene.clinic.app.services.alerts
    subject, now = Subject(person.key, person, "en"), scene.clinic.clock.now()

    def unit(tx: Tx) -> None:
        alerts.watch(tx, subject, category=Category.CRAVING, rule="craving-4-to-7", now=now)
        alerts.needs_a_look(tx, subject, "voice", now)
        alerts.needs_a_look(tx, subject, "photo", now)

    await scene.clinic.run(unit)
    await scene.clinic.advance(seconds=1)

    watched = [(item.code, item.category, item.count) for item in (await facts_of(scene)).watch]
    assert watched == [(person.code, "craving", 1), (person.code, "distress", 2)]
    assert scene.group_cards() == []
    assert len(bot_texts(scene.sam)) == 1


async def test_a_structured_answer_raises_an_alert(scene: Scene) -> None:
    person, alerts = await participant_of(scene.clinic, scene.sam), scene.clinic.app.services.alerts
    subject, now = Subject(person.key, person, "en"), scene.clinic.clock.now()

    await scene.clinic.run(
        lambda tx: alerts.raise_concern(
            tx,
            subject,
            level=Level.URGENT,
            category=Category.UNSAFE,
            rule="not-safe",
            source="checkin",
            words="",
            now=now,
        )
    )
    await scene.clinic.settle()

    assert "Not safe" in scene.group_cards()[0].text
    await scene.says(scene.ana, "/reveal 1")
    assert "There are no words behind this alert." in scene.ana.chat.last.text


async def test_the_morning_counts_and_measures(scene: Scene) -> None:
    await scene.says(scene.sam, URGENT)
    await scene.clinic.advance(minutes=6)
    await scene.taps(scene.ana, "I have this", in_group=True)
    await scene.clinic.advance(seconds=1)

    facts = await facts_of(scene)

    assert facts.raised == 1
    assert facts.median_minutes is not None
    assert 5.9 < facts.median_minutes < 6.5
    [line] = facts.open
    assert (line.number, line.level, line.state, line.handle) == (1, Level.URGENT, "claimed", "Ana")
