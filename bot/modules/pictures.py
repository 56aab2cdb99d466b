"""Pictures that cards may show: the files of the content's `pictures` folder, read and checked.

Which card shows which is in `content`; how they reach a chat is `bot.delivery`.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem
from bot.reading import Source, read_bytes

FOLDER = "pictures"
SUFFIXES = (".png", ".jpg", ".jpeg")
DRAWINGS = ".svg"  # what a picture was drawn from; nobody is sent one
LARGEST = 200_000  # bytes: it must come quickly over a weak connection
READ = 20 * 1024 * 1024  # bytes; of more, only that it is too long is said
WIDEST, LONGEST_SIDES = 20, 10_000  # Bot API: of a photo's sides, their ratio and their sum in pixels
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\.(?:png|jpg|jpeg)")
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_SMALLER = "Save it smaller: 1080 pixels wide are enough for a phone."


@dataclass(frozen=True)
class PictureFile:
    """A picture that can be sent."""

    key: str
    data: bytes


Pictures = Mapping[str, PictureFile | None]
"""Every picture by its file name; None for one that is there and cannot be sent."""


def read_pictures(sources: Iterable[Source]) -> tuple[Pictures, list[Problem]]:
    """Each picture by its name, and what is wrong with those that nobody could be sent."""
    read = {source.path.name: read_picture(source) for source in sources}
    pictures = {name: one if isinstance(one, PictureFile) else None for name, one in read.items()}
    return pictures, [one for one in read.values() if isinstance(one, Problem)]


def pictures_of(content: Path) -> Pictures:
    """The pictures of that content folder, for whoever looks at one module of it."""
    files = (path for path in sorted(content.glob(f"{FOLDER}/*")) if path.name.endswith(SUFFIXES))
    return read_pictures(Source.of(path, root=content) for path in files)[0]


def read_picture(source: Source) -> PictureFile | Problem:
    """The picture of that file; or why nobody could be sent it."""
    if not _NAME.fullmatch(source.path.name):
        what = f'"{source.path.name}" is no good name for a picture.'
        return source.problem(0, what, "Use small letters, digits and hyphens, and .png or .jpg at the end.")
    data = read_bytes(source, most=READ)
    if isinstance(data, Problem):
        return data
    if len(data) > LARGEST:
        what = f"This picture has {len(data) / 1000:.0f} kB; at most {LARGEST // 1000} fit."
        return source.problem(0, what, _SMALLER)
    sides = _sides(data)
    if sides is None:
        return source.problem(0, "This is no PNG or JPEG picture.", "Save it again as PNG or JPEG.")
    if sum(sides) > LONGEST_SIDES or max(sides) > WIDEST * min(sides):
        what = f"Telegram shows no picture of {sides[0]} by {sides[1]} pixels."
        return source.problem(0, what, _SMALLER)
    return PictureFile(key_of(data), data)


def key_of(data: bytes) -> str:
    """What a picture is known by, whatever its file is called: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:32]


def _sides(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None for what is no whole PNG or JPEG."""
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and b"IEND" in data[-12:]:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(_JPEG) and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return _jpeg_sides(data)
    return None


def _jpeg_sides(data: bytes) -> tuple[int, int] | None:
    """Read from the start of frame, which stands behind other segments."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
