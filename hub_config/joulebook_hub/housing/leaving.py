"""Who loses a shared folder while a server runs: the server is stopped, and comes back without the folder.

A mount and a numeric group cannot be taken from a process that has them. The hub's process therefore compares what each
running server was given with what its person may still reach, after every change of an organisation and every `EVERY`
seconds for groups that an administrator changes by hand. What a person newly reaches waits for the next start.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from joulebook_hub.housing.houses import Houses

__all__ = ["Leaving"]

log = logging.getLogger("joulebook_hub.housing")


@dataclass
class Leaving:
    """Stops servers that have more than their people may have.

    Parameters
    ----------
    houses : Houses
        The dwellings.
    """

    houses: Houses
    _given: dict[tuple[str, str], frozenset[str]] | None = None
    _seen: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def __deepcopy__(self, _memo: object) -> Leaving:
        """Stay one: JupyterHub copies its configuration."""
        return self

    def note(self, user: str, server: str, rights: frozenset[str]) -> None:
        """Remember what a server that starts was given.

        Parameters
        ----------
        user, server : str
            The person, and the server's name.
        rights : frozenset of str
            As `Dwelling.rights`.
        """
        if self._given is not None:
            self._given[user, server] = rights
        self._seen.pop(user, None)

    async def look(self, hub: Any, line: int) -> None:
        """Compare, and stop what has to be stopped.

        Parameters
        ----------
        hub : JupyterHub
            The application, in whose thread this runs.
        line : int
            Newest line of the organisations' log; while neither it nor a person's groups change, nothing is compared.
        """
        if self._given is None:
            self._given = await asyncio.to_thread(self.houses.given)
        for user in list(hub.users.values()):
            running = {name: spawner for name, spawner in user.spawners.items() if spawner.active}
            held = {name: self._given.get((user.name, name), frozenset()) for name in running}
            if not any(held.values()):
                continue
            groups = frozenset(str(group.name) for group in user.groups)
            if self._seen.get(user.name) == (line, groups):
                continue
            kept = await asyncio.to_thread(self.houses.kept, user.name, groups)
            lost = {name: held[name] - kept for name in running if held[name] - kept}
            if await self._stop(hub, user, lost):
                self._seen[user.name] = (line, groups)

    async def _stop(self, hub: Any, user: Any, lost: dict[str, frozenset[str]]) -> bool:
        """Stop servers; False if one of them is not there yet or would not go, so that it is looked at again."""
        done = True
        for name, folders in lost.items():
            spawner = user.spawners[name]
            if not spawner.ready:
                done = False
                continue
            log.info("stopping the server %r of %s, who lost %s", name, user.name, ", ".join(sorted(folders)))
            try:
                await hub.proxy.delete_user(user, name)
                await user.stop(name)
            except Exception:  # the next look tries again; others must not keep their folders because of one
                log.exception("the server %r of %s did not stop", name, user.name)
                done = False
            else:
                await asyncio.to_thread(self._tell, user.name, name, sorted(folders))
        return done

    def _tell(self, user: str, server: str, folders: list[str]) -> None:
        with self.houses.book.store.begin() as transaction:
            reason = f"lost {', '.join(folders)}"[:200]
            transaction.note(actor="hub", action=f"server {server!r} stopped"[:200], subject=user, reason=reason)
