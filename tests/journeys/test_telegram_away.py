"""Telegram is away when the program starts: it asks again with growing pauses, and says so sparingly."""

from pathlib import Path

from bot.sandbox.clinic import Clinic
from handlers import conversation
from tests.conftest import Tee

UNKNOWN = "Telegram does not say who this bot is"


async def test_an_hour_without_telegram_fills_no_log_and_then_all_is_well(
    tmp_path: Path, content: Path, log: Tee
) -> None:
    clinic = Clinic(tmp_path, conversation(), content=content)
    await clinic.sandbox.start()
    clinic.sandbox.faults.down()
    await clinic.start_bot()
    await clinic.advance(hours=1, step=1)

    assert 5 <= log.getvalue().count(UNKNOWN) <= 70

    clinic.sandbox.faults.up()
    await clinic.advance(minutes=2, step=1)
    visitor = clinic.sandbox.person("Visitor")
    visitor.says("/help")
    await clinic.settle()
    answered = visitor.chat.last.is_from_bot
    await clinic.stop()

    assert answered
