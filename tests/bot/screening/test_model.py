import pytest

from bot.screening.model import NOTHING, UNSCREENABLE, Category, Level


def test_a_level_has_the_word_that_files_write():
    assert [level.word for level in Level] == ["none", "watch", "elevated", "urgent"]
    assert [Level.of(level.word) for level in Level] == list(Level)


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="no such level"):
        Level.of("dire")


def test_a_graver_level_is_greater():
    assert Level.URGENT > Level.ELEVATED > Level.WATCH > Level.NONE


def test_a_text_that_could_not_be_screened_counts_as_elevated_distress():
    assert UNSCREENABLE.level is Level.ELEVATED
    assert UNSCREENABLE.categories == (Category.DISTRESS,)
    assert NOTHING.level is Level.NONE
