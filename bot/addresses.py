"""Addresses in the configuration: what they must look like, and a kind sentence when they do not."""

from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

SQLITE, POSTGRESQL = "sqlite:///", "postgresql://"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")  # for a Bot API server on this computer


def wrong(what: str, mend: str, *, key: str = "") -> PydanticCustomError:
    """A fault in our own words; `key` names the setting when the fault is found in its section."""
    return PydanticCustomError("handrail", "{what}", {"what": what, "mend": mend, "key": key})


def postgresql(url: str) -> str:
    mend = 'Write "postgresql://user@server/database"; the password may stand in a PGPASSFILE.'
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise wrong("is not the address of a database.", mend) from None
    if len(parts.path) < 2 or "/" in parts.path[1:]:
        raise wrong("does not name a database.", mend)
    return POSTGRESQL + url.partition("://")[2]


def base_url(url: str) -> str:
    url = url.strip().rstrip("/")
    _parts(url, 'Write "https://", the server, and "/bot" at the end.')
    if not url.endswith("/bot"):
        raise wrong('does not end in "/bot".', f'Write "{url}/bot" if that server speaks the Bot API.')
    return url


def listen(address: str) -> str:
    host, _, port = address.strip().rpartition(":")
    if host and port.isdecimal() and 0 < int(port) < 65536:
        return address.strip()
    raise wrong("is not an address to listen on.", 'Write host and port, such as "127.0.0.1:8080".')


def _parts(url: str, mend: str) -> SplitResult:
    """The parts of a web address. Refuses what no client could call."""
    fault = wrong("is not a web address.", mend)
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is no number, or too high
    except ValueError:
        raise fault from None
    if not parts.hostname or parts.scheme not in {"http", "https"} or not url.isprintable() or " " in url:
        raise fault
    return parts


def webhook_url(url: str) -> str:
    mend = 'Write "https://" and the name of your server.'
    parts = _parts(url.strip().rstrip("/"), mend)
    if parts.query or parts.fragment or parts.username:
        raise wrong("is not a web address.", mend)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise wrong("does not begin with https://.", "Telegram brings updates over TLS only.")
    return parts.geturl()


def ping_url(url: SecretStr) -> SecretStr:
    parts = _parts(
        url.get_secret_value().strip(), 'Write "https://" and what the watching service shows you.'
    )
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise wrong(
            "does not begin with https://.", "Whoever reads it on the way could feign that all is well."
        )
    return SecretStr(parts.geturl())
