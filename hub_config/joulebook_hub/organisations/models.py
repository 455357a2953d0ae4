"""Questions and answers of the service about organisations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from joulebook_hub.service.routes import Model

__all__ = [
    "AnswerBody",
    "InvitationBody",
    "InvitationEntry",
    "InvitationToken",
    "Log",
    "LogEntry",
    "MemberBody",
    "MemberEntry",
    "NewOrganisation",
    "NewOwner",
    "OrganisationEntry",
    "OwnInvitation",
    "OwnInvitations",
    "OwnOrganisation",
    "OwnOrganisations",
    "ProjectBody",
    "ProjectChange",
    "ProjectEntry",
    "RoleName",
    "Where",
    "WhichInvitation",
    "WhichMember",
    "WhichProject",
]

_NAME = Field(pattern=r"^[a-z0-9-]{1,40}$", description="Short name of the organisation.")
RoleName = Literal["owner", "admin", "member"]


class Where(Model):
    """Which organisation."""

    name: str = _NAME


class WhichMember(Model):
    """Which member of which organisation."""

    name: str = _NAME
    user: str = Field(min_length=1, max_length=255)


class WhichInvitation(Model):
    """Which invitation of which organisation."""

    name: str = _NAME
    number: int = Field(ge=1, lt=10**9)


class WhichProject(Model):
    """Which project of which organisation."""

    name: str = _NAME
    project: str = Field(pattern=r"^[a-z0-9-]{1,40}$")


class NewOrganisation(Model):
    """An organisation to be founded."""

    title: str = Field(max_length=200)


class OwnOrganisation(Model):
    """An organisation of the user's."""

    name: str
    title: str
    role: RoleName
    preferred: bool = Field(description="Whether it pays where several have the same plan.")


class OwnOrganisations(Model):
    """Organisations of the user's."""

    organisations: list[OwnOrganisation]


class MemberEntry(Model):
    """A member."""

    user: str
    role: RoleName
    since: float
    caps: dict[str, float]


class InvitationEntry(Model):
    """An open invitation, without its token."""

    number: int
    invited: str
    role: RoleName
    inviter: str
    until: float


class ProjectEntry(Model):
    """A shared project."""

    name: str
    title: str
    link: str = Field(description="Its name below ``projects`` in a workspace.")
    closed: bool
    size: float | None = Field(description="Room on the disk when it was measured last, bytes.")


class OrganisationEntry(Model):
    """An organisation as a member sees it."""

    name: str
    title: str
    plan: str | None
    seats: float | None = Field(description="How many members it may have; null where nothing limits it.")
    storage: float = Field(description="Room of its projects, GB.")
    members: list[MemberEntry]
    invitations: list[InvitationEntry] = Field(description="Told to owners and administrators only.")
    projects: list[ProjectEntry]


class MemberBody(Model):
    """What changes about a member; what is left out stays."""

    role: RoleName | None = None
    caps: dict[Literal["gpu_hours", "jobs", "storage"], float | None] | None = Field(
        default=None, description="Upper bounds by row; null takes one away."
    )


class NewOwner(Model):
    """Who becomes owner in place of the user."""

    user: str = Field(min_length=1, max_length=255)


class InvitationBody(Model):
    """Who is asked to join."""

    invited: str = Field(max_length=300, description="A user's name or an e-mail address.")
    role: Literal["admin", "member"] = "member"


class InvitationToken(Model):
    """The token of a new invitation; it is not told again."""

    token: str


class OwnInvitation(Model):
    """An invitation of the user's name."""

    number: int
    organisation: str
    title: str
    role: RoleName
    inviter: str
    until: float


class OwnInvitations(Model):
    """Invitations of the user's name."""

    invitations: list[OwnInvitation]


class AnswerBody(Model):
    """An answer to an invitation: by its number, or by the token of its link."""

    accept: bool
    number: int | None = Field(default=None, ge=1, lt=10**9)
    token: str = Field(default="", max_length=200)


class ProjectBody(Model):
    """A project to be made."""

    title: str = Field(max_length=200)


class ProjectChange(Model):
    """What changes about a project; what is left out stays."""

    title: str | None = Field(default=None, max_length=200)
    closed: bool | None = None
    organisation: str | None = Field(default=None, pattern=r"^[a-z0-9-]{1,40}$", description="Hand it to this one.")


class LogEntry(Model):
    """Something that was done."""

    line: int
    at: float
    actor: str
    action: str
    subject: str


class Log(Model):
    """A page of what was done, the newest first."""

    lines: list[LogEntry]
    next: int | None = Field(description="The ``after`` of the next page; null at the end.")
