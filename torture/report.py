"""The table of a torture run and its last line."""

import statistics
from collections import Counter
from collections.abc import Sequence

from bot.delivery.model import Operation, State
from torture.checks import Evidence, every_alert_is_delivered, no_prompt_comes_twice, prompts_to
from torture.ends import can_kill_at_calls
from torture.trial import Tally

RULE_OF_THREE = 3.0  # with no event in n trials, the rate is below 3/n with 95 % confidence


def report(tallies: Sequence[Tally], seed: int) -> str:
    """All there is to say; the last line is the summary."""
    seen = [tally.evidence for tally in tallies if tally.evidence is not None]
    wrong = [words for tally in tallies for words in tally.wrong]
    lines = [f"seed {seed}", "", *_table(tallies, seen), ""]
    lines += [f"WRONG: {words}" for words in wrong[:50]]
    lines += [f"… and {len(wrong) - 50} more"] if len(wrong) > 50 else []
    return "\n".join([*lines, _summary(tallies, seen, wrong)])


def _table(tallies: Sequence[Tally], seen: Sequence[Evidence]) -> list[str]:
    kills, recoveries = sum(t.kills for t in tallies), _recoveries(tallies)
    alerts, lost = _alerts(seen), _lost(seen)
    prompts: Counter[str] = Counter(row.delivery for e in seen for row in e.kept.checkins)
    sent, again = _sent(seen), _again(seen)
    weather = sum((t.weather for t in tallies), Counter[str]())
    rows = {
        "programs side by side": str(len(tallies)),
        "kills (of them before it had asked Telegram anything)": f"{kills} "
        f"({sum(t.kills_in_start for t in tallies)})",
        "kills at a system call": _calls(tallies),
        "lives frozen for a while, and thawed": str(sum(t.frozen for t in tallies)),
        **_on_postgresql(tallies),
        "lives with Telegram's pace, as `handrail run`": str(sum(t.plain_lives for t in tallies)),
        "lives with trouble of each kind": ", ".join(f"{name} {n}" for name, n in sorted(weather.items())),
        "seconds a kill, on the wall": f"{max(t.seconds for t in tallies) / max(kills, 1):.2f}",
        "updates handed over, each processed once": str(sum(len(e.kept.inbox) for e in seen)),
        "worrying messages / alerts / taken by a tap": f"{sum(e.done.worrying.total() for e in seen)} / {alerts} / "
        f"{sum(len(e.done.claimed) for e in seen)}",
        "notices of alerts, delivered / lost": f"{sum(len(e.kept.notices) for e in seen) - lost} / {lost}",
        "messages sent / delivered more than once": f"{sent} / {again} ({100 * again / max(sent, 1):.1f} %)",
        "check-ins due: sent / may have arrived / not sent": f"{prompts['sent']} / {prompts['unknown']} / "
        f"{prompts.total() - prompts['sent'] - prompts['unknown']}",
        "check-ins delivered twice": str(sum(1 for e in seen for _ in no_prompt_comes_twice(e))),
        "those that may have arrived, and did": str(_arrived_unknown(seen)),
        "from a start to the first message delivered, median / longest": _spread(recoveries),
        "from the last start until all had left": f"{max(t.drained for t in tallies):.1f} s",
    }
    if not lost and alerts:
        rows["alerts lost, at most, with 95 % confidence"] = f"{100 * RULE_OF_THREE / alerts:.2f} %"
    width = max(len(name) for name in rows)
    return [f"{name:<{width}}  {value}" for name, value in rows.items()]


def _summary(tallies: Sequence[Tally], seen: Sequence[Evidence], wrong: Sequence[str]) -> str:
    twice = sum(1 for e in seen for _ in no_prompt_comes_twice(e))
    recoveries = _recoveries(tallies)
    parts = [
        f"{sum(t.kills for t in tallies)} kills{' on PostgreSQL' if tallies[0].is_on_postgresql else ''}",
        f"{_alerts(seen)} alerts",
        f"{_lost(seen)} lost",
        f"{twice} prompts twice",
        f"recovery {statistics.median(recoveries):.1f} s" if recoveries else "recovery not seen",
    ]
    if wrong:
        parts.append(f"{len(wrong)} VIOLATIONS")
    return "torture: " + ", ".join(parts)


def _on_postgresql(tallies: Sequence[Tally]) -> dict[str, str]:
    if not any(tally.is_on_postgresql for tally in tallies):
        return {}
    return {
        "crashes of the PostgreSQL server": str(sum(t.crashes for t in tallies)),
        "kills while another process stood by": str(sum(t.standbys for t in tallies)),
        "overslept their turn, and ended by themselves": str(sum(t.overslept for t in tallies)),
        "back too late after a crash, and ended by themselves": str(sum(t.overtaken for t in tallies)),
    }


def _calls(tallies: Sequence[Tally]) -> str:
    if not can_kill_at_calls():
        return "left out: strace is not installed"
    calls = sum((t.calls for t in tallies), Counter[str]())
    return f"{calls.total()}: " + ", ".join(f"{name} {count}" for name, count in sorted(calls.items()))


def _alerts(seen: Sequence[Evidence]) -> int:
    return sum(len(e.kept.alerts) for e in seen)


def _lost(seen: Sequence[Evidence]) -> int:
    return sum(1 for e in seen for _ in every_alert_is_delivered(e))


def _sent(seen: Sequence[Evidence]) -> int:
    return sum(
        row.state == State.SENT and row.operation == Operation.SEND for e in seen for row in e.kept.outbox
    )


def _again(seen: Sequence[Evidence]) -> int:
    """Messages that came in excess of the rows that stand for them; prompts that may have arrived are apart."""
    delivered = sum(send.method.lower() == "sendmessage" for e in seen for send in e.sandbox.ledger.sends)
    return delivered - _sent(seen) - _arrived_unknown(seen)


def _arrived_unknown(seen: Sequence[Evidence]) -> int:
    return sum(
        prompts_to(e, e.kept.people[row.participant_id])
        for e in seen
        for row in e.kept.checkins
        if row.delivery == "unknown"
    )


def _recoveries(tallies: Sequence[Tally]) -> list[float]:
    return [seconds for tally in tallies for seconds in tally.recoveries]


def _spread(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.1f} / {max(seconds):.1f} s" if seconds else "not seen"
