"""/assign: a facilitator gives a module to one person or to everybody, and sees who has opened and read it.

Chosen in private, where codes are listed; the staff group sees modules and counts.
"""

from collections.abc import Sequence
from datetime import date

from bot.delivery import outbox
from bot.delivery.buttons import StaleTap
from bot.delivery.model import Kind, Message
from bot.errors import NotFound
from bot.modules import assign_screens as screens
from bot.modules.screens import Entry
from bot.modules.service import ModuleGone
from bot.people.model import Participant, ParticipantState, Right
from bot.scheduling.calendar import local_day
from handlers.chat import Chat
from handlers.routing import Routes


def register(routes: Routes) -> None:
    """The command in private and in the staff group; its buttons in private only."""
    routes.command("assign", assign, right=Right.ASSIGN, in_group=True)
    routes.tap(screens.VERB, tapped, right=Right.ASSIGN)


def assign(chat: Chat) -> None:
    """What is assigned, and how far it is."""
    if chat.is_private:
        message = _overview(chat)
        outbox.replace_card(chat.tx, chat.key, _card(chat), message, kind=Kind.TALK, now=chat.now)
    elif chat.is_staff_group:
        chat.say(_overview(chat).text)


def tapped(chat: Chat) -> None:
    """Any button of assigning. A module or person that is gone leads back to the start."""
    acts = {
        screens.OVERVIEW: _overview,
        screens.CHOOSE: _choose,
        screens.TRACK: _modules,
        screens.WHOM: _whom,
        screens.DAY: _days,
        screens.GIVE: _give,
        screens.AGAIN: _give,
        screens.SHOW: _standings,
        screens.TAKE_BACK: _take_back,
    }
    act = acts.get(chat.pressed.word(0))
    if act is None:
        raise StaleTap()
    try:
        message = act(chat)
    except ModuleGone:
        chat.toast(chat.label("learn.gone"))
        message = _overview(chat)
    chat.edit(_card(chat), message.text, message.buttons)


# The screens


def _overview(chat: Chat) -> Message:
    phrases, in_group = chat.services.content.phrases, not chat.is_private
    return screens.overview(phrases, chat.language, _lines(chat), _today(chat), in_group=in_group)


def _choose(chat: Chat) -> Message:
    names = dict.fromkeys(entry.track for entry in _entries(chat))
    return screens.tracks(chat.services.content.phrases, chat.language, list(names))


def _modules(chat: Chat) -> Message:
    track = chat.pressed.word(1)
    entries = [entry for entry in _entries(chat) if entry.track == track]
    if not entries:
        raise ModuleGone(track)
    return screens.modules(chat.services.content.phrases, chat.language, track, entries)


def _whom(chat: Chat) -> Message:
    people = [
        screens.Somebody(person.id, person.code) for person in chat.services.assigning.everybody(chat.tx)
    ]
    phrases = chat.services.content.phrases
    return screens.whom(phrases, chat.language, _module(chat), people, chat.pressed.number(2))


def _days(chat: Chat) -> Message:
    module, id, people = _module(chat), chat.pressed.number(2), _meant(chat)
    who = people[0].code if id else chat.label("assign.everybody", people=len(people))
    return screens.days(chat.services.content.phrases, chat.language, module, who, id, _today(chat))


def _give(chat: Chat) -> Message:
    module, id, day = _module(chat), chat.pressed.number(2), chat.pressed.number(3)
    done = chat.services.assigning.assign(
        chat.tx,
        module.slug,
        _meant(chat),
        chat.colleague(Right.ASSIGN),
        chat.now,
        talk_on=_day(day, _today(chat)),
        again=chat.pressed.word(0) == screens.AGAIN,
    )
    counts = (done.told, done.had, done.read)
    return screens.given(chat.services.content.phrases, chat.language, module, counts, id, day)


def _standings(chat: Chat) -> Message:
    slug = chat.pressed.word(1)
    line = next((line for line in _lines(chat) if line.slug == slug), None)
    if line is None:
        return _overview(chat)
    people = chat.services.assigning.standings(chat.tx, slug)
    return screens.standings(chat.services.content.phrases, chat.language, line, people, _today(chat))


def _take_back(chat: Chat) -> Message:
    by, slug = chat.colleague(Right.ASSIGN), chat.pressed.word(1)
    count = chat.services.assigning.take_back(chat.tx, slug, by, chat.now)
    chat.toast(chat.label("assign.taken-back", people=count))
    return _overview(chat)


# What is meant


def _entries(chat: Chat) -> list[Entry]:
    return chat.services.modules.titles(chat.language)


def _module(chat: Chat) -> Entry:
    """Raises `ModuleGone`."""
    slug = chat.pressed.word(1)
    found = next((entry for entry in _entries(chat) if entry.slug == slug), None)
    if found is None:
        raise ModuleGone(slug)
    return found


def _meant(chat: Chat) -> Sequence[Participant]:
    """Everybody, or the one person; raises `StaleTap` when they are not in the program any more."""
    id = chat.pressed.number(2)
    if id == screens.EVERYBODY:
        return chat.services.assigning.everybody(chat.tx)
    try:
        person = chat.services.people.participant(chat.tx, id)
    except NotFound as gone:
        raise StaleTap() from gone
    if person.state is ParticipantState.STOPPED:
        raise StaleTap()
    return [person]


def _day(ordinal: int, today: date) -> date | None:
    """The day on a button; one that has passed since the button was shown is no day any more."""
    if not today.toordinal() <= ordinal < today.toordinal() + screens.DAYS_AHEAD:
        return None
    return date.fromordinal(ordinal)


def _lines(chat: Chat) -> list[screens.Line]:
    titles = {entry.slug: entry.title for entry in _entries(chat)}
    return [
        screens.Line(
            each.slug, titles.get(each.slug, each.slug), each.talk_on, each.people, each.opened, each.finished
        )
        for each in chat.services.assigning.progress(chat.tx)
    ]


def _today(chat: Chat) -> date:
    return local_day(chat.now, chat.services.config.program.timezone)


def _card(chat: Chat) -> str:
    return f"assign:{chat.key}"
