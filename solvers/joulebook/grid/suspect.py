"""A value of a network that looks wrong, and how such numbers are written."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Suspect", "figure"]


@dataclass(frozen=True)
class Suspect:
    """A value that looks wrong.

    Parameters
    ----------
    path : str
        Of the value in the network.
    text : str
        What is odd about it.
    remedy : str
        What would be usual.
    trial : dict
        Changes for :meth:`joulebook.grid.Network.replace` that put the remedy in.
    mends : bool
        Whether the network has a solution with it.
    """

    path: str
    text: str
    remedy: str = ""
    trial: dict[str, Any] = field(default_factory=dict)
    mends: bool = False

    def with_verdict(self, mends: bool) -> Suspect:
        """Note what a trial came to.

        Parameters
        ----------
        mends : bool
            Whether the network has a solution with the remedy.

        Returns
        -------
        Suspect
            The same value, judged.
        """
        return dataclasses.replace(self, mends=mends)


def figure(value: float) -> str:
    """Write a number for people.

    Parameters
    ----------
    value : float
        Any.

    Returns
    -------
    str
        Four digits; whole numbers from a thousand on.
    """
    return f"{value:.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"
