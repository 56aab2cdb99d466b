"""The staff group: made known by an administrator's command in it; and /content, what runs and what to mend."""

from bot.delivery import outbox
from bot.delivery.model import Kind, Message
from bot.errors import NotAllowed, Problem
from bot.people.model import Colleague, Right
from bot.richtext import Rich, plain
from handlers.chat import Chat
from handlers.routing import Routes
from handlers.wording import when

MOST_PROBLEMS = 10


def register(routes: Routes) -> None:
    """Both answer only where and to whom they should; elsewhere they are silent."""
    routes.command("staff_group", staff_group, in_group=True)
    routes.command("content", content, in_group=True)


def staff_group(chat: Chat) -> None:
    """This group gets the alerts from now on."""
    if not chat.is_private and chat.is_anonymous:
        chat.say(chat.t("refused.anonymous"))
        return
    who = chat.who
    if not isinstance(who, Colleague) or not who.may(Right.RUN_PROGRAM):
        raise NotAllowed(Right.RUN_PROGRAM.value)  # said in private and in the staff group only
    if chat.is_private:
        chat.say(chat.t("staff.group.how"))
        return
    people = chat.services.people
    before = people.staff_group(chat.tx)
    people.set_staff_group(chat.tx, chat.work.facts.chat_id, who, chat.now)
    if before == chat.key:
        chat.say(chat.t("staff.group.same"))
        return
    chat.say(chat.t("staff.group.set"))
    if before is not None:
        message = Message(chat.t("staff.group.moved-away"))
        outbox.send(chat.tx, before, message, kind=Kind.NOTICE, now=chat.now)


def content(chat: Chat) -> None:
    """Which content runs, since when, and each problem with its file, line and mend."""
    if not chat.is_private and not chat.is_staff_group:
        return
    if not chat.is_private and chat.is_anonymous:
        chat.say(chat.t("refused.anonymous"))
        return
    chat.colleague(Right.SEE_CONTENT)
    revision, problems = chat.services.content.revision, chat.services.library.problems
    since = chat.services.people.content_since(chat.tx, revision)
    zone, phrases = chat.services.config.program.timezone, chat.services.content.phrases
    words = when(phrases, chat.language, since, zone, chat.now) if since else "–"
    text = chat.t("staff.content.runs", revision=revision[:8], since=words)
    chat.say(text + "\n\n" + _problems(chat, list(problems)))


def _problems(chat: Chat, problems: list[Problem]) -> Rich:
    errors = [problem for problem in problems if not problem.warning]
    if not problems:
        return chat.t("staff.content.fine")
    text = chat.t("staff.content.broken" if errors else "staff.content.warnings", count=len(problems))
    for problem in problems[:MOST_PROBLEMS]:
        text = text + "\n\n" + plain(str(problem)).cut(300)
    if len(problems) > MOST_PROBLEMS:
        text = text + "\n\n" + chat.t("staff.content.more", count=len(problems) - MOST_PROBLEMS)
    return text
