"""/export and /delete: everything to the person, and nothing left of them, wherever one looks."""

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.people.model import PersonalFile, Role
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from bot.sandbox.state import SeenMessage
from bot.storage.backup import open_file
from bot.storage.columns import metadata, sealed_columns
from bot.storage.database import Tx
from bot.storage.sealing import KeyRing, new_key
from handlers import conversation
from tests.builders import a_colleague, a_participant, participant_of
from tests.handlers.stories import answers_a_checkin, says, taps

KEY = new_key()
WORD, NAME, NOTE, REPLY = "Marigoldcanary", "Primrosecanary", "Thistlecanary", "Clovercanary"
FILE = PersonalFile("", "Chartcanary", "+15550188", "Unclecanary")
URGENT = f"I want to kill myself tonight {WORD}"


@pytest.fixture
async def clinic(tmp_path: Path, content: Path) -> AsyncIterator[Clinic]:
    made = Clinic(tmp_path, conversation(), content=content, settings={"HANDRAIL_SECURITY__KEYS": KEY})
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def ben(clinic: Clinic, staff_group: Group) -> Person:
    """A supervisor, who keeps records."""
    ben = await a_colleague(clinic, "ben", Role.SUPERVISOR)
    await says(clinic, ben, "/start")
    return ben


@pytest.fixture
async def rose(clinic: Clinic, ben: Person) -> Person:
    """Somebody with a history of everything that is kept; her alert is closed."""
    rose = await a_participant(clinic, NAME, file=FILE, name=NAME)
    await says(clinic, rose, "/start")
    await answers_a_checkin(clinic, rose, f"an honest word {WORD}")
    await says(clinic, rose, "/learn")
    await taps(clinic, rose, ("What stress does",))
    while "Skip" not in rose.chat.last.labels:
        labels = rose.chat.last.labels
        await taps(clinic, rose, ("Next ›" if "Next ›" in labels else labels[0],))
    await says(clinic, rose, f"My shoulders {WORD}", URGENT)
    await says(
        clinic, ben, "/claim 1", "/reveal 1", f"/note 1 {NOTE}", f"/reply 1 {REPLY}", "/resolve 1 reached"
    )
    return rose


def files(person: Person) -> list[SeenMessage]:
    return [message for message in person.chat.messages if message.kind == "document" and message.is_from_bot]


async def code_of(clinic: Clinic, person: Person) -> str:
    return (await participant_of(clinic, person)).code


# Exporting


async def test_export_sends_everything_as_a_page_and_as_data(clinic: Clinic, rose: Person) -> None:
    await says(clinic, rose, "/export")

    page, data = files(rose)
    html = (page.data or b"").decode()
    kept = json.loads(data.data or b"")
    assert (page.file_name or "").endswith(".html")
    for word in (
        f"honest word {WORD}",
        f"My shoulders {WORD}",
        URGENT,
        NAME,
        NOTE,
        REPLY,
        FILE.chart,
        FILE.phone,
        FILE.contact,
        "What stress does",
    ):
        assert word in html, word
        if word != "What stress does":
            assert word in json.dumps(kept), word
    assert "ben: reveal" in html
    assert {"checkin_answer", "reflection", "concern", "alert", "alert_note", "participant"} <= set(kept)
    assert kept["participant"][0]["chart"] == FILE.chart
    assert str(rose.id) not in html


async def test_an_export_shows_nothing_of_anybody_else(clinic: Clinic, rose: Person) -> None:
    kim = await a_participant(clinic, "Kim")
    await says(clinic, kim, "/start", "/export")

    both = b"".join(message.data or b"" for message in files(kim)).decode()

    assert "Kim" in both
    assert not [word for word in (WORD, NAME, NOTE, FILE.chart, await code_of(clinic, rose)) if word in both]


async def test_what_somebody_wrote_is_never_markup_on_the_page(clinic: Clinic, ben: Person) -> None:
    sam = await a_participant(clinic, "<script>alert(1)</script>", name="<script>alert(1)</script>")
    await says(clinic, sam, "/start", "/export")

    assert b"<script>" not in (files(sam)[0].data or b"")
    assert b"&lt;script&gt;" in (files(sam)[0].data or b"")


async def test_a_double_tap_on_export_sends_it_once(clinic: Clinic, rose: Person) -> None:
    await says(clinic, rose, "/export", "/export")

    assert len(files(rose)) == 2
    assert "a few minutes ago" in rose.chat.last.text


async def test_the_files_are_sealed_on_their_way_and_gone_after(clinic: Clinic, rose: Person) -> None:
    bodies = select(metadata.tables["outbox"].c.body_sealed).where(
        metadata.tables["outbox"].c.topic == "export"
    )
    clinic.sandbox.faults.fail("sendDocument", 2, status=500)
    rose.says("/export")
    waiting: list[Any] = []
    while not waiting:
        waiting = await clinic.run(lambda tx: [row[0] for row in tx.all(bodies) if row[0]])
    assert not [found for sealed in waiting for found in found_in(sealed.envelope, *words_of_hers())]

    await clinic.settle()

    assert len(files(rose)) == 2
    assert await clinic.run(lambda tx: [row[0] for row in tx.all(bodies)]) == [None, None]


async def test_staff_send_it_to_the_person_or_to_themselves(
    clinic: Clinic, rose: Person, ben: Person
) -> None:
    code = await code_of(clinic, rose)

    await says(clinic, ben, f"/export {code}")
    await taps(clinic, ben, ("Send it to their chat",))
    assert len(files(rose)) == 2

    await says(clinic, ben, f"/export {code}")
    await taps(clinic, ben, ("Send it to me",))
    assert len(files(ben)) == 2

    await clinic.advance(minutes=11)
    assert files(ben) == []
    assert await audited(clinic, "export", "export to staff") == ["ben: export", "ben: export to staff"]


async def test_a_facilitator_exports_nobody(clinic: Clinic, rose: Person) -> None:
    ana = await a_colleague(clinic, "ana", Role.FACILITATOR)

    await says(clinic, ana, "/start", f"/export {await code_of(clinic, rose)}")

    assert "Send it to me" not in ana.chat.last.labels
    assert files(ana) == []


# Erasing


@pytest.mark.sqlite
async def test_after_delete_and_one_tap_nothing_is_left_anywhere(
    clinic: Clinic, rose: Person, ben: Person, tmp_path: Path
) -> None:
    person = await participant_of(clinic, rose)
    sealed = await envelopes_of(clinic, person.id, person.key)
    assert len(sealed) >= 8
    await clinic.app.backups.make()
    assert found_in(opened_backup(tmp_path), *sealed) != []  # the search would find them

    await says(clinic, rose, "/delete")
    await taps(clinic, rose, ("Remove everything",))
    await clinic.advance(seconds=5)
    made = await clinic.app.backups.make()

    assert "Everything about you is gone" in rose.chat.last.text
    marks = (*sealed, *words_of_hers(), person.key.encode(), str(rose.id).encode())
    assert found_in_database(tmp_path, *marks) == []
    assert found_in(opened_backup(tmp_path, made), *marks) == []
    assert await rows_about(clinic, person.id, person.key, made) == {"erasure"}
    await clinic.stop_bot()
    assert found_in_database(tmp_path, *marks) == []


async def test_staff_hear_of_it_by_code_and_the_audit_still_holds(
    clinic: Clinic, rose: Person, staff_group: Group
) -> None:
    code = await code_of(clinic, rose)

    await says(clinic, rose, "/delete")
    await taps(clinic, rose, ("Remove everything",))

    assert any(code in message.text and "deleted" in message.text for message in staff_group.messages)
    assert await audited(clinic, "erased") == ["participant: erased"]


async def test_nothing_is_removed_without_the_tap(clinic: Clinic, rose: Person) -> None:
    await says(clinic, rose, "/delete")
    await taps(clinic, rose, ("Keep it",))

    assert "stays as it is" in rose.chat.last.text
    assert (await participant_of(clinic, rose)).code


async def test_a_button_from_yesterday_removes_nothing(clinic: Clinic, rose: Person) -> None:
    await says(clinic, rose, "/delete")
    question = rose.chat.last
    await clinic.advance(hours=25, step=3600)

    rose.taps_data(question, next(b.callback_data or "" for row in question.buttons for b in row))
    await clinic.settle()

    assert (await participant_of(clinic, rose)).code


async def test_somebody_erased_is_a_stranger_and_gets_help_all_the_same(clinic: Clinic, rose: Person) -> None:
    await says(clinic, rose, "/delete")
    await taps(clinic, rose, ("Remove everything",))

    await says(clinic, rose, "/checkin")
    assert "have not joined" in rose.chat.last.text or "people who have joined" in rose.chat.last.text

    await says(clinic, rose, "/help_now")
    assert "988" in rose.chat.last.text


async def test_an_open_alert_holds_the_erasure_back_and_staff_are_told_at_once(
    clinic: Clinic, rose: Person, ben: Person, staff_group: Group
) -> None:
    code = await code_of(clinic, rose)
    await says(clinic, rose, URGENT, "/delete")
    await taps(clinic, rose, ("Remove everything",))

    assert "a little later" in rose.chat.last.text
    assert any(
        code in message.text and "asked to have everything" in message.text
        for message in staff_group.messages
    )
    assert WORD in await revealed(clinic, ben, 2)

    await says(clinic, ben, "/claim 2", "/resolve 2 reached")
    await clinic.tick()

    assert "Everything about you is gone" in rose.chat.last.text
    await says(clinic, ben, "/reveal 2")
    assert WORD not in ben.chat.last.text


async def test_who_thinks_better_of_it_keeps_everything(clinic: Clinic, rose: Person, ben: Person) -> None:
    await says(clinic, rose, URGENT, "/delete")
    await taps(clinic, rose, ("Remove everything", "Do not remove it"))

    await says(clinic, ben, "/claim 2", "/resolve 2 reached")
    await clinic.tick()

    assert (await participant_of(clinic, rose)).code


async def test_who_comes_back_while_it_waits_keeps_everything(
    clinic: Clinic, rose: Person, ben: Person
) -> None:
    await says(clinic, rose, URGENT, "/delete")
    await taps(clinic, rose, ("Remove everything",))
    await says(clinic, rose, "/resume")

    await says(clinic, ben, "/claim 2", "/resolve 2 reached")
    await clinic.tick()

    assert (await participant_of(clinic, rose)).code


async def test_staff_erase_somebody_on_request(clinic: Clinic, rose: Person, ben: Person) -> None:
    code = await code_of(clinic, rose)

    await says(clinic, ben, f"/delete {code}")
    await taps(clinic, ben, ("Delete everything",))

    assert "everything is deleted" in ben.chat.last.text
    assert "Everything about you is gone" in rose.chat.last.text
    assert await audited(clinic, "erasure asked", "erased") == ["ben: erasure asked", "ben: erased"]


async def test_each_of_staffs_buttons_has_a_command_twin(clinic: Clinic, rose: Person, ben: Person) -> None:
    code = await code_of(clinic, rose)

    await says(clinic, ben, f"/export {code} them", f"/export {code} here")
    assert (len(files(rose)), len(files(ben))) == (2, 2)

    await says(clinic, ben, f"/delete {code} now")
    assert "Everything about you is gone" in rose.chat.last.text


async def test_an_update_put_aside_is_erased_with_its_person(
    clinic: Clinic, rose: Person, tmp_path: Path
) -> None:
    chat = {"id": rose.id, "type": "private", "first_name": NAME}
    user = {"id": rose.id, "is_bot": False, "first_name": NAME}
    odd = {"message_id": "many", "date": WORD, "chat": chat, "from": user, "text": f"odd {WORD}"}
    clinic.sandbox.faults.malformed_update({"message": odd})
    await clinic.settle()
    await says(clinic, clinic.administrators[0], "/claim 2", "/resolve 2 reached")
    inbox = metadata.tables["inbox"]
    aside = select(inbox.c.body_sealed).where(inbox.c.state == "aside")
    assert [row for row in await clinic.run(lambda tx: tx.all(aside)) if row.body_sealed]

    await says(clinic, rose, "/delete")
    await taps(clinic, rose, ("Remove everything",))

    assert [row for row in await clinic.run(lambda tx: tx.all(aside)) if row.body_sealed] == []


async def test_a_visitor_has_nothing_to_export_or_delete(clinic: Clinic) -> None:
    visitor = clinic.sandbox.person("Visitor")

    for command in ("/export", "/delete"):
        await says(clinic, visitor, command)
        assert "nothing of yours" in visitor.chat.last.text


# Looking


def words_of_hers() -> tuple[bytes, ...]:
    return tuple(word.encode() for word in (WORD, NAME, NOTE, REPLY, FILE.chart, FILE.phone, FILE.contact))


async def envelopes_of(clinic: Clinic, person_id: int, key: str) -> tuple[bytes, ...]:
    """Every sealed value of hers, as it stands in the file."""

    def unit(tx: Tx) -> tuple[bytes, ...]:
        words = [column for _, column in sealed_columns()]
        found = []
        for column in words:
            if column.table.name in ("program_secret", "program_setting", "colleague", "inbox", "outbox"):
                continue
            for row in tx.all(select(column.table)):
                values = row._mapping
                mine = {person_id, key} & {value for value in values.values() if isinstance(value, int | str)}
                is_child = column.table.name in ("checkin_answer", "alert_note")
                if values[column.name] is not None and (mine or is_child):
                    found.append(values[column.name].envelope)
        return tuple(found)

    found: tuple[bytes, ...] = await clinic.run(unit)
    return found


def found_in(kept: bytes, *needles: bytes) -> list[bytes]:
    return [needle for needle in needles if needle in kept]


def found_in_database(folder: Path, *needles: bytes) -> list[bytes]:
    """In the database and what SQLite keeps beside it: the write-ahead log and its index."""
    return [
        found for file in folder.glob("handrail.sqlite*") for found in found_in(file.read_bytes(), *needles)
    ]


def opened_backup(folder: Path, file: Path | None = None) -> bytes:
    file = file or max((folder / "backups").glob("*.backup"))
    into = folder / "opened"
    into.write_bytes(b"")
    open_file(file, into, KeyRing([KEY]))
    return into.read_bytes()


async def rows_about(clinic: Clinic, person_id: int, key: str, made: Path) -> set[str]:
    """The tables in a backup in which any column still holds her number or the key of her chat."""
    into = made.with_suffix(".opened")
    into.write_bytes(b"")
    open_file(made, into, KeyRing([KEY]))
    rows = sqlite3.connect(into)
    found = set()
    for table in metadata.sorted_tables:
        for row in rows.execute(f'SELECT * FROM "{table.name}"'):  # noqa: S608
            if any(str(person_id) in str(value) or key in str(value) for value in row if value is not None):
                found.add(table.name)
    rows.close()
    return found


async def audited(clinic: Clinic, *actions: str) -> list[str]:
    audit = metadata.tables["audit"]
    rows: Any = await clinic.run(lambda tx: tx.all(select(audit).order_by(audit.c.id)))
    return [f"{row.actor}: {row.action}" for row in rows if row.action in actions]


async def revealed(clinic: Clinic, by: Person, number: int) -> str:
    await says(clinic, by, f"/reveal {number}")
    return by.chat.last.text
