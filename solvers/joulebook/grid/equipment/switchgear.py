"""Relays, fuse-links and circuit-breakers of the equipment library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.grid.equipment.quantities import Current, Curve, Hertz, PerUnit, Seconds, Volts
from joulebook.grid.equipment.records import Equipment

__all__ = ["Breaker", "Fuselink", "OvercurrentRelay"]

if TYPE_CHECKING:
    from joulebook.grid.protection import BreakerRating, Fuse, InverseStage, MiniatureBreaker


class OvercurrentRelay(Equipment):
    """An overcurrent relay."""

    kind: Literal["relay"] = "relay"
    """Of the library."""
    rated_current: Current = None
    """Secondary."""
    curve: str | None = None
    """Name of the characteristic; ``"definite"`` for definite time."""
    k: Annotated[float, Quantity("s", gt=0, le=1e3)] | None = None
    """Numerator of the formula."""
    alpha: PerUnit = None
    """Exponent."""
    c: Annotated[float, Quantity("s", ge=0, le=1e3)] | None = None
    """Constant part."""
    multiplier_lowest: Annotated[float, Quantity("1", gt=0, le=100)] | None = None
    """Customary range of the time multiplier."""
    multiplier_highest: Annotated[float, Quantity("1", gt=0, le=100)] | None = None
    """Customary range of the time multiplier."""

    def stage(self, pickup: float, multiplier: float = 1.0) -> InverseStage:
        """Give an inverse-time stage for a protection scheme.

        Parameters
        ----------
        pickup : float, A
            Setting.
        multiplier : float
            Time multiplier.

        Returns
        -------
        InverseStage
            With this characteristic.

        Raises
        ------
        InputError
            If it is a definite-time relay.
        """
        from joulebook.grid.protection import InverseStage

        if self.curve == "definite" or self.curve is None:
            raise InputError(Issue("curve", self.curve, "has no inverse time", "Use DefiniteStage"))
        return InverseStage(pickup=pickup, curve=self.curve, multiplier=multiplier)


class Fuselink(Equipment):
    """A fuse-link."""

    kind: Literal["fuse"] = "fuse"
    """Of the library."""
    rated_current: Current = None
    """Of the fuse-link."""
    rated_voltage: Volts = None
    """Of the fuse-link."""
    curve: Literal["minimum and total", "average"] | None = None
    """What the points are."""
    melting: Curve = None
    """Points of current, A, and time, s: minimum melting, or average."""
    clearing: Curve = None
    """Points of current, A, and time, s: total clearing."""

    def device(self, name: str, voltage: float) -> Fuse:
        """Give a fuse for a protection scheme.

        Parameters
        ----------
        name : str
            Of the fuse.
        voltage : float, V
            Of the place.

        Returns
        -------
        Fuse
            An average curve gets the tolerance of 10 % of the current that IEC 60269-1 and IEC 60282-1 allow.
        """
        from joulebook.grid.protection import Fuse

        return Fuse(
            name=name,
            voltage=voltage,
            rated_current=self.needed("rated_current"),
            melting=self.melting or (),
            clearing=self.clearing,
            current_tolerance=0.1 if self.curve == "average" else 0.0,
        )


class Breaker(Equipment):
    """A circuit-breaker."""

    kind: Literal["breaker"] = "breaker"
    """Of the library."""
    rated_voltage: Volts = None
    """Line to line."""
    rated_current: Current = None
    """Normal current."""
    breaking_current: Current = None
    """Short-circuit breaking current, rms; none where each maker has its own."""
    making_current: Current = None
    """Short-circuit making current, peak."""
    short_time_current: Current = None
    """Short-time withstand current, rms."""
    short_time: Seconds = None
    """Duration of the short-time current."""
    characteristic: Literal["B", "C", "D"] | None = None
    """Of a miniature circuit-breaker."""
    frequency: Hertz = None
    """To which the making current belongs."""

    def rating(self) -> BreakerRating:
        """Give the ratings, to be compared with the duty of a place.

        Returns
        -------
        BreakerRating
            For :func:`joulebook.grid.protection.breaker_duty`.
        """
        from joulebook.grid.protection import BreakerRating

        return BreakerRating(
            voltage=self.needed("rated_voltage"),
            breaking_current=self.needed("breaking_current"),
            making_current=self.making_current,
            short_time_current=self.short_time_current,
            short_time=self.short_time or 1.0,
            rated_current=self.rated_current,
        )

    def device(self, name: str, voltage: float) -> MiniatureBreaker:
        """Give a miniature circuit-breaker for a protection scheme.

        Parameters
        ----------
        name : str
            Of the device.
        voltage : float, V
            Of the place.

        Returns
        -------
        MiniatureBreaker
            With this characteristic.

        Raises
        ------
        InputError
            If it is no miniature circuit-breaker: others have trip units with settings of their own.
        """
        from joulebook.grid.protection import MiniatureBreaker

        if self.characteristic is None:
            raise InputError(Issue("characteristic", None, f"{self.name} has none", "Use TripUnit, or a Relay"))
        rated = self.needed("rated_current")
        return MiniatureBreaker(name=name, voltage=voltage, rated_current=rated, characteristic=self.characteristic)
