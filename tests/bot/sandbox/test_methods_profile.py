"""What a bot says about itself: Telegram's bounds on commands and texts."""

import pytest


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"commands": [{"command": "Help", "description": "x"}]}, "Bad Request: BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x" * 33, "description": "x"}]}, "Bad Request: BOT_COMMAND_INVALID"),
        (
            {"commands": [{"command": "help", "description": ""}]},
            "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            {"commands": [{"command": "help", "description": "x"}] * 101},
            "Bad Request: BOT_COMMANDS_TOO_MUCH",
        ),
        ({"commands": [], "language_code": "xx-YY"}, "Bad Request: invalid language code specified"),
        ({"commands": [], "scope": {"type": "chat"}}, "Bad Request: chat_id is empty"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 9}}, "Bad Request: chat not found"),
        (
            {"commands": [], "scope": {"type": "moon"}},
            "Bad Request: unsupported BotCommandScope type specified",
        ),
    ],
)
async def test_wrong_commands_are_refused(call, parameters, description):
    assert (await call("setMyCommands", **parameters))["description"] == description


async def test_texts_have_their_lengths(call):
    answers = [
        await call("setMyDescription", description="x" * 513),
        await call("setMyShortDescription", short_description="x" * 121),
        await call("setMyName", name="x" * 65),
    ]

    assert [answer["error_code"] for answer in answers] == [400, 400, 400]


async def test_a_language_without_its_own_text_has_the_general_one(call):
    await call("setMyDescription", description="General")
    await call("setMyDescription", description="Español", language_code="es")

    texts = [
        (await call("getMyDescription", language_code=code))["result"]["description"] for code in ("es", "fr")
    ]

    assert texts == ["Español", "General"]
