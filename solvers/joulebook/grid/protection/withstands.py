r"""What equipment withstands: transformers, conductors, motors, as times over current.

**Transformers** (IEEE C57.109-2018, categories I to IV): with I the current in multiples of the rated one, thermal
limit :math:`I^2 t = 1250` for high currents and the points of the guide below; where faults are frequent, categories II
and above are limited by their windings' strength as well, :math:`I^2 t = K`, with K such that the largest through-fault
current, :math:`1/z`, lasts 2 s: from 70 % of that current in category II (only the transformer's own impedance counts),
from 50 % in III and IV (with that of the system). Category IV has the mechanical part whatever the number of faults.

**Conductors** (IEC 60364-5-54:2011 Annex A, IEC 60949:1988): adiabatic heating, for faults of up to 5 s,

.. math:: I^2 t = k^2 S^2, \quad
          k = \sqrt{\frac{Q_c (\beta + 20)}{\rho_{20}} \ln\frac{\beta + \theta_f}{\beta + \theta_i}}

**Motors**: the start is a load, locked-rotor current for the time of the start; the limit is :math:`I^2 t` of the
locked rotor, and while running the first-order thermal image of IEC 60255-149:2013,
:math:`t = \tau \ln \frac{I^2 - I_p^2}{I^2 - (k I_b)^2}`.
"""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.grid.protection.devices import Array, currents_from
from joulebook.grid.protection.points import time_on_points
from joulebook.grid.protection.quantities import (
    Amperes,
    CrossSection,
    Delay,
    Duration,
    FractionOfOne,
    Kelvin,
    Label,
    Multiple,
    SystemVoltage,
)

__all__ = ["CONDUCTORS", "ConductorLimit", "MotorLimit", "MotorStart", "TransformerLimit", "Withstand", "adiabatic_k"]

_THERMAL_POINTS: Final = ((2.0, 1800.0), (3.0, 300.0), (4.75, 60.0), (6.3, 30.0), (11.3, 10.0), (25.0, 2.0))
"""Thermal withstand in multiples of the rated current and s: IEEE C57.109-2018, from ANSI C57.92."""
_ENERGY: Final = 1250.0
_ADIABATIC_LIMIT: Final = 5.0

CONDUCTORS: Final[dict[str, tuple[float, float, float]]] = {
    "copper": (3.45e6, 234.5, 17.241e-9),
    "aluminium": (2.5e6, 228.0, 28.264e-9),
    "lead": (1.45e6, 230.0, 214e-9),
    "steel": (3.8e6, 202.0, 138e-9),
}
"""Heat capacity, J/(K m³); reciprocal of the temperature coefficient at 0 °C, K; resistivity at 20 °C, Ω m.
IEC 60364-5-54:2011, Table A.54.1."""


class Withstand(Part):
    """What every limit or load has."""

    name: Label
    """What it is called; unique in a scheme."""
    voltage: SystemVoltage
    """Line-to-line voltage of the side on which its currents are counted."""

    @property
    def is_load(self) -> bool:
        """Whether devices must stay above it (a motor's start), not below."""
        return False

    def corners(self) -> list[float]:
        """List the currents at which it bends or jumps.

        Returns
        -------
        list of float, A
            At its voltage.
        """
        raise NotImplementedError

    def withstand_time(self, current: ArrayLike) -> Array:
        """Compute how long a current may last.

        Parameters
        ----------
        current : array_like, any shape, A
            At its voltage.

        Returns
        -------
        ndarray, shape of current, s
            Infinite where it may last for ever; NaN where the curve says nothing.
        """
        raise NotImplementedError


class TransformerLimit(Withstand):
    """Through-fault withstand of a liquid-immersed transformer.

    Examples
    --------
    >>> limit = TransformerLimit(name="T1", voltage=11e3, rated_power=2.0e6, impedance=0.06, faults="frequent")
    >>> limit.category, limit.withstand_time([limit.rated_current / 0.06]).round(3)
    ('II', array([2.]))
    """

    type: Literal["transformer"] = "transformer"
    """Tells limits apart."""
    rated_power: Annotated[float, Quantity("VA", gt=0, le=1e10, display=("MVA", 1e-6))]
    """With natural cooling: the base of the guide's multiples."""
    impedance: Annotated[float, Quantity("1", gt=0, lt=1, display=("%", 100.0))]
    """Short-circuit impedance on the rated power."""
    phases: Literal[1, 3] = 3
    """Of the transformer."""
    faults: Literal["frequent", "infrequent"] = "infrequent"
    """Frequent means more than 10 (category II) or 5 (category III) through faults in its life."""
    system_impedance: FractionOfOne = 0.0
    """Of the system before it, on the rated power of the transformer; counts for categories III and IV."""
    current_factor: Annotated[float, Quantity("1", gt=0, le=2)] = 1.0
    """Line current of the fault on this side over winding current: 0.58 for an earth fault behind a delta-wye
    transformer, 0.87 for a two-phase fault behind delta-delta."""

    @property
    def rated_current(self) -> float:
        """Rated line current at its voltage, A."""
        factor = math.sqrt(3.0) if self.phases == 3 else 1.0
        return self.rated_power / (factor * self.voltage)

    @property
    def category(self) -> str:
        """Category by rated power, I to IV."""
        limits = (500e3, 5e6, 30e6) if self.phases == 3 else (500e3, 1667e3, 10e6)
        return ("I", "II", "III", "IV")[sum(self.rated_power > limit for limit in limits)]

    @property
    def mechanical(self) -> tuple[float, float] | None:
        """Multiple of the rated current from which the mechanical limit holds, and its I²t, s; None without."""
        category = self.category
        if category == "I" or (category != "IV" and self.faults == "infrequent"):
            return None
        z = self.impedance + (self.system_impedance if category in {"III", "IV"} else 0.0)
        return (0.7 if category == "II" else 0.5) / z, 2.0 / z**2

    def corners(self) -> list[float]:
        """List the points of the guide, and where the mechanical limit begins.

        Returns
        -------
        list of float, A
            Line currents.
        """
        unit = self.rated_current * self.current_factor
        edges = [] if self.mechanical is None else [self.mechanical[0]]
        return sorted(unit * multiple for multiple in (*(m for m, _ in _THERMAL_POINTS), *edges))

    def withstand_time(self, current: ArrayLike) -> Array:
        """Compute how long a through-fault may last.

        Parameters
        ----------
        current : array_like, any shape, A
            Line current at its voltage.

        Returns
        -------
        ndarray, shape of current, s
            Infinite below twice the rated current, where loading guides take over.

        References
        ----------
        IEEE C57.109-2018, clause 5; IEEE C37.91-2008, Annex A.
        """
        multiple = currents_from(current) / (self.rated_current * self.current_factor)
        time = time_on_points(_THERMAL_POINTS, multiple)
        if self.mechanical is not None:
            start, energy = self.mechanical
            time = np.where(multiple >= start, np.minimum(time, energy / np.maximum(multiple, start) ** 2), time)
        return time


def adiabatic_k(material: str, initial_temperature: float, final_temperature: float) -> float:
    r"""Compute the factor k of a conductor that heats adiabatically.

    Parameters
    ----------
    material : str
        ``"copper"``, ``"aluminium"``, ``"lead"`` or ``"steel"``.
    initial_temperature, final_temperature : float, K
        Before the fault, and the highest that the insulation allows.

    Returns
    -------
    float, A s^½/m²
        As :math:`I \sqrt{t} / S`; divide by 1e6 for A s^½/mm².

    Raises
    ------
    InputError
        If the material is unknown, or the temperature does not rise.

    References
    ----------
    IEC 60364-5-54:2011, equation A.1 and Table A.54.1.

    Examples
    --------
    >>> round(adiabatic_k("copper", 343.15, 433.15) / 1e6, 1)
    114.8
    """
    if material not in CONDUCTORS:
        raise InputError(Issue("material", material, "no such conductor", f"Known: {', '.join(CONDUCTORS)}"))
    if final_temperature <= initial_temperature:
        rule = f"must be more than the initial temperature, {initial_temperature:g} K"
        raise InputError(Issue("final_temperature", final_temperature, rule, "Swap them", "K"))
    heat, beta, resistivity = CONDUCTORS[material]
    ratio = (beta + final_temperature - 273.15) / (beta + initial_temperature - 273.15)
    return math.sqrt(heat * (beta + 20.0) / resistivity * math.log(ratio))


class ConductorLimit(Withstand):
    """Short-circuit withstand of a cable or a conductor.

    Examples
    --------
    >>> cable = ConductorLimit(name="C1", voltage=400.0, cross_section=95e-6, material="aluminium",
    ...     initial_temperature=363.15, final_temperature=523.15)
    >>> cable.withstand_time([8970.0]).round(2)
    array([1.])
    """

    type: Literal["conductor"] = "conductor"
    """Tells limits apart."""
    cross_section: CrossSection
    """Of one conductor."""
    material: Literal["copper", "aluminium", "lead", "steel"] = "copper"
    """Of the conductor."""
    parallel: Annotated[float, Quantity("1", ge=1, le=100)] = 1.0
    """Conductors in parallel that share the current evenly."""
    initial_temperature: Kelvin = 343.15
    """Before the fault."""
    final_temperature: Kelvin = 433.15
    """The highest that the insulation allows in a short circuit."""

    @model_validator(mode="after")
    def _heats(self) -> Self:
        adiabatic_k(self.material, self.initial_temperature, self.final_temperature)
        return self

    @property
    def energy(self) -> float:
        """Withstand I²t, A² s."""
        k = adiabatic_k(self.material, self.initial_temperature, self.final_temperature)
        return (k * self.cross_section * self.parallel) ** 2

    def corners(self) -> list[float]:
        """Give the current at which the adiabatic formula begins to hold.

        Returns
        -------
        list of float, A
            That of 5 s.
        """
        return [math.sqrt(self.energy / _ADIABATIC_LIMIT)]

    def withstand_time(self, current: ArrayLike) -> Array:
        """Compute how long a current may last.

        Parameters
        ----------
        current : array_like, any shape, A
            Line current at its voltage.

        Returns
        -------
        ndarray, shape of current, s
            NaN where it is longer than 5 s: the conductor cools meanwhile, and the formula would be too strict.

        References
        ----------
        IEC 60364-5-54:2011, 543.1.2; IEC 60949:1988, 3.
        """
        amperes = currents_from(current)
        with np.errstate(divide="ignore"):
            time = self.energy / amperes**2
        return np.where(time <= _ADIABATIC_LIMIT * (1 + 1e-12), time, np.nan)


class MotorStart(Withstand):
    """Current of a motor while it starts: devices must let it pass."""

    type: Literal["motor start"] = "motor start"
    """Tells limits apart."""
    rated_current: Amperes
    """Of the motor."""
    start_ratio: Multiple = 6.0
    """Locked-rotor current over rated current."""
    start_time: Duration = 5.0
    """Until it runs."""
    inrush_ratio: Multiple = 10.0
    """First asymmetrical current over rated current."""
    inrush_time: Delay = 0.1
    """How long the first current lasts."""

    @model_validator(mode="after")
    def _orders(self) -> Self:
        if self.inrush_ratio < self.start_ratio:
            rule = f"must be at least start_ratio = {self.start_ratio:g}"
            raise InputError(Issue("inrush_ratio", self.inrush_ratio, rule))
        return self

    @property
    def is_load(self) -> bool:
        """Devices must stay above it."""
        return True

    def corners(self) -> list[float]:
        """List rated, locked-rotor and first current.

        Returns
        -------
        list of float, A
            At its voltage.
        """
        return [self.rated_current * ratio for ratio in (1.0, self.start_ratio, self.inrush_ratio)]

    def withstand_time(self, current: ArrayLike) -> Array:
        """Compute how long the motor itself draws at least this current.

        Parameters
        ----------
        current : array_like, any shape, A
            Line current at its voltage.

        Returns
        -------
        ndarray, shape of current, s
            Infinite up to the rated current, 0 above the first current.
        """
        ratio = currents_from(current) / self.rated_current
        out = np.where(ratio <= self.inrush_ratio, self.inrush_time, 0.0)
        out = np.where(ratio <= self.start_ratio, max(self.start_time, self.inrush_time), out)
        return np.where(ratio <= 1.0, np.inf, out)


class MotorLimit(Withstand):
    """Thermal limit of a motor, stalled and running.

    Examples
    --------
    >>> limit = MotorLimit(name="M1", voltage=400.0, rated_current=100.0, stall_time=12.0, time_constant=900.0)
    >>> limit.withstand_time([100.0, 200.0, 600.0]).round(1)
    array([  inf, 290.2,  12. ])
    """

    type: Literal["motor limit"] = "motor limit"
    """Tells limits apart."""
    rated_current: Amperes
    """Of the motor."""
    start_ratio: Multiple = 6.0
    """Locked-rotor current over rated current."""
    stall_time: Duration = 10.0
    """How long the locked-rotor current may last."""
    time_constant: Duration = 900.0
    """Of heating while it runs."""
    service_factor: Annotated[float, Quantity("1", ge=1, le=2)] = 1.05
    """Current that may last for ever, over rated current."""
    preload: Annotated[float, Quantity("1", ge=0, le=1)] = 0.0
    """Load before, over rated load: 0 cold, 1 hot."""

    def corners(self) -> list[float]:
        """List the lasting, twice the rated and the locked-rotor current.

        Returns
        -------
        list of float, A
            At its voltage.
        """
        return [self.rated_current * ratio for ratio in (self.service_factor, 2.5, self.start_ratio)]

    def withstand_time(self, current: ArrayLike) -> Array:
        """Compute how long a current may last.

        Parameters
        ----------
        current : array_like, any shape, A
            Line current at its voltage.

        Returns
        -------
        ndarray, shape of current, s
            The smaller of the running limit and, above 2.5 times the rated current, the stalled one.

        References
        ----------
        IEC 60255-149:2013, equation 3 (running); IEEE C37.96-2012, clause 5 (stalled, constant I²t).
        """
        ratio = currents_from(current) / self.rated_current
        over = ratio > self.service_factor
        safe = np.where(over, ratio, 2.0 * self.service_factor)
        running = self.time_constant * np.log((safe**2 - self.preload**2) / (safe**2 - self.service_factor**2))
        stalled = self.stall_time * (self.start_ratio / safe) ** 2
        time = np.where(safe > 2.5, np.minimum(running, stalled), running)
        return np.where(over, time, np.inf)
