"""Tables of quota. A change of them needs a migration in `joulebook_hub/store/migrations/versions`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from joulebook_hub.store import METADATA

__all__ = ["acquaintances", "homes", "overrides", "units"]

overrides = Table(
    "overrides",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("row", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("until", Float),
    Column("reason", Text, nullable=False),
    Index("overrides_by_subject", "kind", "subject"),
)
units = Table(
    "units",
    METADATA,
    Column("row", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("user", String(255), nullable=False),
    Column("at", Float, nullable=False),
    Column("day", String(10), nullable=False),
    Column("project", String(255), nullable=False),
    Column("returned", Float),
    Index("units_by_user", "user", "row"),
)
homes = Table(
    "homes",
    METADATA,
    Column("folder", String(255), primary_key=True),
    Column("at", Float, nullable=False),
    Column("size", Float, nullable=False),
    Column("files", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("largest", Text, nullable=False),
)
acquaintances = Table(
    "acquaintances",
    METADATA,
    Column("user", String(255), primary_key=True),
    Column("groups", Text, nullable=False),
    Column("at", Float, nullable=False),
)
