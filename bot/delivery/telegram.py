"""Carrying one parcel to Telegram, and reading its answer as an `Outcome`.

The only file that calls Bot API methods which say something. A guard refuses such calls from anywhere else.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import segno
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    User,
)
from telegram import Message as SentMessage
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter
from telegram.request import RequestData

from bot.delivery.model import Document, Message, Operation, Outcome, Parcel, Picture, Result, Rows
from bot.delivery.transport import AiohttpRequest, NotSent, Transport
from bot.richtext import Rich

QUIET_METHODS = frozenset(
    "getMe getUpdates setWebhook deleteWebhook answerCallbackQuery setMyCommands deleteMyCommands".split()
)
FINAL_CHAT_WORDS = (
    "chat not found",
    "user is deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "have no rights",
    "not enough rights to send",
)
GONE_WORDS = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message",  # it is another kind of message than we thought
    "there is no caption in the message",
)
NOTHING_TO_DO = ("message is not modified", "message to delete not found", "message can't be deleted")

_sending: ContextVar[bool] = ContextVar("sending", default=False)


class SaidOutsideTheOutbox(RuntimeError):
    """Something tried to speak to Telegram without going through the outbox."""


class GuardedRequest(AiohttpRequest):
    """Refuses every method that says something unless the sender is the one who calls."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        if url.rpartition("/")[2] not in QUIET_METHODS and not _sending.get():
            raise SaidOutsideTheOutbox(url.rpartition("/")[2])
        return await super().do_request(url, method, request_data, *args, **kwargs)


class ProgramBot(Bot):
    """python-telegram-bot's `Bot` on our transport, whose identity may come from an earlier start."""

    def __init__(self, token: str, base_url: str, transport: Transport) -> None:
        request = GuardedRequest(transport)
        super().__init__(token, base_url=base_url, request=request, get_updates_request=request)
        self._photos: dict[str, str] = {}

    @property
    def photos(self) -> dict[str, str]:
        """Telegram's names for the pictures this bot has uploaded, by our keys: for this token and this run."""
        return self._photos

    def identify(self, user: dict[str, Any]) -> None:
        """Use this answer of getMe; Telegram need not be there at start-up."""
        self._bot_user = User.de_json(user, self)

    @property
    def is_identified(self) -> bool:
        """Who this bot is, is known, from now or from an earlier start."""
        return self._bot_user is not None

    async def ask_who(self) -> User:
        """Ask Telegram anew: a bot can be renamed."""
        return await super().get_me()

    async def get_me(self, **kwargs: Any) -> User:
        return self._bot_user or await super().get_me(**kwargs)

    def __repr__(self) -> str:
        return "ProgramBot()"  # the inherited one shows the token


async def deliver(bot: ProgramBot, parcel: Parcel) -> Result:
    """One attempt; never raises what Telegram or the network did."""
    try:
        with _allowed():
            if parcel.operation is Operation.SEND and parcel.message.picture is not None:
                return await _send_picture(bot, parcel, parcel.message.picture)
            return Result(Outcome.SENT, message_id=await _call(bot, parcel))
    except RetryAfter as error:
        wait = error.retry_after
        return Result(
            Outcome.TOO_FAST, retry_after=float(wait if isinstance(wait, int) else wait.total_seconds())
        )
    except ChatMigrated as error:
        return Result(Outcome.MOVED, moved_to=error.new_chat_id)
    except Forbidden:
        return Result(Outcome.UNREACHABLE, reason="forbidden")
    except BadRequest as error:
        return _bad_request(str(error).lower(), parcel)
    except InvalidToken:
        return Result(Outcome.TOKEN_REFUSED, reason="Telegram refused the token")
    except NotSent:
        return Result(Outcome.NOT_SENT)
    except (
        Exception
    ) as error:  # besides the network's: the library raises all kinds at an answer without sense
        return Result(Outcome.UNCLEAR, reason=type(error).__name__)


def _bad_request(words: str, parcel: Parcel) -> Result:
    if any(known in words for known in NOTHING_TO_DO):
        return Result(Outcome.SENT, message_id=parcel.message_id)
    if parcel.operation is Operation.EDIT and any(known in words for known in GONE_WORDS):
        return Result(Outcome.CARD_GONE)
    if any(known in words for known in FINAL_CHAT_WORDS):
        return Result(Outcome.UNREACHABLE, reason="chat not found")
    return Result(Outcome.REFUSED, reason="bad request")


async def _call(bot: Bot, parcel: Parcel) -> int | None:
    message = parcel.message
    if parcel.operation is Operation.DELETE:
        await bot.delete_message(parcel.chat_id, parcel.message_id or 0)
        return None
    if parcel.operation is Operation.EDIT:
        return await _edit(bot, parcel)
    if message.qr:
        return await _send_qr(bot, parcel)
    if message.document is not None:
        return await _send_document(bot, parcel, message.document)
    return await _send_text(bot, parcel, message)


async def _send_text(bot: Bot, parcel: Parcel, message: Message) -> int:
    sent = await bot.send_message(
        parcel.chat_id,
        message.text.text,
        entities=_entities(message.text),
        reply_markup=markup(message),
        protect_content=message.protect,
        disable_notification=message.silent,
    )
    return sent.message_id


async def _edit(bot: Bot, parcel: Parcel) -> int | None:
    message = parcel.message
    if message.picture is not None:  # the same picture as before: what stands below it changes
        await bot.edit_message_caption(
            chat_id=parcel.chat_id,
            message_id=parcel.message_id,
            caption=message.text.text,
            caption_entities=_entities(message.text),
            reply_markup=_keyboard(message.buttons),
        )
        return parcel.message_id
    await bot.edit_message_text(
        message.text.text,
        chat_id=parcel.chat_id,
        message_id=parcel.message_id,
        entities=_entities(message.text),
        reply_markup=_keyboard(message.buttons),
    )
    return parcel.message_id


async def _send_picture(bot: ProgramBot, parcel: Parcel, picture: Picture) -> Result:
    """The picture with the text below it; the text alone, with the alt text, where Telegram will not take it."""
    uploaded = bot.photos.pop(picture.key, None)
    for photo in (uploaded, parcel.picture) if uploaded else (parcel.picture,):
        try:
            sent = await _send_photo(bot, parcel, photo)
        except BadRequest as error:
            if any(words in str(error).lower() for words in FINAL_CHAT_WORDS):
                raise
            continue
        bot.photos[picture.key] = sent.photo[-1].file_id
        return Result(Outcome.SENT, message_id=sent.message_id, picture=picture.key)
    in_words = await _send_text(bot, parcel, parcel.message.in_words())
    return Result(Outcome.SENT, message_id=in_words, reason="the picture was refused")


async def _send_photo(bot: Bot, parcel: Parcel, photo: str | bytes) -> SentMessage:
    message = parcel.message
    return await bot.send_photo(
        parcel.chat_id,
        photo,
        caption=message.text.text,
        caption_entities=_entities(message.text),
        reply_markup=_keyboard(message.buttons),
        protect_content=message.protect,
        disable_notification=message.silent,
    )


async def _send_qr(bot: Bot, parcel: Parcel) -> int:
    message = parcel.message
    sent = await bot.send_photo(
        parcel.chat_id,
        qr_picture(message.qr),
        caption=message.text.text,
        caption_entities=_entities(message.text),
        reply_markup=_keyboard(message.buttons),
        protect_content=message.protect,
        filename="invite.png",
    )
    return sent.message_id


async def _send_document(bot: Bot, parcel: Parcel, document: Document) -> int:
    message = parcel.message
    sent = await bot.send_document(
        parcel.chat_id,
        document.data,
        caption=message.text.text,
        caption_entities=_entities(message.text),
        reply_markup=_keyboard(message.buttons),
        protect_content=message.protect,
        filename=document.name,
        disable_content_type_detection=True,
    )
    return sent.message_id


def qr_picture(link: str) -> bytes:
    """A PNG with a quiet border, large enough to print on paper."""
    picture = io.BytesIO()
    segno.make(link, error="m", micro=False).save(picture, kind="png", scale=8, border=4)
    return picture.getvalue()


def _entities(text: Rich) -> list[MessageEntity]:
    return [MessageEntity(span.kind, span.offset, span.length, url=span.url or None) for span in text.spans]


def markup(message: Message) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    """The buttons in a message, or those under the writing field."""
    if message.keyboard is None:
        return _keyboard(message.buttons)
    if not message.keyboard:
        return ReplyKeyboardRemove()
    return ReplyKeyboardMarkup([list(message.keyboard)], resize_keyboard=True, is_persistent=True)


def _keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(b.label, callback_data=b.data or None, url=b.url or None) for b in row]
            for row in rows
        ]
    )


@contextmanager
def _allowed() -> Iterator[None]:
    token = _sending.set(True)
    try:
        yield
    finally:
        _sending.reset(token)


__all__ = ["Message", "ProgramBot", "SaidOutsideTheOutbox", "deliver", "qr_picture"]
