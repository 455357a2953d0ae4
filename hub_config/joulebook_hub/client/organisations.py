"""The client's methods for organisations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import quote

from joulebook_hub.client.core import Connection
from joulebook_hub.organisations.models import (
    AnswerBody,
    InvitationBody,
    InvitationToken,
    Log,
    LogEntry,
    MemberBody,
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
    RoleName,
)

__all__ = ["OrganisationMethods"]

Row = Literal["gpu_hours", "jobs", "storage"]


def _at(name: str, *parts: str) -> str:
    return "/".join(["organisations", *(quote(part, safe="") for part in (name, *parts))])


class OrganisationMethods(Connection):
    """One's organisations: members, invitations, shared projects."""

    def organisations(self) -> list[OwnOrganisation]:
        """List one's organisations.

        Returns
        -------
        list of OwnOrganisation
            The oldest membership first.
        """
        return self.ask("GET", "organisations", {200: OwnOrganisations}).organisations

    def found_organisation(self, title: str) -> OrganisationEntry:
        """Found an organisation.

        Parameters
        ----------
        title : str
            Its name, as people read it.

        Returns
        -------
        OrganisationEntry
            With oneself as its owner.
        """
        return self.ask("POST", "organisations", {201: OrganisationEntry}, body=NewOrganisation(title=title))

    def organisation(self, name: str) -> OrganisationEntry:
        """Look at an organisation of one's own.

        Parameters
        ----------
        name : str
            Its short name.

        Returns
        -------
        OrganisationEntry
            Members, limits, projects, invitations.
        """
        return self.ask("GET", _at(name), {200: OrganisationEntry})

    def change_member(
        self, name: str, user: str, *, role: RoleName | None = None, caps: Mapping[Row, float | None] | None = None
    ) -> OrganisationEntry:
        """Give a member another role or other limits.

        Parameters
        ----------
        name, user : str
            The organisation and the member.
        role : str, optional
            ``"owner"``, ``"admin"`` or ``"member"``.
        caps : mapping, optional
            Upper bounds by row; None takes one away.

        Returns
        -------
        OrganisationEntry
            The organisation afterwards.
        """
        body = MemberBody(role=role, caps=None if caps is None else dict(caps))
        return self.ask("PUT", _at(name, "members", user), {200: OrganisationEntry}, body=body)

    def remove_member(self, name: str, user: str) -> None:
        """Remove a member, or leave.

        Parameters
        ----------
        name, user : str
            The organisation and the member.
        """
        self.tell("DELETE", _at(name, "members", user))

    def hand_over(self, name: str, user: str) -> OrganisationEntry:
        """Make another member owner in place of oneself.

        Parameters
        ----------
        name, user : str
            The organisation and the new owner.

        Returns
        -------
        OrganisationEntry
            The organisation afterwards.
        """
        return self.ask("POST", _at(name, "owner"), {200: OrganisationEntry}, body=NewOwner(user=user))

    def invite(self, name: str, invited: str, role: Literal["admin", "member"] = "member") -> str:
        """Ask somebody to join.

        Parameters
        ----------
        name : str
            The organisation.
        invited : str
            A user's name or an e-mail address.
        role : str
            What the person will be.

        Returns
        -------
        str
            Token of the invitation; it is not told again.
        """
        body = InvitationBody(invited=invited, role=role)
        return self.ask("POST", _at(name, "invitations"), {201: InvitationToken}, body=body).token

    def revoke_invitation(self, name: str, number: int) -> None:
        """Take an invitation back.

        Parameters
        ----------
        name : str
            The organisation.
        number : int
            Which invitation.
        """
        self.tell("DELETE", _at(name, "invitations", str(number)))

    def invitations(self) -> list[OwnInvitation]:
        """List invitations of one's user name.

        Returns
        -------
        list of OwnInvitation
            Those that can be accepted now.
        """
        return self.ask("GET", "invitations", {200: OwnInvitations}).invitations

    def answer_invitation(self, *, accept: bool, number: int | None = None, token: str = "") -> None:
        """Accept or decline an invitation.

        Parameters
        ----------
        accept : bool
            True to join.
        number : int, optional
            Which of `invitations`.
        token : str
            Of the link, in place of the number.
        """
        self.tell("POST", "invitations/answers", body=AnswerBody(accept=accept, number=number, token=token))

    def make_project(self, name: str, title: str) -> ProjectEntry:
        """Make a shared project.

        Parameters
        ----------
        name : str
            The organisation.
        title : str
            The project's name, as people read it.

        Returns
        -------
        ProjectEntry
            The project.
        """
        return self.ask("POST", _at(name, "projects"), {201: ProjectEntry}, body=ProjectBody(title=title))

    def change_project(
        self,
        name: str,
        project: str,
        *,
        title: str | None = None,
        closed: bool | None = None,
        organisation: str | None = None,
    ) -> OrganisationEntry:
        """Rename, close or open a project, or hand it to another organisation.

        Parameters
        ----------
        name, project : str
            The organisation and the project.
        title : str, optional
            New name, as people read it.
        closed : bool, optional
            True to take it out of all workspaces, its files stay.
        organisation : str, optional
            The organisation that gets it.

        Returns
        -------
        OrganisationEntry
            The organisation afterwards.
        """
        body = ProjectChange(title=title, closed=closed, organisation=organisation)
        return self.ask("PATCH", _at(name, "projects", project), {200: OrganisationEntry}, body=body)

    def organisation_log(self, name: str) -> Iterator[LogEntry]:
        """Go through what was done in an organisation, newest first.

        Parameters
        ----------
        name : str
            The organisation.

        Yields
        ------
        LogEntry
            For owners and administrators.
        """
        for page in self.pages(_at(name, "log"), Log):
            yield from page.lines
