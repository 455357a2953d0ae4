"""The first tables: loans, claims, usage, allowances, audit, marks; usage and audit can only be added to."""

import sqlalchemy as sa
from alembic import op

from joulebook_hub.store.triggers import append_only

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    number, text = sa.Float, sa.String
    op.create_table(
        "loans",
        *(sa.Column("user", text(255), primary_key=True), sa.Column("kernel", text(64), primary_key=True)),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        *(sa.Column("card", text(128), nullable=False), sa.Column("plan", text(64), nullable=False)),
        *(sa.Column("since", number, nullable=False), sa.Column("beat", number, nullable=False)),
        *(sa.Column("part", sa.Integer, nullable=False), sa.Column("seconds", number, nullable=False)),
        sa.Column("ran_out", number),
    )
    op.create_table(
        "claims",
        *(sa.Column("user", text(255), primary_key=True), sa.Column("kernel", text(64), primary_key=True)),
        *(sa.Column(name, number, nullable=False) for name in ("weight", "asked", "seen")),
    )
    op.create_table(
        "usage",
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("loan", "part")),
        *(sa.Column("user", text(255), nullable=False), sa.Column("kernel", text(64), nullable=False)),
        *(sa.Column("card", text(128), nullable=False), sa.Column("plan", text(64), nullable=False)),
        *(sa.Column("day", text(10), nullable=False), sa.Column("at", number, nullable=False)),
        *(sa.Column("seconds", number, nullable=False), sa.Column("reason", text(64), nullable=False)),
        sa.UniqueConstraint("loan", "part", name="usage_once"),
    )
    op.create_index("usage_by_day", "usage", ["day", "user"])
    op.create_table(
        "audit",
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column("at", number, nullable=False), sa.Column("actor", text(255), nullable=False)),
        *(sa.Column("action", text(200), nullable=False), sa.Column("subject", text(255), nullable=False)),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "allowances",
        *(sa.Column("user", text(255), primary_key=True), sa.Column("gpu_hours", number, nullable=False)),
        *(sa.Column("until", number), sa.Column("audit", sa.Integer, sa.ForeignKey("audit.line"), nullable=False)),
    )
    op.create_table(
        "marks",
        *(sa.Column("name", text(32), primary_key=True), sa.Column("value", number, nullable=False)),
    )
    append_only("usage", "audit")
