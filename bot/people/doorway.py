"""The way in: invites, and the people who open them, until they have joined or declined.

The links themselves are in `invites`, the draft of somebody who is joining in `drafts`.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Self

from bot.delivery.model import Message
from bot.errors import Conflict, NotAllowed, Refused
from bot.people import audit, codes, dialogues, drafts, invites, moving, store
from bot.people.directory import Directory
from bot.people.invites import Invite
from bot.people.joining import Draft
from bot.people.model import Colleague, Pace, Participant, ParticipantState, PersonalFile, Right, Role
from bot.storage.database import Tx

PARTICIPANT_HOURS, STAFF_HOURS = 72, 24


class AlreadySomebodyElse(Refused):
    """A Telegram account is a participant or staff, not both."""


class HandleTaken(Conflict):
    """Another colleague has this handle, or is about to."""


@dataclass(frozen=True)
class Chosen:
    """What a person chose while joining."""

    name: str
    language: str
    zone: str
    checkin_time: time
    quiet_from: time
    quiet_to: time
    pace: Pace
    taps_only: bool
    consent_version: str

    @classmethod
    def of(cls, draft: Draft) -> Self:
        return cls(**{field.name: getattr(draft, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class InviteHours:
    """How long a link works, by whom it is for."""

    participant: int = PARTICIPANT_HOURS
    staff: int = STAFF_HOURS


class Doorway(Directory):
    """Inviting and joining. Methods take the open transaction and the instant now."""

    def __init__(self, hours: InviteHours) -> None:
        self._hours = hours

    # Invites

    def invite_participant(self, tx: Tx, file: PersonalFile, by: Colleague, now: datetime) -> str:
        """A token for a participant's link. Raises `NotAllowed`."""
        self.require(by, Right.INVITE_PARTICIPANTS)
        expires = self.invite_expires(None, now)
        audit.note(tx, audit.Entry(now, by.handle, "invite", "participant"))
        return invites.create(tx, role=None, handle="", file=file, by=by.id, expires_at=expires)

    def invite_colleague(self, tx: Tx, role: Role, handle: str, by: Colleague, now: datetime) -> str:
        """A token for a colleague's link. Raises `NotAllowed`, `HandleTaken`."""
        self.require(by, Right.INVITE_STAFF)
        if not self.handle_is_free(tx, handle, now):
            raise HandleTaken(handle)
        expires = self.invite_expires(role, now)
        audit.note(tx, audit.Entry(now, by.handle, "invite", role.value))
        nothing = PersonalFile("", "", "", "")
        return invites.create(tx, role=role, handle=handle, file=nothing, by=by.id, expires_at=expires)

    def relink_participant(self, tx: Tx, person: Participant, by: Colleague, now: datetime) -> str:
        """A token for the link that moves somebody to a new phone or number. Raises `NotAllowed`."""
        self.require(by, Right.SEE_PEOPLE)
        return self._relink(tx, None, person.code, "", person.id, by, now)

    def relink_colleague(self, tx: Tx, who: Colleague, by: Colleague, now: datetime) -> str:
        """The same for a colleague, whom the inviter then confirms. Raises `NotAllowed`."""
        self.require(by, Right.MANAGE_STAFF)
        role = Role.ADMINISTRATOR if Role.ADMINISTRATOR in who.roles else min(who.roles)
        return self._relink(tx, role, who.handle, who.handle, who.id, by, now)

    def _relink(
        self,
        tx: Tx,
        role: Role | None,
        subject: str,
        handle: str,
        person_id: int,
        by: Colleague,
        now: datetime,
    ) -> str:
        invites.revoke_relinks(tx, person_id)
        audit.note(tx, audit.Entry(now, by.handle, "relink", subject))
        nothing, expires = PersonalFile("", "", "", ""), now + timedelta(hours=self._hours.staff)
        return invites.create(
            tx, role=role, handle=handle, file=nothing, by=by.id, expires_at=expires, relinks=person_id
        )

    def relinked(self, tx: Tx, invite: Invite, key: str, now: datetime) -> tuple[Participant, str]:
        """The participant is in this chat from now on; gives them, and the key of the chat that is cut off.

        Raises `InviteUnusable`.
        """
        person = store.participant_by(tx, id=invite.relinks)
        if person is None:
            raise invites.InviteUnusable()
        invites.use(tx, invite.id)
        invites.forget_tries(tx, key)
        moving.move(tx, person.key, key, now)
        audit.note(tx, audit.Entry(now, "handrail", "relinked", person.code))
        return replace(person, key=key), person.key

    def invite_expires(self, role: Role | None, now: datetime) -> datetime:
        """Until when a link made now will work; `role` is None for a participant's."""
        return now + timedelta(hours=self._hours.staff if role else self._hours.participant)

    def handle_is_free(self, tx: Tx, handle: str, now: datetime) -> bool:
        """Nobody has that handle, ever had it, or was promised it."""
        taken = store.colleague_by(tx, handle=handle) or invites.handle_is_promised(tx, handle, now)
        return not taken

    def take_back(self, tx: Tx, token: str, by: Colleague, now: datetime) -> bool:
        """The link of that token is dead; false when somebody has joined by it. Raises `NotAllowed`."""
        self.require(by, Right.INVITE_PARTICIPANTS)
        found = invites.by_token(tx, token)
        if found is None or (found.created_by != by.id and not by.may(Right.INVITE_STAFF)):
            raise NotAllowed("only the inviter takes back")
        audit.note(tx, audit.Entry(now, by.handle, "invite taken back", found.handle))
        return invites.revoke(tx, found.id)

    def open_invite(self, tx: Tx, token: str, key: str, now: datetime) -> Invite:
        """The invite is this account's now. Raises `InviteUnusable`, `TooManyTries`, `AlreadySomebodyElse`."""
        if invites.tries_used_up(tx, key, now):
            raise invites.TooManyTries()
        if self.who(tx, key) is not None:
            raise AlreadySomebodyElse()
        earlier = self.draft(tx, key, now)
        try:
            found = invites.take(tx, token, key, now)
        except invites.InviteUnusable:
            invites.count_try(tx, key, now)
            raise
        if earlier is not None and earlier.invite != found.id:
            invites.give_back(tx, earlier.invite)
            dialogues.end(tx, key)
        return found

    # On the way in

    def draft(self, tx: Tx, key: str, now: datetime) -> Draft | None:
        """How far somebody has come with their invite; None when they have none that still works."""
        return drafts.find(tx, key, now)

    def keep_draft(self, tx: Tx, key: str, draft: Draft, now: datetime) -> None:
        drafts.keep(tx, key, draft, now=now)

    def decline(self, tx: Tx, invite_id: int) -> None:
        """The link works again, and nothing says who had opened it."""
        invites.give_back(tx, invite_id)

    def part_with(self, tx: Tx, key: str, draft: Draft | None, farewell: Message, now: datetime) -> None:
        """Say the last thing to somebody who does not join; once it is said nothing about them remains."""
        if draft is not None:
            invites.give_back(tx, draft.invite)
        drafts.say_farewell(tx, key, farewell, now=now, in_card=draft is not None)

    def finish_joining(self, tx: Tx, key: str, draft: Draft, now: datetime) -> Participant:
        """The draft becomes a participant. Raises `InviteUnusable`, `AlreadySomebodyElse`."""
        person = self.join(tx, draft.invite, key, Chosen.of(draft), now)
        dialogues.end(tx, key)
        invites.forget_tries(tx, key)
        return person

    def wait_for_inviter(
        self, tx: Tx, invite: Invite, key: str, *, name: str, language: str, now: datetime
    ) -> None:
        """A colleague has opened their link; `name` is what the inviter will recognise them by."""
        state = {"invite": invite.id, "name": name, "language": language}
        dialogues.ask(tx, key, drafts.WAITING, state, now=now, keep=invite.expires_at - now)

    def waiting_colleague(self, tx: Tx, invite: Invite, now: datetime) -> tuple[str, str] | None:
        """Name and language of the colleague who waits for that invite's inviter."""
        waiting = dialogues.waiting(tx, invite.taken_by or "", now)
        if waiting is None or waiting.topic != drafts.WAITING or waiting.state["invite"] != invite.id:
            return None
        return str(waiting.state["name"]), str(waiting.state["language"])

    def join(self, tx: Tx, invite_id: int, key: str, chosen: Chosen, now: datetime) -> Participant:
        """The person is a participant from now on. Raises `InviteUnusable`, `AlreadySomebodyElse`."""
        if self.who(tx, key) is not None:
            raise AlreadySomebodyElse()
        file = replace(invites.use(tx, invite_id), name=chosen.name)
        person = Participant(
            id=tx.new_id(),
            key=key,
            code=codes.new_code(lambda code: store.code_is_taken(tx, code)),
            language=chosen.language,
            zone=chosen.zone,
            checkin_time=chosen.checkin_time,
            quiet_from=chosen.quiet_from,
            quiet_to=chosen.quiet_to,
            pace=chosen.pace,
            taps_only=chosen.taps_only,
            state=ParticipantState.ACTIVE,
            paused_until=None,
            consent_version=chosen.consent_version,
            joined_at=now,
        )
        store.add_participant(tx, person, file, consented_at=now)
        audit.note(tx, audit.Entry(now, "handrail", "joined", person.code))
        return person

    def confirm_colleague(
        self, tx: Tx, invite_id: int, name: str, language: str, by: Colleague, now: datetime
    ) -> Colleague:
        """The inviter knows the joiner. Raises `NotAllowed`, `InviteUnusable`, `AlreadySomebodyElse`."""
        self.require(by, Right.INVITE_STAFF)
        found = self._own_invite(tx, invite_id, by)
        if found.role is None or found.taken_by is None or found.expires_at <= now:
            raise invites.InviteUnusable()
        if self.who(tx, found.taken_by) is not None:
            raise AlreadySomebodyElse()
        invites.use(tx, invite_id)
        dialogues.end(tx, found.taken_by)
        invites.forget_tries(tx, found.taken_by)
        return self._add_or_return(tx, found, name, language, by, now)

    def deny_colleague(self, tx: Tx, invite_id: int, by: Colleague, now: datetime) -> Invite:
        """The inviter does not know them; the link is dead. Raises `NotAllowed`, `InviteUnusable`."""
        self.require(by, Right.INVITE_STAFF)
        found = self._own_invite(tx, invite_id, by)
        if not invites.revoke(tx, invite_id):
            raise invites.InviteUnusable()
        audit.note(tx, audit.Entry(now, by.handle, "invite denied", found.handle))
        return found

    def invite(self, tx: Tx, invite_id: int) -> Invite | None:
        return invites.by_id(tx, invite_id)

    def _own_invite(self, tx: Tx, invite_id: int, by: Colleague) -> Invite:
        found = invites.by_id(tx, invite_id)
        if found is None:
            raise invites.InviteUnusable()
        if found.created_by != by.id:
            raise NotAllowed("only the inviter says who it is")
        return found

    def _add_or_return(
        self, tx: Tx, found: Invite, name: str, language: str, by: Colleague, now: datetime
    ) -> Colleague:
        """Somebody new, or a former colleague who comes back under the handle of the invite."""
        if found.relinks is not None:
            return self._moved(tx, found, by, now)
        roles = frozenset({found.role or Role.FACILITATOR})
        former = store.colleague_by(tx, key=found.taken_by)
        number = former.id if former else tx.new_id()
        person = Colleague(number, found.taken_by or "", found.handle, roles, language, active=True)
        if former:
            store.save_colleague(tx, person)
        else:
            store.add_colleague(tx, person, name, now)
        audit.note(tx, audit.Entry(now, by.handle, "confirmed", f"{found.handle} as {' '.join(roles)}"))
        tx.touched.add("staff")
        return person

    def _moved(self, tx: Tx, found: Invite, by: Colleague, now: datetime) -> Colleague:
        """A colleague with a new phone: what they were stays, and the old chat is cut off."""
        who, key = store.colleague_by(tx, id=found.relinks), found.taken_by
        if who is None or not who.active or key is None:
            raise invites.InviteUnusable()
        moving.move(tx, who.key, key, now)
        audit.note(tx, audit.Entry(now, by.handle, "relinked", who.handle))
        return replace(who, key=key)
