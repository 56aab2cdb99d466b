"""`handrail setup` where there is a configuration already: it shows what is there, and changes only what is asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from bot.commands.answers import Options, link_to, must_have_numbers, token_text
from bot.commands.asking import Asking, TelegramAway, TelegramSaysNo, TokenRefused, why_group_is_deaf
from bot.commands.terminal import AnswerRefused, Terminal, checked_token
from bot.commands.writing import Files, Place, with_settings
from bot.config import Config, key_id, read
from bot.people.invites import SETUP_LINK


class Existing:
    """A configuration that stands at `path`."""

    def __init__(self, path: Path, environ: Mapping[str, str], options: Options, out: TextIO) -> None:
        self._path = path.absolute()
        self._environ = environ
        self._options = options
        self._terminal = Terminal(out)

    def show_or_change(self) -> int:
        """Exit status 1 when Telegram or the staff group is not as it should be."""
        config = read(self._path, self._environ)
        wanted = self._wanted(config)
        bot, wrong = self._try(config)
        if wanted and wrong:
            raise AnswerRefused(f"{wrong} Nothing was changed.")
        if wanted:
            self._change(wanted)
            config = read(self._path, self._environ)
        self._show(config, bot, wrong)
        self._terminal.say(
            f"\n{'Changed' if wanted else 'Nothing was changed'}. To change a setting, edit {self._path},"
        )
        self._terminal.say("or name it as an option: handrail setup --help")
        if bot is not None:
            self._terminal.show_link("\nThe administrators' link:", link_to(bot, SETUP_LINK))
        return 1 if wrong else 0

    def _try(self, config: Config) -> tuple[dict[str, Any] | None, str]:
        """The bot as Telegram knows it, and what is wrong, with the token and group that are wanted."""
        named = self._options.token_path
        token = checked_token(token_text(named)) if named else config.telegram.token.get_secret_value()
        asking = Asking(self._options.base_url or config.telegram.base_url, token)
        try:
            bot: dict[str, Any] = asking.ask("getMe")
        except (TelegramAway, TelegramSaysNo, TokenRefused) as error:
            return None, str(error)
        group = self._options.group if self._options.group is not None else config.staff.chat_id
        why = why_group_is_deaf(asking, group, bot["id"]) if group is not None else ""
        return bot, f"The staff group {group}: {why}" if why else ""

    def _wanted(self, config: Config) -> dict[Place, object]:
        """What the options ask to be other than it is."""
        options = self._options
        if options.country is not None:
            must_have_numbers(options.country, config.content.path)
        asked: dict[Place, tuple[object, object]] = {
            ("telegram", "base_url"): (options.base_url, config.telegram.base_url),
            ("program", "name"): (options.program_name, config.program.name),
            ("program", "country"): (options.country, config.program.country),
            ("program", "timezone"): (options.timezone, config.program.timezone),
            ("program", "language"): (options.language, config.program.language),
            ("staff", "administrators"): (options.administrators, config.staff.administrators),
            ("staff", "chat_id"): (options.group, config.staff.chat_id),
            ("telegram", "token_file"): (
                options.token_path and str(options.token_path),
                str(config.telegram.token_file),
            ),
        }
        wanted = {place: new for place, (new, old) in asked.items() if new is not None and new != old}
        if ("telegram", "token_file") in wanted:
            wanted["telegram", "token"] = None
        return wanted

    def _change(self, wanted: Mapping[Place, object]) -> None:
        files = Files()
        before = self._path.read_text(encoding="utf-8-sig")
        try:
            files.write(self._path, with_settings(before, wanted), private=False)
            read(self._path, self._environ)
        except BaseException:
            files.undo()
            raise
        for section, key in wanted:
            self._terminal.say(f"Changed {section}.{key}.")

    def _show(self, config: Config, bot: dict[str, Any] | None, wrong: str) -> None:
        token, program, staff = config.telegram.token.get_secret_value(), config.program, config.staff
        group = staff.chat_id or "not set here; /staff_group in the group makes it known"
        keys = ", ".join(key_id(key) or "" for key in config.security.ring)
        rows = {
            "configuration": self._path,
            "bot": f"{'@' + bot['username'] if bot else 'not asked'}, token {token.partition(':')[0]}:…",
            "program": f"{program.name}, {program.country}, {program.timezone}, {program.language}",
            "administrators": len(staff.administrators),
            "staff group": group,
            "shifts": len(staff.shifts),
            "database": config.database.shown,
            "keys": keys or "none yet; the first start makes them",
        }
        self._terminal.say("Handrail is set up here already:\n")
        for name, value in rows.items():
            self._terminal.say(f"  {name:<15} {value}")
        if wrong:
            self._terminal.say(f"\n  {wrong}")
