"""Whether what stands below a card's picture fits there, whatever its reader answers."""

from collections.abc import Iterable, Iterator

from bot.delivery.model import CAPTION_UNITS
from bot.errors import Problem
from bot.modules.content import ModuleFile
from bot.modules.model import Module
from bot.modules.screens import Page, words_of
from bot.phrases import Phrases


def captions_checked(files: Iterable[ModuleFile], phrases: Phrases) -> Iterator[Problem]:
    """Each card that has a picture and more text than Telegram puts below one."""
    for file in files:
        for at, card in enumerate(file.module.cards):
            length = _longest(file.module, at, phrases) if card.picture else 0
            if length > CAPTION_UNITS:
                what = f"This card has a picture, and with its answers {length} characters of text."
                mend = f"At most {CAPTION_UNITS} fit below a picture: shorten it, or take the picture out."
                yield file.source.problem(file.card_lines[at], what, mend)


def _longest(module: Module, at: int, phrases: Phrases) -> int:
    """In UTF-16 units, as it is sent: with the title, the answers, and the feedback to each."""
    check = module.cards[at].check
    answers = (None, *range(len(check.options))) if check else (None,)
    pages = (Page(module, at, answered) for answered in answers)
    return max(words_of(phrases, module.lang, page).utf16_length for page in pages)
