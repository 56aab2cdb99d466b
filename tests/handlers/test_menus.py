"""Command menus: by scope and language, and silent about what the program is for."""

import re

from bot.sandbox.clinic import Clinic
from bot.sandbox.groups import Group
from bot.sandbox.people import Person
from handlers.menus import EVERYBODY, IN_GROUP, STAFF
from tests.handlers.stories import joins_staff, says, taps

TELLING = re.compile(
    r"alcohol|drug|substan|recover|relapse|sober|addict|crav|therap|treatment|program|clinic|patient|"
    r"droga|recuper|recaída|sobri|adicc|antojo|terapia|tratamiento|programa|clínica|paciente",
    re.IGNORECASE,
)


def menu(clinic: Clinic, scope: str, language: str = "") -> dict[str, str]:
    commands = clinic.sandbox.world.profile.commands.get((scope, language), [])
    return {command["command"]: command["description"] for command in commands}


async def test_participants_have_a_menu_in_each_language(clinic: Clinic) -> None:
    assert tuple(menu(clinic, "all_private_chats")) == EVERYBODY
    assert menu(clinic, "all_private_chats", "es")["settings"] == "Ajustes"
    assert menu(clinic, "all_private_chats", "en")["settings"] == "Settings"


async def test_no_menu_tells_a_bystander_what_this_is_for(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    texts = [
        command["description"] for menu in clinic.sandbox.world.profile.commands.values() for command in menu
    ]

    assert texts
    assert not [text for text in texts if TELLING.search(text)]


async def test_groups_have_no_menu_but_the_staff_group(
    clinic: Clinic, administrator: Person, staff_group: Group
) -> None:
    assert menu(clinic, "default") == {}
    assert menu(clinic, "all_group_chats") == {}
    assert tuple(menu(clinic, f"chat:{staff_group.id}")) == IN_GROUP


async def test_each_colleague_sees_the_commands_of_their_role(clinic: Clinic, administrator: Person) -> None:
    editor = await joins_staff(clinic, administrator, "eva", "Editor")
    await says(clinic, administrator, "/start")

    assert tuple(menu(clinic, f"chat:{administrator.id}")) == tuple(name for name, _ in STAFF)
    assert "content" in menu(clinic, f"chat:{editor.id}")
    assert "alerts" not in menu(clinic, f"chat:{editor.id}")


async def test_a_changed_language_changes_the_menu(clinic: Clinic, administrator: Person) -> None:
    await says(clinic, administrator, "/start", "/settings")

    await taps(clinic, administrator, ("Language", "Español"))

    assert menu(clinic, f"chat:{administrator.id}")["settings"] == "Ajustes"
