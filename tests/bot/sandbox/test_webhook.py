"""The webhook: the secret, retries on the clock, Retry-After, calls in the answer."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web


class Receiver:
    """A bot's webhook: answers with what is queued, else 200, and keeps what came."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[str, str]] = []
        self.answers: list[web.Response] = []

    async def take(self, request: web.Request) -> web.Response:
        text = (await request.json())["message"]["text"]
        self.got.append((text, request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
        return self.answers.pop(0) if self.answers else web.Response()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_updates_are_posted_with_the_secret_and_polling_is_refused(sandbox, receiver, call, until):
    ana = sandbox.person("Ana")
    ana.says("before")

    await call("setWebhook", url=receiver.url, secret_token="s3cret_-")
    ana.says("after")
    await until(lambda: sandbox.waiting_updates == 0)
    refused = await call("getUpdates")

    assert receiver.got == [("before", "s3cret_-"), ("after", "s3cret_-")]
    assert refused["error_code"] == 409
    assert refused["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    assert (await call("deleteWebhook"))["ok"] and (await call("getUpdates"))["ok"]


async def test_a_failed_delivery_is_tried_at_once_and_then_ever_later(sandbox, clock, receiver, call, until):
    receiver.answers = [web.Response(status=500) for _ in range(3)]
    await call("setWebhook", url=receiver.url)

    sandbox.person("Ana").says("hello")
    await until(lambda: len(receiver.got) == 2 and sandbox.webhook_is_pausing)
    clock.advance(2)
    await until(lambda: len(receiver.got) == 3 and sandbox.webhook_is_pausing)
    info = (await call("getWebhookInfo"))["result"]
    clock.advance(4)
    await until(lambda: sandbox.waiting_updates == 0)

    assert len(receiver.got) == 4 and info["pending_update_count"] == 1
    assert "500" in info["last_error_message"]


async def test_retry_after_is_honoured(sandbox, clock, receiver, call, until):
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "100"})]
    await call("setWebhook", url=receiver.url)
    sandbox.person("Ana").says("hello")
    await until(lambda: len(receiver.got) == 1 and sandbox.webhook_is_pausing)

    clock.advance(99)
    await call("getMe")
    early = len(receiver.got)
    clock.advance(1)
    await until(lambda: sandbox.waiting_updates == 0)

    assert early == 1 and len(receiver.got) == 2


async def test_an_answer_may_carry_one_call(sandbox, receiver, call, until):
    ana = sandbox.person("Ana")
    reply = {"method": "sendMessage", "chat_id": ana.id, "text": "By the way"}
    receiver.answers = [web.json_response(reply)]
    await call("setWebhook", url=receiver.url)

    ana.says("hello")
    await until(lambda: sandbox.waiting_updates == 0)

    assert ana.chat.last.text == "By the way"


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"secret_token": "x" * 257}, "secret token is too long"),
        ({"secret_token": "ñ"}, "secret token contains unallowed characters"),
        ({"url": "ftp://127.0.0.1/"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org/hook"}, "this computer only"),
    ],
)
async def test_a_wrong_webhook_is_refused(call, parameters, why):
    answer = await call("setWebhook", **{"url": "http://127.0.0.1:9/hook", **parameters})

    assert answer["error_code"] == 400 and why in answer["description"]


async def test_pending_updates_can_be_dropped(sandbox, call):
    sandbox.person("Ana").says("old news")

    await call("deleteWebhook", drop_pending_updates=True)

    assert sandbox.waiting_updates == 0
