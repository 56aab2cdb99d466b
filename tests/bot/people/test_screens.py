"""The screens of joining and settings: they fit a phone, Telegram's limits and each language."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bot.delivery.model import CALLBACK_BYTES
from bot.library import read_content
from bot.people.joining import QUIET, WINDOWS, is_quiet
from bot.people.screens import Screen, Screens
from bot.phrases import Phrases
from bot.scheduling.calendar import regions

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    content, problems = read_content(CONTENT, country="us")
    assert content is not None, problems
    return content.phrases


def every_screen(screens: Screens) -> list[Screen]:
    named = [screens.region(region.key, NOW) for region in regions()]
    zones = [choice.zone for choice in regions()[0].zones]
    return [
        screens.consent(screens.agree("IOP").text, page=0, pages=2, languages=("en", "es")),
        screens.consent(screens.agree("IOP").text, page=1, pages=2, languages=("en", "es")),
        screens.agree("River House IOP"),
        screens.mode(),
        screens.name("Maya", taps_only=False),
        screens.name("x" * 40, taps_only=True),
        screens.name("", taps_only=True),
        screens.zones(NOW, "America/New_York", taps_only=False),
        screens.zones(NOW, "America/New_York", taps_only=True),
        *(screen for screen in named if screen),
        screens.cities(zones[:6], NOW),
        *(
            screens.checkin_time(window=window, zone="Asia/Kathmandu", now=NOW)
            for window in range(len(WINDOWS))
        ),
        screens.quiet(time(19)),
        screens.pace(),
        screens.languages(("en", "es")),
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_screen_fits_a_phone(phrases: Phrases, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Phrases, "strict", True)

    screens = every_screen(Screens(phrases, language, "jo"))

    for screen in screens:
        assert 0 < screen.text.utf16_length <= 900
        for row in screen.buttons:
            assert 1 <= len(row) <= 3
            for button in row:
                assert len(button.data.encode()) <= CALLBACK_BYTES
                assert len(button.label) <= (64 if len(row) == 1 else 32 if len(row) == 2 else 16)


def test_only_quiet_hours_that_leave_the_check_in_its_time_are_offered(phrases: Phrases) -> None:
    screen = Screens(phrases, "en", "jo").quiet(time(7))

    offered = {
        int(button.data.split(":")[2])
        for row in screen.buttons
        for button in row
        if button.data.split(":")[2].isdecimal()
    }

    assert offered == {number for number, span in enumerate(QUIET) if not is_quiet(time(7), *span)}


def test_an_unknown_region_has_no_screen(phrases: Phrases) -> None:
    assert Screens(phrases, "en", "jo").region("region-moon", NOW) is None


def test_a_zone_that_is_not_offered_is_named_by_its_city(phrases: Phrases) -> None:
    assert Screens(phrases, "en", "jo").zone_name("America/Argentina/Salta") == "Salta"


def test_hawaii_is_hawaii_in_every_region(phrases: Phrases) -> None:
    screens = Screens(phrases, "en", "jo")

    for region in ("region-us", "region-pacific"):
        shown = screens.region(region, NOW)
        assert shown is not None
        assert any(button.label.startswith("Hawaii") for row in shown.buttons for button in row)
