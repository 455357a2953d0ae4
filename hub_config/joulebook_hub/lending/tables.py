"""Tables of the ledger. A change of them needs a migration in `store/migrations/versions`."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, UniqueConstraint

from joulebook_hub.store.tables import METADATA

__all__ = ["claims", "loans", "usage"]

loans = Table(
    "loans",
    METADATA,
    Column("user", String(255), primary_key=True),
    Column("kernel", String(64), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("card", String(128), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("since", Float, nullable=False),
    Column("beat", Float, nullable=False),
    Column("part", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("ran_out", Float),
    Column("ends", Float),
    Column("project", String(255), nullable=False, server_default=""),
    Column("pool", String(255), nullable=False, server_default=""),
    Column("grace", Float, nullable=False, server_default="0"),
    Column("metered", Float, nullable=False, server_default="0"),
    Column("server", String(255)),
)
claims = Table(
    "claims",
    METADATA,
    Column("user", String(255), primary_key=True),
    Column("kernel", String(64), primary_key=True),
    Column("weight", Float, nullable=False),
    Column("asked", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("kind", String(16), nullable=False, server_default=""),
)
usage = Table(
    "usage",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=True),
    Column("loan", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("user", String(255), nullable=False),
    Column("kernel", String(64), nullable=False),
    Column("card", String(128), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("project", String(255), nullable=False, server_default=""),
    Column("pool", String(255), nullable=False, server_default=""),
    Column("grace", Float, nullable=False, server_default="0"),
    Column("metered", Float, nullable=False, server_default="0"),
    UniqueConstraint("loan", "part", name="usage_once"),
    Index("usage_by_day", "day", "user"),
    Index("usage_by_user", "user", "line"),
)
