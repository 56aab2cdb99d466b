"""The authoring desk's commands as they are typed: `new`, `stamp` and `sign`; and which content they are about.

What they do is in `new` and `signing`, imported only when asked for: `--help` must not wait.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import HandrailError

Commands = argparse._SubParsersAction  # argparse names this type only so


@dataclass(frozen=True)
class Desk:
    """The content folder that is worked on, and what the program's configuration says of it."""

    content: Path = Path("content")
    country: str = "us"
    languages: tuple[str, ...] = ("en", "es")
    default: str = "en"
    require_signature: bool = False


def desk_of(content: Path | None, config: Path | None) -> Desk:
    """The folder that was named, else that of the configuration, else `content` here."""
    if content is not None:
        return Desk(content)
    if config is None:
        return Desk()
    from bot.config import read

    program = read(config, os.environ)
    return Desk(
        program.content.path,
        program.program.country,
        tuple(program.program.languages),
        program.program.language,
        program.content.require_signature,
    )


class UnknownLanguage(HandrailError):
    """This is not a language of the program:"""


class DeskCommands:
    """Adds the commands to the parser; `config` gives the configuration file that the options name."""

    def __init__(self, config: Callable[[argparse.Namespace], Path | None]) -> None:
        self._config = config

    def add(self, commands: "Commands[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
        """The new parsers, which also take `--config`."""
        kinds = commands.add_parser(
            "new", help="write a starter file to be filled in: a module or a check-in"
        ).add_subparsers(metavar="WHAT", required=True)
        module = kinds.add_parser("module", help="a module in each language, with notes on what goes where")
        module.add_argument("title", help='its title, such as "Riding the bus home"')
        module.add_argument("--track", default="stress", help="the track it belongs to (default: stress)")
        module.add_argument("--name", default="", help="the name of its files (default: made of the title)")
        module.set_defaults(command=self._new_module)
        checkin = kinds.add_parser("checkin", help="a check-in with three questions to begin from")
        checkin.add_argument("title", metavar="NAME", help='its name, such as "Sunday evening"')
        checkin.set_defaults(command=self._new_checkin)
        stamp = commands.add_parser(
            "stamp", help="note that a translation was looked at with today's text of its original"
        )
        stamp.set_defaults(command=self._stamp)
        sign = commands.add_parser("sign", help="note who at the clinic signed a module, and which text")
        sign.add_argument("--by", required=True, metavar="WHO", help='who signs, such as "Ana Ruiz, LCSW"')
        sign.set_defaults(command=self._sign)
        for parser in (stamp, sign):
            parser.add_argument("names", nargs="+", metavar="NAME", help="the module's file name without .md")
        parsers = [module, checkin, stamp, sign]
        for parser in parsers:
            parser.add_argument(
                "--content", type=Path, help="the content folder (default: from the configuration)"
            )
        for parser in (module, sign):
            parser.add_argument(
                "--lang",
                action="append",
                metavar="LL",
                help="only this language, may be repeated (default: all)",
            )
        return parsers

    def _desk(self, options: argparse.Namespace) -> Desk:
        return desk_of(options.content, self._config(options))

    def _languages(self, options: argparse.Namespace, desk: Desk) -> list[str]:
        from bot.reading import did_you_mean

        chosen = options.lang or list(desk.languages)
        for lang in chosen:
            if lang not in desk.languages:
                mend = did_you_mean(lang, desk.languages)
                raise UnknownLanguage(f"`{lang}`. {mend}")
        return [lang for lang in desk.languages if lang in chosen]

    def _new_module(self, options: argparse.Namespace) -> int:
        from bot.commands.new import new_module

        desk = self._desk(options)
        languages = self._languages(options, desk)
        return new_module(
            desk.content, languages, options.title, sys.stdout, track=options.track, name=options.name
        )

    def _new_checkin(self, options: argparse.Namespace) -> int:
        from bot.commands.new import new_checkin

        desk = self._desk(options)
        return new_checkin(desk.content, desk.languages, options.title, sys.stdout)

    def _stamp(self, options: argparse.Namespace) -> int:
        from bot.commands.signing import stamp

        desk = self._desk(options)
        return stamp(desk.content, desk.languages, options.names, sys.stdout)

    def _sign(self, options: argparse.Namespace) -> int:
        from bot.clock import SystemClock
        from bot.commands.signing import sign

        desk = self._desk(options)
        today = SystemClock().now().astimezone().date()
        languages = self._languages(options, desk)
        return sign(desk.content, languages, options.names, sys.stdout, by=options.by, on=today)
