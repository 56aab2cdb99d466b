"""/relink: a new phone or number. Staff make a link; whoever opens it goes on there, and the old chat is cut off."""

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.errors import NotFound
from bot.people import drafts
from bot.people.invites import Invite, InviteUnusable
from bot.people.model import Colleague, Right, shown
from bot.settings import handle_of
from handlers.chat import Chat
from handlers.help_now import keyboard
from handlers.inviting import hand_out
from handlers.routing import Routes


def register(routes: Routes) -> None:
    """A participant by code, a colleague by handle."""
    routes.command("relink", relink, right=Right.SEE_PEOPLE)


def relink(chat: Chat) -> None:
    """A link and its picture, to be given to the person themselves."""
    by, people, words = chat.colleague(Right.SEE_PEOPLE), chat.services.people, chat.words
    if not words:
        chat.say(chat.t("relink.how"))
    elif " " in words:
        try:
            person = people.by_code(chat.tx, words)
        except NotFound:
            chat.say(chat.t("alerts.unknown-code"))
            return
        token = people.relink_participant(chat.tx, person, by, chat.now)
        hand_out(chat, token, "relink.next", staff=True, code=person.code)
    else:
        _relink_colleague(chat, by, words)


def move_here(chat: Chat, invite: Invite) -> None:
    """Somebody has opened such a link: this is their chat now, and the old one hears that it is over."""
    try:
        person, old = chat.services.people.relinked(chat.tx, invite, chat.key, chat.now)
    except InviteUnusable:
        chat.say(chat.t("joining.unusable"))
        return
    phrases = chat.services.content.phrases
    farewell = Message(phrases.text("relink.cut-off", person.language), keyboard=())
    drafts.say_farewell(chat.tx, old, farewell, now=chat.now, in_card=False)
    chat.say(chat.t("relink.here"), keyboard=keyboard(chat))
    chat.services.alerts.moved(chat.tx, person, chat.now)
    inviter = chat.services.people.colleague(chat.tx, invite.created_by)
    if inviter is not None and inviter.may(Right.SEE_PEOPLE):
        words = phrases.text("relink.done", inviter.language, code=person.code)
        outbox.send(chat.tx, inviter.key, Message(words), kind=Kind.NOTICE, now=chat.now)


def _relink_colleague(chat: Chat, by: Colleague, words: str) -> None:
    people = chat.services.people
    chat.colleague(Right.MANAGE_STAFF)
    try:
        who = people.by_handle(chat.tx, handle_of(words))
    except NotFound:
        chat.say(chat.t("team.unknown", handle=words[:32]))
        return
    if who.id == by.id:
        chat.say(chat.t("relink.yourself"))
        return
    if people.is_named(chat.tx, who):  # the old id would be an administrator's again at the next start
        chat.say(chat.t("relink.configured", handle=shown(who.handle)))
        return
    token = people.relink_colleague(chat.tx, who, by, chat.now)
    hand_out(chat, token, "relink.next-colleague", staff=True, handle=shown(who.handle))
