"""/staff: who is on the team, a colleague who leaves, another role. For administrators, in private."""

from bot.delivery import outbox
from bot.delivery.buttons import StaleTap, button
from bot.delivery.model import Kind, Message
from bot.errors import NotFound
from bot.people.model import Colleague, Right, Role, shown
from bot.people.team import LastAdministrator, NamedInConfiguration
from bot.richtext import joined
from bot.settings import handle_of
from handlers.chat import Chat
from handlers.routing import Routes

VERB = "sf"


def register(routes: Routes) -> None:
    """The list, `/staff remove HANDLE` and `/staff role HANDLE ROLE`."""
    routes.command("staff", staff, right=Right.MANAGE_STAFF)
    routes.tap(VERB, tapped, right=Right.MANAGE_STAFF)


def staff(chat: Chat) -> None:
    """What follows the command says what is wanted."""
    words = chat.words.split()
    if words[:1] == ["remove"] and len(words) == 2:
        _ask_removal(chat, words[1])
    elif words[:1] == ["remove"] and words[2:] == ["now"]:
        _remove_named(chat, words[1])
    elif words[:1] == ["role"] and len(words) == 3:
        _change_role(chat, words[1], words[2].casefold())
    else:
        _list(chat)


def tapped(chat: Chat) -> None:
    """Yes or no to a removal."""
    word = chat.pressed.word(0)
    if word == "remove":
        _remove(chat, chat.pressed.number(1))
    elif word == "keep":
        chat.edit(_card(chat), chat.t("team.kept"))
    else:
        raise StaleTap()


def _list(chat: Chat) -> None:
    lines = [
        chat.t("team.line", handle=shown(who.handle), roles=_roles(chat, who))
        for who in chat.services.people.colleagues(chat.tx)
    ]
    roles = ", ".join(role.value for role in Role)
    chat.say(joined([chat.t("team.title"), joined(lines, "\n"), chat.t("team.how", roles=roles)]))


def _roles(chat: Chat, who: Colleague) -> str:
    return ", ".join(chat.label(f"staff.role.{role}") for role in sorted(who.roles))


def _ask_removal(chat: Chat, handle: str) -> None:
    who = _named(chat, handle)
    if who is None:
        return
    yes = button(chat.label("team.yes", handle=shown(who.handle)), VERB, "remove", who.id)
    no = button(chat.label("team.no"), VERB, "keep")
    question = chat.t("team.question", handle=shown(who.handle))
    chat.say(question, ((yes,), (no,)), card=_card(chat))


def _remove_named(chat: Chat, handle: str) -> None:
    """The button's twin."""
    who = _named(chat, handle)
    if who is not None:
        chat.say(chat.t(_removal(chat, who), handle=shown(who.handle)))


def _remove(chat: Chat, colleague_id: int) -> None:
    who = chat.services.people.colleague(chat.tx, colleague_id)
    if who is None or not who.active:
        raise StaleTap()
    chat.edit(_card(chat), chat.t(_removal(chat, who), handle=shown(who.handle)))


def _removal(chat: Chat, who: Colleague) -> str:
    """Do it, unless it must not be; gives the sentence for whoever did it."""
    by, people = chat.colleague(Right.MANAGE_STAFF), chat.services.people
    try:
        people.remove_colleague(chat.tx, who, by, chat.now)
    except (LastAdministrator, NamedInConfiguration) as refusal:
        return _refusal(refusal)
    program = chat.services.config.program.name
    words = chat.services.content.phrases.text("team.farewell", who.language, program=program)
    outbox.send(chat.tx, who.key, Message(words), kind=Kind.NOTICE, now=chat.now)
    chat.services.alerts.say_to_staff(chat.tx, "team.news.removed", chat.now, handle=shown(who.handle))
    return "team.removed"


def _change_role(chat: Chat, handle: str, role: str) -> None:
    by, who = chat.colleague(Right.MANAGE_STAFF), _named(chat, handle)
    if who is None:
        return
    if role not in set(Role):
        chat.say(chat.t("team.unknown-role", roles=", ".join(one.value for one in Role)))
        return
    try:
        changed = chat.services.people.change_role(chat.tx, who, Role(role), by, chat.now)
    except (LastAdministrator, NamedInConfiguration) as refusal:
        chat.say(chat.t(_refusal(refusal), handle=shown(who.handle)))
        return
    chat.say(chat.t("team.changed", handle=shown(who.handle), role=_roles(chat, changed)))
    phrases = chat.services.content.phrases
    role_word = phrases.plain(f"staff.role.{role}", who.language)
    if who.id != by.id:
        words = phrases.text("team.your-role", who.language, role=role_word)
        outbox.send(chat.tx, who.key, Message(words), kind=Kind.NOTICE, now=chat.now)


def _named(chat: Chat, handle: str) -> Colleague | None:
    try:
        return chat.services.people.by_handle(chat.tx, handle_of(handle))
    except NotFound:
        chat.say(chat.t("team.unknown", handle=handle[:32]))
        return None


def _refusal(refusal: Exception) -> str:
    return "team.last" if isinstance(refusal, LastAdministrator) else "team.configured"


def _card(chat: Chat) -> str:
    return f"team:{chat.key}"
