"""`handrail demo`: prepares the invented clinic, opens the page, and ends with Ctrl-C."""

import asyncio
import errno
import gc
import signal
import sys
import webbrowser
from datetime import date
from pathlib import Path
from typing import TextIO

from aiohttp import web

from bot import logs
from bot.app import Conversation
from bot.errors import HandrailError
from bot.sandbox.page.demo import Demo
from bot.sandbox.page.routes import Page

HOST = "127.0.0.1"  # never another: the page has no password
CONTENT = Path(__file__).parent.parent.parent.parent / "content"
NEXT_STEP = """\
The demo has ended; nothing of it is kept.
Next: get a token from BotFather (https://t.me/BotFather), then handrail setup. README.md has the steps."""


class PortBusy(HandrailError):
    """The demo page cannot listen:"""


class Server:
    """The demo and its page on a port of this computer; port 0 takes any free one."""

    def __init__(self, demo: Demo, port: int) -> None:
        self._demo = demo
        self._page = Page(demo)
        self._wanted = port
        self._runner = web.AppRunner(self._page.application(), access_log=None, shutdown_timeout=0.5)
        self.port = port

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"

    async def start(self) -> None:
        """Listen first, so that a busy port is found out before anything is prepared. Raises `PortBusy`."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._wanted).start()
        except OSError as error:
            await self.stop()
            raise PortBusy(_why(error, self._wanted)) from error
        self.port = int(self._runner.addresses[0][1])
        try:
            await self._demo.start()
        except BaseException:
            await self.stop()
            raise
        self._page.listens_on(self.port)

    async def stop(self) -> None:
        await self._runner.cleanup()
        await self._demo.stop()


def serve(
    out: TextIO, conversation: Conversation, *, port: int, browser: bool, today: date | None = None
) -> int:
    """Serve the page until SIGINT or SIGTERM; gives the exit status. Raises `PortBusy`."""
    logs.set_up("error", "text", sys.stderr)
    return asyncio.run(_serve(out, conversation, port=port, browser=browser, today=today))


async def _serve(
    out: TextIO, conversation: Conversation, *, port: int, browser: bool, today: date | None
) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print("Handrail: preparing an invented clinic with 30 days of history ...", file=out, flush=True)
    server = Server(Demo(conversation, CONTENT, today=today), port)
    await server.start()
    gc.enable()
    try:
        print(f"\nThe demo is ready: {server.address}", file=out)
        print("Nothing leaves this computer. Ctrl-C ends it.", file=out, flush=True)
        if browser and not await asyncio.to_thread(webbrowser.open, server.address):
            print("Open that address in a browser on this computer.", file=out, flush=True)
        await stop.wait()
    finally:
        await server.stop()
    print(f"\n{NEXT_STEP}", file=out, flush=True)
    return 0


def _why(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken by another program. Try: handrail demo --port {_another(port)}"
    if error.errno == errno.EACCES:
        return f"port {port} is not open to you. Try: handrail demo --port 8765"
    return f"port {port}: {error.strerror}"


def _another(port: int) -> int:
    return port + 1 if port < 65535 else 8765
