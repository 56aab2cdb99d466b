"""How the sandbox says no: to the bot in Telegram's words, to a story in ours.

Exact wordings live beside the rule that refuses; this file only gives them their shape.
"""

from typing import Any

from bot.errors import HandrailError

Json = dict[str, Any]


class SandboxError(HandrailError, AssertionError):
    """The story asks the sandbox for something that is not there."""


class HangUp(Exception):
    """The connection ends without an answer."""


class ApiError(Exception):
    """A refusal as the Bot API writes it: `error_code`, `description`, `parameters`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_json(self) -> Json:
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(why: str, **parameters: int) -> ApiError:
    return ApiError(400, f"Bad Request: {why}", **parameters)


def forbidden(why: str) -> ApiError:
    return ApiError(403, f"Forbidden: {why}")


def conflict(why: str) -> ApiError:
    return ApiError(409, f"Conflict: {why}")


def too_many_requests(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
