"""Logs never hold a token or a word of anybody's."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

CANARY = "canario amarillo 7"
TOKEN = "123456789:AAH" + "x" * 32


@pytest.fixture(params=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    stream = io.StringIO()
    logs.set_up("info", request.param, stream)
    yield stream
    root.handlers[:], root.level, logging.raiseExceptions = before
    structlog.reset_defaults()


def failing() -> BaseException:
    try:
        try:
            raise KeyError(CANARY)
        except KeyError as inner:
            raise ValueError(f"cannot read {CANARY} with {TOKEN}") from inner
    except ValueError as error:
        return error


def test_our_own_lines_hold_the_event_and_its_facts(written: io.StringIO) -> None:
    structlog.get_logger("bot.alerts").info("Alert claimed.", alert=12, level_of="urgent")

    assert "Alert claimed." in written.getvalue()
    assert "12" in written.getvalue()
    assert "bot.alerts" in written.getvalue()


def test_lines_below_the_level_stay_out(written: io.StringIO) -> None:
    structlog.get_logger("bot.alerts").debug("Looked.")
    logging.getLogger("telegram.ext").info("Application started")

    assert written.getvalue() == ""


def test_a_library_that_turns_itself_up_is_still_kept_at_warning(written: io.StringIO) -> None:
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)

    logging.getLogger("sqlalchemy.engine").info("INSERT %r", (CANARY,))

    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert written.getvalue() == ""


def test_the_token_is_masked_wherever_it_stands(written: io.StringIO) -> None:
    log = structlog.get_logger("bot.delivery")

    log.info("Called.", url=f"https://api.telegram.org/bot{TOKEN}/getMe", tokens=[TOKEN])
    log.info(f"Using {TOKEN}.")
    logging.getLogger("telegram").warning(f"The token {TOKEN} was rejected")

    assert TOKEN not in written.getvalue()
    assert "x" * 20 not in written.getvalue()
    assert logs.MASK in written.getvalue()


def test_an_odd_token_in_a_path_is_masked_too() -> None:
    assert logs.masked("GET http://127.0.0.1/bot12:short/getMe") == "GET http://127.0.0.1/bot[masked]/getMe"


def test_an_exception_is_its_classes_and_places(written: io.StringIO) -> None:
    try:
        raise failing()
    except ValueError:
        structlog.get_logger("bot.intake").exception("A job stopped.", job="open")

    said = written.getvalue()
    assert "ValueError at " in said
    assert "caused by KeyError at " in said
    assert "test_logs.py:" in said
    assert CANARY not in said


@pytest.mark.parametrize(
    ("name", "message", "arguments"),
    [
        ("telegram.ext", "Error while parsing updates! Received data was %r", ({"text": CANARY},)),
        ("telegram.ext", "Error while parsing updates! Received data was %r", ({CANARY: 1},)),
        ("telegram.ext", "%(who)s wrote", ({"who": CANARY},)),
        ("apscheduler.executors", 'Job "%s" raised an exception after %d s', (CANARY, 5)),
        ("aiohttp.server", "100% sure: %s %s", (CANARY,)),
        ("asyncio", f"Task exception was never retrieved\nfuture: <Task exception=E('{CANARY}')>", ()),
        ("asyncio", f"Exception in callback f('{CANARY}')", ()),
        ("some.library", f"{{{CANARY}}}", ()),
    ],
)
def test_arguments_of_libraries_are_dropped(
    written: io.StringIO, name: str, message: str, arguments: tuple[object, ...]
) -> None:
    logging.getLogger(name).error(message, *arguments, exc_info=failing())

    assert name in written.getvalue()
    assert "ValueError" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_an_exception_as_the_message_is_only_its_class(written: io.StringIO) -> None:
    logging.getLogger("telegram").error(failing())

    assert "<ValueError>" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_objects_given_as_facts_are_only_their_kind(written: io.StringIO) -> None:
    structlog.get_logger("bot").warning("Odd.", update={"text": CANARY}, raw=CANARY.encode(), error=failing())

    assert "dict" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_one_record_is_one_line(written: io.StringIO) -> None:
    structlog.get_logger("bot").info("Odd.", fact="two\nlines\r\nof it")

    assert written.getvalue().count("\n") == 1
    assert "\r" not in written.getvalue()


def test_a_group_of_exceptions_names_each_class() -> None:
    group = ExceptionGroup(CANARY, [ValueError(CANARY), KeyError(CANARY)])

    assert logs.described(group) == "ExceptionGroup of (ValueError, KeyError)"


def test_json_lines_are_json() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    stream = io.StringIO()
    logs.set_up("info", "json", stream)

    structlog.get_logger("bot").info("Niño.", count=3)

    root.handlers[:], root.level, logging.raiseExceptions = before
    structlog.reset_defaults()
    line = json.loads(stream.getvalue())
    assert (line["event"], line["count"], line["level"], line["logger"]) == ("Niño.", 3, "info", "bot")
    assert line["timestamp"].endswith("+00:00")


def test_what_nobody_caught_is_logged_without_its_message(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    logs.guard_uncaught()

    def fail() -> None:
        raise failing()

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    error = failing()
    sys.excepthook(type(error), error, error.__traceback__)

    assert written.getvalue().count("Nobody caught an exception.") == 2
    assert CANARY not in written.getvalue() + "".join(capsys.readouterr())
