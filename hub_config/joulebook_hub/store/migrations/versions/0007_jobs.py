"""Jobs, their logs, schedules and notices."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _columns(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables."""
    number, whole, text = sa.Float, sa.Integer, sa.String
    op.create_table(
        "jobs",
        sa.Column("number", whole, primary_key=True, autoincrement=True),
        sa.Column("key", text(16), nullable=False, unique=True),
        *_columns(text(255), "user", "worker"),
        *_columns(text(16), "kind", "schedule", "state"),
        *_columns(text(200), "title", "stage", "label"),
        *_columns(sa.Text, "order", "notice", "error", "results"),
        *_columns(text(64), "plan"),
        *_columns(number, "weight", "submitted", "ready", "done", "total"),
        *_columns(whole, "most_attempts", "attempt", "failures", "interruptions", "beat"),
        *(sa.Column("started", number), sa.Column("ended", number)),
    )
    op.create_index("jobs_by_user", "jobs", ["user", "number"])
    op.create_index("jobs_by_state", "jobs", ["state"])
    op.create_table(
        "job_logs",
        *(sa.Column(name, whole, primary_key=True, autoincrement=False) for name in ("job", "attempt", "begin")),
        *_columns(whole, "size"),
        *_columns(sa.LargeBinary, "content"),
    )
    op.create_table(
        "job_schedules",
        sa.Column("number", whole, primary_key=True, autoincrement=True),
        sa.Column("key", text(16), nullable=False, unique=True),
        *_columns(text(255), "user"),
        *_columns(text(200), "title"),
        *_columns(sa.Text, "order", "notice", "said"),
        *_columns(whole, "most_attempts"),
        *_columns(text(120), "cron"),
        *_columns(text(64), "zone"),
        *(sa.Column("following", number), sa.Column("last", number)),
    )
    op.create_index("job_schedules_by_time", "job_schedules", ["following"])
    op.create_table(
        "job_notices",
        sa.Column("number", whole, primary_key=True, autoincrement=True),
        sa.Column("key", text(16), nullable=False, unique=True),
        *_columns(text(255), "user"),
        *_columns(text(16), "channel", "state"),
        *_columns(sa.Text, "target", "content", "error"),
        *_columns(whole, "tries"),
        *_columns(number, "due"),
    )
    op.create_index("job_notices_by_time", "job_notices", ["state", "due"])
