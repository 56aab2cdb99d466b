"""The database of a trial: a file, or a PostgreSQL server of its own, which can be crashed."""

import signal
from pathlib import Path
from types import TracebackType

from bot.addresses import POSTGRESQL, SQLITE
from torture.cluster import Cluster


class Store:
    """`url` is the database's address; `crash` does nothing to a file."""

    def __init__(self, folder: Path, *, on_postgresql: bool) -> None:
        self._cluster = Cluster() if on_postgresql else None
        self._file = folder / "handrail.sqlite"
        self.url = ""

    def __enter__(self) -> "Store":
        if self._cluster is None:
            self.url = f"{SQLITE}{self._file}"
        else:
            self.url = self._cluster.__enter__().create("handrail")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cluster is not None:
            self._cluster.__exit__(kind, error, trace)

    @property
    def takes_standbys(self) -> bool:
        return self.url.startswith(POSTGRESQL)

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`, and started again: every connection and open transaction is gone."""
        if self._cluster is not None:
            self._cluster.stop(signal.SIGQUIT)
            self._cluster.start()
