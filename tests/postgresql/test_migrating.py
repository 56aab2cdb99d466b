"""Migrations on PostgreSQL: the tables that a server got from an older version become today's, with their rows."""

from collections.abc import Callable

import psycopg
import pytest

from bot.storage import migrate
from bot.storage.opening import Opened

pytestmark = pytest.mark.postgresql

BEFORE_KINDS = """
ALTER TABLE participant DROP COLUMN eased_at;
DROP TABLE checkin_schedule;
CREATE TABLE checkin_schedule (
    participant_id BIGINT NOT NULL, day VARCHAR(10), due_at BIGINT, look_at BIGINT, last_day VARCHAR(10),
    last_at BIGINT, last_zone VARCHAR(40) NOT NULL, missed INTEGER NOT NULL,
    CONSTRAINT pk_checkin_schedule PRIMARY KEY (participant_id)
);
CREATE INDEX ix_checkin_schedule_look_at ON checkin_schedule (look_at);
CREATE INDEX ix_checkin_schedule_missed ON checkin_schedule (missed);
INSERT INTO checkin_schedule VALUES (7, '2026-03-03', 5000, 5000, '2026-03-02', 40, 'UTC', 2);
UPDATE alembic_version SET version_num = '0009';
"""


def test_the_plan_of_an_older_version_is_the_one_of_the_daily_check_in(
    begin: Callable[[], Opened], url: str
) -> None:
    begin().close()
    with psycopg.connect(url) as rows:
        rows.execute(BEFORE_KINDS)

    begin().close()

    with psycopg.connect(url) as rows:
        assert rows.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.newest(),)
        kept = rows.execute("SELECT participant_id, kind, wanted, day, due_at, missed FROM checkin_schedule")
        assert kept.fetchall() == [(7, "daily", None, "2026-03-03", 5000, 2)]
