"""Routes of organisations. Everything is asked in the name of the token's user; nobody else's organisations are told.

| request | answer |
|---|---|
| ``GET organisations``, ``POST organisations`` | of the user; a new one, whose owner the user is |
| ``GET organisations/NAME`` | members, caps, projects, seats, open invitations |
| ``PUT``, ``DELETE organisations/NAME/members/USER`` | role or caps; remove, or leave where it is oneself |
| ``POST organisations/NAME/owner`` | hand ownership over |
| ``POST organisations/NAME/invitations``, ``DELETE …/NUMBER`` | invite, with a token in the answer; revoke |
| ``GET invitations``, ``POST invitations/answers`` | those of the user's name; accept or decline one, also by a token |
| ``POST organisations/NAME/projects``, ``PATCH …/PROJECT`` | make; change, close, hand to another organisation |
| ``GET organisations/NAME/log`` | what was done |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub.housing import shares
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.folders import measure_projects
from joulebook_hub.organisations.models import (
    AnswerBody,
    InvitationBody,
    InvitationEntry,
    InvitationToken,
    Log,
    LogEntry,
    MemberBody,
    MemberEntry,
    NewOrganisation,
    NewOwner,
    OrganisationEntry,
    OwnInvitation,
    OwnInvitations,
    OwnOrganisation,
    OwnOrganisations,
    ProjectBody,
    ProjectChange,
    ProjectEntry,
    Where,
    WhichInvitation,
    WhichMember,
    WhichProject,
)
from joulebook_hub.organisations.projects import Project, Projects, projects_of, room_of
from joulebook_hub.organisations.reading import Entry
from joulebook_hub.organisations.records import GONE
from joulebook_hub.organisations.roles import Act, Role
from joulebook_hub.organisations.rules import Organisation
from joulebook_hub.service.routes import Answer, Context, Fault, Feature, PageQuery, Parts, Route, ServiceError

__all__ = ["FEATURE", "ROUTES"]

_EVERY = 600.0


def _projects(context: Context) -> Projects:
    opened: _Opened = context.features["organisations"]
    return opened.projects


def _book(context: Context) -> Book:
    return _projects(context).book


def _told(context: Context, name: str) -> OrganisationEntry:
    book, user = _book(context), context.person.name
    with context.store.read() as transaction:
        entry = reading.find(transaction, name)
        rules = reading.load(transaction, context.plans, entry.number)
        role = rules.require(user, Act.LOOK).role
        plan = reading.plan_of(transaction, book.plans, entry.number)
        return OrganisationEntry(
            name=entry.name,
            title=entry.title,
            plan=None if plan is None else plan.name,
            seats=None if rules.seats == float("inf") else rules.seats,
            storage=room_of(transaction, entry.number),
            members=[
                MemberEntry(user=each.user, role=each.role.value, since=each.since, caps=each.caps)
                for each in rules.members.values()
            ],
            invitations=_invitations(rules, transaction.now) if role is not Role.MEMBER else [],
            projects=[_project(each) for each in projects_of(transaction, entry.number)],
        )


def _invitations(rules: Organisation, now: float) -> list[InvitationEntry]:
    return [
        InvitationEntry(
            number=each.number or 0,
            invited=each.invited,
            role=each.role.value,
            inviter=each.inviter,
            until=each.until,
        )
        for each in rules.invitations
        if each.is_open(now)
    ]


def _project(each: Project) -> ProjectEntry:
    closed = each.closed is not None
    return ProjectEntry(name=each.name, title=each.title, link=each.link, closed=closed, size=each.size)


def own(context: Context) -> OwnOrganisations:
    """List the user's organisations.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    OwnOrganisations
        The oldest membership first.
    """
    with context.store.read() as transaction:
        held = reading.memberships(transaction, context.person.name)
    return OwnOrganisations(
        organisations=[
            OwnOrganisation(
                name=each.organisation.name,
                title=each.organisation.title,
                role=each.role.value,
                preferred=each.preferred,
            )
            for each in held
        ]
    )


def found(context: Context, body: NewOrganisation) -> Answer:
    """Found an organisation.

    Parameters
    ----------
    context : Context
        Who asks.
    body : NewOrganisation
        Its title.

    Returns
    -------
    Answer
        201 with the organisation.
    """
    entry: Entry = _book(context).found(body.title, context.person.name)
    return Answer(201, _told(context, entry.name))


def look(context: Context, path: Where) -> OrganisationEntry:
    """Tell about an organisation of the user's.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Where
        Which organisation.

    Returns
    -------
    OrganisationEntry
        As a member sees it.
    """
    return _told(context, path.name)


def change_member(context: Context, path: WhichMember, body: MemberBody) -> OrganisationEntry:
    """Give a member another role or other caps.

    Parameters
    ----------
    context : Context
        Who asks.
    path : WhichMember
        Which member.
    body : MemberBody
        What changes.

    Returns
    -------
    OrganisationEntry
        The organisation afterwards.
    """
    with context.store.begin(), _book(context).event(path.name) as rules:
        for row, cap in (body.caps or {}).items():
            rules.set_cap(context.person.name, path.user, row, cap)
        if body.role is not None:
            rules.set_role(context.person.name, path.user, Role(body.role))
    return _told(context, path.name)


def remove_member(context: Context, path: WhichMember) -> None:
    """Remove a member, or leave.

    Parameters
    ----------
    context : Context
        Who asks.
    path : WhichMember
        Which member.
    """
    with _book(context).event(path.name) as rules:
        rules.remove(context.person.name, path.user)


def hand_over(context: Context, path: Where, body: NewOwner) -> OrganisationEntry:
    """Make another member owner in place of the user.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Where
        Which organisation.
    body : NewOwner
        Who becomes owner.

    Returns
    -------
    OrganisationEntry
        The organisation afterwards.
    """
    with _book(context).event(path.name) as rules:
        rules.hand_over(context.person.name, body.user)
    return _told(context, path.name)


def invite(context: Context, path: Where, body: InvitationBody) -> Answer:
    """Ask somebody to join.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Where
        Which organisation.
    body : InvitationBody
        Whom.

    Returns
    -------
    Answer
        201 with the token.
    """
    token = _book(context).invite(path.name, context.person.name, body.invited, Role(body.role))
    return Answer(201, InvitationToken(token=token))


def revoke(context: Context, path: WhichInvitation) -> None:
    """Take an invitation back.

    Parameters
    ----------
    context : Context
        Who asks.
    path : WhichInvitation
        Which invitation.
    """
    with _book(context).event(path.name) as rules:
        rules.revoke(context.person.name, path.number)


def own_invitations(context: Context) -> OwnInvitations:
    """List invitations of the user's name.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    OwnInvitations
        Those that can be accepted now.
    """
    with context.store.read() as transaction:
        asked = reading.open_invitations(transaction, context.person.name)
    return OwnInvitations(
        invitations=[
            OwnInvitation(
                number=each.number or 0,
                organisation=entry.name,
                title=entry.title,
                role=each.role.value,
                inviter=each.inviter,
                until=each.until,
            )
            for entry, each in asked
        ]
    )


def answer(context: Context, body: AnswerBody) -> None:
    """Accept or decline an invitation.

    Parameters
    ----------
    context : Context
        Who asks.
    body : AnswerBody
        Which one, and the answer.

    Raises
    ------
    ServiceError
        404 for every invitation that the user cannot accept now.
    """
    user = context.person.name
    with context.store.begin() as transaction:
        if body.token:
            asked = reading.find_invitation(transaction, user, body.token)
        else:
            own_ones = reading.open_invitations(transaction, user)
            asked = next((each for each in own_ones if each[1].number == body.number), None)
        if asked is None or asked[1].number is None:
            raise ServiceError(GONE, reason="no_invitation", status=404)
        _book(context).answer(asked[0].name, user, asked[1].number, body.token, accept=body.accept)


def make_project(context: Context, path: Where, body: ProjectBody) -> Answer:
    """Make a project.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Where
        Which organisation.
    body : ProjectBody
        Its title.

    Returns
    -------
    Answer
        201 with the project.
    """
    return Answer(201, _project(_projects(context).make(path.name, context.person.name, body.title)))


def change_project(context: Context, path: WhichProject, body: ProjectChange) -> OrganisationEntry:
    """Change a project, or hand it to another organisation.

    Parameters
    ----------
    context : Context
        Who asks.
    path : WhichProject
        Which project.
    body : ProjectChange
        What changes.

    Returns
    -------
    OrganisationEntry
        The organisation afterwards.
    """
    user, projects = context.person.name, _projects(context)
    with context.store.begin():
        values = {"title": body.title, "closed": body.closed}
        if any(value is not None for value in values.values()) or body.organisation is None:
            projects.change(path.name, user, path.project, **values)  # type: ignore[arg-type]
        if body.organisation is not None:
            projects.move(path.name, user, path.project, body.organisation)
    return _told(context, path.name)


def log(context: Context, path: Where, query: PageQuery) -> Log:
    """Tell what was done in an organisation, the newest first.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Where
        Which organisation.
    query : PageQuery
        Which page.

    Returns
    -------
    Log
        For owners and administrators.

    Raises
    ------
    ServiceError
        403 for members.
    """
    with context.store.read() as transaction:
        entry = reading.find(transaction, path.name)
        rules = reading.load(transaction, context.plans, entry.number)
        if rules.require(context.person.name, Act.LOOK).role is Role.MEMBER:
            raise ServiceError("Owners and administrators see the log.", reason="not_allowed", status=403)
        found = reading.lines(transaction, entry.number, before=query.after or None, most=query.most)
    following = found[-1].line if len(found) == query.most else None
    return Log(lines=[LogEntry(**each.__dict__) for each in found], next=following)


@dataclass(frozen=True)
class _Opened:
    projects: Projects
    root: Path | None


def _open(parts: Parts) -> _Opened:
    profile = parts.environment.get("JOULEBOOK_PROFILE", "local")
    home = parts.environment.get("JOULEBOOK_HOME", "")
    projects = Projects(Book(parts.store, parts.plans), offered=shares(profile))
    seen = bool(home) and projects.offered and profile != "kubernetes"  # there the hub's own process measures
    return _Opened(projects, Path(home) / "workspaces" if seen else None)


async def _measure(opened: _Opened) -> None:
    """Measure the projects again and again, beside the database's thread."""
    while opened.root is not None:
        await asyncio.to_thread(measure_projects, opened.projects.book, opened.root)
        await asyncio.sleep(_EVERY)


_O = "organisations/{name}"
ROUTES = (
    Route("GET", "organisations", "Organisations of the user", own, {200: OwnOrganisations}),
    Route("POST", "organisations", "Found one", found, {201: OrganisationEntry, 409: Fault}, body=NewOrganisation),
    Route("GET", _O, "One of the user's organisations", look, {200: OrganisationEntry, 404: Fault}, path=Where),
    Route(
        *("PUT", _O + "/members/{user}", "Role and caps of a member", change_member),
        {200: OrganisationEntry, 403: Fault, 404: Fault, 409: Fault},
        path=WhichMember,
        body=MemberBody,
    ),
    Route(
        *("DELETE", _O + "/members/{user}", "Remove a member, or leave", remove_member),
        {204: None, 403: Fault, 404: Fault, 409: Fault},
        path=WhichMember,
    ),
    Route(
        *("POST", _O + "/owner", "Hand ownership over", hand_over),
        {200: OrganisationEntry, 403: Fault, 404: Fault, 409: Fault},
        path=Where,
        body=NewOwner,
    ),
    Route(
        *("POST", _O + "/invitations", "Ask somebody to join", invite),
        {201: InvitationToken, 402: Fault, 403: Fault, 404: Fault, 409: Fault},
        path=Where,
        body=InvitationBody,
        secret=True,
    ),
    Route(
        *("DELETE", _O + "/invitations/{number}", "Take an invitation back", revoke),
        {204: None, 403: Fault, 404: Fault},
        path=WhichInvitation,
    ),
    Route("GET", "invitations", "Invitations of the user's name", own_invitations, {200: OwnInvitations}),
    Route(
        *("POST", "invitations/answers", "Accept or decline an invitation", answer),
        {204: None, 402: Fault, 404: Fault},
        body=AnswerBody,
    ),
    Route(
        *("POST", _O + "/projects", "Make a shared project", make_project),
        {201: ProjectEntry, 402: Fault, 403: Fault, 404: Fault, 409: Fault},
        path=Where,
        body=ProjectBody,
    ),
    Route(
        *("PATCH", _O + "/projects/{project}", "Change a project, or hand it over", change_project),
        {200: OrganisationEntry, 402: Fault, 403: Fault, 404: Fault, 409: Fault},
        path=WhichProject,
        body=ProjectChange,
    ),
    Route("GET", _O + "/log", "What was done", log, {200: Log, 403: Fault, 404: Fault}, path=Where, query=PageQuery),
)

FEATURE = Feature("organisations", ROUTES, open=_open, run=_measure, variables=("JOULEBOOK_PROFILE",))
