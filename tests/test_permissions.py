"""Nobody but the person, and staff with the role, can see or do anything.

Every registered command, every button that any screen ever shows (`tests/walk.py` opens them all), and every
registered verb with made-up words is used by everybody else: in private, in the staff group and in a foreign group.
A use may change only what is the user's own, and may show them nothing of the person all this is about.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, Table, select

from bot.app import Conversation
from bot.delivery import outbox
from bot.delivery.buttons import data, read
from bot.people.model import Colleague, Participant, PersonalFile, Role
from bot.people.settings import AUDIT_END, HEARD
from bot.people.store import save_colleague
from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import ChatView, Person
from bot.sandbox.state import SeenMessage
from bot.storage.columns import metadata
from bot.storage.database import Tx
from bot.vitals import PULSE
from handlers import conversation, register_all
from handlers.routing import Routes
from tests.builders import a_colleague, a_participant, participant_of
from tests.walk import SHIFTS, Walk, shown

SECRET = "heliotrope"
WORDS = f"I want to kill myself tonight {SECRET}"
FILE = PersonalFile("", "chart-zephyrine", "+15550142", "aunt-quillon")
SECRETS = (SECRET, "Ximenatest", FILE.chart, FILE.phone, FILE.contact)

PASSING = {
    "inbox",
    "outbox",
    "chat",
    "card",
    "throttle",
    "link_try",
    "module_edition",
    "picture",
    "checkin_definition",
}
"""Tables of mail on its way, which changes with every message whoever sends it, and of staff's own texts."""

OWNERS = ("participant_id", "alert_id", "key", "chat_key", "taken_by", "created_by", "id", "subject", "actor")
"""Columns that say whose a row is; of the audit's, `subject` is the number of an alert or a code."""

Rows = dict[str, set[tuple[tuple[str, object], ...]]]


@dataclass
class Scene:
    """Ximena is the participant whose things everybody else tries to see and do."""

    clinic: Clinic
    routes: Routes
    staff_group: Group
    foreign_group: Group
    ximena: Person
    participant: Participant
    others: dict[str, Person]
    buttons: list[tuple[SeenMessage, str]] = field(default_factory=list)

    @property
    def views(self) -> list[ChatView]:
        """Every chat there is."""
        groups = [self.staff_group.chat, self.foreign_group.chat]
        return [*groups, self.ximena.chat, *(person.chat for person in self.others.values())]

    async def rows(self) -> Rows:
        """Everything that is kept."""

        def unit(tx: Tx) -> Rows:
            return {
                table.name: {tuple(row._mapping.items()) for row in tx.all(_lasting(table))}
                for table in metadata.sorted_tables
                if table.name not in PASSING
            }

        found: Rows = await self.clinic.run(unit)
        return found

    async def marks_of(self, person: Person) -> set[str]:
        """What marks a row as this person's own, and as of an alert about themselves, which they may raise."""

        def unit(tx: Tx) -> set[str]:
            key = outbox.chat_key(tx, person.id)
            who = self.clinic.app.services.people.who(tx, key)
            alert = metadata.tables["alert"]
            own = tx.all(select(alert.c.id, alert.c.number).where(alert.c.key == key))
            return {
                key,
                *([str(who.id)] if who else []),
                *([who.handle] if isinstance(who, Colleague) else []),
                *([who.code] if isinstance(who, Participant) else []),
                *(str(row.id) for row in own),
                *(f"alert {row.number}" for row in own),
            }

        found: set[str] = await self.clinic.run(unit)
        return found

    def arguments(self) -> list[str]:
        """What may stand behind a command to reach for Ximena's things."""
        return ["", f"1 {SECRET}", self.participant.code]

    def forged(self) -> list[str]:
        """Each verb with words that nobody's button ever said."""
        words: list[tuple[int | str, ...]] = [
            (),
            (self.participant.id, 1),
            ("role", Role.ADMINISTRATOR.value),
            ("z" * 40, "-1"),
        ]
        return [data(verb, *each) for verb in self.routes.verbs for each in words]


@pytest.fixture
async def cast(tmp_path: Path, content: Path) -> AsyncIterator[Scene]:
    """Everybody in place, and nothing has happened yet."""
    registered: list[Routes] = []
    base = conversation()

    def register(application: object, services: object) -> object:
        registered.append(register_all(application, services))  # type: ignore[arg-type]
        return registered[-1]

    clinic = Clinic(
        tmp_path,
        Conversation(register, base.aside, base.publish_menus),
        content=content,
        settings={"HANDRAIL_STAFF__SHIFTS": SHIFTS},
    )
    await clinic.start()
    made = await _set_up(clinic, registered)
    yield made
    await clinic.stop()


@pytest.fixture
async def scene(cast: Scene) -> Scene:
    """Ximena is in the middle of everything, and there is an alert about her."""
    await _make_history(cast)
    cast.buttons = [pair for view in cast.views for pair in _buttons(view)]
    return cast


@pytest.fixture
async def walked(cast: Scene) -> Scene:
    """Every screen has been shown to whom it is meant for."""
    staff = (cast.others[role] for role in ("administrator", "facilitator", "supervisor"))
    await Walk(cast.clinic, cast.staff_group, cast.ximena, *staff).all_of_it(WORDS)
    return cast


async def _set_up(clinic: Clinic, registered: list[Routes]) -> Scene:
    chief = clinic.administrators[0]
    staff_group = clinic.sandbox.group("Staff", administrators=[chief])
    foreign_group = clinic.sandbox.group("Somewhere else", administrators=[chief])
    for group in (staff_group, foreign_group):
        group.add_bot(chief)
    chief.says(f"/staff_group@{clinic.sandbox.username}", in_=staff_group)
    ximena = await a_participant(clinic, "Ximenatest", file=FILE)
    others = {
        "visitor": clinic.sandbox.person("Visitor"),
        "another participant": await a_participant(clinic, "Kim"),
        "former colleague": await a_colleague(clinic, "former", Role.SUPERVISOR, active=False),
        "administrator": chief,
    }
    for role in (Role.FACILITATOR, Role.SUPERVISOR, Role.EDITOR):
        others[role.value] = await a_colleague(clinic, role.value[:8], role)
    for person in others.values():
        person.says("/start")
        for group in (staff_group, foreign_group):
            if person is not chief:
                group.adds(person, by=chief)
    await clinic.settle()
    participant = await participant_of(clinic, ximena)
    return Scene(clinic, registered[-1], staff_group, foreign_group, ximena, participant, others)


async def _make_history(scene: Scene) -> None:
    for text in ("/start", "/settings", "/pause", "/learn", "/checkin", "/help_now", "/delete", WORDS):
        scene.ximena.says(text)
        await scene.clinic.settle()
    for role in ("facilitator", "supervisor", "administrator"):
        for text in ("/alerts", "/invite", "/settings"):
            scene.others[role].says(text)
    for what in ("export", "delete"):
        scene.others["supervisor"].says(f"/{what} {scene.participant.code}")
    scene.others["facilitator"].says(f"/alerts@{scene.clinic.sandbox.username}", in_=scene.staff_group)
    await scene.clinic.settle()
    assert scene.participant.code in "".join(message.text for message in scene.staff_group.messages)


def _lasting(table: Table) -> Select[Any]:
    """Its rows, but not the program's own sign of life, nor the seal on the audit, whose entries are looked at."""
    rows = select(table)
    return (
        rows.where(table.c.name.not_in((PULSE, AUDIT_END, HEARD)))
        if table.name == "program_setting"
        else rows
    )


def _buttons(view: ChatView) -> list[tuple[SeenMessage, str]]:
    return [
        (message, button.callback_data)
        for message in view.messages
        for row in message.buttons
        for button in row
        if button.callback_data
    ]


class Watch:
    """What was kept and said before, to be compared with what is afterwards."""

    def __init__(self, scene: Scene, rows: Rows) -> None:
        self._scene = scene
        self._rows = rows
        self._seen = {view.id: {message.id for message in view.messages} for view in scene.views}

    @classmethod
    async def begin(cls, scene: Scene) -> "Watch":
        return cls(scene, await scene.rows())

    async def changed(self, marks: set[str], *, only: str = "") -> set[str]:
        """The tables in which rows changed that bear none of these marks; with `only`, that bear this one."""
        now = await self._scene.rows()
        return {
            name
            for name, rows in now.items()
            for row in rows ^ self._rows[name]
            if (_is_marked(row, {only}) if only else not _is_marked(row, marks))
        }

    def said(self, view: ChatView) -> str:
        """What the bot has said there since."""
        before = self._seen[view.id]
        new = [message for message in view.messages if message.id not in before and message.is_from_bot]
        return "\n".join(message.text for message in new)


def _is_marked(row: tuple[tuple[str, object], ...], marks: set[str]) -> bool:
    return any(str(value) in marks for column, value in row if column in OWNERS)


async def use_commands(scene: Scene, person: Person, *, groups: Iterable[Group], in_private: bool) -> None:
    name_of_bot = scene.clinic.sandbox.username
    for name in scene.routes.commands:
        for argument in scene.arguments():
            if in_private:
                person.says(f"/{name} {argument}".strip())
            for group in groups:
                person.says(f"/{name}@{name_of_bot} {argument}".strip(), in_=group)
    await scene.clinic.settle()


async def press(scene: Scene, person: Person, callbacks: Iterable[str]) -> None:
    """Tap these in private, under somebody's message in the staff group, and in the foreign group."""
    in_private = next(message for message in person.chat.messages if message.is_from_bot)
    in_foreign = scene.others["administrator"].says("hello", in_=scene.foreign_group)
    in_staff = next(message for message in scene.staff_group.messages if message.is_from_bot)
    for callback in dict.fromkeys(callbacks):
        for message in (in_private, in_staff, in_foreign):
            person.taps_data(message, callback)
    await scene.clinic.settle()


OUTSIDERS = ("visitor", "another participant", "former colleague", "editor")
STAFF = ("facilitator", "supervisor", "administrator")
EVERYBODYS_WORK = ("alert-", "as:", "sr:", "rc:export-", "rc:erase-for", "rc:cancel")
"""Buttons that any colleague with the right may press, whomever they were shown to."""


async def test_the_walk_passes_every_button_there_is(walked: Scene) -> None:
    """A verb that is missing here belongs to a screen that `tests/walk.py` does not open yet."""
    seen = {read(callback).verb for callback in shown(walked.clinic)}

    assert set(walked.routes.verbs) - seen == set()


async def test_nobody_can_press_what_was_shown_to_somebody_else(walked: Scene) -> None:
    places = shown(walked.clinic)
    for who, person in walked.others.items():
        is_staff = who in STAFF
        foreign = [callback for callback, chats in places.items() if person.id not in chats]
        if is_staff:
            foreign = [callback for callback in foreign if not callback.startswith(EVERYBODYS_WORK)]
        watch = await Watch.begin(walked)

        await press(walked, person, foreign)

        assert await watch.changed(await walked.marks_of(person)) == set(), who
        said = watch.said(person.chat) + watch.said(walked.staff_group.chat)
        assert not [secret for secret in SECRETS if secret in said], who
        assert is_staff or walked.participant.code not in watch.said(person.chat), who
        assert watch.said(walked.ximena.chat) + watch.said(walked.foreign_group.chat) == "", who


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_without_the_role_nothing_of_anybody_else_is_seen_or_changed(scene: Scene, who: str) -> None:
    person = scene.others[who]
    own = {callback for _, callback in _buttons(person.chat)}
    foreign = [callback for _, callback in scene.buttons if callback not in own]
    watch = await Watch.begin(scene)

    await use_commands(scene, person, groups=(scene.staff_group, scene.foreign_group), in_private=True)
    await press(scene, person, [*foreign, *scene.forged()])

    assert await watch.changed(await scene.marks_of(person)) == set()
    in_private, in_staff = watch.said(person.chat), watch.said(scene.staff_group.chat)
    assert not [secret for secret in SECRETS if secret in in_private + in_staff]
    assert scene.participant.code not in in_private
    assert watch.said(scene.foreign_group.chat) == ""
    assert watch.said(scene.ximena.chat) == ""


@pytest.mark.parametrize("who", STAFF)
async def test_staff_cannot_press_a_participants_own_buttons(scene: Scene, who: str) -> None:
    person = scene.others[who]
    watch = await Watch.begin(scene)

    await press(scene, person, [callback for _, callback in _buttons(scene.ximena.chat)])

    mark = str(scene.participant.id)
    assert await watch.changed(set(), only=mark) == set()
    assert await watch.changed(set(), only=scene.participant.key) == set()
    assert watch.said(scene.ximena.chat) == ""


@pytest.mark.parametrize("who", STAFF)
async def test_in_a_foreign_group_staff_see_and_do_nothing(scene: Scene, who: str) -> None:
    person = scene.others[who]
    if who == "administrator":  # who may make it the staff group: that is what the command is for
        scene.routes.commands.remove("staff_group")
    watch = await Watch.begin(scene)

    await use_commands(scene, person, groups=(scene.foreign_group,), in_private=False)

    assert await watch.changed(set()) == set()
    assert watch.said(scene.foreign_group.chat) == ""


async def test_an_anonymous_administrator_is_nobody(scene: Scene) -> None:
    chief, name_of_bot = scene.others["administrator"], scene.clinic.sandbox.username
    watch = await Watch.begin(scene)

    for name in scene.routes.commands:
        for argument in scene.arguments():
            for group in (scene.staff_group, scene.foreign_group):
                chief.says_anonymously(f"/{name}@{name_of_bot} {argument}".strip(), in_=group)
    await scene.clinic.settle()

    assert await watch.changed(set()) == set()
    said = watch.said(scene.staff_group.chat) + watch.said(scene.foreign_group.chat)
    assert not [secret for secret in (*SECRETS, scene.participant.code) if secret in said]


async def test_a_facilitator_neither_makes_staff_nor_drills_nor_moves_the_group(scene: Scene) -> None:
    facilitator, name_of_bot = scene.others["facilitator"], scene.clinic.sandbox.username
    watch = await Watch.begin(scene)

    facilitator.says("/test_alert")
    for group in (scene.staff_group, scene.foreign_group):
        facilitator.says(f"/test_alert@{name_of_bot}", in_=group)
        facilitator.says(f"/staff_group@{name_of_bot}", in_=group)
    message = next(message for message in facilitator.chat.messages if message.is_from_bot)
    for role in Role:
        facilitator.taps_data(message, data("iv", "role", role.value))
        facilitator.says("mallory")
    await scene.clinic.settle()

    assert await watch.changed(await scene.marks_of(facilitator)) == set()


async def test_somebody_who_lost_the_role_cannot_use_the_buttons_from_before(scene: Scene) -> None:
    facilitator = scene.others["facilitator"]
    buttons = [callback for _, callback in _buttons(facilitator.chat) + _buttons(scene.staff_group.chat)]

    def dismiss(tx: Tx) -> None:
        colleague = scene.clinic.app.services.people.who(tx, outbox.chat_key(tx, facilitator.id))
        assert isinstance(colleague, Colleague)
        save_colleague(tx, replace(colleague, active=False))

    await scene.clinic.run(dismiss)
    watch = await Watch.begin(scene)

    await press(scene, facilitator, buttons)

    assert await watch.changed(await scene.marks_of(facilitator)) == set()
    assert not [secret for secret in SECRETS if secret in watch.said(facilitator.chat)]
    assert scene.participant.code not in watch.said(facilitator.chat)
