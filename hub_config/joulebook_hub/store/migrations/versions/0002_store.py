"""Answers that were given under an idempotency key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answers",
        *(sa.Column("user", sa.String(255), primary_key=True), sa.Column("key", sa.String(255), primary_key=True)),
        *(sa.Column("request", sa.String(64), nullable=False), sa.Column("at", sa.Float, nullable=False)),
        *(sa.Column("status", sa.Integer), sa.Column("content", sa.Text)),
    )
    op.create_index("answers_by_age", "answers", ["at"])
