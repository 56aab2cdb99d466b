"""Whatever is not typed words: voice, pictures, stickers, places, a wall of emoji, a language nobody here reads.

One kind sentence, and staff see that a person must look. In groups nothing is said.
"""

import unicodedata
from datetime import timedelta

from telegram.ext import filters

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.people.model import Colleague, Participant
from bot.screening.model import Level
from handlers.chat import Chat
from handlers.concerns import subject_of
from handlers.routing import Routes

TOPIC = "strange"
ONCE_IN = timedelta(minutes=1)  # ten stickers get one answer
MANY_EMOJI = 8  # fewer are a greeting, not something to look at
MOST_FOREIGN = 0.5  # of the letters

_KINDS = (
    "voice", "video_note", "audio", "photo", "video", "animation", "sticker", "document", "location", "venue",
    "contact", "poll", "dice", "story", "game",
)  # fmt: skip


def register(routes: Routes) -> None:
    wordless = ~filters.TEXT & ~filters.StatusUpdate.ALL
    routes.message(filters.ChatType.PRIVATE & wordless, sent_something)


def sent_something(chat: Chat) -> None:
    """No text; a caption has been screened as every text is."""
    message = chat.message
    kind = next((kind for kind in _KINDS if message and getattr(message, kind, None)), "something")
    notice(chat, kind)


def has_no_words(text: str) -> bool:
    """Many signs and neither a letter nor a digit among them."""
    return len(text) > MANY_EMOJI and not any(character.isalnum() for character in text)


def is_foreign(text: str) -> bool:
    """Mostly letters of a script that no language of this program uses."""
    letters = [character for character in text if character.isalpha()]
    foreign = sum("LATIN" not in unicodedata.name(letter, "") for letter in letters)
    return bool(letters) and foreign / len(letters) > MOST_FOREIGN


def notice(chat: Chat, kind: str, *, phrase: str = "") -> None:
    """Say so, once a minute, and let staff know; not after a crisis reply, which says all that matters."""
    if outbox.said_since(chat.tx, chat.key, TOPIC, chat.now - ONCE_IN):
        return
    who = chat.who
    if isinstance(who, Participant):
        chat.services.alerts.needs_a_look(chat.tx, subject_of(chat), kind, chat.now)
    if chat.finding.level >= Level.ELEVATED:
        return
    words = chat.t(phrase or _phrase(who))
    outbox.send(chat.tx, chat.key, Message(words), kind=Kind.TALK, now=chat.now, topic=TOPIC)


def notice_words(chat: Chat) -> None:
    """The same for a text that `has_no_words` or `is_foreign`."""
    if has_no_words(chat.text):
        notice(chat, "emoji")
        return
    is_participant = isinstance(chat.who, Participant)
    notice(chat, "language", phrase="strange.language" if is_participant else "strange.language-visitor")


def _phrase(who: Participant | Colleague | None) -> str:
    if isinstance(who, Participant):
        return "strange.participant"
    return "strange.staff" if isinstance(who, Colleague) else "strange.visitor"
