"""Without HTTP between them the bot and the sandbox do just what they do with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.delivery import outbox
from bot.delivery.model import Document, Kind, Message
from bot.delivery.transport import NotSent, Unclear
from bot.richtext import plain
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.direct import Direct
from bot.storage.database import Tx
from handlers import conversation

GET_ME = f"http://anywhere/bot{TOKEN}/getMe"


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, conversation(), content=content, is_direct=True)
    await made.start()
    yield made
    await made.stop()


async def test_people_talk_with_the_bot_and_taps_are_answered(clinic: Clinic) -> None:
    ana = clinic.sandbox.person("Ana")
    ana.says("/help_now")
    await clinic.settle()
    ana.taps("Breathe with me")
    await clinic.settle()

    assert any("back to the numbers" in label.casefold() for label in ana.chat.last.labels)


async def test_a_file_arrives_whole(clinic: Clinic) -> None:
    ana = clinic.sandbox.person("Ana")
    ana.says("/start")
    await clinic.settle()
    message = Message(plain("Yours"), document=Document("yours.txt", "text/plain", b"all of it"))

    def unit(tx: Tx) -> None:
        key = outbox.know_chat(tx, ana.id, is_group=False)
        outbox.send(tx, key, message, kind=Kind.TALK, now=clinic.clock.now())

    await clinic.run(unit)
    await clinic.settle()

    assert [stored.data for stored in clinic.sandbox.world.files.values()] == [b"all of it"]
    assert ana.chat.last.text == "Yours"


@pytest.mark.parametrize("trouble", ["fail", "lose_answers", "reset", "cut_bodies"])
async def test_troubles_are_got_over_as_with_http(clinic: Clinic, trouble: str) -> None:
    ana = clinic.sandbox.person("Ana")
    getattr(clinic.sandbox.faults, trouble)("sendMessage")

    ana.says("/help")
    await clinic.advance(seconds=30)

    said = {message.text for message in ana.chat.messages if message.is_from_bot}
    assert len(said) == 1


async def test_what_a_lost_connection_leaves_open_is_told_apart(clinic: Clinic) -> None:
    way = Direct(clinic.sandbox)
    clinic.sandbox.faults.lose_answers("getMe")
    with pytest.raises(Unclear):
        await way.post(GET_ME, {})
    status, body = await way.post(GET_ME, {})
    await clinic.sandbox.stop()
    with pytest.raises(NotSent):
        await way.post(GET_ME, {})

    assert (status, b'"ok":true' in body) == (200, True)
