"""The first schema. There is no way down: an older version goes back to the backup made before."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant, SealedText

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("claimed_by", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("first_claimed_at", Instant(), nullable=True),
        sa.Column("handed_to", sa.BigInteger(), nullable=True),
        sa.Column("dropped_by", sa.BigInteger(), nullable=True),
        sa.Column("first_told_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("told_to", sa.BigInteger(), nullable=True),
        sa.Column("person_card", sa.String(length=80), nullable=True),
        sa.Column("person_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("number", name=op.f("uq_alert_number")),
    )
    op.create_index(op.f("ix_alert_key"), "alert", ["key"], unique=False)
    op.create_index(
        "ix_alert_open_next_at", "alert", ["next_at"], unique=False, sqlite_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "ix_alert_open_set_at", "alert", ["set_at"], unique=False, sqlite_where=sa.text("closed_at IS NULL")
    )
    op.create_index(op.f("ix_alert_opened_at"), "alert", ["opened_at"], unique=False)
    op.create_table(
        "alert_note",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("colleague_id", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("words_sealed", SealedText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_note")),
    )
    op.create_index(op.f("ix_alert_note_alert_id"), "alert_note", ["alert_id"], unique=False)
    op.create_table(
        "alert_notice",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("card", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_notice")),
    )
    op.create_index(op.f("ix_alert_notice_alert_id"), "alert_notice", ["alert_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "card",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("chat_key", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_card")),
    )
    op.create_index(op.f("ix_card_chat_key"), "card", ["chat_key"], unique=False)
    op.create_table(
        "chat",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("chat_id_sealed", SealedText(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("unreachable_at", Instant(), nullable=True),
        sa.Column("not_before", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_chat")),
    )
    op.create_table(
        "checkin",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("delivery", sa.String(length=10), nullable=False),
        sa.Column("position", sa.String(length=32), nullable=False),
        sa.Column("picked", sa.Text(), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("raised", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("remind_at", Instant(), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("later_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("wake_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
        sa.UniqueConstraint("participant_id", "name", "day", name=op.f("uq_checkin_participant_id_name_day")),
    )
    op.create_index("ix_checkin_ended_at", "checkin", ["ended_at", "state"], unique=False)
    op.create_index(
        "ix_checkin_live",
        "checkin",
        ["participant_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('held', 'open', 'later')"),
    )
    op.create_index(
        "ix_checkin_wake_at",
        "checkin",
        ["wake_at"],
        unique=False,
        sqlite_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "checkin_answer",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("checkin_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("words_sealed", SealedText(), nullable=True),
        sa.Column("revision", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_answer")),
        sa.UniqueConstraint(
            "checkin_id", "question_id", name=op.f("uq_checkin_answer_checkin_id_question_id")
        ),
    )
    op.create_table(
        "checkin_definition",
        sa.Column("revision", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_checkin_definition")),
    )
    op.create_table(
        "checkin_schedule",
        sa.Column("participant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("look_at", Instant(), nullable=True),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.Column("last_at", Instant(), nullable=True),
        sa.Column("last_zone", sa.String(length=40), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_checkin_schedule")),
    )
    op.create_index(op.f("ix_checkin_schedule_look_at"), "checkin_schedule", ["look_at"], unique=False)
    op.create_index("ix_checkin_schedule_missed", "checkin_schedule", ["missed"], unique=False)
    op.create_table(
        "colleague",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=24), nullable=False),
        sa.Column("name_sealed", SealedText(), nullable=True),
        sa.Column("roles", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleague")),
        sa.UniqueConstraint("handle", name=op.f("uq_colleague_handle")),
        sa.UniqueConstraint("key", name=op.f("uq_colleague_key")),
    )
    op.create_table(
        "concern",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_key", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("categories", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("words_sealed", SealedText(), nullable=True),
        sa.Column("alert_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
    )
    op.create_index(op.f("ix_concern_alert_id"), "concern", ["alert_id"], unique=False)
    op.create_index(op.f("ix_concern_chat_key"), "concern", ["chat_key"], unique=False)
    op.create_index(
        "ix_concern_watched_at", "concern", ["at"], unique=False, sqlite_where=sa.text("alert_id IS NULL")
    )
    op.create_table(
        "dialogue",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("state_sealed", SealedText(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dialogue")),
    )
    op.create_table(
        "inbox",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body_sealed", SealedText(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_inbox")),
    )
    op.create_index(
        "ix_inbox_ready", "inbox", ["received_at"], unique=False, sqlite_where=sa.text("state = 'ready'")
    )
    op.create_table(
        "invite",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("handle", sa.String(length=24), nullable=True),
        sa.Column("chart_sealed", SealedText(), nullable=True),
        sa.Column("phone_sealed", SealedText(), nullable=True),
        sa.Column("contact_sealed", SealedText(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invite_token_hash")),
    )
    op.create_table(
        "link_try",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_link_try")),
    )
    op.create_table(
        "module_edition",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_edition")),
    )
    op.create_table(
        "module_offer",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("local_day", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_offer")),
        sa.UniqueConstraint(
            "participant_id", "local_day", name=op.f("uq_module_offer_participant_id_local_day")
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_key", sa.String(length=32), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("card", sa.String(length=80), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("dedupe", sa.String(length=120), nullable=True),
        sa.Column("body_sealed", SealedText(), nullable=True),
        sa.Column("vanish_seconds", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe", name=op.f("uq_outbox_dedupe")),
    )
    op.create_index(op.f("ix_outbox_chat_key"), "outbox", ["chat_key"], unique=False)
    op.create_index("ix_outbox_ended", "outbox", ["ended_at"], unique=False)
    op.create_index(
        "ix_outbox_open_card",
        "outbox",
        ["card", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'sending')"),
    )
    op.create_index(
        "ix_outbox_open_due",
        "outbox",
        ["lane", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'sending')"),
    )
    op.create_index(
        "ix_outbox_open_stream",
        "outbox",
        ["stream", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('ready', 'sending')"),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_sealed", SealedText(), nullable=True),
        sa.Column("chart_sealed", SealedText(), nullable=True),
        sa.Column("phone_sealed", SealedText(), nullable=True),
        sa.Column("contact_sealed", SealedText(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("checkin_time", sa.String(length=5), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_to", sa.String(length=5), nullable=False),
        sa.Column("pace", sa.String(length=8), nullable=False),
        sa.Column("taps_only", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("paused_until", Instant(), nullable=True),
        sa.Column("consent_version", sa.String(length=20), nullable=False),
        sa.Column("consented_at", Instant(), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("code", name=op.f("uq_participant_code")),
        sa.UniqueConstraint("key", name=op.f("uq_participant_key")),
    )
    op.create_table(
        "program_secret",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value_sealed", SealedText(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_program_secret")),
    )
    op.create_table(
        "program_setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value_sealed", SealedText(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_program_setting")),
    )
    op.create_table(
        "reading",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("participant_id", "slug", name=op.f("uq_reading_participant_id_slug")),
    )
    op.create_table(
        "reflection",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.String(length=16), nullable=False),
        sa.Column("words_sealed", SealedText(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
    )
    op.create_index("ix_reflection_participant", "reflection", ["participant_id", "id"], unique=False)
    op.create_table(
        "throttle",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_throttle")),
    )
