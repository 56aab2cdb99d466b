"""/privacy and /help: what is kept and who sees it, and what one can do here, by who is asking."""

from bot.people.model import Colleague, Participant, Right
from bot.richtext import Rich, joined
from handlers.chat import Chat
from handlers.consent import hours_words
from handlers.help_now import keyboard
from handlers.inviting import commands_of
from handlers.routing import Routes


def register(routes: Routes) -> None:
    """Both work for everybody, in private."""
    routes.command("privacy", privacy)
    routes.command("help", help_)


def privacy(chat: Chat) -> None:
    """What is stored, who sees it, Telegram's limits, and how to leave."""
    who, program = chat.who, chat.services.config.program.name
    if isinstance(who, Colleague):
        chat.say(chat.t("privacy.staff", program=program))
        return
    parts = [chat.t("privacy.telegram", program=program)]
    if isinstance(who, Participant):
        parts.insert(0, chat.t("privacy.participant", program=program, hours=hours_words(chat)))
        parts.append(chat.t("privacy.leaving", program=program, version=who.consent_version))
    else:
        key = "privacy.joining" if chat.is_joining else "privacy.visitor"
        parts.insert(0, chat.t(key, program=program))
    chat.say(joined(parts))


def help_(chat: Chat) -> None:
    """Short: the commands that do something for this person."""
    who = chat.who
    if isinstance(who, Colleague):
        chat.say(_for_staff(chat, who))
    elif isinstance(who, Participant):
        away = [] if who.is_active(chat.now) else [chat.t("guide.away")]
        chat.say(joined([chat.t("guide.participant"), *away]), keyboard=keyboard(chat))
    else:
        chat.say(chat.t("guide.joining" if chat.is_joining else "guide.visitor"))


def _for_staff(chat: Chat, who: Colleague) -> Rich:
    text = chat.t("guide.staff") + "\n" + commands_of(chat, who)
    if who.may(Right.HANDLE_ALERTS):
        text = text + "\n\n" + chat.t("guide.numbers")
    return text
