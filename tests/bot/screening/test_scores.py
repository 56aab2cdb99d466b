import pytest

from bot.screening.model import Category, Level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("craving 9/10", Level.ELEVATED),
        ("cravings: 8", Level.ELEVATED),
        ("9/10 cravings", Level.ELEVATED),
        ("my urge is at a nine", Level.ELEVATED),
        ("antojo: 10", Level.ELEVATED),
        ("craving about 5", Level.WATCH),
        ("mood 2/10", Level.WATCH),
        ("mood: 0", Level.ELEVATED),
        ("0/10. just no", Level.ELEVATED),
        ("craving 1/10", Level.NONE),
        ("cravings 0, mood 8", Level.NONE),
        ("9/10 day", Level.NONE),
        ("mood 8, slept 6 h", Level.NONE),
    ],
)
def test_a_number_told_with_its_word_is_weighed(screener, text, level):
    assert screener.screen(text).level is level


def test_a_high_craving_names_its_category(screener):
    assert screener.screen("craving 9/10").categories == (Category.CRAVING,)
