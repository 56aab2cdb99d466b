"""Inviting: /invite for participants and colleagues, and the inviter's word on who has opened a colleague's link.

What staff type here is about a participant: each typed answer leaves the chat again after ten minutes.
"""

import re
from datetime import timedelta

from bot.delivery import outbox
from bot.delivery.buttons import StaleTap, button, grid
from bot.delivery.model import Button, Kind, Message, Rows
from bot.errors import NotAllowed
from bot.people import dialogues, drafts
from bot.people.doorway import AlreadySomebodyElse, HandleTaken
from bot.people.invites import Invite, InviteUnusable
from bot.people.joining import suggested_name
from bot.people.model import Colleague, Participant, PersonalFile, Right, Role, shown
from bot.richtext import Rich, strip_controls
from bot.settings import handle_of
from handlers import starting
from handlers.chat import Chat
from handlers.menus import commands_for
from handlers.routing import Routes
from handlers.wording import when

VERB = "iv"
QUESTIONS = ("chart", "phone", "contact")
TYPED_STAYS = timedelta(minutes=10)
LONGEST_ANSWER = 200
HANDLE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,23}")


def register(routes: Routes) -> None:
    """/invite, its buttons, and what is typed for it."""
    routes.command("invite", invite, right=Right.INVITE_PARTICIPANTS)
    routes.tap(VERB, tapped, right=Right.INVITE_PARTICIPANTS)
    for question in QUESTIONS:
        routes.answer(f"invite.{question}", typed)
    routes.answer("invite.handle", typed_handle)


def welcome(chat: Chat, who: Colleague) -> None:
    """A colleague says /start: what this chat is for. Their chat can be reached now, so its menu can be set."""
    chat.tx.touched.add("staff")
    who = chat.services.people.introduce(chat.tx, who, chat.first_name)
    text = _greeting(chat, who)
    if not who.may(Right.HANDLE_ALERTS):
        text = text + "\n" + commands_of(chat, who)
    if who.may(Right.RUN_PROGRAM) and chat.services.people.staff_group(chat.tx) is None:
        text = text + "\n\n" + chat.t("staff.group.missing")
    chat.say(text)


def _greeting(chat: Chat, who: Colleague) -> Rich:
    """Whoever takes alerts is asked to keep the chat open; their list of commands is long and stands in /help."""
    phrases, program = chat.services.content.phrases, chat.services.config.program.name
    key = "staff.welcome" if who.may(Right.HANDLE_ALERTS) else "staff.welcome-without-alerts"
    return phrases.text(key, who.language, handle=shown(who.handle), program=program)


def commands_of(chat: Chat, who: Colleague) -> Rich:
    """A colleague's commands, one a line."""
    phrases = chat.services.content.phrases
    lines = [f"/{name} – {words}" for name, words in commands_for(phrases, chat.language, who)]
    return Rich("\n".join(lines))


def invite(chat: Chat) -> None:
    """Whom?"""
    who = chat.colleague(Right.INVITE_PARTICIPANTS)
    rows: Rows = ((button(chat.label("staff.role.participant"), VERB, "new"),),)
    if who.may(Right.INVITE_STAFF):
        roles = [button(chat.label(f"staff.role.{role}"), VERB, "role", role) for role in Role]
        rows += grid(roles, 2)
    chat.say(chat.t("staff.invite.whom"), rows)


def tapped(chat: Chat) -> None:
    """Any button of inviting; each asks for its right anew."""
    word = chat.pressed.word(0)
    acts = {
        "new": lambda: _ask(chat, QUESTIONS[0], {}),
        "skip": lambda: _skip(chat),
        "role": lambda: _ask_handle(chat),
        "handle": lambda: _take_handle(chat, chat.pressed.word(1)),
        "undo": lambda: _take_back(chat),
        "yes": lambda: _confirm(chat),
        "no": lambda: _deny(chat),
    }
    if not chat.is_private or word not in acts:
        raise StaleTap()
    acts[word]()


def typed(chat: Chat) -> None:
    """A chart reference, a phone, an emergency contact."""
    chat.colleague(Right.INVITE_PARTICIPANTS)
    asked = dialogues.waiting(chat.tx, chat.key, chat.now)
    answer = " ".join(strip_controls(chat.text).split())
    if asked is None or not answer or len(answer) > LONGEST_ANSWER:
        chat.say(chat.t("staff.invite.unreadable"))
        return
    if chat.message is not None:
        due = chat.now + TYPED_STAYS
        outbox.delete_message(chat.tx, chat.key, chat.message.message_id, due=due, now=chat.now)
    question = asked.topic.partition(".")[2]
    _go_on(chat, question, {**asked.state, question: answer})


def typed_handle(chat: Chat) -> None:
    _take_handle(chat, chat.text)


def ask_inviter(chat: Chat, invite: Invite) -> None:
    """A colleague has opened their link: they wait, and the inviter is asked once."""
    people = chat.services.people
    inviter = people.colleague(chat.tx, invite.created_by)
    if inviter is None or invite.role is None:
        chat.say(chat.t("joining.unusable"))
        return
    name = _telegram_name(chat)
    people.wait_for_inviter(chat.tx, invite, chat.key, name=name, language=chat.language, now=chat.now)
    chat.say(chat.t("staff.waiting", inviter=shown(inviter.handle)))
    phrases, language = chat.services.content.phrases, inviter.language
    words = phrases.text(
        "staff.confirm.question",
        language,
        name=name,
        handle=shown(invite.handle),
        role=phrases.plain(f"staff.role.{invite.role}", language),
    )
    yes = button(
        phrases.plain("staff.confirm.yes", language, handle=shown(invite.handle)), VERB, "yes", invite.id
    )
    no = button(phrases.plain("staff.confirm.no", language), VERB, "no", invite.id)
    outbox.send(
        chat.tx,
        inviter.key,
        Message(words, ((yes,), (no,)), protect=True),
        kind=Kind.TALK,
        now=chat.now,
        card=f"confirm:{invite.id}",
        dedupe=f"confirm:{invite.id}",
    )


def tell_joined(chat: Chat, person: Participant, invite_id: int) -> None:
    """The inviter learns which code stands for the person they invited."""
    people, phrases = chat.services.people, chat.services.content.phrases
    found = people.invite(chat.tx, invite_id)
    inviter = people.colleague(chat.tx, found.created_by) if found else None
    if inviter is not None and inviter.may(Right.SEE_PEOPLE):
        news = phrases.text("staff.invite.joined", inviter.language, code=person.code)
        message = starting.with_question(chat, person, news, inviter.language)
        card = starting.card_name(person) if message.buttons else None
        outbox.send(chat.tx, inviter.key, message, kind=Kind.NOTICE, now=chat.now, card=card)


def _ask(chat: Chat, question: str, state: dict[str, str]) -> None:
    dialogues.ask(chat.tx, chat.key, f"invite.{question}", dict(state), now=chat.now)
    skip = button(chat.label("staff.invite.skip"), VERB, "skip", question)
    chat.say(chat.t(f"staff.invite.{question}"), ((skip,),))


def _skip(chat: Chat) -> None:
    question = chat.pressed.word(1)
    asked = dialogues.waiting(chat.tx, chat.key, chat.now)
    if asked is None or asked.topic != f"invite.{question}":
        raise StaleTap()
    _go_on(chat, question, asked.state)


def _go_on(chat: Chat, question: str, state: dict[str, str]) -> None:
    """The next question, or the link after the last."""
    after = QUESTIONS.index(question) + 1
    if after < len(QUESTIONS):
        _ask(chat, QUESTIONS[after], state)
        return
    dialogues.end(chat.tx, chat.key)
    by = chat.colleague(Right.INVITE_PARTICIPANTS)
    file = PersonalFile("", *(state.get(name, "") for name in QUESTIONS))
    token = chat.services.people.invite_participant(chat.tx, file, by, chat.now)
    hand_out(chat, token, "staff.invite.next", staff=False)


def _ask_handle(chat: Chat) -> None:
    """For the rota; handles of shifts that nobody has yet are offered."""
    chat.colleague(Right.INVITE_STAFF)
    role = chat.pressed.word(1)
    if role not in set(Role):
        raise StaleTap()
    dialogues.ask(chat.tx, chat.key, "invite.handle", {"role": role}, now=chat.now)
    chat.say(chat.t("staff.invite.handle"), grid(_free_handles(chat), 3))


def _free_handles(chat: Chat) -> list[Button]:
    on_rota = dict.fromkeys(shift.handle for shift in chat.services.config.staff.shifts)
    people = chat.services.people
    free = [handle for handle in on_rota if people.handle_is_free(chat.tx, handle, chat.now)]
    return [button(handle, VERB, "handle", handle) for handle in free if HANDLE.fullmatch(handle)]


def _take_handle(chat: Chat, words: str) -> None:
    by, handle = chat.colleague(Right.INVITE_STAFF), handle_of(words)
    asked = dialogues.waiting(chat.tx, chat.key, chat.now)
    if asked is None or asked.topic != "invite.handle":
        raise StaleTap()
    if not HANDLE.fullmatch(handle):
        chat.say(chat.t("staff.invite.handle-unusable"))
        return
    role = Role(asked.state["role"])
    try:
        token = chat.services.people.invite_colleague(chat.tx, role, handle, by, chat.now)
    except HandleTaken:
        chat.say(chat.t("staff.invite.handle-taken", handle=handle))
        return
    dialogues.end(chat.tx, chat.key)
    hand_out(chat, token, "staff.invite.next-colleague", staff=True)


def hand_out(chat: Chat, token: str, then: str, *, staff: bool, **values: str) -> None:
    """Link and QR picture, which name nobody, so that they can be forwarded or printed; and what comes `then`."""
    link = f"https://t.me/{chat.services.bot.username}?start={token}"
    role = Role.FACILITATOR if staff else None  # any: a colleague's link works for fewer hours
    until, zone = chat.services.people.invite_expires(role, chat.now), chat.services.config.program.timezone
    words = when(chat.services.content.phrases, chat.language, until, zone, chat.now)
    message = Message(
        chat.t("staff.invite.link", link=link, until=words),
        ((button(chat.label("staff.invite.take-back"), VERB, "undo", token),),),
        qr=link,
    )
    outbox.send(chat.tx, chat.key, message, kind=Kind.TALK, now=chat.now)
    chat.say(chat.t(then, **values))


def _take_back(chat: Chat) -> None:
    by = chat.colleague(Right.INVITE_PARTICIPANTS)
    if not chat.services.people.take_back(chat.tx, chat.pressed.word(1), by, chat.now):
        chat.toast(chat.label("staff.invite.too-late"), box=True)
        return
    if chat.pressed_message_id:
        message = chat.pressed_message_id
        outbox.delete_message(chat.tx, chat.key, message, due=chat.now, now=chat.now)
    chat.say(chat.t("staff.invite.taken-back"))


def _confirm(chat: Chat) -> None:
    by, number, people = chat.colleague(Right.INVITE_STAFF), chat.pressed.number(1), chat.services.people
    invite = people.invite(chat.tx, number)
    if invite is None or invite.created_by != by.id:
        raise NotAllowed("only the inviter says who it is")
    waiting = people.waiting_colleague(chat.tx, invite, chat.now)
    before = people.colleague(chat.tx, invite.relinks) if invite.relinks else None
    try:
        if waiting is None:
            raise InviteUnusable()
        name, language = waiting
        joined = people.confirm_colleague(chat.tx, number, name, language, by, chat.now)
    except (InviteUnusable, AlreadySomebodyElse):
        chat.edit(_card(number), chat.t("staff.confirm.over"))
        return
    chat.edit(_card(number), chat.t("staff.confirm.done", handle=shown(joined.handle)))
    if before is not None:
        words = chat.services.content.phrases.text("relink.cut-off", before.language)
        drafts.say_farewell(chat.tx, before.key, Message(words), now=chat.now, in_card=False)
    _welcome_new(chat, joined)


def _welcome_new(chat: Chat, joined: Colleague) -> None:
    phrases = chat.services.content.phrases
    text = _greeting(chat, joined)
    lines = [f"/{name} – {words}" for name, words in commands_for(phrases, joined.language, joined)]
    message = Message(text + "\n" + "\n".join(lines))
    outbox.send(chat.tx, joined.key, message, kind=Kind.TALK, now=chat.now)


def _deny(chat: Chat) -> None:
    by, number, people = chat.colleague(Right.INVITE_STAFF), chat.pressed.number(1), chat.services.people
    try:
        invite = people.deny_colleague(chat.tx, number, by, chat.now)
    except InviteUnusable:
        chat.edit(_card(number), chat.t("staff.confirm.over"))
        return
    chat.edit(_card(number), chat.t("staff.confirm.denied"))
    waiting = people.waiting_colleague(chat.tx, invite, chat.now)
    if waiting is not None and invite.taken_by:
        words = chat.services.content.phrases.text("staff.not-confirmed", waiting[1])
        people.part_with(chat.tx, invite.taken_by, None, Message(words), chat.now)


def _telegram_name(chat: Chat) -> str:
    """As the joiner's Telegram shows them: what the inviter can compare."""
    user = chat.update.effective_user
    names = [suggested_name(user.full_name)] if user else []
    names += [f"@{user.username}"] if user and user.username else []
    return " ".join(name for name in names if name) or chat.label("staff.confirm.nameless")


def _card(invite_id: int) -> str:
    return f"confirm:{invite_id}"
