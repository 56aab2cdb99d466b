"""The wire: tokens, unknown methods, the shapes parameters come in, stopping and starting."""

import json

import aiohttp
import pytest

from bot.sandbox import Sandbox, SandboxError


@pytest.mark.parametrize(
    ("token", "description"),
    [
        ("nonsense", "Unauthorized: invalid token specified"),
        ("1:some-other-token", "Unauthorized"),
    ],
)
async def test_a_wrong_token_is_401(sandbox, http, token, description):
    async with http.get(f"{sandbox.base_url}{token}/getMe") as answer:
        body = await answer.json()

    assert answer.status == 401
    assert body == {"ok": False, "error_code": 401, "description": description}


async def test_an_unknown_method_is_404(sandbox, call):
    assert await call("sendTelepathy") == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }


async def test_parameters_come_as_json_form_multipart_or_query(sandbox, http):
    ana = sandbox.person("Ana")
    ana.says("hi")
    url = f"{sandbox.base_url}{sandbox.token}/SENDMESSAGE"
    markup = json.dumps({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})
    fields = {"chat_id": str(ana.id), "text": "Hi", "reply_markup": markup, "protect_content": "true"}
    multipart = aiohttp.FormData(fields, default_to_multipart=True)

    shapes = [
        ("POST", {"json": {**fields, "protect_content": True}}),
        ("POST", {"data": fields}),
        ("GET", {"params": fields}),
    ]
    for method, how in shapes:
        async with http.request(method, url, **how) as answer:
            assert answer.status == 200, await answer.text()
    sandbox.clock.advance(1)
    async with http.post(url, data=multipart) as answer:
        assert answer.status == 200

    seen = [message for message in ana.chat.messages if message.is_from_bot]
    assert len(seen) == 4 and all(m.is_protected and m.labels == ("Go",) for m in seen)


@pytest.mark.parametrize("body", ["{", "[]", "7"])
async def test_a_body_that_cannot_be_read_is_a_bad_request(sandbox, http, body):
    headers = {"Content-Type": "application/json"}
    url = f"{sandbox.base_url}{sandbox.token}/getMe"
    async with http.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400


async def test_every_request_is_in_the_ledger(sandbox, call):
    await call("getMe")
    await call("sendMessage", chat_id=5, text="x")

    assert sandbox.ledger.by_method == {"getMe": 1, "sendMessage": 1}
    assert [request.description for request in sandbox.ledger.refusals] == ["Bad Request: chat not found"]


async def test_after_logging_out_the_bot_waits_ten_minutes(clock, call):
    await call("logOut")
    early = await call("getMe")
    clock.advance(600)

    assert early["description"] == "Bad Request: Logged out" and (await call("getMe"))["ok"]


async def test_a_file_needs_the_token_and_must_be_there(sandbox, http):
    for token, status in ((sandbox.token, 404), ("1:other", 401)):
        async with http.get(f"{sandbox.base_file_url}{token}/photos/none.jpg") as answer:
            assert answer.status == status


async def test_the_sandbox_has_an_address_only_once_started(clock):
    sandbox = Sandbox(clock)

    with pytest.raises(SandboxError, match="not been started"):
        _ = sandbox.base_url
    await sandbox.stop()
