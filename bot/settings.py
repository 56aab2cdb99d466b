"""Every setting of the configuration: its name, its default, and what it may be.

How they are read from the file and the environment is `bot.config`, which is where others import them from.
"""

import base64
import binascii
import hashlib
import json
import re
from datetime import date as Date  # noqa: N812 - `date` is a field of a closed day
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    model_validator,
)

from bot import addresses
from bot.addresses import POSTGRESQL, SQLITE, wrong
from bot.scheduling.calendar import known_zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def handle_of(text: str) -> str:
    """A colleague's handle as it is compared everywhere: "@Ana" is "ana"."""
    return text.strip().removeprefix("@").casefold()


_FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _listed(value: object) -> object:
    """A list in one string, as the environment has it: JSON, or words between commas."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith(("[", "{")):
        return [word.strip() for word in value.split(",") if word.strip()]
    try:
        found = json.loads(value)
    except ValueError:
        raise wrong("is not readable as JSON.", "Write a JSON list, or words between commas.") from None
    return found if isinstance(found, list) else [found]


def _clock(value: object) -> object:
    if isinstance(value, time):
        return value
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", value.strip()) if isinstance(value, str) else None
    if match and (int(match[1]) < 24 or match[0] == "24:00") and int(match[2]) < 60:
        return time(int(match[1]) % 24, int(match[2]))
    raise wrong("is not a time of day.", 'Write hours and minutes, such as "08:30".')


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _handle(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[\w.-]{1,32}", handle_of(value)):
        return handle_of(value)
    raise wrong("is not a handle.", 'Write the short name given at the invite, such as "ana".')


def _zone(name: str) -> str:
    if known_zone(name):
        return name
    raise wrong(f"is not a time zone: {name!r}.", 'Write an IANA name, such as "America/Chicago".')


def _beside(path: Path, info: ValidationInfo) -> Path:
    """Relative paths are meant from the configuration's folder."""
    return (cast(Path, info.context) / path.expanduser()).absolute() if info.context else path


def _database(url: str, info: ValidationInfo) -> str:
    scheme = url.partition(":")[0]
    if scheme in {"postgresql", "postgres"}:
        return addresses.postgresql(url)
    if not url.startswith("sqlite:"):
        raise wrong(
            f"speaks of {scheme!r}, and data is kept in SQLite or PostgreSQL.",
            'Write "sqlite:///handrail.sqlite", or "postgresql://", the server, and "/" and the database.',
        )
    name = url.removeprefix(SQLITE)
    if not url.startswith(SQLITE) or not name or name.startswith(":") or "?" in name:
        raise wrong("does not name a database file.", 'Write "sqlite:///" and a path.')
    return SQLITE + str(_beside(Path(name), info))


def _token(token: SecretStr) -> SecretStr:
    text = token.get_secret_value().strip()
    if re.fullmatch(r"\d{6,}:[A-Za-z0-9_-]{30,}", text):
        return SecretStr(text)
    raise wrong("is not a bot token.", "Copy all that BotFather gave you: digits, a colon, letters.")


def _weekday(value: object) -> object:
    name = value.strip().lower() if isinstance(value, str) else ""
    if len(name) >= 3 and any(full.startswith(name) for full in _FULL_WEEKDAYS):
        return name[:3]
    raise wrong("is not a day of the week.", f"Write one of {', '.join(WEEKDAYS)}.")


def _closed_day(value: object) -> object:
    return value if isinstance(value, dict | ClosedDay) else {"date": value}


def _keys(value: object) -> object:
    """One string may hold several keys, between commas or spaces."""
    return re.findall(r"[^\s,]+", value) if isinstance(value, str) else value


def _key(key: SecretStr) -> SecretStr:
    if key_id(key.get_secret_value()) is not None:
        return SecretStr(key.get_secret_value().strip())
    raise wrong("is not a key.", "Write 32 bytes in base64 or hex; a name and a colon may stand before.")


def key_id(key: str) -> str | None:
    """The name of a key: what stands before its colon, else made from a hash. None when it is not a key."""
    name, colon, encoded = key.strip().rpartition(":")
    secret = _key_bytes(encoded)
    if secret is None or (colon and not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name)):
        return None
    return name or hashlib.sha256(b"handrail key id" + secret).hexdigest()[:8]


def _key_bytes(encoded: str) -> bytes | None:
    if re.fullmatch(r"[0-9a-fA-F]{64}", encoded):
        return bytes.fromhex(encoded)
    padded = encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)
    try:
        secret = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) == 32 else None


WallClock = Annotated[time, BeforeValidator(_clock)]
Handle = Annotated[str, BeforeValidator(_handle)]
Code = Annotated[str, Field(pattern="^[a-z]{2}$")]
Zone = Annotated[str, AfterValidator(_zone)]
FilePath = Annotated[Path, AfterValidator(_beside)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 14)]
KeptDays = Annotated[int, Field(ge=30, le=36500)]
Weekday = Annotated[str, BeforeValidator(_weekday)]
Key = Annotated[SecretStr, AfterValidator(_key)]
Listing = BeforeValidator(_listed)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, hide_input_in_errors=True)


class TelegramSettings(_Settings):
    token: Annotated[SecretStr, AfterValidator(_token)]
    token_file: FilePath | None = None
    base_url: Annotated[str, AfterValidator(addresses.base_url)] = "https://api.telegram.org/bot"
    mode: Annotated[Literal["polling", "webhook"], BeforeValidator(_lower)] = "polling"
    poll_seconds: Annotated[int, Field(ge=0, le=50)] = 50
    webhook_url: Annotated[str, AfterValidator(addresses.webhook_url)] | None = None

    @model_validator(mode="after")
    def _knows_where(self) -> "TelegramSettings":
        if self.mode == "webhook" and self.webhook_url is None:
            mend = 'Write the public address, such as "https://bot.example.org", or set mode to "polling".'
            raise wrong("is missing, and mode is webhook.", mend, key="webhook_url")
        return self


class DatabaseSettings(_Settings):
    url: Annotated[str, AfterValidator(_database)] = "sqlite:///handrail.sqlite"
    backups: FilePath = Path("backups")
    backup_every_hours: Annotated[int, Field(ge=0, le=24)] = 1
    backup_days: Annotated[int, Field(ge=1, le=30)] = 30
    folder: FilePath = Path()

    @property
    def is_postgresql(self) -> bool:
        return self.url.startswith(POSTGRESQL)

    @property
    def shown(self) -> str:
        """The address for people, without a password."""
        parts = urlsplit(self.url)
        server = parts.netloc.rpartition("@")[2]
        return f"{POSTGRESQL}{server}{parts.path}" if self.is_postgresql else str(self.file)

    @property
    def file(self) -> Path:
        """The SQLite file; with PostgreSQL only the name that the files beside it begin with."""
        if self.is_postgresql:
            return self.folder / "handrail.postgresql"
        return Path(self.url.removeprefix(SQLITE))

    @property
    def backup_folder(self) -> Path:
        """Where backups are kept: as set, or beside the database."""
        return self.backups if "backups" in self.model_fields_set else self.file.parent / self.backups.name


class ContentSettings(_Settings):
    path: FilePath = Path("content")
    cache: FilePath = Path("content.last-good")
    require_signature: bool = False


class ProgramSettings(_Settings):
    name: Annotated[str, Field(min_length=1, max_length=80)] = "Handrail"
    country: Annotated[Code, BeforeValidator(_lower)] = "us"
    timezone: Zone = "America/New_York"
    language: Code = "en"
    languages: Annotated[tuple[Code, ...], Listing, Field(min_length=1)] = ("en", "es")
    morning_message: WallClock = time(8, 30)

    @model_validator(mode="after")
    def _speaks_its_language(self) -> "ProgramSettings":
        if self.language not in self.languages:
            raise wrong("is not one of program.languages.", "Add it there.", key="language")
        return self


class ShiftSettings(_Settings):
    handle: Handle
    days: Annotated[tuple[Weekday, ...], Listing, Field(min_length=1)]
    start: WallClock = Field(alias="from")
    end: WallClock = Field(alias="to")
    backup: bool = False

    @property
    def weekdays(self) -> frozenset[int]:
        """Its days, Monday as 0."""
        return frozenset(WEEKDAYS.index(day) for day in self.days)


class ClosedDay(_Settings):
    date: Date
    name: str = ""


class StaffSettings(_Settings):
    administrators: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Listing, Field(min_length=1)]
    chat_id: Annotated[int, Field(lt=0)] | None = None
    shifts: Annotated[tuple[ShiftSettings, ...], Listing] = ()
    closed_days: Annotated[tuple[Annotated[ClosedDay, BeforeValidator(_closed_day)], ...], Listing] = ()
    fallback: Annotated[tuple[Handle, ...], Listing] = ()


class AlertSettings(_Settings):
    urgent_minutes: Minutes = 10
    elevated_minutes: Minutes = 240
    repeat_minutes: Minutes = 10
    reopen_minutes: Minutes = 60
    reopen_elevated_minutes: Minutes = 1440
    ladder: Annotated[
        tuple[Literal["on-duty", "next", "group", "fallback"], ...], Listing, Field(min_length=1)
    ] = ("on-duty", "next", "group", "fallback")

    @model_validator(mode="after")
    def _each_step_once(self) -> "AlertSettings":
        if len(set(self.ladder)) < len(self.ladder):
            raise wrong("names a step twice.", "Name each once; the last repeats by itself.", key="ladder")
        return self


class CheckinSettings(_Settings):
    late_minutes: Minutes = 240
    missed_before_telling: Annotated[int, Field(ge=1, le=30)] = 2


class InviteSettings(_Settings):
    hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    staff_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24


class RetentionSettings(_Settings):
    updates: Annotated[int, Field(ge=2, le=30)] = 7
    messages: Annotated[int, Field(ge=2, le=365)] = 30
    invites: Annotated[int, Field(ge=1, le=365)] = 7
    answers: KeptDays = 730
    concerns: KeptDays = 2190
    left: KeptDays = 730
    audit: KeptDays = 2190


class SecuritySettings(_Settings):
    keys: Annotated[tuple[Key, ...], BeforeValidator(_keys)] = ()
    keys_file: FilePath = Path("handrail.keys")

    @model_validator(mode="after")
    def _each_name_once(self) -> "SecuritySettings":
        names = [key_id(key) for key in self.ring]
        if len(set(names)) < len(names):
            raise wrong("has two keys of one name.", "Give each its own before a colon.", key="keys")
        return self

    @property
    def ring(self) -> tuple[str, ...]:
        """The keys in clear for `storage.sealing.KeyRing`, the first seals; empty when there are none yet."""
        return tuple(key.get_secret_value() for key in self.keys)


class HttpSettings(_Settings):
    listen: Annotated[str, AfterValidator(addresses.listen)] | None = None


class HealthSettings(_Settings):
    ping_url: Annotated[SecretStr, AfterValidator(addresses.ping_url)] | None = None


class LogSettings(_Settings):
    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    format: Literal["json", "text"] = "json"


class Config(_Settings):
    """Every setting. Paths are absolute, secrets masked, handles in lower case."""

    telegram: TelegramSettings
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    content: ContentSettings = Field(default_factory=ContentSettings)
    program: ProgramSettings = Field(default_factory=ProgramSettings)
    staff: StaffSettings
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    checkins: CheckinSettings = Field(default_factory=CheckinSettings)
    invites: InviteSettings = Field(default_factory=InviteSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    security: SecuritySettings = Field(default_factory=SecuritySettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    health: HealthSettings = Field(default_factory=HealthSettings)
    logs: LogSettings = Field(default_factory=LogSettings)

    @model_validator(mode="after")
    def _listens_for_the_webhook(self) -> "Config":
        if self.telegram.mode == "webhook" and self.http.listen is None:
            mend = 'Write where the web server in front hands requests to, such as "127.0.0.1:8080".'
            raise wrong("is missing, and telegram.mode is webhook.", mend, key="http.listen")
        return self
