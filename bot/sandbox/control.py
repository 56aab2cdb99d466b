"""The person's side over HTTP, for a story in another process. JSON in and out, under `/sandbox`:

    POST   /sandbox/people                 {first_name, language_code?, id?, username?} -> {id}
    POST   /sandbox/people/ID/ACTION       {...} -> {result}; ACTION is one of `PERSON_ACTIONS`
    POST   /sandbox/groups                 {title, members: [id], administrators: [id], supergroup?} -> {id}
    POST   /sandbox/groups/ID/ACTION       {...} -> {id}; ACTION is one of `GROUP_ACTIONS`
    GET    /sandbox/chats/ID               -> {messages, toasts, history, keyboard}; pictures in base64
    GET    /sandbox/clock                  -> {now, monotonic}
    POST   /sandbox/clock                  {seconds}: let so much time pass (a ManualClock only)
    POST   /sandbox/faults                 {kind, method?, times?, probability?, status?, seconds?}
                                           or {down: true|false}, {update: raw},
                                           {duplicate|reorder|overtake: times}
    DELETE /sandbox/faults                 all is well again
    GET    /sandbox/ledger                 -> {by_method, too_many, refusals, sends}
    GET    /sandbox/state                  -> {waiting_updates, poll_is_waiting}

The fields of an action are the arguments of the method of `Person` or `Group` of that name; people and
groups are given by their ids (`in_`, `by`, `person`), messages by `message` and, in a group, `in_`.
A story that asks for what is not there gets 409 and {error}.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.clock import ManualClock
from bot.sandbox.errors import ApiError, Json, SandboxError
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.groups import Group
from bot.sandbox.people import ChatView, Person

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

PERSON_ACTIONS = frozenset(
    [
        "says",
        "says_anonymously",
        "forwards",
        "forwards_message",
        "sends",
        "edits",
        "deletes",
        "reacts",
        "taps",
        "taps_data",
        "opens_link",
        "blocks_bot",
        "unblocks_bot",
        "deactivates",
    ]
)
GROUP_ACTIONS = frozenset(
    [
        "add_bot",
        "remove_bot",
        "adds",
        "removes",
        "leaves",
        "promotes",
        "demotes",
        "promotes_bot",
        "renames",
        "upgrade",
        "delete",
    ]
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The routes under `/sandbox`."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sandbox/people", _guarded(self._add_person)),
            web.post("/sandbox/people/{id}/{action}", _guarded(self._person_acts)),
            web.post("/sandbox/groups", _guarded(self._add_group)),
            web.post("/sandbox/groups/{id}/{action}", _guarded(self._group_acts)),
            web.get("/sandbox/chats/{id}", _guarded(self._chat)),
            web.get("/sandbox/clock", _guarded(self._clock)),
            web.post("/sandbox/clock", _guarded(self._move_clock)),
            web.post("/sandbox/faults", _guarded(self._add_fault)),
            web.delete("/sandbox/faults", _guarded(self._clear_faults)),
            web.get("/sandbox/ledger", _guarded(self._ledger)),
            web.get("/sandbox/state", _guarded(self._state)),
        ]

    async def _add_person(self, request: web.Request) -> Any:
        return {"id": self._sandbox.person(**await _fields(request)).id}

    async def _person_acts(self, request: web.Request) -> Any:
        action = _action(request, PERSON_ACTIONS)
        person = self._person(request.match_info["id"])
        fields = await _fields(request)
        return {"result": getattr(person, action)(**self._meant(person, fields))}

    async def _add_group(self, request: web.Request) -> Any:
        fields = await _fields(request)
        for name in ("members", "administrators"):
            fields[name] = [self._person(number) for number in fields.get(name, [])]
        return {"id": self._sandbox.group(**fields).id}

    async def _group_acts(self, request: web.Request) -> Any:
        action = _action(request, GROUP_ACTIONS)
        group = self._group(request.match_info["id"])
        fields = await _fields(request)
        for name in ("by", "person"):
            if name in fields:
                fields[name] = self._person(fields[name])
        getattr(group, action)(**fields)
        return {"id": group.id}

    async def _chat(self, request: web.Request) -> Any:
        number = int(request.match_info["id"])
        chat = self._sandbox.world.chats.get(number)
        if chat is None:
            raise SandboxError(f"There is no chat {number}.")
        view = ChatView(self._sandbox.world, chat)
        return {
            "messages": view.messages,
            "toasts": view.toasts,
            "history": view.history,
            "keyboard": view.keyboard,
        }

    async def _clock(self, request: web.Request) -> Any:
        clock = self._sandbox.clock
        return {"now": clock.now(), "monotonic": clock.monotonic()}

    async def _move_clock(self, request: web.Request) -> Any:
        clock = self._sandbox.clock
        if not isinstance(clock, ManualClock):
            raise SandboxError("Only a manual clock can be moved.")
        clock.advance(float((await _fields(request))["seconds"]))
        return await self._clock(request)

    async def _add_fault(self, request: web.Request) -> Any:
        fields, faults = await _fields(request), self._sandbox.faults
        for name, switch in (
            ("duplicate", faults.duplicate_updates),
            ("reorder", faults.reorder_updates),
            ("overtake", faults.overtake),
        ):
            if name in fields:
                switch(fields[name])
        if "down" in fields:
            faults.down() if fields["down"] else faults.up()
        if "update" in fields:
            faults.malformed_update(fields["update"])
        if "kind" in fields:
            faults.add(Fault(**{**fields, "kind": FaultKind(fields["kind"])}))
        return {}

    async def _clear_faults(self, request: web.Request) -> Any:
        self._sandbox.faults.clear()
        return {}

    async def _ledger(self, request: web.Request) -> Any:
        ledger = self._sandbox.ledger
        return {
            "by_method": ledger.by_method,
            "too_many": ledger.too_many,
            "refusals": ledger.refusals,
            "sends": ledger.sends,
        }

    async def _state(self, request: web.Request) -> Any:
        sandbox = self._sandbox
        return {"waiting_updates": sandbox.waiting_updates, "poll_is_waiting": sandbox.poll_is_waiting}

    def _meant(self, person: Person, fields: Json) -> Json:
        """The fields with the group and the message they name in place of ids."""
        meant = dict(fields)
        group = self._group(meant["in_"]) if meant.get("in_") is not None else None
        if group is not None:
            meant["in_"] = group
        if "message" in meant:
            meant.pop("in_", None)
            view = group.chat if group is not None else person.chat
            meant["message"] = _ever_seen(view, int(meant["message"]))
        return meant

    def _person(self, number: int | str) -> Person:
        for person in self._sandbox.people:
            if person.id == int(number):
                return person
        raise SandboxError(f"There is nobody with the id {number}.")

    def _group(self, number: int | str) -> Group:
        for group in self._sandbox.groups:
            if group.id == int(number):
                return group
        raise SandboxError(f"There is no group {number}.")


def _ever_seen(view: ChatView, number: int) -> Any:
    """The message as it was last seen, even when it is gone: a stale tap needs one."""
    for happening in reversed(view.history):
        if happening.message is not None and happening.message.id == number:
            return happening.message
    raise SandboxError(f"There never was a message {number} in chat {view.id}.")


def _action(request: web.Request, known: frozenset[str]) -> str:
    action = request.match_info["action"]
    if action not in known:
        raise SandboxError(f"{action!r} is none of: {', '.join(sorted(known))}.")
    return action


async def _fields(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    fields = await request.json()
    if not isinstance(fields, dict):
        raise SandboxError("The fields must be a JSON object.")
    return fields


def _guarded(answer: Callable[[web.Request], Awaitable[Any]]) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            body, status = await answer(request), 200
        except (SandboxError, ApiError) as error:
            body, status = {"error": str(error)}, 409
        except (TypeError, ValueError, KeyError) as error:
            body, status = {"error": f"The request cannot be read: {error}"}, 400
        return web.Response(
            status=status, text=json.dumps(body, default=_plain), content_type="application/json"
        )

    return handler


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no JSON form")
