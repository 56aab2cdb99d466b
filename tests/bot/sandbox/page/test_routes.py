"""The page's server: what it shows, what may be done, and who may ask."""

import re
from typing import Any

import aiohttp
import pytest

from bot.sandbox.page.routes import STATIC
from bot.sandbox.page.serve import PortBusy, Server
from tests.bot.sandbox.page.conftest import Do


async def _state(server: Server, http: aiohttp.ClientSession, **fields: Any) -> dict[str, Any]:
    async with http.get(f"{server.address}api/state", params=fields) as answer:
        assert answer.status == 200
        body: dict[str, Any] = await answer.json()
        return body


def _id(state: dict[str, Any], name: str) -> int:
    return next(int(one["id"]) for one in [*state["people"], *state["colleagues"]] if one["name"] == name)


def _button(chat: dict[str, Any], label: str) -> tuple[int, str]:
    for message in reversed(chat["messages"]):
        for row in message["buttons"]:
            for button in row:
                if button["text"] == label:
                    return message["id"], button["data"]
    raise AssertionError(label)


async def test_a_worrying_sentence_is_claimed_in_the_group_and_revealed_only_in_private(
    server: Server, http: aiohttp.ClientSession, do: Do
) -> None:
    state = await _state(server, http)
    tom, ana = _id(state, "Tom"), _id(state, "Ana")

    await do("say", person=tom, staff="group", where=tom, text="I want to die tonight")
    group = (await _state(server, http, person=tom))["staff"]
    for label in ("I have this", "Reveal"):
        message, data = _button(group, label)
        acts = {"person": tom, "staff": "group", "where": "group", "as": ana}
        group = (await do("tap", **acts, message=message, data=data))["state"]["staff"]
    private = (await _state(server, http, person=tom, staff=ana))["staff"]

    assert "Taken by Ana" in group["messages"][-1]["text"]
    assert all("die" not in message["text"] for message in group["messages"])
    assert "I want to die tonight" in private["messages"][-1]["text"]


async def test_what_was_stored_shows_words_only_as_sealed(
    server: Server, http: aiohttp.ClientSession, do: Do
) -> None:
    tom = _id(await _state(server, http), "Tom")

    answer = await do("say", person=tom, where=tom, text="I want to die tonight")

    lines = answer["state"]["stored"]
    assert any(line["table"] == "concern" and line["sealed"] > 20 for line in lines)
    assert "die tonight" not in str(lines)


async def test_the_newcomer_joins_by_an_invite(server: Server, http: aiohttp.ClientSession, do: Do) -> None:
    sam = _id(await _state(server, http), "Sam")

    answer = await do("invite", person=sam)

    assert answer["state"]["person"]["messages"][-1]["buttons"]


async def test_nothing_is_lost_while_telegram_is_down(
    server: Server, http: aiohttp.ClientSession, do: Do
) -> None:
    maya = _id(await _state(server, http), "Maya")
    await do("telegram", person=maya, down=True)
    silent = await do("say", person=maya, where=maya, text="/help_now")

    back = await do("telegram", person=maya, down=False)

    assert not silent["state"]["person"]["messages"][-1]["is_from_bot"]
    assert "988" in back["state"]["person"]["messages"][-1]["text"]
    assert "nothing was lost" in back["state"]["note"]


async def test_a_restart_keeps_everything(server: Server, do: Do) -> None:
    answer = await do("restart")

    assert "nothing lost" in answer["state"]["note"]


async def test_a_broken_file_is_explained_and_a_good_one_is_used_at_once(
    server: Server, http: aiohttp.ClientSession, do: Do
) -> None:
    maya = _id(await _state(server, http), "Maya")
    async with http.get(f"{server.address}api/file", params={"name": "checkins/daily.toml"}) as answer:
        text = (await answer.json())["text"]
    changed = text.replace("Daily check-in", "A minute for you")

    broken = await do("save", person=maya, name="checkins/daily.toml", text=text + "\nname = ")
    good = await do("save", person=maya, name="checkins/daily.toml", text=changed)
    asked = await do("time", person=maya, to="check-in")

    assert not broken["file"]["is_good"]
    assert broken["file"]["problems"][0]["line"] > 1
    assert good["file"]["is_good"]
    assert "A minute for you" in asked["state"]["person"]["messages"][-1]["text"]


async def test_the_clinic_s_own_content_is_never_touched(server: Server, http: aiohttp.ClientSession) -> None:
    refused = {"name": "../config.toml", "text": "x"}

    async with http.post(f"{server.address}api/save", json=refused) as answer:
        assert answer.status == 409
        assert "no content file" in (await answer.json())["error"]


async def test_only_its_own_page_may_ask(server: Server, http: aiohttp.ClientSession) -> None:
    asked = [
        http.post(f"{server.address}api/restart", data="{}"),
        http.post(f"{server.address}api/restart", json={}, headers={"Origin": "http://elsewhere.example"}),
        http.get(server.address, headers={"Host": "elsewhere.example"}),
    ]

    assert [(await one).status for one in asked] == [403, 403, 403]


async def test_the_page_may_load_nothing_from_elsewhere(server: Server, http: aiohttp.ClientSession) -> None:
    async with http.get(server.address) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()

    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    parts = [page, *(file.read_text(encoding="utf-8") for file in STATIC.iterdir() if file.suffix != ".svg")]
    named = {address for part in parts for address in re.findall(r"https?://[\w.]+", part)}
    assert named <= {"https://t.me"}  # only as the beginning of a link that is opened in the sandbox


@pytest.mark.parametrize("fields", [{}, {"where": "group"}, {"where": 1, "text": True}])
async def test_a_request_that_cannot_be_read_is_refused_kindly(
    server: Server, http: aiohttp.ClientSession, fields: dict[str, Any]
) -> None:
    async with http.post(f"{server.address}api/say", json=fields) as answer:
        assert answer.status == 400
        assert "cannot be read" in (await answer.json())["error"]


async def test_a_busy_port_is_said_in_one_sentence(server: Server, demo: Any) -> None:
    with pytest.raises(PortBusy, match=f"port {server.port} is taken by another program. Try: handrail demo"):
        await Server(demo, server.port).start()
