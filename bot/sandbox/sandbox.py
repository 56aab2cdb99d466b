"""`Sandbox`: a Bot API server for one bot on loopback, the people of a story, and its switches.

Ties the parts together; each part's subject is in its own file.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from bot.clock import Clock
from bot.sandbox.control import Control
from bot.sandbox.errors import SandboxError
from bot.sandbox.faults import Faults
from bot.sandbox.groups import Group
from bot.sandbox.ledger import Ledger
from bot.sandbox.limits import Limits
from bot.sandbox.parameters import Ask
from bot.sandbox.people import Person
from bot.sandbox.server import LARGEST_REQUEST, Answer, Server
from bot.sandbox.state import Chat, ChatKind, User, World

FIRST_PERSON = 700_000_001
TEST_TOKEN = "123456:TEST-token-of-the-sandbox"  # noqa: S105 - opens nothing but this sandbox


class Sandbox:
    """Telegram, as far as one bot can tell. State is in memory and outlives `stop` and `start`."""

    def __init__(
        self,
        clock: Clock,
        token: str = TEST_TOKEN,
        username: str = "handrail_demo_bot",
        limits: Limits | None = None,
        seed: int = 0,
    ) -> None:
        self.clock = clock
        self.token = token
        self.world = World(clock, username, int(token.partition(":")[0]), limits or Limits(), seed)
        self._server = Server(self.world, token)
        self.faults.connect(inject=self.world.queue.inject, end_polls=self.world.queue.end_poll)
        self._people: dict[int, Person] = {}
        self._groups: list[Group] = []
        self._runner: web.AppRunner | None = None
        self._postman: asyncio.Task[None] | None = None
        self._port = 0

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    @property
    def username(self) -> str:
        return self.world.bot.username or ""

    @property
    def address(self) -> str:
        """The server's root, "http://127.0.0.1:PORT"."""
        if not self._port:
            raise SandboxError("The sandbox has not been started.")
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """What a bot library wants: the token follows directly."""
        return f"{self.address}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.address}/file/bot"

    @property
    def is_running(self) -> bool:
        return self._runner is not None

    @property
    def waiting_updates(self) -> int:
        """How many updates the bot has not confirmed."""
        return self.world.queue.count

    @property
    def poll_is_waiting(self) -> bool:
        return self.world.queue.poll_is_waiting

    @property
    def webhook_is_set(self) -> bool:
        """Whether updates are brought to the bot."""
        return bool(self._server.webhook.settings.url)

    @property
    def webhook_is_pausing(self) -> bool:
        """Whether the next attempt at a failed delivery waits for the clock."""
        return self._server.webhook.is_pausing

    @property
    def requests_in_hand(self) -> int:
        """Requests that have come and are not answered: a held poll, one delayed or hanging."""
        return self._server.in_hand

    @property
    def privacy_mode(self) -> bool:
        return self.world.privacy_mode

    @privacy_mode.setter
    def privacy_mode(self, is_on: bool) -> None:
        self.world.privacy_mode = is_on

    @property
    def people(self) -> list[Person]:
        return list(self._people.values())

    @property
    def groups(self) -> list[Group]:
        return list(self._groups)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one, or the one it had before."""
        if self._runner is not None:
            raise SandboxError("The sandbox runs already.")
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.add_routes([*self._server.routes(), *Control(self).routes()])
        # A poll ends when its client goes away; everything else is shielded in the server.
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port or self._port, reuse_address=True)
        await site.start()
        self._runner, self._port = runner, runner.addresses[0][1]
        self._server.open()
        self._postman = asyncio.create_task(self._server.webhook.deliver())

    async def stop(self) -> None:
        """Go away at once. What people sent stays, and `start` comes back on the same port."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        await self._server.stop()
        if self._postman is not None:
            self._postman.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._postman
        await runner.cleanup()
        self._server.webhook.changed.set()  # what waits is delivered after the next start

    async def ask(self, token: str, method: str, read: Callable[[], Awaitable[Ask]]) -> Answer | None:
        """A request that came by another way than HTTP; None when its connection would end without an answer."""
        return await self._server.ask(token, method, read)

    async def __aenter__(self) -> "Sandbox":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def person(
        self,
        first_name: str,
        language_code: str = "en",
        id: int | None = None,
        username: str | None = None,
    ) -> Person:
        """Somebody new with a Telegram account, who has not written to the bot yet."""
        number = id if id is not None else FIRST_PERSON + len(self._people)
        if number in self.world.users:
            raise SandboxError(f"There is already somebody with the id {number}.")
        user = User(number, first_name, username=username, language_code=language_code)
        chat = Chat(number, ChatKind.PRIVATE, person=user)
        self.world.users[number], self.world.chats[number] = user, chat
        self._people[number] = Person(self.world, user, chat)
        return self._people[number]

    def group(
        self,
        title: str,
        members: Iterable[Person] = (),
        administrators: Iterable[Person] = (),
        supergroup: bool = True,
    ) -> Group:
        """A group of these people; the first administrator made it. The bot comes by `add_bot`."""
        group = Group.create(self.world, title, members, administrators, supergroup=supergroup)
        self._groups.append(group)
        return group
