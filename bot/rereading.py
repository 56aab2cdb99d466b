"""The files of a content folder that change least and cost most, read again only when their bytes changed.

With two hundred files, an edit of one is in use in a tenth of a second instead of one.
"""

from functools import partial

from bot import forbidden, phrases
from bot.errors import Problem
from bot.modules.content import ModuleFile, read_module
from bot.modules.pictures import Pictures
from bot.reading import Source
from bot.remembered import Remembered

_modules: Remembered[tuple[ModuleFile | None, list[Problem]]] = Remembered()
_phrases: Remembered[tuple[phrases.Phrases | None, list[Problem]]] = Remembered()
_words: Remembered[list[Problem]] = Remembered()


def module_in(source: Source, lang: str, pictures: Pictures) -> tuple[ModuleFile | None, list[Problem]]:
    """As `read_module` gives it."""
    read = partial(read_module, source.path, lang, shown=source.shown, root=source.root, pictures=pictures)
    known = frozenset((name, file.key if file else "") for name, file in pictures.items())
    return _modules.of(source, lang, known, read=read)


def phrases_in(
    source: Source, languages: tuple[str, ...], default: str
) -> tuple[phrases.Phrases | None, list[Problem]]:
    """As `phrases.read` gives it."""
    read = partial(
        phrases.read, source.path, languages, default=default, shown=source.shown, root=source.root
    )
    return _phrases.of(source, languages, default, read=read)


def forbidden_in(source: Source, words: forbidden.Forbidden) -> list[Problem]:
    """Each forbidden word in that file."""
    return _words.of(source, words.key, read=lambda: list(words.found_in(source)))
