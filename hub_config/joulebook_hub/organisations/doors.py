"""JupyterHub's side of editing together: the users, roles and servers of projects follow what the store says.

The members of an organisation reach a project's server by a role of the organisation's group, which holds for that one
server: ``access:servers`` to enter, each as oneself, and ``servers`` to start it. Who may not come any more (removed,
left, project closed or handed over, plan ended) loses the role with the next look, and the server is stopped: its token
and every open connection end with it, and so does whatever somebody left running in its kernels. The others start it
again; their files are on the disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jupyterhub.utils import maybe_future

from joulebook_hub.housing.dwellings import LIBRARY
from joulebook_hub.organisations.folders import Folders
from joulebook_hub.organisations.together import PREFIX, Place, Together, is_project
from joulebook_hub.quota.gates import Gates, StartRefusedError
from joulebook_hub.service.routes import ServiceError

__all__ = ["PROJECT_SCOPES", "Doors", "role_of", "running_hub", "without_project_names"]

# What a project's server may do with its token: tell when it was used, and let its members in. No service of the hub.
PROJECT_SCOPES = ("users:activity!user", "access:servers!server")
log = logging.getLogger("joulebook_hub.organisations")


def role_of(name: str) -> dict[str, Any]:
    """Role that lets an organisation's group use a project's server.

    Parameters
    ----------
    name : str
        Name of the server's hub user.

    Returns
    -------
    dict
        As JupyterHub takes it; no scope of it reaches any other server.
    """
    scopes = [f"access:servers!user={name}", f"servers!user={name}"]
    return {"name": name, "description": "Edits a shared project together with others", "scopes": scopes}


def running_hub() -> Any:
    """JupyterHub, once it has opened its database and made its table of users.

    Returns
    -------
    JupyterHub or None
        None before, and outside a hub.
    """
    from jupyterhub.app import JupyterHub

    app = JupyterHub.instance() if JupyterHub.initialized() else None
    return None if app is None or app.db is None or "users" not in app.tornado_settings else app


@dataclass
class Doors:
    """Opens and shuts the servers of projects.

    Parameters
    ----------
    together : Together
        The rules.
    folders : Folders
        The projects' folders.
    """

    together: Together
    folders: Folders
    _inside: dict[str, frozenset[str]] = field(default_factory=dict)
    _stopping: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __deepcopy__(self, _memo: object) -> Doors:
        """Stay one: JupyterHub copies its configuration."""
        return self

    async def before_start(self, spawner: Any, gates: Gates) -> None:
        """Let a project's server start, or refuse it.

        Parameters
        ----------
        spawner : Spawner
            The server.
        gates : Gates
            Gives the server its size.

        Raises
        ------
        StartRefusedError
            An answer with status 402, if the plan does not allow it; 403, 404, 409, 503 for other reasons.
        """
        name = spawner.user.name
        if spawner.name:
            message = "A project has one server. Leave the name of the server out."
            raise StartRefusedError(ServiceError(message, reason="one_server", status=403))
        try:
            place = await asyncio.to_thread(self.together.start, name)
            folder = await asyncio.to_thread(self.folders.prepare, place.project)
        except ServiceError as refused:
            raise StartRefusedError(refused) from refused
        self.open(running_hub(), spawner.db, name, place)
        gates.shape(spawner, place.entitlement)
        shared = place.entitlement.has("shared_libraries")
        spawner.project = folder
        # Its store of documents can keep a process that has done its work from ending; it is ended soon then.
        spawner.interrupt_timeout, spawner.term_timeout = 2, 1
        spawner.libraries = {place.project.link: folder / LIBRARY} if shared else {}
        self._inside[name] = place.members

    def open(self, app: Any, db: Any, name: str, place: Place) -> None:
        """Let the members of a project's organisation use its server, and nobody else.

        Parameters
        ----------
        app : JupyterHub
            The running hub.
        db : Session
            Its database session, in whose thread this runs.
        name : str
            Name of the server's hub user, who is there.
        place : Place
            The project.
        """
        from jupyterhub import orm, roles

        group = orm.Group.find(db, place.organisation.group)
        role = roles.create_role(db, role_of(name))
        if group is not None and role.groups != [group]:
            role.groups = [group]
            db.commit()
        # Members would be asked at every first visit whether the project's server may know their name.
        app.tornado_settings["oauth_no_confirm_list"].add(f"jupyterhub-user-{name}")

    def _shut(self, db: Any, name: str) -> None:
        from jupyterhub import orm

        role = orm.Role.find(db, name)
        if role is not None:
            db.delete(role)
            db.commit()

    async def follow(self, app: Any, db: Any, *, changed: bool) -> None:
        """Bring roles up to date, and stop servers that may not run, or in which somebody was who may not come now.

        Parameters
        ----------
        app : JupyterHub
            The running hub.
        db : Session
            Its database session, in whose thread this runs.
        changed : bool
            False where no organisation has changed: only servers that run are looked at then.
        """
        from jupyterhub import orm

        users = db.query(orm.User).filter(orm.User.name.startswith(PREFIX, autoescape=True)).all()
        running = {user.name for user in users if app.users[user].active}
        names = [user.name for user in users if changed or user.name in running]
        if not names:
            return
        for name, place in (await asyncio.to_thread(self.together.places, names)).items():
            if place is None:
                self._shut(db, name)
            else:
                self.open(app, db, name, place)
            if name in running and not self._may_go_on(name, place):
                self._stop(app, db, name)

    def _may_go_on(self, name: str, place: Place | None) -> bool:
        """A server goes on while everybody who could enter it since its start still may."""
        inside = self._inside.get(name)
        if place is None or inside is None or not inside <= place.members:
            return False
        self._inside[name] = place.members
        return True

    def _stop(self, app: Any, db: Any, name: str) -> None:
        from jupyterhub import orm

        user = app.users[orm.User.find(db, name)]
        if name in self._stopping or user.spawner.pending or not user.spawner.active:
            return  # the next look finds it

        async def stop() -> None:
            try:
                await app.proxy.delete_user(user)
                await user.stop()
                log.info("%s is stopped: somebody may not come any more", name)
            except Exception:  # the next look tries again
                log.exception("%s could not be stopped", name)
            finally:
                self._stopping.pop(name, None)

        self._stopping[name] = asyncio.create_task(stop())

    def shut_out(self, user: str) -> None:
        """Let the next look stop the servers that somebody could enter: the person may not sign in any more.

        Parameters
        ----------
        user : str
            The person.
        """
        for name in [name for name, inside in self._inside.items() if user in inside]:
            del self._inside[name]

    def running(self, app: Any, names: Iterable[str]) -> set[str]:
        """Which servers run.

        Parameters
        ----------
        app : JupyterHub
            The running hub.
        names : iterable of str
            Names of hub users.

        Returns
        -------
        set of str
            Those that are ready.
        """
        return {name for name in names if name in app.users and app.users[name].spawner.ready}


def without_project_names(authenticator: type) -> type:
    """Let nobody sign in with a name that is kept for projects, whatever a provider says.

    Parameters
    ----------
    authenticator : type
        The authenticator's class.

    Returns
    -------
    type
        A class of the same name, configured by the same sections.
    """

    def check_blocked_users(self: Any, username: str, authentication: Any = None) -> Any:
        return not is_project(username) and authenticator.check_blocked_users(self, username, authentication)  # type: ignore[attr-defined]

    async def refresh_user(self: Any, user: Any, *arguments: Any, **options: Any) -> Any:
        if is_project(user.name):
            return True  # no person: nothing that a provider or an account could say about it
        return await maybe_future(authenticator.refresh_user(self, user, *arguments, **options))  # type: ignore[attr-defined]

    functions = {
        "check_blocked_users": check_blocked_users,
        "refresh_user": refresh_user,
        "__module__": authenticator.__module__,
    }
    return type(authenticator.__name__, (authenticator,), functions)
