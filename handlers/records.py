"""/export and /delete: all that is kept, to the person, and its erasure. For oneself, or by staff with a code."""

from collections.abc import Callable

from bot.delivery.buttons import StaleTap, button
from bot.delivery.model import Button, Rows
from bot.errors import NotFound
from bot.people.model import Colleague, Participant, Right
from bot.records.service import Erasing
from handlers.chat import Chat
from handlers.joining import decline
from handlers.routing import Routes

VERB = "rc"
GOOD_FOR_MINUTES = 60
"""How long a button that erases may be tapped: a tap on one from last month is a mistake."""

TWINS = {("export", "them"): "export-to", ("export", "here"): "export-here", ("delete", "now"): "erase-for"}
"""What staff may write after a code instead of tapping."""


def register(routes: Routes) -> None:
    """Staff name a participant by code; what a button does is checked anew when it is tapped."""
    routes.command("export", export)
    routes.command("delete", delete)
    routes.tap(VERB, tapped)


def export(chat: Chat) -> None:
    """A page to read and a file for machines."""
    who, records = chat.who, chat.services.records
    if isinstance(who, Colleague):
        _ask_staff(chat, "export")
    elif not isinstance(who, Participant):
        chat.say(chat.t("records.nothing-kept"))
    elif records.was_just_sent(chat.tx, chat.key, chat.now):
        chat.say(chat.t("records.export.just-sent"))
    else:
        records.export(chat.tx, who, chat.now)


def delete(chat: Chat) -> None:
    """Asked once, with what goes and what stays."""
    who = chat.who
    if isinstance(who, Colleague):
        _ask_staff(chat, "delete")
    elif not isinstance(who, Participant):
        if not decline(chat):  # somebody on the way in: what they chose so far is forgotten
            chat.say(chat.t("records.nothing-kept"))
    elif chat.services.records.is_asked(chat.tx, who):
        chat.say(chat.t("records.delete.waits"), ((_keep(chat, who),),))
    else:
        days = chat.services.config.database.backup_days
        program = chat.services.config.program.name
        chat.say(
            chat.t("records.delete.question", program=program, days=days),
            _choice(chat, who),
            card=_card(chat),
        )


def tapped(chat: Chat) -> None:
    """Any button of these two."""
    acts: dict[str, Callable[[Chat], None]] = {
        "erase": _erase,
        "keep": _keep_it,
        **dict.fromkeys(TWINS.values(), _tapped_for),
        "cancel": _cancel,
    }
    act = acts.get(chat.pressed.word(0))
    if act is None:
        raise StaleTap()
    act(chat)


# One's own


def _choice(chat: Chat, person: Participant) -> Rows:
    minute = int(chat.now.timestamp()) // 60
    return (
        (button(chat.label("records.delete.yes"), VERB, "erase", person.id, minute),),
        (button(chat.label("records.delete.no"), VERB, "keep", person.id),),
    )


def _erase(chat: Chat) -> None:
    person = _own(chat)
    _must_be_fresh(chat)
    if chat.services.records.erase(chat.tx, person, chat.now) is Erasing.WAITS:
        chat.edit(_card(chat), chat.t("records.delete.waits"), ((_keep(chat, person),),))


def _keep_it(chat: Chat) -> None:
    person = _own(chat)
    withdrawn = chat.services.records.keep_after_all(chat.tx, person, chat.now)
    chat.edit(_card(chat), chat.t("records.delete.withdrawn" if withdrawn else "records.delete.kept"))


def _own(chat: Chat) -> Participant:
    """The tapper, when the button was made for them."""
    person = chat.participant
    if chat.pressed.number(1) != person.id:
        raise StaleTap()
    return person


def _must_be_fresh(chat: Chat) -> None:
    age = int(chat.now.timestamp()) // 60 - chat.pressed.number(2)
    if not 0 <= age <= GOOD_FOR_MINUTES:
        raise StaleTap()


def _keep(chat: Chat, person: Participant) -> Button:
    return button(chat.label("records.delete.keep"), VERB, "keep", person.id)


# For a person, by staff


def _ask_staff(chat: Chat, what: str) -> None:
    chat.colleague(Right.KEEP_RECORDS)
    if not chat.words:
        chat.say(chat.t(f"records.staff.how-{what}"))
        return
    code, _, last = chat.words.rpartition(" ")
    act = TWINS.get((what, last.casefold()))
    try:
        person = chat.services.people.by_code(chat.tx, code if act else chat.words)
    except NotFound:
        chat.say(chat.t("alerts.unknown-code"))
        return
    if act is not None:
        _act_for(chat, act, person)
        return
    minute = int(chat.now.timestamp()) // 60
    names = ("export-to", "export-here") if what == "export" else ("erase-for",)
    rows = [(button(chat.label(f"records.staff.{name}"), VERB, name, person.id, minute),) for name in names]
    cancel = button(chat.label("records.staff.cancel"), VERB, "cancel")
    days = chat.services.config.database.backup_days
    text = chat.t(f"records.staff.ask-{what}", code=person.code, days=days)
    chat.say(text, (*rows, (cancel,)), card=_card(chat))


def _tapped_for(chat: Chat) -> None:
    chat.colleague(Right.KEEP_RECORDS)
    _must_be_fresh(chat)
    person = chat.services.people.participant(chat.tx, chat.pressed.number(1))
    _act_for(chat, chat.pressed.word(0), person)


def _act_for(chat: Chat, act: str, person: Participant) -> None:
    """Do it, and say so: in place of the question, or after a command."""
    by, records = chat.colleague(Right.KEEP_RECORDS), chat.services.records
    if act == "erase-for":
        done = f"records.staff.erase-{records.erase_for(chat.tx, person, by, chat.now).value}"
    else:
        records.export_for(chat.tx, person, by, chat.now, to_staff=act == "export-here")
        done = "records.staff.exported-here" if act == "export-here" else "records.staff.exported"
    words = chat.t(done, code=person.code)
    if chat.tap is None:
        chat.say(words)
    else:
        chat.edit(_card(chat), words)


def _cancel(chat: Chat) -> None:
    chat.colleague(Right.KEEP_RECORDS)
    chat.edit(_card(chat), chat.t("records.staff.cancelled"))


def _card(chat: Chat) -> str:
    return f"records:{chat.key}"
