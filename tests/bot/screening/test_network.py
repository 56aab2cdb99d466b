"""The network beside the phrases: what it adds, what it may lower, and what happens without it."""

import subprocess
import sys
from time import thread_time

import pytest

from bot.screening.combining import combined
from bot.screening.content import read
from bot.screening.finding import Hit
from bot.screening.guard import TIME_LIMIT, screen_safely
from bot.screening.learned import Verdict
from bot.screening.model import Category, Level
from bot.screening.network import NETWORK, BrokenNetwork, load
from bot.screening.weighing import Find

UNFORESEEN = "soon none of you will have to worry about a thing like me anymore"


def broken_screener(content, path):
    screener, problems = read(content, network=path)
    assert problems == []
    return screener


def a_find(level=Level.ELEVATED, category=Category.LAPSE, **changes):
    told = {"because": "as it stands", **changes}
    return Find("en.some", (category,), level, Hit(0, 1, 3), **told)


def a_verdict(level=Level.NONE, **changes):
    return Verdict(0, 6, level, Category.SUICIDE, (0, 2), "network: ...", **changes)


def test_the_network_speaks_where_no_phrase_does_and_points_at_words(screener):
    # given a reply that no phrase knows
    read_words = screener.read(UNFORESEEN)
    assert all(find.level < Level.ELEVATED for find in screener.phrases_in(read_words))

    # when it is screened and explained
    found = screener.screen(UNFORESEEN)
    steps = screener.explain(UNFORESEEN)

    # then it is raised, at a place in the text, and the explanation says by what
    assert found.level >= Level.ELEVATED
    assert found.evidence[0].rule.startswith("learned.")
    assert any("network: raised +" in step and "loudest:" in step for step in steps)


def test_harmless_talk_is_left_in_peace_and_the_explanation_says_how_far_it_was(screener):
    text = "made soup with my aunt and we watched the game"
    assert screener.screen(text).level is Level.NONE
    assert any(step.startswith("not raised: network: raised -") for step in screener.explain(text))


def test_spanish_is_read_to_the_network_in_english(screener):
    steps = screener.explain("ya no quiero nada de esto, cuiden a mi perro")
    assert any("no longer i want" in step for step in steps)


def test_one_sentence_in_a_very_long_message_is_found_in_time(screener):
    # given a message as long as Telegram allows, with one worrying sentence in the middle
    filler = "we had soup at home and it was warm. " * 52
    message = f"{filler}{UNFORESEEN}. {filler}"[:4096]
    screener.screen("the first reply loads the network")

    # when it is screened
    began = thread_time()
    found = screener.screen(message)

    # then it is found within the time a message may take
    assert found.level >= Level.ELEVATED
    assert thread_time() - began < TIME_LIMIT


def test_a_sentence_of_plain_harm_is_lowered_to_watch_and_no_further():
    (found,) = combined([a_find()], [a_verdict(doubts=True)], lambda rule: True)
    assert found.level is Level.WATCH
    assert "takes it for harmless" in found.because


@pytest.mark.parametrize(
    ("verdicts", "may_doubt"),
    [
        ([], True),
        ([a_verdict()], True),
        ([a_verdict(doubts=True)], False),
        ([a_verdict(doubts=True), a_verdict()], True),
    ],
)
def test_a_phrase_stands_unless_every_look_at_its_sentence_doubts_it_and_may(verdicts, may_doubt):
    (found,) = combined([a_find()], verdicts, lambda rule: may_doubt)
    assert found.level is Level.ELEVATED


@pytest.mark.parametrize(
    "find",
    [
        a_find(Level.URGENT),
        a_find(category=Category.SUICIDE),
        a_find(category=Category.HARM_OTHERS),
        a_find(category=Category.UNSAFE),
        a_find(category=Category.WITHDRAWAL),
    ],
)
def test_danger_of_life_body_or_home_is_never_doubted(find):
    assert combined([find], [a_verdict(doubts=True)], lambda rule: True) == [find]


def test_families_that_staff_add_are_never_doubted(content, tmp_path, screener):
    # given a phrase of the clinic's own in a family of its own
    folder = tmp_path / "screening"
    folder.mkdir()
    (folder / "ours.toml").write_text(
        '[[family]]\nid = "ours.soup"\ncategory = "lapse"\nlevel = "elevated"\nphrases = ["made soup"]\n',
        "utf-8",
    )
    ours, problems = read(tmp_path)
    assert problems == []

    # when it stands in a sentence the network takes for harmless
    found = ours.screen("made soup with my aunt and we watched the game")

    # then it counts all the same
    assert found.level is Level.ELEVATED


def test_calmed_words_of_danger_stay_at_watch_whatever_the_network_thinks():
    calmed = a_find(Level.WATCH, Category.SUICIDE, calmed=True)
    assert combined([calmed], [a_verdict(Level.URGENT)], lambda rule: True) == [calmed]


def _cut_off(path):
    path.write_bytes(NETWORK.read_bytes()[:1000])


def _other(path):
    path.write_text("no network", "utf-8")


def _missing(path):
    pass


@pytest.mark.parametrize("spoil", [_cut_off, _other, _missing])
def test_a_broken_network_is_said_and_everything_else_screens_on(content, tmp_path, spoil):
    # given a network file that cannot be used
    path = tmp_path / "network.npz"
    spoil(path)
    with pytest.raises(BrokenNetwork):
        load(path)
    screener = broken_screener(content, path)
    reasons = []

    # when something grave is written
    found = screen_safely(screener, "i want to die", on_failure=reasons.append)

    # then it is found, staff hear of it, and the word weights still stand beside the phrases
    assert found.level is Level.URGENT
    assert "phrase lists still work" in reasons[0]
    assert not screener.is_whole


def test_without_numpy_everything_else_screens_on(content, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    path = tmp_path / "network.npz"
    path.write_bytes(NETWORK.read_bytes())
    screener = broken_screener(content, path)
    assert screener.screen("i want to die").level is Level.URGENT
    assert not screener.is_whole


def test_the_shipped_network_is_small_and_numpy_is_loaded_with_the_first_reply_only():
    assert NETWORK.stat().st_size < 15_000_000
    code = (
        "import sys; from pathlib import Path; from bot.screening.content import read\n"
        "screener, _ = read(Path('content')); assert 'numpy' not in sys.modules\n"
        "screener.screen('hello there'); assert 'numpy' in sys.modules and screener.is_whole"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own
