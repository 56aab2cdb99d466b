"""The phrase lists that clinical staff keep in `content/screening/`: read, checked, made into a `Screener`.

All problems of all files are gathered, each with its line and how to mend it; a broken file is never an
exception. `rules.toml` beside them (answers and trends) belongs to `bot.checkins`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import Problem
from bot.reading import MOST_FAULTS, Source, faults_left, read_text, toml_parts
from bot.screening.context import Cue, Setting
from bot.screening.learned import WEIGHTS, BrokenWeights, Learned, load
from bot.screening.model import Category, Level
from bot.screening.network import NETWORK
from bot.screening.opinions import Opinions
from bot.screening.ordinary import raised_by_rule
from bot.screening.places import Places
from bot.screening.rules import Family, Harmless, Rules, Score
from bot.screening.screener import Screener

_NOT_OURS = "rules.toml"
_Key = TypeVar("_Key")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Family(_Strict):
    id: str = Field(pattern=r"^[a-z0-9_.-]+$")
    category: Category
    level: Literal["watch", "elevated", "urgent"]
    phrases: list[str] = Field(min_length=1)
    unless: list[str] = []
    about: Literal["self", "anyone"] = "self"
    coping: bool = False
    never_calmed: list[Setting] = []

    def rule(self) -> Family:
        return Family(
            id=self.id,
            category=self.category,
            level=Level.of(self.level),
            phrases=tuple(self.phrases),
            unless=tuple(self.unless),
            about_anyone=self.about == "anyone",
            coping=self.coping,
            never_calmed=frozenset(self.never_calmed),
        )


class _Harmless(_Strict):
    id: str = Field(pattern=r"^[a-z0-9_.-]+$")
    phrases: list[str] = Field(min_length=1)


class _Score(_Strict):
    id: str = Field(pattern=r"^[a-z0-9_.-]+$")
    category: Category
    words: list[str] = Field(min_length=1)
    watch: int = Field(ge=0, le=10)
    elevated: int = Field(ge=0, le=10)
    low_is_worse: bool = False


_Some = Annotated[str, Field(pattern=r"\S")]


class _File(_Strict):
    words: dict[_Some, list[_Some]] = {}
    spellings: dict[_Some, list[_Some]] = {}
    context: dict[Cue, list[str]] = {}
    fillers: list[_Some] = []
    never_corrected: list[str] = []
    family: list[_Family] = []
    harmless: list[_Harmless] = []
    score: list[_Score] = []


SHAPE = _File  # its JSON Schema is in content/schemas


class _Read:
    """One file that could be read, with the places of its parts."""

    def __init__(self, path: Path, shown: str, file: _File, places: Places) -> None:
        self.path, self.shown, self.file, self.places = path, shown, file, places

    def phrases(self) -> Iterator[tuple[str, Callable[[], int]]]:
        """Every phrase, and how to find its line: a search worth its time only when something is wrong."""
        for kind, number, phrases in self._blocks_with_phrases():
            for phrase in phrases:
                yield phrase, partial(self.places.text, phrase, kind, number)
        for cue, phrases in self.file.context.items():
            for phrase in phrases:
                yield phrase, partial(self.places.text, phrase, "context", 0, key=cue.value)

    def ids(self) -> Iterator[tuple[str, Callable[[], int]]]:
        """Every rule's id, and how to find its line."""
        kinds: tuple[tuple[str, Sequence[_Family | _Harmless | _Score]], ...] = (
            ("family", self.file.family),
            ("harmless", self.file.harmless),
            ("score", self.file.score),
        )
        for kind, blocks in kinds:
            for number, block in enumerate(blocks):
                yield block.id, partial(self.places.key, "id", kind, number)

    def _blocks_with_phrases(self) -> Iterator[tuple[str, int, list[str]]]:
        for number, family in enumerate(self.file.family):
            yield "family", number, [*family.phrases, *family.unless]
        for number, harmless in enumerate(self.file.harmless):
            yield "harmless", number, harmless.phrases
        for number, score in enumerate(self.file.score):
            yield "score", number, score.words


def read(
    directory: Path, *, weights: Path = WEIGHTS, network: Path | None = NETWORK
) -> tuple[Screener | None, list[Problem]]:
    """The screener that the files of `directory/screening` (or of `directory` itself) describe.

    Gives no screener when there is any problem that is not merely a warning. Without a `network` the word
    weights judge what no phrase foresaw.
    """
    folder = directory / "screening" if (directory / "screening").is_dir() else directory
    files, problems = _read_all(folder)
    if not files and not problems:
        problems.append(
            Problem(folder.name, 0, "There are no phrase lists here.", "Put back en.toml and es.toml.")
        )
    problems += _twins(files)
    screener = Screener(
        _rules([one.file for one in files]), _learned(weights), Opinions(network) if network else None
    )
    problems += _unmatchable(files, screener)
    problems += _too_wide(files, screener)
    found = None if any(not problem.warning for problem in problems) else screener
    return found, sorted(problems)


def _learned(weights: Path) -> Learned | None:
    """The trained layer; without it the phrases still screen, and `guard` tells staff."""
    try:
        return load(weights)
    except BrokenWeights:
        return None


def _read_all(folder: Path) -> tuple[list[_Read], list[Problem]]:
    files: list[_Read] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name == _NOT_OURS or path.name.startswith("."):
            continue
        found = _read_one(path, f"{folder.name}/{path.name}")
        if isinstance(found, _Read):
            files.append(found)
        else:
            problems += found
    return files, problems


def _read_one(path: Path, shown: str) -> _Read | list[Problem]:
    source = Source(path, shown, root=path.parent.parent)
    raw = read_text(source)
    if isinstance(raw, Problem):
        return [raw]
    document = toml_parts(source, raw)
    if isinstance(document, Problem):
        return [document]
    places = Places(raw)
    try:
        return _Read(path, shown, _File.model_validate(document), places)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        found = [_invalid(shown, dict(fault), places) for fault in faults[:MOST_FAULTS]]
        return found + faults_left(source, len(faults) - MOST_FAULTS)


def _invalid(shown: str, fault: dict[str, Any], places: Places) -> Problem:
    location = tuple(fault["loc"])
    line = places.of(location)
    name = str(location[-1]) if location else "the file"
    if fault["type"] == "extra_forbidden":
        return Problem(shown, line, f"`{name}` is not known here.", _did_you_mean(name, _known(location)))
    if fault["type"] in {"enum", "literal_error"}:
        allowed = _allowed(location)
        given = str(fault["input"])
        return Problem(shown, line, f"`{given}` is not one of the choices.", _did_you_mean(given, allowed))
    if fault["type"] == "missing":
        return Problem(shown, line, f"`{name}` is missing.", f"Add a line `{name} = ...`.")
    return Problem(shown, line, f"`{name}`: {fault['msg']}.", "Write it as the shipped files do.")


def _known(location: tuple[Any, ...]) -> list[str]:
    kinds: dict[Any, type[BaseModel]] = {"family": _Family, "harmless": _Harmless, "score": _Score}
    return list(kinds.get(location[0], _File).model_fields if len(location) > 1 else _File.model_fields)


def _allowed(location: tuple[Any, ...]) -> list[str]:
    if "category" in location:
        return [category.value for category in Category]
    if "level" in location:
        return ["watch", "elevated", "urgent"]
    if "about" in location:
        return ["self", "anyone"]
    if location[0] == "context":
        return [cue.value for cue in Cue]
    return [setting.value for setting in Setting]


def _did_you_mean(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else f"Use one of: {', '.join(known)}."


def _twins(files: list[_Read]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for one in files:
        for name, line in one.ids():
            if name in seen:
                yield Problem(
                    one.shown,
                    line(),
                    f"The id `{name}` is already used in {seen[name]}.",
                    "Choose another id.",
                )
            seen.setdefault(name, one.shown)


def _unmatchable(files: list[_Read], screener: Screener) -> Iterator[Problem]:
    faults = {
        phrase: (f"This phrase can never match: {reason}.", "Use words, *, | and <lists>.")
        for phrase, reason in screener.faults.items()
    }
    for name, phrase in screener.missing_lists.items():
        what = f"There is no word list {name}, so `{phrase}` can never match."
        faults[phrase] = (what, _did_you_mean(name, screener.lists))
    if not faults:
        return
    found = (
        (one, line, faults[phrase]) for one in files for phrase, line in one.phrases() if phrase in faults
    )
    for one, line, (what, mend) in islice(found, MOST_FAULTS):  # finding a line takes time
        yield Problem(one.shown, line(), what, mend)


def _too_wide(files: list[_Read], screener: Screener) -> Iterator[Problem]:
    """A warning for each rule that takes what everybody says for a concern, at its id."""
    places = {name: (one.shown, line) for one in files for name, line in one.ids()}
    for rule, hits in raised_by_rule(screener).items():
        shown, line = places[rule]
        sentence, words = hits[0]
        more = f" and {len(hits) - 1} more" if len(hits) > 1 else ""
        what = f'`{rule}` takes "{words}" in the ordinary sentence "{sentence}"{more} for a concern.'
        mend = "Make the phrase longer, or put the harmless words under `unless`."
        yield Problem(shown, line(), what, mend, warning=True)


def _rules(files: list[_File]) -> Rules:
    return Rules(
        families=tuple(family.rule() for file in files for family in file.family),
        harmless=tuple(Harmless(one.id, tuple(one.phrases)) for file in files for one in file.harmless),
        scores=tuple(_score(one) for file in files for one in file.score),
        cues=_merged(file.context for file in files),
        words=_merged(file.words for file in files),
        spellings=_merged(file.spellings for file in files),
        fillers=tuple(word for file in files for word in file.fillers),
        guarded=tuple(word for file in files for word in file.never_corrected),
    )


def _score(score: _Score) -> Score:
    return Score(
        score.id, score.category, tuple(score.words), score.watch, score.elevated, score.low_is_worse
    )


def _merged(tables: Iterable[Mapping[_Key, list[str]]]) -> dict[_Key, tuple[str, ...]]:
    merged: dict[_Key, tuple[str, ...]] = {}
    for table in tables:
        for key, members in table.items():
            merged[key] = merged.get(key, ()) + tuple(members)
    return merged
