"""The way from the bot to the sandbox within one process: the same requests, answers and faults, without a socket.

A simulated year sends fifty thousand messages, and most of its time went into HTTP between two ends of one process.
What depends on the network itself is not here: no request times out, and one that hangs ends when faults are cleared.
"""

from typing import IO

from bot.delivery.transport import READ_SECONDS, Files, NotSent, Transport, Unclear
from bot.sandbox.parameters import Ask, Upload
from bot.sandbox.sandbox import Sandbox


class Direct(Transport):
    """Carries requests to this sandbox, whatever the address says but for the token and the method."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    async def post(
        self,
        url: str,
        fields: dict[str, str],
        files: Files | None = None,
        *,
        read_seconds: float = READ_SECONDS,
    ) -> tuple[int, bytes]:
        if not self._sandbox.is_running:
            raise NotSent("the sandbox is not there")
        start, _, method = url.rpartition("/")
        token = start.rpartition("/bot")[2]

        async def read() -> Ask:
            uploads = {name: _upload(*file) for name, file in (files or {}).items()}
            return Ask(method, dict(fields), uploads)

        answer = await self._sandbox.ask(token, method, read)
        if answer is None:
            raise Unclear("HangUp")
        return answer.status, answer.sent.encode()


def _upload(name: str, content: bytes | IO[bytes], mime: str) -> Upload:
    return Upload(name, mime, content if isinstance(content, bytes) else content.read())
