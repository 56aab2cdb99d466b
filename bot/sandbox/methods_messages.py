"""Bot API methods that write: sending, editing, deleting, copying, pinning, reacting, answering a tap."""

from datetime import timedelta
from typing import Any

from bot.sandbox import keyboards, pictures, richtext
from bot.sandbox.entities import RichText, utf16_length
from bot.sandbox.errors import Json, bad_request
from bot.sandbox.methods import is_administrator, method, needs_rights, open_chat
from bot.sandbox.parameters import Ask, Upload
from bot.sandbox.reactions import is_reaction
from bot.sandbox.state import Chat, Event, Happening, Message, StoredFile, Toast, World
from bot.sandbox.updates import CALLBACKS_KEPT

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_TOAST = 200
LARGEST_UPLOAD = 50 * 1024 * 1024
DELETABLE_FOR = timedelta(hours=48)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_CHAT_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


@method("sendMessage")
def send_message(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    words = _text(world, ask)
    return _send(world, ask, chat, words)


@method("sendPhoto")
def send_photo(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    stored = _file(world, ask, "photo", "photos")
    width, height = pictures.dimensions(stored.data)
    media = {"photo": [stored.to_json() | {"width": width, "height": height}]}
    return _send(world, ask, chat, _caption(world, ask), media=media, file=stored)


@method("sendDocument")
def send_document(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    stored = _file(world, ask, "document", "documents")
    media = {"document": stored.to_json() | {"file_name": stored.name, "mime_type": stored.mime}}
    return _send(world, ask, chat, _caption(world, ask), media=media, file=stored)


@method("sendChatAction")
def send_chat_action(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    action = ask.text("action")
    if action not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    return True


@method("copyMessage")
def copy_message(world: World, ask: Ask) -> Any:
    chat, source = open_chat(world, ask), _source(world, ask)
    if source.service or source.is_protected:
        raise bad_request("message can't be copied")
    words = source.words
    if ask.has("caption") and not source.is_text:
        words = _caption(world, ask)
    media = {name: value for name, value in source.media.items() if not name.startswith("forward_")}
    return {"message_id": _send(world, ask, chat, words, media=media, file=source.file)["message_id"]}


@method("forwardMessage")
def forward_message(world: World, ask: Ask) -> Any:
    chat, source = open_chat(world, ask), _source(world, ask)
    if source.service or source.is_protected:
        raise bad_request("message can't be forwarded")
    origin = forward_origin(source)
    return _send(world, ask, chat, source.words, media=source.media | origin, file=source.file)


def forward_origin(source: Message) -> Json:
    if "forward_origin" in source.media:
        return {"forward_origin": source.media["forward_origin"]}
    origin: Json = {
        "type": "user",
        "date": int(source.date.timestamp()),
        "sender_user": source.sender.to_json(),
    }
    return {"forward_origin": origin}


def _source(world: World, ask: Ask) -> Message:
    source = open_chat(world, ask, "from_chat_id").messages.get(ask.number("message_id"))
    if source is None:
        raise bad_request(f"message to {ask.method.lower().removesuffix('message')} not found")
    return source


def _send(
    world: World,
    ask: Ask,
    chat: Chat,
    words: RichText,
    *,
    media: Json | None = None,
    file: StoredFile | None = None,
) -> Json:
    """Check what all messages have in common, count it, and put the message in the chat."""
    markup = keyboards.check(ask.values.get("reply_markup"))
    reply_to = _reply_to(ask, chat)
    world.limiter.charge(chat.id, group=chat.is_group)
    message = world.add_message(chat, world.bot, world.without_strangers(words))
    message.media, message.file, message.reply_to = media or {}, file, reply_to
    message.markup = markup
    message.is_protected, message.is_silent = ask.flag("protect_content"), ask.flag("disable_notification")
    if markup is not None and "inline_keyboard" not in markup:
        chat.keyboard = markup if "keyboard" in markup else None
    world.record(Event.SENT, message, by_bot=True)
    world.note_send(ask.method, message)
    return world.message_json(message)


def _text(world: World, ask: Ask) -> RichText:
    words = richtext.read(ask.text("text"), parse_mode=ask.text("parse_mode"), entities=ask.json("entities"))
    if not words.text:
        raise bad_request("message text is empty")
    if words.length > LONGEST_TEXT:
        raise bad_request("message is too long")
    return words


def _caption(world: World, ask: Ask) -> RichText:
    words = richtext.read(
        ask.text("caption"), parse_mode=ask.text("parse_mode"), entities=ask.json("caption_entities")
    )
    if words.length > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return words


def _reply_to(ask: Ask, chat: Chat) -> int | None:
    wanted = ask.object("reply_parameters")
    number = wanted.get("message_id", ask.number("reply_to_message_id"))
    if not number:
        return None
    if number in chat.messages:
        return int(number)
    if wanted.get("allow_sending_without_reply") or ask.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _file(world: World, ask: Ask, name: str, folder: str) -> StoredFile:
    """The file meant by a parameter: uploaded under its name or as attach://, or known by its id."""
    value = ask.text(name)
    upload = ask.uploads.get(value.removeprefix("attach://") if value.startswith("attach://") else name)
    if upload is not None:
        return _stored(world, upload, folder)
    if not value:
        raise bad_request(f"there is no {name} in the request")
    if value.startswith(("http://", "https://")):
        # The sandbox never fetches anything: nothing leaves this computer.
        raise bad_request("failed to get HTTP URL content")
    known = world.files.get(value)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return known


def _stored(world: World, upload: Upload, folder: str) -> StoredFile:
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > LARGEST_UPLOAD:
        raise bad_request("file is too big")
    return world.add_file(upload.name, upload.mime, upload.data, folder)


@method("editMessageText")
def edit_message_text(world: World, ask: Ask) -> Any:
    message = _editable(world, ask)
    words = world.without_strangers(_text(world, ask))
    if not message.is_text:
        raise bad_request("there is no text in the message to edit")
    return _edit(world, ask, message, words)


@method("editMessageCaption")
def edit_message_caption(world: World, ask: Ask) -> Any:
    message = _editable(world, ask)
    words = world.without_strangers(_caption(world, ask))
    if message.file is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(world, ask, message, words)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, ask: Ask) -> Any:
    message = _editable(world, ask)
    return _edit(world, ask, message, message.words)


def _editable(world: World, ask: Ask) -> Message:
    if ask.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    if not ask.text("chat_id") and not ask.text("message_id"):
        raise bad_request("message identifier is not specified")
    chat = open_chat(world, ask)
    message = chat.messages.get(ask.number("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender is not world.bot or message.service or "forward_origin" in message.media:
        raise bad_request("message can't be edited")
    return message


def _edit(world: World, ask: Ask, message: Message, words: RichText) -> Json:
    """An edit without reply_markup takes the keyboard away, as Telegram does."""
    markup = keyboards.check(ask.values.get("reply_markup"), inline_only=True)
    if message.markup is not None and "inline_keyboard" not in message.markup:
        raise bad_request("message can't be edited")
    if words == message.words and markup == message.markup:
        raise bad_request(_NOT_MODIFIED)
    world.limiter.charge(message.chat.id, group=message.chat.is_group)
    message.words, message.markup, message.edited = words, markup, world.clock.now()
    world.record(Event.EDITED, message, by_bot=True)
    world.note_send(ask.method, message)
    return world.message_json(message)


@method("deleteMessage")
def delete_message(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    message = chat.messages.get(ask.number("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    _delete(world, message)
    return True


@method("deleteMessages")
def delete_messages(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    wanted = ask.json("message_ids")
    if not isinstance(wanted, list) or not wanted:
        raise bad_request("message identifiers are not specified")
    if len(wanted) > 100:
        raise bad_request("too many message identifiers specified")
    found = [chat.messages[number] for number in wanted if number in chat.messages]
    for message in found:
        _check_deletable(world, message)
    for message in found:
        _delete(world, message)
    return True


def _delete(world: World, message: Message) -> None:
    _check_deletable(world, message)
    world.record(Event.DELETED, message, by_bot=True)
    world.remove(message)


def _check_deletable(world: World, message: Message) -> None:
    is_old = world.clock.now() - message.date >= DELETABLE_FOR
    is_others = message.chat.is_group and message.sender is not world.bot
    if (is_old and not is_administrator(world, message.chat)) or (
        is_others and not is_administrator(world, message.chat)
    ):
        raise bad_request("message can't be deleted")


@method("answerCallbackQuery")
def answer_callback_query(world: World, ask: Ask) -> Any:
    """Once for each tap: Telegram forgets a query that was answered or is 150 seconds old."""
    query = world.callbacks.get(ask.text("callback_query_id"))
    text = ask.text("text")
    if utf16_length(text) > LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    url = ask.text("url") or None
    if url is not None and not url.startswith((f"https://t.me/{world.bot.username}?", "tg://")):
        raise bad_request("URL_INVALID")
    now = world.clock.now()
    if query is None or query.is_answered or now - query.at >= CALLBACKS_KEPT:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.is_answered = True
    if text or url:
        toast = Toast(now, query.person.id, text, ask.flag("show_alert"), url)
        query.chat.toasts.append(toast)
        query.chat.history.append(Happening(now, Event.TOAST, True, what=text))
    return True


@method("pinChatMessage")
def pin_chat_message(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    needs_rights(world, chat, "manage pinned messages")
    message = chat.messages.get(ask.number("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if message.id in chat.pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    chat.pinned.append(message.id)
    notice = world.add_message(chat, world.bot)
    notice.service = {"pinned_message": world.message_json(message, with_reply=False)}
    world.record(Event.SENT, notice, by_bot=True)
    return True


@method("unpinChatMessage")
def unpin_chat_message(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    needs_rights(world, chat, "manage pinned messages")
    number = ask.number("message_id") if ask.has("message_id") else (chat.pinned or [0])[-1]
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    needs_rights(world, chat, "manage pinned messages")
    chat.pinned.clear()
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, ask: Ask) -> Any:
    message = open_chat(world, ask).messages.get(ask.number("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    wanted = ask.json("reaction") or []
    if not isinstance(wanted, list) or len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = _emoji(wanted[0]) if wanted else None
    message.reaction = emoji
    world.record(Event.REACTED, message, by_bot=True, what=emoji or "")
    return True


def _emoji(reaction: Any) -> str:
    emoji = reaction.get("emoji") if isinstance(reaction, dict) else None
    if not isinstance(emoji, str) or reaction.get("type") != "emoji" or not is_reaction(emoji):
        raise bad_request("REACTION_INVALID")
    return emoji


@method("getFile")
def get_file(world: World, ask: Ask) -> Any:
    stored = world.files.get(ask.text("file_id"))
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.data) > 20 * 1024 * 1024:
        raise bad_request("file is too big")
    return stored.to_json() | {"file_path": stored.path}
