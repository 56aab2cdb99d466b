"""Commands that name a person by their code and say something about them, in one line."""

import re

from bot.errors import NotFound
from bot.people.model import Participant
from bot.richtext import strip_controls
from handlers.chat import Chat

CODE_THEN = re.compile(r"(\S+\s+\S+\s+\d{3})\b\s*(.*)", re.DOTALL)
"""A code is two words and three digits; what follows is said about whoever has it."""


def person_and_words(chat: Chat, how: str) -> tuple[Participant | None, str]:
    """Whom it is about, and the words after the code; the phrase `how` is said when nobody is named."""
    found = CODE_THEN.fullmatch(chat.words)
    if found is None:
        chat.say(chat.t(how))
        return None, ""
    try:
        person = chat.services.people.by_code(chat.tx, found[1])
    except NotFound:
        chat.say(chat.t("alerts.unknown-code"))
        return None, ""
    return person, strip_controls(found[2]).strip()
