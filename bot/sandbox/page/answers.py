"""What the invented participants answer: by their habits, seeded chance, and nothing that would raise an alert."""

import random
from collections.abc import Sequence

from bot.checkins.model import (
    SKIPPED,
    Answer,
    Answers,
    CheckinDefinition,
    Kind,
    Question,
    Rule,
    concerns,
    next_question,
)
from bot.sandbox.page.cast import Habit, Member
from bot.screening.model import Level

TYPES = 0.3  # how often somebody writes a few words where they may


class Answering:
    """Answers for one day after another; `part` is how much of the month is over, from 0 to 1."""

    def __init__(self, rules: Sequence[Rule], chance: random.Random) -> None:
        self._rules = rules
        self._chance = chance

    def answers(self, member: Member, definition: CheckinDefinition, part: float) -> dict[str, Answer]:
        """An answer to every question that is shown, in order."""
        answers: dict[str, Answer] = {}
        question = next_question(definition, answers, None)
        while question is not None:
            answers[question.id] = self._answer(member, question, answers, part)
            question = next_question(definition, answers, question.id)
        return answers

    def _answer(self, member: Member, question: Question, answers: Answers, part: float) -> Answer:
        choices = self._choices(member, question, part)
        calm = (given for given in choices if not self._alarms({**answers, question.id: given}))
        return next(calm, choices[0])

    def _choices(self, member: Member, question: Question, part: float) -> list[Answer]:
        """What could be answered, the likeliest first."""
        match question.kind:
            case Kind.SCALE:
                return self._on_scale(question, member.habits.get(question.id, member.usual), part)
            case Kind.TEXT:
                return [self._chance.choice(member.says) if self._chance.random() < TYPES else SKIPPED]
            case Kind.CHOICES:
                return [(self._chance.choice(question.options).id,)]
            case Kind.CHOICE:
                return self._chance.sample([option.id for option in question.options], len(question.options))
            case Kind.YES_NO:
                return self._chance.sample(["yes", "no"], 2)

    def _on_scale(self, question: Question, habit: Habit, part: float) -> list[Answer]:
        value = habit.first + (habit.last - habit.first) * part + self._chance.gauss(0, habit.spread)
        likeliest = question.minimum + value / 10 * (question.maximum - question.minimum)
        return [*sorted(question.values, key=lambda number: abs(number - likeliest))]

    def _alarms(self, answers: Answers) -> bool:
        return any(rule.level >= Level.ELEVATED for rule in concerns(self._rules, answers))
