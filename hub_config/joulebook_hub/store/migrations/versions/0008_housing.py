"""Numeric users and groups of dwellings, and what running servers were given."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "residents",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.UniqueConstraint("kind", "key", name="residents_once"),
    )
    op.create_table(
        "resident_servers",
        sa.Column("user", sa.String(255), primary_key=True),
        sa.Column("server", sa.String(255), primary_key=True),
        sa.Column("rights", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
