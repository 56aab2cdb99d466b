"""The person at the terminal: saying, asking until an answer works, and a link with its QR picture."""

import io
import sys
from collections.abc import Callable
from getpass import getpass
from typing import Annotated, Any, TextIO, TypeVar

import segno
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from bot.config import said_plainly
from bot.errors import HandrailError
from bot.settings import TelegramSettings

TRIES = 5
WHITE_ON_BLACK, USUAL_COLOURS = "\x1b[97;40m", "\x1b[0m"
T = TypeVar("T")


class AnswerRefused(HandrailError):
    """This answer does not work:"""


class Terminal:
    """Asks only when a person sits at it; a script has answered by options, or takes the defaults."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.is_asking = sys.stdin.isatty()

    def say(self, text: str = "") -> None:
        print(text, file=self._out, flush=True)

    def ask(self, question: str, right: Callable[[str], T]) -> T:
        """What `right` makes of the answer; it raises `AnswerRefused` to have the question asked again."""
        return self._until_right(lambda: self._line(question), right)

    def ask_hidden(self, question: str, right: Callable[[str], T]) -> T:
        """The same, and what is typed is not shown."""
        return self._until_right(lambda: getpass(question).strip(), right)

    def show_link(self, words: str, link: str) -> None:
        self.say(f"{words}\n\n  {link}\n")
        picture = io.StringIO()
        segno.make(link, error="m", micro=False).terminal(out=picture, border=2, compact=True)
        lines = picture.getvalue().splitlines()
        if self._out.isatty():  # phones read dark on light only, whatever this terminal's colours are
            lines = [f"{WHITE_ON_BLACK}{line}{USUAL_COLOURS}" for line in lines]
        try:
            self.say("\n".join(lines))
        except UnicodeEncodeError:
            self.say("(This terminal cannot show the QR picture.)")

    def _line(self, question: str) -> str:
        self._out.write(question)
        self._out.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.strip()

    def _until_right(self, ask: Callable[[], str], right: Callable[[str], T]) -> T:
        for _ in range(TRIES - 1):
            try:
                return right(ask())
            except AnswerRefused as error:
                self.say(f"  {error} Once more, please.")
        return right(ask())


def checked(model: type[BaseModel], key: str, value: object) -> Any:
    """The value as that setting would take it. Raises `AnswerRefused` in the setting's own words."""
    field = model.model_fields[key]
    kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise AnswerRefused(f"it {said_plainly(fault)}", str(fault.get("ctx", {}).get("mend", ""))) from None


def checked_token(text: str) -> str:
    """A bot token, by its form. Raises `AnswerRefused`, which does not repeat it."""
    token: SecretStr = checked(TelegramSettings, "token", text)
    return token.get_secret_value()
