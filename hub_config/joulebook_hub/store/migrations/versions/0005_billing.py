"""Billing: customers, subscriptions, events, agreements, metered use."""

import sqlalchemy as sa
from alembic import op

from joulebook_hub.store.triggers import append_only

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    text, number, whole = sa.String(255), sa.Float, sa.Integer
    op.create_table(
        "billing_customers",
        sa.Column("subject", text, primary_key=True),
        sa.Column("customer", text, nullable=False, unique=True),
        sa.Column("made", number, nullable=False),
        sa.Column("trial_used", sa.Boolean, nullable=False),
    )
    op.create_table(
        "billing_subscriptions",
        sa.Column("identity", text, primary_key=True),
        sa.Column("subject", text, nullable=False),
        sa.Column("seen", number, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("billing_subscriptions_by_subject", "billing_subscriptions", ["subject"])
    op.create_table(
        "billing_events",
        sa.Column("event", text, primary_key=True),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("made", number, nullable=False),
        sa.Column("taken", number, nullable=False),
        sa.Column("outcome", sa.String(200), nullable=False),
    )
    op.create_index("billing_events_by_time", "billing_events", ["taken"])
    op.create_table(
        "billing_agreements",
        sa.Column("line", whole, primary_key=True, autoincrement=True),
        sa.Column("subject", text, nullable=False),
        sa.Column("at", number, nullable=False),
        sa.Column("most_cents", whole, nullable=False),
        sa.Column("actor", text, nullable=False),
    )
    op.create_index("billing_agreements_by_subject", "billing_agreements", ["subject"])
    op.create_table(
        "billing_billed",
        sa.Column("line", whole, primary_key=True, autoincrement=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("units", whole, nullable=False),
        sa.Column("at", number, nullable=False),
    )
    op.create_index("billing_billed_by_subject", "billing_billed", ["subject", "month"])
    op.create_table(
        "billing_reports",
        sa.Column("line", whole, primary_key=True, autoincrement=False),
        sa.Column("at", number, nullable=False),
        sa.Column("customer", text, nullable=False),
        sa.Column("told_at", whole, nullable=False),
    )
    op.create_table(
        "billing_notes",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at", number, nullable=False),
    )
    append_only("billing_agreements", "billing_billed", "billing_reports")
