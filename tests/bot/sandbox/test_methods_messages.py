"""Sending, editing, deleting, answering: what is accepted, and the exact words of what is not."""

import aiohttp
import pytest

from bot.sandbox.media import one_pixel


async def test_a_message_of_the_bot_is_what_the_person_sees(sandbox, call):
    ana = sandbox.person("Ana")
    ana.says("hello")

    answer = await call(
        "sendMessage",
        chat_id=ana.id,
        text=" <b>Hi</b> Ana &amp; co ",
        parse_mode="HTML",
        protect_content=True,
        disable_notification=True,
        reply_markup={"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]},
    )

    assert answer["ok"] and answer["result"]["text"] == "Hi Ana & co"
    seen = ana.chat.last
    assert (seen.text, seen.html, seen.labels) == ("Hi Ana & co", "<b>Hi</b> Ana &amp; co", ("Go",))
    assert seen.is_protected and seen.is_silent and seen.date == sandbox.clock.now()


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "x" * 40_000}, "Bad Request: text is too long"),
        ({"text": "x", "parse_mode": "Pascal"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "reply_to_message_id": 5}, "Bad Request: message to be replied not found"),
        (
            {"text": "x", "reply_parameters": {"message_id": 5}},
            "Bad Request: message to be replied not found",
        ),
        ({"text": "x", "chat_id": 99}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
    ],
)
async def test_a_wrong_message_is_refused_in_telegrams_words(sandbox, call, parameters, description):
    ana = sandbox.person("Ana")
    ana.says("hello")

    answer = await call("sendMessage", **{"chat_id": ana.id, **parameters})

    assert answer == {"ok": False, "error_code": 400, "description": description}
    assert [message.text for message in ana.chat.messages] == ["hello"]


async def test_the_length_is_counted_after_the_markup_is_read(sandbox, call):
    ana = sandbox.person("Ana")
    ana.says("hello")

    answer = await call("sendMessage", chat_id=ana.id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")

    assert answer["ok"]


async def test_people_who_cannot_be_reached_are_forbidden_in_telegrams_words(sandbox, call):
    shy, gone, blocker = sandbox.person("Shy"), sandbox.person("Gone"), sandbox.person("Bo")
    gone.says("hi")
    gone.deactivates()
    blocker.says("hi")
    blocker.blocks_bot()

    answers = [await call("sendMessage", chat_id=p.id, text="hi") for p in (shy, gone, blocker)]

    assert [answer["error_code"] for answer in answers] == [403, 403, 403]
    assert [answer["description"] for answer in answers] == [
        "Forbidden: bot can't initiate conversation with a user",
        "Forbidden: user is deactivated",
        "Forbidden: bot was blocked by the user",
    ]


async def test_an_edit_must_change_something(sandbox, call):
    ana = sandbox.person("Ana")
    mine = ana.says("hello")
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    sent = (await call("sendMessage", chat_id=ana.id, text="One", reply_markup=keyboard))["result"]
    place = {"chat_id": ana.id, "message_id": sent["message_id"]}

    same = await call("editMessageText", **place, text="One", reply_markup=keyboard)
    missing = await call("editMessageText", chat_id=ana.id, message_id=9999, text="Two")
    others = await call("editMessageText", chat_id=ana.id, message_id=mine.id, text="Two")
    caption = await call("editMessageCaption", **place, caption="Two")
    bare = await call("editMessageText", **place, text="Two")

    assert same["description"] == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
    assert missing["description"] == "Bad Request: message to edit not found"
    assert others["description"] == "Bad Request: message can't be edited"
    assert caption["description"] == "Bad Request: there is no caption in the message to edit"
    assert bare["ok"] and ana.chat.last.text == "Two" and ana.chat.last.buttons == ()
    assert ana.chat.last.edited == sandbox.clock.now()
    assert [happening.event.value for happening in ana.chat.history] == ["sent", "sent", "edited"]


async def test_a_message_can_be_deleted_for_two_days(sandbox, clock, call):
    ana = sandbox.person("Ana")
    mine = ana.says("something private")
    sent = (await call("sendMessage", chat_id=ana.id, text="One"))["result"]["message_id"]
    clock.advance(47 * 3600)

    deleted = await call("deleteMessage", chat_id=ana.id, message_id=mine.id)
    clock.advance(2 * 3600)
    late = await call("deleteMessage", chat_id=ana.id, message_id=sent)
    missing = await call("deleteMessage", chat_id=ana.id, message_id=mine.id)
    several = await call("deleteMessages", chat_id=ana.id, message_ids=[mine.id])

    assert deleted == {"ok": True, "result": True}
    assert late["description"] == "Bad Request: message can't be deleted"
    assert missing["description"] == "Bad Request: message to delete not found"
    assert several["ok"]
    assert [message.id for message in ana.chat.messages] == [sent]


async def test_a_tap_is_answered_once_and_in_time(sandbox, clock, call):
    ana = sandbox.person("Ana")
    ana.says("hello")
    keyboard = {"inline_keyboard": [[{"text": "Go on", "callback_data": "go"}]]}
    await call("sendMessage", chat_id=ana.id, text="One", reply_markup=keyboard)
    early, late = ana.taps("Go"), ana.taps("Go on")

    first = await call("answerCallbackQuery", callback_query_id=early, text="Thanks", show_alert=True)
    again = await call("answerCallbackQuery", callback_query_id=early)
    long = await call("answerCallbackQuery", callback_query_id=late, text="x" * 201)
    clock.advance(150)
    stale = await call("answerCallbackQuery", callback_query_id=late)

    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert first["ok"] and again["description"] == stale["description"] == old
    assert long["description"] == "Bad Request: MESSAGE_TOO_LONG"
    assert [(toast.text, toast.is_alert) for toast in ana.chat.toasts] == [("Thanks", True)]


async def test_a_picture_is_kept_as_it_came_and_can_be_fetched(sandbox, http, call):
    ana = sandbox.person("Ana")
    ana.says("hello")
    form = aiohttp.FormData({"chat_id": str(ana.id), "caption": "<i>Scan</i> me", "parse_mode": "HTML"})
    form.add_field("photo", one_pixel(), filename="qr.png", content_type="image/png")

    async with http.post(f"{sandbox.base_url}{sandbox.token}/sendPhoto", data=form) as answer:
        photo = (await answer.json())["result"]["photo"][-1]
    path = (await call("getFile", file_id=photo["file_id"]))["result"]["file_path"]
    async with http.get(f"{sandbox.base_file_url}{sandbox.token}/{path}") as answer:
        fetched = await answer.read()
    again = await call("sendPhoto", chat_id=ana.id, photo=photo["file_id"])

    assert ana.chat.messages[1].photo == fetched == one_pixel()
    assert ana.chat.messages[1].html == "<i>Scan</i> me"
    assert (photo["width"], photo["height"]) == (1, 1) and again["ok"]


@pytest.mark.parametrize(
    ("data", "caption", "description"),
    [
        (b"no picture", "", "Bad Request: IMAGE_PROCESS_FAILED"),
        (b"", "", "Bad Request: file must be non-empty"),
        (one_pixel(), "x" * 1025, "Bad Request: message caption is too long"),
    ],
)
async def test_a_wrong_picture_is_refused(sandbox, http, data, caption, description):
    ana = sandbox.person("Ana")
    ana.says("hello")
    form = aiohttp.FormData({"chat_id": str(ana.id), "caption": caption})
    form.add_field("photo", data, filename="qr.png", content_type="image/png")

    async with http.post(f"{sandbox.base_url}{sandbox.token}/sendPhoto", data=form) as answer:
        body = await answer.json()

    assert body["description"] == description


async def test_protected_messages_are_neither_copied_nor_forwarded(sandbox, call):
    ana = sandbox.person("Ana")
    mine = ana.says("hello")
    sent = (await call("sendMessage", chat_id=ana.id, text="Private", protect_content=True))["result"]
    place = {"chat_id": ana.id, "from_chat_id": ana.id}

    copied = await call("copyMessage", **place, message_id=mine.id)
    forwarded = await call("forwardMessage", **place, message_id=mine.id)
    protected = await call("forwardMessage", **place, message_id=sent["message_id"])
    missing = await call("copyMessage", **place, message_id=9999)

    assert ana.chat.message(copied["result"]["message_id"]).text == "hello"
    assert forwarded["result"]["forward_origin"]["type"] == "user"
    assert protected["description"] == "Bad Request: message can't be forwarded"
    assert missing["description"] == "Bad Request: message to copy not found"


async def test_pins_and_reactions_are_seen(sandbox, call):
    ana = sandbox.person("Ana")
    mine = ana.says("hello")
    place = {"chat_id": ana.id, "message_id": mine.id}

    pinned = await call("pinChatMessage", **place)
    reacted = await call("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "👍"}])
    wrong = await call("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "🦷"}])
    seen = ana.chat.message(mine.id)
    unpinned = await call("unpinChatMessage", **place)

    assert pinned["ok"] and reacted["ok"] and seen.is_pinned and seen.reaction == "👍"
    assert wrong["description"] == "Bad Request: REACTION_INVALID"
    assert unpinned["ok"] and not ana.chat.message(mine.id).is_pinned
