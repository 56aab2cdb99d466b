"""Bot API methods about chats and who is in them, and leaving one."""

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.membership import change_member
from bot.sandbox.methods import known_chat, member_json, method, open_chat
from bot.sandbox.parameters import Ask
from bot.sandbox.state import Chat, Member, World

_ACCEPTED_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


@method("getChat")
def get_chat(world: World, ask: Ask) -> Any:
    """Bot API's ChatFullInfo."""
    chat = _readable(world, ask)
    body = chat.to_json() | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_ACCEPTED_GIFTS, False),
    }
    if chat.is_group:
        body["permissions"] = {"can_send_messages": True}
    if chat.pinned:
        body["pinned_message"] = world.message_json(chat.messages[chat.pinned[-1]])
    return body


@method("getChatMember")
def get_chat_member(world: World, ask: Ask) -> Any:
    chat = _readable(world, ask)
    return member_json(_member(world, chat, ask.number("user_id")))


@method("getChatAdministrators")
def get_chat_administrators(world: World, ask: Ask) -> Any:
    chat = _readable(world, ask)
    if not chat.is_group:
        raise bad_request("there are no administrators in the private chat")
    # Other bots are left out, as the documentation says; this one stays.
    return [member_json(member) for member in chat.members.values() if member.is_administrator]


@method("getChatMemberCount")
def get_chat_member_count(world: World, ask: Ask) -> Any:
    chat = _readable(world, ask)
    return sum(member.is_inside for member in chat.members.values()) if chat.is_group else 2


@method("leaveChat")
def leave_chat(world: World, ask: Ask) -> Any:
    chat = open_chat(world, ask)
    if not chat.is_group:
        raise bad_request("chat member status can't be changed in private chats")
    change_member(world, chat, world.bot, "left", by=world.bot)
    return True


def _readable(world: World, ask: Ask) -> Chat:
    """A private chat may be looked at though the person blocked the bot; a group only from inside."""
    chat = known_chat(world, ask)
    if chat.is_group:
        return open_chat(world, ask)
    if not chat.has_started:
        raise bad_request("chat not found")
    return chat


def _member(world: World, chat: Chat, user_id: int) -> Member:
    if user_id not in world.users:
        raise bad_request("PARTICIPANT_ID_INVALID")
    user = world.users[user_id]
    if chat.is_group:
        return chat.members.get(user_id) or Member(user, "left")
    if user_id not in (chat.id, world.bot.id):
        raise bad_request("user not found")
    return Member(user)
