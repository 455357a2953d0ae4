"""Low-voltage circuit-breakers: electronic trip units (LSI, LSIG) and miniature circuit-breakers B, C and D.

A trip unit has a long-time part with :math:`I^2 t` constant, :math:`t = t_r (n I_r / I)^2`, a short-time part that is
definite or falls with :math:`I^2 t` up to a multiple, an instantaneous part and a ground-fault part. IEC 60947-2:2016
Table 6 asks that 1.05 times the setting does not trip and 1.30 times does: these are the edges of its band.

A miniature circuit-breaker trips within the limits of IEC 60898-1:2015 Table 7: 1.13 and 1.45 times the rated current
at the conventional time (1 h up to 63 A, 2 h above), 2.55 times between 1 s and 60 s (120 s above 32 A), and
magnetically between 3 and 5 (B), 5 and 10 (C), 10 and 20 (D) times the rated current within 0.1 s.
"""

from __future__ import annotations

from typing import Final, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.devices import Array, Device, Handle, currents_from
from joulebook.grid.protection.points import time_on_points
from joulebook.grid.protection.quantities import Amperes, Delay, Duration, FractionOfOne, Multiple

__all__ = ["MAGNETIC", "MiniatureBreaker", "TripUnit"]

NON_TRIPPING: Final = 1.05
TRIPPING: Final = 1.30
NOMINAL: Final = 0.5 * (NON_TRIPPING + TRIPPING)
MAGNETIC: Final = {"B": (3.0, 5.0), "C": (5.0, 10.0), "D": (10.0, 20.0)}
"""Multiples of the rated current between which the magnetic part begins to trip at once."""
_LONGEST_DELAYED: Final = {"B": (45.0, 90.0), "C": (15.0, 30.0), "D": (4.0, 8.0)}
"""Longest times at the lower multiple, s: up to 32 A, above."""
_INSTANTANEOUS: Final = 0.1
_LEAST: Final = 0.01
"""Half a period: no mechanical switch opens sooner; drawn as the lower edge of the magnetic part."""


class TripUnit(Device):
    """An electronic trip unit of a low-voltage circuit-breaker; its times include the opening of the contacts.

    Examples
    --------
    >>> unit = TripUnit(name="Q1", voltage=400.0, rated_current=1000.0, short_pickup=6.0, instantaneous=12.0)
    >>> unit.operating_time([1000.0, 6000.0, 8000.0, 20000.0])
    array([  inf, 10.  ,  0.2 ,  0.05])
    """

    type: Literal["trip unit"] = "trip unit"
    """Tells devices apart."""
    rated_current: Amperes
    """Of the trip unit, In."""
    long_pickup: Multiple = 1.0
    """Setting of the long-time part, Ir, in multiples of the rated current."""
    long_time: Duration = 10.0
    """Time of the long-time part at its reference multiple."""
    long_multiple: Multiple = 6.0
    """Multiple of Ir to which ``long_time`` belongs."""
    short_pickup: Multiple | None = None
    """Setting of the short-time part in multiples of Ir; left out, there is none."""
    short_time: Delay = 0.2
    """Delay of the short-time part."""
    short_constant_energy: bool = False
    """Whether the short-time part falls with I²t constant up to ten times Ir, where it has ``short_time``."""
    instantaneous: Multiple | None = None
    """Setting of the instantaneous part in multiples of the rated current; left out, there is none."""
    instantaneous_time: Delay = 0.05
    """Time of the instantaneous part with the opening of the contacts."""
    ground_pickup: Multiple | None = None
    """Setting of the ground-fault part in multiples of the rated current; left out, there is none."""
    ground_time: Delay = 0.3
    """Delay of the ground-fault part."""
    pickup_tolerance: FractionOfOne = 0.1
    """Of the short-time, instantaneous and ground-fault settings."""
    time_tolerance: FractionOfOne = 0.1
    """Of the times."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        issues = []
        short = None if self.short_pickup is None else self.short_pickup * self.long_pickup
        if short is not None and short <= self.long_pickup * TRIPPING:
            rule = f"must be more than {TRIPPING:g}, where the long-time part surely trips"
            issues.append(Issue("short_pickup", self.short_pickup, rule))
        if short is not None and self.instantaneous is not None and self.instantaneous <= short:
            rule = f"must be more than the short-time setting, {short:g} times the rated current"
            issues.append(Issue("instantaneous", self.instantaneous, rule, "Raise it, or lower short_pickup"))
        if issues:
            raise InputError(issues)
        return self

    @property
    def long_current(self) -> float:
        """Setting of the long-time part, Ir, A."""
        return self.rated_current * self.long_pickup

    @property
    def least_current(self) -> float:
        """Current up to which it does not trip, A."""
        return self.long_current * NON_TRIPPING

    def corners(self) -> list[float]:
        """List where its parts begin, nominally and at the edges of the band.

        Returns
        -------
        list of float, A
            Currents.
        """
        ir, tol = self.long_current, self.pickup_tolerance
        out = [ir * NON_TRIPPING, ir * NOMINAL, ir * TRIPPING]
        starts = [] if self.short_pickup is None else [self.short_pickup * ir, 10.0 * ir]
        starts += [] if self.instantaneous is None else [self.instantaneous * self.rated_current]
        return sorted([*out, *(start * (1 + sign * tol) for start in starts for sign in (-1, 0, 1))])

    def _time(self, current: Array, start: float, shift: float, stretch: float) -> Array:
        """Time with the long-time part beginning at ``start`` times Ir, settings shifted and times stretched."""
        ir = self.long_current
        safe = np.where(current > 0, current, np.nan)
        energy = stretch * self.long_time * (self.long_multiple * ir / safe) ** 2
        out = np.where(current > start * ir, energy, np.inf)
        if self.short_pickup is not None:
            delay = np.full(current.shape, self.short_time)
            if self.short_constant_energy:
                delay = np.maximum(self.short_time * (10.0 * ir / safe) ** 2, self.short_time)
            out = np.where(current > self.short_pickup * ir * shift, np.minimum(out, stretch * delay), out)
        if self.instantaneous is not None:
            fast = current > self.instantaneous * self.rated_current * shift
            out = np.where(fast, np.minimum(out, stretch * self.instantaneous_time), out)
        return np.where(np.isnan(current), np.nan, out)

    def operating_time(self, current: ArrayLike) -> Array:
        """Compute the nominal time for a phase current.

        Parameters
        ----------
        current : array_like, any shape, A
            Phase current.

        Returns
        -------
        ndarray, shape of current, s
            Infinite where it does not trip.
        """
        return self._time(currents_from(current), NOMINAL, 1.0, 1.0)

    def band(self, current: ArrayLike) -> tuple[Array, Array]:
        """Compute the fastest and slowest time for a phase current.

        Parameters
        ----------
        current : array_like, any shape, A
            Phase current.

        Returns
        -------
        tuple of ndarray, shape of current, s
            With the tolerances of settings and times.
        """
        amperes = currents_from(current)
        fastest = self._time(amperes, NON_TRIPPING, 1.0 - self.pickup_tolerance, 1.0 - self.time_tolerance)
        slowest = self._time(amperes, TRIPPING, 1.0 + self.pickup_tolerance, 1.0 + self.time_tolerance)
        return fastest, slowest

    def ground_fault_time(self, current: ArrayLike) -> Array:
        """Compute the nominal time for a ground-fault current.

        Parameters
        ----------
        current : array_like, any shape, A
            Residual current.

        Returns
        -------
        ndarray, shape of current, s
            Infinite where the ground-fault part does not trip, or there is none.
        """
        amperes = currents_from(current)
        if self.ground_pickup is None:
            return np.full(amperes.shape, np.inf)
        return np.where(amperes > self.ground_pickup * self.rated_current, self.ground_time, np.inf)

    def handles(self) -> list[Handle]:
        """List the settings that can be dragged.

        Returns
        -------
        list of Handle
            Of the long-time, short-time and instantaneous parts.
        """
        ir = self.long_current
        out = [
            Handle("long_pickup", "current", ir, float(self.operating_time(1.25 * ir))),
            Handle("long_time", "time", ir * 2.0, self.long_time * (self.long_multiple / 2.0) ** 2),
        ]
        if self.short_pickup is not None:
            start = self.short_pickup * ir
            out.append(Handle("short_pickup", "current", start, 2.0 * max(self.short_time, 0.01)))
            out.append(Handle("short_time", "time", start * 1.3, float(self.operating_time(start * 1.3))))
        if self.instantaneous is not None:
            grip = 1.6 * max(self.instantaneous_time, 0.01)
            out.append(Handle("instantaneous", "current", self.instantaneous * self.rated_current, grip))
        return out

    def dragged(self, path: str, current: float, time: float) -> TripUnit:
        """Give the trip unit after a handle was dragged.

        Parameters
        ----------
        path : str
            Of the handle.
        current : float, A
            Where it was let go.
        time : float, s
            Where it was let go.

        Returns
        -------
        TripUnit
            With the new setting, validated.

        Raises
        ------
        InputError
            If there is no such handle, or the new value is not allowed.
        """
        handle = next((found for found in self.handles() if found.path == path), None)
        if handle is None:
            return super().dragged(path, current, time)  # type: ignore[return-value]
        new = {
            "long_pickup": current / self.rated_current,
            "long_time": time * (2.0 / self.long_multiple) ** 2,
            "short_pickup": current / self.long_current,
            "short_time": self.short_time * time / handle.time if handle.time > 0 else time,
            "instantaneous": current / self.rated_current,
        }[path]
        return TripUnit(**{**self.model_dump(), path: float(f"{new:.4g}")})


class MiniatureBreaker(Device):
    """A miniature circuit-breaker, within the limits that its standard sets for every maker.

    Examples
    --------
    >>> breaker = MiniatureBreaker(name="B16", voltage=400.0, rated_current=16.0)
    >>> [time.round(2).tolist() for time in breaker.band([16.0, 60.0, 80.0, 160.0])]
    [[inf, 0.01, 0.01, 0.01], [inf, 28.8, 0.1, 0.1]]
    """

    type: Literal["miniature breaker"] = "miniature breaker"
    """Tells devices apart."""
    rated_current: Amperes
    """In."""
    characteristic: Literal["B", "C", "D"] = "B"
    """Range of the magnetic part."""

    @property
    def least_current(self) -> float:
        """Conventional non-tripping current, 1.13 times the rated one, A."""
        return 1.13 * self.rated_current

    @property
    def conventional_time(self) -> float:
        """1 h up to 63 A, 2 h above, s."""
        return 3600.0 if self.rated_current <= 63 else 7200.0

    def corners(self) -> list[float]:
        """List the multiples of the rated current that the standard names.

        Returns
        -------
        list of float, A
            Currents.
        """
        return sorted(self.rated_current * m for m in (1.13, 1.45, 2.55, *MAGNETIC[self.characteristic]))

    def operating_time(self, current: ArrayLike) -> Array:
        """Compute the geometric middle of the band.

        Parameters
        ----------
        current : array_like, any shape, A
            Primary amperes.

        Returns
        -------
        ndarray, shape of current, s
            Infinite where it need not trip.
        """
        fastest, slowest = self.band(current)
        return np.where(np.isfinite(slowest), np.sqrt(fastest * slowest), slowest)

    def band(self, current: ArrayLike) -> tuple[Array, Array]:
        """Compute the fastest and slowest time that the standard allows.

        Parameters
        ----------
        current : array_like, any shape, A
            Primary amperes.

        Returns
        -------
        tuple of ndarray, shape of current, s
            Fastest and slowest.

        References
        ----------
        IEC 60898-1:2015, Table 7.
        """
        amperes = currents_from(current)
        rated, late = self.rated_current, int(self.rated_current > 32)
        low, high = (m * rated for m in MAGNETIC[self.characteristic])
        hours = self.conventional_time
        thermal_fast = time_on_points(((1.13 * rated, hours), (2.55 * rated, 1.0)), amperes)
        fastest = np.where(amperes > low, _LEAST, np.maximum(thermal_fast, _INSTANTANEOUS))
        middle = (60.0, 120.0)[late]
        points = ((1.45 * rated, hours), (2.55 * rated, middle), (low, _LONGEST_DELAYED[self.characteristic][late]))
        thermal_slow = time_on_points(points, amperes)
        slowest = np.where(amperes >= high, _INSTANTANEOUS, thermal_slow)
        return np.minimum(fastest, slowest), slowest
