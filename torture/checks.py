"""What must be true afterwards: the database against what people did and what the sandbox delivered.

Each check gives what is wrong, one sentence each; nothing is wrong when all give nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from bot.checkins.ledger import Delivery
from bot.delivery.model import Kind, Operation, State
from bot.sandbox import Sandbox
from bot.sandbox.state import Event, SeenMessage
from torture.cast import Cast
from torture.kept import Kept
from torture.life import COMMANDS, Done

CRISIS_NUMBER = "988"
HEAD = re.compile(r"^(?:Alert|Alerta) (\d+)\b")
SAYING = frozenset({"sendmessage", "editmessagetext", "deletemessage"})
CHECKIN_BUTTON = "ci-"
PREFIX_OF_A_CLAIM = "alert-claim:"


@dataclass(frozen=True)
class Evidence:
    """All there is to look at. `due_by` is the instant by which every check-in that was due had its chance."""

    sandbox: Sandbox
    cast: Cast
    done: Done
    kept: Kept
    due_by: datetime

    def delivered(self, chat_id: int) -> list[SeenMessage]:
        """The messages of the bot that came into a chat, in order, as they were then; edits apart."""
        chat = self.sandbox.world.chats.get(chat_id)
        return [
            happening.message
            for happening in (chat.history if chat else ())
            if happening.by_bot and happening.event is Event.SENT and happening.message is not None
        ]


def violations(found: Evidence) -> list[str]:
    """Everything that is wrong."""
    return [wrong for check in CHECKS for wrong in check(found)]


def integrity(found: Evidence) -> Iterator[str]:
    if found.kept.integrity != "ok":
        yield f"the database file is damaged: {found.kept.integrity}"
    if found.kept.broken_audit is not None:
        yield f"the audit chain is broken at {found.kept.broken_audit}"


def every_update_is_processed(found: Evidence) -> Iterator[str]:
    """G1: all that Telegram handed over is done, and once: the inbox has one row each."""
    states = {row.update_id: row.state for row in found.kept.inbox}
    for number in found.sandbox.world.queue.numbers:
        if states.get(number) != "done":
            yield f"update {number} is {states.get(number, 'lost')}"


def effects_are_not_doubled(found: Evidence) -> Iterator[str]:
    """G1: one concern for each worrying text and each tap that asks for a person; one take of each alert."""
    kept: dict[str, Counter[int]] = {"message": Counter(), "button": Counter()}
    for row in found.kept.concerns:
        kept.setdefault(row.source, Counter())[found.kept.chat_of(row.chat_key)] += 1
    for source, done in (("message", found.done.worrying), ("button", found.done.asked)):
        for chat_id in kept[source].keys() | done.keys():
            if kept[source][chat_id] != done[chat_id]:
                yield f"chat {chat_id}: {done[chat_id]} by {source}, {kept[source][chat_id]} concerns"
    takes = Counter(entry.subject for entry in found.kept.audit if entry.action == "claim")
    yield from (f"{subject} was taken {count} times" for subject, count in takes.items() if count > 1)
    if len(takes) != len(found.done.claimed):
        yield f"{len(found.done.claimed)} alerts were taken by a tap, {len(takes)} in the database"


def alerts_add_up(found: Evidence) -> Iterator[str]:
    """G2 and G4: one open alert a person at most, every concern of it counted, each step told once a recipient."""
    concerns = Counter(row.alert_id for row in found.kept.concerns)
    notices = Counter((row.alert_id, row.round, row.recipient) for row in found.kept.notices)
    first = {row.alert_id for row in found.kept.notices}
    climbed = Counter(e.subject for e in found.kept.audit if e.action.startswith("escalated to"))
    open_keys = Counter(row.key for row in found.kept.alerts if row.closed_at is None)
    yield from (f"{count} open alerts of one person" for count in open_keys.values() if count > 1)
    yield from (f"notice {key} was written {count} times" for key, count in notices.items() if count > 1)
    for row in found.kept.alerts:
        if row.id not in first:
            yield f"alert {row.number} has no notice"
        if row.messages != concerns[row.id]:
            yield f"alert {row.number} counts {row.messages} messages, {concerns[row.id]} concerns"
        if row.round - 1 < climbed[f"alert {row.number}"]:
            yield f"alert {row.number} climbed {climbed[f'alert {row.number}']} times in {row.round} rounds"


def every_alert_is_delivered(found: Evidence) -> Iterator[str]:
    """G3: each notice is in the chat of whom it tells, and each urgent alert's person has the numbers."""
    heads: dict[int, set[int]] = {}
    number = {row.id: row.number for row in found.kept.alerts}
    for row in found.kept.notices:
        chat_id = found.kept.chat_of(row.key)
        if chat_id not in heads:
            heads[chat_id] = set(_alert_numbers(found.delivered(chat_id)))
        if row.state != "sent" or number[row.alert_id] not in heads[chat_id]:
            yield f"alert {number[row.alert_id]}, round {row.round}: lost on its way to {chat_id} ({row.state})"
    for key in {row.key for row in found.kept.alerts if row.key and row.person_card is not None}:
        chat_id = found.kept.chat_of(key)
        if not any(CRISIS_NUMBER in message.text for message in found.delivered(chat_id)):
            yield f"the crisis card for {chat_id} was lost"


def every_message_has_left(found: Evidence) -> Iterator[str]:
    """G3: nothing waits that was due, and only prompts may end otherwise than sent or replaced."""
    fine = (State.SENT, State.WITHDRAWN)
    for row in found.kept.outbox:
        if row.ended_at is None:
            if row.due_at <= found.kept.at:
                yield f"row {row.id} ({row.kind}) still waits"
        elif row.kind != Kind.PROMPT and row.state not in fine:
            yield f"row {row.id} ({row.kind}) ended as {row.state}"


def delivered_was_committed(found: Evidence) -> Iterator[str]:
    """G6: no request without a committed row that stood for it then; no alert number that is not in the database."""
    rows: dict[int, list[Any]] = defaultdict(list)
    asked: dict[int, list[datetime]] = defaultdict(list)
    for row in found.kept.outbox:
        rows[found.kept.chat_of(row.chat_key)].append(row)
    for request in found.sandbox.ledger.requests:
        if request.method.lower() in SAYING and request.chat_id:
            asked[int(request.chat_id)].append(request.at)
    for chat_id, times in asked.items():
        for count, at in enumerate(sorted(times), start=1):
            allowed = sum(row.attempt for row in rows[chat_id] if row.created_at <= at)
            if count > allowed:
                yield f"chat {chat_id}: request {count} at {at}, but {allowed} attempts are committed"
                break
    known = {row.number for row in found.kept.alerts}
    for chat_id in (found.cast.group.id, *(p.id for p in (found.cast.administrator, *found.cast.staff))):
        strange = set(_alert_numbers(found.delivered(chat_id))) - known
        yield from (f"alert {number} was told and is not in the database" for number in strange)


def order_is_kept(found: Evidence) -> Iterator[str]:
    """G8: replies to `/help` and `/privacy` in turn come in turn, whatever was repeated."""
    for person in found.cast.walkers:
        texts = [message.text for message in found.delivered(person.id)]
        in_turn = [text for text, _ in groupby(texts)]
        if len(in_turn) != found.done.commands[person.id] or len(set(texts)) > len(COMMANDS):
            yield f"chat {person.id}: {found.done.commands[person.id]} commands, {len(in_turn)} replies in turn"


def streams_end_in_order(found: Evidence) -> Iterator[str]:
    """G8: within a stream of the outbox no row was sent before an older one had ended."""
    for _, rows in groupby(sorted(found.kept.outbox, key=_stream), key=lambda row: row.stream):
        sent = [row for row in rows if row.state == State.SENT and row.operation != Operation.DELETE]
        for older, newer in pairwise(sent):
            if older.due_at <= older.created_at and newer.ended_at < older.ended_at:
                yield f"row {newer.id} left before {older.id} of its stream"


def no_prompt_comes_twice(found: Evidence) -> Iterator[str]:
    """G5: at most one check-in a person in one local day reached them."""
    for person in found.cast.prompted:
        count = prompts_to(found, person.id)
        if count > 1:
            yield f"chat {person.id}: {count} prompts"


def the_ledger_adds_up(found: Evidence) -> Iterator[str]:
    """G5: each check-in that was due has its one row, and the row tells the truth about what arrived."""
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in found.kept.checkins:
        rows[found.kept.people[row.participant_id]].append(row)
    for person in found.cast.prompted:
        mine, due = rows[person.id], found.cast.due[person.id]
        if len(mine) > 1 or (not mine and due <= found.due_by):
            yield f"chat {person.id}: {len(mine)} check-ins, due {due}"
        for row in mine:
            came = prompts_to(found, person.id)
            if row.delivery == Delivery.WAITING or (row.delivery == Delivery.SENT) > came:
                yield f"chat {person.id}: the check-in is {row.delivery}, {came} came"
            if row.delivery == Delivery.NOT_SENT and (came or row.ended_at is None):
                yield f"chat {person.id}: the check-in was not sent, {came} came, no reason is kept"


CHECKS = (
    integrity,
    every_update_is_processed,
    effects_are_not_doubled,
    alerts_add_up,
    every_alert_is_delivered,
    every_message_has_left,
    delivered_was_committed,
    order_is_kept,
    streams_end_in_order,
    no_prompt_comes_twice,
    the_ledger_adds_up,
)


def prompts_to(found: Evidence, chat_id: int) -> int:
    """How many messages with a check-in's buttons came into that chat."""
    return sum(
        any((b.callback_data or "").startswith(CHECKIN_BUTTON) for row in message.buttons for b in row)
        for message in found.delivered(chat_id)
    )


def first_told(sandbox: Sandbox, chats: Sequence[int]) -> dict[int, float]:
    """By an alert's number, when its first notice came into any of these chats (seconds of the clock since 1970)."""
    texts = {
        (chat, happening.message.id): happening.message.text
        for chat in chats
        for happening in sandbox.world.chats[chat].history
        if happening.by_bot and happening.event is Event.SENT and happening.message is not None
    }
    found: dict[int, float] = {}
    for send in sandbox.ledger.sends:
        if head := HEAD.match(texts.get((send.chat_id, send.message_id), "")):
            found.setdefault(int(head[1]), send.at.timestamp())
    return found


def _alert_numbers(messages: list[SeenMessage]) -> Iterator[int]:
    for message in messages:
        if head := HEAD.match(message.text):
            yield int(head[1])


def _stream(row: Any) -> tuple[str, int]:
    return row.stream, row.id
