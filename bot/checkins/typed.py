"""What a person typed where buttons were shown: "7", "seven", "siete", "7/10", "sí", an option's words.

Pure. What is not understood for certain is None, and the question is asked again: a guessed answer about
safety would be worse than none.
"""

import re
import unicodedata

from bot.checkins.model import Answer, Kind, Question

_NUMBERS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve veinte",
}
_WORDS = {word: value for words in _NUMBERS.values() for value, word in enumerate(words.split())}
_WORDS |= {"none": 0, "nil": 0, "ninguno": 0, "ninguna": 0}
_YES = {
    "yes", "y", "yes i am", "yes i did", "yes i do", "yes i have", "yeah", "yea", "yep", "yup", "yes please",
    "i am", "i did", "sure", "of course", "si", "s", "si claro", "claro", "claro que si", "asi es", "simon",
    "👍", "✅",
}  # fmt: skip
_NO = {
    "no", "n", "nope", "nah", "no i am not", "no im not", "i am not", "im not", "no i did not", "no i didnt",
    "i did not", "i didnt", "not really", "no thanks", "not at all", "para nada", "claro que no", "nop",
    "👎", "❌",
}  # fmt: skip
_OF = r"(?:\s*(?:/|out of|of|de|sobre)\s*)"
_SCALE = re.compile(
    rf"(?:(?:its|it is|a|an|about|un|una|como|es|es un)\s+)?(-?\d+|[a-z]+)(?:{_OF}(\d+|[a-z]+))?"
)
_BETWEEN = re.compile(r"[,;+\n]")
_AND = re.compile(r"\s+(?:and|y|e|&)\s+")
_LEAST_LETTERS = 4  # of a part of a label: shorter words stand in too many


def read_typed(question: Question, text: str, lang: str) -> Answer | None:
    """The answer that the text is to that question, or None when it is not understood or out of range."""
    if question.kind is Kind.TEXT:
        return text.strip() or None
    said = _plainly(text)
    match question.kind:
        case Kind.SCALE:
            return _scale(question, said)
        case Kind.YES_NO:
            return _yes_no(said)
        case Kind.CHOICE:
            return _option(question, said, lang)
        case _:
            return _options(question, text, lang)


def _plainly(text: str) -> str:
    """Small letters without accents, outer marks or doubled spaces; "7️⃣" is "7"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        letter for letter in letters if not unicodedata.combining(letter) and letter not in "\ufe0f\u20e3'’"
    )
    return " ".join(kept.split()).strip(' .!?¡¿"“”«»*()…')


def _number(word: str) -> int | None:
    if re.fullmatch(r"-?[0-9]{1,4}", word):
        return int(word)
    return _WORDS.get(word)


def _scale(question: Question, said: str) -> int | None:
    match = _SCALE.fullmatch(said)
    value = _number(match[1]) if match else None
    if match is None or value is None or value not in question.values:
        return None
    # "7/10" on a scale to 10 is plain; "3/5" is not 3 of 10.
    return value if match[2] is None or _number(match[2]) == question.maximum else None


def _yes_no(said: str) -> str | None:
    said = re.sub(r"[,.!]", "", said)
    said = re.sub("[\U0001f3fb-\U0001f3ff]", "", said)  # a thumb of any colour
    if said in _YES:
        return "yes"
    return "no" if said in _NO else None


def _option(question: Question, said: str, lang: str) -> str | None:
    for option in question.options:
        labels = {_plainly(label) for label in option.text.values()}
        if said and (said == _plainly(option.id) or said in labels):
            return option.id
    return _numbered(question, said) or _part_of_label(question, said, lang)


def _numbered(question: Question, said: str) -> str | None:
    """The third option for "3", unless the labels have numbers of their own: "4" may then mean hours."""
    number = _number(said)
    if number is None or any(re.search(r"\d", label) for o in question.options for label in o.text.values()):
        return None
    return question.options[number - 1].id if 1 <= number <= len(question.options) else None


def _part_of_label(question: Question, said: str, lang: str) -> str | None:
    """The one option whose label has these words in a row."""
    if len(said) < _LEAST_LETTERS:
        return None
    found = [o.id for o in question.options if f" {said} " in f" {_plainly(o.label(lang))} "]
    return found[0] if len(found) == 1 else None


def _options(question: Question, text: str, lang: str) -> tuple[str, ...] | None:
    whole = _option(question, _plainly(text), lang)
    if whole is not None:
        return (whole,)
    found: set[str] = set()
    for part in filter(str.strip, _BETWEEN.split(text)):
        ids = _of_part(question, _plainly(part), lang)
        if not ids:
            return None
        found |= ids
    return tuple(sorted(found)) or None


def _of_part(question: Question, said: str, lang: str) -> set[str]:
    """The options between two commas: one, or several joined by "and", or numbers with spaces."""
    said = re.sub(r"^(?:and|y|e|&) ", "", said)
    one = _option(question, said, lang)
    if one is not None:
        return {one}
    pieces = said.split() if re.fullmatch(r"[\d\s]+", said) else _AND.split(said)
    ids = [_option(question, piece, lang) for piece in pieces]
    return set() if None in ids or len(pieces) < 2 else {id for id in ids if id is not None}
