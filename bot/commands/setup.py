"""`handrail setup`: from BotFather's token to a configuration, a key file, and the first administrator's link.

Asks everything first, tries it against Telegram, and writes at the very end, all or nothing. Where there is a
configuration already it shows what is there and changes only what an option asks for.
"""

import secrets
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from bot.commands.answers import Options, link_to, must_have_numbers, token_text
from bot.commands.asking import Asking, TelegramSaysNo, why_group_is_deaf
from bot.commands.existing import Existing
from bot.commands.terminal import AnswerRefused, Terminal, checked, checked_token
from bot.commands.writing import Files, Place, template, with_settings
from bot.config import read
from bot.errors import HandrailError
from bot.people.invites import SETUP_LINK
from bot.settings import ProgramSettings, StaffSettings, TelegramSettings
from bot.storage.sealing import make_key_file

SHIPPED_CONTENT = Path(__file__).parents[2] / "content"
TOKEN_FILE = "telegram.token"  # noqa: S105 - the name of a file
TOKEN = "HANDRAIL_TELEGRAM__TOKEN"  # noqa: S105 - the name of a variable
BASE_URL = "HANDRAIL_TELEGRAM__BASE_URL"
POLL_SECONDS = 5


class SetupStopped(HandrailError):
    """Stopped. Nothing was written; begin again with handrail setup whenever you like."""


class NoToken(HandrailError):
    """A token is needed: get one from @BotFather (/newbot), put it into a file, and name that in --token-file."""


class KeysLost(HandrailError):
    """There is a database here but no key file, and new keys would not open it. Put the key file back first:"""


class FolderUnwritable(HandrailError):
    """Nothing can be written in this folder. Choose another with --config, or have its rights changed:"""


class NobodyCame(HandrailError):
    """Nobody opened the link in time, and nothing was written. Run setup again, or give --administrator ID."""


class OtherProgramReads(HandrailError):
    """Another program reads this bot's messages. Stop it, or name the administrator by --administrator ID:"""


def setup(path: Path, environ: Mapping[str, str], options: Options, out: TextIO) -> int:
    """Set up, or show what is set up. Raises `HandrailError` in words for the person at the terminal."""
    try:
        if path.exists():
            return Existing(path, environ, options, out).show_or_change()
        return _New(path, environ, options, out).anew()
    except (KeyboardInterrupt, EOFError):
        raise SetupStopped() from None
    except OSError as error:
        raise FolderUnwritable(f"{path.absolute().parent} ({error.strerror}).") from None


class _New:
    def __init__(self, path: Path, environ: Mapping[str, str], options: Options, out: TextIO) -> None:
        self._path = path.absolute()
        self._environ = environ
        self._options = options
        self._terminal = Terminal(out)

    def anew(self) -> int:
        _must_be_writable(next(place for place in self._path.parents if place.exists()))
        database, keys = self._path.parent / "handrail.sqlite", self._path.parent / "handrail.keys"
        if database.exists() and not keys.exists():
            raise KeysLost(keys)
        self._terminal.say(
            "This sets up Handrail for one program. Nothing is written before the last question.\n"
        )
        token, base_url = self._token(), self._base_url()
        asking = Asking(base_url, token)
        bot = asking.ask("getMe")
        self._terminal.say(f"\nTelegram knows this bot: @{bot['username']}.\n")
        settings = self._answers()
        group = self._group(asking, bot)
        administrators, link = self._administrators(asking, bot)
        settings |= {
            ("telegram", "token"): None,
            ("telegram", "token_file"): str(self._options.token_path or TOKEN_FILE),
            ("staff", "administrators"): list(administrators),
        }
        if base_url != TelegramSettings.model_fields["base_url"].default:
            settings["telegram", "base_url"] = base_url
        if group is not None:
            settings["staff", "chat_id"] = group
        if not (self._path.parent / "content").is_dir():
            settings["content", "path"] = str(SHIPPED_CONTENT)
        self._write(token, settings)
        self._explain(bot, link)
        return 0

    def _token(self) -> str:
        beside = self._path.parent / TOKEN_FILE
        named = self._options.token_path
        if named is None and (from_environment := self._environ.get(f"{TOKEN}_FILE")):
            named = self._path.parent / Path(from_environment).expanduser()
        if named:
            return checked_token(token_text(named))
        if given := self._environ.get(TOKEN):
            return checked_token(given)
        if beside.exists():
            self._terminal.say(f"The token is in {beside} already.")
            return checked_token(token_text(beside))
        if not self._terminal.is_asking:
            raise NoToken()
        self._terminal.say(
            "Write /newbot to @BotFather in Telegram. It gives you a token: digits, a colon, letters."
        )
        return self._terminal.ask_hidden("The token (it is not shown): ", checked_token)

    def _base_url(self) -> str:
        default = TelegramSettings.model_fields["base_url"].default
        given = self._options.base_url or self._environ.get(BASE_URL) or default
        return str(checked(TelegramSettings, "base_url", given))

    def _answers(self) -> dict[Place, object]:
        """The program's own settings, each asked, given, or at its default."""
        options = self._options
        name = self._answer("What do participants call the program?", options.program_name, "name")
        country = self._answer(
            "Country of the crisis numbers, two letters", options.country, "country", self._is_known
        )
        zone = self._answer("Time zone of the program, such as America/Chicago", options.timezone, "timezone")
        language = self._answer(
            "Language of the staff group, en or es", options.language, "language", _is_spoken
        )
        answers = {"name": name, "country": country, "timezone": zone, "language": language}
        return {("program", key): value for key, value in answers.items()}

    def _answer(
        self,
        question: str,
        given: str | None,
        key: str,
        also: Callable[[str], None] = lambda _: None,
    ) -> str:
        default = str(ProgramSettings.model_fields[key].default)

        def right(text: str) -> str:
            value = str(checked(ProgramSettings, key, text or default))
            also(value)
            return value

        if given is not None or not self._terminal.is_asking:
            return right(given or "")
        return self._terminal.ask(f"{question} [{default}]: ", right)

    def _is_known(self, country: str) -> None:
        folder = self._path.parent / "content"
        must_have_numbers(country, folder if folder.is_dir() else SHIPPED_CONTENT)

    def _group(self, asking: Asking, bot: dict[str, Any]) -> int | None:
        def right(text: str) -> int | None:
            if not text:
                return None
            group = checked(StaffSettings, "chat_id", text)
            if why := why_group_is_deaf(asking, int(str(group)), bot["id"]):
                raise AnswerRefused(f"the staff group {group}: {why}")
            return int(str(group))

        if self._options.group is not None:
            return right(str(self._options.group))
        if not self._terminal.is_asking:
            return None
        return self._terminal.ask(
            "Id of the staff group [Enter: later, by /staff_group in the group]: ", right
        )

    def _administrators(self, asking: Asking, bot: dict[str, Any]) -> tuple[tuple[int, ...], str]:
        """Their Telegram ids, and the link for the first of them."""
        given = self._options.administrators

        def right(text: str) -> tuple[int, ...]:
            listed = checked(StaffSettings, "administrators", text) if text else ()
            return tuple(int(number) for number in listed)

        if given is None and self._terminal.is_asking:
            given = self._terminal.ask("Your own Telegram id [Enter: find out by a link]: ", right)
        if given:
            return given, link_to(bot, SETUP_LINK)
        link = link_to(bot, f"{SETUP_LINK}-{secrets.token_urlsafe(18)}")
        return (self._who_opens(asking, link),), link

    def _who_opens(self, asking: Asking, link: str) -> int:
        """Wait for the administrator; their message stays at Telegram, so that the program answers it later."""
        self._terminal.show_link(
            "Open this link on the phone of the first administrator, and press Start:", link
        )
        self._terminal.say("Waiting for it … (Ctrl-C stops, and nothing is written)")
        wanted = f"/start {link.partition('=')[2]}"
        end = time.monotonic() + self._options.wait
        while True:
            for update in _updates(asking):
                message = update.get("message") or {}
                if message.get("text") == wanted and message.get("chat", {}).get("type") == "private":
                    self._terminal.say(f"Hello {message['from'].get('first_name', '')}!\n")
                    return int(message["from"]["id"])
            if time.monotonic() >= end:
                raise NobodyCame()
            time.sleep(min(1.0, max(end - time.monotonic(), 0)))

    def _write(self, token: str, settings: Mapping[Place, object]) -> None:
        """Token, keys and configuration: all of them, or none."""
        files, folder = Files(), self._path.parent
        keys = folder / "handrail.keys"
        made_keys = False
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if self._options.token_file is None:
                files.write(folder / TOKEN_FILE, token + "\n", private=True)
            if not keys.exists():
                make_key_file(keys)
                made_keys = True
            files.write(self._path, with_settings(template(), settings), private=False)
            read(self._path, {})
        except BaseException:
            files.undo()
            if made_keys:
                keys.unlink(missing_ok=True)
            raise
        self._terminal.say(f"Written: {self._path}")
        if self._options.token_file is None:
            self._terminal.say(f"         {folder / TOKEN_FILE}, the token; only you can read it")
        kept = "kept as it was" if not made_keys else "only you can read it"
        self._terminal.say(f"         {keys}, the keys; {kept}")
        self._terminal.say(
            "\nKeep a copy of the key file apart from this computer and from the backups: without it nobody can\n"
            "read the database, and with it and a backup anybody can."
        )

    def _explain(self, bot: dict[str, Any], link: str) -> None:
        self._terminal.say("\nNext:")
        self._terminal.say(f"  1. handrail doctor --config {self._path}")
        self._terminal.say(f"  2. handrail run --config {self._path}")
        self._terminal.say(
            f"  3. write /start to @{bot['username']} by the link below; it knows you as administrator"
        )
        self._terminal.say("  4. shifts, closed days and all else are explained in the configuration\n")
        self._terminal.show_link(
            "The administrator's link (it works for the administrators named, and nobody else):", link
        )


def _is_spoken(language: str) -> None:
    spoken = ProgramSettings.model_fields["languages"].default
    if language not in spoken:
        raise AnswerRefused(f"the content is there in {' and '.join(spoken)}.")


def _must_be_writable(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass


def _updates(asking: Asking) -> list[dict[str, Any]]:
    """What waits for the bot; without an offset nothing of it is confirmed."""
    try:
        found = asking.ask("getUpdates", seconds=POLL_SECONDS + 15, timeout=POLL_SECONDS)
    except TelegramSaysNo as error:
        if error.status == 409:
            raise OtherProgramReads(error.words) from None
        raise
    return [update for update in found if isinstance(update, dict)]
