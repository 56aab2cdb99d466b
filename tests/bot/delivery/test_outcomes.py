"""The table *What becomes of a message* of docs/reliability.md, walked: every row, every way to it, every kind.

Each way is a trouble of Telegram, the network or the process that the sandbox can make. A message of every kind meets
it once, and what became of the message is held against the table. How the pauses grow and what a 429 holds up is
in `test_pauses`.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.delivery import claims, outbox, transport
from bot.delivery.model import TEXT_UNITS, Kind, Message
from bot.richtext import plain
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.sandbox.process import ROOT, until
from bot.storage.database import Tx

WORDS = "a few words"
A_PACE = 2.5  # seconds that the pace of a chat (1 s) and the next look may add to a pause
LONG_ENOUGH = 36  # seconds for everything in the table to be over

Chat = Person | Group


class Scene:
    """One clinic; each message goes to somebody new, or to a group of its own."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic, self.sandbox = clinic, clinic.sandbox
        self.chat: Chat = clinic.administrators[0]
        self.address = 0
        self.row = 0
        self.began = clinic.clock.now()

    async def somebody(self) -> Person:
        person = self.sandbox.person("Somebody")
        person.says("/nothing")
        await self.clinic.settle()
        await self.clinic.advance(seconds=2)  # so that the chat's pace holds nothing up
        self.chat, self.address = person, person.id
        return person

    async def a_group(self) -> Group:
        group = self.sandbox.group("Staff", administrators=self.clinic.administrators, supergroup=False)
        group.add_bot(self.clinic.administrators[0])
        await self.clinic.settle()
        self.chat, self.address = group, group.id
        return group

    async def put(self, kind: Kind, text: str = WORDS, *, card: str | None = None) -> None:
        """Into the outbox, and let go at once."""
        await self.clinic.run(lambda tx: self.write(tx, kind, text, card))
        await self.clinic.settle()

    def write(self, tx: Tx, kind: Kind, text: str = WORDS, card: str | None = None) -> None:
        self.began = self.clinic.clock.now()
        key = outbox.know_chat(tx, self.address, is_group=self.address < 0)
        outbox.send(tx, key, Message(plain(text)), kind=kind, now=self.began, card=card)
        self.row = _newest(tx)

    def rewrite(self, tx: Tx, kind: Kind, card: str) -> None:
        self.began = self.clinic.clock.now()
        key = outbox.chat_key(tx, self.address)
        outbox.edit(tx, key, card, Message(plain(WORDS)), kind=kind, now=self.began)
        self.row = _newest(tx)

    async def fate(self) -> "Fate":
        """Of the message that was put last, once all is over."""
        await self.clinic.advance(seconds=LONG_ENOUGH, step=2)
        row = await self.clinic.run(lambda tx: tx.first(select(outbox.outbox).where(_is(self.row))))
        pause = (row.tried_at - self.began).total_seconds() if row.attempt > 1 else None
        arrived = sum(message.is_from_bot and message.text == WORDS for message in self.chat_messages())
        return Fate(row.state, row.attempt, pause, arrived)

    def chat_messages(self) -> list[Any]:
        return self.chat.messages if isinstance(self.chat, Group) else self.chat.chat.messages


def _is(row: int) -> Any:
    return outbox.outbox.c.id == row


def _newest(tx: Tx) -> int:
    return int(tx.scalar(select(outbox.outbox.c.id).order_by(outbox.outbox.c.id.desc()).limit(1)))


@dataclass(frozen=True)
class Fate:
    """Its final state, the attempts, the pause before the second one (seconds), and how often it arrived."""

    state: str
    attempts: int = 1
    pause: float | None = None
    arrived: int | None = None

    def is_as(self, written: "Fate", *, carried_out: bool) -> bool:
        """Whether that is what the table says; `carried_out`: Telegram had done what was asked the first time."""
        if (self.state, self.attempts) != (written.state, written.attempts):
            return False
        if self.arrived != carried_out + (written.state == "sent"):
            return False
        if written.pause is None or self.pause is None:
            return written.pause is self.pause
        return written.pause - 0.01 <= self.pause <= written.pause + A_PACE


# The ways


async def nothing_happens(scene: Scene, kind: Kind) -> None:
    await scene.somebody()
    await scene.put(kind)


def telegram(trouble: str, *details: Any, **more: Any) -> "Meet":
    """A fault switch of the sandbox strikes the first attempt."""

    async def meet(scene: Scene, kind: Kind) -> None:
        await scene.somebody()
        getattr(scene.sandbox.faults, trouble)(*details, "sendMessage", **more)
        await scene.put(kind)

    return meet


async def hangs(scene: Scene, kind: Kind) -> None:
    await scene.somebody()
    scene.sandbox.faults.hang("sendMessage")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport, "READ_SECONDS", 0.05)
        await scene.put(kind)


async def nobody_listens(scene: Scene, kind: Kind) -> None:
    await scene.somebody()
    attempts, outcomes = scene.clinic.app.sender.outcomes["not sent"], scene.clinic.app.sender.outcomes
    scene.sandbox.faults.down()
    await scene.sandbox.stop()
    await scene.put(kind)
    await until(lambda: outcomes["not sent"] > attempts)
    await scene.sandbox.start()
    scene.sandbox.faults.up()


async def the_sender_vanishes(scene: Scene, kind: Kind) -> None:
    """Taken in the instant it was written, by a sender of which nothing is heard again."""
    await scene.somebody()

    def unit(tx: Tx) -> None:
        scene.write(tx, kind)
        assert claims.claim(tx, owner="vanished", most=1, now=scene.began).parcels

    await scene.clinic.run(unit)


async def the_process_starts_anew(scene: Scene, kind: Kind) -> None:
    await the_sender_vanishes(scene, kind)
    await scene.clinic.restart_bot()


async def is_blocked(scene: Scene, kind: Kind) -> None:
    person = await scene.somebody()
    person.blocks_bot()
    scene.sandbox.world.queue.drop_all()  # only the attempt finds it out
    await scene.put(kind)


async def account_is_gone(scene: Scene, kind: Kind) -> None:
    (await scene.somebody()).deactivates()
    await scene.put(kind)


async def never_wrote_to_the_bot(scene: Scene, kind: Kind) -> None:
    scene.chat = scene.sandbox.person("Stranger")
    scene.address = scene.chat.id
    await scene.put(kind)


async def chat_is_not_found(scene: Scene, kind: Kind) -> None:
    person = await scene.somebody()
    chats = scene.sandbox.world.chats
    chat = chats.pop(person.id)
    await scene.put(kind)
    chats[person.id] = chat


async def group_is_deleted(scene: Scene, kind: Kind) -> None:
    (await scene.a_group()).delete()
    await scene.put(kind)


async def group_grows(scene: Scene, kind: Kind) -> None:
    group = await scene.a_group()
    group.upgrade()  # `scene.address` is the old one
    scene.sandbox.world.queue.drop_all()  # only the attempt finds it out
    await scene.put(kind)


async def message_is_deleted(scene: Scene, kind: Kind) -> None:
    person, card = await scene.somebody(), f"card:{kind}"
    await scene.put(kind, "what it said before", card=card)
    await scene.clinic.advance(seconds=5, step=1)
    person.deletes(person.chat.last)
    await scene.clinic.run(lambda tx: scene.rewrite(tx, kind, card))
    await scene.clinic.settle()


def telegram_will_not_have(text: str) -> "Meet":
    async def meet(scene: Scene, kind: Kind) -> None:
        await scene.somebody()
        await scene.put(kind, text)

    return meet


# The table


Meet = Callable[[Scene, Kind], Awaitable[None]]


@dataclass(frozen=True)
class Line:
    """A row of the table. `kept` is the fate of an alert, help, conversation or news; `prompt` of a prompt.

    After the `done` ways Telegram had carried out the attempt, after the `ways` it had not.
    """

    outcome: str
    kept: Fate
    prompt: Fate
    ways: dict[str, Meet] = field(default_factory=dict)
    done: dict[str, Meet] = field(default_factory=dict)


SENT = Fate("sent")
UNREACHABLE = Fate("unreachable")
REFUSED = Fate("refused")
AGAIN_SOON = Fate("sent", attempts=2, pause=1)
AT_ONCE = Fate("sent", attempts=2, pause=0)
SERVER_ERRORS = (500, 502, 503, 504)

TABLE = (
    Line("accepted", SENT, SENT, {"nothing happens": nothing_happens}),
    Line(
        "429",
        kept=Fate("sent", attempts=2, pause=17),
        prompt=Fate("sent", attempts=2, pause=17),
        ways={"429": telegram("refuse", 17)},
    ),
    Line(
        "no connection was made",
        kept=AGAIN_SOON,
        prompt=AGAIN_SOON,
        ways={"nobody listens": nobody_listens},
    ),
    Line(
        "connection broke or timed out, 5xx, torn answer",
        kept=AGAIN_SOON,
        prompt=Fate("unknown"),
        ways={
            "reset": telegram("reset"),
            "timed out": hangs,
            **{f"{status}": telegram("fail", status=status) for status in SERVER_ERRORS},
        },
        done={
            "answer lost": telegram("lose_answers"),
            "torn answer": telegram("cut_bodies"),
            "502, done": telegram("fail", status=502, after=True),
        },
    ),
    Line(
        "the process ended meanwhile, seen at the next start",
        kept=AT_ONCE,
        prompt=Fate("unknown"),
        ways={"started anew": the_process_starts_anew},
    ),
    Line(
        "the process ended meanwhile, seen when the lease has run out",
        kept=Fate("sent", attempts=2, pause=30),
        prompt=Fate("unknown"),
        ways={"its lease ran out": the_sender_vanishes},
    ),
    Line(
        "bot blocked, account gone, chat not found",
        kept=UNREACHABLE,
        prompt=UNREACHABLE,
        ways={
            "blocked": is_blocked,
            "account gone": account_is_gone,
            "never wrote to the bot": never_wrote_to_the_bot,
            "chat not found": chat_is_not_found,
            "group deleted": group_is_deleted,
        },
    ),
    Line("group became a supergroup", kept=AT_ONCE, prompt=AT_ONCE, ways={"upgraded": group_grows}),
    Line("message to edit is gone", kept=AT_ONCE, prompt=AT_ONCE, ways={"deleted": message_is_deleted}),
    Line(
        "token refused (401, 404)",
        kept=AGAIN_SOON,
        prompt=AGAIN_SOON,
        ways={f"{status}": telegram("fail", status=status) for status in (401, 404)},
    ),
    Line(
        "any other refusal",
        kept=REFUSED,
        prompt=REFUSED,
        ways={
            "empty": telegram_will_not_have(""),
            "too long": telegram_will_not_have("x" * (TEXT_UNITS + 1)),
            **{f"{status}": telegram("fail", status=status) for status in (400, 413)},
        },
    ),
)
CASES = [
    pytest.param(line, meet, carried_out, id=f"{line.outcome}: {way}")
    for line in TABLE
    for ways, carried_out in ((line.ways, False), (line.done, True))
    for way, meet in ways.items()
]


@pytest.mark.parametrize(("line", "meet", "carried_out"), CASES)
async def test_a_message_of_every_kind_fares_as_the_table_says(
    clinic: Clinic, line: Line, meet: Meet, carried_out: bool
) -> None:
    scene = Scene(clinic)
    fared: dict[str, Fate] = {}

    for kind in Kind:
        await meet(scene, kind)
        fared[kind] = await scene.fate()

    other = {
        kind: fate
        for kind, fate in fared.items()
        if not fate.is_as(line.kept if Kind(kind).at_least_once else line.prompt, carried_out=carried_out)
    }
    assert not other


def test_the_table_in_the_document_has_the_rows_that_are_walked_here() -> None:
    document = (ROOT / "docs" / "reliability.md").read_text()
    table = document.partition("## What becomes of a message")[2].partition("\n## ")[0]
    rows = [row.strip() for row in re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)]

    assert rows[1:] == [line.outcome for line in TABLE]
