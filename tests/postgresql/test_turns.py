"""One process works for a program; another takes over, and the first can write nothing any more."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from bot.people import settings
from bot.storage.database import Tx
from bot.storage.opening import Opened, open_to_read
from bot.storage.sealing import KeyRing, new_key
from bot.storage.turns import DatabaseInUse, TurnLost

pytestmark = pytest.mark.postgresql
Begin = Callable[[], Opened]


def write(value: str) -> Callable[[Tx], None]:
    return lambda tx: settings.put(tx, "note", value)


def read(tx: Tx) -> Any:
    return settings.get(tx, "note")


def test_a_second_process_waits_while_the_first_one_works(begin: Begin) -> None:
    begin()

    with pytest.raises(DatabaseInUse, match="Another Handrail process"):
        begin()


def test_whoever_ends_lets_the_next_begin_at_once(begin: Begin) -> None:
    first = begin()
    first.database.submit(write("one")).result()
    first.close()

    assert begin().database.submit(read).result() == "one"


def test_after_a_takeover_the_older_process_writes_nothing_and_knows_it(
    begin: Begin, time_passes: Callable[[], None]
) -> None:
    first = begin()
    first.database.submit(write("one")).result()
    time_passes()
    second = begin()

    with pytest.raises(TurnLost):
        first.database.submit(write("two")).result()
    with pytest.raises(TurnLost):
        first.check_turn()

    second.check_turn()
    assert second.database.submit(read).result() == "one"


def test_a_unit_of_work_keeps_the_turn(begin: Begin, time_passes: Callable[[], None]) -> None:
    first = begin()
    time_passes()
    first.database.submit(write("one")).result()

    with pytest.raises(DatabaseInUse):
        begin()


def test_a_turn_that_ended_while_nobody_wanted_it_goes_on(
    begin: Begin, time_passes: Callable[[], None]
) -> None:
    """As after a pause of the server: its clock went on, and nobody was there to renew."""
    first = begin()
    time_passes()

    first.database.submit(write("one")).result()

    first.check_turn()


def test_looking_is_possible_beside_whoever_works_and_changes_nothing(
    begin: Begin, url: str, ring: KeyRing, clock: Any
) -> None:
    begin().database.submit(write("one")).result()
    looking = open_to_read(url, ring, clock)
    try:
        assert looking.database.submit(read).result() == "one"
        with pytest.raises(Exception, match="read-only"):
            looking.database.submit(write("two")).result()
    finally:
        looking.close()


def test_another_key_is_refused_and_the_turn_is_free_again(begin: Begin, url: str, clock: Any) -> None:
    from bot.storage.opening import open_database
    from bot.storage.sealing import KeyMissing

    begin().close()

    with pytest.raises(KeyMissing):
        open_database(url, KeyRing([new_key()]), clock)

    begin().database.submit(write("one")).result()


# The connection ends


def cut(url: str) -> None:
    """As when the server restarts: every other connection ends."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_lost_connection_comes_back_by_itself(begin: Begin, url: str) -> None:
    first = begin()
    cut(url)

    with pytest.raises(Exception, match=r"terminat|closed"):
        first.database.submit(write("one")).result()

    first.database.submit(write("two")).result()
    assert first.database.submit(read).result() == "two"


@pytest.mark.parametrize("arrived", [True, False], ids=["the commit arrived", "the commit was lost"])
def test_a_commit_without_an_answer_is_asked_after_and_done_once(
    begin: Begin, url: str, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    first = begin()
    dialect, done = first.database._engine.dialect, []
    commit = dialect.do_commit

    def answer_is_lost(connection: Any) -> None:
        monkeypatch.setattr(dialect, "do_commit", commit)
        if arrived:
            commit(connection)
        cut(url)
        commit(connection)  # on a connection that has ended
        connection.execute("SELECT 1")

    monkeypatch.setattr(dialect, "do_commit", answer_is_lost)

    def count(tx: Tx) -> None:
        done.append(int(settings.get(tx, "note") or 0) + 1)
        settings.put(tx, "note", str(done[-1]))

    result = first.database.submit(count)

    if arrived:
        result.result()
        assert done == [1]
        assert first.database.submit(read).result() == "1"
    else:
        with pytest.raises(Exception, match=r"terminat|closed"):
            result.result()
        assert first.database.submit(read).result() == ""


def test_after_a_kill_nobody_waits_for_the_end_of_the_turn(begin: Begin, url: str) -> None:
    """The server sees that the connection is gone; the turn itself would last ten seconds more."""
    begin()
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_sleep(GREATEST(0, 6 - EXTRACT(epoch FROM clock_timestamp() - pg_postmaster_start_time())))"
        )
        connection.execute("UPDATE turn SET until = clock_timestamp() + interval '9 s', connection = 0")

    begin()


def test_a_process_that_is_only_busy_keeps_its_turn(begin: Begin, url: str) -> None:
    begin()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE turn SET until = clock_timestamp() + interval '1 s'")

    with pytest.raises(DatabaseInUse):
        begin()
