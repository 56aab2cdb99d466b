"""The figures themselves are held here: an edit of rules, content or weights that loses recall fails."""

import json

import pytest

from bot.screening.model import Level
from training.measure import Share, by_stratum, cases_of, held_cases, judged, reaching, summary


@pytest.fixture(scope="module")
def results(screener):
    return judged(screener, held_cases())


@pytest.mark.parametrize(
    ("wanted", "least", "floor"),
    [
        ("urgent", Level.ELEVATED, 0.64),
        ("urgent", Level.URGENT, 0.57),
        ("elevated", Level.ELEVATED, 0.44),
    ],
)
def test_no_recall_is_lost_on_what_was_held_back(results, wanted, least, floor):
    assert reaching(results, wanted, least).value >= floor


@pytest.mark.parametrize(("least", "ceiling"), [(Level.ELEVATED, 0.08), (Level.URGENT, 0.05)])
def test_no_more_false_alerts_on_what_was_held_back(results, least, ceiling):
    assert reaching(results, "none", least).value <= ceiling


def test_an_interval_holds_its_share_and_narrows_with_more_cases():
    few, many = Share(9, 10), Share(900, 1000)
    assert few.interval()[0] < 0.9 < few.interval()[1]
    assert many.interval()[0] > few.interval()[0]
    assert str(Share(0, 0)) == "0.000 [0.000-1.000] (0/0)"


def test_a_set_of_json_lines_is_measured_by_level_and_stratum(tmp_path, screener):
    # given one grave and one plain reply of ours
    rows = [
        {"text": "i want to die", "level": "urgent", "stratum": "direct", "lang": "en"},
        {"text": "hoy comimos pasta", "level": "none", "stratum": "everyday", "lang": "es"},
    ]
    path = tmp_path / "some.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")

    # when they are judged
    found = judged(screener, cases_of(path))

    # then totals and strata tell it, and no text is shown
    shown = "\n".join([*summary(found), *by_stratum(found)])
    assert "urgent raised           1.000" in shown
    assert "everyday" in shown
    assert "pasta" not in shown
