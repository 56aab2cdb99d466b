"""What all pages of the preview have in common: their frame and look, lists of problems, small signs.

A page stands by itself: its style is inside it, and its policy forbids it to load anything from anywhere.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.errors import Problem
from bot.preview.markup import Html, element, text, together

MADE_BY = "handrail preview"
"""Every page names its maker, so that only such pages are ever replaced or removed."""

_LOOK = Path(__file__).with_name("look.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(title: str, *body: Html, home: str = "") -> Html:
    """A whole page. `home` is the way back to the list of all, from a page in a folder."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=MADE_BY),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", text(f"{title} – preview")),
        element("style", Html(_LOOK.read_text("utf-8"))),
    )
    back = element("nav", element("a", text("‹ All pages"), href=home), class_="home") if home else Html("")
    inside = element("body", back, element("main", *body))
    return Html(f"<!doctype html>\n{element('html', head, inside, lang='en')}\n")


def badge(words: str, kind: str = "") -> Html:
    """A small sign: `good`, `warn`, `bad`, or a level."""
    return element("span", text(words), class_=f"badge {kind}".strip())


def facts(*parts: Html) -> Html:
    """A line of small facts."""
    return element("p", *(element("span", part) for part in parts if part), class_="facts")


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def problem_badges(problems: Sequence[Problem]) -> Html:
    """How many are to mend and how many are advice; nothing when all is well."""
    errors = sum(not problem.warning for problem in problems)
    warnings = len(problems) - errors
    bad = badge(count(errors, "problem"), "bad") if errors else Html("")
    warn = badge(count(warnings, "warning"), "warn") if warnings else Html("")
    return together(bad, warn, between=" ")


def problem_list(
    problems: Sequence[Problem], *, named: bool = False, place_of: Callable[[Problem], Html] | None = None
) -> Html:
    """The problems in full, as `check` says them; `named` with their file. `place_of` links to where it is seen."""
    if not problems:
        return Html("")
    return element(
        "ul",
        *(_problem(one, named, place_of(one) if place_of else Html("")) for one in problems),
        class_="problems",
    )


def _with_code(words: str) -> Html:
    """What stands between two ` is something to type."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return text(words)
    return together(*(element("code", text(part)) if at % 2 else text(part) for at, part in enumerate(parts)))


def _problem(problem: Problem, named: bool, seen: Html) -> Html:
    where = [problem.file] if named else []
    where += [f"line {problem.line}"] if problem.line else []
    kind = "warn" if problem.warning else "bad"
    words = [
        badge("warning" if problem.warning else "problem", kind),
        element("span", text(", ".join(where)), class_="where") if where else Html(""),
        seen,
        _with_code(problem.what),
        element("b", _with_code(problem.mend)),
    ]
    return element("li", together(*words, between=" "), class_=kind)
