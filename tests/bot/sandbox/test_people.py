"""The person's side: what people can do with a phone, and what the story is told when they cannot."""

import pytest

from bot.sandbox import SandboxError
from bot.sandbox.entities import utf16_length


@pytest.fixture
def ana(sandbox):
    return sandbox.person("Ana", language_code="es")


async def news(call):
    return (await call("getUpdates"))["result"]


async def test_a_link_is_opened_with_its_token(sandbox, ana, call):
    ana.opens_link("https://t.me/handrail_demo_bot?start=Abc_1-2")

    message = (await news(call))[0]["message"]
    assert message["text"] == "/start Abc_1-2" and message["from"]["language_code"] == "es"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    with pytest.raises(SandboxError, match="does not lead to the bot"):
        ana.opens_link("https://t.me/other_bot?start=1")


async def test_a_button_is_found_by_its_label_or_a_part_the_newest_first(sandbox, ana, call):
    ana.says("hi")
    for data in ("old", "new"):
        rows = [[{"text": "Yes please", "callback_data": data}, {"text": "Not now", "callback_data": "no"}]]
        await call("sendMessage", chat_id=ana.id, text="Well?", reply_markup={"inline_keyboard": rows})

    ana.taps("yes")

    assert (await news(call))[-1]["callback_query"]["data"] == "new"
    with pytest.raises(SandboxError, match=r"No button says 'Maybe'.*'Yes please', 'Not now'"):
        ana.taps("Maybe")


async def test_a_reply_keyboard_says_its_label_and_goes_when_removed(sandbox, ana, call):
    ana.says("hi")
    markup = {"keyboard": [["Yes", "No"]], "one_time_keyboard": True}
    await call("sendMessage", chat_id=ana.id, text="Well?", reply_markup=markup)
    shown = ana.chat.keyboard

    ana.taps("Yes")

    assert shown == (("Yes", "No"),) and ana.chat.keyboard == ()
    assert (await news(call))[-1]["message"]["text"] == "Yes"


async def test_a_stale_tap_carries_a_message_that_is_gone(sandbox, ana, call):
    ana.says("hi")
    await call("sendMessage", chat_id=ana.id, text="Well?")
    stale = ana.chat.last
    ana.deletes(stale)

    ana.taps_data(stale, "forged")

    query = (await news(call))[-1]["callback_query"]
    assert query["data"] == "forged" and query["message"]["date"] == 0


async def test_a_long_text_leaves_in_pieces(sandbox, ana, call):
    ana.says("😀" * 4000)

    lengths = [utf16_length(update["message"]["text"]) for update in await news(call)]

    assert lengths == [4096, 3904]


async def test_edits_and_deletions_are_in_the_history(sandbox, ana, call):
    said = ana.says("first")
    ana.edits(said, "second")
    ana.deletes(said)

    kinds = [next(iter(set(update) - {"update_id"})) for update in await news(call)]
    assert kinds == ["message", "edited_message"]  # deletions are not reported
    assert ana.chat.messages == []
    story = [(line.event.value, line.message.text) for line in ana.chat.history]
    assert story == [("sent", "first"), ("edited", "second"), ("deleted", "second")]


async def test_blocking_and_unblocking_are_told_to_the_bot(sandbox, ana, call):
    ana.says("hi")
    ana.blocks_bot()
    with pytest.raises(SandboxError, match="has blocked the bot"):
        ana.says("hello?")
    ana.opens_link("https://t.me/handrail_demo_bot")

    changes = [update["my_chat_member"] for update in await news(call) if "my_chat_member" in update]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]
    assert ana.chat.messages[-1].text == "/start"


async def test_protected_messages_cannot_be_forwarded_by_people(sandbox, ana, call):
    ana.says("hi")
    await call("sendMessage", chat_id=ana.id, text="Keep this", protect_content=True)

    with pytest.raises(SandboxError, match="protected"):
        ana.forwards_message(ana.chat.last)


async def test_a_story_is_told_when_it_asks_for_what_is_not_there(sandbox, ana):
    with pytest.raises(SandboxError, match="The bot has said nothing"):
        _ = ana.chat.last
    with pytest.raises(SandboxError, match="empty message"):
        ana.says("  ")
    with pytest.raises(SandboxError, match="already somebody"):
        sandbox.person("Bo", id=ana.id)
    with pytest.raises(SandboxError, match="Nobody sends a 'smell'"):
        ana.sends("smell")
    ana.deactivates()
    with pytest.raises(SandboxError, match="no account"):
        ana.says("hi")
