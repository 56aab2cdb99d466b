"""The body of `handrail screen`: JSON lines in, one JSON line out for each, in order, flushed.

Bytes are decoded line by line, so that one broken line costs one answer and no more.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from bot.screening.content import read
from bot.screening.model import Finding
from bot.screening.screener import Screener


def screen(content: Path, explain: str | None, stdin: BinaryIO, stdout: TextIO, stderr: TextIO) -> int:
    """Screen what stands on `stdin` (or show the steps for `explain`).

    `content` is the folder that holds `screening/`. Gives the exit status: 0, or 1 when the
    content is broken; its problems are then on `stderr`.
    """
    screener, problems = read(content)
    for problem in problems:
        print(problem, file=stderr)
    if screener is None:
        return 1
    if explain is not None:
        _write(stdout, "\n".join(screener.explain(explain)))
        return 0
    for line in stdin:
        _write(stdout, json.dumps(_answer(screener, line)))
    return 0


def _answer(screener: Screener, line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return {"error": "the line is not UTF-8"}
    except (ValueError, RecursionError):
        return {"error": "the line is not JSON"}
    if not isinstance(asked, dict) or "text" not in asked:
        return {"error": "the line is not an object with a text"}
    text, lang = asked["text"], asked.get("lang")
    if not isinstance(text, str):
        return {"error": "the text is not a string"}
    return _shown(screener.screen(text, lang if isinstance(lang, str) else None))


def _shown(finding: Finding) -> dict[str, Any]:
    return {
        "level": finding.level.word,
        "categories": [category.value for category in finding.categories],
        "evidence": [{"rule": e.rule, "start": e.start, "end": e.end} for e in finding.evidence],
    }


def _write(stdout: TextIO, line: str) -> None:
    # An answer with half of a surrogate pair in it must not end the program.
    stdout.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    stdout.flush()
