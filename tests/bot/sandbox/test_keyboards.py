"""Keyboards: what a button needs, and Telegram's words when it has not got it."""

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.keyboards import check


def inline(**button):
    return {"inline_keyboard": [[{"text": "Go", **button}]]}


@pytest.mark.parametrize(
    "markup",
    [
        inline(callback_data="x" * 64),
        inline(url="https://example.org/a?b"),
        inline(url="tg://user?id=1"),
        {"keyboard": [[{"text": "Yes"}, {"text": "Share", "request_contact": True}]]},
        {"remove_keyboard": True},
        {"force_reply": True},
    ],
)
def test_a_right_keyboard_is_kept(markup):
    assert check(markup) == markup


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (inline(callback_data="ñ" * 33), "BUTTON_DATA_INVALID"),
        (inline(callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(), "Text buttons are unallowed in the inline keyboard"),
        (inline(callback_data="x", url="https://x.org"), "Exactly one action"),
        (inline(url="ftp://x.org"), "Wrong HTTP URL"),
        (inline(url="javascript:x"), "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "", "callback_data": "x"}]]}, "text is empty"),
        ({"inline_keyboard": [{"text": "x"}]}, "must be an Array of Arrays"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 101]}, "REPLY_MARKUP_TOO_LONG"),
        ({"keyboard": [[{"text": " "}]]}, "must not be empty"),
        ([], "object expected as reply markup"),
        ("{", "can't parse reply keyboard markup"),
    ],
)
def test_a_wrong_keyboard_is_refused(markup, why):
    with pytest.raises(ApiError, match=why):
        check(markup)


def test_only_inline_keyboards_can_be_edited_in():
    with pytest.raises(ApiError, match="inline keyboard expected"):
        check({"keyboard": [["Yes"]]}, inline_only=True)


def test_an_empty_keyboard_is_none():
    assert check({"inline_keyboard": []}) is check("") is check(None) is None
