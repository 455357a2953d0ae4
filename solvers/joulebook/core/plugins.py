"""Everything that a third party can add, through entry points.

========================  ==========================================================================
group                     an entry is
========================  ==========================================================================
``joulebook.readers``     a function ``read(path) -> Design or Result`` for a file format
``joulebook.materials``   a function ``records() -> iterable of material records``
``joulebook.studies``     a public verb: ``study(design, ..., *, options, progress, backend) -> Result``
``joulebook.designers``   a widget class that takes a design
``joulebook.commands``    a function ``register(subparsers)`` that adds the subcommand of the entry's name
``joulebook.converters``  a :class:`joulebook.core.converting.Converter` of a domain, for ``joulebook convert``
========================  ==========================================================================
"""

from __future__ import annotations

import warnings
from importlib.metadata import entry_points
from typing import Any

from joulebook.core.errors import InputError, Issue

__all__ = ["GROUPS", "load_plugins"]

GROUPS = ("readers", "materials", "studies", "designers", "commands", "converters")
"""Kinds of plugins; the entry-point group is ``joulebook.<kind>``."""


def load_plugins(kind: str, only: str | None = None) -> dict[str, Any]:
    """Load what is installed for one seam; a broken plugin is reported and left out.

    Parameters
    ----------
    kind : str
        One of :data:`GROUPS`.
    only : str, optional
        Load just the entry of this name, if there is one; all of them otherwise.

    Returns
    -------
    dict of str to object
        By entry-point name, in alphabetical order.

    Raises
    ------
    InputError
        If there is no such seam.
    """
    if kind not in GROUPS:
        raise InputError(Issue("kind", kind, "no such plugin seam", f"Known: {', '.join(GROUPS)}"))
    found: dict[str, Any] = {}
    entries = sorted(entry_points(group=f"joulebook.{kind}"), key=lambda item: item.name)
    chosen = [entry for entry in entries if entry.name == only]
    for entry in chosen or entries:
        try:
            found[entry.name] = entry.load()
        except Exception as error:  # a stranger's code may raise anything, and must not take the rest down
            warnings.warn(
                f"plugin {entry.name} ({entry.value}) of joulebook.{kind} does not load: {error}", stacklevel=2
            )
    return found
