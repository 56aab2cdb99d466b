import json
import subprocess
import sys
from base64 import b64encode

import pytest

from bot.screening.content import read
from bot.screening.learned import WEIGHTS, BrokenWeights, load
from bot.screening.model import Level

FEATURES = ["KIN", "KIN better", "moon", "better"]


def weights(tmp_path, **changes):
    """Weights that know one worrying thing: kin who would be better."""
    head = {"scale": 0.1, "bias": -2.0, "weights": b64encode(bytes([148, 255, 100, 160])).decode()}
    document = {
        "format": 1,
        "thresholds": {"raised": 0.0, "grave": 1.0},
        "concepts": {"KIN": "mom dad famil*"},
        "features": "\n".join(FEATURES),
        "heads": {"raised": head, "urgent": head | {"bias": -3.5}, "suicide": head},
        **changes,
    }
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def screener_with(content, path):
    screener, problems = read(content, weights=path, network=None)
    assert problems == []
    return screener


def test_what_no_phrase_foresaw_is_raised_and_says_which_words_did_it(content, tmp_path):
    # given a screener that learned one thing
    screener = screener_with(content, weights(tmp_path))
    text = "Good bread today. i think the families better sing"

    # when something like it is written that no phrase knows
    found = screener.screen(text)

    # then it is raised, named, and shown at its words
    assert found.level is Level.ELEVATED
    assert [one.rule for one in found.evidence] == ["learned.suicide"]
    shown = text[found.evidence[0].start : found.evidence[0].end]
    assert shown == "families better"
    assert any("KIN better" in step for step in screener.explain(text))


def test_harmless_talk_is_left_in_peace(content, tmp_path):
    screener = screener_with(content, weights(tmp_path))
    assert screener.screen("the moon is out, my mom called").level is Level.NONE


def test_words_that_a_setting_calmed_stay_calmed(content, tmp_path):
    screener = screener_with(content, weights(tmp_path))
    text = "i am not suicidal and my family better believe it"
    assert screener.screen(text).level is Level.WATCH


def test_one_sentence_in_a_long_message_is_enough(content, tmp_path):
    screener = screener_with(content, weights(tmp_path))
    filler = "we had soup and it was warm. " * 60
    assert screener.screen(filler + "the families better sing. " + filler).level >= Level.ELEVATED


@pytest.mark.parametrize(
    "broken",
    [
        {"format": 2},
        {"thresholds": {"raised": 0.0}},
        {"features": "only\ntwo"},
        {"heads": {}},
        {"heads": {"raised": {"scale": 1, "bias": 0, "weights": "###"}}},
        {"concepts": []},
    ],
)
def test_a_broken_weights_file_is_said_and_the_phrases_still_screen(content, tmp_path, broken):
    path = weights(tmp_path, **broken)
    with pytest.raises(BrokenWeights):
        load(path)
    screener = screener_with(content, path)
    assert not screener.is_whole
    assert screener.screen("i want to die").level is Level.URGENT


def test_a_weights_file_that_is_cut_off_or_missing_is_said(tmp_path):
    path = weights(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    for broken in (path, tmp_path / "nowhere.json"):
        with pytest.raises(BrokenWeights):
            load(broken)


def test_the_shipped_weights_are_small_and_need_nothing_but_the_standard_library():
    assert WEIGHTS.stat().st_size < 1_500_000
    code = "import sys, bot.screening.content; sys.exit(bool({'numpy', 'sklearn', 'scipy'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own
