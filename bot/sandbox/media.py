"""Things people send that are not text, each as the fields of Bot API's Message."""

import struct
import zlib
from collections.abc import Callable

from bot.sandbox.errors import Json, SandboxError
from bot.sandbox.state import StoredFile, User, World

Made = tuple[Json, StoredFile | None]


def made(world: World, user: User, kind: str) -> Made:
    """The message's fields for one of `KINDS`, and the file when there is one."""
    if kind not in KINDS:
        raise SandboxError(f"Nobody sends a {kind!r} here; there are: {', '.join(sorted(KINDS))}.")
    return KINDS[kind](world, user)


def _sticker(world: World, user: User) -> Made:
    stored = world.add_file("sticker.webp", "image/webp", b"RIFF....WEBP", "stickers")
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": stored.to_json() | shape | {"emoji": "🙂"}}, stored


def _voice(world: World, user: User) -> Made:
    stored = world.add_file("voice.ogg", "audio/ogg", b"OggS sandbox voice", "voice")
    return {"voice": stored.to_json() | {"duration": 3, "mime_type": stored.mime}}, stored


def _audio(world: World, user: User) -> Made:
    stored = world.add_file("song.mp3", "audio/mpeg", b"ID3 sandbox audio", "music")
    return {"audio": stored.to_json() | {"duration": 60, "mime_type": stored.mime}}, stored


def _video(world: World, user: User) -> Made:
    stored = world.add_file("video.mp4", "video/mp4", b"sandbox video", "videos")
    return {"video": stored.to_json() | {"duration": 3, "width": 320, "height": 240}}, stored


def _animation(world: World, user: User) -> Made:
    stored = world.add_file("dance.mp4", "video/mp4", b"sandbox animation", "animations")
    body = stored.to_json() | {"duration": 3, "width": 320, "height": 240}
    return {"animation": body, "document": stored.to_json()}, stored


def _video_note(world: World, user: User) -> Made:
    stored = world.add_file("note.mp4", "video/mp4", b"sandbox video note", "video_notes")
    return {"video_note": stored.to_json() | {"duration": 3, "length": 240}}, stored


def _photo(world: World, user: User) -> Made:
    stored = world.add_file("photo.png", "image/png", one_pixel(), "photos")
    return {"photo": [stored.to_json() | {"width": 1, "height": 1}]}, stored


def _document(world: World, user: User) -> Made:
    stored = world.add_file("paper.pdf", "application/pdf", b"%PDF-1.4 sandbox", "documents")
    return {"document": stored.to_json() | {"file_name": stored.name, "mime_type": stored.mime}}, stored


def _location(world: World, user: User) -> Made:
    return {"location": {"latitude": 40.0, "longitude": -105.0}}, None


def _contact(world: World, user: User) -> Made:
    return {"contact": {"phone_number": "+15550100", "first_name": user.first_name, "user_id": user.id}}, None


def _dice(world: World, user: User) -> Made:
    return {"dice": {"emoji": "🎲", "value": 4}}, None


def _poll(world: World, user: User) -> Made:
    options = [
        {"persistent_id": str(number), "text": text, "voter_count": 0}
        for number, text in enumerate(("Yes", "No"))
    ]
    poll = {
        "id": str(next(world.numbers)),
        "question": "Shall we?",
        "options": options,
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }
    return {"poll": poll}, None


def one_pixel() -> bytes:
    """A whole PNG picture of one white pixel."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\xff")),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


KINDS: dict[str, Callable[[World, User], Made]] = {
    "sticker": _sticker,
    "voice": _voice,
    "audio": _audio,
    "video": _video,
    "animation": _animation,
    "video_note": _video_note,
    "photo": _photo,
    "document": _document,
    "location": _location,
    "contact": _contact,
    "dice": _dice,
    "poll": _poll,
}
