"""Groups: who is in, what a bot in privacy mode gets, anonymous administrators, upgrades."""

import pytest

from bot.sandbox import SandboxError


@pytest.fixture
def ana(sandbox):
    return sandbox.person("Ana")


@pytest.fixture
def bo(sandbox):
    return sandbox.person("Bo")


async def heard(call) -> list[str]:
    """The texts the bot has got."""
    updates = (await call("getUpdates"))["result"]
    return [update["message"]["text"] for update in updates if "text" in update.get("message", {})]


async def test_in_privacy_mode_the_bot_gets_commands_and_replies_only(sandbox, ana, bo, call):
    group = sandbox.group("Staff", members=[bo], administrators=[ana]).add_bot(by=ana)
    sent = await call("sendMessage", chat_id=group.id, text="Hello")
    bo.says("private talk", in_=group)
    bo.says("/who 12", in_=group)
    bo.says("/who@handrail_demo_bot 13", in_=group)
    bo.says("/who@other_bot 14", in_=group)
    bo.says("an answer", reply_to=sent["result"]["message_id"], in_=group)
    bo.sends_sticker(in_=group)

    private = await heard(call)
    sandbox.privacy_mode = False
    bo.says("open talk", in_=group)
    public = await heard(call)

    assert private == ["/who 12", "/who@handrail_demo_bot 13", "an answer"]
    assert public[-1] == "open talk"


async def test_an_administrator_bot_hears_everything(sandbox, ana, call):
    group = sandbox.group("Staff", administrators=[ana]).add_bot(by=ana)
    group.promotes_bot(by=ana)

    ana.says("talk", in_=group)

    assert await heard(call) == ["talk"]


async def test_an_anonymous_administrator_speaks_as_the_group(sandbox, ana, bo, call):
    group = sandbox.group("Staff", members=[bo], administrators=[ana]).add_bot(by=ana)

    ana.says_anonymously("/claim 3", in_=group)

    message = (await call("getUpdates"))["result"][-1]["message"]
    assert message["from"]["id"] == 1087968824 and message["sender_chat"]["id"] == group.id
    with pytest.raises(SandboxError, match="Bo is no administrator"):
        bo.says_anonymously("/claim 3", in_=group)


@pytest.mark.parametrize(
    ("supergroup", "description"),
    [
        (True, "Forbidden: bot was kicked from the supergroup chat"),
        (False, "Forbidden: bot was kicked from the group chat"),
    ],
)
async def test_a_removed_bot_is_told_and_refused(sandbox, ana, call, supergroup, description):
    group = sandbox.group("Staff", administrators=[ana], supergroup=supergroup).add_bot(by=ana)

    group.remove_bot(by=ana)

    answer = await call("sendMessage", chat_id=group.id, text="Hello?")
    last = (await call("getUpdates"))["result"][-1]["my_chat_member"]
    assert answer["description"] == description
    assert last["new_chat_member"]["status"] == "kicked" and last["from"]["id"] == ana.id


async def test_a_deleted_group_is_gone(sandbox, ana, call):
    group = sandbox.group("Staff", administrators=[ana], supergroup=False).add_bot(by=ana)

    group.delete()

    answer = await call("sendMessage", chat_id=group.id, text="Hello?")
    assert answer["description"] == "Forbidden: the group chat was deleted"


async def test_a_left_group_is_refused(sandbox, ana, call):
    group = sandbox.group("Staff", administrators=[ana]).add_bot(by=ana)

    left = await call("leaveChat", chat_id=group.id)

    answer = await call("sendMessage", chat_id=group.id, text="Hello?")
    assert left["ok"]
    assert answer["description"] == "Forbidden: bot is not a member of the supergroup chat"


async def test_an_upgraded_group_has_a_new_id_and_the_old_one_says_so(sandbox, ana, call):
    group = sandbox.group("Staff", administrators=[ana], supergroup=False).add_bot(by=ana)
    old = group.id

    group.upgrade()

    refused = await call("sendMessage", chat_id=old, text="Hello?")
    accepted = await call("sendMessage", chat_id=group.id, text="Hello!")
    services = [update.get("message", {}) for update in (await call("getUpdates"))["result"]]
    assert refused == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": group.id},
    }
    assert accepted["ok"] and group.last.text == "Hello!"
    assert [m["migrate_to_chat_id"] for m in services if "migrate_to_chat_id" in m] == [group.id]
    assert [m["migrate_from_chat_id"] for m in services if "migrate_from_chat_id" in m] == [old]


async def test_member_changes_come_when_asked_for_and_the_bot_is_administrator(sandbox, ana, bo, call):
    group = sandbox.group("Staff", administrators=[ana]).add_bot(by=ana, administrator=True)
    group.adds(bo, by=ana)
    await call("getUpdates", allowed_updates=["message", "chat_member"])
    group.removes(bo, by=ana)

    changes = [u["chat_member"] for u in (await call("getUpdates"))["result"] if "chat_member" in u]

    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked"]


async def test_only_members_speak_and_tap(sandbox, ana, bo, call):
    group = sandbox.group("Staff", administrators=[ana]).add_bot(by=ana, payload="abc")
    keyboard = {"inline_keyboard": [[{"text": "Claim", "callback_data": "c"}]]}
    await call("sendMessage", chat_id=group.id, text="Alert", reply_markup=keyboard)

    ana.taps("Claim", in_=group)

    tap = (await call("getUpdates"))["result"][-1]["callback_query"]
    assert tap["message"]["chat"]["id"] == group.id and tap["from"]["id"] == ana.id
    assert "/start@handrail_demo_bot abc" in [message.text for message in group.messages]
    with pytest.raises(SandboxError, match="Bo is not in Staff"):
        bo.taps("Claim", in_=group)
