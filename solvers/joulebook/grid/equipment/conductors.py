"""Overhead lines, bare conductors and cables of the equipment library."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

from joulebook.core.errors import InputError, Issue
from joulebook.grid.equipment.quantities import (
    Current,
    FaradPerMetre,
    Hertz,
    Kelvin,
    Metre,
    OhmPerMetre,
    SquareMetre,
    Volts,
)
from joulebook.grid.equipment.records import Equipment

__all__ = ["Cable", "Line"]

if TYPE_CHECKING:
    from joulebook.grid.protection import ConductorLimit

VACUUM_PERMEABILITY: Final = 4e-7 * math.pi


class Line(Equipment):
    """An overhead line, or a bare conductor for one."""

    kind: Literal["line"] = "line"
    """Of the library."""
    rated_voltage: Volts = None
    """Line to line; none for a bare conductor."""
    rated_current: Current = None
    """That it may carry."""
    resistance: OhmPerMetre = None
    """Of one phase."""
    reactance: OhmPerMetre = None
    """Positive sequence, at its frequency; none for a bare conductor."""
    capacitance: FaradPerMetre = None
    """Positive sequence."""
    cross_section: SquareMetre = None
    """Of the conducting part."""
    conductor_material: str | None = None
    """Of the conductor."""
    geometric_mean_radius: Metre = None
    """Of a bare conductor."""
    radius: Metre = None
    """Of a bare conductor."""
    resistance_temperature: Kelvin = None
    """To which the resistance belongs."""
    frequency: Hertz = None
    """To which reactance and alternating-current resistance belong."""

    def reactance_at(self, spacing: float, frequency: float = 50.0) -> float:
        """Compute the positive-sequence reactance of a line of this bare conductor.

        Parameters
        ----------
        spacing : float, m
            Geometric mean distance between the phases.
        frequency : float, Hz
            Of the network.

        Returns
        -------
        float, ohm/m
            Of one phase, transposed, without bundles.

        Raises
        ------
        InputError
            If the spacing is not more than the radius, or the frequency is not more than 0.

        References
        ----------
        Kersting, Distribution System Modeling and Analysis, 4th edition, equation 4.18.

        Examples
        --------
        >>> from joulebook.grid import equipment
        >>> round(1e3 * equipment.named("ACSR Linnet 336.4 kcmil 26/7").reactance_at(1.5, 60.0), 4)
        0.4001
        """
        own = self.needed("geometric_mean_radius")
        if not own < spacing < 1e3:
            raise InputError(Issue("spacing", spacing, f"must be more than {own:.3g} and less than 1000", unit="m"))
        if not 0 < frequency <= 1000:
            raise InputError(Issue("frequency", frequency, "must be more than 0 and at most 1000", unit="Hz"))
        return frequency * VACUUM_PERMEABILITY * math.log(spacing / own)


class Cable(Equipment):
    """An insulated cable."""

    kind: Literal["cable"] = "cable"
    """Of the library."""
    rated_voltage: Volts = None
    """Line to line."""
    rated_current: Current = None
    """That it may carry as its source lays it."""
    resistance: OhmPerMetre = None
    """Of one conductor."""
    reactance: OhmPerMetre = None
    """Positive sequence, at its frequency."""
    capacitance: FaradPerMetre = None
    """Positive sequence."""
    cross_section: SquareMetre = None
    """Of one conductor."""
    conductor_material: str | None = None
    """Of the conductor."""
    insulation: str | None = None
    """PVC or XLPE."""
    operating_temperature: Kelvin = None
    """Highest in service."""
    short_circuit_temperature: Kelvin = None
    """Highest in a short circuit."""
    resistance_temperature: Kelvin = None
    """To which the resistance belongs."""
    frequency: Hertz = None
    """To which the reactance belongs."""

    def limit(self, name: str, voltage: float, *, parallel: float = 1.0) -> ConductorLimit:
        """Give what the cable withstands in a short circuit, for a protection scheme.

        Parameters
        ----------
        name : str
            Of the limit.
        voltage : float, V
            Of the place.
        parallel : float
            Cables in parallel.

        Returns
        -------
        ConductorLimit
            From its highest temperature in service to that in a short circuit.
        """
        from joulebook.grid.protection import ConductorLimit

        return ConductorLimit(
            name=name,
            voltage=voltage,
            cross_section=self.needed("cross_section"),
            material=self.conductor_material or "copper",
            parallel=parallel,
            initial_temperature=self.needed("operating_temperature"),
            final_temperature=self.needed("short_circuit_temperature"),
        )
