"""What a check-in looks like: every screen fits a phone and Telegram, in both languages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.checkins import screens
from bot.checkins.content import read_checkin
from bot.checkins.ledger import Checkin, Later, State
from bot.checkins.model import SKIPPED, Answer, CheckinDefinition, Kind, Option, Question
from bot.checkins.screens import Asked, Reader
from bot.delivery.model import CALLBACK_BYTES, Message
from bot.phrases import Phrases, joined, read

CONTENT = Path(__file__).parents[3] / "content"
NOW = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
LONGEST_ID = "a" * 32
ROW = Checkin(
    id=2**61 - 1,
    participant_id=1,
    name="daily",
    day=date(2026, 3, 2),
    revision="0" * 16,
    due_at=NOW,
    expires_at=NOW + timedelta(hours=10),
)


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    parts = [read(CONTENT / "phrases" / f"{name}.toml", ("en", "es"))[0] for name in ("checkin", "general")]
    return joined([part for part in parts if part is not None])


@pytest.fixture(scope="module")
def daily() -> CheckinDefinition:
    definition, problems = read_checkin(CONTENT / "checkins" / "daily.toml")
    assert definition is not None, problems
    return definition


@pytest.fixture
def reader(phrases: Phrases) -> Reader:
    return Reader(phrases, "en", "America/New_York")


def shown(reader: Reader, one: Question, given: Answer | None = None, row: Checkin = ROW) -> Message:
    definition = CheckinDefinition("daily", {"en": "Daily"}, {"en": "Thanks"}, 60, 10, (one,))
    answers = {} if given is None else {one.id: given}
    return screens.question(reader, Asked(row, definition, answers, one))


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_shipped_question_fits_a_phone(phrases: Phrases, daily: CheckinDefinition, language: str):
    reader = Reader(phrases, language, "America/New_York")

    for one in daily.questions:
        message = screens.question(reader, Asked(ROW, daily, {"craving": 9}, one))

        assert message.text.utf16_length < 400
        assert all(len(row) <= 6 for row in message.buttons)
        assert all(len(button.data.encode()) <= CALLBACK_BYTES for row in message.buttons for button in row)


@pytest.mark.parametrize("kind", [Kind.SCALE, Kind.CHOICE, Kind.CHOICES, Kind.YES_NO])
def test_the_longest_ids_fit_into_a_button(reader: Reader, kind: Kind):
    options = tuple(Option(f"o{n}", {"en": f"Option {n}"}) for n in range(12))

    message = shown(reader, Question(LONGEST_ID, kind, {"en": "?"}, 0, 11, options=options))

    assert message.buttons


def test_short_labels_stand_two_in_a_row_and_long_ones_alone(reader: Reader):
    short = tuple(Option(id, {"en": id}) for id in ("one", "two", "three"))
    long = tuple(Option(id, {"en": id * 8}) for id in ("one", "two"))

    two, one = (
        shown(reader, Question("q", Kind.CHOICE, {"en": "?"}, options=options)) for options in (short, long)
    )

    assert labels(two)[0] == ["one", "two"]
    assert labels(one)[0] == ["one" * 8]


def test_a_question_that_may_not_be_skipped_has_no_skip(reader: Reader):
    message = shown(reader, Question("q", Kind.YES_NO, {"en": "?"}, skippable=False))

    assert labels(message) == [["Yes", "No"], ["Not now"]]


def test_an_earlier_answer_is_ticked_and_can_be_kept(reader: Reader):
    message = shown(reader, Question("q", Kind.YES_NO, {"en": "?"}), "no", replace(ROW, begun_at=NOW))

    assert labels(message) == [["Yes", "✓ No"], ["Next ›"]]


def test_a_skipped_question_is_not_ticked(reader: Reader):
    message = shown(reader, Question("q", Kind.SCALE, {"en": "?"}, 0, 3), SKIPPED)

    assert labels(message)[0] == ["0", "1", "2", "3"]


def test_words_of_content_are_never_markup(reader: Reader):
    message = shown(reader, Question("q", Kind.TEXT, {"en": "<b>How</b> & {why}?"}))

    assert "<b>How</b> & {why}?" in message.text.text


def test_the_hours_to_choose_from_are_on_the_readers_clock(reader: Reader):
    choices = {Later.HOUR: NOW + timedelta(hours=1), Later.TONIGHT: NOW + timedelta(hours=2)}

    message = screens.when_instead(reader, ROW, choices, NOW)

    assert labels(message) == [["In 1 hour", "Tonight, 8:00 pm"], ["‹ Back"]]


def test_in_spanish_times_are_as_people_there_write_them(phrases: Phrases):
    reader = Reader(phrases, "es", "America/New_York")

    message = screens.put_off(reader, replace(ROW, later_at=NOW + timedelta(hours=2)), NOW)

    assert message.text.text == "De acuerdo. Te pregunto otra vez hoy a las 20:00."


def test_a_closed_check_in_never_blames(reader: Reader):
    unanswered = screens.closed(reader, replace(ROW, state=State.EXPIRED), NOW + timedelta(days=1), NOW)
    half = screens.closed(reader, replace(ROW, state=State.EXPIRED, begun_at=NOW), None, NOW)

    assert unanswered.text.text == (
        "This check-in is closed. That is OK.\nThe next one comes tomorrow at 6:00 pm."
    )
    assert half.text.text == "This check-in is closed. What you answered is saved."
    assert unanswered.buttons == half.buttons == ()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_place_without_a_button_is_no_answer(kind: Kind):
    one = Question("q", kind, {"en": "?"}, 0, 3, options=(Option("a", {"en": "A"}), Option("b", {"en": "B"})))

    assert screens.value_at(one, 99) is None
    assert screens.value_at(one, -1) is None
