"""What holds for every text and id in a check-in's file: all languages, no tags, no longer than a phone shows."""

import re
from collections.abc import Iterator

from bot.errors import Problem
from bot.positions import Place
from bot.reading import Document, untranslated

MOST_LABEL = 40  # characters: a longer button is cut on a phone
MOST_TEXT = 500  # characters of a question: more is not read on a phone
ID = r"^[a-z0-9][a-z0-9_-]{0,31}$"
TAG = re.compile(r"</?[a-zA-Z]+[^<>]*>")
Texts = dict[str, str]


def texts_checked(
    document: Document, place: Place, texts: Texts, languages: tuple[str, ...], *, most: int = MOST_TEXT
) -> Iterator[Problem]:
    yield from untranslated(document, place, texts, languages, under=f"{place[-1]}.")
    for lang, text in texts.items():
        if TAG.search(text):
            yield document.problem((*place, lang), "Tags such as <b> do not work here.", "Take them out.")
        if len(text) > most:
            yield document.problem(
                (*place, lang),
                f"This has {len(text)} characters.",
                f"Stay under {most}: it is read on a phone.",
            )


def twins_checked(document: Document, place: Place, ids: list[str]) -> Iterator[Problem]:
    for number, id in enumerate(ids):
        if id in ids[:number]:
            first = document.line(*place, ids.index(id), "id")
            what = f'The id "{id}" is used twice (first on line {first}).'
            yield document.problem((*place, number, "id"), what, "Give this one another id.")
