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
    "Conductor",
    "Generator",
    "Line",
    "LineCode",
    "LineGeometry",
    "Load",
    "LoadShape",
    "PlacedConductor",
    "Reactor",
    "RegulatorControl",
    "Terminal",
    "Transformer",
    "VoltageSource",
    "Winding",
]

Terminal = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\s.]+(\.\d{1,3})*$")]
"""Bus and nodes: ``"632.1.2.3"``."""
Name = Annotated[str, Field(max_length=120)]
Phases = Annotated[int, Field(ge=1, le=12)]
Connection = Literal["wye", "delta"]
Seconds = Annotated[float, Quantity("s", ge=0, le=1e6)]
Metres = Annotated[float, Quantity("m", ge=-1e4, le=1e4)]
PositiveMetres = Annotated[float, Quantity("m", gt=0, le=100)]
Diameter = Annotated[float, Quantity("m", gt=0, le=1, display=("mm", 1e3))]
PerMetre = Annotated[float, Quantity("ohm/m", ge=-1e6, le=1e6)]
ResistancePerMetre = Annotated[float, Quantity("ohm/m", ge=0, le=1e3)]
CapacitancePerMetre = Annotated[float, Quantity("F/m", ge=-1e-3, le=1e-3, display=("nF/km", 1e12))]
Triangle = Annotated[tuple[tuple[PerMetre, ...], ...], Field(min_length=1, max_length=12)]
CapacitanceTriangle = Annotated[tuple[tuple[CapacitancePerMetre, ...], ...], Field(min_length=1, max_length=12)]
SetPoint = Annotated[float, Quantity("1", ge=-1e9, le=1e9)]
Ratio = Annotated[float, Quantity("1", gt=0, le=1e6)]


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


class LineCode(Part):
    """Impedances per metre of a make of line: lower triangles of symmetric matrices, one row for each conductor."""

    resistance: Triangle
    """Rows of the lower triangle: ``[[r11], [r21, r22], [r31, r32, r33]]``."""
    reactance: Triangle
    """At the frequency of the feeder."""
    capacitance: CapacitanceTriangle | None = None
    """Nodal capacitance: off-diagonal elements are negative. Left out for none."""
    current_rating: CurrentRating | None = None
    """Continuous."""


class Conductor(Part):
    """A bare wire, or a cable with a concentric neutral or a tape shield."""

    kind: Literal["wire", "concentric neutral", "tape shield"] = "wire"
    """What surrounds the core."""
    resistance: ResistancePerMetre
    """At the frequency of the feeder."""
    dc_resistance: ResistancePerMetre | None = None
    """For direct current; 1/1.02 of the other where it is left out."""
    gmr: Diameter
    """Geometric mean radius of the core."""
    radius: Diameter
    """Outer radius of the core."""
    capacitance_radius: Diameter | None = None
    """For the capacitance of bundles; the radius where it is left out."""
    current_rating: CurrentRating | None = None
    """Continuous."""
    permittivity: Annotated[float, Quantity("1", ge=1, le=100)] | None = None
    """Relative, of a cable's insulation."""
    insulation_diameter: Diameter | None = None
    """Over the insulation."""
    insulation_thickness: Diameter | None = None
    """Of the insulation."""
    strands: Annotated[int, Field(ge=0, le=1000)] = 0
    """Of a concentric neutral."""
    strand_diameter: Diameter | None = None
    """Of one strand."""
    strand_gmr: Diameter | None = None
    """Of one strand; 0.7788 of its radius where it is left out."""
    strand_resistance: ResistancePerMetre | None = None
    """Of one strand."""
    outer_diameter: Diameter | None = None
    """Over the concentric neutral, or over the tape shield."""
    tape_thickness: Diameter | None = None
    """Of a tape shield."""
    tape_lap: Annotated[float, Quantity("1", ge=0, lt=1)] = 0.2
    """Share of the tape's width by which the turns overlap."""


class PlacedConductor(Part):
    """A conductor at its place across the line."""

    conductor: Name
    """One of the feeder's conductors."""
    x: Metres
    """Horizontal."""
    height: Metres
    """Above ground; negative for buried cables."""


class LineGeometry(Part):
    """Conductors side by side; the line constants follow from it."""

    conductors: Annotated[tuple[PlacedConductor, ...], Field(min_length=1, max_length=24)]
    """Phases first."""
    phases: Phases
    """How many of the conductors are phases."""
    reduce: bool = True
    """Whether all other conductors are earthed throughout and reduced out (Kron)."""


class Line(Part):
    """A line or a cable between two buses, or a switch."""

    bus1: Terminal
    """One end."""
    bus2: Terminal
    """The other end."""
    phases: Phases = 3
    """Conductors that are carried."""
    length: Annotated[float, Quantity("m", gt=0, le=1e7, display=("km", 1e-3))]
    """Of the route."""
    code: Name = ""
    """One of the feeder's line codes."""
    geometry: Name = ""
    """One of the feeder's geometries; a line has a code or a geometry."""
    switch: bool = False
    """Whether it can be opened."""
    closed: bool = True
    """Whether current can flow."""
    current_rating: CurrentRating | None = None
    """Continuous."""


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
