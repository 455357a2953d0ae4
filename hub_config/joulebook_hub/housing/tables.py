"""Tables of dwellings. A change of them needs a migration in `joulebook_hub.store.migrations`."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, String, Table, Text, UniqueConstraint

from joulebook_hub.store import METADATA

__all__ = ["residents", "servers"]

residents = Table(
    "residents",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(8), nullable=False),
    Column("key", String(255), nullable=False),
    UniqueConstraint("kind", "key", name="residents_once"),
)
"""People (by name), groups (by name) and projects (by number). Rows stay for ever: no number is given twice."""

servers = Table(
    "resident_servers",
    METADATA,
    Column("user", String(255), primary_key=True),
    Column("server", String(255), primary_key=True),
    Column("rights", Text, nullable=False),
    Column("at", Float, nullable=False),
)
"""What each server was given when it was started last: a JSON list of `Dwelling.rights`."""
