"""Numbers in free text: "craving 9/10", "mood: 2", "antojo 9 de 10"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.screening.normalise import Break, Token
from bot.screening.rules import Score

_REACH = 4
_PLAIN = re.compile(r"([0-9]{1,2}(?:[.,][0-9])?)")
_OF_TEN = re.compile(r"([0-9]{1,2}(?:[.,][0-9])?)/10")
_OF = frozenset({"of", "de", "sobre"})
_WORDS = {
    word: number
    for number, forms in enumerate(
        (
            ("zero", "cero"),
            ("one", "uno"),
            ("two", "dos"),
            ("three", "tres"),
            ("four", "cuatro"),
            ("five", "cinco"),
            ("six", "seis"),
            ("seven", "siete"),
            ("eight", "ocho"),
            ("nine", "nueve"),
            ("ten", "diez"),
        )
    )
    for word in forms
}
_UNITS = frozenset(
    [
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "hora",
        "horas",
        "min",
        "mins",
        "minute",
        "minutes",
        "minutos",
        "day",
        "days",
        "dia",
        "dias",
        "week",
        "weeks",
        "semana",
        "semanas",
        "am",
        "pm",
        "month",
        "months",
        "mes",
        "meses",
        "year",
        "years",
        "ano",
        "anos",
        "times",
        "veces",
        "people",
        "o",
    ]
)


@dataclass(frozen=True)
class Told:
    """A score told between tokens `start` and `end` (not included)."""

    score: Score
    value: float
    start: int
    end: int


def told(tokens: list[Token], named: dict[int, Score]) -> Iterator[Told]:
    """Each score of the text; `named` says at which token a score's word stands."""
    for at, score in named.items():
        before = _OF_TEN.fullmatch(tokens[at - 1].form) if at and tokens[at].gap < Break.COMMA else None
        if before:
            yield Told(score, _number(before[1]), at - 1, at + 1)
            continue
        for place in range(at + 1, min(len(tokens), at + 1 + _REACH)):
            if tokens[place].gap == Break.STOP or place in named:
                break
            value = _value(tokens, place)
            if value is not None:
                yield Told(score, value, at, place + 1)
                break


def bare(tokens: list[Token]) -> Iterator[tuple[float, int, int]]:
    """Scores out of ten that begin a sentence and name nothing: "1 out of 10. worst day"."""
    for at, token in enumerate(tokens):
        if token.gap != Break.STOP:
            continue
        whole = _OF_TEN.fullmatch(token.form)
        if whole:
            yield _number(whole[1]), at, at + 1
        elif _is_of_ten(tokens, at):
            plain = _number(token.form)
            yield plain, at, at + 3 + (tokens[at + 1].form == "out")


def _value(tokens: list[Token], at: int) -> float | None:
    form = tokens[at].form
    whole = _OF_TEN.fullmatch(form)
    if whole:
        return _number(whole[1])
    if form in _WORDS:
        return float(_WORDS[form])
    if not _PLAIN.fullmatch(form) or _number(form) > 10:
        return None
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following and following.gap == Break.NONE and following.form in _UNITS:
        return None
    return _number(form)


def _is_of_ten(tokens: list[Token], at: int) -> bool:
    if not _PLAIN.fullmatch(tokens[at].form):
        return False
    rest = [token.form for token in tokens[at + 1 : at + 4]]
    rest = rest[1:] if rest[:1] == ["out"] else rest
    return len(rest) >= 2 and rest[0] in _OF and rest[1] in {"10", "ten", "diez"}


def _number(form: str) -> float:
    return float(form.replace(",", "."))
