"""The table of Bot API methods, and what each begins with: which chat is meant, and may the bot act there.

Methods are plain functions `(world, ask) -> JSON value`, entered by `@method`; getUpdates and the webhook
methods need the network and stand in `server`. Refusals are in Telegram's words.
"""

from collections.abc import Callable
from typing import Any

from bot.sandbox.errors import ApiError, bad_request, forbidden
from bot.sandbox.parameters import Ask
from bot.sandbox.state import Chat, ChatKind, Member, User, World

Method = Callable[[World, Ask], Any]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Enter a function in the table; method names are read without regard to case, as Telegram does."""

    def enter(function: Method) -> Method:
        METHODS[name.lower()] = function
        return function

    return enter


def known_chat(world: World, ask: Ask, name: str = "chat_id") -> Chat:
    """The chat a request names, if the bot may know of it."""
    wanted = ask.text(name).strip()
    if not wanted:
        raise bad_request(f"{name} is empty")
    chat = world.chats.get(_chat_id(world, wanted))
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    return chat


def _chat_id(world: World, wanted: str) -> int:
    try:
        return int(wanted)
    except ValueError:
        return 0  # no chat here has a public name


def open_chat(world: World, ask: Ask, name: str = "chat_id") -> Chat:
    """The chat, if the bot may write there; otherwise `ApiError` in Telegram's words."""
    chat = known_chat(world, ask, name)
    refusal = _group_refusal(world, chat) if chat.is_group else _private_refusal(chat)
    if refusal is not None:
        raise refusal
    return chat


def _private_refusal(chat: Chat) -> ApiError | None:
    if chat.person is not None and chat.person.is_deactivated:
        return forbidden("user is deactivated")
    if not chat.has_started:
        return forbidden("bot can't initiate conversation with a user")
    return forbidden("bot was blocked by the user") if chat.is_blocked else None


def _group_refusal(world: World, chat: Chat) -> ApiError | None:
    kind = "supergroup" if chat.kind is ChatKind.SUPERGROUP else "group"
    if chat.is_deleted:
        return forbidden("the group chat was deleted")
    mine = chat.members.get(world.bot.id)
    if mine is None and kind == "supergroup":
        return bad_request("chat not found")
    if mine is not None and mine.status == "kicked":
        return forbidden(f"bot was kicked from the {kind} chat")
    if mine is None or not mine.is_inside:
        return forbidden(f"bot is not a member of the {kind} chat")
    return None


def is_administrator(world: World, chat: Chat) -> bool:
    mine = chat.members.get(world.bot.id)
    return mine is not None and mine.is_administrator


def needs_rights(world: World, chat: Chat, what: str) -> None:
    if chat.is_group and not is_administrator(world, chat):
        raise bad_request(f"not enough rights to {what} in the chat")


def member_json(member: Member) -> dict[str, Any]:
    """Bot API's ChatMember in the shape of its status."""
    body: dict[str, Any] = {"user": member.user.to_json(), "status": member.status}
    if member.status == "creator":
        return body | {"is_anonymous": False}
    if member.status == "kicked":
        return body | {"until_date": 0}
    if member.status == "administrator":
        return body | {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    return body


_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)


def bot_json(world: World) -> dict[str, Any]:
    """Bot API's User as getMe gives it."""
    return _with_flags(world.bot, can_read_all=not world.privacy_mode)


def _with_flags(bot: User, *, can_read_all: bool) -> dict[str, Any]:
    return bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": can_read_all,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


@method("getMe")
def get_me(world: World, ask: Ask) -> Any:
    return bot_json(world)
