"""The content folder read whole: one checked, immutable snapshot, or all its problems with file and line.

What the files mean is in each capability's `content`; which snapshot is in use, in `library`.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot import consent, crisis, forbidden, phrases
from bot.checkins.content import read_checkin, read_rules
from bot.checkins.model import CheckinDefinition, Rule
from bot.checkins.rhythm import DAILY
from bot.checkins.suggestions import Suggestion, read_suggestions
from bot.errors import Problem
from bot.folder import content_files, hash_of
from bot.listing import Listing
from bot.modules.captions import captions_checked
from bot.modules.content import ModuleFile, translations_checked
from bot.modules.course import Course, read_course
from bot.modules.model import TRACKS, Module
from bot.modules.pictures import FOLDER as PICTURES
from bot.modules.pictures import SUFFIXES as PICTURE_SUFFIXES
from bot.modules.pictures import Pictures, read_pictures
from bot.modules.signatures import by_slug, is_signed
from bot.reading import in_language
from bot.rereading import forbidden_in, module_in, phrases_in

if TYPE_CHECKING:
    from bot.screening.screener import Screener

LANGUAGES = ("en", "es")
MOST_FILES = 2000  # ten times a large curriculum; more is a folder that got here by mistake


_compiled: "dict[str, tuple[Screener | None, list[Problem]]]" = {}
"""The last good screener, by the hash of its files."""


@dataclass(frozen=True)
class Content:
    """One good state of the content folder. `revision` changes with every byte of it.

    `unsigned` are modules that nobody is offered before they are signed; `pictures` are what cards show, by the key
    that the card names.
    """

    languages: tuple[str, ...]
    checkins: Mapping[str, CheckinDefinition]
    rules: tuple[Rule, ...]
    suggestions: tuple[Suggestion, ...]
    course: Course
    modules: Mapping[str, Mapping[str, Module]]
    unsigned: Mapping[str, Mapping[str, Module]]
    tracks: Mapping[str, tuple[str, ...]]
    pictures: Mapping[str, bytes]
    phrases: phrases.Phrases
    crisis: crisis.CrisisCard
    consent: consent.Consent
    screener: "Screener"
    revision: str
    default: str = "en"

    def module(self, slug: str, lang: str) -> Module | None:
        """The module in that language, else in the program's, else in any it has; None when there is none."""
        spoken = self.modules.get(slug)
        module: Module | None = in_language(spoken, lang, self.default) if spoken else None
        return module


@dataclass(frozen=True)
class Parts:
    """What could be read of a folder, each thing by itself, though another in it is broken; for looking at it.

    `files` are the modules by language and slug, `pictures` what they show by its key; `said` are the sentences of
    those files that could be read.
    """

    languages: tuple[str, ...] = ()
    checkins: Mapping[str, CheckinDefinition] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    files: Mapping[tuple[str, str], ModuleFile] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    said: phrases.Phrases = field(default_factory=lambda: phrases.Phrases({}))


def read_content(
    directory: Path,
    *,
    country: str,
    languages: tuple[str, ...] = LANGUAGES,
    default: str = "en",
    signed_only: bool = False,
) -> tuple[Content | None, list[Problem]]:
    """The content of that folder, or none; and every problem, sorted, files named from the folder's parent.

    `signed_only` leaves out each module that is not signed as it is in all its languages.
    """
    return _Reader(directory, country, languages, default, signed_only=signed_only).read()


def read_parts(
    directory: Path, *, country: str, languages: tuple[str, ...] = LANGUAGES, default: str = "en"
) -> tuple[Parts, list[Problem]]:
    """What can be shown of that folder, and every problem as `read_content` gives it."""
    reader = _Reader(directory, country, languages, default)
    _, problems = reader.read()
    return reader.parts, problems


class _Reader:
    """One reading of a folder: collects the parts and what is wrong with them."""

    def __init__(
        self,
        directory: Path,
        country: str,
        languages: tuple[str, ...],
        default: str,
        *,
        signed_only: bool = False,
    ) -> None:
        self._directory = directory
        self._country = country
        self._languages = languages
        self._default = default
        self._signed_only = signed_only
        self._folder = Listing(directory, languages)
        self.parts = Parts(languages)

    def read(self) -> tuple[Content | None, list[Problem]]:
        if not self._directory.is_dir():
            self._folder.note("", "There is no such folder.", "Name the folder that holds the content.")
            return None, self._folder.problems
        if (files := len(content_files(self._directory))) > MOST_FILES:
            what = f"There are {files} files here, and {MOST_FILES} are the most that are read."
            self._folder.note("", what, "Take out what is no content.")
            return None, self._folder.problems
        content = self._content()
        self._find_forbidden_words()
        self._folder.find_strays()
        problems = sorted(set(self._folder.problems))
        return (None if any(not problem.warning for problem in problems) else content), problems

    def _content(self) -> Content | None:
        checkins = self._checkins()
        rules = self._rules(checkins)
        suggestions, course = self._suggestions(checkins), self._course()
        pictures = self._pictures()
        said = self._phrases()
        modules = self._modules(pictures, said)
        card = self._crisis()
        agreed = self._consent()
        screener = self._screener()
        if said is None or card is None or agreed is None or screener is None:
            return None
        return Content(
            languages=self._languages,
            checkins=checkins,
            rules=rules,
            suggestions=suggestions,
            course=course,
            modules=modules,
            unsigned=by_slug(one for one in self.parts.files.values() if one.module.slug not in modules),
            tracks=_tracks(modules),
            pictures=self.parts.pictures,
            phrases=said,
            crisis=card,
            consent=agreed,
            screener=screener,
            revision=hash_of(self._directory),
            default=self._default,
        )

    def _checkins(self) -> dict[str, CheckinDefinition]:
        checkins: dict[str, CheckinDefinition] = {}
        names = self._folder.names("checkins", ".toml")
        modules = {
            Path(name).stem
            for lang in self._languages
            for name in self._folder.names(f"modules/{lang}", ".md")
        }
        if f"checkins/{DAILY}.toml" not in names:
            what = "This file is missing: it is the check-in that everybody gets each day."
            self._folder.note(f"checkins/{DAILY}.toml", what, "Put it back.")
        for name in names:
            source = self._folder.source(name)
            checkin, problems = read_checkin(
                source.path,
                languages=self._languages,
                shown=source.shown,
                root=source.root,
                modules=modules,
            )
            self._folder.problems += problems
            if checkin is not None:
                checkins[checkin.name] = checkin
        self.parts = replace(self.parts, checkins=checkins)
        return checkins

    def _rules(self, checkins: Mapping[str, CheckinDefinition]) -> tuple[Rule, ...]:
        name = "screening/rules.toml"
        if not self._folder.is_there(name, "it says which answers are a concern"):
            return ()
        if len(checkins) < len(self._folder.names("checkins", ".toml")):
            return ()  # a question in a broken check-in would seem to be missing
        source = self._folder.source(name)
        rules, problems = read_rules(source.path, checkins, shown=source.shown, root=source.root)
        self._folder.problems += problems
        self.parts = replace(self.parts, rules=rules)
        return rules

    def _suggestions(self, checkins: Mapping[str, CheckinDefinition]) -> tuple[Suggestion, ...]:
        """A program may do without."""
        name = "suggestions.toml"
        there = os.path.lexists(self._directory / name)
        if not there or len(checkins) < len(self._folder.names("checkins", ".toml")):
            return ()  # a question in a broken check-in would seem to be missing
        questions = [question for checkin in checkins.values() for question in checkin.questions]
        suggestions, problems = read_suggestions(
            self._folder.source(name), questions, self._names_of_modules()
        )
        self._folder.problems += problems
        self.parts = replace(self.parts, suggestions=suggestions)
        return suggestions

    def _course(self) -> Course:
        """A program may do without."""
        name = "course.toml"
        if not os.path.lexists(self._directory / name):
            return Course()
        course, problems = read_course(self._folder.source(name), self._names_of_modules(), self._languages)
        self._folder.problems += problems
        return course

    def _names_of_modules(self) -> set[str]:
        """Of every file, right or wrong: a broken one is named by itself."""
        return {
            Path(file).stem
            for lang in self._languages
            for file in self._folder.names(f"modules/{lang}", ".md")
        }

    def _pictures(self) -> Pictures:
        names = self._folder.names(PICTURES, PICTURE_SUFFIXES)
        pictures, problems = read_pictures(self._folder.source(name) for name in names)
        self._folder.problems += problems
        by_key = {file.key: file.data for file in pictures.values() if file is not None}
        self.parts = replace(self.parts, pictures=by_key)
        return pictures

    def _modules(self, pictures: Pictures, said: phrases.Phrases | None) -> dict[str, dict[str, Module]]:
        files: list[ModuleFile] = []
        broken: set[str] = set()
        for lang in self._languages:
            for name in self._folder.names(f"modules/{lang}", ".md"):
                source = self._folder.source(name)
                file, problems = module_in(source, lang, pictures)
                self._folder.problems += problems
                if file is None:
                    broken.add(source.path.stem)
                else:
                    files.append(file)
        self.parts = replace(self.parts, files={(one.module.lang, one.module.slug): one for one in files})
        whole = [file for file in files if file.module.slug not in broken]
        self._folder.problems += translations_checked(whole, self._languages)
        self._folder.problems += captions_checked(files, said) if said else ()
        unsigned = {one.module.slug for one in files if self._signed_only and not is_signed(one)}
        return by_slug(one for one in files if one.module.slug not in unsigned)

    def _phrases(self) -> phrases.Phrases | None:
        names = self._folder.names("phrases", ".toml")
        if not names:
            self._folder.note(
                "phrases", "The sentences that the bot says are missing.", "Put back this folder."
            )
        parts: dict[str, phrases.Phrases | None] = {}
        for name in names:
            source = self._folder.source(name)
            parts[name], problems = phrases_in(source, self._languages, self._default)
            self._folder.problems += problems
        whole = {name: part for name, part in parts.items() if part is not None}
        self._find_twins(whole)
        if not whole:
            return None
        said = phrases.joined(whole.values())
        self.parts = replace(self.parts, said=said)
        return said if len(whole) == len(parts) else None

    def _find_twins(self, parts: Mapping[str, phrases.Phrases]) -> None:
        """A phrase in two files: nobody could tell which of them is said."""
        homes: dict[str, str] = {}
        for name, part in parts.items():
            for key in sorted(part.keys()):
                if key in homes:
                    what = f"[{key}] is already in {Path(homes[key]).name}."
                    self._folder.note(name, what, "Keep one of the two.")
                homes.setdefault(key, name)

    def _crisis(self) -> crisis.CrisisCard | None:
        cards: dict[str, crisis.CrisisCard | None] = {}
        for name in self._folder.names("crisis", ".toml"):
            source = self._folder.source(name)
            card, problems = crisis.read(source.path, self._languages, shown=source.shown, root=source.root)
            self._folder.problems += problems
            cards[source.path.stem] = card
        if self._country not in cards:
            mend = f"Copy international.toml to {self._country}.toml and write your country's numbers in it."
            if near := [name for name in cards if name != "international"]:
                mend += f" There is: {', '.join(near)}."
            what = f'There are no crisis texts for the country "{self._country}".'
            self._folder.note(f"crisis/{self._country}.toml", what, mend)
        return cards.get(self._country)

    def _consent(self) -> consent.Consent | None:
        if not self._folder.is_there("consent.toml", "it is what people agree to"):
            return None
        source = self._folder.source("consent.toml")
        agreed, problems = consent.read(source.path, self._languages, shown=source.shown, root=source.root)
        self._folder.problems += problems
        return agreed

    def _screener(self) -> "Screener | None":
        from bot.screening.content import read  # the heaviest part: only when a folder is really read

        if not self._folder.listed("screening"):  # its reader would look for phrase lists around it
            self._folder.note(
                "screening", "The phrases that are a concern are missing.", "Put back this folder."
            )
            return None
        # Compiling thousands of phrases takes most of a reading; an edit elsewhere need not wait for it.
        files = hash_of(self._directory / "screening")
        screener, problems = _compiled.get(files) or read(self._directory)
        if screener is not None:
            _compiled.clear()
            _compiled[files] = (screener, problems)
        self._folder.problems += [
            replace(problem, file=self._folder.shown(problem.file)) for problem in problems
        ]
        return screener

    def _find_forbidden_words(self) -> None:
        if not os.path.lexists(self._directory / "forbidden.toml"):
            what = "This file is missing: words that hurt or promise too much are not looked for."
            self._folder.note("forbidden.toml", what, "Put it back.", warning=True)
            return
        source = self._folder.source("forbidden.toml")
        words, problems = forbidden.read(source.path, shown=source.shown, root=source.root)
        self._folder.problems += problems
        for name in self._read_by_participants():
            self._folder.problems += forbidden_in(self._folder.source(name), words)

    def _read_by_participants(self) -> Iterator[str]:
        yield from (name for name in ("consent.toml",) if (self._directory / name).exists())
        yield from self._folder.names("phrases", ".toml")
        yield from self._folder.names("checkins", ".toml")
        yield from self._folder.names("crisis", ".toml")
        for lang in self._languages:
            yield from self._folder.names(f"modules/{lang}", ".md")


def _tracks(modules: Mapping[str, Mapping[str, Module]]) -> dict[str, tuple[str, ...]]:
    """The modules of each track in order; tracks without modules are left out."""
    one_each = [next(iter(spoken.values())) for spoken in modules.values()]
    ordered = sorted(one_each, key=lambda module: (module.order, module.slug))
    tracks = {track: tuple(m.slug for m in ordered if m.track == track) for track in TRACKS}
    return {track: slugs for track, slugs in tracks.items() if slugs}
