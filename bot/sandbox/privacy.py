"""What a bot gets to see of a group: privacy mode, as Bot API's page on it says."""

import re

from bot.sandbox.state import Message, World


def bot_sees(world: World, message: Message) -> bool:
    """Everything in private; in a group everything for an administrator, else commands, replies, services."""
    chat = message.chat
    if not chat.is_group:
        return True
    mine = chat.members.get(world.bot.id)
    if mine is None or not mine.is_inside:
        return False
    if mine.is_administrator or not world.privacy_mode or message.service:
        return True
    replied = chat.messages.get(message.reply_to or 0)
    if replied is not None and replied.sender is world.bot:
        return True
    return _is_command_to(world.bot.username or "", message.words.text)


def _is_command_to(username: str, text: str) -> bool:
    found = re.match(r"/[A-Za-z0-9_]{1,64}(?:@(\w+))?(?=\s|$)", text)
    return found is not None and (found[1] is None or found[1].lower() == username.lower())
