"""The team as it changes: who leaves, who gets another role, and who is no longer named in the configuration."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from bot.delivery import outbox
from bot.errors import Conflict, NotFound
from bot.people import audit, dialogues, invites, settings, store
from bot.people.doorway import Doorway, InviteHours
from bot.people.model import Colleague, Right, Role
from bot.storage.database import Tx


class LastAdministrator(Conflict):
    """Somebody must be able to run the program."""


class NamedInConfiguration(Conflict):
    """Who is an administrator by the configuration stays one until they are taken out of it."""


class Team(Doorway):
    """Changes of who is staff. Methods take the open transaction and the instant now."""

    def __init__(self, hours: InviteHours) -> None:
        super().__init__(hours)
        self._on_loss: list[Callable[[Tx, Colleague, datetime], None]] = []

    def when_a_colleague_loses_alerts(self, call: Callable[[Tx, Colleague, datetime], None]) -> None:
        """`call` inside the transaction after which a colleague may no longer take alerts."""
        self._on_loss.append(call)

    def by_handle(self, tx: Tx, handle: str) -> Colleague:
        """The active colleague with that handle. Raises `NotFound`."""
        found = store.colleague_by(tx, handle=handle)
        if found is None or not found.active:
            raise NotFound("handle")
        return found

    def remove_colleague(self, tx: Tx, gone: Colleague, by: Colleague, now: datetime) -> None:
        """They lose everything at once. Raises `NotAllowed`, `LastAdministrator`, `NamedInConfiguration`."""
        self.require(by, Right.MANAGE_STAFF)
        self._may_lose_administrator(tx, gone)
        self._let_go(tx, gone, now)
        audit.note(tx, audit.Entry(now, by.handle, "removed", gone.handle))

    def change_role(self, tx: Tx, who: Colleague, role: Role, by: Colleague, now: datetime) -> Colleague:
        """One role instead of what they had. Raises as `remove_colleague` does."""
        self.require(by, Right.MANAGE_STAFF)
        if role is not Role.ADMINISTRATOR:
            self._may_lose_administrator(tx, who)
        changed = self._with_roles(tx, who, frozenset({role}), now)
        audit.note(tx, audit.Entry(now, by.handle, f"role {role.value}", who.handle))
        return changed

    def follow_configuration(
        self, tx: Tx, telegram_ids: Iterable[int], now: datetime, *, language: str
    ) -> list[Colleague]:
        """Its administrators are administrators; gives those who are no longer named there, and lost the role."""
        ids = list(telegram_ids)
        self.ensure_administrators(tx, ids, now, language=language)
        named = {outbox.chat_key(tx, telegram_id) for telegram_id in ids}
        before = set(json.loads(settings.get(tx, settings.ADMINISTRATORS) or "[]"))
        settings.put(tx, settings.ADMINISTRATORS, json.dumps(sorted(named)))
        lost = [who for key in sorted(before - named) if (who := store.colleague_by(tx, key=key))]
        lost = [who for who in lost if who.active and Role.ADMINISTRATOR in who.roles]
        if len(lost) == len(self.with_right(tx, Right.RUN_PROGRAM)):
            return []  # nobody else could run the program, so they go on
        for who in lost:
            self._take_administrator(tx, who, now)
            audit.note(tx, audit.Entry(now, "configuration", "no administrator any more", who.handle))
        return lost

    def is_named(self, tx: Tx, who: Colleague) -> bool:
        """The configuration names their Telegram id as an administrator's."""
        return who.key in json.loads(settings.get(tx, settings.ADMINISTRATORS) or "[]")

    def former_colleagues(self, tx: Tx) -> list[Colleague]:
        """Who was staff once, and whose chat must not show staff's commands any more."""
        return store.former_colleagues(tx)

    def _take_administrator(self, tx: Tx, who: Colleague, now: datetime) -> None:
        roles = who.roles - {Role.ADMINISTRATOR}
        if roles:
            self._with_roles(tx, who, roles, now)
        else:
            self._let_go(tx, who, now)

    def _may_lose_administrator(self, tx: Tx, who: Colleague) -> None:
        if Role.ADMINISTRATOR not in who.roles:
            return
        if self.is_named(tx, who):
            raise NamedInConfiguration(who.handle)
        others = [one for one in store.colleagues(tx) if Role.ADMINISTRATOR in one.roles and one.id != who.id]
        if not others:
            raise LastAdministrator(who.handle)

    def _with_roles(self, tx: Tx, who: Colleague, roles: frozenset[Role], now: datetime) -> Colleague:
        changed = replace(who, roles=roles)
        store.save_colleague(tx, changed)
        tx.touched.add("staff")
        if who.may(Right.HANDLE_ALERTS) and not changed.may(Right.HANDLE_ALERTS):
            self._lost(tx, changed, now)
        return changed

    def _let_go(self, tx: Tx, who: Colleague, now: datetime) -> None:
        gone = replace(who, active=False)
        store.save_colleague(tx, gone)
        dialogues.end(tx, who.key)
        invites.revoke_of(tx, who.id)
        outbox.withdraw_all(tx, who.key, now)
        tx.touched.add("staff")
        self._lost(tx, gone, now)

    def _lost(self, tx: Tx, who: Colleague, now: datetime) -> None:
        for call in self._on_loss:
            call(tx, who, now)
