"""A method's parameters, whether they came as JSON, a form, multipart or in the query.

Reads and converts; what a value may be is the method's business. Forms carry everything as text,
so numbers, booleans and JSON are accepted in both shapes, as Telegram does.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.errors import Json, bad_request


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    data: bytes


@dataclass
class Ask:
    """What a request asks: the method and its parameters."""

    method: str
    values: Json = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """An integer, or the default; text that is no number counts as nothing, as in Telegram."""
        value = self.values.get(name)
        try:
            return default if value is None or value == "" else int(value)
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value.lower() in ("true", "yes", "1") if isinstance(value, str) else bool(value)

    def json(self, name: str) -> Any:
        """A JSON value, given as such or as text; None when missing; `ApiError` 400 when unreadable."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def object(self, name: str) -> Json:
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: expected an Object")
        return value or {}


async def read(request: web.Request, method: str) -> Ask:
    """The parameters of a request; the body wins over the query."""
    ask = Ask(method, dict(request.query))
    if request.method != "POST" or not request.can_read_body:
        return ask
    if request.content_type == "application/json":
        ask.values.update(await _json_body(request))
    elif request.content_type.startswith("multipart/"):
        await _read_parts(request, ask)
    else:
        ask.values.update({name: str(value) for name, value in (await request.post()).items()})
    return ask


async def _json_body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise bad_request("can't parse JSON object in the request") from None
    if body is None or body == "":
        return {}
    if not isinstance(body, dict):
        raise bad_request("can't parse the request: expected an Object")
    return body


async def _read_parts(request: web.Request, ask: Ask) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:  # here, because nobody closes it when the connection is cut
                ask.uploads[name] = Upload(value.filename, value.content_type, file.read())
        elif isinstance(value, bytes):
            ask.values[name] = value.decode()
        else:
            ask.values[name] = str(value)
