"""`handrail migrate --to`: a clinic's SQLite program goes on in PostgreSQL, with every row as it was."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.__main__ import main
from bot.alerts.store import open_alerts
from bot.sandbox.clinic import Clinic
from bot.storage import moving
from handlers import conversation
from tests.builders import a_participant
from tests.databases import database_url

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def lived(tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """A program that has worked for a while on its file, and was stopped; its settings are in the environment."""
    url = f"sqlite:///{tmp_path / 'handrail.sqlite'}"
    clinic = Clinic(tmp_path, conversation(), content=content, settings={"HANDRAIL_DATABASE__URL": url})
    await clinic.start()
    sam = await a_participant(clinic)
    sam.says("i dont want to be here any more")
    await clinic.settle()
    await clinic.stop()
    for name, value in clinic._settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return clinic


def counts(url: str) -> Any:
    query = "SELECT (SELECT count(*) FROM participant), (SELECT count(*) FROM alert), (SELECT count(*) FROM concern)"
    with psycopg.connect(url) as rows:
        return rows.execute(query).fetchone()


async def test_a_program_that_was_moved_goes_on_where_it_was(
    lived: Clinic, tmp_path: Path, content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database_url(tmp_path / "moved")

    assert main(["migrate", "--to", url]) == 0

    assert "each compared with what it was" in capsys.readouterr().out
    assert counts(url) == (1, 1, 1)
    moved = Clinic(
        tmp_path / "other", conversation(), content=content, start=lived.clock.now(),
        settings={**lived._settings, "HANDRAIL_DATABASE__URL": url},
    )  # fmt: skip
    await moved.start()
    assert await moved.run(lambda tx: len(open_alerts(tx))) == 1
    await moved.stop()


async def test_the_old_file_is_not_worked_with_any_more(
    lived: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--to", database_url(tmp_path / "moved")]) == 0

    assert main(["migrate"]) == 1
    assert "was moved to PostgreSQL" in capsys.readouterr().err


async def test_an_interrupted_copy_is_worked_with_by_nobody_and_goes_on(
    lived: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database_url(tmp_path / "moved")
    interrupted_before_the_check(monkeypatch, url)

    with monkeypatch.context() as patched:
        patched.setenv("HANDRAIL_DATABASE__URL", url)
        assert main(["migrate"]) == 1
    assert "not finished" in capsys.readouterr().err
    assert main(["migrate", "--to", url]) == 0


async def test_a_row_that_differs_stops_the_move(
    lived: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database_url(tmp_path / "moved")
    interrupted_before_the_check(monkeypatch, url)
    with psycopg.connect(url) as rows:
        rows.execute("UPDATE participant SET zone = 'Europe/Paris'")

    assert main(["migrate", "--to", url]) == 1

    assert "table participant" in capsys.readouterr().err


async def test_a_database_that_holds_a_program_is_not_written_over(
    lived: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = database_url(tmp_path / "other")
    with monkeypatch.context() as patched:
        patched.setenv("HANDRAIL_DATABASE__URL", url)
        assert main(["migrate"]) == 0

    assert main(["migrate", "--to", url]) == 1

    assert "holds something already" in capsys.readouterr().err


def interrupted_before_the_check(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Every row is copied, and the copy is not finished."""

    def interrupt(*_things: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(moving, "_checked", interrupt)
        with pytest.raises(KeyboardInterrupt):
            main(["migrate", "--to", url])
