"""What people write, their names, phones and Telegram ids, and the token, get into no log, group or file in clear.

One story goes through everything that touches them, and through everything that may go wrong on the way.
"""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import structlog

from bot import logs
from bot.app import Conversation
from bot.people.model import Role
from bot.sandbox.clinic import TOKEN, Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import ChatView, Person
from bot.services import Services
from handlers import conversation, register_all
from handlers.chat import Chat
from handlers.routing import AnyApplication, Routes
from tests.bot.free_port import free_address
from tests.builders import a_colleague
from tests.handlers.stories import TO_CONSENT, link_in, says, taps

WORD = "Quetzalcanary"
NAME = "Zinniacanary"
PHONE = "+15550177"
CHART = "Chartcanary"
CONTACT = "Auntcanary"
REPLY = "Replycanary"
NOTE = "Notecanary"
CANARIES = (WORD, NAME, PHONE, CHART, CONTACT, REPLY, NOTE, TOKEN, TOKEN.partition(":")[2])
URGENT = f"I want to kill myself tonight {WORD}"


RENDERED = ("exc_info", "exc_text", "message")
"""What a formatter makes of a record. Ours keeps an exception's own words out; its output is looked at besides."""


class Everything(logging.Handler):
    """Every record whole: its message, arguments and fields, but not the exception itself."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.text = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        fields = {name: value for name, value in vars(record).items() if name not in RENDERED}
        shown = {**fields, "msg": _without_exception(record.msg)}
        self.text.write(f"{shown!r}\n")


def _without_exception(message: object) -> object:
    if isinstance(message, dict):
        return {name: value for name, value in message.items() if name != "exc_info"}
    return message


@dataclass
class Logged:
    """What a log shipper would get, and every record whole."""

    written: io.StringIO
    records: Everything

    @property
    def text(self) -> str:
        return self.written.getvalue() + self.records.text.getvalue()


@pytest.fixture
def logged() -> Iterator[Logged]:
    """Logging as `run` sets it up, at its most talkative."""
    root, written, records = logging.getLogger(), io.StringIO(), Everything()
    before = (list(root.handlers), root.level, logging.raiseExceptions)
    logs.set_up("debug", "json", written)
    root.addHandler(records)
    yield Logged(written, records)
    root.handlers[:], root.level, logging.raiseExceptions = before
    structlog.reset_defaults()


def explode(chat: Chat) -> None:
    raise RuntimeError(f"cannot handle {chat.text} of {chat.first_name} with {TOKEN}")


@pytest.fixture
def address() -> str:
    """Where the program tells how it is."""
    return free_address()


@pytest.fixture
async def clinic(tmp_path: Path, content: Path, logged: Logged, address: str) -> AsyncIterator[Clinic]:
    """A clinic whose bot has one handler too many: it raises with the person's words in the error."""
    base = conversation()

    def register(application: AnyApplication, services: Services) -> Routes:
        Routes(application, services).command("explode", explode)
        return register_all(application, services)

    made = Clinic(
        tmp_path,
        Conversation(register, base.aside, base.publish_menus),
        content=content,
        settings={"HANDRAIL_HTTP__LISTEN": address},
    )
    await made.start()
    yield made
    await made.stop()


@dataclass
class Story:
    clinic: Clinic
    group: Group
    chief: Person
    ana: Person
    zinnia: Person


@pytest.fixture
async def story(clinic: Clinic) -> Story:
    """Zinnia joins with everything typed that can be typed."""
    chief = clinic.administrators[0]
    group = clinic.sandbox.group("Staff", administrators=[chief])
    group.add_bot(chief)
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)
    group.adds(ana, by=chief)
    ana.says("/start")
    await says(clinic, chief, "/start", f"/start {WORD}")
    chief.says(f"/staff_group@{clinic.sandbox.username}", in_=group)
    await says(clinic, ana, "/invite")
    await taps(clinic, ana, ("Participant",))
    await says(clinic, ana, CHART, PHONE, CONTACT)
    zinnia = clinic.sandbox.person(NAME)
    zinnia.opens_link(link_in(ana))
    await clinic.settle()
    await taps(clinic, zinnia, (*TO_CONSENT, "Taps and words"))
    await says(clinic, zinnia, NAME)
    await taps(clinic, zinnia, ("Eastern", "7 pm", "10 pm to 8 am", "Usual"))
    return Story(clinic, group, chief, ana, zinnia)


async def answers_a_checkin(story: Story) -> None:
    """Numbers by tapping, words where words are asked for."""
    await says(story.clinic, story.zinnia, "/checkin")
    for _ in range(12):
        labels = story.zinnia.chat.last.labels
        if not any(label in labels for label in ("Skip", "Not now")) and "Yes" not in labels:
            break
        if "Yes" in labels:
            await taps(story.clinic, story.zinnia, ("Yes",))
        elif "5" in labels:
            await taps(story.clinic, story.zinnia, ("5",))
        else:
            await says(story.clinic, story.zinnia, f"an honest word {WORD}")


async def reflects(story: Story) -> None:
    clinic, zinnia = story.clinic, story.zinnia
    await says(clinic, zinnia, "/learn")
    await taps(clinic, zinnia, ("What stress does",))
    while "Skip" not in zinnia.chat.last.labels:
        labels = zinnia.chat.last.labels
        await taps(clinic, zinnia, ("Next ›" if "Next ›" in labels else labels[0],))
    await says(clinic, zinnia, f"My jaw {WORD}")


async def is_helped(story: Story) -> None:
    """An urgent message, revealed, answered, noted and resolved."""
    clinic, zinnia, ana = story.clinic, story.zinnia, story.ana
    await says(clinic, zinnia, URGENT)
    await says(clinic, ana, "/claim 1", "/reveal 1", "/who 1", f"/reply 1 {REPLY}", f"/note 1 {NOTE}")
    for name in ("reveal", "who", "note", "reply"):
        ana.says(f"/{name}@{clinic.sandbox.username} 1 {NOTE}", in_=story.group)
    await clinic.settle()
    zinnia.edits(next(message for message in zinnia.chat.messages if message.text == URGENT), f"{URGENT}!")
    await clinic.settle()
    await says(clinic, ana, "/resolve 1 reached")


async def everything_goes_wrong(story: Story) -> None:
    """A handler that raises, updates that cannot be read, Telegram out of order, torn answers."""
    clinic, zinnia, faults = story.clinic, story.zinnia, story.clinic.sandbox.faults
    await says(clinic, zinnia, f"/explode {WORD}")
    user = {"id": zinnia.id, "is_bot": False, "first_name": NAME}
    chat = {"id": zinnia.id, "type": "private", "first_name": NAME}
    odd = {"message_id": "many", "date": WORD, "chat": chat, "from": user, "text": f"odd {WORD}"}
    faults.malformed_update({"message": odd})
    faults.malformed_update(f'{{"update_id": 1, "message": {{"text": "{WORD} {NAME}"')
    faults.fail("sendMessage", 2, status=500)
    await says(clinic, zinnia, f"again {WORD}")
    faults.clear()
    faults.cut_bodies("sendMessage")
    await says(clinic, zinnia, f"/help_now {WORD}")
    faults.clear()
    faults.cut_bodies("getUpdates")
    await says(clinic, zinnia, f"and again {WORD}")
    faults.clear()
    await clinic.restart_bot()


async def live_through(story: Story) -> None:
    for part in (answers_a_checkin, reflects, is_helped, everything_goes_wrong):
        await part(story)
    await story.clinic.advance(hours=26, step=3600)


async def test_no_canary_sings(
    story: Story, logged: Logged, tmp_path: Path, capfd: pytest.CaptureFixture[str], address: str
) -> None:
    clinic = story.clinic

    await live_through(story)

    helped = "\n".join(message.text for message in story.zinnia.chat.messages)
    assert REPLY in helped  # the story took place: it was not quiet because nothing happened
    assert "Saved" in helped
    revealed = _ever_said(story.ana.chat)
    assert WORD in revealed
    assert PHONE in revealed
    outputs = capfd.readouterr()
    ids = (str(story.zinnia.id),)
    assert _sung(logged.text, *CANARIES, *ids) == []
    assert _sung(outputs.out + outputs.err, *CANARIES, *ids) == []
    assert "an update could not be processed" in logged.text
    assert _sung(_ever_said(story.group.chat), *CANARIES) == []
    told = await _told_by_the_program(address)
    assert "handrail_" in told
    assert _sung(told, *CANARIES, *ids) == []
    await clinic.stop_bot()
    for name, kept in _files(tmp_path).items():
        assert [canary for canary in (*CANARIES, *ids) if canary.encode() in kept] == [], name


async def test_what_is_on_disk_while_the_bot_runs_is_sealed(story: Story, tmp_path: Path) -> None:
    """The write-ahead log holds what was written last, before it is ever merged."""
    await answers_a_checkin(story)
    await reflects(story)
    await says(story.clinic, story.zinnia, URGENT)

    files = _files(tmp_path)

    assert any(name.endswith("-wal") and kept for name, kept in files.items())
    for name, kept in files.items():
        assert [canary for canary in CANARIES if canary.encode() in kept] == [], name


async def _told_by_the_program(address: str) -> str:
    """What whoever watches over it can ask: its health and its figures."""
    async with aiohttp.ClientSession() as session:
        texts: list[str] = []
        for path in ("healthz", "readyz", "metrics"):
            async with session.get(f"http://{address}/{path}") as answer:
                texts.append(await answer.text())
    return "\n".join(texts)


def _files(folder: Path) -> dict[str, bytes]:
    """The database and what SQLite keeps beside it."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob("handrail.sqlite*"))}


def _ever_said(view: ChatView) -> str:
    """Everything the bot ever said there, by whatever way, also what was edited or deleted since."""
    bot = [happening for happening in view.history if happening.by_bot]
    return "\n".join(f"{each.what} {each.message.text if each.message else ''}" for each in bot)


def _sung(text: str, *canaries: str) -> list[str]:
    return [canary for canary in canaries if canary in text]
