"""The sandbox: a strict Bot API server on loopback with the people of a story, on any clock.

The tests' fixture and the demo stand on it. It knows nothing of Handrail and no bot library.
"""

from bot.sandbox.errors import SandboxError
from bot.sandbox.faults import Fault, FaultKind, Faults
from bot.sandbox.groups import Group
from bot.sandbox.ledger import Ledger, Request, Send
from bot.sandbox.limits import NO_LIMITS, Limits
from bot.sandbox.people import ChatView, Person
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import Button, Event, Happening, SeenMessage, Toast

__all__ = [
    "NO_LIMITS",
    "Button",
    "ChatView",
    "Event",
    "Fault",
    "FaultKind",
    "Faults",
    "Group",
    "Happening",
    "Ledger",
    "Limits",
    "Person",
    "Request",
    "Sandbox",
    "SandboxError",
    "SeenMessage",
    "Send",
    "Toast",
]
