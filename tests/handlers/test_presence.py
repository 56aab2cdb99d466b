"""Who can be reached: blocked and unblocked, groups moved and left."""

from bot.delivery.outbox import chat_key, is_reachable
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from tests.handlers.stories import joins, joins_staff, says


async def reachable(clinic: Clinic, chat_id: int) -> bool:
    return await clinic.run(lambda tx: is_reachable(tx, chat_key(tx, chat_id)))


async def test_whoever_blocks_cannot_be_reached_until_they_come_back(
    clinic: Clinic, administrator: Person
) -> None:
    maya = await joins(clinic, administrator)

    maya.blocks_bot()
    await clinic.settle()
    blocked = await reachable(clinic, maya.id)
    maya.unblocks_bot()
    await clinic.settle()

    assert not blocked
    assert await reachable(clinic, maya.id)


async def test_a_message_shows_that_a_chat_can_be_reached(clinic: Clinic, administrator: Person) -> None:
    maya = await joins(clinic, administrator)
    from bot.delivery.outbox import mark_unreachable

    await clinic.run(lambda tx: mark_unreachable(tx, chat_key(tx, maya.id), clinic.clock.now()))

    await says(clinic, maya, "/start")

    assert await reachable(clinic, maya.id)
    assert "You are in" in maya.chat.last.text


async def test_a_stranger_who_blocks_leaves_no_trace(clinic: Clinic) -> None:
    stranger = clinic.sandbox.person("Stranger")
    await says(clinic, stranger, "/start")

    stranger.blocks_bot()
    await clinic.settle()

    assert clinic.app.processor.settled()


async def test_the_staff_group_stays_the_staff_group_when_it_becomes_a_supergroup(
    clinic: Clinic, administrator: Person
) -> None:
    group = clinic.sandbox.group("Staff", administrators=[administrator], supergroup=False)
    group.add_bot(administrator)
    administrator.says("/start")
    administrator.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await clinic.settle()

    group.upgrade()
    await clinic.settle()
    administrator.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await clinic.settle()

    assert "This is the staff group already" in group.last.text


async def test_administrators_are_told_when_the_bot_is_put_out_of_the_staff_group(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    staff_group.remove_bot(administrator)
    await clinic.settle()

    assert not await reachable(clinic, staff_group.id)
    assert "taken out of the staff group" in administrator.chat.last.text
    staff_group.add_bot(administrator)
    await clinic.settle()
    assert "I am back" in staff_group.last.text


async def test_staff_hear_of_a_colleague_who_blocks(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    ana = await joins_staff(clinic, administrator, "ana")

    ana.blocks_bot()
    await clinic.settle()

    assert "Ana has blocked me" in staff_group.last.text
