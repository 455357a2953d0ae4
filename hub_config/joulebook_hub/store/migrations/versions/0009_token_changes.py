"""When something of a person's tokens was last changed at the hub."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "token_changes",
        *(sa.Column("user", sa.String(255), primary_key=True), sa.Column("number", sa.Integer, nullable=False)),
    )
    op.create_index("ix_token_changes_number", "token_changes", ["number"])
