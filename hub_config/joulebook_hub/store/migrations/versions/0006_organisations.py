"""Organisations: members, invitations, projects, plans, log."""

import sqlalchemy as sa
from alembic import op

from joulebook_hub.store.triggers import append_only

revision = "0006"
down_revision = "0005"

_NUMBER = "organisations.number"


def _text(name: str, size: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.Integer, primary_key=True, autoincrement=True)


def _organisation(*, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column("organisation", sa.Integer, sa.ForeignKey(_NUMBER), primary_key=primary_key, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "organisations",
        *(_number(), _text("name", 40), _text("title", 60), _text("group", 255), _text("founder", 255)),
        *(sa.Column("founded", sa.Float, nullable=False), sa.Column("dissolved", sa.Float)),
        *(sa.UniqueConstraint("name"), sa.UniqueConstraint("group")),
    )
    op.create_table(
        "organisation_plans",
        *(_organisation(primary_key=True), sa.Column("source", sa.String(16), primary_key=True), _text("plan", 64)),
        *(sa.Column("seats", sa.Integer), sa.Column("until", sa.Float)),
    )
    op.create_table(
        "organisation_members",
        *(_organisation(primary_key=True), sa.Column("user", sa.String(255), primary_key=True), _text("role", 8)),
        *(sa.Column("since", sa.Float, nullable=False), sa.Column("preferred", sa.Boolean, nullable=False)),
        *(sa.Column(row, sa.Float) for row in ("gpu_hours", "jobs", "storage")),
    )
    op.create_index("organisation_members_by_user", "organisation_members", ["user"])
    op.create_table(
        "organisation_invitations",
        *(_number(), _organisation(), _text("invited", 255), _text("role", 8), _text("digest", 64)),
        *(_text("inviter", 255), sa.Column("made", sa.Float, nullable=False)),
        *(sa.Column("until", sa.Float, nullable=False), _text("state", 8), sa.UniqueConstraint("digest")),
    )
    for key in ("invited", "organisation"):
        op.create_index(f"organisation_invitations_by_{key}", "organisation_invitations", [key, "state"])
    op.create_table(
        "organisation_projects",
        *(_number(), _organisation(), _text("name", 40), _text("title", 60), _text("link", 100), _text("folder", 100)),
        sa.Column("made", sa.Float, nullable=False),
        *(sa.Column(name, sa.Float) for name in ("closed", "size", "measured")),
        *(sa.UniqueConstraint("link"), sa.UniqueConstraint("folder")),
        sa.UniqueConstraint("organisation", "name", name="project_names_once"),
    )
    op.create_table(
        "organisation_log",
        *(sa.Column("line", sa.Integer, primary_key=True, autoincrement=True), _organisation()),
        *(sa.Column("at", sa.Float, nullable=False), _text("actor", 255), _text("action", 200), _text("subject", 255)),
    )
    op.create_index("organisation_log_by_organisation", "organisation_log", ["organisation", "line"])
    append_only("organisation_log")
