"""`make bench`: every benchmark, one after the other, written to benchmarks/RESULTS.md.

Times are of one machine on one day; what counts are the ratios, which come from one run of one program.
"""

import os
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
PARTS = {
    "inbound": "From an update to its answer, against two libraries' echo bots",
    "fan_out": "Ten thousand check-ins wait, and people write worrying things",
    "due": "What is due, and what a commit costs",
    "idle_tick": "A second in which nothing is due",
    "startup": "Start and memory",
    "checking": "Two hundred content files",
}


def main() -> int:
    today = datetime.now(UTC).date()
    lines = [
        "# What was measured",
        "",
        f"By `make bench` on {today}: {os.cpu_count()} cores shared with others, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}. What is aimed at, and what is not met, is in docs/reliability.md.",
    ]
    for module, title in PARTS.items():
        print(f"== {title}", flush=True)
        ran = subprocess.run(  # noqa: S603 - our own modules
            [sys.executable, "-m", f"benchmarks.{module}"], check=False, text=True, stdout=subprocess.PIPE
        )
        print(ran.stdout, flush=True)
        if ran.returncode:
            return ran.returncode
        lines += ["", f"## {title}", "", *_as_markdown(ran.stdout)]
    RESULTS.write_text("\n".join(lines) + "\n")
    print(f"Written: {RESULTS.relative_to(RESULTS.parents[1])}")
    return 0


def _as_markdown(said: str) -> list[str]:
    """Tables stay tables; everything else becomes lines of their own."""
    lines = []
    for line in said.strip().splitlines():
        is_table = line.startswith("|")
        lines.append(line if is_table or not line.strip() else f"- {line.strip()}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
