"""/help_now for everybody, joined or not: the country's numbers, one slow breath, and a way to a person.

Also the person's side of a message from staff: Answer.
"""

from bot.alerts.model import AlertGone
from bot.people import dialogues
from handlers.chat import Chat
from handlers.concerns import subject_of
from handlers.routing import Routes


def register(routes: Routes) -> None:
    routes.command("help_now", show_help)
    routes.tap("breathe", breathe)
    routes.tap("help-back", back)
    routes.tap("tell-staff", tell_staff)
    routes.tap("answer-staff", ask_answer)
    routes.answer("answer-staff", answered)


def keyboard(chat: Chat) -> tuple[str, ...]:
    """The fixed button under the writing field of everybody who has joined: help is one tap away at any time."""
    return (chat.label("help.button.now"),)


def is_fixed_button(chat: Chat) -> bool:
    """The words are those of the button, in any language: it may stem from before a change of language."""
    phrases, languages = chat.services.content.phrases, chat.services.config.program.languages
    labels = {phrases.plain("help.button.now", language).casefold() for language in languages}
    return chat.text.strip().casefold() in labels


def show_help(chat: Chat) -> None:
    """Numbers first. Colleagues are not offered to alert themselves."""
    chat.services.alerts.show_help(chat.tx, subject_of(chat), chat.now, may_ask=not chat.is_staff)


def breathe(chat: Chat) -> None:
    """One slow breath in place of the numbers. A card that is gone is shown anew."""
    if not chat.services.alerts.breathe(chat.tx, subject_of(chat), _card(chat), chat.now):
        show_help(chat)


def back(chat: Chat) -> None:
    """The numbers again."""
    alerts, may_ask = chat.services.alerts, not chat.is_staff
    if not alerts.back_to_help(chat.tx, subject_of(chat), _card(chat), chat.now, may_ask=may_ask):
        show_help(chat)


def tell_staff(chat: Chat) -> None:
    """The person asked for a person."""
    if chat.is_staff:
        return
    chat.services.alerts.tell_staff(chat.tx, subject_of(chat), chat.now, card=_card(chat))
    chat.toast(chat.label("help.toast.telling"))


def ask_answer(chat: Chat) -> None:
    """Answer was tapped under a message from staff."""
    alert, colleague = chat.pressed.number(0), chat.pressed.number(1)
    desk = chat.services.alerts.desk
    try:
        handle = desk.ask_answer(chat.tx, subject_of(chat), alert, colleague, chat.now)
    except AlertGone:
        chat.say(chat.t("help.answer-closed"))
        return
    chat.say(chat.t("help.write-answer", handle=handle))


def answered(chat: Chat) -> None:
    """The text typed after that; it has been screened like every other."""
    state = _waiting(chat)
    dialogues.end(chat.tx, chat.user_key)
    desk = chat.services.alerts.desk
    try:
        handle = desk.answer(
            chat.tx,
            subject_of(chat),
            int(state.get("alert", 0)),
            int(state.get("colleague", 0)),
            chat.text,
            chat.finding,
            chat.now,
        )
    except AlertGone:
        chat.say(chat.t("help.answer-closed"))
        return
    chat.say(chat.t("help.answered", handle=handle))


def _waiting(chat: Chat) -> dict[str, int]:
    found = dialogues.waiting(chat.tx, chat.user_key, chat.now)
    return found.state if found else {}


def _card(chat: Chat) -> str:
    """The card's name stands in its buttons; the service checks whose it is."""
    return ":".join(chat.pressed.words)
