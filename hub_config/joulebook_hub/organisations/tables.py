"""Tables of organisations. A change of them needs a migration in `joulebook_hub.store.migrations`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from joulebook_hub.store import METADATA

__all__ = ["invitations", "log", "members", "organisations", "plans", "projects"]

_NUMBER = "organisations.number"

organisations = Table(
    "organisations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("title", String(60), nullable=False),
    Column("group", String(255), nullable=False, unique=True),
    Column("founder", String(255), nullable=False),
    Column("founded", Float, nullable=False),
    Column("dissolved", Float),
)
"""``group`` is the JupyterHub group of the members."""

plans = Table(
    "organisation_plans",
    METADATA,
    Column("organisation", Integer, ForeignKey(_NUMBER), primary_key=True),
    Column("source", String(16), primary_key=True),
    Column("plan", String(64), nullable=False),
    Column("seats", Integer),
    Column("until", Float),
)
"""Plan of an organisation as a ``subscription`` or an ``administrator`` gives it; no seats: as in the plan."""

members = Table(
    "organisation_members",
    METADATA,
    Column("organisation", Integer, ForeignKey(_NUMBER), primary_key=True),
    Column("user", String(255), primary_key=True),
    Column("role", String(8), nullable=False),
    Column("since", Float, nullable=False),
    Column("preferred", Boolean, nullable=False),
    Column("gpu_hours", Float),
    Column("jobs", Float),
    Column("storage", Float),
    Index("organisation_members_by_user", "user"),
)
"""``preferred`` is the organisation that pays for somebody who is in several with the same plan."""

invitations = Table(
    "organisation_invitations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organisation", Integer, ForeignKey(_NUMBER), nullable=False),
    Column("invited", String(255), nullable=False),
    Column("role", String(8), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("inviter", String(255), nullable=False),
    Column("made", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("state", String(8), nullable=False),
    Index("organisation_invitations_by_invited", "invited", "state"),
    Index("organisation_invitations_by_organisation", "organisation", "state"),
)
projects = Table(
    "organisation_projects",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("organisation", Integer, ForeignKey(_NUMBER), nullable=False),
    Column("name", String(40), nullable=False),
    Column("title", String(60), nullable=False),
    Column("link", String(100), nullable=False, unique=True),
    Column("folder", String(100), nullable=False, unique=True),
    Column("made", Float, nullable=False),
    Column("closed", Float),
    Column("size", Float),
    Column("measured", Float),
    UniqueConstraint("organisation", "name", name="project_names_once"),
)
"""``link`` is the name below ``projects`` in a workspace, ``folder`` the path below the workspaces' root, ``size`` the
room in bytes when it was ``measured`` last."""

log = Table(
    "organisation_log",
    METADATA,
    Column("line", Integer, primary_key=True, autoincrement=True),
    Column("organisation", Integer, ForeignKey(_NUMBER), nullable=False),
    Column("at", Float, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("action", String(200), nullable=False),
    Column("subject", String(255), nullable=False),
    Index("organisation_log_by_organisation", "organisation", "line"),
)
