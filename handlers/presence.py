"""Who can be reached: chats that write, people who block or come back, the bot put out of a group, moved groups."""

from telegram.ext import ChatMemberHandler, filters

from bot.delivery import outbox
from bot.delivery.model import Message
from bot.people.model import Colleague, Participant, Right, shown
from handlers.chat import Chat
from handlers.routing import Routes

GONE = ("left", "kicked")


def register(routes: Routes) -> None:
    """What Telegram tells about chats rather than in them."""
    routes.every_message(heard)
    changed = ChatMemberHandler(routes.adapted(membership), ChatMemberHandler.MY_CHAT_MEMBER)
    routes.any_update(changed)
    routes.message(filters.StatusUpdate.MIGRATE, moved)


def heard(chat: Chat) -> None:
    """A private chat that writes can be reached."""
    if chat.is_private:
        chat.services.people.heard_from(chat.tx, chat.user_key)


def membership(chat: Chat) -> None:
    """The bot was blocked, let in again, put out of a group, or added to one."""
    change = chat.update.my_chat_member
    if change is None:
        return
    is_gone = change.new_chat_member.status in GONE
    if chat.is_private:
        (_blocked if is_gone else _unblocked)(chat)
    else:
        (_put_out if is_gone else _let_in)(chat)


def moved(chat: Chat) -> None:
    """A group became a supergroup. Telegram says so in both chats; the second time changes nothing."""
    message = chat.message
    if message is None or chat.is_private:
        return
    old_id = message.migrate_from_chat_id or message.chat.id
    new_id = message.migrate_to_chat_id or message.chat.id
    old_key = outbox.chat_key(chat.tx, old_id)
    if chat.services.people.staff_group(chat.tx) == old_key:
        new_key = outbox.move_chat(chat.tx, old_key, new_id)
        chat.services.people.group_moved(chat.tx, old_key, new_key)


def _blocked(chat: Chat) -> None:
    if not outbox.mark_unreachable(chat.tx, chat.user_key, chat.now):
        return  # known already, or a stranger's chat
    who = chat.who
    if isinstance(who, Participant):
        chat.services.alerts.unreachable(chat.tx, who, chat.now)
    elif isinstance(who, Colleague):
        _tell_staff(chat, "staff.unreachable", handle=shown(who.handle))


def _unblocked(chat: Chat) -> None:
    chat.services.people.heard_from(chat.tx, chat.user_key)


def _put_out(chat: Chat) -> None:
    """Open alerts go to private chats at once, and the administrators are told why."""
    if chat.is_staff_group:
        outbox.mark_unreachable(chat.tx, chat.key, chat.now)
        chat.services.alerts.group_lost(chat.tx, chat.now)


def _let_in(chat: Chat) -> None:
    """Being added makes no group the staff group; whoever could make it so is told how."""
    if chat.is_staff_group:
        if outbox.reached_again(chat.tx, chat.key):
            chat.say(chat.t("staff.group.back"))
        return
    who = chat.who
    if isinstance(who, Colleague) and who.may(Right.RUN_PROGRAM) and _was_outside(chat):
        chat.say(chat.t("staff.group.hint"))


def _was_outside(chat: Chat) -> bool:
    change = chat.update.my_chat_member
    return change is not None and change.old_chat_member.status in GONE


def _tell_staff(chat: Chat, phrase: str, **values: str) -> None:
    phrases = chat.services.content.phrases

    def notice(language: str) -> Message:
        return Message(phrases.text(phrase, language, **values))

    chat.services.alerts.notify_staff(chat.tx, notice, chat.now)
