"""HTTP to the Bot API over aiohttp, and python-telegram-bot's request face on top of it.

Every failure is translated here into an error without a URL (it holds the token) and without a body
(it may hold words): python-telegram-bot logs a cut body whole.
"""

import json
from collections.abc import Mapping
from typing import IO, Any

import aiohttp
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
UNSAID_PAUSE = 1  # seconds after a 429 that does not say how long
READ_BY_LIBRARY = frozenset({400, 401, 403, 404, 429})  # the refusals that python-telegram-bot tells apart


Files = Mapping[str, tuple[str, bytes | IO[bytes], str]]
"""By the name of the field: what a file is called, its bytes, its media type."""


class NotSent(NetworkError):
    """No connection was made, so Telegram certainly did not get the request."""


class Unclear(NetworkError):
    """The connection broke or timed out after the request left: Telegram may have carried it out."""


class Transport:
    """One aiohttp session to one Bot API server."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        url: str,
        fields: dict[str, str],
        files: Files | None = None,
        *,
        read_seconds: float = READ_SECONDS,
    ) -> tuple[int, bytes]:
        """Status and body. Raises `NotSent` or `Unclear`."""
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=read_seconds)
        try:
            async with self._session.post(url, data=_body(fields, files), timeout=timeout) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotSent("Telegram could not be reached") from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unclear(type(error).__name__) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class AiohttpRequest(BaseRequest):
    """What python-telegram-bot sends with."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def read_timeout(self) -> float:
        return READ_SECONDS

    async def initialize(self) -> None:
        """The session is opened by the first request, inside the running loop."""

    async def shutdown(self) -> None:
        await self._transport.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        seconds = read_timeout if isinstance(read_timeout, int | float) else READ_SECONDS
        fields = request_data.json_parameters if request_data else {}
        files = request_data.multipart_data if request_data else None
        status, body = await self._transport.post(url, fields, files, read_seconds=seconds)
        return status, _checked(status, body)


def _body(fields: dict[str, str], files: Files | None) -> aiohttp.FormData | dict[str, str]:
    if not files:
        return fields
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in files.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form


def _checked(status: int, body: bytes) -> bytes:
    """The body, if python-telegram-bot reads it rightly; otherwise raises what it should have read.

    It takes a 429 without a pause and a 413 for a broken connection, and fails at JSON that is no object.
    """
    answer = _object(body)
    is_result = answer.get("ok") is True and "result" in answer
    if status < 300 and not is_result:
        raise Unclear("the answer is not one of the Bot API")
    if not 400 <= status < 500:
        return body
    if answer.get("ok") is not False:  # of a proxy: the Bot API refuses in its own form
        raise Unclear("the refusal is not one of the Bot API")
    parameters = answer.get("parameters")
    if status == 429 and not (isinstance(parameters, dict) and parameters.get("retry_after")):
        raise RetryAfter(UNSAID_PAUSE)
    if status not in READ_BY_LIBRARY:
        raise BadRequest(f"HTTP {status}")
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Unclear("the answer was cut or is not JSON") from None
    if not isinstance(answer, dict):
        raise Unclear("the answer is not one of the Bot API")
    return answer
