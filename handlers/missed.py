"""/missed: a colleague writes down words that should have raised an alert and did not."""

from bot.people.model import Right
from handlers.chat import Chat
from handlers.naming import person_and_words
from handlers.routing import Routes


def register(routes: Routes) -> None:
    """In private only: it holds somebody's words."""
    routes.command("missed", missed, right=Right.SEE_PEOPLE)


def missed(chat: Chat) -> None:
    """The code, then the words; kept sealed for whoever edits the phrase lists."""
    by, (person, words) = chat.colleague(Right.SEE_PEOPLE), person_and_words(chat, "missed.how")
    if person is None:
        return
    if not words:
        chat.say(chat.t("missed.how"))
        return
    chat.services.alerts.cases.missed(chat.tx, person, words, by, chat.now)
    chat.say(chat.t("missed.done", code=person.code))
