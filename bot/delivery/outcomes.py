"""What a capability may do when a message of its topic has reached a final state."""

from collections.abc import Callable

from bot.delivery.model import Ending
from bot.storage.database import Tx

OutcomeHandler = Callable[[Tx, Ending], None]
"""Runs in the transaction that ends the row; like every unit, it may only write."""
