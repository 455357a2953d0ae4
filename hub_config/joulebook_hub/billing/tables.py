"""Tables of billing. A change of them needs a migration beside `joulebook_hub/store/migrations/versions`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from joulebook_hub.store import METADATA

__all__ = ["agreements", "billed", "customers", "events", "notes", "reports", "subscriptions"]

customers = Table(
    "billing_customers",
    METADATA,
    Column("subject", String(255), primary_key=True),
    Column("customer", String(255), nullable=False, unique=True),
    Column("made", Float, nullable=False),
    Column("trial_used", Boolean, nullable=False),
)
subscriptions = Table(
    "billing_subscriptions",
    METADATA,
    Column("identity", String(255), primary_key=True),
    Column("subject", String(255), nullable=False),
    Column("seen", Float, nullable=False),
    Column("state", Text, nullable=False),
    Index("billing_subscriptions_by_subject", "subject"),
)
"""``state`` is a `Subscription` as JSON."""

events = Table(
    "billing_events",
    METADATA,
    Column("event", String(255), primary_key=True),
    Column("kind", String(100), nullable=False),
    Column("made", Float, nullable=False),
    Column("taken", Float, nullable=False),
    Column("outcome", String(200), nullable=False),
    Index("billing_events_by_time", "taken"),
)
agreements = Table(
    "billing_agreements",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=True),
    Column("subject", String(255), nullable=False),
    Column("at", Float, nullable=False),
    Column("most_cents", Integer, nullable=False),
    Column("actor", String(255), nullable=False),
    Index("billing_agreements_by_subject", "subject"),
)
"""To metered use, up to an amount per month; 0 takes it back. The newest line of a subject counts."""

billed = Table(
    "billing_billed",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(255), nullable=False),
    Column("month", String(7), nullable=False),
    Column("units", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Index("billing_billed_by_subject", "subject", "month"),
)
"""What of a line of the usage ledger is billed, GPU-seconds."""

reports = Table(
    "billing_reports",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("customer", String(255), nullable=False),
    Column("told_at", Integer, nullable=False),
)
"""Lines that the meter has; ``told_at`` is the instant that it was told, in the customer's time."""

notes = Table(
    "billing_notes",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Float, nullable=False),
)
"""This hub's mark, what the catalogue is called at Stripe, the last comparison."""
