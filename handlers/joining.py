"""/start: an invite's link, the way from the consent to the first check-in, and whoever comes back.

One message is edited through all steps. What the steps are is in `bot.people.joining`, how a choice looks in
`bot.people.screens`; the consent's pages, and asking for it again, are in `consent`.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.people import drafts
from bot.people.doorway import AlreadySomebodyElse
from bot.people.invites import SETUP_LINK, Invite, InviteUnusable, TooManyTries
from bot.people.joining import (
    USUAL_WINDOW,
    Draft,
    Step,
    back,
    choice,
    cleaned_name,
    forward,
    read_time,
    suggested_name,
)
from bot.people.model import Colleague, Participant
from bot.people.screens import Screen, Screens
from bot.scheduling.calendar import find_city
from bot.screening.model import Level
from handlers.chat import Chat
from handlers.consent import ask_again, consent_text, needs_consent
from handlers.consent import register as register_consent
from handlers.help_now import keyboard
from handlers.inviting import ask_inviter, tell_joined, welcome
from handlers.relink import move_here
from handlers.routing import Routes
from handlers.wording import come_back_row, next_checkin_words

__all__ = ["needs_consent", "register"]

VERB = "jo"


def register(routes: Routes) -> None:
    """/start, the taps of joining, and what is typed meanwhile."""
    routes.command("start", start)
    routes.tap(VERB, tapped)
    routes.answer(drafts.JOINING, typed)
    routes.answer(drafts.WAITING, still_waiting)
    register_consent(routes)


def start(chat: Chat) -> None:
    """Opened by a link, by somebody we know, or by a stranger."""
    chat.services.people.heard_from(chat.tx, chat.user_key)
    if chat.words and not chat.words.startswith(SETUP_LINK):
        _open_link(chat)
        return
    who, draft = chat.who, _draft(chat)
    if isinstance(who, Colleague):
        welcome(chat, who)
    elif isinstance(who, Participant):
        _welcome_back(chat, who)
    elif draft is not None:
        _show_anew(chat, draft)
    else:
        chat.say(chat.t("joining.visitor"))


def _open_link(chat: Chat) -> None:
    try:
        invite = chat.services.people.open_invite(chat.tx, chat.words, chat.key, chat.now)
    except TooManyTries:
        return  # silence: a guesser learns nothing, not even that they are heard
    except InviteUnusable:
        chat.say(chat.t("joining.unusable"))
    except AlreadySomebodyElse:
        _known_already(chat)
    else:
        _take_in(chat, invite)


def _take_in(chat: Chat, invite: Invite) -> None:
    if invite.role is not None:
        ask_inviter(chat, invite)
        return
    if invite.relinks is not None:
        move_here(chat, invite)
        return
    draft = _draft(chat)
    if draft is None:
        draft = Draft(invite.id, chat.language, zone=chat.services.config.program.timezone)
        chat.services.people.keep_draft(chat.tx, chat.key, draft, chat.now)
    _show_anew(chat, draft)


def _known_already(chat: Chat) -> None:
    who = chat.who
    if isinstance(who, Participant):
        _welcome_back(chat, who)
    else:
        chat.say(chat.t("joining.staff-already"))


def _welcome_back(chat: Chat, person: Participant) -> None:
    if needs_consent(chat.services, person):
        ask_again(chat)
        return
    if person.discharged_at is not None:
        chat.say(chat.t("discharge.still", program=chat.services.config.program.name))
        return
    if person.is_active(chat.now):
        words = chat.t("joining.welcome-back", next=next_checkin_words(chat, person))
        chat.say(words, keyboard=keyboard(chat))
        return
    chat.say(chat.t("joining.welcome-back-away"), (come_back_row(chat),))


def tapped(chat: Chat) -> None:
    """A button of any step; one of another step, or of an older message, shows the step again."""
    draft = _draft(chat)
    if draft is None:
        _nothing_open(chat)
        return
    if chat.pressed.word(0) == "lang":
        _switch(chat, draft)
    elif _is_current(chat, draft):
        _act(chat, draft)
    else:
        chat.toast(chat.label("joining.stale"))
        _show(chat, draft)


def typed(chat: Chat) -> None:
    """The name; a city or a time where buttons are offered; else the step is shown again."""
    if chat.finding.level >= Level.ELEVATED:
        return  # help has just been shown: a worrying sentence is not a name
    draft = _draft(chat)
    if draft is None:
        chat.say(chat.t("joining.unusable"))
    elif draft.step is Step.NAME:
        _typed_name(chat, draft)
    elif draft.step is Step.ZONE and (zones := find_city(chat.text)):
        _put_anew(chat, _screens(chat).cities(zones, chat.now))
    elif draft.step is Step.TIME and (at := read_time(chat.text)):
        _keep(chat, forward(replace(draft, checkin_time=at), _pages(chat)), anew=True)
    else:
        chat.say(chat.t("joining.zone.unknown" if draft.step is Step.ZONE else "joining.use-buttons"))
        _show_anew(chat, draft)


def still_waiting(chat: Chat) -> None:
    """A colleague who types before the inviter has answered."""
    chat.say(chat.t("staff.waiting-still"))


def _typed_name(chat: Chat, draft: Draft) -> None:
    name = cleaned_name(chat.text)
    if name is None:
        chat.say(chat.t("joining.name.unusable"))
    else:
        _keep(chat, forward(replace(draft, name=name), _pages(chat)), anew=True)


def _act(chat: Chat, draft: Draft) -> None:
    step, word = draft.step, chat.pressed.word(1)
    if word == "back":
        _keep(chat, back(draft, _pages(chat)))
    elif step is Step.CONSENT:
        _read_on(chat, draft, word)
    elif step is Step.AGREE:
        _decide(chat, draft, agreed=word == "yes")
    elif step is Step.NAME:
        _take_name(chat, draft, word)
    elif (screen := other_view(chat, _screens(chat), draft)) is not None:
        _put(chat, screen)
    else:
        _choose(chat, draft)


def _read_on(chat: Chat, draft: Draft, word: str) -> None:
    if word == "minor":
        _part(chat, draft, "joining.too-young")
    else:
        _keep(chat, forward(draft, _pages(chat)))


def _decide(chat: Chat, draft: Draft, *, agreed: bool) -> None:
    if not agreed:
        _part(chat, draft, "joining.declined")
        return
    version = chat.services.content.consent.version
    _keep(chat, forward(replace(draft, consent_version=version), _pages(chat)))


def _take_name(chat: Chat, draft: Draft, word: str) -> None:
    name = suggested_name(chat.first_name) if word == "use" else ""
    name = name or chat.label("joining.name.friend")
    _keep(chat, forward(replace(draft, name=name), _pages(chat)))


def _choose(chat: Chat, draft: Draft) -> None:
    changes = choice(draft.step, chat.pressed.words[1:])
    if changes is None:
        _show(chat, draft)
        return
    chosen = replace(draft, **changes)
    if draft.step is Step.PACE:
        _finish(chat, chosen)
    else:
        _keep(chat, forward(chosen, _pages(chat)))


def _finish(chat: Chat, draft: Draft) -> None:
    people, card = chat.services.people, drafts.card(chat.key)
    try:
        person = people.finish_joining(chat.tx, chat.key, draft, chat.now)
    except (InviteUnusable, AlreadySomebodyElse):
        chat.say(chat.t("joining.unusable"))
        return
    chat.services.checkins.joined(chat.tx, person, chat.now)
    words = chat.t("joining.done", name=draft.name, next=next_checkin_words(chat, person))
    chat.edit(card, chat.t("joining.ready"))
    chat.say(words, keyboard=keyboard(chat))
    tell_joined(chat, person, draft.invite)


def _switch(chat: Chat, draft: Draft) -> None:
    language = chat.pressed.word(1)
    if language in chat.services.config.program.languages:
        _keep(chat, replace(draft, language=language))


def _part(chat: Chat, draft: Draft, phrase: str) -> None:
    """Said in the joining message itself; afterwards nothing about this person is left."""
    emergency = chat.services.content.crisis.emergency(chat.language)
    farewell = Message(chat.t(phrase, emergency=emergency))
    chat.services.people.part_with(chat.tx, chat.key, draft, farewell, chat.now)


def decline(chat: Chat) -> bool:
    """/stop on the way in is a refusal, too; false when nobody is on the way in."""
    draft = _draft(chat)
    if draft is not None:
        _part(chat, draft, "joining.declined")
    return draft is not None


def other_view(chat: Chat, screens: Screens, draft: Draft | Participant) -> Screen | None:
    """A tap that only turns a page of choices: a region's zones, earlier or later times."""
    word, home = chat.pressed.word(1), chat.services.config.program.timezone
    match chat.pressed.word(0), word:
        case Step.ZONE, "regions":
            return screens.zones(chat.now, home, taps_only=draft.taps_only)
        case Step.ZONE, "r":
            return screens.region(chat.pressed.word(2), chat.now)
        case Step.TIME, "w":
            return screens.checkin_time(window=chat.pressed.number(2), zone=draft.zone, now=chat.now)
        case _:
            return None


def screen_of(chat: Chat, screens: Screens, step: Step, draft: "Draft | Participant") -> Screen:
    """The screen on which that step is chosen; joining and the settings share it."""
    makers: dict[Step, Callable[[], Screen]] = {
        Step.MODE: screens.mode,
        Step.NAME: lambda: screens.name(suggested_name(chat.first_name), taps_only=draft.taps_only),
        Step.ZONE: lambda: screens.zones(
            chat.now, chat.services.config.program.timezone, taps_only=draft.taps_only
        ),
        Step.TIME: lambda: screens.checkin_time(window=USUAL_WINDOW, zone=draft.zone, now=chat.now),
        Step.QUIET: lambda: screens.quiet(draft.checkin_time),
        Step.PACE: screens.pace,
    }
    return makers[step]()


def _screen(chat: Chat, draft: Draft) -> Screen:
    screens, config = _screens(chat), chat.services.config.program
    if draft.step is Step.AGREE:
        return screens.agree(config.name)
    if draft.step is not Step.CONSENT:
        return screen_of(chat, screens, draft.step, draft)
    page = min(draft.page, _pages(chat) - 1)
    text = consent_text(chat, page)
    return screens.consent(text, page=page, pages=_pages(chat), languages=config.languages)


def _is_current(chat: Chat, draft: Draft) -> bool:
    words = chat.pressed.words
    if not words or words[0] != draft.step:
        return False
    return draft.step is not Step.CONSENT or chat.pressed.number(2) == draft.page


def _keep(chat: Chat, draft: Draft, *, anew: bool = False) -> None:
    chat.services.people.keep_draft(chat.tx, chat.key, draft, chat.now)
    (_show_anew if anew else _show)(chat, draft)


def _show(chat: Chat, draft: Draft) -> None:
    _put(chat, _screen(chat, draft))


def _put(chat: Chat, screen: Screen) -> None:
    chat.edit(drafts.card(chat.key), screen.text, screen.buttons)


def _show_anew(chat: Chat, draft: Draft) -> None:
    _put_anew(chat, _screen(chat, draft))


def _put_anew(chat: Chat, screen: Screen) -> None:
    """At the bottom of the chat, under what the person has just typed; the older message goes."""
    outbox.replace_card(
        chat.tx,
        chat.key,
        drafts.card(chat.key),
        Message(screen.text, screen.buttons),
        kind=Kind.TALK,
        now=chat.now,
    )


def _nothing_open(chat: Chat) -> None:
    who = chat.who
    if isinstance(who, Participant):
        chat.toast(chat.label("joining.in-already"))
    else:
        chat.toast(chat.label("joining.closed"), box=True)


def _draft(chat: Chat) -> Draft | None:
    if chat.who is not None:
        return None
    return chat.services.people.draft(chat.tx, chat.user_key, chat.now)


def _pages(chat: Chat) -> int:
    return len(chat.services.content.consent.pages)


def _screens(chat: Chat) -> Screens:
    return Screens(chat.services.content.phrases, chat.language, VERB)
