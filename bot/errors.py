"""The errors that cross package borders, and `Problem`, a fault in a file that somebody can mend.

A rule that says no raises a named `Refused`; its docstring is the sentence for the log.
The handler that meets it says it kindly in the chat.
"""

from dataclasses import dataclass


class HandrailError(Exception):
    """Something in Handrail went wrong."""

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.__doc__, *self.args) if part)


class Refused(HandrailError):
    """A rule said no."""


class NotAllowed(Refused):
    """This person's role does not allow the action."""


class NotFound(Refused):
    """There is no such thing, or it is not this person's to see."""


class Conflict(Refused):
    """Somebody or something else was first."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a file: `file:line: what. mend.` (`line` counts from 1; 0 when the whole file is meant)."""

    file: str
    line: int
    what: str
    mend: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        kind = "warning: " if self.warning else ""
        return f"{place}: {kind}{self.what} {self.mend}"


class Problems(HandrailError):
    """Files that must be mended first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = sorted(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
