"""Logs: structured lines to stderr that hold ids and counts, and never a token or a word of anybody's.

Ours come through structlog; the libraries' are let in from WARNING on, without their arguments, because an
argument may be a whole update. An exception is its classes and its places, never its message.
Ask for a logger with `structlog.get_logger(__name__)`; the event is a fixed sentence, facts go in keywords.
"""

import enum
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, TextIO

import structlog

from bot.errors import HandrailError

OURS = ("bot", "handlers", "__main__")
LIBRARIES = (
    "aiohttp",
    "alembic",
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "markdown_it",
    "sqlalchemy",
    "telegram",
)
MASK = "[masked]"
LONGEST = 300
FRAMES = 12
CHAIN = 6

# A bot token, alone or in the path of a request; the second also masks what is not quite a token.
_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
_TOKEN_IN_PATH = re.compile(r"(/bot)\d+(?::|%3A)[^/\s\"']*", re.IGNORECASE)

_SHOWN = (bool, int, float, date, time, timedelta, type(None))


def set_up(
    level: Literal["debug", "info", "warning", "error"] = "info",
    form: Literal["json", "text"] = "json",
    stream: TextIO | None = None,
) -> None:
    """Send everything that is logged to `stream` (stderr), ours from `level` on, in this form."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_ours_or_grave)
    handler.setFormatter(_Formatter(form))
    root = logging.getLogger()
    for old in [old for old in root.handlers if type(old) is logging.StreamHandler]:
        root.removeHandler(old)  # ours of an earlier call, or one that would print records whole
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.raiseExceptions = False  # a record that cannot be written would otherwise be printed whole
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def guard_uncaught() -> None:
    """Log what nobody caught in our form; Python itself would print its message."""
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def masked(text: str) -> str:
    """The text without anything that looks like a bot token."""
    return _TOKEN_IN_PATH.sub(rf"\1{MASK}", _TOKEN.sub(MASK, text))


def described(error: BaseException) -> str:
    """An exception as it may be logged: its class, its places, and the same of what caused it.

    No message is in it, since messages quote what people wrote, requests with the token, and rows.
    """
    told: list[str] = []
    current: BaseException | None = error
    while current is not None and len(told) < CHAIN:
        told.append(_one(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "; caused by ".join(told)


def _one(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = " < ".join(f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in reversed(frames))
    inner = ""
    if isinstance(error, BaseExceptionGroup):
        inner = f" of ({', '.join(_one(part) for part in error.exceptions[:CHAIN])})"
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name}{inner} at {places}" if places else f"{name}{inner}"


def _short(file: str) -> str:
    """A source file from its package on, so that no folder of this computer is in the log."""
    path = Path(file)
    for root in sys.path:
        if root and path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _log_uncaught(
    kind: type[BaseException], error: BaseException | None, where: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    said = error if error is not None else HandrailError()
    logging.getLogger("bot").critical("Nobody caught an exception.", exc_info=(kind, said, where))


def _ours_or_grave(record: logging.LogRecord) -> bool:
    """Libraries below WARNING stay out even where one has turned its own logger up."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


class _Formatter(logging.Formatter):
    """Everything becomes one line, and no line leaves without a last look for tokens.

    The standard formatter is asked for nothing, since it adds messages and tracebacks of its own.
    """

    def __init__(self, form: Literal["json", "text"]) -> None:
        super().__init__()
        self._render = _as_json if form == "json" else _as_text

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        error = _error_of(facts.pop("exc_info", None) or record.exc_info)
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(facts.pop("event", "")) or _with_kinds(record.msg, record.args),
        }
        line |= {key: _plain(value) for key, value in facts.items() if key not in {"stack", "stack_info"}}
        if error is not None:
            line["exception"] = described(error)
        return masked(self._render(line)).replace("\r", "\\r").replace("\n", "\\n")


def _facts(record: logging.LogRecord) -> dict[str, object]:
    """The event and keywords of a line that came through structlog, which hands them on as the message."""
    message: object = record.msg
    return dict(message) if isinstance(message, dict) and hasattr(record, "_logger") else {}


def _error_of(exc_info: object) -> BaseException | None:
    if exc_info is True:
        exc_info = sys.exc_info()
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    return exc_info if isinstance(exc_info, BaseException) else None


def _as_json(line: dict[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False)


def _as_text(line: dict[str, object]) -> str:
    first = f"{line.pop('timestamp')} {line.pop('level'):<8} {line.pop('event')}"
    return " ".join([first, *(f"{key}={_quoted(value)}" for key, value in line.items())])


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if re.search(r"[\s\"=]", text) or not text else text


def _with_kinds(message: object, args: object) -> str:
    if not isinstance(message, str):
        return f"<{type(message).__name__}>"
    if not args:
        # Put together beforehand, so anything may be in it: asyncio, say, shows a callback's arguments.
        return re.split(r"[\n<({\[:'\"]", message, maxsplit=1)[0].strip()
    kinds: object
    if isinstance(args, Mapping) and "%(" in message:  # logging also unwraps a lone mapping given to "%r"
        kinds = {name: _kind(value) for name, value in args.items()}
    else:
        kinds = tuple(_kind(value) for value in args) if isinstance(args, tuple) else (_kind(args),)
    try:
        return str(re.sub(r"%(\(\w+\))?[-#0 +]*[\d*]*(\.[\d*]+)?[a-zA-Z]", r"%\1s", message) % kinds)
    except (TypeError, ValueError, KeyError):
        return message


def _kind(value: object) -> str:
    return f"<{type(value).__name__}>"


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, _SHOWN):
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[:LONGEST] + "…"
    if isinstance(value, BaseException):
        return described(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in list(value)[:50]]
    return _kind(value)
