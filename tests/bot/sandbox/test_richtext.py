"""What Telegram makes of a text: entity lists checked, white space cut, links and commands found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import Entity, RichText, utf16_slice
from bot.sandbox.errors import ApiError
from bot.sandbox.richtext import detected, read, trimmed


def test_white_space_at_the_ends_goes_and_entities_move_along():
    rich = read("  \n😀 bold \n", parse_mode="", entities=[{"type": "bold", "offset": 6, "length": 6}])

    assert rich == RichText("😀 bold", (Entity("bold", 3, 4),))


@pytest.mark.parametrize(
    ("offset", "length", "why"),
    [
        (0, 4, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 4"),
        (-1, 2, "receive an entity with incorrect offset or length"),
        (1, 2, "entity beginning at UTF-16 offset 1 begins in a middle of a UTF-16 symbol"),
        (0, 1, "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol"),
    ],
)
def test_an_entity_must_lie_on_characters_of_the_text(offset, length, why):
    with pytest.raises(ApiError, match=why):
        read("😀x", parse_mode="", entities=[{"type": "bold", "offset": offset, "length": length}])


def test_only_the_first_hundred_entities_are_kept():
    entities = [{"type": "bold", "offset": place, "length": 1} for place in range(0, 300, 2)]

    assert len(read("x " * 151, parse_mode="", entities=entities).entities) == 100


def test_markdown_is_refused_honestly():
    with pytest.raises(ApiError, match="the sandbox does not read Markdown"):
        read("*x*", parse_mode="MarkdownV2", entities=None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("see /help@my_bot.", [("bot_command", "/help@my_bot")]),
        ("and/or 1/2", []),
        ("https://x.org/a?b=c, and ana@x.org", [("url", "https://x.org/a?b=c"), ("email", "ana@x.org")]),
        ("hi @handrail and #day1 #1", [("mention", "@handrail"), ("hashtag", "#day1")]),
    ],
)
def test_links_commands_and_names_are_found(text, found):
    rich = detected(RichText(text))

    assert [(e.type, utf16_slice(text, e.offset, e.length)) for e in rich.entities] == found


def test_nothing_is_found_inside_code():
    rich = read("<code>/start</code> /help", parse_mode="HTML", entities=None)

    assert [entity.type for entity in rich.entities] == ["code", "bot_command"]


@given(st.text(max_size=30), st.integers(0, 20), st.integers(0, 20))
def test_trimming_keeps_what_an_entity_marks(text, offset, length):
    rich = RichText(text, (Entity("bold", offset, length),))
    if offset + length > rich.length:
        return

    cut = trimmed(rich)

    assert cut.text == text.strip()
    for entity in cut.entities:
        assert 0 <= entity.offset < entity.end <= cut.length
        marked = utf16_slice(text, offset, length)
        assert utf16_slice(cut.text, entity.offset, entity.length) in marked
