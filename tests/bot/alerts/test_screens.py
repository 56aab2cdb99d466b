"""The person's side in words: when staff see it, who has been told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts.model import AlertState, Outcome
from bot.alerts.screens import Standing, moment, names, status, when_seen
from bot.phrases import Phrases
from tests.conftest import ROOT

NOW = datetime(2026, 3, 4, 3, tzinfo=UTC)  # Tuesday, 22:00 in New York
ZONE = "America/New_York"
WAITING = Standing(
    state=AlertState.OPEN,
    outcome=None,
    telling=("Ana",),
    is_hopeless=False,
    told_to="",
    told_at=None,
    holder="",
    is_staffed=True,
    staffed_from=NOW,
    zone=ZONE,
    now=NOW,
)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    import tomllib

    texts: dict[str, dict[str, str]] = {}

    def collect(table: dict[str, object], place: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                collect(value, f"{place}.{key}" if place else key)
            else:
                texts.setdefault(place, {})[key] = str(value)

    collect(tomllib.loads((ROOT / "content/phrases/help.toml").read_text("utf-8")), "")
    return Phrases(texts)


def test_the_line_goes_from_telling_to_told_to_taken_to_closed(phrases: Phrases) -> None:
    told = replace(WAITING, told_at=NOW, told_to="Ana")
    taken = replace(told, state=AlertState.CLAIMED, holder="Ana")
    closed = replace(taken, state=AlertState.RESOLVED, outcome=Outcome.REACHED)

    lines = [status(standing, phrases, "en").text for standing in (WAITING, told, taken, closed)]

    assert "I am telling Ana now." in lines[0]
    assert "Told Ana at 10:00 pm." in lines[1]
    assert lines[2].startswith("Ana has this.")
    assert lines[3].startswith("Ana looked after this.")


def test_the_next_on_the_ladder_is_named_while_being_told(phrases: Phrases) -> None:
    standing = replace(WAITING, told_at=NOW, told_to="Ana", telling=("Ben",))

    assert "I am telling Ben now, too." in status(standing, phrases, "en").text


def test_unstaffed_hours_are_said_with_their_end(phrases: Phrases) -> None:
    standing = replace(WAITING, is_staffed=False, staffed_from=NOW + timedelta(hours=10))

    assert "Staff are back tomorrow at 8:00 am." in status(standing, phrases, "en").text
    assert "El equipo vuelve mañana a las 8:00." in status(standing, phrases, "es").text


def test_nothing_is_promised_when_the_rota_knows_nothing(phrases: Phrases) -> None:
    standing = replace(WAITING, is_staffed=False, staffed_from=None)

    assert "cannot say how soon" in status(standing, phrases, "en").text
    assert "cannot say how soon" in when_seen(None, NOW, ZONE, phrases, "en").text


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "today at 11:00 pm"), (10, "tomorrow at 8:00 am"), (58, "on Friday at 8:00 am"),
     (24 * 9 + 9, "on Friday, 3/13, at 8:00 am")],
)  # fmt: skip
def test_a_moment_as_people_say_it(phrases: Phrases, hours: int, said: str) -> None:
    assert moment(NOW + timedelta(hours=hours), NOW, ZONE, phrases, "en") == said


def test_names_of_several(phrases: Phrases) -> None:
    assert names(("Ana", "Ben"), phrases, "en") == "Ana and Ben"
    assert names(("Ana", "Ben", "Cleo"), phrases, "es") == "Ana, Ben y otros"
