"""The content folder on the disk: which files count, what shows that one changed, the hash of them all.

What is in the files is `snapshot`'s.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from bot.modules.pictures import SUFFIXES as PICTURE_SUFFIXES
from bot.reading import MOST_BYTES

_SUFFIXES = (".toml", ".md", *PICTURE_SUFFIXES)
PASSED_OVER = {"README.md", "drawn.sha256"}

Signature = tuple[tuple[str, int, int, int, int], ...]
"""(path, size, mtime, ctime, inode) of each file: what shows cheaply that something changed."""


def content_files(directory: Path) -> list[Path]:
    """The files that make up the content, relative to the folder, sorted."""
    return [Path(name) for name, *_ in signature_of(directory)]


def signature_of(directory: Path) -> Signature:
    """A cheap look at the folder; unlike the one before when a file changed, came or went."""
    return tuple(sorted(_stats(directory, "", depth=0)))


def _stats(folder: Path | str, prefix: str, *, depth: int) -> Iterator[tuple[str, int, int, int, int]]:
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return
    for entry in found:
        name = prefix + entry.name
        try:
            if entry.is_dir():
                if depth < 2 and not entry.is_symlink():
                    yield from _stats(entry.path, f"{name}/", depth=depth + 1)
            elif entry.name.endswith(_SUFFIXES) and entry.name not in PASSED_OVER:
                facts = entry.stat()
                yield name, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino
        except OSError:  # gone since it was listed, or a link to nowhere
            yield name, -1, 0, 0, 0


def hash_of(directory: Path) -> str:
    """16 hexadecimal digits over the names and bytes of all files."""
    whole = hashlib.sha256()
    for relative in content_files(directory):
        raw = bytes_of(directory / relative) or b""
        whole.update(os.fsencode(relative.as_posix()) + f"\0{len(raw)}\0".encode())
        whole.update(raw)
    return whole.hexdigest()[:16]


def bytes_of(path: Path) -> bytes | None:
    """A file as it is; None for what is no ordinary file of a sensible size."""
    try:
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    except OSError:
        pass
    return None
