"""The bodies of `handrail stamp` and `handrail sign`: write into a module which text somebody looked at.

Only the line in question changes; the words of the module never do.
"""

import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TextIO

from bot.errors import HandrailError, Problems
from bot.front_matter import with_value
from bot.modules.content import ModuleFile, read_module
from bot.modules.pictures import pictures_of
from bot.modules.stamps import stamp_of
from bot.reading import did_you_mean

MOST_SIGNER = 180  # characters: with the date it fits into `review`


class NoSuchModule(HandrailError):
    """There is no module of that name:"""


class NothingToStamp(HandrailError):
    """That module is there in one language only, so there is no translation to stamp:"""


class NoSigner(HandrailError):
    """Say who signs, in one short line: --by "Ana Ruiz, LCSW"."""


class NotWritten(HandrailError):
    """The file could not be written:"""


def stamp(content: Path, languages: Sequence[str], names: Sequence[str], out: TextIO) -> int:
    """Note in each translation of these modules the text it was looked at with: that of the first language.

    Raises `NoSuchModule`, `NothingToStamp`, `Problems` and `NotWritten`.
    """
    for files in [_files(content, languages, name) for name in names]:
        first, *others = files
        if not others:
            raise NothingToStamp(first.module.slug)
        for other in others:
            _set(other, {"translated": stamp_of(first.module)})
            out.write(
                f"{other.source.path}: looked at with today's {first.module.lang}/{first.source.path.name}\n"
            )
    return 0


def sign(
    content: Path, languages: Sequence[str], names: Sequence[str], out: TextIO, *, by: str, on: date
) -> int:
    """Note in these modules, in these languages, who signed them and which text.

    Raises `NoSuchModule`, `NoSigner`, `Problems` and `NotWritten`.
    """
    by = " ".join(by.split())
    if not by or len(by) > MOST_SIGNER or not by.isprintable():
        raise NoSigner
    for files in [_files(content, languages, name) for name in names]:
        for file in files:
            _set(file, {"review": f"{by}, {on.isoformat()}", "signed": stamp_of(file.module)})
            out.write(f"{file.source.path}: signed by {by}\n")
    return 0


def _files(content: Path, languages: Sequence[str], name: str) -> list[ModuleFile]:
    """The module in each of these languages that it has, in their order."""
    known = {path.stem for lang in languages for path in (content / "modules" / lang).glob("*.md")}
    if name not in known:
        raise NoSuchModule(f'"{name}". {did_you_mean(name, sorted(known))}')
    files, problems, pictures = [], [], pictures_of(content)
    for lang in languages:
        path = content / "modules" / lang / f"{name}.md"
        if os.path.lexists(path):
            file, found = read_module(path, lang, shown=str(path), root=content, pictures=pictures)
            files += [file] if file else []
            problems += [] if file else found
    if problems:
        raise Problems(problems)
    return files


def _set(file: ModuleFile, values: dict[str, str]) -> None:
    path = Path(os.path.realpath(file.source.path))
    try:
        text = path.read_bytes().decode("utf-8")
        for key, value in values.items():
            text = with_value(text, key, value)
        _replace(path, text.encode("utf-8"))
    except OSError as error:
        raise NotWritten(f"{file.source.path} ({error.strerror}).") from error


def _replace(path: Path, raw: bytes) -> None:
    """Whole or not at all: the bot may read the file at this very moment."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(raw)
    shutil.copymode(path, fresh)
    fresh.replace(path)
