from bot.screening.content import read
from bot.screening.guard import TIME_LIMIT, screen_safely
from bot.screening.model import NOTHING, UNSCREENABLE, Level


class Broken:
    is_whole = True

    def screen(self, text, lang=None):
        raise RuntimeError(text)


class Steps:
    """A clock that moves by the given seconds at each look."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def test_without_a_screener_the_message_counts_as_elevated():
    reasons = []
    assert screen_safely(None, "hello", on_failure=reasons.append) == UNSCREENABLE
    assert len(reasons) == 1


def test_an_exception_counts_as_elevated_and_tells_no_word_of_the_text():
    # given a screener that stops with the text in its error
    reasons = []

    # when a message is screened
    found = screen_safely(Broken(), "my secret", on_failure=reasons.append)

    # then somebody has to look, and the reason is bare
    assert found == UNSCREENABLE
    assert "secret" not in reasons[0]


def test_without_its_trained_layer_it_screens_by_phrases_and_says_so(content):
    # given the shipped phrases, and no weights
    screener, _ = read(content, weights=content / "there-is-no-such-file.json", network=None)
    reasons = []

    # when something grave is written
    found = screen_safely(screener, "i want to die", on_failure=reasons.append)

    # then it is found, and staff hear that the screener is not whole
    assert found.level is Level.URGENT
    assert "phrase lists still work" in reasons[0]


def test_a_slow_screening_counts_as_elevated(screener):
    reasons = []
    found = screen_safely(screener, "good day", on_failure=reasons.append, seconds=Steps(TIME_LIMIT * 2))
    assert found == UNSCREENABLE
    assert len(reasons) == 1


def test_one_pause_of_the_machine_is_no_slow_screening(screener):
    # given a first look that takes too long, and a second that does not
    reasons, readings = [], iter([0.0, TIME_LIMIT * 2, 1.0, 1.0])

    # when an ordinary message is screened
    found = screen_safely(screener, "good day", on_failure=reasons.append, seconds=lambda: next(readings))

    # then nobody hears of it
    assert found == NOTHING
    assert reasons == []


def test_a_slow_screening_keeps_a_graver_finding(screener):
    found = screen_safely(
        screener, "i want to die", on_failure=lambda reason: None, seconds=Steps(TIME_LIMIT * 2)
    )
    assert found.level is Level.URGENT


def test_a_quick_screening_reports_nothing(screener):
    reasons = []
    assert screen_safely(screener, "good day", on_failure=reasons.append, seconds=Steps(0.001)) == NOTHING
    assert reasons == []
