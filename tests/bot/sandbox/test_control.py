"""The person's side over HTTP: a whole story told from another process."""

import base64

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.sandbox import Sandbox
from bot.sandbox.media import one_pixel


@pytest.fixture
def tell(sandbox, http):
    """Post to the control API; gives the status and the answer."""

    async def teller(path, verb="POST", **fields):
        async with http.request(verb, f"{sandbox.address}/sandbox/{path}", json=fields) as answer:
            return answer.status, await answer.json()

    return teller


async def test_a_story_is_told_over_http(sandbox, http, call, tell):
    _, ana = await tell("people", first_name="Ana", language_code="es")
    _, said = await tell(f"people/{ana['id']}/says", text="hello")
    keyboard = {"inline_keyboard": [[{"text": "Go on", "callback_data": "go"}]]}
    sent = await call("sendMessage", chat_id=ana["id"], text="One", reply_markup=keyboard)
    _, tap = await tell(f"people/{ana['id']}/taps", label="Go")
    await call("answerCallbackQuery", callback_query_id=tap["result"], text="Thanks")
    await call("deleteMessage", chat_id=ana["id"], message_id=sent["result"]["message_id"])
    await tell(f"people/{ana['id']}/edits", message=said["result"]["id"], new_text="hello again")
    stale, _ = await tell(f"people/{ana['id']}/taps_data", message=sent["result"]["message_id"], data="old")
    await tell(f"people/{ana['id']}/sends", kind="photo", caption="me")

    _, chat = await tell(f"chats/{ana['id']}", verb="GET")

    assert [message["text"] for message in chat["messages"]] == ["hello again", "me"]
    assert base64.b64decode(chat["messages"][1]["data"]) == one_pixel()
    assert [toast["text"] for toast in chat["toasts"]] == ["Thanks"] and stale == 200
    assert [line["event"] for line in chat["history"]][:3] == ["sent", "sent", "tapped"]


async def test_groups_are_run_over_http(sandbox, call, tell):
    _, ana = await tell("people", first_name="Ana")
    _, group = await tell("groups", title="Staff", administrators=[ana["id"]], supergroup=False)
    await tell(f"groups/{group['id']}/add_bot", by=ana["id"])
    await tell(f"people/{ana['id']}/says", text="/claim 1", in_=group["id"])
    _, upgraded = await tell(f"groups/{group['id']}/upgrade")

    answer = await call("sendMessage", chat_id=upgraded["id"], text="Hello")

    assert answer["ok"] and upgraded["id"] != group["id"]


async def test_the_clock_faults_and_the_ledger_are_at_hand(sandbox, call, tell):
    _, before = await tell("clock", verb="GET")
    _, after = await tell("clock", seconds=90)
    await tell("faults", kind="error_before", method="getMe", status=500)
    await tell("faults", duplicate=1)
    await tell("faults", update={"message": 7})
    failed = await call("getMe")
    await tell("faults", verb="DELETE")
    _, ledger = await tell("ledger", verb="GET")
    _, state = await tell("state", verb="GET")

    assert after["monotonic"] - before["monotonic"] == 90 and failed["error_code"] == 500
    assert ledger["by_method"] == {"getMe": 1} and ledger["too_many"] == []
    assert state == {"waiting_updates": 1, "poll_is_waiting": False}


@pytest.mark.parametrize(
    ("path", "fields", "status", "why"),
    [
        ("people/1/says", {"text": "x"}, 409, "nobody with the id 1"),
        ("people/700000001/dances", {}, 409, "'dances' is none of"),
        ("people/700000001/says", {"words": "x"}, 400, "cannot be read"),
        ("people/700000001/taps", {"label": "Go"}, 409, "No button says 'Go'"),
        ("groups/7/delete", {}, 409, "no group 7"),
        ("faults", {"kind": "earthquake"}, 400, "cannot be read"),
        ("clock", {}, 400, "cannot be read"),
    ],
)
async def test_a_wrong_wish_is_said_clearly(sandbox, tell, path, fields, status, why):
    sandbox.person("Ana")

    got, answer = await tell(path, **fields)

    assert got == status and why in answer["error"]


async def test_a_real_clock_cannot_be_moved():
    async with (
        Sandbox(SystemClock()) as sandbox,
        aiohttp.ClientSession() as http,
        http.post(f"{sandbox.address}/sandbox/clock", json={"seconds": 5}) as answer,
    ):
        assert answer.status == 409
