from bot.screening.model import Level
from training.thresholds import Judged, chosen


def replies(level, phrases, scores, *, everyday=False):
    return [Judged(level, phrases, everyday, score, score, score) for score in scores]


def test_thresholds_keep_both_budgets_and_doubt_loses_little():
    # given harmless replies of both kinds that no phrase raises, and rightly raised ones
    everyday = replies(Level.NONE, Level.NONE, [number / 100 for number in range(-1000, 0)], everyday=True)
    hard = replies(Level.NONE, Level.WATCH, [number / 50 for number in range(-500, 500)])
    urgent = replies(Level.URGENT, Level.URGENT, [number / 10 for number in range(200)])
    elevated = replies(Level.ELEVATED, Level.ELEVATED, [number / 10 for number in range(200)])

    # when thresholds are chosen
    found = chosen([*everyday, *hard, *urgent, *elevated])

    # then neither kind is raised beyond its budget, one of them just so far, and doubt takes few
    assert sum(one.raised > found["raised"] for one in everyday) <= 3
    assert sum(one.raised > found["raised"] for one in hard) == 20
    assert sum(one.grave > found["grave"] for one in hard) == 7
    assert sum(one.raised < found["doubt"] for one in urgent) <= 3
