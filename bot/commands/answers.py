"""What the command line of `handrail setup` answered, and what is asked of answers to whichever question."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.commands.terminal import AnswerRefused


@dataclass(frozen=True)
class Options:
    """What the command line answered already; None is asked, or left as it is."""

    token_file: str | None = None
    base_url: str | None = None
    program_name: str | None = None
    country: str | None = None
    timezone: str | None = None
    language: str | None = None
    administrators: tuple[int, ...] | None = None
    group: int | None = None
    wait: float = 600.0

    @property
    def token_path(self) -> Path | None:
        """The named file, from where the command was typed. Raises `AnswerRefused` for a token instead of a name."""
        if self.token_file is None:
            return None
        if ":" in Path(self.token_file).name:
            raise AnswerRefused(
                "--token-file wants the name of a file, not the token: others can read command lines."
            )
        return Path(self.token_file).expanduser().resolve()


def must_have_numbers(country: str, content: Path) -> None:
    """Raises `AnswerRefused` when there are no crisis numbers for that country."""
    known = sorted(file.stem for file in (content / "crisis").glob("*.toml"))
    if country not in known:
        raise AnswerRefused(f"there are no crisis numbers for {country!r}, only for {', '.join(known)}.")


def token_text(file: Path) -> str:
    """What a token's file holds. Raises `AnswerRefused`."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AnswerRefused(f"{file} cannot be read ({type(error).__name__}).") from None


def link_to(bot: dict[str, Any], payload: str) -> str:
    """The deep link that opens the bot's chat and says /start with that payload."""
    return f"https://t.me/{bot['username']}?start={payload}"
