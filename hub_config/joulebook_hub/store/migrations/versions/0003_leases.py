"""Kinds of cards that claims are for, and the longest time of a lease."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("loans", sa.Column("ends", sa.Float))
    op.add_column("claims", sa.Column("kind", sa.String(16), nullable=False, server_default=""))
