"""Everything there is to say about a content folder: what `check` lists and `preview` shows on the pages.

More than the bot asks before it takes up an edit: a module that is hard to read is no reason to keep the old one.
"""

from pathlib import Path

from bot.errors import Problem
from bot.modules.grade import too_hard
from bot.modules.signatures import signatures_checked
from bot.snapshot import LANGUAGES, Parts, read_parts


def proofread(
    content: Path,
    *,
    country: str,
    languages: tuple[str, ...] = LANGUAGES,
    default: str = "en",
    require_signature: bool = False,
) -> tuple[Parts, list[Problem]]:
    """What can be shown of that folder, and every problem, files named as the library names them."""
    parts, found = read_parts(content, country=country, languages=languages, default=default)
    signatures = signatures_checked(parts.files.values(), required=require_signature)
    return parts, sorted({*found, *too_hard(parts.files.values()), *signatures})
