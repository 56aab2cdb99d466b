"""The demo's page in a real browser: Debian's Chromium, driven by Playwright, with nothing but loopback.

Run by `make e2e`. Screenshots are kept in build/screenshots, to be looked at.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.page.demo import Demo
from bot.sandbox.page.serve import CONTENT, Server
from handlers import conversation
from tests.e2e.hands import Hands

TUESDAY = date(2026, 3, 10)
PICTURES = Path(__file__).parent.parent.parent / "build" / "screenshots"
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
SLOWEST = 60_000  # milliseconds that a busy machine may take for one step

Opens = Callable[..., Awaitable[Hands]]


def chromium() -> str:
    """Where the browser is; ends the run with the mend when there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.exit("No Chromium is installed. On Debian and Ubuntu: sudo apt-get install chromium", 1)
    return found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=chromium(), args=QUIETLY)
        yield made
        await made.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server(Demo(conversation(), CONTENT, today=TUESDAY), 0)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def opens(browser: Browser, server: Server) -> AsyncIterator[Opens]:
    """Open the page; what the browser complains of, or asks of another address, fails the test."""
    complaints: list[str] = []

    async def opener(*, width: int = 1440, height: int = 900, dark: bool = False) -> Hands:
        scheme = "dark" if dark else "light"
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        page: Page = await context.new_page()
        page.set_default_timeout(SLOWEST)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: _must_be_ours(asked.url, server.address, complaints))
        await page.goto(server.address)
        await page.wait_for_selector("#person .message")
        return Hands(page, PICTURES)

    yield opener
    assert complaints == []


def _must_be_ours(url: str, address: str, complaints: list[str]) -> None:
    if not url.startswith(address):
        complaints.append(f"asked {url}")
