"""/settings: what a participant chose when joining, each changed by taps in one message; staff: the language.

The choices and their screens are the ones of joining.
"""

from dataclasses import replace

from bot.delivery import outbox
from bot.delivery.buttons import button, grid
from bot.delivery.model import Button, Kind, Message
from bot.people import dialogues
from bot.people.joining import Step, choice, cleaned_name, heard_at, read_time, suggested_name
from bot.people.model import Colleague, Participant
from bot.people.screens import Screen, Screens
from bot.richtext import Rich
from bot.scheduling.calendar import clock_text, find_city
from bot.screening.model import Level
from handlers.chat import Chat, NotAParticipant
from handlers.consent import ask_again, needs_consent
from handlers.help_now import keyboard
from handlers.joining import other_view, screen_of
from handlers.routing import Routes
from handlers.strange import has_no_words, is_foreign, notice_words
from handlers.wording import come_back_row

VERB = "se"
KINDS = "kinds"
CHANGES_TIMES = (Step.ZONE, Step.TIME, Step.QUIET)


def register(routes: Routes) -> None:
    """/settings, its buttons, and a typed name, city or time."""
    routes.command("settings", show)
    routes.tap(VERB, tapped)
    routes.answer(dialogues.SETTING, typed)


def show(chat: Chat) -> None:
    """Everything that can be changed, at the bottom of the chat."""
    who = chat.who
    if who is None:
        raise NotAParticipant()
    if isinstance(who, Participant) and needs_consent(chat.services, who):
        ask_again(chat)
        return
    dialogues.end(chat.tx, chat.key)
    _put_anew(chat, _overview(chat, who))


def tapped(chat: Chat) -> None:
    """A setting, one of its choices, or back."""
    who, part = chat.who, chat.pressed.word(0)
    if who is None:
        raise NotAParticipant()
    if part == "lang":
        dialogues.end(chat.tx, chat.key)
        _language(chat, who)
    elif isinstance(who, Participant) and part in set(Step):
        _setting(chat, who, Step(part))
    elif isinstance(who, Participant) and part == KINDS:
        dialogues.end(chat.tx, chat.key)
        _kinds(chat, who)
    else:
        _put(chat, _overview(chat, who))


def typed(chat: Chat) -> None:
    """Only what the open setting can take; anything else is asked again."""
    if chat.finding.level >= Level.ELEVATED:
        return  # help has just been shown
    person, asked = chat.participant, dialogues.waiting(chat.tx, chat.key, chat.now)
    step = Step(asked.state["step"]) if asked else None
    if step is Step.NAME and (name := cleaned_name(chat.text)):
        _rename(chat, person, name)
        _put_anew(chat, _overview(chat, person))
    elif step is Step.ZONE and (zones := find_city(chat.text)):
        _put_anew(chat, _screens(chat).cities(zones, chat.now))
    elif step is Step.TIME and (at := read_time(chat.text)):
        _change(chat, replace(person, checkin_time=at))
        _put_anew(chat, _overview(chat, chat.participant))
    elif has_no_words(chat.text) or is_foreign(chat.text):
        dialogues.end(chat.tx, chat.key)
        notice_words(chat)
    else:
        keys = {Step.NAME: "joining.name.unusable", Step.ZONE: "joining.zone.unknown"}
        chat.say(chat.t(keys.get(step or Step.PACE, "joining.use-buttons")))


def _setting(chat: Chat, person: Participant, step: Step) -> None:
    words, screens = chat.pressed.words[1:], _screens(chat)
    if not words:
        _open(chat, person, step)
    elif words[0] == "back":
        _close(chat, person)
    elif step is Step.NAME:
        _rename(chat, person, suggested_name(chat.first_name) or chat.label("joining.name.friend"))
        _close(chat, person)
    elif (screen := other_view(chat, screens, person)) is not None:
        _put(chat, screen)
    elif (changes := choice(step, words)) is not None:
        if step is Step.PACE:  # a pace of their own choice holds at once
            chat.services.people.ease(chat.tx, person, None)
        _change(chat, replace(person, **changes), reschedule=step in CHANGES_TIMES)
        _close(chat, chat.participant)
    else:
        _open(chat, person, step)


def _open(chat: Chat, person: Participant, step: Step) -> None:
    if step in (Step.CONSENT, Step.AGREE):
        _close(chat, person)
        return
    dialogues.ask(chat.tx, chat.key, dialogues.SETTING, {"step": step.value}, now=chat.now)
    _put(chat, screen_of(chat, _screens(chat), step, person))


def _close(chat: Chat, person: Participant) -> None:
    dialogues.end(chat.tx, chat.key)
    _put(chat, _overview(chat, person))


def _change(chat: Chat, person: Participant, *, reschedule: bool = True) -> None:
    chat.services.people.change(chat.tx, person)
    if reschedule:
        chat.services.checkins.rescheduled(chat.tx, person, chat.now)
    chat.toast(chat.label("settings.saved"))


def _rename(chat: Chat, person: Participant, name: str) -> None:
    chat.services.people.rename(chat.tx, person, name)
    dialogues.end(chat.tx, chat.key)
    chat.toast(chat.label("settings.saved"))


def _language(chat: Chat, who: Participant | Colleague) -> None:
    offered = chat.services.config.program.languages
    wanted = chat.pressed.words[1] if len(chat.pressed.words) > 1 else ""
    if wanted in offered:
        chat.services.people.set_language(chat.tx, who, wanted)
        chat.toast(chat.label("settings.saved"))
        if isinstance(who, Participant) and wanted != who.language:
            chat.say(chat.t("help.below"), keyboard=keyboard(chat))
    elif wanted != "back":
        _put(chat, _screens(chat).languages(offered))
        return
    now_known = chat.who
    if now_known is not None:
        _put(chat, _overview(chat, now_known))


def _kinds(chat: Chat, person: Participant) -> None:
    """The check-ins that a person may have or not: a tap turns one on or off."""
    checkins, kind = chat.services.checkins, "".join(chat.pressed.words[1:2])
    known = {one.kind: one for one in checkins.offered(chat.tx, person)}
    if kind in known:
        checkins.choose(chat.tx, person, kind, chat.now, wanted=not known[kind].is_on)
        chat.toast(chat.label("settings.saved"))
    _put(chat, _kinds_screen(chat, person))


def _kinds_screen(chat: Chat, person: Participant) -> Screen:
    offered = chat.services.checkins.offered(chat.tx, person)
    ticks = [button(f"{'✓ ' if one.is_on else ''}{one.title}", VERB, KINDS, one.kind) for one in offered]
    back = (button(chat.label("joining.back"), VERB, "back"),)
    return Screen(chat.t("settings.kinds.question"), (*grid(ticks, 1), back))


def _overview(chat: Chat, who: Participant | Colleague) -> Screen:
    language = chat.label("joining.language")
    if isinstance(who, Colleague):
        buttons = ((button(chat.label("settings.language.label"), VERB, "lang"),),)
        return Screen(chat.t("settings.staff", handle=who.handle, language=language), buttons)
    labels = [button(chat.label(f"settings.{step}.label"), VERB, step) for step in _SHOWN]
    labels.insert(1, button(chat.label("settings.language.label"), VERB, "lang"))
    if chat.services.checkins.offered(chat.tx, who):
        labels.append(button(chat.label("settings.kinds.label"), VERB, KINDS))
    away: tuple[tuple[Button, ...], ...] = () if who.is_active(chat.now) else (come_back_row(chat),)
    return Screen(_facts(chat, who, language), (*grid(labels, 2), *away))


_SHOWN = (Step.NAME, Step.ZONE, Step.TIME, Step.QUIET, Step.PACE, Step.MODE)


def _facts(chat: Chat, person: Participant, language: str) -> Rich:
    screens = _screens(chat)
    text = chat.t(
        "settings.facts",
        name=chat.services.people.name_of(chat.tx, person),
        language=language,
        zone=screens.zone_name(person.zone),
        time=clock_text(person.checkin_time, chat.language),
        quiet=screens.span(person.quiet_from, person.quiet_to),
        pace=_pace(chat, person),
        mode=chat.label("settings.mode.taps" if person.taps_only else "settings.mode.words"),
    )
    heard = heard_at(person.checkin_time, person.quiet_from, person.quiet_to)
    if heard != person.checkin_time:
        text = text + "\n\n" + chat.t("settings.held", time=clock_text(heard, chat.language))
    return text if person.is_active(chat.now) else text + "\n\n" + chat.t("settings.away")


def _pace(chat: Chat, person: Participant) -> str:
    pace = chat.label(f"settings.pace.{person.pace}")
    return chat.label("settings.pace-eased", pace=pace) if person.is_eased(chat.now) else pace


def _screens(chat: Chat) -> Screens:
    return Screens(chat.services.content.phrases, chat.language, VERB)


def _put(chat: Chat, screen: Screen) -> None:
    chat.edit(_card(chat), screen.text, screen.buttons)


def _put_anew(chat: Chat, screen: Screen) -> None:
    message = Message(screen.text, screen.buttons)
    outbox.replace_card(chat.tx, chat.key, _card(chat), message, kind=Kind.TALK, now=chat.now)


def _card(chat: Chat) -> str:
    return f"settings:{chat.key}"
