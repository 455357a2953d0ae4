"""Fuses as curves of points: minimum melting, and total clearing or a tolerance of the current.

Makers print either two curves (minimum melting, total clearing) or one average melting curve with a tolerance of the
current (10 % by IEC 60282-1 and IEC 60269-1 at most, unless the maker says otherwise). Preloading and ambient
temperature are not modelled.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.devices import Array, Device, currents_from
from joulebook.grid.protection.gates import gg_curves
from joulebook.grid.protection.points import PointCurve, time_on_points
from joulebook.grid.protection.quantities import Amperes, FractionOfOne

__all__ = ["Fuse"]


class Fuse(Device):
    """A fuse.

    Examples
    --------
    >>> fuse = Fuse.gg("F1", 100.0, voltage=400.0)
    >>> [time.round(3).tolist() for time in fuse.band([100.0, 290.0, 1450.0])]
    [[inf, 10.0, 0.032], [inf, 250.53, 0.1]]
    """

    type: Literal["fuse"] = "fuse"
    """Tells devices apart."""
    rated_current: Amperes
    """Of the fuse-link."""
    melting: PointCurve
    """Minimum melting curve, or the average one where ``current_tolerance`` is given."""
    clearing: PointCurve | None = None
    """Total clearing curve; left out, the melting curve with its tolerance."""
    current_tolerance: FractionOfOne = 0.0
    """Of the melting curve: each current may be that much lower or higher."""

    @model_validator(mode="after")
    def _clears_after_melting(self) -> Self:
        if self.clearing is None:
            return self
        if self.current_tolerance:
            rule = "must be left out where a clearing curve is given"
            raise InputError(Issue("current_tolerance", self.current_tolerance, rule, "The two curves are the band"))
        currents = np.array([point[0] for point in (*self.melting, *self.clearing)])
        early = time_on_points(self.clearing, currents) < time_on_points(self.melting, currents) * (1 - 1e-9)
        if np.any(early):
            found = float(currents[early][0])
            raise InputError(Issue("clearing", found, "is faster than melting at this current", "Swap the two", "A"))
        return self

    @classmethod
    def gg(cls, name: str, rated_current: float, *, voltage: float) -> Self:
        """Make a gG fuse whose band is what the gates of the standard allow.

        Parameters
        ----------
        name : str
            What it is called.
        rated_current : float, A
            A standard rating from 16 A to 1250 A.
        voltage : float, V
            Of the place where it stands.

        Returns
        -------
        Fuse
            With the fastest and slowest curves that comply.

        References
        ----------
        IEC 60269-1:2006+A1:2009, Tables 2 and 3.
        """
        melting, clearing = gg_curves(rated_current)
        return cls(name=name, voltage=voltage, rated_current=rated_current, melting=melting, clearing=clearing)

    @property
    def least_current(self) -> float:
        """Current of the first point of melting, A, at the low end of its tolerance."""
        return self.melting[0][0] * (1.0 - self.current_tolerance)

    def corners(self) -> list[float]:
        """List the points of the curves.

        Returns
        -------
        list of float, A
            Currents.
        """
        low, high = 1.0 - self.current_tolerance, 1.0 + self.current_tolerance
        points = [current * factor for current, _ in self.melting for factor in {low, high}]
        return sorted([*points, *(current for current, _ in self.clearing or ())])

    def operating_time(self, current: ArrayLike) -> Array:
        """Compute the melting time on the curve given.

        Parameters
        ----------
        current : array_like, any shape, A
            Primary amperes.

        Returns
        -------
        ndarray, shape of current, s
            Infinite below the first point.
        """
        return time_on_points(self.melting, currents_from(current))

    def band(self, current: ArrayLike) -> tuple[Array, Array]:
        """Compute the earliest melting and the latest clearing.

        Parameters
        ----------
        current : array_like, any shape, A
            Primary amperes.

        Returns
        -------
        tuple of ndarray, shape of current, s
            Fastest and slowest.
        """
        amperes = currents_from(current)
        fastest = time_on_points(self.melting, amperes / (1.0 - self.current_tolerance))
        if self.clearing is not None:
            return fastest, np.maximum(fastest, time_on_points(self.clearing, amperes))
        return fastest, time_on_points(self.melting, amperes / (1.0 + self.current_tolerance))
