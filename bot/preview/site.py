"""All pages of a preview: which there are, what each shows, and the list of all. Pure: gives pages, writes none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote

from bot.checkins.model import CheckinDefinition, Rule
from bot.errors import Problem
from bot.modules.grade import reading
from bot.modules.model import TRACKS, Module
from bot.modules.signatures import is_signed
from bot.preview import checkins, modules
from bot.preview.frame import badge, count, facts, page, problem_badges, problem_list
from bot.preview.markup import Html, element, text
from bot.preview.modules import grade_badge, review_badge
from bot.snapshot import Parts

INDEX = "index.html"
RULES = "screening/rules.toml"


@dataclass(frozen=True)
class Site:
    """What is to be shown: the parts that could be read, every file there is, and every problem.

    `files` are the content's files and `problems` name theirs from the content folder: "modules/en/sleep.md".
    """

    parts: Parts
    files: Sequence[str]
    problems: Sequence[Problem]

    @property
    def names(self) -> list[str]:
        """What can be asked for by name: modules and check-ins, broken ones too."""
        return sorted({PurePosixPath(file).stem for file in self.files if _has_page(file)})

    def pages(self, names: Sequence[str] = ()) -> dict[str, Html]:
        """The pages by their path, "index.html" first; with `names`, only of these modules and check-ins."""
        chosen = [
            file
            for file in self.files
            if _has_page(file) and (not names or PurePosixPath(file).stem in names)
        ]
        return {INDEX: self._index(chosen)} | {page_of(file): self._page(file) for file in chosen}

    def _page(self, file: str) -> Html:
        mine = self._problems_of(file)
        stem, folder = PurePosixPath(file).stem, PurePosixPath(file).parent.name
        if folder == "checkins":
            definition = self.parts.checkins.get(stem)
            if definition is None:
                return _broken(file, mine, checkins.HOME)
            return checkins.checkin_page(self._shown_checkin(definition, mine))
        read = self.parts.files.get((folder, stem))
        if read is None:
            return _broken(file, mine, modules.HOME)
        others = tuple(m for m in self._spoken(stem).values() if m.lang != folder)
        after = self._after(read.module)
        return modules.module_page(
            modules.Shown(read, self.parts.said, others, after, mine, self.parts.pictures)
        )

    def _shown_checkin(self, definition: CheckinDefinition, problems: Sequence[Problem]) -> checkins.Shown:
        parts = self.parts
        titles = {
            slug: file.module.title
            for (lang, slug), file in parts.files.items()
            if lang == parts.languages[0]
        }
        return checkins.Shown(
            definition, self._rules, parts.said, parts.languages, parts.suggestions, titles, problems
        )

    @property
    def _rules(self) -> Sequence[Rule] | None:
        """None while they cannot be known: a rule may lean on a check-in that is broken."""
        hidden = any(
            not p.warning and (p.file == RULES or p.file.startswith("checkins/")) for p in self.problems
        )
        return self.parts.rules if self.parts.rules or not hidden else None

    def _problems_of(self, file: str) -> list[Problem]:
        return [problem for problem in self.problems if problem.file == file]

    def _spoken(self, slug: str) -> dict[str, Module]:
        found = ((lang, self.parts.files.get((lang, slug))) for lang in self.parts.languages)
        return {lang: file.module for lang, file in found if file is not None}

    def _after(self, module: Module) -> Module | None:
        """The next of its track, in its language."""
        later = [
            file.module
            for file in self.parts.files.values()
            if file.module.lang == module.lang
            and file.module.track == module.track
            and file.module.order > module.order
        ]
        return min(later, key=lambda one: one.order, default=None)

    # The list of all

    def _index(self, chosen: Sequence[str]) -> Html:
        slugs = list(dict.fromkeys(PurePosixPath(f).stem for f in chosen if f.startswith("modules/")))
        asked = [file for file in chosen if file.startswith("checkins/")]
        elsewhere = [
            problem
            for problem in self.problems
            if not _has_page(problem.file) or problem.file not in self.files
        ]
        return page(
            "Content",
            element("h1", text("How it looks")),
            self._summary(slugs, asked),
            *_elsewhere(elsewhere),
            *self._checkin_list(asked),
            *self._module_lists(slugs),
        )

    def _summary(self, slugs: Sequence[str], asked: Sequence[str]) -> Html:
        shown = (file for (_, slug), file in self.parts.files.items() if slug in slugs)
        unsigned = sum(not is_signed(file) for file in shown)
        found = problem_badges(self.problems)
        return facts(
            text(count(len(slugs), "module")),
            text(count(len(asked), "check-in")),
            badge(f"{unsigned} not signed", "warn") if unsigned else badge("all signed", "good"),
            found or badge("no problems", "good"),
        )

    def _checkin_list(self, asked: Sequence[str]) -> Iterator[Html]:
        if asked:
            yield element("h2", text("Check-ins"))
            yield element("ul", *map(self._checkin, asked), class_="list")

    def _checkin(self, file: str) -> Html:
        definition = self.parts.checkins.get(PurePosixPath(file).stem)
        if definition is None:
            return element("li", self._broken_entry(file))
        title, *others = (
            element("span", text(definition.titled(lang)), lang=lang) for lang in self.parts.languages
        )
        questions = text(count(len(definition.questions), "question"))
        link = element("a", title, href=_address(file))
        said = facts(*others, questions, problem_badges(self._problems_of(file)))
        return element("li", element("div", link, said, class_="one"))

    def _module_lists(self, slugs: Sequence[str]) -> Iterator[Html]:
        for track, members in groupby(sorted(slugs, key=self._place), key=lambda slug: self._place(slug)[0]):
            name = TRACKS[track] if track < len(TRACKS) else ""
            title = self.parts.said.plain(f"learn.track.{name}", "en") if name else "Cannot be shown"
            yield element("h2", text(title))
            yield element("ul", *map(self._module, members), class_="list")

    def _place(self, slug: str) -> tuple[int, int, str]:
        one = next(iter(self._spoken(slug).values()), None)
        return (TRACKS.index(one.track), one.order, slug) if one else (len(TRACKS), 0, slug)

    def _module(self, slug: str) -> Html:
        files = [
            file for file in self.files if file.startswith("modules/") and PurePosixPath(file).stem == slug
        ]
        return element("li", *map(self._language, files))

    def _language(self, file: str) -> Html:
        read = self.parts.files.get((PurePosixPath(file).parent.name, PurePosixPath(file).stem))
        if read is None:
            return self._broken_entry(file)
        module = read.module
        said = facts(
            text(f"{module.lang}, {module.minutes} min"),
            grade_badge(reading(module), short=True),
            review_badge(read, short=True),
            problem_badges(self._problems_of(file)),
        )
        link = element("a", text(module.title), href=_address(file), lang=module.lang)
        return element("div", link, said, class_="one")

    def _broken_entry(self, file: str) -> Html:
        link = element("a", text(f"{file}: cannot be shown"), href=_address(file))
        return element("div", link, facts(problem_badges(self._problems_of(file))), class_="one")


def page_of(file: str) -> str:
    """ "modules/en/sleep.md" -> "modules/en/sleep.html"."""
    return PurePosixPath(file).with_suffix(".html").as_posix()


def _address(file: str) -> str:
    """The page's address from the list of all; a name may hold anything a file system takes."""
    return quote(page_of(file), errors="surrogateescape")


def _has_page(file: str) -> bool:
    path = PurePosixPath(file)
    match path.parts:
        case ["checkins", _]:
            return path.suffix == ".toml"
        case ["modules", _, _]:
            return path.suffix == ".md"
        case _:
            return False


def _broken(file: str, problems: Sequence[Problem], home: str) -> Html:
    return page(
        file,
        element("h1", text(file)),
        element(
            "p",
            text("This file cannot be shown as it stands. The bot keeps the last version that was right."),
        ),
        problem_list(problems),
        home=home,
    )


def _elsewhere(problems: Sequence[Problem]) -> Iterator[Html]:
    if problems:
        yield element("h2", text("To mend in other files"))
        yield problem_list(problems, named=True)
