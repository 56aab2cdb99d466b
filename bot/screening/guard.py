"""Screening that fails safe: whatever goes wrong, the message counts as one somebody must look at.

The time is measured afterwards: matching is linear in the text, so that the limit can hold without a watchdog
thread (a slow pattern would hold the interpreter lock and freeze the watchdog as well). A text that seems slow is
screened once more before staff hear of it: Python cleans up its memory on whatever thread comes along, and that is
no fault of the text or the screener.
"""

from collections.abc import Callable
from time import thread_time

from bot.screening.model import UNSCREENABLE, Finding, Level
from bot.screening.screener import Screener

TIME_LIMIT = 0.2
"""Seconds of computing that one message may take; a busy machine alone makes no message worrying."""


def screen_safely(
    screener: Screener | None,
    text: str,
    lang: str | None = None,
    *,
    on_failure: Callable[[str], None],
    seconds: Callable[[], float] = thread_time,
) -> Finding:
    """The finding, at least elevated when screening failed or was too slow.

    `on_failure` gets a reason without a word of the text, so that staff can be told the screener is down.
    """
    if screener is None:
        on_failure("no screener: its content could not be read")
        return UNSCREENABLE
    try:
        found, took = _timed(screener, text, lang, seconds)
        if took > TIME_LIMIT:
            found, took = _timed(screener, text, lang, seconds)
    except Exception as error:  # whatever it was, the message must still reach somebody
        on_failure(f"the screener stopped with {type(error).__name__}")
        return UNSCREENABLE
    if not screener.is_whole:
        on_failure("a trained layer could not be loaded; the phrase lists still work")
    if took > TIME_LIMIT:
        on_failure(f"screening took longer than {TIME_LIMIT * 1000:.0f} ms")
        return found if found.level >= Level.ELEVATED else UNSCREENABLE
    return found


def _timed(
    screener: Screener, text: str, lang: str | None, seconds: Callable[[], float]
) -> tuple[Finding, float]:
    """The finding, and how many seconds of computing it took."""
    began = seconds()
    found = screener.screen(text, lang)
    return found, seconds() - began
