"""Which server of a user runs the kernel of a lease."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.add_column("loans", sa.Column("server", sa.String(255)))
