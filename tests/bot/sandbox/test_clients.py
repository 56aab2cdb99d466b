"""The sandbox's answers as python-telegram-bot and aiogram read them: parsers we did not write."""

import asyncio

import aiogram
import pytest
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import BufferedInputFile
from telegram import constants, error

from bot.sandbox import NO_LIMITS, Sandbox
from bot.sandbox.media import KINDS, one_pixel
from bot.sandbox.reactions import is_reaction
from bot.sandbox.updates import KINDS as UPDATE_KINDS
from bot.sandbox.updates import SHORTEST_WAIT

KEYBOARD = telegram.InlineKeyboardMarkup(
    [
        [telegram.InlineKeyboardButton("Go", callback_data="go")],
        [telegram.InlineKeyboardButton("Site", "https://example.org")],
    ]
)


@pytest.fixture
async def bot(sandbox):
    async with telegram.Bot(
        sandbox.token, base_url=sandbox.base_url, base_file_url=sandbox.base_file_url
    ) as bot:
        yield bot


@pytest.fixture
async def free(clock):
    """A sandbox without limits."""
    async with Sandbox(clock, limits=NO_LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
async def gram(free):
    server = TelegramAPIServer(
        base=free.base_url + "{token}/{method}", file=free.base_file_url + "{token}/{path}"
    )
    async with aiogram.Bot(free.token, session=AiohttpSession(api=server)) as bot:
        yield bot


async def test_telegram_bot_sends_edits_and_deletes(sandbox, clock, bot):
    ana = sandbox.person("Ana")
    ana.says("/start now")

    sent = await bot.send_message(ana.id, "<b>Hi</b> 😀 <i>you</i>", parse_mode="HTML", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("Done", ana.id, sent.message_id)
    clock.advance(1)
    photo = await bot.send_photo(ana.id, one_pixel(), caption="Scan", protect_content=True)
    fetched = await (await bot.get_file(photo.photo[-1].file_id)).download_as_bytearray()
    document = await bot.send_document(ana.id, b"a,b", filename="list.csv")
    deleted = await bot.delete_message(ana.id, photo.message_id)

    assert sent.text_html == "<b>Hi</b> 😀 <i>you</i>" and sent.reply_markup == KEYBOARD
    assert edited.edit_date and deleted and bytes(fetched) == one_pixel()
    assert document.document.file_name == "list.csv"
    assert [(seen.kind, seen.text) for seen in ana.chat.messages] == [
        ("text", "/start now"),
        ("text", "Done"),
        ("document", ""),
    ]


async def test_telegram_bot_raises_the_right_errors(sandbox, bot, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # the older way warns, and warnings are errors here
    ana, shy = sandbox.person("Ana"), sandbox.person("Shy")
    ana.says("hi")
    group = sandbox.group("Staff", administrators=[ana], supergroup=False).add_bot(by=ana)
    old = group.id
    group.upgrade()
    stranger = telegram.Bot("1:wrong", base_url=sandbox.base_url)

    with pytest.raises(error.Forbidden, match="can't initiate conversation"):
        await bot.send_message(shy.id, "hello")
    with pytest.raises(error.BadRequest, match="Chat not found"):
        await bot.send_message(99, "hello")
    with pytest.raises(error.ChatMigrated) as migrated:
        await bot.send_message(old, "hello")
    for _ in range(3):
        await bot.send_message(ana.id, "hello")
    with pytest.raises(error.RetryAfter):
        await bot.send_message(ana.id, "hello")
    with pytest.raises(error.InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
    sandbox.faults.fail("getMe")
    with pytest.raises(error.NetworkError):
        await bot.get_me()
    sandbox.faults.reset("getMe")
    with pytest.raises(error.NetworkError):
        await bot.get_me()

    assert migrated.value.new_chat_id == group.id
    assert [request.chat_id for request in sandbox.ledger.too_many] == [str(ana.id)]


async def test_telegram_bot_parses_every_update_the_sandbox_makes(sandbox, clock, bot):
    ana, bo = sandbox.person("Ana", language_code="es", username="ana_b"), sandbox.person("Bo")
    group = sandbox.group("Staff", members=[bo], administrators=[ana], supergroup=False)
    await bot.get_updates(allowed_updates=list(UPDATE_KINDS))
    ana.opens_link(f"https://t.me/{sandbox.username}?start=abc")
    sent = await bot.send_message(ana.id, "Hi", reply_markup=KEYBOARD)
    ana.reacts(ana.chat.last, "👍")
    ana.taps("Go")
    ana.taps_data(ana.chat.last, "forged")
    first = ana.says(
        "see https://example.org and @handrail_demo_bot #now me@example.org", reply_to=sent.message_id
    )
    ana.edits(first, "changed")
    stale = ana.chat.last
    await bot.delete_message(ana.id, sent.message_id)
    ana.taps_data(stale, "go")
    for kind in KINDS:
        ana.sends(kind)
    ana.forwards("from elsewhere")
    ana.forwards_message(ana.chat.message(first.id))
    ana.blocks_bot()
    ana.unblocks_bot()
    group.add_bot(by=ana, administrator=True)
    ana.says_anonymously("it is me", in_=group)
    group.promotes(bo, by=ana)
    group.removes(bo, by=ana)
    group.adds(bo, by=ana)
    group.leaves(bo)
    group.renames("The staff", by=ana)
    group.upgrade()
    group.remove_bot(by=ana)
    clock.advance(SHORTEST_WAIT)

    updates = await bot.get_updates(allowed_updates=list(UPDATE_KINDS))

    kinds = [next(kind for kind in UPDATE_KINDS if getattr(update, kind)) for update in updates]
    assert set(kinds) == {
        "message",
        "edited_message",
        "callback_query",
        "message_reaction",
        "my_chat_member",
        "chat_member",
    }
    assert updates[0].message.entities[0].type == "bot_command"
    assert updates[0].message.from_user.language_code == "es"
    taps = [update.callback_query for update in updates if update.callback_query]
    assert [tap.data for tap in taps] == ["go", "forged", "go"]
    assert not taps[-1].message.is_accessible
    assert any(update.message and update.message.migrate_to_chat_id for update in updates)
    assert any(update.message and update.message.sender_chat for update in updates)
    ids = [update.update_id for update in updates]
    assert ids == list(range(ids[0], ids[0] + len(ids)))


async def test_telegram_bot_reads_profiles_chats_and_webhooks(sandbox, bot):
    ana = sandbox.person("Ana")
    ana.says("hi")
    group = sandbox.group("Staff", administrators=[ana]).add_bot(by=ana, administrator=True)
    commands = [telegram.BotCommand("help", "What I can do")]
    scope = telegram.BotCommandScopeChat(ana.id)

    await bot.set_my_commands(commands, scope=scope, language_code="es")
    await bot.set_my_description("About me")
    await bot.set_my_short_description("Short")
    await bot.set_my_name("Rail")
    await bot.set_chat_menu_button(ana.id, telegram.MenuButtonCommands())

    assert list(await bot.get_my_commands(scope=scope, language_code="es")) == commands
    assert list(await bot.get_my_commands()) == []
    assert await bot.delete_my_commands(scope=scope, language_code="es")
    assert (await bot.get_my_description()).description == "About me"
    assert (await bot.get_my_short_description(language_code="es")).short_description == "Short"
    assert (await bot.get_my_name()).name == "Rail"
    assert await bot.get_chat_menu_button(ana.id) == telegram.MenuButtonCommands()
    assert (await bot.get_chat(ana.id)).first_name == "Ana"
    assert (await bot.get_chat(group.id)).title == "Staff"
    members = await bot.get_chat_administrators(group.id)
    assert {member.user.id for member in members} == {ana.id, bot.id}
    assert (await bot.get_chat_member(group.id, ana.id)).status == "creator"
    assert await bot.get_chat_member_count(group.id) == 2
    assert (await bot.get_webhook_info()).pending_update_count == sandbox.waiting_updates
    assert await bot.send_chat_action(ana.id, constants.ChatAction.TYPING)
    assert await bot.leave_chat(group.id)


async def test_the_reactions_are_those_that_python_telegram_bot_knows():
    assert all(is_reaction(emoji) for emoji in constants.ReactionEmoji)


async def test_aiogram_sends_and_edits(free, gram):
    ana = free.person("Ana")
    ana.says("hi")

    sent = await gram.send_message(ana.id, "<b>Hi</b>", parse_mode="HTML")
    edited = await gram.edit_message_text("Done", chat_id=ana.id, message_id=sent.message_id)
    photo = await gram.send_photo(ana.id, BufferedInputFile(one_pixel(), "qr.png"), caption="Scan")
    fetched = await gram.download(photo.photo[-1].file_id)
    me = await gram.me()

    assert edited.text == "Done" and fetched.read() == one_pixel() and me.username == free.username


async def test_aiogram_raises_the_right_errors(sandbox, free, gram):
    ana = free.person("Ana")

    with pytest.raises(TelegramForbiddenError):
        await gram.send_message(ana.id, "hello")
    ana.says("hi")
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await gram.send_message(ana.id, "")
    free.faults.refuse(7, "sendMessage")
    with pytest.raises(TelegramRetryAfter) as refused:
        await gram.send_message(ana.id, "hello")

    assert refused.value.retry_after == 7 and free.ledger.too_many == []


async def test_aiogram_parses_every_update_the_sandbox_makes(free, clock, gram):
    ana = free.person("Ana")
    group = free.group("Staff", administrators=[ana])
    await gram.get_updates(allowed_updates=list(UPDATE_KINDS), timeout=0)
    ana.says("hi")
    await gram.send_message(ana.id, "Hi", reply_markup=KEYBOARD.to_dict())
    ana.reacts(ana.chat.last, "👍")
    ana.taps("Go")
    ana.edits(ana.says("oops"), "fixed")
    for kind in KINDS:
        ana.sends(kind)
    ana.forwards("from elsewhere")
    group.add_bot(by=ana, administrator=True)
    ana.says_anonymously("it is me", in_=group)
    ana.blocks_bot()
    clock.advance(SHORTEST_WAIT)

    updates = await gram.get_updates(allowed_updates=list(UPDATE_KINDS), timeout=0)

    assert {update.event_type for update in updates} == {
        "message",
        "edited_message",
        "callback_query",
        "message_reaction",
        "my_chat_member",
    }


async def test_telegram_bot_waits_for_news(sandbox, bot, until):
    ana = sandbox.person("Ana")
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await until(lambda: sandbox.poll_is_waiting)

    ana.says("news")

    assert (await poll)[0].message.text == "news"


async def test_telegram_bot_understands_that_another_one_polls(sandbox, bot, hasty, until):
    ended = asyncio.create_task(bot.get_updates(timeout=20))
    await until(lambda: sandbox.poll_is_waiting)

    await hasty("getUpdates", offset=-1)  # python-telegram-bot has one connection for this

    with pytest.raises(error.Conflict, match="terminated by other getUpdates request"):
        await ended


async def test_aiogram_waits_for_news_and_understands_that_another_one_polls(free, gram, until):
    waiting = asyncio.create_task(gram.get_updates(timeout=20))
    await until(lambda: free.poll_is_waiting)
    free.person("Ana").says("news")
    news = await waiting
    ended = asyncio.create_task(gram.get_updates(offset=news[0].update_id + 1, timeout=20))
    await until(lambda: free.poll_is_waiting)

    await gram.get_updates(offset=-1, timeout=0)

    assert news[0].message.text == "news"
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await ended
