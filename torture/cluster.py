"""A PostgreSQL server that is thrown away: for the tests and the torture, never for a clinic.

`python -m torture.cluster COMMAND …` runs a command with a server's address in HANDRAIL_TEST_POSTGRESQL.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ADDRESS = "HANDRAIL_TEST_POSTGRESQL"
USER = "handrail"
DEBIAN = Path("/usr/lib/postgresql")
START_SECONDS = 30.0
FAST = ("fsync=off", "full_page_writes=off")  # a test's rows need not outlive the computer


class NoPostgresql(Exception):
    """PostgreSQL is not installed. On Debian and Ubuntu: sudo apt-get install postgresql"""


class Cluster:
    """A server on a free port of loopback, which trusts whoever asks. Root hands it to the user `postgres`."""

    def __init__(self, *, settings: tuple[str, ...] = ()) -> None:
        self._bin = programs()
        self._folder = Path(tempfile.mkdtemp(prefix="handrail-postgresql-"))
        self._settings = settings
        self._port = _free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self._as = {"user": user.pw_uid, "group": user.pw_gid}
            os.chown(self._folder, user.pw_uid, user.pw_gid)
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Cluster":
        self._call("initdb", "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start it, or start it again; returns once it takes connections."""
        options = (
            f"port={self._port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
        )
        chosen = [part for option in (*options, *self._settings) for part in ("-c", option)]
        command = [str(self._bin / "postgres"), "-D", str(self._data), *chosen]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._as)  # noqa: S603
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if time.monotonic() > until or self._server.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT is `pg_ctl stop -m immediate`, a crash; SIGINT ends it in order."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait()
            self._server = None

    def create(self, database: str) -> str:
        """A new, empty database; gives its address."""
        self._psql(f'CREATE DATABASE "{database}"')
        return self.url(database)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _is_ready(self) -> bool:
        asked = ("-h", "127.0.0.1", "-p", str(self._port), "-q")
        return subprocess.run([str(self._bin / "pg_isready"), *asked], check=False).returncode == 0  # noqa: S603

    def _psql(self, statement: str) -> None:
        command = [str(self._bin / "psql"), "-q", "-d", self.url("postgres"), "-c", statement]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603

    def _call(self, program: str, *options: str) -> None:
        command = [str(self._bin / program), "-D", str(self._data), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self._as)  # noqa: S603


def programs() -> Path:
    """The folder of PostgreSQL's programs; Debian keeps them out of PATH. Raises `NoPostgresql`."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name.partition(".")[0]))
    if not folders:
        raise NoPostgresql(NoPostgresql.__doc__)
    return folders[-1]


def _free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def main() -> int:
    try:
        cluster = Cluster(settings=FAST)
    except NoPostgresql as error:
        print(error, file=sys.stderr)
        return 1
    with cluster:
        environ = {**os.environ, ADDRESS: cluster.url("postgres")}
        return subprocess.run(sys.argv[1:], check=False, env=environ).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
