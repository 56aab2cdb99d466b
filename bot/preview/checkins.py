"""A check-in's page: the map of its branches, then every question as it is asked, in all languages side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.checkins import screens
from bot.checkins.model import SKIPPED, Answer, CheckinDefinition, Question, Rule
from bot.checkins.suggestions import Suggestion
from bot.delivery.buttons import read
from bot.delivery.model import Button, Message
from bot.errors import Problem
from bot.phrases import Phrases
from bot.preview.branches import branches, in_words, raised, suggested
from bot.preview.bubbles import Key, bubble
from bot.preview.frame import badge, count, facts, page, problem_list
from bot.preview.map import KINDS, Map
from bot.preview.markup import Html, element, text, together
from bot.preview.messages import question_message, thanks_message
from bot.screening.model import Level

HOME = "../index.html"
TOLD = {
    Level.URGENT: "staff are told now",
    Level.ELEVATED: "staff see it the same day",
    Level.WATCH: "a line in the morning message",
}


@dataclass(frozen=True)
class Shown:
    """A check-in to be shown, with what is said around its questions and the rules that staff wrote.

    `rules` is None while they cannot be read; `suggestions` are what its end may offer, `titles` the modules' titles
    by name; `problems` are those of its file.
    """

    definition: CheckinDefinition
    rules: Sequence[Rule] | None
    said: Phrases
    languages: tuple[str, ...]
    suggestions: Sequence[Suggestion] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def checkin_page(shown: Shown) -> Html:
    """The whole page."""
    one, first = shown.definition, shown.languages[0]
    titles = (element("span", text(one.titled(lang)), lang=lang) for lang in shown.languages)
    drawing = Map(one, shown.rules or (), first).drawn()
    return page(
        one.titled(first),
        element("h1", together(*titles, between=" · ")),
        _facts(one),
        problem_list(shown.problems),
        element("h2", text("The way through it")),
        element("p", text(_how_to_read(shown)), class_="small"),
        drawing,
        element("h2", text("Every question")),
        element("p", together(text("Answers that are a concern: "), *_legend()), class_="small"),
        *(_question(shown, number, question) for number, question in enumerate(one.questions, 1)),
        _end(shown),
        home=HOME,
    )


def _facts(one: CheckinDefinition) -> Html:
    always = sum(not question.show_if for question in one.questions)
    all_or_some = "all" if always == len(one.questions) else f"{always} of them"
    minutes = one.remind_after_minutes
    reminder = f"one reminder after {count(minutes, 'minute')}" if minutes else "no reminder"
    return facts(
        text(f"checkins/{one.name}.toml"),
        text(f"{count(len(one.questions), 'question')}, {all_or_some} always asked"),
        text(reminder),
        text(f"closes after {count(one.expire_after_hours, 'hour')}"),
    )


def _how_to_read(shown: Shown) -> str:
    words = "Solid boxes are always asked. "
    if any(question.show_if for question in shown.definition.questions):
        words += (
            "Dashed boxes are asked only after the answers that the lines on the right bring; "
            "otherwise the way goes straight on. "
        )
    words += "Tap a box to see its question."
    if shown.rules is None:
        words += " What is a concern cannot be shown until screening/rules.toml and every check-in are right."
    return words


def _legend() -> list[Html]:
    return [
        together(badge(f"{level.word[0].upper()} {level.word}", level.word), text(f" {told}. "))
        for level, told in TOLD.items()
    ]


def _question(shown: Shown, number: int, question: Question) -> Html:
    asked = [
        _bubble(shown, question, message, lang)
        for lang in shown.languages
        if (message := question_message(shown.said, shown.definition, question, lang)) is not None
    ]
    never = element("p", badge("No answer leads to this question: it is never asked.", "bad long"))
    return element(
        "section",
        element("p", *_caption(shown, number, question), class_="caption"),
        element("div", *asked, class_="both") if asked else never,
        _notes(shown, question),
        class_="screen",
        id=f"q-{question.id}",
    )


def _caption(shown: Shown, number: int, question: Question) -> list[Html]:
    skippable = "may be skipped" if question.skippable else "cannot be skipped"
    said = f" {question.id} · {KINDS[question.kind]} · {skippable} · "
    leading = [branch for branch in branches(shown.definition) if branch.target.id == question.id]
    if not question.show_if:
        return [element("b", text(number)), text(f"{said}always asked")]
    first = shown.languages[0]
    ways = (
        together(_link(branch.source), text(f" {in_words(branch.source, branch.answers, first)}"))
        for branch in leading
    )
    asked = together(text("asked only after "), together(*ways, between=" / "))
    return [element("b", text(number)), text(said), asked]


def _link(question: Question) -> Html:
    return element("a", text(question.id), href=f"#q-{question.id}")


def _bubble(shown: Shown, question: Question, message: Message, lang: str) -> Html:
    return element("div", bubble(message, lang, _key_of(shown, question)), class_="phone")


def _key_of(shown: Shown, question: Question) -> Callable[[Button], Key]:
    """Each button with the level of the answer that its tap gives."""
    found = raised(question, shown.rules or ())

    def key_of(button: Button) -> Key:
        answer = _answer_of(button, question)
        levels = [one.rule.level for one in found if answer in one.answers]
        return Key(level=max(levels, default=Level.NONE))

    return key_of


def _answer_of(button: Button, question: Question) -> Answer | None:
    tap = read(button.data)
    match tap.verb:
        case screens.ANSWER:
            return screens.value_at(question, tap.number(2))
        case screens.TICK:
            ticked = screens.value_at(question, tap.number(2))
            return (ticked,) if isinstance(ticked, str) else None
        case screens.SKIP:
            return SKIPPED
        case _:
            return None


def _notes(shown: Shown, question: Question) -> Html:
    """In words: where its answers lead, what they may offer to read, and which of them are a concern."""
    first = shown.languages[0]
    leads = [branch for branch in branches(shown.definition) if branch.source.id == question.id]
    lines = [
        together(text(f"{in_words(question, branch.answers, first)} → also asks "), _link(branch.target))
        for branch in leads
    ]
    lines += [
        text(f"{in_words(question, answers, first)} → may offer to read “{shown.titles.get(module, module)}”")
        for module, answers in suggested(question, shown.suggestions)
    ]
    lines += [
        together(
            text(f"{in_words(question, one.answers, first)}: "),
            badge(one.rule.level.word, one.rule.level.word),
            text(f" {one.rule.category.value}, {TOLD[one.rule.level]} (rule {one.rule.id})"),
        )
        for one in raised(question, shown.rules or ())
    ]
    return element("ul", *(element("li", line) for line in lines), class_="notes") if lines else Html("")


def _end(shown: Shown) -> Html:
    thanks = (
        element("div", bubble(thanks_message(shown.said, shown.definition, lang), lang), class_="phone")
        for lang in shown.languages
    )
    return element(
        "section",
        element("p", text("At the end (something to read may be offered below)"), class_="caption"),
        element("div", *thanks, class_="both"),
        class_="screen",
        id="end",
    )
