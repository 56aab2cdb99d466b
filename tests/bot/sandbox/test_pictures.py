"""The size of a picture, and what is none."""

import struct

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.media import one_pixel
from bot.sandbox.pictures import LARGEST_PHOTO, dimensions


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def test_png_and_jpeg_are_measured():
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03"

    assert dimensions(one_pixel()) == (1, 1)
    assert dimensions(png(300, 200)) == (300, 200)
    assert dimensions(jpeg) == (40, 30)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GIF89a", "IMAGE_PROCESS_FAILED"),
        (b"\xff\xd8", "IMAGE_PROCESS_FAILED"),
        (png(9000, 2000), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (LARGEST_PHOTO + 1), "file is too big"),
    ],
)
def test_what_telegram_could_not_show_is_refused(data, why):
    with pytest.raises(ApiError, match=why):
        dimensions(data)
