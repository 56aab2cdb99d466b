"""Every table is somebody's or nobody's: an export leaves nothing out, and an erasure leaves nothing behind."""

from sqlalchemy import Integer, String

import handlers
from bot.records.ownership import NOBODYS, OWNED
from bot.storage.columns import metadata


def test_every_table_says_whose_its_rows_are() -> None:
    assert handlers.conversation()  # every store has been imported

    assert set(metadata.tables) == set(OWNED) | NOBODYS
    assert not set(OWNED) & NOBODYS


def test_no_table_that_names_a_participant_is_nobodys() -> None:
    named = {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in ("participant_id", "chat_key") and isinstance(column.type, Integer | String)
    }

    assert named - {"erasure"} <= set(OWNED)


def test_what_stays_of_an_alert_after_an_erasure_are_columns_that_exist() -> None:
    for name, owned in OWNED.items():
        assert set(owned.blank or ()) <= set(metadata.tables[name].c.keys())
