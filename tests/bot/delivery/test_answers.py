"""How an answer of Telegram, or of whatever stands in its place, is read: each has one outcome, and none raises."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.delivery.model import Kind, Message, Operation, Outcome, Parcel
from bot.delivery.telegram import ProgramBot, deliver
from bot.delivery.transport import Transport
from bot.richtext import plain
from bot.sandbox.clinic import TOKEN

PARCEL = Parcel(
    id=1,
    chat_key="key",
    chat_id=700_000_001,
    is_group=False,
    kind=Kind.ALERT,
    operation=Operation.SEND,
    card=None,
    message_id=None,
    message=Message(plain("words")),
    attempt=1,
    topic="",
    subject="",
    vanish_seconds=None,
)


def no(code: int, description: str, parameters: str = "") -> tuple[int, str]:
    """A refusal as the Bot API writes it."""
    more = f', "parameters": {parameters}' if parameters else ""
    return code, f'{{"ok": false, "error_code": {code}, "description": "{description}"{more}}}'


ANSWERS = {
    "429 with its pause": (*no(429, "Too Many Requests", '{"retry_after": 9}'), Outcome.TOO_FAST, 9),
    "429 without a pause": (*no(429, "Too Many Requests"), Outcome.TOO_FAST, 1),
    "429 with a pause of nothing": (
        *no(429, "Too Many Requests", '{"retry_after": 0}'),
        Outcome.TOO_FAST,
        1,
    ),
    "blocked": (*no(403, "Forbidden: bot was blocked by the user"), Outcome.UNREACHABLE, 0),
    "kicked": (*no(403, "Forbidden: bot was kicked from the supergroup chat"), Outcome.UNREACHABLE, 0),
    "no such chat": (*no(400, "Bad Request: chat not found"), Outcome.UNREACHABLE, 0),
    "muted in a group": (
        *no(400, "Bad Request: not enough rights to send text messages to the chat"),
        Outcome.UNREACHABLE,
        0,
    ),
    "upgraded": (
        *no(400, "Bad Request: group chat was upgraded", '{"migrate_to_chat_id": -100123}'),
        Outcome.MOVED,
        0,
    ),
    "a wrong token": (*no(401, "Unauthorized"), Outcome.TOKEN_REFUSED, 0),
    "a token of nobody": (*no(404, "Not Found"), Outcome.TOKEN_REFUSED, 0),
    "a message it will not have": (*no(400, "Bad Request: message is too long"), Outcome.REFUSED, 0),
    "a file too large": (*no(413, "Request Entity Too Large"), Outcome.REFUSED, 0),
    "its own trouble": (*no(500, "Internal Server Error"), Outcome.UNCLEAR, 0),
    "a page of a gateway": (502, "<html>Bad Gateway</html>", Outcome.UNCLEAR, 0),
    "a page of a hotel": (200, "<html>Welcome! Please pay.</html>", Outcome.UNCLEAR, 0),
    "a page of a filter": (403, "<html>This site is blocked here.</html>", Outcome.UNCLEAR, 0),
    "nothing": (200, "", Outcome.UNCLEAR, 0),
    "a number": (200, "5", Outcome.UNCLEAR, 0),
    "a list with trouble": (500, "[]", Outcome.UNCLEAR, 0),
    "no result": (200, '{"ok": true}', Outcome.UNCLEAR, 0),
    "a result that is no message": (200, '{"ok": true, "result": {}}', Outcome.UNCLEAR, 0),
    "a message without a number": (200, '{"ok": true, "result": "sent"}', Outcome.UNCLEAR, 0),
}


class Answering:
    """A server in Telegram's place that gives one answer to everything."""

    def __init__(self) -> None:
        self.status, self.body = 200, ""

    async def answer(self, _request: web.Request) -> web.Response:
        return web.Response(status=self.status, text=self.body, content_type="application/json")


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
async def bot(answering: Answering) -> AsyncIterator[ProgramBot]:
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answering.answer)
    transport = Transport()
    async with TestServer(app) as server:
        yield ProgramBot(TOKEN, f"{server.make_url('/bot')}", transport)
        await transport.close()


@pytest.mark.parametrize("answer", ANSWERS)
async def test_every_answer_has_its_outcome(bot: ProgramBot, answering: Answering, answer: str) -> None:
    answering.status, answering.body, outcome, pause = ANSWERS[answer]

    result = await deliver(bot, PARCEL)

    assert (result.outcome, result.retry_after) == (outcome, pause)
