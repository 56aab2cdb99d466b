"""What staff do with alerts: /alerts, claim, hand over, note, resolve, wrong alarm, reveal, who, reply, drills.

Every action is a button and a command, in the staff group and in private; in any other group none of them does
anything. Words and names are answered in the asker's private chat only.
"""

import re
from collections.abc import Callable

from bot.alerts import cards
from bot.alerts.handling import LONGEST_REPLY, ReplyTooLong
from bot.alerts.model import (
    Alert,
    AlertGone,
    AlertState,
    AlreadyClosed,
    AlreadyTaken,
    DrillRunning,
    OnlyADrill,
    Outcome,
)
from bot.delivery.buttons import button
from bot.errors import Conflict, NotFound
from bot.people import dialogues
from bot.people.model import Colleague, Right, shown
from bot.richtext import Rich
from handlers.chat import Chat
from handlers.routing import Handler, Routes

VANISH_SECONDS = 600
NUMBER = re.compile(r"#?(\d{1,9})(?:\s+(.*))?", re.DOTALL)

LIKE_A_NUMBER = re.compile(r"[#+-]?\s*\d")
WITH_WORDS = ("handover", "note", "resolve", "reply")
"""Commands after which words may stand without a number, when only one alert is open."""

Action = Callable[[Chat, Colleague, Alert, str], None]


def register(routes: Routes) -> None:
    for name, (right, action) in ACTIONS.items():
        routes.command(name, _here(_command(name, right, action)), right=right, in_group=True)
        routes.tap(f"alert-{name}", _here(_tapped(right, action)), right=right, in_group=True)
    routes.command("alerts", _here(show_open), right=Right.HANDLE_ALERTS, in_group=True)
    routes.command("test_alert", _here(drill), right=Right.DRILL, in_group=True)
    routes.tap(
        "alert-show", _here(_tapped(Right.HANDLE_ALERTS, show)), right=Right.HANDLE_ALERTS, in_group=True
    )
    routes.tap(
        "alert-back", _here(_tapped(Right.HANDLE_ALERTS, back)), right=Right.HANDLE_ALERTS, in_group=True
    )
    routes.tap("alert-cancel", cancel, right=Right.HANDLE_ALERTS)
    routes.answer("alert-note", note_typed)
    routes.answer("alert-reply", reply_typed)


def show_open(chat: Chat) -> None:
    """/alerts"""
    by = chat.colleague(Right.HANDLE_ALERTS)
    message = chat.services.alerts.desk.listing(chat.tx, by, chat.language)
    chat.say(message.text, message.buttons)


def drill(chat: Chat) -> None:
    """/test_alert"""
    by = chat.colleague(Right.DRILL)
    try:
        alert = chat.services.alerts.desk.drill(chat.tx, by, chat.now)
    except DrillRunning:
        chat.say(chat.t("alerts.drill-running"))
        return
    chat.say(chat.t("alerts.drill-started", number=alert.number))


def show(chat: Chat, by: Colleague, alert: Alert, _rest: str) -> None:
    """The card once more, at the end of this chat."""
    desk = chat.services.alerts.desk
    desk.show(chat.tx, alert, by, key=chat.key, in_group=not chat.is_private, now=chat.now)


def back(chat: Chat, by: Colleague, alert: Alert, _rest: str) -> None:
    """The card as it was before a choice was offered on it."""
    if not chat.services.alerts.desk.back(chat.tx, alert, by, in_group=not chat.is_private, now=chat.now):
        show(chat, by, alert, "")


def claim(chat: Chat, by: Colleague, alert: Alert, _rest: str) -> None:
    """I have this."""
    chat.services.alerts.desk.claim(chat.tx, alert, by, chat.now)
    _answer(chat, "alerts.done.claim", handle=shown(by.handle), number=alert.number)


def hand_over(chat: Chat, by: Colleague, alert: Alert, rest: str) -> None:
    """To a colleague by their button or handle; without one they are offered."""
    _must_be_open(alert)
    others = chat.services.alerts.desk.colleagues_to_hand_to(chat.tx, by)
    if not others:
        _answer(chat, "alerts.nobody-else")
        return
    if not rest:
        _offer_colleagues(chat, by, alert)
        return
    to = _colleague_named(chat, rest, [*others, by])
    if to is None:
        known = ", ".join(shown(person.handle) for person in others)
        _answer(chat, "alerts.unknown-colleague", handle=rest[:32], known=known)
    elif to.id == by.id:
        _answer(chat, "alerts.to-yourself")
    elif not chat.services.alerts.desk.can_write_to(chat.tx, to):
        _answer(chat, "alerts.colleague-unreachable", to=shown(to.handle))
    else:
        chat.services.alerts.desk.hand_over(chat.tx, alert, to, by, chat.now)
        _answer(chat, "alerts.done.handover", number=alert.number, to=shown(to.handle))


def resolve(chat: Chat, by: Colleague, alert: Alert, rest: str) -> None:
    """With an outcome; without one the outcomes are offered."""
    _must_be_open(alert)
    outcome = _outcome(rest)
    if outcome is None:
        _offer_outcomes(chat, by, alert)
        return
    chat.services.alerts.desk.resolve(chat.tx, alert, outcome, by, chat.now)
    _answer(chat, "alerts.done.resolve", number=alert.number, outcome=_said(chat, outcome))


def wrong(chat: Chat, by: Colleague, alert: Alert, _rest: str) -> None:
    """Wrong alarm: closed and counted."""
    chat.services.alerts.desk.resolve(chat.tx, alert, Outcome.WRONG_ALARM, by, chat.now)
    if alert.is_drill:  # a drill is not counted
        _answer(chat, "alerts.done.resolve", number=alert.number, outcome=_said(chat, Outcome.WRONG_ALARM))
        return
    _answer(chat, "alerts.done.wrong", number=alert.number)


def note(chat: Chat, by: Colleague, alert: Alert, rest: str) -> None:
    """Notes are typed in private only."""
    if alert.is_drill:
        raise OnlyADrill(alert.number)
    if rest and chat.is_private and chat.tap is None:
        chat.services.alerts.desk.note(chat.tx, alert, rest, by, chat.now)
        chat.say(chat.t("alerts.done.note", number=alert.number))
        return
    _ask_in_private(chat, by, alert, "alert-note", "alerts.write-note", number=alert.number)


def reply(chat: Chat, by: Colleague, alert: Alert, rest: str) -> None:
    """Messages to the person are typed in private only."""
    who = chat.services.alerts.desk.may_reply(chat.tx, alert, by)
    if rest and chat.is_private and chat.tap is None:
        _send_reply(chat, by, alert, rest)
        return
    values: dict[str, str | int] = {"number": alert.number, "who": who, "handle": shown(by.handle)}
    _ask_in_private(chat, by, alert, "alert-reply", "alerts.write-reply", **values)


def reveal(chat: Chat, by: Colleague, alert: Alert, _rest: str) -> None:
    """The words behind an alert."""
    _privately(chat, by, lambda: chat.services.alerts.desk.reveal(chat.tx, alert, by, chat.now))


def who(chat: Chat, by: Colleague, alert: Alert, _rest: str) -> None:
    """The person behind an alert."""
    _privately(chat, by, lambda: chat.services.alerts.desk.who(chat.tx, alert, by, chat.now))


def note_typed(chat: Chat) -> None:
    """The text that was asked for by Note."""
    by, alert = chat.colleague(Right.HANDLE_ALERTS), _asked_about(chat)
    dialogues.end(chat.tx, chat.user_key)
    chat.services.alerts.desk.note(chat.tx, alert, chat.text, by, chat.now)
    chat.say(chat.t("alerts.done.note", number=alert.number))


def reply_typed(chat: Chat) -> None:
    """The text that was asked for by Reply."""
    by, alert = chat.colleague(Right.SEE_PEOPLE), _asked_about(chat)
    if _send_reply(chat, by, alert, chat.text):
        dialogues.end(chat.tx, chat.user_key)


def cancel(chat: Chat) -> None:
    """Nothing is to be typed after all."""
    dialogues.end(chat.tx, chat.user_key)
    chat.say(chat.t("alerts.cancelled"))


ACTIONS: dict[str, tuple[Right, Action]] = {
    "claim": (Right.HANDLE_ALERTS, claim),
    "handover": (Right.HANDLE_ALERTS, hand_over),
    "note": (Right.HANDLE_ALERTS, note),
    "resolve": (Right.HANDLE_ALERTS, resolve),
    "wrong": (Right.HANDLE_ALERTS, wrong),
    "reveal": (Right.SEE_PEOPLE, reveal),
    "who": (Right.SEE_PEOPLE, who),
    "reply": (Right.SEE_PEOPLE, reply),
}


# Which alert is meant


def _here(handler: Handler) -> Handler:
    """In the staff group and in private only."""

    def guarded(chat: Chat) -> None:
        if chat.is_private or chat.is_staff_group:
            handler(chat)
        elif chat.tap is not None:  # an old card in a group that was the staff group once
            chat.toast(chat.label("alerts.elsewhere"), box=True)

    return guarded


def _tapped(right: Right, action: Action) -> Handler:
    def handler(chat: Chat) -> None:
        by = chat.colleague(right)
        alert = chat.services.alerts.desk.alert(chat.tx, id=chat.pressed.number(0))
        rest = chat.pressed.word(1) if len(chat.pressed.words) > 1 else ""
        _try(chat, by, alert, rest, action)

    return handler


def _command(name: str, right: Right, action: Action) -> Handler:
    def handler(chat: Chat) -> None:
        by = chat.colleague(right)
        given = NUMBER.fullmatch(chat.words)
        if name == "who" and chat.words and not given:
            _who_by_code(chat, by)
            return
        if not given and chat.words and (name not in WITH_WORDS or LIKE_A_NUMBER.match(chat.words)):
            show_open(chat)  # a number that cannot be read is never taken for another alert's
            return
        alert = _numbered(chat, given) if given else _only_one(chat, name)
        if alert is not None:
            rest = (given[2] or "") if given else chat.words
            _try(chat, by, alert, rest.strip(), action)

    return handler


def _numbered(chat: Chat, given: re.Match[str]) -> Alert | None:
    try:
        return chat.services.alerts.desk.alert(chat.tx, number=int(given[1]))
    except AlertGone:
        chat.say(chat.t("alerts.unknown", number=int(given[1])))
        return None


def _only_one(chat: Chat, name: str) -> Alert | None:
    """The only one there is to take, or to act on; otherwise the list is the answer."""
    found = chat.services.alerts.desk.open_alerts(chat.tx)
    if name == "claim":
        found = [alert for alert in found if alert.state is AlertState.OPEN] or found
    if len(found) == 1:
        return found[0]
    show_open(chat)
    return None


def _try(chat: Chat, by: Colleague, alert: Alert, rest: str, action: Action) -> None:
    """Do it, or say who was first."""
    try:
        action(chat, by, alert, rest)
    except AlreadyTaken as taken:
        _answer(chat, "alerts.taken", handle=taken.handle, number=alert.number)
    except AlreadyClosed:
        outcome = _said(chat, alert.outcome or Outcome.REACHED)
        _answer(chat, "alerts.closed", number=alert.number, outcome=outcome)
    except OnlyADrill:
        _answer(chat, "alerts.drill-empty")
    except Conflict:
        _answer(chat, "alerts.changed", number=alert.number)


def _who_by_code(chat: Chat, by: Colleague) -> None:
    people = chat.services.people
    try:
        participant = people.by_code(chat.tx, chat.words)
    except NotFound:
        chat.say(chat.t("alerts.unknown-code"))
        return
    _privately(chat, by, lambda: chat.services.alerts.desk.who_is(chat.tx, participant, by, chat.now))


def _asked_about(chat: Chat) -> Alert:
    found = dialogues.waiting(chat.tx, chat.user_key, chat.now)
    return chat.services.alerts.desk.alert(chat.tx, id=int(found.state["alert"]) if found else 0)


def _colleague_named(chat: Chat, word: str, among: list[Colleague]) -> Colleague | None:
    """By the id in a button or by the handle that was typed."""
    if chat.tap is not None:
        id = chat.pressed.number(1)
        return next((person for person in among if person.id == id), None)
    handle = word.removeprefix("@").casefold()
    return next((person for person in among if person.handle.casefold() == handle), None)


def _outcome(word: str) -> Outcome | None:
    """ "could not reach" and "could-not-reach" alike."""
    wanted = "-".join(word.casefold().replace("-", " ").split())
    return next((outcome for outcome in Outcome if outcome == wanted), None)


# Answers


def _answer(chat: Chat, phrase: str, **values: str | int) -> None:
    """A toast for a tap, whose card changes by itself; a message for a command."""
    if chat.tap is not None:
        chat.toast(chat.label(phrase, **values))
        return
    chat.say(chat.t(phrase, **values))


def _said(chat: Chat, outcome: Outcome) -> str:
    return chat.label(f"alerts.outcome.{outcome}")


def _must_be_open(alert: Alert) -> None:
    """Before anything is asked about it."""
    if not alert.is_open:
        raise AlreadyClosed(alert.number)


def _offer_outcomes(chat: Chat, by: Colleague, alert: Alert) -> None:
    desk = chat.services.alerts.desk
    in_group = not chat.is_private
    if chat.tap and desk.choose_outcome(chat.tx, alert, by, in_group=in_group, now=chat.now):
        return
    outcomes = ", ".join(way for way in Outcome if way is not Outcome.WRONG_ALARM)
    text = chat.t("alerts.which-outcome", number=alert.number, outcomes=outcomes)
    chat.say(text, cards.outcome_buttons(alert, chat.services.content.phrases, chat.language))


def _offer_colleagues(chat: Chat, by: Colleague, alert: Alert) -> None:
    desk = chat.services.alerts.desk
    in_group = not chat.is_private
    if chat.tap and desk.choose_colleague(chat.tx, alert, by, in_group=in_group, now=chat.now):
        return
    others = desk.colleagues_to_hand_to(chat.tx, by)
    text = chat.t("alerts.which-colleague", number=alert.number)
    chat.say(text, cards.colleague_buttons(alert, others))


def _privately(chat: Chat, by: Colleague, look: Callable[[], Rich]) -> None:
    """What `look` gives goes to the asker's private chat and vanishes; looking is what is audited."""
    if not _can_write_privately(chat, by):
        return
    chat.say_privately(look(), vanish_seconds=VANISH_SECONDS)
    if not chat.is_private:
        _answer(chat, "alerts.done.private")


def _ask_in_private(
    chat: Chat, by: Colleague, alert: Alert, topic: str, phrase: str, **values: str | int
) -> None:
    if not _can_write_privately(chat, by):
        return
    dialogues.ask(chat.tx, chat.user_key, topic, {"alert": alert.id}, now=chat.now)
    phrases = chat.services.content.phrases
    stop = button(phrases.plain("alerts.button.cancel", by.language), "alert-cancel")
    chat.say_privately(phrases.text(phrase, by.language, **values), ((stop,),))
    if not chat.is_private:
        _answer(chat, "alerts.done.ask-private")


def _can_write_privately(chat: Chat, by: Colleague) -> bool:
    if chat.services.alerts.desk.can_write_to(chat.tx, by):
        return True
    _answer(chat, "alerts.open-private")
    return False


def _send_reply(chat: Chat, by: Colleague, alert: Alert, words: str) -> bool:
    """False when they may type it once more."""
    try:
        chat.services.alerts.desk.reply(chat.tx, alert, words, by, chat.now)
    except OnlyADrill:
        chat.say(chat.t("alerts.drill-empty"))
        return True
    except ReplyTooLong:
        chat.say(chat.t("alerts.reply-too-long", longest=LONGEST_REPLY))
        return False
    chat.say(chat.t("alerts.done.reply", number=alert.number))
    return True
