"""Who comes into and goes out of a chat, and the updates that tell the bot.

Shared by the bot's own leaving and by what people do in `groups`.
"""

from bot.sandbox.errors import Json
from bot.sandbox.methods import member_json
from bot.sandbox.state import Chat, Event, Member, Message, User, World


def change_member(world: World, chat: Chat, user: User, status: str, *, by: User) -> None:
    """Set somebody's status in a chat and tell the bot: `my_chat_member` for itself, else `chat_member`."""
    before = chat.members.get(user.id) or Member(user, "left")
    after = Member(user, status)
    was_listening = _listens(world, chat)
    chat.members[user.id] = after
    kind = "my_chat_member" if user is world.bot else "chat_member"
    if kind == "my_chat_member" or was_listening:
        world.queue.put(kind, changed(world, chat, by, before, after))


def changed(world: World, chat: Chat, by: User, before: Member, after: Member) -> Json:
    """Bot API's ChatMemberUpdated."""
    return {
        "chat": chat.to_json(),
        "from": by.to_json(with_language=not by.is_bot),
        "date": world.unix_time,
        "old_chat_member": member_json(before),
        "new_chat_member": member_json(after),
    }


def _listens(world: World, chat: Chat) -> bool:
    """Member changes of others reach only a bot that is an administrator."""
    mine = chat.members.get(world.bot.id)
    return mine is not None and mine.is_administrator


def service_message(world: World, chat: Chat, by: User, fields: Json) -> Message:
    """A line such as "Ana joined the group"; the bot gets it while it is inside."""
    message = world.add_message(chat, by)
    message.service = fields
    world.record(Event.SENT, message, by_bot=by is world.bot)
    mine = chat.members.get(world.bot.id)
    if mine is not None and mine.is_inside and by is not world.bot:
        world.queue.put("message", world.message_json(message))
    return message
