"""Generators, transformers and capacitors of the equipment library."""

from __future__ import annotations

from typing import Literal

from joulebook.grid.equipment.quantities import Farad, Hertz, PerUnit, Power, Reactive, Seconds, Volts, Watts
from joulebook.grid.equipment.records import Equipment

__all__ = ["Capacitor", "Generator", "Transformer"]


class Generator(Equipment):
    """A synchronous machine; reactances and resistance on its own rating."""

    kind: Literal["generator"] = "generator"
    """Of the library."""
    rated_power: Power = None
    """Apparent power."""
    rated_voltage: Volts = None
    """Line to line."""
    power_factor: PerUnit = None
    """Rated."""
    subtransient_reactance: PerUnit = None
    """Direct axis."""
    transient_reactance: PerUnit = None
    """Direct axis."""
    synchronous_reactance: PerUnit = None
    """Direct axis."""
    quadrature_subtransient_reactance: PerUnit = None
    """Quadrature axis."""
    quadrature_transient_reactance: PerUnit = None
    """Quadrature axis."""
    quadrature_reactance: PerUnit = None
    """Quadrature axis, synchronous."""
    armature_resistance: PerUnit = None
    """Of the stator."""
    leakage_reactance: PerUnit = None
    """Of the stator."""
    subtransient_time_constant: Seconds = None
    """Direct axis, open circuit."""
    transient_time_constant: Seconds = None
    """Direct axis, open circuit."""
    quadrature_subtransient_time_constant: Seconds = None
    """Quadrature axis, open circuit."""
    quadrature_transient_time_constant: Seconds = None
    """Quadrature axis, open circuit."""
    inertia_constant: Seconds = None
    """Kinetic energy at rated speed over rated power."""
    frequency: Hertz = None
    """Rated."""


class Transformer(Equipment):
    """A transformer; impedances on its own rating, of three windings on the lower rating of each pair."""

    kind: Literal["transformer"] = "transformer"
    """Of the library."""
    rated_power: Power = None
    """Of the high-voltage winding."""
    middle_power: Power = None
    """Of the medium-voltage winding, of three."""
    low_power: Power = None
    """Of the low-voltage winding, of three."""
    high_voltage: Volts = None
    """Rated, line to line."""
    middle_voltage: Volts = None
    """Rated, of three windings."""
    low_voltage: Volts = None
    """Rated, line to line."""
    impedance: PerUnit = None
    """Short-circuit impedance; of three windings, high to middle."""
    impedance_middle_low: PerUnit = None
    """Of three windings."""
    impedance_high_low: PerUnit = None
    """Of three windings."""
    resistance: PerUnit = None
    """Real part of the short-circuit impedance; of three windings, high to middle."""
    resistance_middle_low: PerUnit = None
    """Of three windings."""
    resistance_high_low: PerUnit = None
    """Of three windings."""
    load_loss: Watts = None
    """At rated current."""
    no_load_loss: Watts = None
    """At rated voltage."""
    no_load_current: PerUnit = None
    """Over rated current."""
    vector_group: str | None = None
    """Connection and clock number."""
    tap_side: Literal["hv", "mv", "lv"] | None = None
    """Winding with taps."""
    tap_lowest: int | None = None
    """Lowest position."""
    tap_highest: int | None = None
    """Highest position."""
    tap_step: PerUnit = None
    """Change of ratio from one position to the next."""
    frequency: Hertz = None
    """Rated."""


class Capacitor(Equipment):
    """A capacitor unit."""

    kind: Literal["capacitor"] = "capacitor"
    """Of the library."""
    rated_power: Reactive = None
    """Reactive power at rated voltage and frequency."""
    rated_voltage: Volts = None
    """Across the unit."""
    capacitance: Farad = None
    """Of the unit."""
    frequency: Hertz = None
    """Rated."""
