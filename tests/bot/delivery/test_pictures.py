"""A message with a picture keeps the outbox's promises, as docs/reliability.md has them, like any other."""

from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, select, type_coerce

from bot.delivery import outbox, pictures
from bot.delivery.model import CAPTION_UNITS, Button, Kind, Message, Picture
from bot.richtext import plain, rich
from bot.sandbox.clinic import Clinic
from bot.sandbox.media import one_pixel
from bot.sandbox.people import Person
from bot.sandbox.state import SeenMessage
from bot.storage.database import Tx

WAVE = Picture("wave", "A <wave>")
GO = ((Button("Go", data="x:1"),),)


@pytest.fixture
async def ana(clinic: Clinic) -> Person:
    person = clinic.sandbox.person("Ana")
    person.says("/nothing")
    await clinic.settle()
    return person


def key_of(tx: Tx, person: Person) -> str:
    return outbox.know_chat(tx, person.id, is_group=False)


async def put(
    clinic: Clinic,
    person: Person,
    text: str,
    kind: Kind = Kind.TALK,
    *,
    card: str | None = None,
    expires: timedelta | None = None,
) -> None:
    now = clinic.clock.now()

    def unit(tx: Tx) -> None:
        pictures.keep(tx, {WAVE.key: one_pixel()})
        message = Message(plain(text), GO, picture=WAVE)
        until = now + expires if expires else None
        outbox.send(tx, key_of(tx, person), message, kind=kind, now=now, card=card, expires=until)

    await clinic.run(unit)


async def say(clinic: Clinic, person: Person, text: str) -> None:
    now = clinic.clock.now()
    await clinic.run(
        lambda tx: outbox.send(tx, key_of(tx, person), Message(plain(text)), kind=Kind.TALK, now=now)
    )


async def edit(clinic: Clinic, person: Person, message: Message) -> None:
    now = clinic.clock.now()
    await clinic.run(lambda tx: outbox.edit(tx, key_of(tx, person), "card", message, now=now))


def seen(person: Person, since: int) -> list[SeenMessage]:
    return [message for message in person.chat.messages if message.is_from_bot and message.id > since]


def texts(person: Person, since: int) -> list[str]:
    return [message.text for message in seen(person, since)]


async def test_a_message_on_its_way_survives_its_own_json(clinic: Clinic) -> None:
    message = Message(rich("<b>Hi</b>"), GO, picture=WAVE)

    assert Message.from_json(message.to_json()) == message


async def test_what_waits_is_sealed_and_does_not_carry_the_picture(clinic: Clinic, ana: Person) -> None:
    clinic.sandbox.faults.down()
    await put(clinic, ana, "a quiet heliotrope")

    stored = type_coerce(outbox.outbox.c.body_sealed, LargeBinary).label("stored")
    bodies = await clinic.run(lambda tx: [bytes(row.stored or b"") for row in tx.all(select(stored))])

    (body,) = [body for body in bodies if body]
    assert b"heliotrope" not in body and one_pixel() not in body


@pytest.mark.parametrize("trouble", ["lose_answers", "cut_bodies", "reset", "fail"])
async def test_conversation_keeps_its_order_whatever_goes_wrong_with_a_picture(
    clinic: Clinic, ana: Person, trouble: str
) -> None:
    before = ana.chat.last.id
    getattr(clinic.sandbox.faults, trouble)("sendPhoto")

    await say(clinic, ana, "one")
    await put(clinic, ana, "two")
    await say(clinic, ana, "three")
    await clinic.advance(seconds=30)

    arrived = texts(ana, before)
    assert list(dict.fromkeys(arrived)) == ["one", "two", "three"]
    assert arrived.count("one") == arrived.count("three") == 1


@pytest.mark.parametrize("trouble", ["lose_answers", "cut_bodies"])
async def test_a_prompt_with_a_picture_that_may_have_arrived_is_not_sent_again(
    clinic: Clinic, ana: Person, trouble: str
) -> None:
    before = ana.chat.last.id
    getattr(clinic.sandbox.faults, trouble)("sendPhoto")

    await put(clinic, ana, "something to read?", Kind.PROMPT)
    await clinic.advance(minutes=5)

    assert texts(ana, before) == ["something to read?"]


async def test_retry_after_is_obeyed_for_a_picture(clinic: Clinic, ana: Person) -> None:
    before = ana.chat.last.id
    clinic.sandbox.faults.refuse(20, "sendPhoto")

    await put(clinic, ana, "a wave")
    await clinic.advance(seconds=10)
    early = texts(ana, before)
    await clinic.advance(seconds=30)

    assert early == [] and texts(ana, before) == ["a wave"]


async def test_a_picture_too_old_to_be_useful_is_dropped(clinic: Clinic, ana: Person) -> None:
    before = ana.chat.last.id
    clinic.sandbox.faults.reset("sendPhoto", times=None)

    await put(clinic, ana, "a wave", expires=timedelta(minutes=2))
    await clinic.advance(minutes=5)
    clinic.sandbox.faults.clear()
    await clinic.advance(minutes=5)

    assert texts(ana, before) == []


async def test_a_blocked_bot_sends_neither_the_picture_nor_its_words(clinic: Clinic, ana: Person) -> None:
    before = ana.chat.last.id
    ana.blocks_bot()
    await clinic.settle()

    await put(clinic, ana, "a wave")
    await clinic.advance(minutes=2)
    ana.unblocks_bot()
    await clinic.advance(minutes=2)

    assert "a wave" not in texts(ana, before)


async def test_text_that_is_too_long_for_below_a_picture_comes_with_the_alt_text(
    clinic: Clinic, ana: Person
) -> None:
    await put(clinic, ana, "x" * (CAPTION_UNITS + 1))
    await clinic.advance(seconds=5)

    assert ana.chat.last.photo is None
    assert ana.chat.last.text == "[A <wave>]\n\n" + "x" * (CAPTION_UNITS + 1)
    assert ana.chat.last.labels == ("Go",)


async def test_the_same_picture_is_kept_when_its_text_changes(clinic: Clinic, ana: Person) -> None:
    await put(clinic, ana, "one", card="card")
    await clinic.advance(seconds=5)
    first = ana.chat.last

    await edit(clinic, ana, Message(plain("two"), GO, picture=WAVE))
    await clinic.advance(seconds=5)

    assert (ana.chat.last.id, ana.chat.last.text, ana.chat.last.photo) == (first.id, "two", one_pixel())


async def test_a_picture_message_that_somebody_deleted_is_sent_anew(clinic: Clinic, ana: Person) -> None:
    before = ana.chat.last.id
    await put(clinic, ana, "one", card="card")
    await clinic.advance(seconds=5)
    ana.deletes(ana.chat.last)

    await edit(clinic, ana, Message(plain("two"), GO, picture=WAVE))
    await clinic.advance(seconds=10)

    assert [(message.text, message.photo) for message in seen(ana, before)] == [("two", one_pixel())]


async def test_a_card_that_is_another_kind_of_message_than_was_noted_is_sent_anew(
    clinic: Clinic, ana: Person
) -> None:
    """A database that was restored, or a tap on an older message: what stands there is not what we think."""
    await put(clinic, ana, "one", card="card")
    await clinic.advance(seconds=5)
    photo = ana.chat.last
    await clinic.run(lambda tx: outbox.adopt_card(tx, "card", key_of(tx, ana), photo.id))

    await edit(clinic, ana, Message(plain("two"), GO))
    await clinic.advance(seconds=10)

    assert (ana.chat.last.text, ana.chat.last.photo) == ("two", None)
