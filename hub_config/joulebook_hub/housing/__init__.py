"""Dwellings: what of the hub's tree of files a person's server, or a job that runs as the person, sees and may do.

The contract, for every profile but the local one (there all run as one user, and links are enough):

- One tree ``users/NAME``, ``groups/NAME``, ``projects/NUMBER``, which the hub, its service and its worker see whole at
  `StateFolder.workspaces`: a folder of the machine (docker, systemd) or a ReadWriteMany claim (kubernetes).
- Each person has a numeric user of their own, each project and each group a numeric group; both come from one count
  that never gives a number twice (`tables.residents`), added to JOULEBOOK_FIRST_ID. No system user or group is made.
- ``houses.prepare(user, groups)`` makes a person's folders ready (owners, rights, first contents, links) and answers a
  `Dwelling`: ``uid`` and ``gid`` to run as, ``gids`` besides, ``mounts`` (source below the tree, target inside, whether
  read only), ``environment``. Who starts a process as a person gives it these five things and nothing else of the tree.
  ``houses.dwelling(user, groups)`` answers the same and touches no file; `dwellings.dwelling` is the pure function.
- Shared folders are mounted below ``inside.tree``, where nobody but the hub can put a link; ``~/projects/ORG.PROJECT``
  are links to them, and so are libraries. No source and no target of a mount lies in a folder that people write to.
- ``houses.moved_in(user, server, dwelling)`` writes down what a running server was given. When somebody loses a part
  of it, the hub stops the server (`leaving`); what is new is there at the next start.

A profile is one function ``furnish(spawner, dwelling)`` (`docker`, `kubernetes`; both have pure parts that jobs use),
one branch of `configuration.furnisher`, and its name in `HOUSED`. In JupyterHub, ``settings["joulebook_houses"]`` is
the `Houses` of a running hub, missing in the local profile; elsewhere ``Houses.of(store, plans, settings)`` makes it.
"""

from __future__ import annotations

__all__ = ["HOUSED", "HOUSES", "shares"]

HOUSED = ("docker", "kubernetes", "systemd")
"""Profiles whose servers get dwellings."""
HOUSES = "joulebook_houses"
"""Name of the `Houses` among Tornado's settings."""


def shares(profile: str) -> bool:
    """Tell whether servers of a profile reach shared folders.

    Parameters
    ----------
    profile : str
        One of `joulebook_hub.settings.PROFILES`.

    Returns
    -------
    bool
        True for the local profile and those of `HOUSED`.
    """
    return profile == "local" or profile in HOUSED
