"""Staff and an alert: buttons and commands, who may, who was first, and what stays private."""

import asyncio
from pathlib import Path

import pytest

from bot.people.model import Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.alert_scenes import ELEVATED, URGENT, Scene, bot_texts, set_up
from tests.builders import a_colleague, a_participant, participant_of


@pytest.fixture
async def scene(clinic: Clinic, staff_group: Group) -> Scene:
    return await set_up(clinic, staff_group)


@pytest.fixture
async def alarm(scene: Scene) -> Scene:
    """Sam has written something urgent."""
    await scene.says(scene.sam, URGENT)
    return scene


async def test_i_have_this_edits_the_card_and_tells_the_person(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "I have this", in_group=True)

    [card] = alarm.group_cards()
    assert "Taken by Ana 10:00 am" in card.text
    assert "I have this" not in card.labels
    assert alarm.toast() == "Ana has alert 1."
    assert "Ana has this." in alarm.sam.chat.last.text


async def test_the_loser_of_a_race_is_told_who_has_it(alarm: Scene) -> None:
    alarm.ana.taps("I have this", in_=alarm.group)
    alarm.ben.taps("I have this", in_=alarm.group)
    await alarm.clinic.settle()

    assert [toast.text for toast in alarm.group.toasts] == ["Ana has alert 1.", "Ana has alert 1."]
    assert "Taken by Ana" in alarm.group_cards()[0].text
    assert [line for line in await alarm.audited() if "claim" in line] == ["ana: claim alert 1"]


async def test_every_button_has_a_command_twin(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/claim 1")
    assert "Taken by Ana" in alarm.group_cards()[-1].text

    await alarm.says(alarm.ana, "/handover 1 @Ben")
    assert "Handed to Ben" in alarm.group_cards()[-1].text

    await alarm.says(alarm.ben, "/claim 1")
    await alarm.says(alarm.ben, "/resolve 1 could not reach")
    assert "Resolved: Could not reach the person · Ben" in alarm.group_cards()[-1].text
    assert "Ben tried to reach you." in alarm.sam.chat.last.text


async def test_a_command_without_a_number_means_the_only_open_alert(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/claim")

    assert "Ana has alert 1." in alarm.ana.chat.last.text


async def test_a_command_without_a_number_lists_when_there_are_several(alarm: Scene) -> None:
    lee = await a_participant(alarm.clinic, "Lee")
    await alarm.says(lee, URGENT)

    await alarm.says(alarm.ana, "/claim")

    assert "Open alerts: 2" in alarm.ana.chat.last.text
    assert alarm.ana.chat.last.labels == ("Alert 1", "Alert 2")


async def test_an_unknown_number_is_said_kindly(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/claim 99")

    assert "There is no alert 99." in alarm.ana.chat.last.text


async def test_a_closed_alert_cannot_be_taken(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/resolve 1 reached")

    await alarm.says(alarm.ben, "/claim 1")

    assert "Alert 1 is closed already: Reached the person." in alarm.ben.chat.last.text


async def test_resolve_offers_the_outcomes_on_the_card(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "I have this", in_group=True)
    await alarm.taps(alarm.ana, "Resolve", in_group=True)
    assert "Emergency services" in alarm.group_cards()[0].labels

    await alarm.taps(alarm.ana, "Back", in_group=True)
    assert "Resolve" in alarm.group_cards()[0].labels

    await alarm.taps(alarm.ana, "Resolve", in_group=True)
    await alarm.taps(alarm.ana, "Reached the person", in_group=True)

    [card] = alarm.group_cards()
    assert "Resolved: Reached the person · Ana 10:00 am" in card.text
    assert card.labels == ()
    assert "Ana looked after this." in alarm.sam.chat.last.text


async def test_hand_over_offers_colleagues_and_the_new_one_is_pushed(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "I have this", in_group=True)
    await alarm.taps(alarm.ana, "Hand over", in_group=True)
    await alarm.taps(alarm.ana, "Ben", in_group=True)

    assert "Handed to Ben, who must accept." in alarm.group_cards()[0].text
    assert "Handed to Ben" in alarm.ben.chat.last.text
    await alarm.taps(alarm.ben, "I have this")
    assert "Taken by Ben" in alarm.group_cards()[0].text
    assert "Ben has this." in alarm.sam.chat.last.text


async def test_a_wrong_alarm_is_counted(alarm: Scene) -> None:
    start = alarm.clinic.clock.now()
    await alarm.taps(alarm.ana, "Wrong alarm", in_group=True)

    now, alerts = alarm.clinic.clock.now(), alarm.clinic.app.services.alerts
    facts = await alarm.clinic.run(lambda tx: alerts.morning_facts(tx, start.replace(hour=0), now))
    assert facts.wrong_alarms == 1
    assert facts.open == ()
    assert "wrong alarm" in alarm.toast()


async def test_reveal_goes_to_the_private_chat_and_vanishes(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "Reveal", in_group=True)

    shown = alarm.ana.chat.last
    assert URGENT in shown.text
    assert shown.is_protected
    assert "Sent to you in private" in alarm.toast()
    assert "ana: reveal alert 1" in await alarm.audited()

    await alarm.clinic.advance(minutes=11)
    assert not any(URGENT in text for text in bot_texts(alarm.ana))


async def test_who_works_by_number_and_by_code(alarm: Scene) -> None:
    code = (await participant_of(alarm.clinic, alarm.sam)).code
    for command in ("/who 1", f"/who {code.title()}", "/who"):
        await alarm.says(alarm.ana, command, in_group=True)

        assert "MRN 4471" in alarm.ana.chat.last.text
        assert "+1 555 0100" in alarm.ana.chat.last.text
        assert alarm.ana.chat.last.is_protected


async def test_the_group_never_sees_words_names_or_numbers(alarm: Scene) -> None:
    for label in ("Reveal", "Who", "I have this"):
        await alarm.taps(alarm.ana, label, in_group=True)
    await alarm.says(alarm.ana, "/reveal 1", in_group=True)
    await alarm.says(alarm.ana, "/who 1", in_group=True)

    said = "\n".join(seen.text for seen in alarm.group.messages if seen.is_from_bot)
    for secret in (URGENT, "Sam", "4471", "555", "Lee"):
        assert secret not in said


async def test_a_note_is_typed_in_private_and_read_by_reveal(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/note 1 in the group", in_group=True)
    assert "in private" in alarm.group.last.text
    assert "write your note now" in alarm.ana.chat.last.text

    await alarm.says(alarm.ana, "She sounds tired but safe.")
    await alarm.taps(alarm.ben, "Reveal", in_group=True)

    assert "note by Ana" in alarm.ben.chat.last.text
    assert "She sounds tired but safe." in alarm.ben.chat.last.text
    assert "in the group" not in alarm.ben.chat.last.text


async def test_a_note_can_be_dropped(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "I have this", in_group=True)
    await alarm.taps(alarm.ana, "Note", in_group=True)
    await alarm.taps(alarm.ana, "Cancel")
    await alarm.says(alarm.ana, "not for anybody")
    await alarm.says(alarm.ana, "/reveal 1")

    assert "not for anybody" not in alarm.ana.chat.last.text


async def test_reply_reaches_the_person_and_their_answer_comes_back(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "Reply", in_group=True)
    await alarm.says(alarm.ana, "Hi Sam, can I call <b>now</b>?")

    letter = alarm.sam.chat.last.text
    assert letter.startswith("Message from Ana, River House IOP staff:")
    assert "Hi Sam, can I call <b>now</b>?" in letter

    await alarm.taps(alarm.sam, "Answer")
    await alarm.says(alarm.sam, "yes please")

    assert "Passed on to Ana." in alarm.sam.chat.last.text
    assert "answered you" in alarm.ana.chat.last.text
    await alarm.taps(alarm.ana, "Reveal")
    assert "yes please" in alarm.ana.chat.last.text


async def test_half_of_a_long_reply_is_never_sent(alarm: Scene) -> None:
    await alarm.taps(alarm.ana, "Reply", in_group=True)
    before = bot_texts(alarm.sam)

    await alarm.says(alarm.ana, "long " * 700)

    assert "Nothing was sent." in alarm.ana.chat.last.text
    assert bot_texts(alarm.sam) == before
    await alarm.says(alarm.ana, "short")
    assert "short" in alarm.sam.chat.last.text


async def test_a_reply_that_cannot_be_delivered_is_reported(alarm: Scene) -> None:
    alarm.sam.deactivates()

    await alarm.says(alarm.ana, "/reply 1 Hello")

    assert "could not be delivered" in alarm.ana.chat.last.text


async def test_alerts_lists_what_is_open_gravest_first(alarm: Scene) -> None:
    lee = await a_participant(alarm.clinic, "Lee")
    await alarm.taps(alarm.ana, "Wrong alarm", in_group=True)
    await alarm.says(lee, ELEVATED)
    await alarm.says(alarm.sam, URGENT)

    await alarm.says(alarm.ana, "/alerts")

    text = alarm.ana.chat.last.text
    assert text.index("3 · URGENT") < text.index("2 · elevated")
    await alarm.taps(alarm.ana, "Alert 2")
    assert "Alert 2 · elevated" in alarm.ana.chat.last.text
    await alarm.taps(alarm.ana, "I have this")
    assert "Taken by Ana" in alarm.ana.chat.last.text


async def test_editors_participants_and_strangers_can_do_nothing(alarm: Scene) -> None:
    editor = await a_colleague(alarm.clinic, "eve", Role.EDITOR)
    stranger = alarm.clinic.sandbox.person("Vi")
    alarm.group.adds(editor, by=alarm.chief)
    words = ["/alerts", "/claim 1", "/reveal 1", "/who 1", "/reply 1 hi", "/note 1 hi", "/wrong 1",
             "/resolve 1 reached", "/handover 1 ben", "/test_alert"]  # fmt: skip

    for person in (editor, stranger, alarm.sam):
        for command in words:
            await alarm.says(person, command)
            assert "URGENT" not in person.chat.last.text
    for label in ("I have this", "Reveal", "Who", "Reply", "Wrong alarm"):
        await alarm.taps(editor, label, in_group=True)

    assert "Nobody has this yet" in alarm.group_cards()[0].text
    assert not [line for line in await alarm.audited() if line.startswith(("eve", "sam"))]


async def test_a_facilitator_cannot_drill(scene: Scene) -> None:
    await scene.says(scene.ana, "/test_alert")

    assert scene.group_cards() == []


async def test_in_another_group_the_commands_do_nothing(alarm: Scene) -> None:
    other = alarm.clinic.sandbox.group("Friday evening", administrators=[alarm.ana])
    other.add_bot(alarm.ana)
    await alarm.clinic.settle()
    before = len(other.messages)

    for command in ("/alerts", "/claim 1", "/who 1", "/reveal 1"):
        alarm.ana.says(f"{command}@{alarm.clinic.sandbox.username}", in_=other)
    await alarm.clinic.settle()

    assert not [seen for seen in other.messages[before:] if seen.is_from_bot]
    assert "Nobody has this yet" in alarm.group_cards()[0].text


async def test_a_role_taken_away_works_at_the_next_tap(alarm: Scene) -> None:
    from sqlalchemy import update

    from bot.people.store import colleague

    where = update(colleague).where(colleague.c.handle == "ana").values(active=False)
    await alarm.clinic.run(lambda tx: tx.execute(where))

    await alarm.taps(alarm.ana, "I have this", in_group=True)

    assert "Nobody has this yet" in alarm.group_cards()[0].text


async def test_a_drill_is_marked_and_uncounted_and_holds_nobody(scene: Scene) -> None:
    start = scene.clinic.clock.now()
    await scene.says(scene.ben, "/test_alert")

    [card] = scene.group_cards()
    assert card.text.startswith("TEST Alert 1 · URGENT")
    assert card.labels == ("I have this",)
    assert any(text.startswith("TEST Alert 1") for text in bot_texts(scene.chief))

    await scene.says(scene.ana, "/reveal 1")
    assert "This is a drill" in scene.ana.chat.last.text
    await scene.says(scene.ben, "/test_alert")
    assert "still open" in scene.ben.chat.last.text

    await scene.taps(scene.ana, "I have this", in_group=True)
    await scene.taps(scene.ana, "Resolve", in_group=True)
    await scene.taps(scene.ana, "Reached", in_group=True)
    now, alerts = scene.clinic.clock.now(), scene.clinic.app.services.alerts
    facts = await scene.clinic.run(lambda tx: alerts.morning_facts(tx, start, now))
    assert (facts.raised, facts.open, facts.median_minutes) == (0, (), None)


async def test_a_colleague_without_a_private_chat_is_told_to_open_it(alarm: Scene) -> None:
    alarm.ben.blocks_bot()
    await alarm.clinic.settle()

    await alarm.taps(alarm.ben, "Reveal", in_group=True)

    assert "Open my chat" in alarm.toast()
    assert "ben: reveal alert 1" not in await alarm.audited()


async def test_the_words_stand_nowhere_in_clear(alarm: Scene, tmp_path: Path) -> None:
    await alarm.clinic.stop_bot()

    for name in ("handrail.sqlite", "handrail.sqlite-wal"):
        assert URGENT.encode() not in await asyncio.to_thread(_bytes_of, tmp_path / name)


async def test_a_person_answering_another_persons_letter_is_refused(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/reply 1 Hello Sam")
    [button] = [b for row in alarm.sam.chat.last.buttons for b in row]
    lee: Person = await a_participant(alarm.clinic, "Lee")
    await alarm.says(lee, "/help_now")

    lee.taps_data(lee.chat.last, button.callback_data or "")
    await alarm.clinic.settle()

    assert "done with" in lee.chat.last.text


async def test_a_number_that_cannot_be_read_is_never_taken_for_the_only_alert(alarm: Scene) -> None:
    for command in (
        "/claim 13x",
        "/wrong -7",
        "/claim alert 12",
        "/resolve 99999999999 reached",
        "/wrong 12not",
    ):
        await alarm.says(alarm.ana, command)

        assert "Open alerts: 1" in alarm.ana.chat.last.text
    assert "Nobody has this yet" in alarm.group_cards()[0].text


async def test_nothing_is_asked_about_a_closed_alert(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/wrong 1")

    for command in ("/resolve 1", "/resolve 1 somehow", "/handover 1", "/handover 1 zoe"):
        await alarm.says(alarm.ana, command)
        assert "closed already: Wrong alarm" in alarm.ana.chat.last.text


async def test_an_alert_is_not_handed_to_somebody_who_would_not_hear_of_it(alarm: Scene) -> None:
    alarm.ben.blocks_bot()
    await alarm.clinic.settle()

    await alarm.says(alarm.ana, "/handover 1 ben")

    assert "I cannot write to Ben in private" in alarm.ana.chat.last.text
    assert "Handed to" not in alarm.group_cards()[0].text


async def test_words_for_a_colleague_who_cannot_be_written_to_reach_the_group(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/claim 1")
    alarm.ana.deactivates()

    await alarm.says(alarm.sam, URGENT)
    await alarm.says(alarm.sam, URGENT)

    told = [seen.text for seen in alarm.group.messages if "one more message from" in seen.text]
    assert len(told) == 2
    assert all("which Ana has" in text and "I cannot write to Ana." in text for text in told)


async def test_an_answer_to_a_colleague_who_cannot_be_written_to_reaches_the_group(alarm: Scene) -> None:
    await alarm.says(alarm.ana, "/reply 1 May I call you?")
    await alarm.taps(alarm.sam, "Answer")
    alarm.ana.blocks_bot()
    await alarm.clinic.settle()

    await alarm.says(alarm.sam, "yes please")

    assert "answered Ana, to whom I cannot write" in alarm.group.last.text
    assert "yes please" not in alarm.group.last.text


async def test_a_drill_is_no_place_for_notes_and_says_of_itself_that_it_is_not_counted(scene: Scene) -> None:
    await scene.says(scene.ben, "/test_alert")

    for command in ("/note 1 for the file", "/note 1"):
        await scene.says(scene.ana, command)
        assert "This is a drill" in scene.ana.chat.last.text
    await scene.says(scene.ana, "/wrong 1")

    assert scene.ana.chat.last.text == "Alert 1 is resolved: Wrong alarm."


def _bytes_of(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""
