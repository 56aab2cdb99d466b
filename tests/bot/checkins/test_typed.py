"""Typed answers are understood for certain or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkins.content import read_checkin
from bot.checkins.model import read_typed
from tests.bot.sample_content import CHECKIN


@pytest.fixture(scope="module")
def checkin(tmp_path_factory):
    path = tmp_path_factory.mktemp("checkins") / "daily.toml"
    path.write_text(CHECKIN, "utf-8")
    return read_checkin(path)[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("7.", 7),
        ("seven", 7),
        ("Siete", 7),
        ("7/10", 7),
        ("7 out of 10", 7),
        ("siete de diez", 7),
        ("it's 7", 7),
        ("a 7", 7),
        ("about 7", 7),
        ("7️⃣", 7),
        ("0", 0),
        ("ten", 10),
        ("11", None),
        ("-1", None),
        ("7.5", None),
        ("7-8", None),
        ("3/5", None),
        ("not great", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_numbers_on_a_scale(checkin, text, value):
    assert read_typed(checkin.question("mood"), text, "en") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("Yeah!", "yes"),
        ("sí", "yes"),
        ("Si.", "yes"),
        ("👍🏽", "yes"),
        ("no", "no"),
        ("Nope", "no"),
        ("No, I'm not", "no"),
        ("no problem", None),
        ("yes but not for long", None),
        ("I don't know", None),
    ],
)
def test_yes_and_no(checkin, text, value):
    assert read_typed(checkin.question("safe"), text, "es") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("under 4 hours", "under-4"),
        ("MENOS DE 4 HORAS", "under-4"),
        ("4", None),  # hours or the fourth option? asked again
        ("hours", None),
        ("under", "under-4"),
    ],
)
def test_one_option(checkin, text, value):
    assert read_typed(checkin.question("sleep"), text, "en") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1, 3", ("breathing", "talking")),
        ("3 1", ("breathing", "talking")),
        ("wrote or drew", ("writing",)),
        ("escribir o dibujar; hablar con alguien", ("talking", "writing")),
        ("slow breathing, talked to someone and wrote or drew", ("breathing", "talking", "writing")),
        ("breathing", ("breathing",)),
        ("breathing, dancing", None),
        ("1, 9", None),
        (",", None),
    ],
)
def test_several_options(checkin, text, value):
    assert read_typed(checkin.question("skill"), text, "en") == value


def test_a_text_is_kept_as_it_is(checkin):
    assert read_typed(checkin.question("note"), " Better. ", "en") == "Better."
    assert read_typed(checkin.question("note"), "  ", "en") is None


@given(st.text(max_size=60), st.sampled_from(["mood", "skill", "sleep", "safe", "note"]))
def test_whatever_is_understood_is_an_answer_to_the_question(checkin, text, id):
    question = checkin.question(id)

    value = read_typed(question, text, "en")

    assert value is None or question.accepts(value)
