"""Who may do what in an organisation: three roles, one table.

An owner may do everything; an organisation has one at any time. An administrator of an organisation runs it from day to
day, and has no power over owners and other administrators. (An administrator of the hub is somebody else: see the page
*All organisations*.)
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["RIGHTS", "Act", "Role", "may"]


class Role(StrEnum):
    """What somebody is in an organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Act(StrEnum):
    """What can be done in an organisation."""

    LOOK = "look"
    LEAVE = "leave"
    INVITE = "invite"
    REVOKE = "revoke"
    REMOVE = "remove"
    SET_CAP = "set cap"
    SET_ROLE = "set role"
    RENAME = "rename"
    MAKE_PROJECT = "make project"
    CHANGE_PROJECT = "change project"
    MOVE_PROJECT = "move project"
    DELETE_PROJECT = "delete project"
    SUBSCRIBE = "subscribe"
    DISSOLVE = "dissolve"


_ALL = frozenset(Role)
_BELOW = frozenset({Role.ADMIN, Role.MEMBER})
_MEMBERS = frozenset({Role.MEMBER})

RIGHTS: dict[Act, dict[Role, frozenset[Role]]] = {
    Act.LOOK: {Role.OWNER: _ALL, Role.ADMIN: _ALL, Role.MEMBER: _ALL},
    Act.LEAVE: {Role.OWNER: _ALL, Role.ADMIN: _ALL, Role.MEMBER: _ALL},
    Act.INVITE: {Role.OWNER: _BELOW, Role.ADMIN: _MEMBERS},
    Act.REVOKE: {Role.OWNER: _BELOW, Role.ADMIN: _MEMBERS},
    Act.REMOVE: {Role.OWNER: _ALL, Role.ADMIN: _MEMBERS},
    Act.SET_CAP: {Role.OWNER: _ALL, Role.ADMIN: _MEMBERS},
    Act.SET_ROLE: {Role.OWNER: _ALL},
    Act.RENAME: {Role.OWNER: _ALL},
    Act.MAKE_PROJECT: {Role.OWNER: _ALL, Role.ADMIN: _ALL},
    Act.CHANGE_PROJECT: {Role.OWNER: _ALL, Role.ADMIN: _ALL},
    Act.MOVE_PROJECT: {Role.OWNER: _ALL},
    Act.DELETE_PROJECT: {Role.OWNER: _ALL},
    Act.SUBSCRIBE: {Role.OWNER: _ALL},
    Act.DISSOLVE: {Role.OWNER: _ALL},
}
"""For each act and role of who acts: roles of those to whom it may be done. What is not there may not be done."""


def may(actor: Role, act: Act, subject: Role | None = None) -> bool:
    """Tell whether somebody may do something.

    Parameters
    ----------
    actor : Role
        Role of who acts.
    act : Act
        What is done.
    subject : Role, optional
        Role of the person to whom it is done, or that is offered; left out where it is done to nobody.

    Returns
    -------
    bool
        What the table says.

    Examples
    --------
    >>> may(Role.ADMIN, Act.REMOVE, Role.MEMBER), may(Role.ADMIN, Act.REMOVE, Role.OWNER), may(Role.MEMBER, Act.INVITE)
    (True, False, False)
    """
    over = RIGHTS[act].get(actor, frozenset())
    return bool(over) if subject is None else subject in over
