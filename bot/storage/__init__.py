"""Where the program's rows live: one database, short transactions, sealed words."""

from bot.storage.database import Database, Tx
from bot.storage.sealing import KeyRing, Sealed, Sealer

__all__ = ["Database", "KeyRing", "Sealed", "Sealer", "Tx"]
