"""The very messages that people would get, one after another, for whoever wants to see them beforehand.

Nothing is stored for it: a module's page needs no reader, and a question gets the row of nobody's check-in.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.checkins import screens as asking
from bot.checkins.ledger import Checkin
from bot.checkins.model import CheckinDefinition, Question
from bot.checkins.screens import Asked, Reader
from bot.delivery.model import Message
from bot.modules.model import Module
from bot.modules.screens import Page
from bot.phrases import Phrases
from bot.preview.branches import way_to

_SOME_DAY = datetime(2026, 1, 1, 9, tzinfo=UTC)


def card_pages(module: Module, at: int) -> Iterator[Page]:
    """The card at that place (from 0); then, for the check question, what each of its answers brings."""
    check = module.cards[at].check
    yield Page(module, at)
    for number in range(len(check.options) if check else 0):
        yield Page(module, at, answered=number)


def question_message(
    said: Phrases, definition: CheckinDefinition, question: Question, lang: str
) -> Message | None:
    """The question as it is asked after the fewest answers that bring it up; None when none do."""
    way = way_to(definition, question)
    if way is None:
        return None
    day, revision = _SOME_DAY.date(), definition.revision
    row = Checkin(1, 1, definition.name, day, revision, due_at=_SOME_DAY, expires_at=_SOME_DAY)
    return asking.question(Reader(said, lang, "UTC"), Asked(row, definition, way, question))


def thanks_message(said: Phrases, definition: CheckinDefinition, lang: str) -> Message:
    """What is said when all is answered; something to read may be offered under it."""
    return asking.done(Reader(said, lang, "UTC"), definition)
