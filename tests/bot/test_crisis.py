"""Crisis texts are whole in every language, simple, and never filled in."""

import pytest

from bot.crisis import read
from tests.bot.sample_content import CRISIS


def card_of(folder, text):
    path = folder / "us.toml"
    path.write_text(text, "utf-8")
    return read(path, ("en", "es"))


def test_each_part_is_said_in_each_language(tmp_path):
    card, problems = card_of(tmp_path, CRISIS)

    assert problems == []
    assert (card.country, card.number, card.reviewed.year) == ("us", "911", 2026)
    assert card.card("es").text == "Llama al 988."
    assert card.card("fr").text == "Call 988."
    assert card.card("en").spans[0].kind == "bold"
    assert card.tonight("en").text == "Be near someone."
    assert card.breathing("en").text == "Breathe out slowly."
    assert card.emergency("en").text == "Call 911."


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('es = "<b>Llama al 988.</b>"', "", 3, "no text in `es`"),
        ('number = "911"', "", 12, "emergency number is missing"),
        ('number = "911"', "number = 911", 13, "is not text"),
        ('country = "us"', 'country = "mx"', 1, "named us.toml"),
        ("<b>Call 988.</b>", "<u>Call 988.</u>", 4, "other tags"),
        ("<b>Call 988.</b>", "{name}", 4, "nothing is filled in"),
        ("<b>Call 988.</b>", "<b>Call", 4, "never closed"),
        ("Call 988.", "Call " * 400, 4, "too many"),
        ("2026-11-22", '"soon"', 2, "is not a date"),
        ("[tonight]", "[tonigth]", 6, "is not known"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path, old, new, line, what):
    card, problems = card_of(tmp_path, CRISIS.replace(old, new))

    assert card is None
    assert any(problem.line == line and what in problem.what for problem in problems), problems
