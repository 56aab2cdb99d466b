"""Every answer that a question can have, as far as a condition can tell them apart. Pure."""

from bot.checkins.model import SKIPPED, Answer, Kind, Question

YES_NO = ("yes", "no")
ANY_WORDS = "…"  # stands for whatever somebody may write


def possible(question: Question) -> list[Answer]:
    """Every answer that can matter to a condition: of several choices each by itself, and skipping last."""
    skipping: list[Answer] = [SKIPPED] if question.skippable else []
    return [*spoken(question), *skipping]


def spoken(question: Question) -> list[Answer]:
    """The same without skipping."""
    match question.kind:
        case Kind.SCALE:
            return list(question.values)
        case Kind.CHOICE:
            return [option.id for option in question.options]
        case Kind.CHOICES:
            return [(option.id,) for option in question.options]
        case Kind.YES_NO:
            return list(YES_NO)
        case Kind.TEXT:
            return [ANY_WORDS]
