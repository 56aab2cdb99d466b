"""One person's turn in their check-in: what they tapped or typed, the answer kept, the next screen shown.

A tap that fits nothing (answered already, another day's, closed) changes nothing and shows how things stand.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.checkins import records, screens, store
from bot.checkins.desk import Desk, card, hours_of
from bot.checkins.ledger import (
    LIVE,
    Checkin,
    Delivery,
    Later,
    State,
    answered,
    later_choices,
    put_off,
    question_after,
    question_shown,
)
from bot.checkins.model import SKIPPED, Answer, CheckinDefinition, Kind, previous_question, read_typed
from bot.checkins.screens import Asked
from bot.delivery import outbox
from bot.delivery.model import Kind as MessageKind
from bot.delivery.model import Message
from bot.errors import NotFound
from bot.people.model import Participant
from bot.richtext import Rich
from bot.storage.database import Tx

Offer = Callable[[Sequence[str], str], Message | None]
"""What may be shown under the thanks, asked for when a check-in is finished; given are the modules that fit, and the
one to rest with for whoever is worn out."""

JUST_NOW = timedelta(hours=1)  # a late tap on the thanks does not take the offer away


class Turn:
    """Every method gives the toast to show: a phrase key under `checkin.toast`, or nothing."""

    def __init__(
        self, desk: Desk, tx: Tx, person: Participant, now: datetime, offer: Offer, *, pressed: int = 0
    ) -> None:
        self._desk = desk
        self._tx = tx
        self._person = person
        self._now = now
        self._offer = offer
        self._reader = desk.reader(person)
        self._pressed = pressed  # the message whose button was tapped
        self._below = False  # answers to typed words come under them

    # Taps

    def answer(self, checkin_id: int, question_id: str, place: int) -> str:
        """A button with an answer on it."""
        asked = self._asked(checkin_id)
        if asked is None or asked.question.id != question_id:
            return self._stale(checkin_id)
        given = screens.value_at(asked.question, place)
        if given is None or not asked.question.accepts(given):
            return self._stale(checkin_id)
        self._keep(asked, given)
        return ""

    def tick(self, checkin_id: int, question_id: str, place: int) -> str:
        """One of several: on or off."""
        asked = self._asked(checkin_id)
        if asked is None or asked.question.id != question_id or asked.question.kind is not Kind.CHOICES:
            return self._stale(checkin_id)
        option = screens.value_at(asked.question, place)
        if option is None:
            return self._stale(checkin_id)
        picked = set(asked.row.picked) ^ {str(option)}
        self._ask(replace(asked.row, picked=tuple(sorted(picked))))
        return ""

    def ticked(self, checkin_id: int, question_id: str) -> str:
        """Done with ticking."""
        asked = self._asked(checkin_id)
        if asked is None or asked.question.id != question_id:
            return self._stale(checkin_id)
        if not asked.row.picked:
            return "pick"
        if not asked.question.accepts(asked.row.picked):
            return self._stale(checkin_id)
        self._keep(asked, asked.row.picked)
        return ""

    def skip(self, checkin_id: int, question_id: str) -> str:
        """Past this question; what was answered to it before stays."""
        asked = self._asked(checkin_id)
        if asked is None or asked.question.id != question_id:
            return self._stale(checkin_id)
        if question_id in asked.answers:
            self._go_past(asked, asked.row)
        elif asked.question.skippable:
            self._keep(asked, SKIPPED)
        else:
            return self._stale(checkin_id)
        return ""

    def back(self, checkin_id: int, question_id: str) -> str:
        """To the question before."""
        asked = self._asked(checkin_id)
        if asked is None or asked.question.id != question_id:
            return self._stale(checkin_id)
        before = previous_question(asked.definition, asked.answers, question_id)
        if before is not None:
            self._ask(self._at(asked.row, before.id, asked.answers.get(before.id)))
        return ""

    def not_now(self, checkin_id: int) -> str:
        """What can be chosen instead."""
        asked = self._asked(checkin_id)
        if asked is None or asked.row.begun_at is not None:
            return self._stale(checkin_id)
        choices = later_choices(self._now, hours_of(self._person))
        self._show(asked.row, screens.when_instead(self._reader, asked.row, choices, self._now))
        return ""

    def later(self, checkin_id: int, choice: str) -> str:
        """Asked again in an hour or tonight."""
        row = self._mine(checkin_id)
        if row.state is not State.OPEN or row.begun_at is not None:
            return self._stale(checkin_id)
        choices = later_choices(self._now, hours_of(self._person))
        if choice not in choices:
            self._show(row, screens.when_instead(self._reader, row, choices, self._now))
            return "too-late"
        waiting = put_off(row, choices[Later(choice)])
        store.save(self._tx, waiting)
        self._show(waiting, screens.put_off(self._reader, waiting, self._now))
        return ""

    def go_on(self, checkin_id: int) -> str:
        """Back to the question: after Not now, before the time chosen, or after it was set aside."""
        row = self._mine(checkin_id)
        if not row.is_live:
            return self._stale(checkin_id)
        self._resume(row)
        return ""

    # Words

    def typed(self, text: str, *, urgent: bool, heard: Callable[[], bool]) -> bool:
        """Take a typed text as an answer; false when no question is on the screen.

        `urgent`: somebody is told of this text at once. `heard` is asked of a text that is no answer: whether
        somebody is told of it all the same, so that the question is not repeated below.
        """
        row = next((row for row in store.live(self._tx, self._person.id) if row.is_asked), None)
        asked = self._desk.asked(self._tx, self._person, row) if row else None
        if row is None or asked is None or not _may_answer(row):
            return False
        self._below = True
        given = read_typed(asked.question, text, self._person.language)
        if given is not None and asked.question.accepts(given):
            self._keep(asked, given, set_aside=urgent)
        elif urgent:
            self._set_aside(answered(row, self._now, asked.definition))
        elif not heard():
            self._ask(row, above=screens.hint(self._reader, asked.question))
        return True

    # /checkin

    def resume(self, row: Checkin) -> None:
        """Show it at the bottom of the chat, where it stands."""
        self._below = True
        self._resume(row)

    def _resume(self, row: Checkin) -> None:
        self._ask(replace(row, state=State.OPEN, set_aside=False, later_at=None))

    # Inside

    def _mine(self, checkin_id: int) -> Checkin:
        """Raises `NotFound` for somebody else's."""
        row = store.by_id(self._tx, checkin_id)
        if row is None or row.participant_id != self._person.id:
            raise NotFound("check-in")
        if self._pressed:
            self._place(row)
        return row

    def _place(self, row: Checkin) -> None:
        """Where the card is: an older copy is taken away, and a message of unknown fate has arrived after all."""
        shown_in = outbox.card_message_id(self._tx, card(row))
        if shown_in is None:
            outbox.adopt_card(self._tx, card(row), self._person.key, self._pressed)
        elif shown_in != self._pressed:
            outbox.delete_message(self._tx, self._person.key, self._pressed, due=self._now, now=self._now)
        self._pressed = 0  # once a turn

    def _asked(self, checkin_id: int) -> Asked | None:
        """What is on the screen of this check-in; None when no question is."""
        row = self._mine(checkin_id)
        if not row.is_live:
            return None
        # A tap on an older screen while it was put off or set aside: the person is here, so it goes on.
        here = replace(row, state=State.OPEN, set_aside=False)
        return self._desk.asked(self._tx, self._person, here)

    def _keep(self, asked: Asked, given: Answer, *, set_aside: bool = False) -> None:
        records.keep_answer(self._tx, asked.row, asked.question, given, self._now)
        store.heard_of(self._tx, self._person.id)
        row = answered(asked.row, self._now, asked.definition)
        told = self._desk.raise_concerns(
            self._tx, self._person, row, asked.definition, self._now, only_urgent=True
        )
        urgent = set_aside or self._desk.needs_staff_at_once(row, told)
        answers = records.answers_of(self._tx, row.id)
        self._go_past(replace(asked, answers=answers), told, set_aside=urgent)

    def _go_past(self, asked: Asked, row: Checkin, *, set_aside: bool = False) -> None:
        """To the next question, or to the end."""
        following = question_after(asked.definition, asked.answers, asked.question.id)
        if following is None:  # a question may have been jumped over by a changed answer
            following = question_shown(asked.definition, asked.answers, "")
        if following is None:
            self._finish(asked, row, set_aside=set_aside)
            return
        moved = self._at(row, following.id, asked.answers.get(following.id))
        if set_aside:
            self._set_aside(moved)
        else:
            self._ask(moved)

    def _finish(self, asked: Asked, row: Checkin, *, set_aside: bool) -> None:
        row = self._desk.raise_concerns(self._tx, self._person, row, asked.definition, self._now)
        self._desk.feel_pulse(self._tx, self._person, row, asked.definition, self._now)
        finished = replace(row, state=State.DONE, ended_at=self._now, picked=(), set_aside=False)
        store.save(self._tx, finished)
        if set_aside:
            self._show(finished, screens.aside(self._reader, finished))
        else:
            self._show(finished, self._thanks(finished, asked.definition, offers=True))

    def _thanks(self, row: Checkin, definition: CheckinDefinition, *, offers: bool) -> Message:
        """With what the answers lead to, and what may be offered."""
        worn_out = self._desk.is_worn_out(self._tx, row, definition)
        note = ""
        if worn_out is not None and (worn_out or self._person.is_eased(self._now)):
            note = "eased" if worn_out else "eased-over"
        seen = self._desk.own_week_at_end(self._tx, self._person, row, definition)
        if not offers:
            return screens.done(self._reader, definition, note=note, week=seen)
        fitting = self._desk.fitting(self._tx, self._person, row, definition)
        below = self._offer(fitting, self._desk.rest(row) if worn_out else "")
        return screens.done(self._reader, definition, below, note, seen)

    def _set_aside(self, row: Checkin) -> None:
        aside = replace(row, set_aside=True)
        store.save(self._tx, aside)
        self._show(aside, screens.aside(self._reader, aside))

    def _ask(self, row: Checkin, *, above: Rich | None = None) -> None:
        """Keep the row and show its question."""
        asked = self._desk.asked(self._tx, self._person, row)
        store.save(self._tx, row)
        if asked is not None:
            self._show(row, screens.question(self._reader, asked, above))

    def _at(self, row: Checkin, question_id: str, before: Answer | None) -> Checkin:
        """Moved to that question, with the ticks it had."""
        return replace(row, position=question_id, picked=before if isinstance(before, tuple) else ())

    def _show(self, row: Checkin, message: Message) -> None:
        if self._below:
            outbox.replace_card(
                self._tx, self._person.key, card(row), message, kind=MessageKind.TALK, now=self._now
            )
        else:
            self._desk.edit(self._tx, self._person, row, message, self._now)

    def _stale(self, checkin_id: int) -> str:
        """Nothing is lost and nothing changes: show how things stand."""
        row = self._mine(checkin_id)
        if row.state not in LIVE:
            return self._stale_after_end(row)
        asked = self._desk.asked(self._tx, self._person, row)
        if row.state is State.LATER:
            self._show(row, screens.put_off(self._reader, row, self._now))
        elif row.set_aside:
            self._show(row, screens.aside(self._reader, row))
        elif asked is not None:
            self._show(row, screens.question(self._reader, asked))
        return "answered"

    def _stale_after_end(self, row: Checkin) -> str:
        if row.state is State.DONE:
            definition = self._desk.definition(self._tx, self._person, row)
            just_now = row.ended_at is not None and self._now - row.ended_at < JUST_NOW
            self._show(row, self._thanks(row, definition, offers=just_now))
        else:
            self._show(row, self._desk.closed(self._tx, self._person, row, self._now))
        return "closed"


def _may_answer(row: Checkin) -> bool:
    """The question has reached the person, or may have: nobody answers what they have not seen."""
    return row.delivery in (Delivery.SENT, Delivery.UNKNOWN)
