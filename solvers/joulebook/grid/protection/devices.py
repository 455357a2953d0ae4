"""What all protective devices have in common: operating times over current, with the band they may lie in.

A device answers for currents in primary amperes at its own voltage. ``operating_time`` is the nominal time, ``band``
the fastest and the slowest time that its maker or its standard allows; all are infinite where the device never
operates. ``breaking_time`` is what a circuit breaker adds to a relay; fuses and trip units clear by themselves, and
their slowest time includes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.quantities import Label, SystemVoltage

__all__ = ["Array", "Device", "Handle", "currents_from"]

Array = NDArray[np.float64]


def currents_from(given: ArrayLike, name: str = "current") -> Array:
    """Read currents that somebody gave.

    Parameters
    ----------
    given : array_like, any shape, A
        Currents.
    name : str
        For messages.

    Returns
    -------
    ndarray, shape of given, A
        As floats.

    Raises
    ------
    InputError
        If they are not numbers, or one is negative; NaN stands for an unknown current and stays.
    """
    try:
        current = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(Issue(name, given, "must be numbers", "Give amperes, such as [100, 2000]", "A")) from None
    if np.any(current < 0):
        worst = float(np.nanmin(current))
        raise InputError(Issue(name, worst, "must be at least 0 A", "Give magnitudes", "A"))
    return current


@dataclass(frozen=True)
class Handle:
    """A setting that can be dragged in a time-current drawing.

    Parameters
    ----------
    path : str
        Of the setting inside the device: ``"stages.0.pickup"``.
    axis : str
        ``"current"`` or ``"time"``: the way it moves.
    current : float, A
        Where it is grasped, in primary amperes at the device's voltage.
    time : float, s
        Where it is grasped.
    """

    path: str
    axis: Literal["current", "time"]
    current: float
    time: float


class Device(Part):
    """What every protective device has."""

    name: Label
    """What it is called; unique in a scheme."""
    voltage: SystemVoltage
    """Line-to-line voltage of the place where it stands."""

    @property
    def breaking_time(self) -> float:
        """Time that a circuit breaker adds, s; 0 for what clears by itself."""
        return 0.0

    @property
    def overshoot(self) -> float:
        """Time that the device still runs on after the current has gone, s."""
        return 0.0

    @property
    def least_current(self) -> float:
        """Current up to which it never operates, A primary."""
        raise NotImplementedError

    def corners(self) -> list[float]:
        """List the currents at which its times jump or bend.

        Returns
        -------
        list of float, A
            In primary amperes at its voltage; drawings take points on both sides of each.
        """
        raise NotImplementedError

    def operating_time(self, current: ArrayLike) -> Array:
        """Compute the nominal operating time.

        Parameters
        ----------
        current : array_like, any shape, A
            In primary amperes at the device's voltage.

        Returns
        -------
        ndarray, shape of current, s
            Infinite where it never operates.
        """
        raise NotImplementedError

    def band(self, current: ArrayLike) -> tuple[Array, Array]:
        """Compute the fastest and the slowest operating time.

        Parameters
        ----------
        current : array_like, any shape, A
            In primary amperes at the device's voltage.

        Returns
        -------
        tuple of ndarray, shape of current, s
            Fastest, slowest; infinite where it never operates.
        """
        time = self.operating_time(current)
        return time, time

    def handles(self) -> list[Handle]:
        """List the settings that can be dragged in a drawing.

        Returns
        -------
        list of Handle
            Empty for what has no settings.
        """
        return []

    def dragged(self, path: str, current: float, time: float) -> Device:
        """Give the device after a handle was dragged.

        Parameters
        ----------
        path : str
            Of the handle.
        current : float, A
            Where it was let go, in primary amperes at the device's voltage.
        time : float, s
            Where it was let go.

        Returns
        -------
        Device
            With the new setting, validated.

        Raises
        ------
        InputError
            If there is no such handle, or no setting puts the curve there.
        """
        known = ", ".join(handle.path for handle in self.handles()) or "none"
        raise InputError(Issue(path, None, f"{self.name} has no such handle", f"It has: {known}"))
