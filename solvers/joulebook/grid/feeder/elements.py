"""The elements of a feeder, one record per kind.

A feeder is a network of single conductors: every bus has as many nodes as conductors end there. A connection is
written as the trade writes it, the bus and then the node of every conductor: ``"632.1.2.3"``. Nodes 1, 2 and 3 are the
phases by custom, 4 is a neutral where one is carried, and 0 is earth. Nodes that are left out count up from 1 for the
phases and are earth for the neutral: ``"632"`` means ``"632.1.2.3.0"`` for a wye of three phases.

Impedances of line codes are per metre; those of transformers per unit of the rating of the first winding. Loads draw
what is positive, generators inject it. Rated voltages of two and three phases are line to line, those of one phase are
across the element, as on nameplates.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from joulebook.core.design import Part
from joulebook.core.quantities import Quantity
from joulebook.grid.feeder.quantities import Connection, Name, Phases, Ratio, Seconds, SetPoint, Terminal
from joulebook.grid.quantities import (
    ActivePower,
    Angle,
    ApparentPower,
    CurrentRating,
    Impedance,
    NominalVoltage,
    PerUnit,
    PerUnitVoltage,
    PositiveImpedance,
    ReactivePower,
    TapRatio,
)

__all__ = [
    "Capacitor",
    "CapacitorControl",
    "Generator",
    "Load",
    "LoadShape",
    "Reactor",
    "RegulatorControl",
    "Transformer",
    "VoltageSource",
    "Winding",
]


class VoltageSource(Part):
    """The supply: a balanced voltage behind its short-circuit impedance; positive and negative sequence are equal."""

    bus: Terminal
    """Where it feeds in."""
    phases: Phases = 3
    """Of the supply."""
    nominal_voltage: NominalVoltage
    """Line to line; to earth for one phase."""
    voltage: PerUnitVoltage = 1.0
    """Of the internal voltage, per unit."""
    angle: Angle = 0.0
    """Of the first phase."""
    resistance: Impedance
    """Positive sequence."""
    reactance: Impedance
    """Positive sequence."""
    zero_resistance: Impedance
    """Zero sequence."""
    zero_reactance: Impedance
    """Zero sequence."""


class Winding(Part):
    """A winding of a transformer."""

    bus: Terminal
    """Where it is connected."""
    connection: Connection = "wye"
    """Of its phases."""
    voltage: NominalVoltage
    """Rated: line to line for two and three phases, across the winding for one."""
    resistance: Annotated[float, Quantity("1", ge=-1, le=10)] = 0.002
    """Per unit of the rating of the first winding."""
    tap: TapRatio = 1.0
    """Turns ratio over the rated one."""
    lowest_tap: Annotated[float, Quantity("1", ge=0, le=10)] = 0.9
    """Of the tap changer."""
    highest_tap: TapRatio = 1.1
    """Of the tap changer."""
    taps: Annotated[int, Field(ge=0, le=1000)] = 32
    """Steps from the lowest to the highest."""
    neutral_resistance: PositiveImpedance | None = None
    """From the neutral to earth, beside what the connection says; left out for none."""
    neutral_reactance: Impedance = 0.0
    """In series with the resistance."""


class Transformer(Part):
    """A transformer of any number of windings and phases; a voltage regulator is one with a control."""

    phases: Phases = 3
    """Of every winding."""
    windings: Annotated[tuple[Winding, ...], Field(min_length=2, max_length=12)]
    """High voltage first, by custom."""
    rating: ApparentPower
    """Of the first winding, all phases: the base of the impedances."""
    reactances: Annotated[tuple[PerUnit, ...], Field(min_length=1, max_length=66)]
    """Short circuit, by pair of windings: 1-2, 1-3, …, 2-3, …"""
    no_load_loss: Annotated[float, Quantity("1", ge=0, le=1)] = 0.0
    """Per unit of the rating."""
    magnetising_current: Annotated[float, Quantity("1", ge=0, le=1)] = 0.0
    """Per unit of the rated current."""
    low_voltage_leads: bool = False
    """Whether the low voltage leads the high one by 30° between delta and wye (Dy11) instead of lagging (Dy1)."""
    floating_susceptance: Annotated[float, Quantity("1", ge=0, le=1)] = 1e-6
    """Earthing of every winding end, per unit of the rating, which gives windings without any earth a potential."""
    bank: Name = ""
    """Name of the bank that it belongs to."""


class RegulatorControl(Part):
    """The control of a voltage regulator: bandwidth, line drop compensation, delays."""

    transformer: Name
    """Which it controls."""
    winding: Annotated[int, Field(ge=1, le=12)] = 2
    """Whose voltage and current are measured."""
    tap_winding: Annotated[int, Field(ge=0, le=12)] = 0
    """Whose tap moves; 0 for the one that is measured."""
    voltage: Annotated[float, Quantity("V", gt=0, le=1e6)] = 120.0
    """Set point, behind the voltage transformer."""
    bandwidth: Annotated[float, Quantity("V", gt=0, le=1e6)] = 3.0
    """Whole width of the band around the set point."""
    voltage_ratio: Ratio = 60.0
    """Of the voltage transformer."""
    current_rating: CurrentRating = 300.0
    """Primary current at which the line drop settings hold."""
    drop_resistance: Annotated[float, Quantity("V", ge=-1e4, le=1e4)] = 0.0
    """Line drop compensation at the rated current, resistive."""
    drop_reactance: Annotated[float, Quantity("V", ge=-1e4, le=1e4)] = 0.0
    """Line drop compensation at the rated current, reactive."""
    phase: Annotated[int, Field(ge=-2, le=12)] = 1
    """Which phase is measured; -1 for the highest, -2 for the lowest voltage."""
    bus: Annotated[str, Field(max_length=120)] = ""
    """Remote bus and node whose voltage is held instead; no line drop compensation then."""
    delay: Seconds = 15.0
    """From leaving the band to the first step."""
    step_delay: Seconds = 2.0
    """From step to step."""
    steps_at_once: Annotated[int, Field(ge=0, le=1000)] = 16
    """Most steps in one action where time does not matter; 0 holds the tap."""
    voltage_limit: Annotated[float, Quantity("V", ge=0, le=1e6)] = 0.0
    """Highest voltage at the regulator itself, behind the voltage transformer; 0 for none."""


class Capacitor(Part):
    """A capacitor bank, to earth or in series."""

    bus1: Terminal
    """One end."""
    bus2: Annotated[str, Field(max_length=120)] = ""
    """The other end; left out for earth."""
    phases: Phases = 3
    """Of the bank."""
    connection: Connection = "wye"
    """Of its phases; a delta has one end only."""
    voltage: NominalVoltage
    """Rated."""
    reactive_power: Annotated[float, Quantity("var", gt=0, le=1e10, display=("kvar", 1e-3))]
    """At the rated voltage, all phases and steps."""
    steps: Annotated[int, Field(ge=1, le=100)] = 1
    """Equal steps."""
    steps_on: Annotated[int, Field(ge=0, le=100)] = 1
    """Steps in service."""


class CapacitorControl(Part):
    """The control of a capacitor bank."""

    capacitor: Name
    """Which it switches."""
    element: Name
    """What it measures: ``"line.cap_1a"`` or ``"transformer.sub"``."""
    terminal: Annotated[int, Field(ge=1, le=12)] = 1
    """Of that element."""
    quantity: Literal["current", "voltage", "reactive power", "power factor", "time"] = "current"
    """What it acts on: A and V behind the instrument transformers, kvar, power factor (above 1: leading), or h."""
    on: SetPoint = 300.0
    """Switches on beyond this."""
    off: SetPoint = 200.0
    """Switches off beyond this."""
    voltage_ratio: Ratio = 60.0
    """Of the voltage transformer."""
    current_ratio: Ratio = 60.0
    """Of the current transformer."""
    phase: Annotated[int, Field(ge=-3, le=12)] = 1
    """Which phase is measured; -1 for the highest, -2 for the lowest, -3 for the mean."""
    delay: Seconds = 15.0
    """Before it switches on."""
    delay_off: Seconds = 15.0
    """Before it switches off."""
    dead_time: Seconds = 300.0
    """After switching off, before it may switch on again."""
    voltage_override: bool = False
    """Whether voltages beyond the limits go first."""
    lowest_voltage: Annotated[float, Quantity("V", ge=0, le=1e6)] = 115.0
    """Of the override, behind the voltage transformer."""
    highest_voltage: Annotated[float, Quantity("V", ge=0, le=1e6)] = 126.0
    """Of the override, behind the voltage transformer."""


class Reactor(Part):
    """A series or shunt impedance."""

    bus1: Terminal
    """One end."""
    bus2: Annotated[str, Field(max_length=120)] = ""
    """The other end; left out for earth."""
    phases: Phases = 3
    """Of the reactor."""
    connection: Connection = "wye"
    """Of its phases; a delta has one end only."""
    resistance: Impedance = 0.0
    """Per phase."""
    reactance: Impedance
    """Per phase."""


class Load(Part):
    """What customers draw; how it depends on the voltage is the model.

    Outside of the band from ``lowest_voltage`` to ``highest_voltage`` a load behaves like an impedance, for nothing
    draws constant power from a sagging network.
    """

    bus: Terminal
    """Where it is connected."""
    phases: Phases = 3
    """Of the load; a delta of one phase is connected line to line."""
    connection: Connection = "wye"
    """Of its phases."""
    model: Literal[
        "constant power",
        "constant impedance",
        "motor",
        "exponential",
        "constant current",
        "fixed reactive power",
        "fixed reactance",
        "zip",
    ] = "constant power"
    """Motor: power constant, reactive power with the square of the voltage. Exponential: both with powers of it."""
    voltage: NominalVoltage
    """Rated."""
    active_power: ActivePower
    """At the rated voltage, all phases."""
    reactive_power: ReactivePower = 0.0
    """At the rated voltage, all phases."""
    active_exponent: Annotated[float, Quantity("1", ge=-10, le=10)] = 1.0
    """Of the exponential model."""
    reactive_exponent: Annotated[float, Quantity("1", ge=-10, le=10)] = 2.0
    """Of the exponential model."""
    shares: tuple[PerUnit, ...] = ()
    """Of the zip model: impedance, current, power of the active, then of the reactive power, then the voltage, per
    unit, below which the load drops out."""
    lowest_voltage: Annotated[float, Quantity("1", ge=0, le=3)] = 0.95
    """Per unit: below, the load tends to an impedance."""
    highest_voltage: Annotated[float, Quantity("1", ge=0, le=3)] = 1.05
    """Per unit: above, the load is an impedance."""
    impedance_voltage: Annotated[float, Quantity("1", ge=0, le=3)] = 0.5
    """Per unit: below, the load is the impedance that its rating says."""
    fixed: bool = False
    """Whether load multipliers and shapes leave it alone."""
    daily: Name = ""
    """Its load shape over a day."""
    yearly: Name = ""
    """Its load shape over a year."""


class Generator(Part):
    """A small plant that injects a given power."""

    bus: Terminal
    """Where it is connected."""
    phases: Phases = 3
    """Of the plant."""
    connection: Connection = "wye"
    """Of its phases."""
    model: Literal["constant power", "constant impedance"] = "constant power"
    """How it depends on the voltage."""
    voltage: NominalVoltage
    """Rated."""
    active_power: ActivePower
    """Injected, all phases."""
    reactive_power: ReactivePower = 0.0
    """Injected, all phases."""
    lowest_voltage: Annotated[float, Quantity("1", ge=0, le=3)] = 0.9
    """Per unit: below, it is an impedance."""
    highest_voltage: Annotated[float, Quantity("1", ge=0, le=3)] = 1.1
    """Per unit: above, it is an impedance."""
    daily: Name = ""
    """Its shape over a day."""
    yearly: Name = ""
    """Its shape over a year."""


class LoadShape(Part):
    """Values over time by which loads are multiplied; it repeats."""

    interval: Annotated[float, Quantity("s", gt=0, le=1e9)] = 3600.0
    """From value to value."""
    active: Annotated[tuple[PerUnit, ...], Field(min_length=1, max_length=1_000_000)]
    """Of the active power, and of the reactive power where that has none of its own."""
    reactive: tuple[PerUnit, ...] = ()
    """Of the reactive power."""
    actual: bool = False
    """Whether the values are kW and kvar instead of multipliers."""
