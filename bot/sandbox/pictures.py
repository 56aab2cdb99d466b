"""The size of a picture from its first bytes, and Telegram's refusal of what it could not show."""

import struct

from bot.sandbox.errors import bad_request

LARGEST_PHOTO = 10 * 1024 * 1024


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG or JPEG; `ApiError` 400 where Telegram would refuse a photo."""
    if len(data) > LARGEST_PHOTO:
        raise bad_request("file is too big")
    size = _png(data) or _jpeg(data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width <= 0 or height <= 0 or width + height > 10_000 or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def _png(data: bytes) -> tuple[int, int] | None:
    if len(data) < 24 or not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Walk the segments to the start of frame, which holds the size."""
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
