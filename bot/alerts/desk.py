"""The desk that alerts are handled at: who can be told, in which chat, in which language, and all cards redrawn.

What the ladder, the raising and the handling of alerts have in common. Pure texts are in `cards` and `screens`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.alerts import cards, screens, store
from bot.alerts.model import Alert, Colleague, Notice, NoticeState, Patience, Step
from bot.alerts.rota import Rota
from bot.config import Config
from bot.crisis import CrisisCard
from bot.delivery import outbox
from bot.delivery.buttons import button
from bot.delivery.model import Ending, Kind, Message, State
from bot.errors import NotFound
from bot.people.model import Colleague as Person
from bot.people.model import Participant, Right, Role, shown
from bot.people.service import People
from bot.phrases import Phrases
from bot.storage.database import Tx

GROUP = 0
"""The recipient that stands for the staff group."""

COLLEAGUE_TOPIC = "alert-news"
PERSON_TOPIC = "alert-person"


class Texts(Protocol):
    """What alerts need of today's content."""

    @property
    def phrases(self) -> Phrases: ...

    @property
    def crisis(self) -> CrisisCard: ...


class Desk:
    """Shared by the parts of `Alerts`; keeps nothing itself."""

    def __init__(
        self,
        config: Config,
        people: People,
        rota: Rota,
        patience: Patience,
        content: Callable[[], Texts],
    ) -> None:
        self.people = people
        self._planned = rota
        self.patience = patience
        self.ladder = tuple(Step(step) for step in config.alerts.ladder)
        self.fallback = config.staff.fallback
        self.program = config.program.name
        self.zone = config.program.timezone
        self.language = config.program.language
        self._content = content

    @property
    def phrases(self) -> Phrases:
        return self._content().phrases

    @property
    def crisis(self) -> CrisisCard:
        return self._content().crisis

    def rota(self, tx: Tx) -> Rota:
        """The shifts of those who are on the staff and may take alerts."""
        return self._planned.only([colleague.handle for colleague in self.staff(tx)])

    def absent(self, tx: Tx) -> tuple[str, ...]:
        """The handles of shifts and of the fallback that nobody on the staff has who may take alerts."""
        known = {colleague.handle.casefold() for colleague in self.staff(tx)}
        named = dict.fromkeys([*self._planned.handles, *self.fallback])
        return tuple(handle for handle in named if handle.casefold() not in known)

    def staff(self, tx: Tx) -> list[Colleague]:
        """Everybody who may take alerts and can be written to."""
        able = self.people.with_right(tx, Right.HANDLE_ALERTS)
        return [
            Colleague(person.id, person.handle, Role.ADMINISTRATOR in person.roles)
            for person in able
            if outbox.is_reachable(tx, person.key)
        ]

    def group(self, tx: Tx) -> str | None:
        """The staff group, when there is one that can be written to."""
        key = self.people.staff_group(tx)
        return key if key is not None and outbox.is_reachable(tx, key) else None

    def handle(self, tx: Tx, colleague_id: int | None) -> str:
        """The handle as it is shown; empty for nobody."""
        person = self.people.colleague(tx, colleague_id) if colleague_id else None
        return shown(person.handle) if person else ""

    def participant_of(self, tx: Tx, alert: Alert) -> Participant | None:
        if alert.participant_id is None:
            return None
        try:
            return self.people.participant(tx, alert.participant_id)
        except NotFound:
            return None

    def face(self, tx: Tx, alert: Alert) -> cards.Face:
        """What a card shows of the alert now."""
        participant = self.participant_of(tx, alert)
        return cards.Face(
            alert=alert,
            code=participant.code if participant else "",
            person=participant.state if participant else None,
            told=self.told(tx, alert),
            holder=self.handle(tx, alert.claimed_by),
            given_to=self.handle(tx, alert.handed_to),
            dropped_by=self.handle(tx, alert.dropped_by),
            closed_by=self.handle(tx, alert.closed_by),
            zone=self.zone,
        )

    def telling(self, tx: Tx, alert: Alert) -> tuple[str, ...]:
        """The handles of the colleagues whom the present round tells in private."""
        round_ = [found for found in store.notices(tx, alert.id) if found.round == alert.round]
        return tuple(self.handle(tx, found.recipient) for found in round_ if _counts(found))

    def told(self, tx: Tx, alert: Alert) -> tuple[str, ...]:
        """The handles of everybody whom the present ladder has told in private, in order."""
        since = [found for found in store.notices(tx, alert.id) if found.round >= alert.began]
        return tuple(dict.fromkeys(self.handle(tx, found.recipient) for found in since if _counts(found)))

    def redraw(self, tx: Tx, alert: Alert, now: datetime) -> None:
        """Every live card of the alert, and the person's own, show how it stands now."""
        self.redraw_staff(tx, alert, now)
        self.redraw_person(tx, alert, now)

    def redraw_staff(self, tx: Tx, alert: Alert, now: datetime) -> None:
        """Every live card in the group and in private chats."""
        face = self.face(tx, alert)
        for found in store.notices(tx, alert.id):
            if found.live:
                message = cards.card(face, self.phrases, self.language_of(tx, found))
                outbox.edit(tx, self.place_of(tx, found), found.card, message, kind=Kind.ALERT, now=now)

    def redraw_person(self, tx: Tx, alert: Alert, now: datetime) -> None:
        """The line on the person's card that says who has been told or has taken it."""
        if alert.person_card is not None:
            message = self.crisis_card(tx, alert, now)
            outbox.edit(tx, alert.key, alert.person_card, message, kind=Kind.CRISIS, now=now)

    def crisis_card(self, tx: Tx, alert: Alert, now: datetime) -> Message:
        """The country's card with the human status under it."""
        status = screens.status(self.standing(tx, alert, now), self.phrases, alert.language)
        card = alert.person_card or ""
        return screens.crisis(self.crisis, self.phrases, alert.language, card, status=status)

    def own_up(self, tx: Tx, alert: Alert, now: datetime) -> None:
        """Nobody could be told: whoever was promised that staff would see it gets the numbers and the truth.

        From then on that card says how it stands, as it does from the start for an urgent alert.
        """
        if alert.person_card is None and alert.key and not self.reached_or_trying(tx, alert):
            name = f"crisis:{alert.id}"
            shown_on = store.change(tx, alert, person_card=name, person_at=now) or alert
            message = self.crisis_card(tx, shown_on, now)
            outbox.send(
                tx,
                alert.key,
                message,
                kind=Kind.CRISIS,
                now=now,
                card=name,
                topic=PERSON_TOPIC,
                subject=alert.key,
            )

    def standing(self, tx: Tx, alert: Alert, now: datetime) -> screens.Standing:
        """How the alert stands, for the person who waits."""
        participant = self.participant_of(tx, alert)
        sent_to = self.handle(tx, alert.told_to)
        rota = self.rota(tx)
        return screens.Standing(
            state=alert.state,
            outcome=alert.outcome,
            telling=self.telling(tx, alert),
            is_hopeless=not self.reached_or_trying(tx, alert),
            told_to=sent_to,
            told_at=alert.told_at,
            holder=self.handle(tx, alert.claimed_by) or self.handle(tx, alert.closed_by),
            is_staffed=rota.is_staffed(now),
            staffed_from=rota.staffed_from(now),
            zone=participant.zone if participant else self.zone,
            now=now,
        )

    def tell_colleagues(self, tx: Tx, alert: Alert, ids: Iterable[int], news: str, now: datetime) -> None:
        """A short message to these colleagues: an edited card makes no sound. `news` is "more", "after" or "answer".

        When none of them can be written to, the whole staff is told instead.
        """
        people = [who for id in dict.fromkeys(ids) if (who := self.people.colleague(tx, id))]
        near = [who for who in people if outbox.is_reachable(tx, who.key)]
        for who in near:
            message = self._news(tx, alert, f"alerts.news.{news}", who.language)
            subject = f"{alert.id}:{who.id}:{news}"
            outbox.send(
                tx, who.key, message, kind=Kind.ALERT, now=now, topic=COLLEAGUE_TOPIC, subject=subject
            )
        if people and not near:
            self._tell_instead(tx, alert, people[0], news, now)

    def news_ended(self, tx: Tx, ending: Ending) -> None:
        """Such a message that could not be delivered goes to the whole staff."""
        if ending.state is State.SENT:
            return
        alert_id, colleague_id, news = ending.subject.split(":")
        alert, who = store.alert_by(tx, id=int(alert_id)), self.people.colleague(tx, int(colleague_id))
        if alert is not None and who is not None:
            self._tell_instead(tx, alert, who, news, ending.at)

    def _tell_instead(self, tx: Tx, alert: Alert, of: Person, news: str, now: datetime) -> None:
        """To the group, or without one to everybody in private."""
        group = self.group(tx)
        able = [] if group else self.people.with_right(tx, Right.HANDLE_ALERTS)
        places = [(group, self.language)] if group else [(who.key, who.language) for who in able]
        for key, lang in places:
            message = self._news(tx, alert, f"alerts.news.{news}-instead", lang, handle=shown(of.handle))
            outbox.send(tx, key, message, kind=Kind.ALERT, now=now)

    def _news(self, tx: Tx, alert: Alert, phrase: str, lang: str, **values: str) -> Message:
        phrases, participant = self.phrases, self.participant_of(tx, alert)
        who = participant.code if participant else phrases.plain("alerts.visitor", lang)
        reveal = button(phrases.plain("alerts.button.reveal", lang), "alert-reveal", alert.id)
        return Message(phrases.text(phrase, lang, number=alert.number, who=who, **values), ((reveal,),))

    def reached_or_trying(self, tx: Tx, alert: Alert) -> bool:
        """Whether any notice of the present ladder has arrived or is on its way."""
        return any(
            found.round >= alert.began and found.state is not NoticeState.FAILED
            for found in store.notices(tx, alert.id)
        )

    def place_of(self, tx: Tx, found: Notice) -> str:
        """The chat of a card: the staff group may have another key since it became a supergroup."""
        return (self.people.staff_group(tx) or found.key) if found.recipient == GROUP else found.key

    def language_of(self, tx: Tx, found: Notice) -> str:
        person = self.people.colleague(tx, found.recipient) if found.recipient != GROUP else None
        return person.language if person else self.language

    def colleagues_to_hand_to(self, tx: Tx, by: Person) -> Sequence[Person]:
        """Everybody else who may take alerts."""
        return [person for person in self.people.with_right(tx, Right.HANDLE_ALERTS) if person.id != by.id]


def _counts(found: Notice) -> bool:
    return found.recipient != GROUP and found.state is not NoticeState.FAILED


__all__ = ["COLLEAGUE_TOPIC", "GROUP", "PERSON_TOPIC", "Desk", "Texts"]
