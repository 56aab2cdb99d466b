"""Where a test's database is: a file in its folder, or a new one of the server that `make test-postgresql` starts."""

import hashlib
import os
from functools import cache
from pathlib import Path

from torture.cluster import ADDRESS

ON_POSTGRESQL = ADDRESS in os.environ


@cache
def database_url(folder: Path) -> str:
    """The address of the one database that belongs to a folder; empty when it is first asked for."""
    if not ON_POSTGRESQL:
        return f"sqlite:///{folder / 'handrail.sqlite'}"
    import psycopg  # which SQLite does not need

    server = os.environ[ADDRESS]
    name = "test_" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.rpartition("/")[0] + f"/{name}"
