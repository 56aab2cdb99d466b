"""Where Telegram brings updates to, and the secret it shows there: both made from the bot's token.

Whoever has the token has the bot anyway, so nothing more must be kept secret, stored or agreed between replicas;
and a new token changes both.
"""

import hashlib
import hmac
from dataclasses import dataclass

PREFIX = "/telegram/"


@dataclass(frozen=True)
class WebhookAddress:
    """`url` is for Telegram, `path` is what arrives here; `secret` is 64 hex digits, 256 bits."""

    url: str
    path: str
    secret: str

    def __repr__(self) -> str:
        return "WebhookAddress()"

    @classmethod
    def of(cls, public_url: str, token: str) -> "WebhookAddress":
        """`public_url` is `telegram.webhook_url`; its path must reach this program's `/telegram/`."""
        path = PREFIX + _made(token, "webhook path")[:32]
        return cls(public_url + path, path, _made(token, "webhook secret"))


def _made(token: str, purpose: str) -> str:
    return hmac.new(token.encode(), f"handrail {purpose}".encode(), hashlib.sha256).hexdigest()
