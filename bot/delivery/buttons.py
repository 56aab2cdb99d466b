"""Callback data: self-describing words within Telegram's 64 bytes, authorised when they are used.

`verb:word:word`; whole numbers are written in base 36 so that row ids stay short.
"""

from dataclasses import dataclass

from bot.delivery.model import Button

LARGEST = 2**63 - 1  # a row id is a signed 64-bit number
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class StaleTap(ValueError):
    """A button whose data this version does not understand."""


@dataclass(frozen=True)
class Tap:
    """What a tapped button says. Words are read by position with `word` and `number`."""

    verb: str
    words: tuple[str, ...] = ()

    def word(self, position: int) -> str:
        """Raises `StaleTap` when there is no such word."""
        if position >= len(self.words):
            raise StaleTap()
        return self.words[position]

    def number(self, position: int) -> int:
        """Raises `StaleTap` when it is not a base 36 number that a row could have."""
        try:
            number = int(self.word(position), 36)
        except ValueError as error:
            raise StaleTap() from error
        if not 0 <= number <= LARGEST:  # a forged one would be refused by the database, not by us
            raise StaleTap()
        return number


def data(verb: str, *words: int | str) -> str:
    """The callback data for a button."""
    return ":".join((verb, *(_base36(word) if isinstance(word, int) else word for word in words)))


def read(text: str) -> Tap:
    """Whatever the client sent; never raises."""
    verb, *words = text.split(":")
    return Tap(verb, tuple(words))


def button(label: str, verb: str, *words: int | str) -> Button:
    """A button that sends `verb` and `words` back."""
    return Button(label, data=data(verb, *words))


def grid(buttons: list[Button], columns: int) -> tuple[tuple[Button, ...], ...]:
    """The buttons in rows of at most `columns`."""
    return tuple(tuple(buttons[start : start + columns]) for start in range(0, len(buttons), columns))


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError("callback data holds no negative numbers")
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
        if not number:
            return text
