"""What `check` takes over a clinic's large content folder, and the running bot over one changed file.

Seconds of computing: what the clock says depends on who else is at work on this computer.

200 files: the shipped ones and copies of their modules. Run: `python benchmarks/checking.py`.
"""

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.folder import content_files  # noqa: E402
from bot.library import Library  # noqa: E402

FILES = 200
TIMES = 5


def large_folder(place: Path) -> Path:
    """The shipped content, and its modules again under other names and numbers until there are 200 files."""
    content = place / "content"
    shutil.copytree(ROOT / "content", content)
    slugs = sorted(path.stem for path in (content / "modules" / "en").glob("*.md"))
    number = 0
    while len(content_files(content)) < FILES:
        slug, again = slugs[number % len(slugs)], number // len(slugs) + 1
        for lang in ("en", "es"):
            text = (ROOT / "content" / "modules" / lang / f"{slug}.md").read_text("utf-8")
            order = next(line for line in text.split("\n") if line.startswith("order:"))
            text = text.replace(order, f"{order}{again}", 1)
            (content / "modules" / lang / f"{slug}-{again}.md").write_text(text, "utf-8")
        number += 1
    return content


def seconds_of(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def command(content: Path) -> float:
    """Seconds of computing of the whole command."""
    began = computing_of_children()
    ran = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bot", "check", "--content", str(content)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout.decode()
    return computing_of_children() - began


def computing_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def edits(library: Library, file: Path, old: str, new: str) -> list[float]:
    """Seconds from a saved change to the new content in use."""
    text = file.read_text("utf-8")
    assert old in text
    found = []
    for number in range(TIMES):
        file.write_text(text.replace(old, f"{new} {number}", 1), "utf-8")
        found.append(seconds_of(library.refresh))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        content = large_folder(Path(place))
        files = len(content_files(content))
        checked = [command(content) for _ in range(TIMES)]
        library = Library(
            content, None, "us"
        )  # the copy for the next start is made when the change is in use
        library.start()
        module = edits(
            library, content / "modules" / "en" / "sleep.md", "The house is still.", "All is still."
        )
        phrases = edits(library, content / "phrases" / "boot.toml", 'en = "', 'en = "Now')
        unchanged = statistics.median(seconds_of(library.refresh) for _ in range(TIMES))
    print(
        f"`handrail check` over {files} files, the whole command: {statistics.median(checked):.2f} s (median)"
    )
    print(
        f"A changed module until the bot has it, of {files} files: {statistics.median(module) * 1000:.0f} ms"
    )
    print(f"A changed phrase until the bot has it: {statistics.median(phrases) * 1000:.0f} ms")
    print(f"A look at a folder in which nothing changed: {unchanged * 1000:.1f} ms")


if __name__ == "__main__":
    main()
