"""The command line. The only file in `bot/` that imports `handlers`.

Heavy imports happen inside commands, so that `--help` and `check` stay fast.
Exit status: 0 fine, 1 problems found, 2 wrong usage.
"""

import argparse
import gc
import os
import sys
from pathlib import Path

from bot.commands.desk import DeskCommands, desk_of
from bot.errors import HandrailError, Problems
from bot.logs import guard_uncaught

CONFIG = "HANDRAIL_CONFIG"
_NEWEST = Path()  # stands for the newest backup


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    options = _parser().parse_args(arguments)
    guard_uncaught()
    try:
        return int(options.command(options))
    except Problems as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"handrail: {count} {'problem' if count == 1 else 'problems'} to mend first.", file=sys.stderr)
        return 1
    except HandrailError as error:
        print(f"handrail: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our answers, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to flush at the end
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handrail",
        description="A Telegram bot that carries an Intensive Outpatient Program between its sessions.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_setup(commands)
    _add_run(commands)
    _add_doctor(commands)
    _add_check(commands)
    _add_desk(commands)
    _add_preview(commands)
    _add_screen(commands)
    _add_migrate(commands)
    _add_backup(commands)
    _add_restore(commands)
    _add_keys(commands)
    _add_audit(commands)
    _add_demo(commands)
    return parser


_Commands = argparse._SubParsersAction  # argparse names this type only so


def _add_setup(commands: "_Commands[argparse.ArgumentParser]") -> None:
    setup = commands.add_parser(
        "setup",
        help="make config.toml and the keys, asking what is needed; or show what is set up",
        description="Asks what it needs, tries it against Telegram, and writes config.toml, the token's file and a "
        "key file. Where there is a config.toml it shows what is set up, and changes only what an option names.",
    )
    _config_option(setup)
    setup.add_argument("--token-file", metavar="FILE", help="the file that holds BotFather's token")
    setup.add_argument("--base-url", metavar="URL", help="the Bot API server (default: Telegram's own)")
    setup.add_argument("--program-name", metavar="NAME", help="what participants call the program")
    setup.add_argument("--country", metavar="CC", help="the country of the crisis numbers, two letters")
    setup.add_argument("--timezone", metavar="ZONE", help="the program's time zone, such as America/Chicago")
    setup.add_argument("--language", metavar="LL", help="the language of the staff group, two letters")
    setup.add_argument(
        "--administrator",
        metavar="ID",
        type=int,
        action="append",
        help="an administrator's Telegram id, may be repeated (default: whoever opens the link that is shown)",
    )
    setup.add_argument("--group", metavar="ID", type=int, help="the id of the staff group, a negative number")
    setup.add_argument(
        "--wait",
        metavar="SECONDS",
        type=float,
        default=600.0,
        help="how long to wait for the link to be opened",
    )
    setup.set_defaults(command=_setup)


def _add_run(commands: "_Commands[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="run the bot until it is told to stop")
    _config_option(run)
    run.set_defaults(command=_run)


def _add_doctor(commands: "_Commands[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser(
        "doctor", help="look at all that Handrail stands on; each finding with its mend"
    )
    _config_option(doctor)
    doctor.add_argument("--format", choices=("text", "json"), default="text")
    doctor.set_defaults(command=_doctor)


def _add_check(commands: "_Commands[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check", help="check content files: every problem with its line and its mend")
    _config_option(check)
    check.add_argument("--content", type=Path, help="the content folder (default: from the configuration)")
    check.add_argument("--format", choices=("text", "github", "json"), default="text")
    check.set_defaults(command=_check)


def _add_preview(commands: "_Commands[argparse.ArgumentParser]") -> None:
    preview = commands.add_parser(
        "preview", help="pages that show modules and check-ins as people see them, to open in a browser"
    )
    preview.add_argument("names", nargs="*", metavar="NAME", help="a module or a check-in (default: all)")
    _config_option(preview)
    preview.add_argument("--content", type=Path, help="the content folder (default: from the configuration)")
    preview.add_argument(
        "--output", type=Path, default=Path("preview"), help="the folder for the pages (default: preview)"
    )
    preview.set_defaults(command=_preview)


def _add_screen(commands: "_Commands[argparse.ArgumentParser]") -> None:
    screen = commands.add_parser("screen", help="judge replies: JSON lines in, JSON lines out")
    screen.add_argument("--content", type=Path, help="the content folder (default: content)")
    act = screen.add_mutually_exclusive_group()
    act.add_argument("--explain", metavar="TEXT", help="show each step for one reply")
    act.add_argument(
        "--review",
        action="store_true",
        help="show wrong alarms and missed concerns that the content of the configuration still judges wrongly",
    )
    _config_option(screen)
    screen.set_defaults(command=_screen)


def _add_migrate(commands: "_Commands[argparse.ArgumentParser]") -> None:
    migrate = commands.add_parser(
        "migrate", help="bring the database to this version's schema, after a backup"
    )
    _config_option(migrate)
    migrate.add_argument(
        "--to", metavar="URL", help="move the program to PostgreSQL: postgresql://user@server/database"
    )
    migrate.set_defaults(command=_migrate)


def _add_backup(commands: "_Commands[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="make a sealed backup, also while the bot runs; or check one")
    _config_option(backup)
    backup.add_argument(
        "--verify",
        nargs="?",
        type=Path,
        const=_NEWEST,
        metavar="FILE",
        help="open and check a backup (the newest)",
    )
    backup.set_defaults(command=_backup)


def _add_restore(commands: "_Commands[argparse.ArgumentParser]") -> None:
    restore = commands.add_parser(
        "restore", help="put a backup in the database's place; the bot must not run"
    )
    _config_option(restore)
    restore.add_argument("file", nargs="?", type=Path, help="the backup (default: the newest)")
    restore.set_defaults(command=_restore)


def _add_keys(commands: "_Commands[argparse.ArgumentParser]") -> None:
    keys = commands.add_parser(
        "keys", help="list the keys, seal everything under a new one, forget an old one"
    )
    acts = keys.add_subparsers(metavar="WHAT", required=True)
    helps = {
        "list": "each key, and how many values it seals",
        "rotate": "a new key, and everything sealed anew under it; the bot must not run",
    }
    for name, words in helps.items():
        act = acts.add_parser(name, help=words)
        _config_option(act)
        act.set_defaults(command=_keys, act=name)
    forget = acts.add_parser("forget", help="take a key that nothing needs any more out of the key file")
    _config_option(forget)
    forget.add_argument("name", help="the key's name: what stands before its colon")
    forget.add_argument("--anyway", action="store_true", help="although older backups open only with it")
    forget.set_defaults(command=_keys, act="forget")


def _add_audit(commands: "_Commands[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="who did what and when, and whether the chain of entries holds")
    _config_option(audit)
    audit.add_argument("act", nargs="?", choices=("list", "verify"), default="list", help="default: list")
    audit.add_argument("--format", choices=("text", "json"), default="text")
    audit.set_defaults(command=_audit)


def _add_demo(commands: "_Commands[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="an invented clinic in the browser, or its day in the terminal")
    demo.add_argument("--text", action="store_true", help="play a day as a transcript in the terminal")
    demo.add_argument(
        "--port", type=_port, default=8765, help="the page's port (default: 8765; 0: any free one)"
    )
    demo.add_argument("--no-browser", action="store_true", help="do not open the browser")
    demo.set_defaults(command=_demo)


def _add_desk(commands: "_Commands[argparse.ArgumentParser]") -> None:
    for parser in DeskCommands(_config_path).add(commands):
        _config_option(parser)


def _config_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, help=f"the configuration file (default: ${CONFIG} or config.toml)"
    )


def _config_path(options: argparse.Namespace) -> Path | None:
    named = options.config or os.environ.get(CONFIG)
    if named:
        return Path(named)
    usual = Path("config.toml")
    return usual if usual.exists() else None


def _setup(options: argparse.Namespace) -> int:
    from bot.commands.answers import Options
    from bot.commands.setup import setup

    answered = Options(
        token_file=options.token_file,
        base_url=options.base_url,
        program_name=options.program_name,
        country=options.country,
        timezone=options.timezone,
        language=options.language,
        administrators=tuple(options.administrator) if options.administrator else None,
        group=options.group,
        wait=options.wait,
    )
    named = options.config or os.environ.get(CONFIG) or "config.toml"
    return setup(Path(named), os.environ, answered, sys.stdout)


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # nothing that start-up makes is garbage; `run` turns it on again
    from bot.running import run
    from handlers import conversation

    return run(_config_path(options), os.environ, conversation())


def _doctor(options: argparse.Namespace) -> int:
    from bot.commands.doctor import doctor

    return doctor(_config_path(options), os.environ, options.format, sys.stdout)


def _check(options: argparse.Namespace) -> int:
    from bot.check import check

    desk = desk_of(options.content, _config_path(options))
    return check(
        desk.content,
        desk.country,
        options.format,
        sys.stdout,
        languages=desk.languages,
        default=desk.default,
        require_signature=desk.require_signature,
    )


def _preview(options: argparse.Namespace) -> int:
    from bot.commands.preview import preview

    desk = desk_of(options.content, _config_path(options))
    return preview(desk, options.output, options.names, sys.stdout)


def _screen(options: argparse.Namespace) -> int:
    if options.review:
        from bot.commands.review import review

        return review(_config_path(options), os.environ, options.content, sys.stdout, sys.stderr)
    from bot.screening.command import screen

    return screen(
        options.content or Path("content"), options.explain, sys.stdin.buffer, sys.stdout, sys.stderr
    )


def _migrate(options: argparse.Namespace) -> int:
    if options.to:
        from bot.commands.moving import move_to

        return move_to(_config_path(options), os.environ, options.to)
    from bot.running import migrate

    return migrate(_config_path(options), os.environ)


def _backup(options: argparse.Namespace) -> int:
    from bot.commands import backup

    if options.verify is None:
        return backup.back_up_now(_config_path(options), os.environ)
    file = None if options.verify is _NEWEST else options.verify
    return backup.verify(_config_path(options), os.environ, file)


def _restore(options: argparse.Namespace) -> int:
    from bot.commands.backup import restore

    return restore(_config_path(options), os.environ, options.file)


def _keys(options: argparse.Namespace) -> int:
    from bot.commands import keys

    path = _config_path(options)
    if options.act == "forget":
        return keys.forget(path, os.environ, options.name, anyway=options.anyway)
    return (keys.list_keys if options.act == "list" else keys.rotate)(path, os.environ)


def _audit(options: argparse.Namespace) -> int:
    from bot.commands import audit

    if options.act == "verify":
        return audit.verify(_config_path(options), os.environ)
    return audit.list_entries(_config_path(options), os.environ, options.format)


def _demo(options: argparse.Namespace) -> int:
    if options.text:
        from bot.sandbox.demo_text import play
        from handlers import conversation

        return play(sys.stdout, conversation())
    gc.disable()  # as for `run`; the page turns it on again once it is ready
    from bot.sandbox.page.serve import serve
    from handlers import conversation

    return serve(sys.stdout, conversation(), port=options.port, browser=not options.no_browser)


def _port(text: str) -> int:
    """A port number, for argparse. Raises `ValueError`."""
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


if __name__ == "__main__":
    sys.exit(main())
