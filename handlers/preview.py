"""`/preview`: a module's cards or a check-in's questions as people get them, for whoever edits them; each is marked.

What is shown is the content in use. Nothing is stored, nothing is opened, and the buttons in what is shown are
lifeless: they would act on whoever taps them.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.checkins.model import CheckinDefinition, Question
from bot.delivery.buttons import button
from bot.delivery.model import TEXT_UNITS, Button, Message, Rows
from bot.errors import NotFound
from bot.modules import screens
from bot.modules.model import TRACKS, Module
from bot.modules.screens import Page
from bot.people.model import Right
from bot.preview.branches import Words, branches, in_words, raised
from bot.preview.messages import card_pages, question_message, thanks_message
from bot.reading import in_language
from bot.richtext import Rich, joined
from handlers.chat import Chat
from handlers.routing import Routes

LIST, MODULE, CHECKIN, LIFELESS = "pv-list", "pv-module", "pv-checkin", "pv-still"
NEAREST = 3  # suggestions for a name that nothing has
MOST_BUTTONS = 90  # Bot API: 100 under one message; whatever else there is can be typed


@dataclass(frozen=True)
class Entry:
    """One thing that can be shown: which button shows it, its name in the files, its titles by language."""

    verb: str
    name: str
    titles: tuple[str, ...]

    def button(self, lang: str) -> Button:
        return button(self.titles[0], self.verb, self.name, lang)

    @property
    def names(self) -> set[str]:
        """What may be typed for it, as `_plainly` writes it."""
        return {_plainly(name) for name in (self.name, *self.titles)}


def register(routes: Routes) -> None:
    routes.command("preview", preview, right=Right.SEE_CONTENT)
    routes.tap(LIST, show_list, right=Right.SEE_CONTENT)
    routes.tap(MODULE, tapped, right=Right.SEE_CONTENT)
    routes.tap(CHECKIN, tapped, right=Right.SEE_CONTENT)
    routes.tap(LIFELESS, say_it_is_lifeless, right=Right.SEE_CONTENT)


def preview(chat: Chat) -> None:
    """`/preview`, `/preview NAME` or `/preview NAME es`; a title will do for a name."""
    name, lang = _asked_for(chat)
    if not name:
        _say_list(chat, lang)
        return
    entries = list(_entries(chat, lang))
    found = [entry for entry in entries if _plainly(name) in entry.names]
    if len(found) == 1:
        _show(chat, found[0].verb, found[0].name, lang)
    elif found:
        chat.say(chat.t("preview.several"), _rows(found, lang))
    else:
        near = _nearest(entries, name)
        phrase = "preview.unknown" if near else "preview.unknown-all"
        chat.say(chat.t(phrase), _rows(near or entries, lang))


def show_list(chat: Chat) -> None:
    """Everything that can be shown, in the editor's language."""
    _say_list(chat, chat.language)


def _say_list(chat: Chat, lang: str) -> None:
    entries = list(_entries(chat, lang))
    chat.say(chat.t("preview.list", example=entries[-1].name), _rows(entries, lang))


def tapped(chat: Chat) -> None:
    _show(chat, chat.pressed.verb, chat.pressed.word(0), chat.pressed.word(1))


def say_it_is_lifeless(chat: Chat) -> None:
    chat.toast(chat.label("preview.lifeless"))


# What there is


def _asked_for(chat: Chat) -> tuple[str, str]:
    """The name that was typed, and the language: the one typed behind it or alone, or the editor's own."""
    first, _, last = chat.words.rpartition(" ")
    if last.lower() in chat.services.content.languages:
        return first.strip(), last.lower()
    return chat.words, chat.language


def _entries(chat: Chat, lang: str) -> Iterator[Entry]:
    """Check-ins first, then modules by track and order; never none, for without a check-in no content runs."""
    content, modules = chat.services.content, _modules(chat)
    for name, definition in sorted(content.checkins.items()):
        yield Entry(CHECKIN, name, (definition.titled(lang), *definition.title.values()))
    shown: list[Module] = [in_language(spoken, lang) for spoken in modules.values()]
    for one in sorted(shown, key=lambda module: (TRACKS.index(module.track), module.order)):
        titles = (module.title for module in modules[one.slug].values())
        yield Entry(MODULE, one.slug, (one.title, *titles))


def _modules(chat: Chat) -> Mapping[str, Mapping[str, Module]]:
    """All there are by name and language, also those that nobody is offered before they are signed."""
    content = chat.services.content
    return {**content.modules, **content.unsigned}


def _plainly(name: str) -> str:
    """A file's name and a title as people type them: "Riding a craving" is "riding-a-craving"."""
    return "-".join(name.casefold().removesuffix(".md").removesuffix(".toml").split())


def _nearest(entries: Sequence[Entry], name: str) -> list[Entry]:
    """The likeliest first; none when nothing is like it."""
    known = {typed: entry for entry in entries for typed in entry.names}
    near = difflib.get_close_matches(_plainly(name), known, n=2 * NEAREST, cutoff=0.5)
    return list(dict.fromkeys(known[typed] for typed in near))[:NEAREST]


def _rows(entries: Sequence[Entry], lang: str) -> Rows:
    return tuple((entry.button(lang),) for entry in entries[:MOST_BUTTONS])


# Showing it


def _show(chat: Chat, verb: str, name: str, lang: str) -> None:
    """Raises `NotFound` for what staff have taken away since the button was sent."""
    content = chat.services.content
    modules = _modules(chat)
    if verb == MODULE and name in modules:
        _show_module(chat, in_language(modules[name], lang), lang)
    elif verb == CHECKIN and name in content.checkins:
        _show_checkin(chat, content.checkins[name], lang)
    else:
        raise NotFound(verb)


def _show_module(chat: Chat, module: Module, lang: str) -> None:
    said = chat.services.content.phrases
    chat.services.modules.keep_pictures(chat.tx, [module])
    chat.say(joined([chat.t("preview.of-module", title=module.title), *_state_of(chat, module, lang)]))
    for at in range(len(module.cards)):
        for page in card_pages(module, at):
            _say_marked(chat, screens.page(said, module.lang, page), _mark_of(chat, page))
    question = screens.page(said, module.lang, Page(module, len(module.cards)))
    _say_marked(chat, question, chat.t("preview.mark"))
    _say_end(chat, module.title, MODULE, module.slug, lang)


def _state_of(chat: Chat, module: Module, lang: str) -> list[Rich]:
    """What an editor should know of it: signed or not, translated or not, and whether this is what the files say."""
    state = [chat.t("preview.draft") if module.is_draft else chat.t("preview.signed", review=module.review)]
    if module.lang != lang:
        state.append(chat.t("preview.no-translation", language=_language(chat, lang)))
    return [*state, *_broken(chat)]


def _broken(chat: Chat) -> list[Rich]:
    wrong = any(not problem.warning for problem in chat.services.library.problems)
    return [chat.t("preview.broken")] if wrong else []


def _mark_of(chat: Chat, page: Page) -> Rich:
    check = page.card.check if page.card else None
    if check is None or page.answered is None:
        return chat.t("preview.mark")
    return chat.t("preview.mark-answer", option=check.options[page.answered])


def _show_checkin(chat: Chat, definition: CheckinDefinition, lang: str) -> None:
    said = chat.services.content.phrases
    chat.say(joined([chat.t("preview.of-checkin", title=definition.titled(lang)), *_broken(chat)]))
    words = _words(chat)
    for question in definition.questions:
        message = question_message(said, definition, question, lang)
        if message is None:
            chat.say(joined([chat.t("preview.mark-never"), Rich(question.asked(lang))]))
            continue
        _say_marked(chat, message, _when_asked(chat, definition, question, lang, words))
    _say_marked(chat, thanks_message(said, definition, lang), chat.t("preview.mark"))
    _say_end(chat, definition.titled(lang), CHECKIN, definition.name, lang)


def _when_asked(
    chat: Chat, definition: CheckinDefinition, question: Question, lang: str, words: Words
) -> Rich:
    """The mark, with the answers that bring the question up and those of it that staff hear of."""
    ways = [
        chat.t("preview.way", question=one.source.id, answers=in_words(one.source, one.answers, lang, words))
        for one in branches(definition)
        if one.target.id == question.id
    ]
    mark = chat.t("preview.mark-if", ways=joined(ways, " / ")) if ways else chat.t("preview.mark")
    concerns = [
        chat.t(
            "preview.concern",
            answers=in_words(question, one.answers, lang, words),
            level=chat.label(f"alerts.level.{one.rule.level.word}"),
        )
        for one in raised(question, chat.services.content.rules)
    ]
    return joined([mark, *concerns], "\n")


def _words(chat: Chat) -> Words:
    return Words(
        any_answer=chat.label("preview.answers.any"),
        skipped=chat.label("preview.answers.skipped"),
        last=chat.label("preview.answers.or"),
        yes=chat.label("checkin.button.yes"),
        no=chat.label("checkin.button.no"),
    )


def _say_marked(chat: Chat, message: Message, mark: Rich) -> None:
    """The message as people get it, under its mark, with buttons that do nothing."""
    still = tuple(tuple(_lifeless(one) for one in row) for row in message.buttons)
    chat.say(joined([mark, message.text]).cut(TEXT_UNITS), still, picture=message.picture)


def _lifeless(one: Button) -> Button:
    return one if one.url else replace(one, data=button(one.label, LIFELESS).data)


def _say_end(chat: Chat, title: str, verb: str, name: str, lang: str) -> None:
    """Where to go on: the other languages, and the list."""
    others = [other for other in chat.services.content.languages if other != lang]
    rows: list[tuple[Button, ...]] = [
        (button(chat.label("preview.again", language=_language(chat, other)), verb, name, other),)
        for other in others
    ]
    rows.append((button(chat.label("preview.all"), LIST),))
    chat.say(chat.t("preview.end", title=title), tuple(rows))


def _language(chat: Chat, lang: str) -> str:
    """What people call that language themselves."""
    return chat.services.content.phrases.plain("joining.language", lang)
