"""Joining as a walk through steps: what comes next, what was chosen so far, and what may be chosen.

Pure rules, shared with the settings, which offer the same choices. How a step looks is in `screens`.
"""

import re
import unicodedata
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from bot.people.model import Pace
from bot.richtext import strip_controls
from bot.scheduling.calendar import instant, known_zone, local_day, local_time

LONGEST_NAME = 40
PAUSE_DAYS = (1, 3, 7, 14)

USUAL_WINDOW = 2
WINDOWS = (
    (0, 1, 2, 3, 4, 5),
    (6, 7, 8, 9, 10, 11),
    (8, 10, 12, 17, 19, 20),  # the usual ones, shown first
    (12, 13, 14, 15, 16, 17),
    (18, 19, 20, 21, 22, 23),
)
"""Hours offered for the check-in, earlier and later around the usual ones."""

NO_QUIET = (time(0), time(0))  # equal times mean that there are no quiet hours
QUIET = (
    (time(21), time(7)),
    (time(22), time(7)),
    (time(22), time(8)),
    (time(23), time(8)),
)


class Step(StrEnum):
    """One screen of joining; the order is the order in which they come."""

    CONSENT = "consent"
    AGREE = "agree"
    MODE = "mode"
    NAME = "name"
    ZONE = "zone"
    TIME = "time"
    QUIET = "quiet"
    PACE = "pace"


ORDER = tuple(Step)
CHOICES = (Step.MODE, Step.NAME, Step.ZONE, Step.TIME, Step.QUIET, Step.PACE)
"""What can be changed later, too."""


@dataclass(frozen=True)
class Draft:
    """How far somebody has come with an invite. `page` counts the consent's pages from 0."""

    invite: int
    language: str
    step: Step = Step.CONSENT
    page: int = 0
    taps_only: bool = False
    name: str = ""
    zone: str = ""
    checkin_time: time = time(19)
    quiet_from: time = time(22)
    quiet_to: time = time(8)
    pace: Pace = Pace.USUAL
    consent_version: str = ""

    def to_state(self) -> dict[str, Any]:
        """As plain JSON values."""
        state = asdict(self)
        return {name: f"{part:%H:%M}" if isinstance(part, time) else part for name, part in state.items()}

    @staticmethod
    def from_state(state: dict[str, Any]) -> "Draft":
        times = {name: time.fromisoformat(state[name]) for name in ("checkin_time", "quiet_from", "quiet_to")}
        return Draft(**{**state, **times, "step": Step(state["step"]), "pace": Pace(state["pace"])})


def forward(draft: Draft, pages: int) -> Draft:
    """The next page of the consent, or the next step; the last step stays."""
    if draft.step is Step.CONSENT and draft.page + 1 < pages:
        return replace(draft, page=draft.page + 1)
    following = ORDER[min(ORDER.index(draft.step) + 1, len(ORDER) - 1)]
    return replace(draft, step=following)


def back(draft: Draft, pages: int) -> Draft:
    """The page or step before; the first page stays."""
    if draft.step is Step.CONSENT:
        return replace(draft, page=max(min(draft.page, pages) - 1, 0))
    before = ORDER[ORDER.index(draft.step) - 1]
    return replace(draft, step=before, page=pages - 1)


def choice(step: Step, words: tuple[str, ...]) -> dict[str, Any] | None:
    """The fields that a tapped choice of that step sets, or None when it is no choice of it."""
    word, value = (*words, "", "")[:2]
    match step:
        case Step.MODE if word in ("words", "taps"):
            return {"taps_only": word == "taps"}
        case Step.ZONE if word == "z" and known_zone(value):
            return {"zone": value}
        case Step.TIME if word == "t" and re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", value):
            return {"checkin_time": time(int(value[:2]), int(value[2:]))}
        case Step.QUIET if word == "none":
            return {"quiet_from": NO_QUIET[0], "quiet_to": NO_QUIET[1]}
        case Step.QUIET if word.isdecimal() and int(word) < len(QUIET):
            quiet_from, quiet_to = QUIET[int(word)]
            return {"quiet_from": quiet_from, "quiet_to": quiet_to}
        case Step.PACE if word in set(Pace):
            return {"pace": Pace(word)}
        case _:
            return None


def cleaned_name(typed: str) -> str | None:
    """A typed name without control characters and doubled spaces; None when nothing or too much is left."""
    name = " ".join(unicodedata.normalize("NFC", strip_controls(typed)).split())
    return name if 1 <= len(name) <= LONGEST_NAME else None


def suggested_name(first_name: str) -> str:
    """The name of the Telegram account when it can be read; empty when it cannot."""
    name = " ".join(strip_controls(first_name).split())[:LONGEST_NAME].strip()
    return name if any(character.isalnum() for character in name) else ""


_TIME = re.compile(r"(?:at |a las |las )?(\d{1,2})(?:[:.h](\d{2})|h)?\s*(a|p)?\.?\s?m?\.?")
_HALVES = (
    (re.compile(r" (?:in the morning|de la manana|de la madrugada)$"), " am"),
    (re.compile(r" (?:in the (?:evening|afternoon)|at night|de la (?:tarde|noche))$"), " pm"),
    (re.compile(r"^(?:at noon|noon|midday|(?:al? )?mediodia)$"), "12 pm"),
)


def read_time(typed: str) -> time | None:
    """A typed time of day such as "7:30 pm", "19.30" or "8 de la noche"; None when it is not one."""
    said = unicodedata.normalize("NFKD", typed.strip().casefold())
    said = "".join(letter for letter in said if not unicodedata.combining(letter))
    for words, half in _HALVES:
        said = words.sub(half, said)
    match = _TIME.fullmatch(said)
    if match is None:
        return None
    return _on_the_clock(int(match[1]), int(match[2] or 0), match[3])


def _on_the_clock(hour: int, minute: int, half: str | None) -> time | None:
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def is_quiet(at: time, quiet_from: time, quiet_to: time) -> bool:
    """Whether that time of day lies in the quiet hours; equal times mean that there are none."""
    if quiet_from <= quiet_to:
        return quiet_from <= at < quiet_to
    return at >= quiet_from or at < quiet_to


def heard_at(at: time, quiet_from: time, quiet_to: time) -> time:
    """When a check-in of that time really comes: quiet hours hold it until they end."""
    return quiet_to if is_quiet(at, quiet_from, quiet_to) else at


def pause_until(now: datetime, days: int, zone: str) -> datetime:
    """The same time of day so many days later, in that zone; a day that was left out is passed over."""
    day, at = local_day(now, zone) + timedelta(days=days), local_time(now, zone)
    at = at.replace(second=0, microsecond=0)
    while (until := instant(day, at, zone)) is None:
        day += timedelta(days=1)
    return until
