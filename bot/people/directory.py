"""Who is who: the participant or colleague behind a private chat, and what staff may look up about them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from bot.delivery import outbox
from bot.errors import NotAllowed, NotFound
from bot.people import audit, store
from bot.people.model import Colleague, Participant, ParticipantState, PersonalFile, Right, Role
from bot.storage.database import Tx

log = structlog.get_logger(__name__)

Somebody = Participant | Colleague | None


class Directory:
    """Everybody the program knows. Methods take the open transaction."""

    # Who is who

    def who(self, tx: Tx, key: str) -> Somebody:
        """The participant or active colleague behind a private chat, or None."""
        person = store.participant_by(tx, key=key)
        if person is not None:
            return person
        colleague = store.colleague_by(tx, key=key)
        return colleague if colleague is not None and colleague.active else None

    def require(self, colleague: Somebody, right: Right) -> Colleague:
        """The colleague, when their role allows it now. Raises `NotAllowed`."""
        if not isinstance(colleague, Colleague) or not colleague.may(right):
            raise NotAllowed(right.value)
        return colleague

    def colleagues(self, tx: Tx) -> list[Colleague]:
        return store.colleagues(tx)

    def with_right(self, tx: Tx, right: Right) -> list[Colleague]:
        return [colleague for colleague in store.colleagues(tx) if colleague.may(right)]

    def colleague(self, tx: Tx, colleague_id: int) -> Colleague | None:
        return store.colleague_by(tx, id=colleague_id)

    def participant(self, tx: Tx, participant_id: int) -> Participant:
        """Raises `NotFound`."""
        person = store.participant_by(tx, id=participant_id)
        if person is None:
            raise NotFound("participant")
        return person

    def in_program(self, tx: Tx) -> list[Participant]:
        """Every participant who has not stopped, paused ones too; oldest first."""
        stopped = ParticipantState.STOPPED
        return [person for person in store.participants(tx) if person.state is not stopped]

    def by_code(self, tx: Tx, code: str) -> Participant:
        """The participant with a code such as "blue heron 412", however it is spaced or cased."""
        person = store.participant_by(tx, code=" ".join(code.casefold().split()))
        if person is None:
            raise NotFound("code")
        return person

    def personal_file(self, tx: Tx, person: Participant, by: Colleague, now: datetime) -> PersonalFile:
        """Name, chart reference and contacts; audited. Raises `NotAllowed`."""
        self.require(by, Right.SEE_PEOPLE)
        audit.note(tx, audit.Entry(now, by.handle, "who", person.code))
        return store.personal_file(tx, person.id)

    def name_of(self, tx: Tx, person: Participant) -> str:
        """The name the person chose, for the bot's own words to them."""
        return store.personal_file(tx, person.id).name

    # The staff

    def ensure_administrators(
        self, tx: Tx, telegram_ids: Iterable[int], now: datetime, *, language: str = "en"
    ) -> None:
        """The administrators of the configuration are colleagues with that role, whatever happened before.

        A participant is never made one: their chat would get the alerts, about others and about themselves.
        """
        for number, telegram_id in enumerate(telegram_ids, start=1):
            key = outbox.know_chat(tx, telegram_id, is_group=False)
            person = store.colleague_by(tx, key=key)
            if store.participant_by(tx, key=key) is not None:
                log.error(
                    "a participant cannot be an administrator; mend staff.administrators", position=number
                )
            elif person is None:
                roles = frozenset({Role.ADMINISTRATOR})
                added = Colleague(
                    tx.new_id(), key, self._free_handle(tx, f"admin{number}"), roles, language, active=True
                )
                store.add_colleague(tx, added, "", now)
            elif not person.active or Role.ADMINISTRATOR not in person.roles:
                store.save_colleague(
                    tx, replace(person, roles=person.roles | {Role.ADMINISTRATOR}, active=True)
                )

    def introduce(self, tx: Tx, colleague: Colleague, first_name: str) -> Colleague:
        """An administrator known only by number gets a handle from their first name, when it is free."""
        handle = re.sub(r"[^\w-]", "", first_name.casefold())[:24]
        numbered = re.fullmatch(r"admin\d+(-\d+)?", colleague.handle)
        if not numbered or not handle or store.colleague_by(tx, handle=handle) is not None:
            return colleague
        named = replace(colleague, handle=handle)
        store.save_colleague(tx, named)
        return named

    def set_language(self, tx: Tx, somebody: Participant | Colleague, language: str) -> None:
        if isinstance(somebody, Participant):
            store.save_participant(tx, replace(somebody, language=language))
        else:
            store.save_colleague(tx, replace(somebody, language=language))
            tx.touched.add("staff")

    def _free_handle(self, tx: Tx, wanted: str) -> str:
        handle, number = wanted, 2
        while store.colleague_by(tx, handle=handle) is not None:
            handle, number = f"{wanted}-{number}", number + 1
        return handle
