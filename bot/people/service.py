"""People: who somebody is, joining and inviting, pausing and stopping, and the staff group."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Self

from bot.delivery import outbox
from bot.delivery.model import Ending, Message
from bot.delivery.outcomes import OutcomeHandler
from bot.errors import Conflict, NotAllowed, NotFound, Refused
from bot.people import audit, codes, dialogues, drafts, invites, settings, store
from bot.people.invites import Invite
from bot.people.joining import Draft
from bot.people.model import Colleague, Pace, Participant, ParticipantState, PersonalFile, Right, Role
from bot.storage.database import Tx

PARTICIPANT_HOURS, STAFF_HOURS = 72, 24

Somebody = Participant | Colleague | None


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


class People:
    """Everything about who people are. Methods take the open transaction and the instant now."""

    def __init__(self, *, hours: InviteHours, configured_group: int | None) -> None:
        self._hours = hours
        self._configured_group = configured_group
        self._on_stop: list[Callable[[Tx, Participant, datetime], None]] = []
        self._needed: list[Callable[[Tx, str], bool]] = []

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
        """The administrators of the configuration are colleagues with that role, whatever happened before."""
        for number, telegram_id in enumerate(telegram_ids, start=1):
            key = outbox.know_chat(tx, telegram_id, is_group=False)
            person = store.colleague_by(tx, key=key)
            if person is None:
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

    def staff_group(self, tx: Tx) -> str | None:
        """The chat key of the staff group, when there is one."""
        if self._configured_group is not None and not settings.get(tx, settings.STAFF_GROUP):
            return outbox.know_chat(tx, self._configured_group, is_group=True)
        return settings.get(tx, settings.STAFF_GROUP) or None

    def set_staff_group(self, tx: Tx, chat_id: int, by: Colleague, now: datetime) -> None:
        """This group gets the alerts from now on. Raises `NotAllowed`."""
        self.require(by, Right.RUN_PROGRAM)
        key = outbox.know_chat(tx, chat_id, is_group=True)
        outbox.reached_again(tx, key)
        settings.put(tx, settings.STAFF_GROUP, key)
        audit.note(tx, audit.Entry(now, by.handle, "staff group", ""))
        tx.touched.add("staff")

    def group_moved(self, tx: Tx, old_key: str, new_key: str) -> None:
        """The staff group became a supergroup."""
        if self.staff_group(tx) == old_key:
            settings.put(tx, settings.STAFF_GROUP, new_key)
            tx.touched.add("staff")

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

    # A participant's own choices

    def change(self, tx: Tx, person: Participant) -> None:
        """Keep changed settings."""
        store.save_participant(tx, person)

    def rename(self, tx: Tx, person: Participant, name: str) -> None:
        store.rename_participant(tx, person.id, name)

    def consent_again(self, tx: Tx, person: Participant, version: str, now: datetime) -> None:
        """The person accepted a newer text."""
        store.consented(tx, person.id, version, now)

    def pause(self, tx: Tx, person: Participant, until: datetime, now: datetime) -> Participant:
        """No prompts until then; it ends by itself."""
        paused = replace(person, state=ParticipantState.PAUSED, paused_until=until)
        return self._left(tx, paused, now)

    def stop(self, tx: Tx, person: Participant, now: datetime) -> Participant:
        """No prompts any more, until they come back; what was on its way is withdrawn."""
        stopped = replace(person, state=ParticipantState.STOPPED, paused_until=None)
        return self._left(tx, stopped, now)

    def come_back(self, tx: Tx, person: Participant) -> Participant:
        active = replace(person, state=ParticipantState.ACTIVE, paused_until=None)
        store.save_participant(tx, active)
        return active

    def when_somebody_leaves(self, call: Callable[[Tx, Participant, datetime], None]) -> None:
        """`call` inside the transaction in which a participant pauses or stops."""
        self._on_stop.append(call)

    # What the program leans on

    def heard_from(self, tx: Tx, key: str) -> None:
        """A chat that writes can be reached."""
        outbox.reached_again(tx, key)

    def content_runs(self, tx: Tx, revision: str, now: datetime) -> None:
        """Remember since when this content runs."""
        if settings.get(tx, settings.CONTENT).partition(" ")[0] != revision:
            settings.put(tx, settings.CONTENT, f"{revision} {now.isoformat()}")

    def content_since(self, tx: Tx, revision: str) -> datetime | None:
        known, _, since = settings.get(tx, settings.CONTENT).partition(" ")
        return datetime.fromisoformat(since) if known == revision and since else None

    def jobs(self) -> tuple[()]:
        return ()

    def outcomes(self) -> Mapping[str, OutcomeHandler]:
        return {drafts.FAREWELL: self._said_farewell}

    def keep_while(self, needed: Callable[[Tx, str], bool]) -> None:
        """A chat for which `needed` holds is not forgotten after a refusal: somebody must still reach it."""
        self._needed.append(needed)

    def forget_strangers(self, tx: Tx) -> int:
        """Forget private chats of nobody we know, once nothing said to them is kept any more; gives how many."""
        forgotten = 0
        for key in outbox.silent_private_chats(tx):
            known = (
                store.participant_by(tx, key=key)
                or store.colleague_by(tx, key=key)
                or dialogues.has_any(tx, key)
            )
            if not known and not any(needed(tx, key) for needed in self._needed):
                outbox.forget_chat(tx, key)
                forgotten += 1
        return forgotten

    def _said_farewell(self, tx: Tx, ending: Ending) -> None:
        if not any(needed(tx, ending.chat_key) for needed in self._needed):
            drafts.forget(tx, ending)

    def _own_invite(self, tx: Tx, invite_id: int, by: Colleague) -> Invite:
        found = invites.by_id(tx, invite_id)
        if found is None:
            raise invites.InviteUnusable()
        if found.created_by != by.id:
            raise NotAllowed("only the inviter says who it is")
        return found

    def _left(self, tx: Tx, person: Participant, now: datetime) -> Participant:
        store.save_participant(tx, person)
        outbox.withdraw_prompts(tx, person.key, now)
        for call in self._on_stop:
            call(tx, person, now)
        return person

    def _add_or_return(
        self, tx: Tx, found: Invite, name: str, language: str, by: Colleague, now: datetime
    ) -> Colleague:
        """Somebody new, or a former colleague who comes back under the handle of the invite."""
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

    def _free_handle(self, tx: Tx, wanted: str) -> str:
        handle, number = wanted, 2
        while store.colleague_by(tx, handle=handle) is not None:
            handle, number = f"{wanted}-{number}", number + 1
        return handle
