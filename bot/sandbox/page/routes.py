"""The demo page over HTTP, for this computer's browser only.

    GET  /                      the page; its parts are under /static/
    GET  /api/state             ?person=ID&staff=ID|group -> everything the page shows
    POST /api/{deed}            does something, then answers with the same state; the fields are below
    GET  /api/picture           ?chat=ID&message=ID -> the picture of a message
    GET  /api/files             -> the content files;  /api/file?name=... -> one of them

Deeds and their fields beside `person` and `staff`: say {where, as, text} · tap {where, as, message, data} ·
open {link} · invite · language {language} · time {seconds} or {to: "check-in"} · telegram {down} · restart ·
save {name, text} · undo {name}. What cannot be done is answered with 409 and {error}.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.errors import SandboxError
from bot.sandbox.page import views
from bot.sandbox.page.demo import Demo
from bot.sandbox.people import ChatView, Person
from bot.sandbox.state import SeenMessage

STATIC = Path(__file__).parent / "static"
LARGEST = 512 * 1024  # bytes of a request
LONGEST_TEXT = 20_000  # characters that somebody may send at once
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Json = dict[str, Any]


class Unreadable(SandboxError):
    """A field is missing or is not what it must be:"""


class Page:
    """The routes of one demo; `hosts` are the names under which this server may be asked."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self.hosts: frozenset[str] = frozenset()
        self._deeds: dict[str, Callable[[Json], Awaitable[None]]] = {
            "say": self._say,
            "tap": self._tap,
            "open": self._open,
            "invite": self._invite,
            "language": self._language,
            "time": self._time,
            "telegram": self._telegram,
            "restart": self._restart,
            "save": self._save,
            "undo": self._undo,
        }

    def application(self) -> web.Application:
        """The web application with its guards."""
        application = web.Application(middlewares=[self._guard], client_max_size=LARGEST)
        application.add_routes(
            [
                web.get("/", self._index),
                web.static("/static", STATIC),
                web.get("/api/state", self._state),
                web.get("/api/picture", self._picture),
                web.get("/api/files", self._files),
                web.get("/api/file", self._file),
                web.post("/api/{deed}", self._do),
            ]
        )
        return application

    def listens_on(self, port: int) -> None:
        """Only these names are answered: a page elsewhere that points its own name here is refused."""
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.host not in self.hosts:
            return _refused(403, "This page answers only on this computer.")
        if request.method == "POST" and not self._is_from_the_page(request):
            return _refused(403, "Only the demo's own page may do this.")
        try:
            answer: web.StreamResponse = await handler(request)
        except Unreadable as error:
            answer = _refused(400, f"The request cannot be read: {error.args[0]}")
        except SandboxError as error:
            answer = _refused(409, str(error.args[0]))
        except web.HTTPException as error:
            answer = error
        answer.headers.update(HEADERS)
        if isinstance(answer, web.HTTPException):
            raise answer
        return answer

    def _is_from_the_page(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        from_here = origin is None or origin.removeprefix("http://") in self.hosts
        return from_here and request.content_type == "application/json"

    # Looking

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _state(self, request: web.Request) -> web.StreamResponse:
        return _json(await self._whole(dict(request.query)))

    async def _whole(self, fields: Json) -> Json:
        person = self._somebody(fields.get("person") or self._demo.participants[0].id)
        staff = str(fields.get("staff") or views.GROUP)
        if staff != views.GROUP:
            self._colleague(staff)
        return await views.whole(self._demo, person, staff)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        fields = dict(request.query)
        message = _message(self._view(_text(fields, "chat")), _number(fields, "message"))
        if message.photo is None:
            raise SandboxError("That message is no picture.")
        kind = "image/jpeg" if message.photo.startswith(b"\xff\xd8") else "image/png"
        return web.Response(body=message.photo, content_type=kind)

    async def _files(self, _request: web.Request) -> web.StreamResponse:
        scratch = self._demo.scratch
        files = [{"name": name, "is_changed": scratch.is_changed(name)} for name in scratch.names()]
        return _json({"files": files})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _json(self._opened(_text(dict(request.query), "name")))

    def _opened(self, name: str) -> Json:
        checked = self._demo.scratch.check(self._demo.clinic.app.services.config.program.country)
        problems = [
            {
                "file": problem.file.partition("/")[2],
                "line": problem.line,
                "what": problem.what,
                "mend": problem.mend,
                "is_warning": problem.warning,
            }
            for problem in checked.problems
        ]
        text, changed = self._demo.scratch.read(name), self._demo.scratch.is_changed(name)
        return {
            "name": name,
            "text": text,
            "is_changed": changed,
            "is_good": checked.is_good,
            "problems": problems,
        }

    # Doing

    async def _do(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["deed"]
        deed = self._deeds.get(name)
        if deed is None:
            return _refused(404, f"Nobody can {name!r} here.")
        fields = await _fields(request)
        await self._demo.do(lambda: deed(fields))
        answer: Json = {"state": await self._whole(fields)}
        if name in ("save", "undo"):
            answer["file"] = self._opened(_text(fields, "name"))
        return _json(answer)

    async def _say(self, fields: Json) -> None:
        text = _text(fields, "text")
        if len(text) > LONGEST_TEXT:
            raise SandboxError(f"A message here has at most {LONGEST_TEXT} characters.")
        await self._demo.say(self._actor(fields), text, in_group=_text(fields, "where") == views.GROUP)

    async def _tap(self, fields: Json) -> None:
        message = _message(self._view(_text(fields, "where")), _number(fields, "message"))
        known = {button.callback_data for row in message.buttons for button in row}
        data = _text(fields, "data")
        if data not in known:
            raise SandboxError("That button is gone.")
        await self._demo.tap(self._actor(fields), message, data)

    async def _open(self, fields: Json) -> None:
        await self._demo.open_link(self._somebody(_text(fields, "person")), _text(fields, "link"))

    async def _invite(self, fields: Json) -> None:
        await self._demo.invite(self._somebody(_text(fields, "person")))

    async def _language(self, fields: Json) -> None:
        await self._demo.speak(self._somebody(_text(fields, "person")), _text(fields, "language"))

    async def _time(self, fields: Json) -> None:
        if fields.get("to") == "check-in":
            await self._demo.to_next_checkin()
        else:
            await self._demo.pass_time(_number(fields, "seconds"))

    async def _telegram(self, fields: Json) -> None:
        await (self._demo.cut_line() if fields.get("down") else self._demo.mend_line())

    async def _restart(self, _fields: Json) -> None:
        await self._demo.restart_bot()

    async def _save(self, fields: Json) -> None:
        await self._demo.save(_text(fields, "name"), _text(fields, "text"))

    async def _undo(self, fields: Json) -> None:
        await self._demo.undo(_text(fields, "name"))

    # Who and where

    def _actor(self, fields: Json) -> Person:
        """Whoever acts: in the group, a colleague; in a private chat, the person whose chat it is."""
        where = _text(fields, "where")
        return self._colleague(_text(fields, "as")) if where == views.GROUP else self._anybody(where)

    def _view(self, where: Any) -> ChatView:
        return self._demo.group.chat if where == views.GROUP else self._anybody(where).chat

    def _somebody(self, number: Any) -> Person:
        return _one_of(self._demo.participants, number)

    def _colleague(self, number: Any) -> Person:
        return _one_of(self._demo.colleagues, number)

    def _anybody(self, number: Any) -> Person:
        return _one_of([*self._demo.participants, *self._demo.colleagues], number)


async def _fields(request: web.Request) -> Json:
    try:
        fields = await request.json()
    except ValueError:
        raise Unreadable("it is not JSON.") from None
    if not isinstance(fields, dict):
        raise Unreadable("it is not an object.")
    return fields


def _text(fields: Json, name: str) -> str:
    """A field's text; ids may come as numbers."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(f"{name!r} is missing or no text.")
    return str(value)


def _number(fields: Json, name: str) -> int:
    try:
        return int(_text(fields, name))
    except ValueError:
        raise Unreadable(f"{name!r} is no whole number.") from None


def _one_of(people: list[Person], number: Any) -> Person:
    for person in people:
        if str(person.id) == str(number):
            return person
    raise SandboxError("There is no such person in the demo.")


def _message(view: ChatView, number: int) -> SeenMessage:
    for message in view.messages:
        if message.id == number:
            return message
    raise SandboxError("That message is gone.")


def _json(body: Json) -> web.Response:
    return web.Response(text=json.dumps(body, ensure_ascii=False), content_type="application/json")


def _refused(status: int, why: str) -> web.Response:
    return web.Response(status=status, text=json.dumps({"error": why}), content_type="application/json")
