"""People: who somebody is, joining and inviting, pausing and stopping, and the staff group."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.delivery import outbox
from bot.delivery.model import Ending
from bot.delivery.outcomes import OutcomeHandler
from bot.people import audit, dialogues, drafts, settings, store
from bot.people.doorway import InviteHours
from bot.people.model import Colleague, Participant, ParticipantState, Right
from bot.people.team import Team
from bot.storage.database import Tx


class People(Team):
    """Everything about who people are. Methods take the open transaction and the instant now."""

    def __init__(self, *, hours: InviteHours, configured_group: int | None) -> None:
        super().__init__(hours)
        self._configured_group = configured_group
        self._on_stop: list[Callable[[Tx, Participant, datetime], None]] = []
        self._needed: list[Callable[[Tx, str], bool]] = []

    # The staff group

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

    # A participant's own choices

    def change(self, tx: Tx, person: Participant) -> None:
        """Keep changed settings."""
        store.save_participant(tx, person)

    def starts_from(
        self, tx: Tx, person: Participant, start: str, by: Colleague, now: datetime
    ) -> Participant:
        """Where they come from, as the content names it; audited. Raises `NotAllowed`."""
        self.require(by, Right.ASSIGN)
        changed = replace(person, start=start)
        store.save_participant(tx, changed)
        audit.note(tx, audit.Entry(now, by.handle, "noted the start", person.code))
        return changed

    def rename(self, tx: Tx, person: Participant, name: str) -> None:
        store.rename_participant(tx, person.id, name)

    def ease(self, tx: Tx, person: Participant, at: datetime | None) -> None:
        """Send less from then on, for `EASED_FOR`; None: as much as the person chose."""
        store.ease(tx, person.id, at)

    def eased_since(self, tx: Tx, since: datetime) -> list[str]:
        """The codes of those to whom less is sent since then or later."""
        return store.eased_since(tx, since)

    def consent_again(self, tx: Tx, person: Participant, version: str, now: datetime) -> None:
        """The person accepted a newer text."""
        store.consented(tx, person.id, version, now)

    def pause(self, tx: Tx, person: Participant, until: datetime, now: datetime) -> Participant:
        """No prompts until then; it ends by itself."""
        paused = replace(person, state=ParticipantState.PAUSED, paused_until=until)
        return self._left(tx, paused, now)

    def stop(self, tx: Tx, person: Participant, now: datetime) -> Participant:
        """No prompts any more, until they come back; what was on its way is withdrawn."""
        if person.state is ParticipantState.STOPPED:
            return person  # staff have been told
        stopped = replace(person, state=ParticipantState.STOPPED, paused_until=None)
        store.left(tx, person.id, now)
        return self._left(tx, stopped, now)

    def discharge(
        self, tx: Tx, person: Participant, reason: str, by: Colleague, now: datetime
    ) -> Participant:
        """Their time in the program is over: stopped, until staff take them back. Raises `NotAllowed`."""
        self.require(by, Right.DISCHARGE)
        store.discharge_participant(tx, person.id, reason, now)
        audit.note(tx, audit.Entry(now, by.handle, "discharged", person.code))
        ended = replace(person, discharged_at=now)
        return replace(self.stop(tx, ended, now), discharged_at=now)

    def take_back_in(self, tx: Tx, person: Participant, by: Colleague, now: datetime) -> Participant:
        """A discharge is undone; they are active again. Raises `NotAllowed`."""
        self.require(by, Right.DISCHARGE)
        store.discharge_participant(tx, person.id, "", None)
        audit.note(tx, audit.Entry(now, by.handle, "taken back in", person.code))
        return self.come_back(tx, replace(person, discharged_at=None))

    def end_pause(self, tx: Tx, participant_id: int, now: datetime) -> Participant | None:
        """A pause that is over ends in the record, too; None when there is none, or somebody was first."""
        return self.participant(tx, participant_id) if store.end_pause(tx, participant_id, now) else None

    def put_off_end(self, tx: Tx, participant_id: int, until: datetime) -> None:
        """A pause that could not be ended is tried again then."""
        store.end_pause_at(tx, participant_id, until)

    def come_back(self, tx: Tx, person: Participant) -> Participant:
        active = replace(person, state=ParticipantState.ACTIVE, paused_until=None)
        store.save_participant(tx, active)
        store.left(tx, person.id, None)
        return active

    def when_somebody_leaves(self, call: Callable[[Tx, Participant, datetime], None]) -> None:
        """`call` inside the transaction in which a participant pauses or stops."""
        self._on_stop.append(call)

    # What the program leans on

    def heard_from(self, tx: Tx, key: str) -> None:
        """A chat that writes can be reached."""
        outbox.reached_again(tx, key)

    def content_runs(self, tx: Tx, revision: str, now: datetime) -> bool:
        """Remember since when this content runs; false when it was running already."""
        if settings.get(tx, settings.CONTENT).partition(" ")[0] == revision:
            return False
        settings.put(tx, settings.CONTENT, f"{revision} {now.isoformat()}")
        return True

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

    def _left(self, tx: Tx, person: Participant, now: datetime) -> Participant:
        store.save_participant(tx, person)
        outbox.withdraw_prompts(tx, person.key, now)
        for call in self._on_stop:
            call(tx, person, now)
        return person
