"""Two days of `python -m torture.year`, with HTTP and without, over a night in which clocks are set."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from torture.year import Year


@pytest.mark.parametrize(
    "begin",
    [datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 24, 6, tzinfo=UTC)],
    ids=["March", "October"],
)
async def test_what_was_due_adds_up_with_what_was_sent_or_left_out(tmp_path: Path, begin: datetime) -> None:
    ledger = await Year(tmp_path, days=2, people=20, seed=3, begin=begin, http_days=1).run()

    assert ledger.wrong == []
    assert ledger.due >= 38
    assert sum(ledger.rows.values()) == ledger.due
