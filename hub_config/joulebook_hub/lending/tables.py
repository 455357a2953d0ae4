"""Tables of the ledger. A change of them needs a migration beside `migrations/versions`."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy import Column as C

__all__ = ["METADATA", "allowances", "audit", "claims", "loans", "marks", "usage"]

METADATA = MetaData()

loans = Table(
    "loans",
    METADATA,
    C("user", String(255), primary_key=True),
    C("kernel", String(64), primary_key=True),
    C("number", Integer, nullable=False, unique=True),
    C("card", String(128), nullable=False),
    C("plan", String(64), nullable=False),
    C("since", Float, nullable=False),
    C("beat", Float, nullable=False),
    C("part", Integer, nullable=False),
    C("seconds", Float, nullable=False),
    C("ran_out", Float),
)
claims = Table(
    "claims",
    METADATA,
    C("user", String(255), primary_key=True),
    C("kernel", String(64), primary_key=True),
    C("weight", Float, nullable=False),
    C("asked", Float, nullable=False),
    C("seen", Float, nullable=False),
)
usage = Table(
    "usage",
    METADATA,
    C("line", Integer, primary_key=True, autoincrement=True),
    C("loan", Integer, nullable=False),
    C("part", Integer, nullable=False),
    C("user", String(255), nullable=False),
    C("kernel", String(64), nullable=False),
    C("card", String(128), nullable=False),
    C("plan", String(64), nullable=False),
    C("day", String(10), nullable=False),
    C("at", Float, nullable=False),
    C("seconds", Float, nullable=False),
    C("reason", String(64), nullable=False),
    UniqueConstraint("loan", "part", name="usage_once"),
    Index("usage_by_day", "day", "user"),
)
audit = Table(
    "audit",
    METADATA,
    C("line", Integer, primary_key=True, autoincrement=True),
    C("at", Float, nullable=False),
    C("actor", String(255), nullable=False),
    C("action", String(200), nullable=False),
    C("subject", String(255), nullable=False),
    C("reason", Text, nullable=False),
)
allowances = Table(
    "allowances",
    METADATA,
    C("user", String(255), primary_key=True),
    C("gpu_hours", Float, nullable=False),
    C("until", Float),
    C("audit", Integer, ForeignKey("audit.line"), nullable=False),
)
marks = Table(
    "marks",
    METADATA,
    C("name", String(32), primary_key=True),
    C("value", Float, nullable=False),
)
