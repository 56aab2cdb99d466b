"""The body of `handrail preview`: writes the pages into a folder and says where they lie.

What is on them is `bot.preview`. Nothing in a folder that is not a preview of ours is ever touched.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot import logs
from bot.commands.desk import Desk
from bot.errors import HandrailError, Problem
from bot.folder import content_files
from bot.preview.frame import MADE_BY, count
from bot.preview.site import INDEX, Site
from bot.proofreading import proofread
from bot.reading import did_you_mean

_MARK = f'content="{MADE_BY}"'.encode()


class NoContent(HandrailError):
    """There is no content folder there; name it with --content:"""


class NoSuchName(HandrailError):
    """There is no module or check-in of that name:"""


class OutputRefused(HandrailError):
    """The pages cannot be written there:"""


def preview(desk: Desk, output: Path, names: Sequence[str], out: TextIO) -> int:
    """Write the pages (of these names, or all). Exit status 0, or 1 when one of them shows a problem to mend.

    Raises `NoContent`, `NoSuchName` and `OutputRefused`; nothing has been written then.
    """
    logs.set_up("error", "text")  # a sentence that is missing is shown as a problem, not logged at each use
    content = desk.content
    if not content.is_dir():
        raise NoContent(str(content))
    _held_apart(output, content)
    parts, found = proofread(
        content,
        country=desk.country,
        languages=desk.languages,
        default=desk.default,
        require_signature=desk.require_signature,
    )
    files = [file.as_posix() for file in content_files(content)]
    site = Site(parts, files, [_inside(problem) for problem in found])
    _known(names, site.names)
    pages = site.pages(names)
    try:
        _clear(output, pages)
        _write(output, pages)
    except OSError as error:
        raise OutputRefused(f"{output} ({error.strerror}). Name another folder with --output.") from error
    shown = [p for p in site.problems if not names or Path(p.file).stem in names]
    _say(out, output, len(pages), shown)
    return 1 if any(not problem.warning for problem in shown) else 0


def _inside(problem: Problem) -> Problem:
    """ "content/modules/en/a.md", as the library names it, from the content folder."""
    return replace(problem, file=problem.file.partition("/")[2] or problem.file)


def _known(names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise NoSuchName(f'"{name}". {did_you_mean(name, known)}')


def _held_apart(output: Path, content: Path) -> None:
    """Pages among the content would be looked at as content; pages among other files could replace one."""
    if output.resolve().is_relative_to(content.resolve()) or content.resolve().is_relative_to(
        output.resolve()
    ):
        raise OutputRefused(f"{output} holds the content. Name another folder with --output.")
    if output.exists() and not output.is_dir():
        raise OutputRefused(f"{output} is a file. Name a folder with --output.")
    if output.is_dir() and any(output.iterdir()) and not _is_ours(output / INDEX):
        raise OutputRefused(f"{output} holds other files. Name a new or empty folder with --output.")


def _is_ours(page: Path) -> bool:
    try:
        with page.open("rb") as file:
            return _MARK in file.read(1024)
    except OSError:
        return False


def _clear(output: Path, pages: Mapping[str, str]) -> None:
    """Take out the pages of an earlier preview that are not written now."""
    for page in _earlier(output):
        if page.relative_to(output).as_posix() not in pages and _is_ours(page):
            page.unlink()


def _earlier(output: Path) -> Iterator[Path]:
    yield from list(output.glob("checkins/*.html"))
    yield from list(output.glob("modules/*/*.html"))


def _write(output: Path, pages: Mapping[str, str]) -> None:
    for name, page in pages.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")


def _say(out: TextIO, output: Path, pages: int, shown: Sequence[Problem]) -> None:
    errors = sum(not problem.warning for problem in shown)
    warnings = len(shown) - errors
    found = [count(errors, "problem")] * bool(errors) + [count(warnings, "warning")] * bool(warnings)
    out.write(f"{count(pages, 'page')}, {' and '.join(found) or 'no problems'}.\n")
    out.write(f"Open {output / INDEX} in a browser:\n  {(output / INDEX).absolute().as_uri()}\n")
