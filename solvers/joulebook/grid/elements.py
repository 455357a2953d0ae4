"""The elements of a network, one record per kind.

Signs: generators, external grids and converters inject what is positive; loads and motors draw it. Impedances and
admittances of lines are ohm and siemens of the whole line, those of transformers per unit of the transformer's own
ratings. An element refers to a bus by the bus's identifier. A value that is left out is not known; studies that need
it say so.

In memory the records of a kind are columns (:mod:`joulebook.grid.tables`); in a document they are groups keyed by
identifier.
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
    Conductance,
    CurrentRating,
    Impedance,
    LineLength,
    NominalVoltage,
    PerUnit,
    PerUnitVoltage,
    PositiveImpedance,
    PowerFactor,
    ReactivePower,
    Share,
    Susceptance,
    TapRatio,
)

__all__ = [
    "Bus",
    "BusId",
    "Converter",
    "Cost",
    "ExternalGrid",
    "Generator",
    "HvdcLine",
    "Line",
    "Load",
    "Motor",
    "Shunt",
    "Switch",
    "TapChanger",
    "ThreeWindingTransformer",
    "Transformer",
]

BusId = Annotated[str, Field(min_length=1, max_length=80, json_schema_extra={"reference": "buses"})]
"""Identifier of a bus."""
Text = Annotated[str, Field(max_length=200)]


class Bus(Part):
    """A node of the network: a busbar or a connection point."""

    name: Text = ""
    """What people call it."""
    nominal_voltage: NominalVoltage
    """Line to line; the base of per-unit voltages here."""
    minimum_voltage: PerUnitVoltage | None = None
    """Lower limit, per unit."""
    maximum_voltage: PerUnitVoltage | None = None
    """Upper limit, per unit."""
    start_voltage: PerUnitVoltage = 1.0
    """Magnitude from the case file, per unit: where a study with ``start="case"`` begins."""
    start_angle: Angle = 0.0
    """Angle from the case file."""
    area: Text = ""
    """Control area."""
    zone: Text = ""
    """Loss zone or region."""
    in_service: bool = True
    """Whether it is energised at all."""


class Line(Part):
    """An overhead line or cable: pi section with half of the shunt admittance at each end."""

    name: Text = ""
    """What people call it."""
    from_bus: BusId
    """One end."""
    to_bus: BusId
    """The other end; of the same nominal voltage."""
    resistance: Impedance
    """Positive sequence, of the whole line (all parallel circuits together)."""
    reactance: Impedance
    """Positive sequence, of the whole line."""
    susceptance: Susceptance = 0.0
    """Positive sequence, of the whole line; positive is capacitive."""
    conductance: Conductance = 0.0
    """Positive sequence, of the whole line."""
    zero_resistance: Impedance | None = None
    """Zero sequence."""
    zero_reactance: Impedance | None = None
    """Zero sequence."""
    zero_susceptance: Susceptance | None = None
    """Zero sequence."""
    length: LineLength | None = None
    """Of the route."""
    current_rating: CurrentRating | None = None
    """Continuous."""
    short_time_rating: CurrentRating | None = None
    """For hours."""
    emergency_rating: CurrentRating | None = None
    """For minutes."""
    minimum_angle: Angle | None = None
    """Least angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch."""
    maximum_angle: Angle | None = None
    """Largest angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch."""
    end_temperature: Annotated[float, Quantity("K", gt=200, le=800, display=("K", 1.0))] | None = None
    """Of the conductor at the end of a fault, for the smallest fault current (IEC 60909-0)."""
    equipment: Text = ""
    """Identifier in the equipment library."""
    in_service: bool = True
    """Whether it is connected."""


class TapChanger(Part):
    """Steps of a transformer's ratio, and what they regulate.

    At ``position`` the ratio is ``tap_ratio * (1 + (position - neutral) * voltage_step)`` and the phase shift
    ``phase_shift + (position - neutral) * angle_step``.
    """

    position: int = 0
    """Present step."""
    minimum: int = -16
    """Lowest step."""
    maximum: int = 16
    """Highest step."""
    neutral: int = 0
    """Step without effect."""
    voltage_step: Annotated[float, Quantity("1", ge=-0.5, le=0.5)] = 0.00625
    """Change of the ratio per step, per unit."""
    angle_step: Angle = 0.0
    """Change of the phase shift per step."""
    controls: Literal["nothing", "voltage", "active_power", "reactive_power"] = "nothing"
    """What an automatic controller holds."""
    controlled_bus: Text = ""
    """Where the voltage is held; the transformer's own ``to_bus`` where left out."""
    target: float | None = None
    """Voltage per unit, or power in W or var out of ``from_bus``."""
    deadband: Annotated[float, Quantity("1", ge=0)] | None = None
    """Full width, in the unit of the target; one step where left out."""


class Transformer(Part):
    """A two-winding transformer: ideal ratio at the ``from`` side, then series impedance; shunts at either end of it.

    The off-nominal ratio is ``tap_ratio`` times the ratio of the rated voltages over that of the nominal voltages. The
    ``from`` shunt lies inside the ideal transformer, as in MATPOWER.
    """

    name: Text = ""
    """What people call it."""
    from_bus: BusId
    """Side with the tap."""
    to_bus: BusId
    """Other side."""
    rated_power: ApparentPower
    """Base of the per-unit values."""
    from_rated_voltage: NominalVoltage | None = None
    """Of the winding; the bus's nominal voltage where left out."""
    to_rated_voltage: NominalVoltage | None = None
    """Of the winding; the bus's nominal voltage where left out."""
    resistance: PerUnit
    """Series, per unit of rated power and the ``to`` winding's rated voltage."""
    reactance: PerUnit
    """Series, per unit."""
    from_conductance: PerUnit = 0.0
    """Shunt at the ``from`` end, per unit."""
    from_susceptance: PerUnit = 0.0
    """Shunt at the ``from`` end, per unit; magnetising is negative."""
    to_conductance: PerUnit = 0.0
    """Shunt at the ``to`` end, per unit."""
    to_susceptance: PerUnit = 0.0
    """Shunt at the ``to`` end, per unit."""
    tap_ratio: TapRatio = 1.0
    """Off-nominal ratio of magnitude at the ``from`` side at the neutral step."""
    phase_shift: Angle = 0.0
    """Angle by which the ``from`` side leads, at the neutral step."""
    tap_changer: TapChanger | None = None
    """Steps, where it has them."""
    vector_group: Annotated[str, Field(max_length=12)] = ""
    """Such as ``"Dyn5"``: the ``from`` winding first. Faults to earth need it."""
    zero_resistance: PerUnit | None = None
    """Zero sequence short-circuit value, per unit."""
    zero_reactance: PerUnit | None = None
    """Zero sequence short-circuit value, per unit."""
    zero_magnetising_reactance: PerUnit | None = None
    """Zero sequence magnetising reactance, per unit; where left out, no path."""
    from_neutral_resistance: PositiveImpedance | None = None
    """Between the ``from`` star point and earth; solid where left out and the star point is brought out."""
    from_neutral_reactance: Impedance | None = None
    """The same."""
    to_neutral_resistance: PositiveImpedance | None = None
    """Between the ``to`` star point and earth."""
    to_neutral_reactance: Impedance | None = None
    """The same."""
    rating: ApparentPower | None = None
    """Continuous; the rated power where left out and the data come from a nameplate."""
    short_time_rating: ApparentPower | None = None
    """For hours."""
    emergency_rating: ApparentPower | None = None
    """For minutes."""
    minimum_angle: Angle | None = None
    """Least angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch."""
    maximum_angle: Angle | None = None
    """Largest angle by which ``from_bus`` may lead ``to_bus``, in optimal dispatch."""
    power_station_unit: bool = False
    """Whether it belongs to a generator as one unit (IEC 60909-0 factors KS and KSO)."""
    equipment: Text = ""
    """Identifier in the equipment library."""
    in_service: bool = True
    """Whether it is connected."""


class ThreeWindingTransformer(Part):
    """A three-winding transformer: three legs that meet in a star point of its own.

    Leg impedances are per unit of the first winding's rated power; magnetising lies at the first winding.
    """

    name: Text = ""
    """What people call it."""
    bus_1: BusId
    """First winding."""
    bus_2: BusId
    """Second winding."""
    bus_3: BusId
    """Third winding."""
    rated_power_1: ApparentPower
    """Of the first winding; base of the per-unit values."""
    rated_power_2: ApparentPower | None = None
    """Of the second winding; as the first where left out."""
    rated_power_3: ApparentPower | None = None
    """Of the third winding; as the first where left out."""
    rated_voltage_1: NominalVoltage | None = None
    """The bus's nominal voltage where left out."""
    rated_voltage_2: NominalVoltage | None = None
    """The bus's nominal voltage where left out."""
    rated_voltage_3: NominalVoltage | None = None
    """The bus's nominal voltage where left out."""
    resistance_1: PerUnit
    """Leg of the first winding."""
    reactance_1: PerUnit
    """Leg of the first winding."""
    resistance_2: PerUnit
    """Leg of the second winding."""
    reactance_2: PerUnit
    """Leg of the second winding."""
    resistance_3: PerUnit
    """Leg of the third winding."""
    reactance_3: PerUnit
    """Leg of the third winding."""
    conductance: PerUnit = 0.0
    """Magnetising, at the first winding."""
    susceptance: PerUnit = 0.0
    """Magnetising, at the first winding; negative."""
    tap_ratio_1: TapRatio = 1.0
    """Off-nominal ratio."""
    tap_ratio_2: TapRatio = 1.0
    """Off-nominal ratio."""
    tap_ratio_3: TapRatio = 1.0
    """Off-nominal ratio."""
    phase_shift_1: Angle = 0.0
    """Angle by which the winding leads the star point."""
    phase_shift_2: Angle = 0.0
    """Angle by which the winding leads the star point."""
    phase_shift_3: Angle = 0.0
    """Angle by which the winding leads the star point."""
    tap_changer: TapChanger | None = None
    """Of the first winding."""
    vector_group: Annotated[str, Field(max_length=20)] = ""
    """Such as ``"YNyn0d5"``."""
    zero_resistance_1: PerUnit | None = None
    """Zero sequence leg."""
    zero_reactance_1: PerUnit | None = None
    """Zero sequence leg."""
    zero_resistance_2: PerUnit | None = None
    """Zero sequence leg."""
    zero_reactance_2: PerUnit | None = None
    """Zero sequence leg."""
    zero_resistance_3: PerUnit | None = None
    """Zero sequence leg."""
    zero_reactance_3: PerUnit | None = None
    """Zero sequence leg."""
    equipment: Text = ""
    """Identifier in the equipment library."""
    in_service: bool = True
    """Whether it is connected."""


class Cost(Part):
    """What generation costs per hour, over the active power in MW."""

    kind: Literal["polynomial", "piecewise"] = "polynomial"
    """Form of the curve."""
    coefficients: tuple[float, ...] = ()
    """Polynomial: from the constant upwards, per hour, per MWh, per MW²h, …"""
    points: tuple[tuple[float, float], ...] = ()
    """Piecewise linear: (MW, cost per hour), MW rising."""
    start_up: float = 0.0
    """Per start."""
    shut_down: float = 0.0
    """Per stop."""


class Generator(Part):
    """A synchronous machine or any source that holds the voltage of its bus by reactive power."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """Where it is connected."""
    active_power: ActivePower
    """Into the network."""
    reactive_power: ReactivePower = 0.0
    """Into the network; a start value where it holds the voltage."""
    voltage: PerUnitVoltage = 1.0
    """Set point, per unit, at its bus or at ``controlled_bus``."""
    holds_voltage: bool = True
    """Whether reactive power follows the voltage; otherwise ``reactive_power`` is fixed."""
    controlled_bus: Text = ""
    """Remote bus whose voltage is held; its own where left out."""
    reference: bool = False
    """Whether it fixes the angle and takes up the balance of its island (slack)."""
    participation: Share | None = None
    """Weight in a distributed slack; by maximum power where left out."""
    minimum_power: ActivePower | None = None
    """Lower limit of active power."""
    maximum_power: ActivePower | None = None
    """Upper limit of active power."""
    minimum_reactive: ReactivePower | None = None
    """Lower limit of reactive power."""
    maximum_reactive: ReactivePower | None = None
    """Upper limit of reactive power."""
    capability: tuple[tuple[ActivePower, ReactivePower, ReactivePower], ...] = ()
    """Capability curve: (active, minimum reactive, maximum reactive), active power rising; narrower than the limits."""
    rated_power: ApparentPower | None = None
    """Nameplate."""
    rated_voltage: NominalVoltage | None = None
    """Nameplate; the bus's nominal voltage where left out."""
    rated_power_factor: PowerFactor | None = None
    """Nameplate."""
    voltage_rise: Share | None = None
    """By which the terminal voltage may permanently exceed the rated one (p_G of IEC 60909-0); 0 where left out."""
    resistance: PerUnit | None = None
    """Stator, per unit of the ratings; the fictitious value of IEC 60909-0 where left out."""
    subtransient_reactance: PerUnit | None = None
    """Saturated x'' of the direct axis, per unit. Faults need it."""
    synchronous_reactance: PerUnit | None = None
    """Saturated x of the direct axis, per unit: steady-state fault current."""
    negative_reactance: PerUnit | None = None
    """Negative sequence, per unit; as the subtransient where left out."""
    zero_reactance: PerUnit | None = None
    """Zero sequence, per unit; no path where left out."""
    cost: Cost | None = None
    """For optimal dispatch."""
    equipment: Text = ""
    """Identifier in the equipment library."""
    in_service: bool = True
    """Whether it runs."""


class ExternalGrid(Part):
    """The rest of the world behind a bus: holds voltage and angle, takes up the balance."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """Where it is connected."""
    voltage: PerUnitVoltage = 1.0
    """Per unit."""
    angle: Angle = 0.0
    """Of the voltage."""
    maximum_fault_power: ApparentPower | None = None
    """Sk'' for the largest fault currents."""
    minimum_fault_power: ApparentPower | None = None
    """Sk'' for the smallest fault currents."""
    maximum_rx: Annotated[float, Quantity("1", ge=0, le=10)] | None = None
    """R/X of the source for the largest fault currents."""
    minimum_rx: Annotated[float, Quantity("1", ge=0, le=10)] | None = None
    """R/X of the source for the smallest fault currents."""
    zero_over_positive: Annotated[float, Quantity("1", gt=0, le=100)] | None = None
    """X0/X of the source for earth faults."""
    zero_rx: Annotated[float, Quantity("1", ge=0, le=10)] | None = None
    """R0/X0 of the source."""
    in_service: bool = True
    """Whether it is connected."""


class Load(Part):
    """A load: constant power unless shares of constant current or impedance are given (ZIP)."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """Where it is connected."""
    active_power: ActivePower
    """Drawn at nominal voltage."""
    reactive_power: ReactivePower = 0.0
    """Drawn at nominal voltage."""
    current_share: Share = 0.0
    """Part that goes with the voltage."""
    impedance_share: Share = 0.0
    """Part that goes with its square."""
    in_service: bool = True
    """Whether it is connected."""


class Shunt(Part):
    """A capacitor bank, a reactor, or any admittance to earth."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """Where it is connected."""
    conductance: Conductance = 0.0
    """Of one step."""
    susceptance: Susceptance = 0.0
    """Of one step; positive is a capacitor."""
    steps: Annotated[int, Field(ge=0, le=1000)] = 1
    """Switched on."""
    maximum_steps: Annotated[int, Field(ge=0, le=1000)] = 1
    """There are."""
    controls_voltage: bool = False
    """Whether steps are switched to hold the voltage."""
    controlled_bus: Text = ""
    """Where the voltage is held; its own bus where left out."""
    minimum_target: PerUnitVoltage | None = None
    """Below this a step is added."""
    maximum_target: PerUnitVoltage | None = None
    """Above this a step is taken off."""
    equipment: Text = ""
    """Identifier in the equipment library."""
    in_service: bool = True
    """Whether it is connected."""


class Switch(Part):
    """A breaker, disconnector or fuse: joins two buses, or connects one end of a branch to its bus."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """The bus on one side."""
    other_bus: Text = ""
    """The bus on the other side; empty where it sits at a branch."""
    branch_kind: Literal["", "lines", "transformers", "three_winding_transformers"] = ""
    """Table of the branch at which it sits."""
    branch: Text = ""
    """Identifier of that branch."""
    kind: Literal["breaker", "disconnector", "load_break", "fuse"] = "breaker"
    """What it is."""
    closed: bool = True
    """Position."""
    breaking_current: CurrentRating | None = None
    """Rated symmetrical breaking current."""
    making_current: CurrentRating | None = None
    """Rated peak making current."""
    withstand_current: CurrentRating | None = None
    """Rated short-time withstand current."""
    withstand_time: Annotated[float, Quantity("s", gt=0, le=10)] | None = None
    """For which the withstand current is rated."""
    rated_current: CurrentRating | None = None
    """Continuous."""
    equipment: Text = ""
    """Identifier in the equipment library."""


class HvdcLine(Part):
    """A direct-current link: takes power at one bus, gives what is left after losses at the other."""

    name: Text = ""
    """What people call it."""
    from_bus: BusId
    """Takes power where ``active_power`` is positive."""
    to_bus: BusId
    """Gives it."""
    active_power: ActivePower
    """Taken at ``from_bus``."""
    constant_loss: ActivePower = 0.0
    """Independent of the power."""
    loss_share: Share = 0.0
    """Share of the power that is lost."""
    from_holds_voltage: bool = True
    """Whether the converter at ``from_bus`` holds the voltage."""
    to_holds_voltage: bool = True
    """The same at ``to_bus``."""
    from_voltage: PerUnitVoltage = 1.0
    """Set point, per unit."""
    to_voltage: PerUnitVoltage = 1.0
    """Set point, per unit."""
    from_reactive_power: ReactivePower = 0.0
    """Into the network at ``from_bus``, where the voltage is not held."""
    to_reactive_power: ReactivePower = 0.0
    """The same at ``to_bus``."""
    minimum_power: ActivePower | None = None
    """Lower limit."""
    maximum_power: ActivePower | None = None
    """Upper limit."""
    from_minimum_reactive: ReactivePower | None = None
    """Limit."""
    from_maximum_reactive: ReactivePower | None = None
    """Limit."""
    to_minimum_reactive: ReactivePower | None = None
    """Limit."""
    to_maximum_reactive: ReactivePower | None = None
    """Limit."""
    in_service: bool = True
    """Whether it runs."""


class Converter(Part):
    """A source behind power electronics: photovoltaics, wind, battery, SVC, STATCOM."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """Where it is connected."""
    kind: Literal["photovoltaic", "wind", "battery", "svc", "statcom", "other"] = "other"
    """What stands behind it."""
    active_power: ActivePower = 0.0
    """Into the network."""
    reactive_power: ReactivePower = 0.0
    """Into the network, where the voltage is not held."""
    holds_voltage: bool = False
    """Whether reactive power follows the voltage."""
    voltage: PerUnitVoltage = 1.0
    """Set point, per unit."""
    minimum_reactive: ReactivePower | None = None
    """Limit."""
    maximum_reactive: ReactivePower | None = None
    """Limit."""
    rated_power: ApparentPower | None = None
    """Nameplate."""
    fault_current_ratio: Annotated[float, Quantity("1", ge=0, le=10)] | None = None
    """Fault current over rated current (full converters, IEC 60909-0:2016)."""
    in_service: bool = True
    """Whether it runs."""


class Motor(Part):
    """An asynchronous motor: a load in power flow, a source in the first cycles of a fault."""

    name: Text = ""
    """What people call it."""
    bus: BusId
    """Where it is connected."""
    rated_power: ActivePower
    """Mechanical, of all units together."""
    rated_voltage: NominalVoltage | None = None
    """Nameplate; the bus's nominal voltage where left out."""
    efficiency: Annotated[float, Quantity("1", gt=0, le=1)]
    """At rated power."""
    power_factor: PowerFactor
    """At rated power."""
    loading: Annotated[float, Quantity("1", ge=0, le=2)] = 1.0
    """Mechanical power over rated."""
    locked_rotor_ratio: Annotated[float, Quantity("1", gt=0, le=20)] | None = None
    """Locked-rotor current over rated current. Faults need it."""
    rx: Annotated[float, Quantity("1", ge=0, le=10)] | None = None
    """R/X with locked rotor; by IEC 60909-0 from power per pole pair where left out."""
    pole_pairs: Annotated[int, Field(ge=1, le=100)] = 1
    """Of each unit."""
    units: Annotated[int, Field(ge=1, le=10000)] = 1
    """Machines that stand behind this record."""
    in_service: bool = True
    """Whether it runs."""
