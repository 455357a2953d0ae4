"""Quota: what administrators set, counted units, homes, groups seen last; accounts and parts of lent time."""

import json

import sqlalchemy as sa
from alembic import op

from joulebook_hub.store.triggers import append_only

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and bring what administrators gave into the new one."""
    number, text = sa.Float, sa.String
    op.create_table(
        "overrides",
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column("at", number, nullable=False), sa.Column("actor", text(255), nullable=False)),
        *(sa.Column("kind", text(8), nullable=False), sa.Column("subject", text(255), nullable=False)),
        *(sa.Column("row", text(64), nullable=False), sa.Column("value", sa.Text, nullable=False)),
        *(sa.Column("until", number), sa.Column("reason", sa.Text, nullable=False)),
    )
    op.create_index("overrides_by_subject", "overrides", ["kind", "subject"])
    op.create_table(
        "units",
        *(sa.Column("row", text(64), primary_key=True), sa.Column("key", text(255), primary_key=True)),
        *(sa.Column("user", text(255), nullable=False), sa.Column("at", number, nullable=False)),
        *(sa.Column("day", text(10), nullable=False), sa.Column("project", text(255), nullable=False)),
        sa.Column("returned", number),
    )
    op.create_index("units_by_user", "units", ["user", "row"])
    op.create_table(
        "homes",
        sa.Column("folder", text(255), primary_key=True),
        *(sa.Column("at", number, nullable=False), sa.Column("size", number, nullable=False)),
        *(sa.Column("files", sa.Integer, nullable=False), sa.Column("complete", sa.Boolean, nullable=False)),
        sa.Column("largest", sa.Text, nullable=False),
    )
    op.create_table(
        "acquaintances",
        sa.Column("user", text(255), primary_key=True),
        *(sa.Column("groups", sa.Text, nullable=False), sa.Column("at", number, nullable=False)),
    )
    for table in ("loans", "usage"):
        for name in ("project", "pool"):
            op.add_column(table, sa.Column(name, text(255), nullable=False, server_default=""))
        for name in ("grace", "metered"):
            op.add_column(table, sa.Column(name, number, nullable=False, server_default="0"))
    op.create_index("usage_by_user", "usage", ["user", "line"])
    _bring_allowances()
    append_only("overrides")


def _bring_allowances() -> None:
    connection = op.get_bind()
    given = connection.execute(
        sa.text(
            'SELECT a."user", a.gpu_hours, a.until, n.at, n.actor, n.reason FROM allowances a '
            "JOIN audit n ON n.line = a.audit ORDER BY n.line"
        )
    )
    for row in given.all():
        connection.execute(
            sa.text(
                'INSERT INTO overrides (at, actor, kind, subject, "row", value, until, reason) '
                "VALUES (:at, :actor, 'person', :subject, 'gpu_hours', :value, :until, :reason)"
            ),
            {
                "at": row.at,
                "actor": row.actor,
                "subject": row.user,
                "value": json.dumps(row.gpu_hours),
                "until": row.until,
                "reason": row.reason,
            },
        )
    op.drop_table("allowances")
