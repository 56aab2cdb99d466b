"""How hard modules are to read: a school grade for English, the length of sentences for Spanish.

Only `check` and `preview` ask, so that it never delays a start, and an edit while the bot runs is not refused for it.
What is measured is a card's text as it is shown, with the feedback, without titles, answers and links.
Each line is a sentence at least: on a phone an entry of a list is read by itself.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyphen

from bot.errors import Problem
from bot.modules.content import ModuleFile
from bot.modules.model import Card, Module
from bot.richtext import markup

Sentences = list[list[str]]
"""The words of each sentence."""

_LINK = re.compile(r"<a .*?</a>", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# A small letter after the point continues the sentence: "at 6 p.m. she ate".
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?![a-záéíóúüñ])|\n+")
_VOWELS = re.compile(r"[aeiouyáéíóú]+")
_SILENT = re.compile(r"(?:(?<=[^aeiouy])e|(?<=[^aeiouydt])ed|(?<=[^aeiouycghsxz])es)$")


@lru_cache(maxsize=1)
def _english() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


def _syllables(word: str) -> int:
    """An estimate for an English word. No hyphen leaves one letter alone, so vowels count in each part."""
    parts = _english().inserted(word.lower()).split("-")
    return sum(max(1, len(_VOWELS.findall(_SILENT.sub("", part)))) for part in parts)


def _words_a_sentence(sentences: Sentences) -> float:
    return sum(map(len, sentences)) / len(sentences)


def _school_grade(sentences: Sentences) -> float:
    """Flesch-Kincaid (Kincaid, Fishburne, Rogers and Chissom 1975, for the US Navy): years of US school."""
    words = [word for sentence in sentences for word in sentence]
    return 0.39 * _words_a_sentence(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


@dataclass(frozen=True)
class _Rule:
    """A measure, how it is said, and the values above which it warns and is an error."""

    measure: Callable[[Sentences], float]
    said: str
    most: int
    never: int
    mend: str


_RULES = {
    "en": _Rule(
        _school_grade, "reads at grade {}", 6, 8, "Stay at grade {}: shorter sentences, everyday words."
    ),
    # Our own limits. Formulas for Spanish (Fernández Huerta 1959; Szigriszt-Pazos 1993, the one behind the
    # INFLESZ scale) weigh the length of sentences too, but none gives a school grade that all agree on.
    "es": _Rule(
        _words_a_sentence, "has {} words a sentence", 15, 20, "Stay at {}: make two of a long sentence."
    ),
}


@dataclass(frozen=True)
class Reading:
    """How hard a module is: its value and each card's (None: a card without a sentence), and what to stay at.

    `said` is how a value is said, such as "reads at grade {}".
    """

    value: float
    cards: tuple[float | None, ...]
    most: int
    never: int
    said: str

    def words(self, value: float) -> str:
        """A value in words. The formula goes below nothing for very short sentences: no grade is that low."""
        return self.said.format(value if value >= 1 else "1 or less")


def reading(module: Module) -> Reading | None:
    """How hard that module is to read; None for a language without a measure, or for a module without words."""
    rule = _RULES.get(module.lang)
    cards = [_sentences(card) for card in module.cards]
    if rule is None or not any(cards):
        return None
    values = tuple(_value(rule, said) if said else None for said in cards)
    whole = _value(rule, [sentence for said in cards for sentence in said])
    return Reading(whole, values, rule.most, rule.never, rule.said)


def too_hard(files: Iterable[ModuleFile]) -> Iterator[Problem]:
    """A warning or an error for each of these modules that is too hard, at its hardest card."""
    for file in files:
        if rule := _RULES.get(file.module.lang):
            yield from _judged(file, rule)


def _judged(file: ModuleFile, rule: _Rule) -> Iterator[Problem]:
    found = reading(file.module)
    if found is None or found.value <= found.most:
        return
    hardest = max(range(len(found.cards)), key=lambda place: found.cards[place] or -math.inf)
    title, said = file.module.cards[hardest].title, found.said
    what = (
        f'This module {said.format(found.value)}; "{title}", its hardest card, '
        f"{said.format(found.cards[hardest])}."
    )
    line, is_warning = file.card_lines[hardest], found.value <= found.never
    yield file.source.problem(line, what, rule.mend.format(rule.most), warning=is_warning)


def _value(rule: _Rule, sentences: Sentences) -> float:
    """Rounded before it is judged: what is shown as 6.0 is not above 6."""
    return round(rule.measure(sentences), 1)


def _sentences(card: Card) -> Sentences:
    feedback = card.check.feedback if card.check else ""
    text = markup(_LINK.sub("", f"{card.body}\n\n{feedback}")).text
    found = (_WORD.findall(sentence) for sentence in _SENTENCE_END.split(text))
    return [words for words in found if words]
