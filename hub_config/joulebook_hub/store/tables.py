"""Tables of the store itself. A change of them needs a migration in `migrations/versions`."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

__all__ = ["METADATA", "answers", "audit", "marks", "token_changes"]

METADATA = MetaData()

audit = Table(
    "audit",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("action", String(200), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("reason", Text, nullable=False),
)
marks = Table(
    "marks",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", Float, nullable=False),
)
answers = Table(
    "answers",
    METADATA,
    Column("user", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Column("status", Integer),
    Column("content", Text),
    Index("answers_by_age", "at"),
)
token_changes = Table(
    "token_changes",
    METADATA,
    Column("user", String(255), primary_key=True),
    Column("number", Integer, nullable=False, index=True),
)
