"""How long a message waits for its next attempt, for how long it is tried, and whom one chat's trouble holds up."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.richtext import plain
from bot.sandbox.clinic import Clinic
from bot.sandbox.people import Person
from bot.storage.database import Tx

GROWING = [1, 2, 4, 8, 16, 32, 60, 60, 60]  # seconds, as the table says
A_PACE = 2.1  # seconds that the pace of a chat (1 s) and the next look may add
KEPT = [kind for kind in Kind if kind.at_least_once]


@pytest.fixture
async def ana(clinic: Clinic) -> Person:
    return await somebody(clinic, "Ana")


async def somebody(clinic: Clinic, name: str) -> Person:
    person = clinic.sandbox.person(name)
    person.says("/nothing")
    await clinic.settle()
    await clinic.advance(seconds=2)
    return person


async def put(clinic: Clinic, person: Person, text: str, kind: Kind, expires: datetime | None = None) -> None:
    def unit(tx: Tx) -> None:
        key, now = outbox.know_chat(tx, person.id, is_group=False), clinic.clock.now()
        outbox.send(tx, key, Message(plain(text)), kind=kind, now=now, topic="test", expires=expires)

    await clinic.run(unit)
    await clinic.settle()


async def states(clinic: Clinic) -> list[str]:
    query = select(outbox.outbox.c.state).where(outbox.outbox.c.topic == "test").order_by(outbox.outbox.c.id)
    return [row.state for row in await clinic.run(lambda tx: tx.all(query))]


def texts(person: Person) -> list[str]:
    return [message.text for message in person.chat.messages if message.is_from_bot]


def attempts(clinic: Clinic, person: Person) -> list[datetime]:
    """When a message to that person was tried and a fault struck."""
    requests = clinic.sandbox.ledger.requests
    return [one.at for one in requests if one.injected and one.chat_id == str(person.id)]


@pytest.mark.parametrize("kind", KEPT)
async def test_what_must_arrive_is_tried_for_ever_a_minute_apart_at_most(
    clinic: Clinic, ana: Person, kind: Kind
) -> None:
    clinic.sandbox.faults.fail("sendMessage", times=len(GROWING))

    await put(clinic, ana, "at last", kind)
    await clinic.advance(seconds=sum(GROWING) + len(GROWING) * A_PACE, step=2)

    tried = attempts(clinic, ana)
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(tried)]
    assert len(tried) == len(GROWING)
    assert all(wanted <= pause <= wanted + A_PACE for pause, wanted in zip(pauses, GROWING[:-1], strict=True))
    assert await states(clinic) == ["sent"]
    assert texts(ana)[-1] == "at last"


async def test_a_prompt_that_certainly_did_not_leave_is_tried_until_it_expires(
    clinic: Clinic, ana: Person
) -> None:
    before = len(texts(ana))
    clinic.sandbox.faults.down()
    await clinic.sandbox.stop()
    now = clinic.clock.now()
    await put(clinic, ana, "short", Kind.PROMPT, expires=now + timedelta(minutes=5))
    ben = await a_chat_known_before(clinic, ana)
    await put(clinic, ben, "long", Kind.PROMPT, expires=now + timedelta(hours=1))

    await clinic.advance(minutes=10, step=5)
    meanwhile = await states(clinic)
    await clinic.sandbox.start()
    clinic.sandbox.faults.up()
    await clinic.advance(minutes=2, step=5)

    assert meanwhile == ["expired", "ready"]
    assert await states(clinic) == ["expired", "sent"]
    assert texts(ana)[before:] == []
    assert texts(ben) == ["long"]


async def a_chat_known_before(clinic: Clinic, other: Person) -> Person:
    """Somebody who pressed Start while the bot was not looking."""
    person = clinic.sandbox.person(f"{other.first_name}'s friend")
    clinic.sandbox.world.chats[person.id].has_started = True
    return person


@pytest.mark.parametrize("kind", Kind)
async def test_a_429_holds_up_every_chat_and_lane_across_a_restart(
    clinic: Clinic, ana: Person, kind: Kind
) -> None:
    ben = await somebody(clinic, "Ben")
    clinic.sandbox.faults.refuse(600, "sendMessage")
    await put(clinic, ana, "refused", kind)
    until = clinic.clock.now() + timedelta(seconds=599)
    for other in Kind:
        await put(clinic, ben, other, other)

    await clinic.restart_bot()
    await clinic.advance(minutes=9, step=20)
    meanwhile = texts(ana)[1:] + texts(ben)[1:]
    await clinic.advance(minutes=2, step=5)

    assert meanwhile == []
    assert texts(ana)[1:] == ["refused"]
    assert sorted(texts(ben)[1:]) == sorted(Kind)
    assert all(send.at >= until for send in clinic.sandbox.ledger.sends[-6:])
    assert clinic.sandbox.ledger.too_many == []


@pytest.mark.parametrize("kind", Kind)
async def test_what_waits_for_a_chat_that_cannot_be_reached_ends_with_the_first_attempt(
    clinic: Clinic, ana: Person, kind: Kind
) -> None:
    ana.deactivates()
    clinic.sandbox.faults.refuse(5, "sendMessage")

    for text in ("one", "two", "three"):
        await put(clinic, ana, text, kind)
    await clinic.advance(seconds=20, step=2)

    assert await states(clinic) == ["unreachable"] * 3
    tried = [
        one for one in clinic.sandbox.ledger.requests if one.chat_id == str(ana.id) and one.status == 403
    ]
    assert len(tried) == 1
