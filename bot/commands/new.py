"""The bodies of `handrail new module` and `handrail new checkin`: starter files to be written in.

Nothing that is there is ever replaced. The starters themselves lie beside this file, in `starters/`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TextIO

from bot.errors import HandrailError
from bot.front_matter import with_value
from bot.modules.content import read_module
from bot.modules.model import TRACKS
from bot.modules.stamps import stamp_of
from bot.reading import did_you_mean

MOST_TITLE = 60  # characters, as of any module
MOST_NAME = 40
MOST_CHECKIN = 32
_STARTERS = Path(__file__).parent / "starters"
_TEXT = re.compile(r"^(?P<key>[a-z]+)\.(?P<lang>[a-z]{2}) = (?P<text>.*)$")
_ORDER = re.compile(r"^order:\s*(\d{1,3})\b", re.MULTILINE)
_TRACK = re.compile(r"^track:\s*[\"']?([a-z-]+)", re.MULTILINE)


class NothingWritten(HandrailError):
    """Nothing was written."""


def new_module(
    content: Path, languages: Sequence[str], title: str, out: TextIO, *, track: str, name: str = ""
) -> int:
    """Write a starter of a module in each of these languages. Raises `NothingWritten`, having written nothing."""
    title = _one_line(title, MOST_TITLE)
    slug = _named(name or title, MOST_NAME, given=bool(name))
    if track not in TRACKS:
        raise NothingWritten(f'There is no track "{track}". {did_you_mean(track, TRACKS)}')
    folder = _folder(content)
    order = _next_order(folder, track)
    paths = [folder / "modules" / lang / f"{slug}.md" for lang in languages]
    texts = [_module(lang, title=title, track=track, order=order, name=slug) for lang in languages]
    _write(dict(zip(paths, texts, strict=True)))
    _stamp_translations(paths, languages)
    _say(out, paths, _module_next(slug, languages))
    return 0


def new_checkin(content: Path, languages: Sequence[str], title: str, out: TextIO) -> int:
    """Write a starter of a check-in with that name. Raises `NothingWritten`, having written nothing."""
    title = _one_line(title, MOST_TITLE)
    name = _named(title, MOST_CHECKIN)
    folder = _folder(content)
    starter = (_STARTERS / "checkin.toml").read_text("utf-8")
    lines = "\n".join(_in_languages(starter.splitlines(), languages))
    shown = json.dumps(title, ensure_ascii=False)[1:-1]
    path = folder / "checkins" / f"{name}.toml"
    _write({path: lines.replace("{name}", name).replace("{title}", shown) + "\n"})
    _say(out, [path], _checkin_next(name))
    return 0


def _one_line(title: str, most: int) -> str:
    title = " ".join(title.split())
    if not title or not title.isprintable():
        raise NothingWritten('Give it a title of one line, such as "Riding the bus home".')
    if len(title) > most:
        raise NothingWritten(
            f"The title has {len(title)} characters. Stay under {most}: it is read on a phone."
        )
    return title


def _named(title: str, most: int, *, given: bool = False) -> str:
    """ "¡Más allá del estrés!" becomes "mas-alla-del-estres": letters without accents, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(name) > most:
        name = name[: most + 1].rpartition("-")[0] or name[:most]
    if not name:
        raise NothingWritten(
            "No file name can be made of that. Name one with --name, such as --name bus-home."
        )
    if given and name != title:
        raise NothingWritten(f'"{title}" is no good name for a file. Write: --name {name}')
    return name


def _folder(content: Path) -> Path:
    if not content.is_dir():
        raise NothingWritten(f"There is no content folder at {content}. Name it with --content.")
    return content


def _next_order(content: Path, track: str) -> int:
    """The first number after all of that track, in any language; a file that is broken has no say."""
    taken = [0]
    for path in sorted((content / "modules").glob("*/*.md")):
        try:
            text = path.read_text("utf-8-sig", errors="replace") if path.is_file() else ""
        except OSError:
            continue
        found, order = _TRACK.search(text), _ORDER.search(text)
        if found and order and found[1] == track:
            taken.append(int(order[1]))
    return min(max(taken) + 1, 999)


def _module(lang: str, *, title: str, track: str, order: int, name: str) -> str:
    own = _STARTERS / f"module.{lang}.md"
    text = (own if own.is_file() else _STARTERS / "module.en.md").read_text("utf-8")
    filled = text.replace("{track}", track).replace("{order}", str(order)).replace("{name}", name)
    return filled.replace("{title}", json.dumps(title, ensure_ascii=False))


def _in_languages(starter: Iterable[str], languages: Sequence[str]) -> Iterator[str]:
    """The starter's lines with a text for each of these languages; the English one where it has none."""
    for key, lines in groupby(starter, key=lambda line: text["key"] if (text := _TEXT.match(line)) else ""):
        if key:
            texts = {text["lang"]: text["text"] for text in map(_TEXT.match, lines) if text}
            yield from (f"{key}.{lang} = {texts.get(lang, texts['en'])}" for lang in languages)
        else:
            yield from lines


def _write(texts: dict[Path, str]) -> None:
    """All of these files, or none; what is there already is left as it is."""
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink()
        if isinstance(error, FileExistsError):
            raise NothingWritten(
                f"{error.filename} is there already. Choose another title, or --name."
            ) from error
        raise NothingWritten(f"{error.filename} could not be written ({error.strerror}).") from error


def _stamp_translations(paths: Sequence[Path], languages: Sequence[str]) -> None:
    """What is changed in the first from now on is then named as to be done in the others."""
    first, _ = read_module(paths[0], languages[0])
    if first is None:
        return
    for path in paths[1:]:
        text = path.read_text("utf-8")
        path.write_text(with_value(text, "translated", stamp_of(first.module)), "utf-8")


def _say(out: TextIO, paths: Iterable[Path], following: Iterable[str]) -> None:
    out.write("Written:\n" + "".join(f"  {path}\n" for path in paths))
    out.write("Next:\n" + "".join(f"  {number}. {what}\n" for number, what in enumerate(following, 1)))


def _module_next(slug: str, languages: Sequence[str]) -> Iterator[str]:
    yield "Write your own words in place of those in the file. Each line with ## begins a card."
    yield "handrail check  says what is still wrong, and where."
    yield f"handrail preview {slug}  shows it as people will see it."
    if len(languages) > 1:
        yield f"Write it anew in {', '.join(languages[1:])}, then: handrail stamp {slug}"
    yield f'Let somebody at your clinic read it, then: handrail sign {slug} --by "NAME, TITLE"'


def _checkin_next(name: str) -> Iterator[str]:
    yield "Write your own questions in place of those in the file, in each language."
    yield "handrail check  says what is still wrong, and where."
    yield f"handrail preview {name}  shows it as people will see it."
    yield "Decide as a team which answers staff must hear of: screening/rules.toml."
