"""Protocols of the trade: charging, cycling, rate tests, pulse tests, titration."""

from __future__ import annotations

import math
from collections.abc import Sequence

from joulebook.battery.protocol import Protocol
from joulebook.battery.sentences import read_rate
from joulebook.battery.step_kinds import Charge, Discharge, Hold, Rest
from joulebook.battery.steps import Step
from joulebook.core.errors import InputError, Issue

__all__ = ["cccv", "cycling", "gitt", "hppc", "rate_capability"]

MOST_CYCLES = 50_000


def cccv(voltage: float, *, rate: str = "C/2", until: str = "C/50", rest: float | str | None = None) -> Protocol:
    """Charge at a constant current, then hold the voltage.

    Parameters
    ----------
    voltage : float, V
        Where the current ends and the hold begins.
    rate : str
        Of the current, such as ``"C/2"`` or ``"2.5 A"``.
    until : str
        What ends the hold, such as ``"C/50"`` or ``"30 minutes"``.
    rest : float or str, optional
        Rest afterwards, s, or text such as ``"1 hour"``.

    Returns
    -------
    Protocol
        Two steps, or three.

    Examples
    --------
    >>> print(cccv(4.2, rest="1 hour"))
    Charge at C/2 until 4.2 V
    Hold at 4.2 V until C/50
    Rest for 1 hour
    """
    return Protocol([*_charged(voltage, rate, until), *_rested(rest)])


def cycling(
    cycles: int,
    *,
    voltage: float,
    discharge: str = "1C",
    charge: str = "C/2",
    until: str = "C/50",
    rest: float | str | None = None,
    check_up: Protocol | None = None,
    check_every: int = 50,
) -> Protocol:
    """Discharge to the cut-off and charge with a hold, many times.

    Parameters
    ----------
    cycles : int
        How often.
    voltage : float, V
        Where the charge changes to a hold.
    discharge, charge : str
        Rates.
    until : str
        What ends the hold.
    rest : float or str, optional
        Rest after discharge and after charge, s, or text.
    check_up : Protocol, optional
        Done before the first cycle and after every ``check_every`` of them; it counts as a cycle of its own.
    check_every : int
        Cycles between check-ups.

    Returns
    -------
    Protocol
        One cycle per discharge and charge.

    Raises
    ------
    InputError
        If a count is not allowed, or a rate is not understood.

    Examples
    --------
    >>> test = cycling(100, voltage=4.2, check_up=Protocol("Discharge at C/10 until cut-off") + cccv(4.2))
    >>> test.cycles, len(test)
    (103, 309)
    """
    _whole("cycles", cycles, 1, MOST_CYCLES)
    _whole("check_every", check_every, 1, MOST_CYCLES)
    down = Discharge(discharge, until="cut-off")
    cycle = (down, *_rested(rest), *_charged(voltage, charge, until), *_rested(rest))
    if check_up is None:
        return Protocol([cycle]) * cycles
    check = Protocol([tuple(check_up.items)]) if all(isinstance(item, Step) for item in check_up.items) else check_up
    stretches, left = divmod(cycles, check_every)
    made = check
    if stretches:
        made = made + (Protocol([cycle]) * check_every + check) * stretches
    return made + (Protocol([cycle]) * left + check) if left else made


def rate_capability(
    rates: Sequence[str],
    *,
    voltage: float,
    charge: str = "C/3",
    until: str = "C/20",
    rest: float | str | None = "1 hour",
) -> Protocol:
    """Discharge at one rate after another, each time from the same full charge.

    Parameters
    ----------
    rates : sequence of str
        Discharge rates, such as ``["C/10", "1C", "2C"]``.
    voltage : float, V
        Where the charge changes to a hold.
    charge : str
        Rate of the charge.
    until : str
        What ends the hold.
    rest : float or str, optional
        Rest after charge and after discharge, s, or text.

    Returns
    -------
    Protocol
        One cycle per rate: charge, rest, discharge to the cut-off, rest.

    Raises
    ------
    InputError
        If there is no rate, or one is not understood.

    Examples
    --------
    >>> rate_capability(["C/10", "1C", "3C"], voltage=4.2).cycles
    3
    """
    if isinstance(rates, str) or not rates:
        raise InputError(Issue("rates", rates, "must be a list of rates", "Write, for example, [“C/10”, “1C”]"))
    return Protocol(
        [
            (*_charged(voltage, charge, until), *_rested(rest), Discharge(rate, until="cut-off"), *_rested(rest))
            for rate in rates
        ]
    )


def hppc(
    *,
    pulse: float = 1.0,
    pulse_duration: float = 30.0,
    pause: float = 40.0,
    regeneration: float = 0.75,
    regeneration_duration: float = 10.0,
    rate: float = 1.0 / 3.0,
    depth_step: float = 0.1,
    rest: float = 3600.0,
) -> Protocol:
    """Hybrid pulse power characterisation of a full cell: a discharge and a charge pulse at each depth of discharge.

    The pulses lie ``depth_step`` of the nominal capacity apart: the discharge between them takes what their net charge
    leaves. A step that reaches a cut-off ends there. The defaults are those for cells of electric vehicles; the manuals
    for hybrids have pulses of 10 s. The pulse current is yours to set.

    Parameters
    ----------
    pulse : float, 1/h
        C-rate of the discharge pulse.
    pulse_duration : float, s
        Of the discharge pulse.
    pause : float, s
        Rest between the two pulses.
    regeneration : float
        Current of the charge pulse, as a share of that of the discharge pulse.
    regeneration_duration : float, s
        Of the charge pulse.
    rate : float, 1/h
        C-rate of the discharge to the next depth.
    depth_step : float
        Distance of the pulses, as a share of the nominal capacity.
    rest : float, s
        Rest before each pair of pulses.

    Returns
    -------
    Protocol
        One cycle per depth: rest, pulse, pause, charge pulse, discharge to the next depth; a rest at the end.

    Raises
    ------
    InputError
        If a value is not allowed, or the pulses take more charge than lies between two depths.

    References
    ----------
    Christophersen 2015, Battery Test Manual for Electric Vehicles, INL/EXT-15-34184 rev. 3, doi:10.2172/1186745: a
    discharge pulse of 30 s and a regenerative pulse of 10 s (as quoted by works that follow it, with 40 s between
    them and steps of 10 % at C/3; the manual itself was not at hand). ISO 12405-4: regenerative current 75 % of the
    discharge current. Neware Technology, "Testing principles and parameter configuration for hybrid pulse power
    characterization (HPPC)": 1 h of rest before each pair of pulses, from full to empty, and at the end.

    Examples
    --------
    >>> test = hppc(pulse=2.0)
    >>> test.cycles
    10
    >>> print(next(iter(test)))
    Rest for 1 hour
    """
    for name, value, low, high in (
        ("pulse", pulse, 1e-3, 1e3),
        ("pulse_duration", pulse_duration, 1e-3, 1e5),
        ("pause", pause, 1e-3, 1e6),
        ("regeneration", regeneration, 1e-3, 1e3),
        ("regeneration_duration", regeneration_duration, 1e-3, 1e5),
        ("rate", rate, 1e-3, 1e3),
        ("depth_step", depth_step, 1e-3, 0.5),
        ("rest", rest, 1e-3, 1e7),
    ):
        _within(name, value, low, high)
    taken = pulse * (pulse_duration - regeneration * regeneration_duration) / 3600.0
    left = depth_step - taken
    if left <= 0.0:
        rule = f"must be more than the net charge of the pulses, {taken:.4g} of the nominal capacity"
        raise InputError(Issue("depth_step", depth_step, rule, "Take shorter or weaker pulses"))
    cycle = (
        Rest(rest),
        Step(c_rate=pulse, duration=pulse_duration, until="cut-off"),
        Rest(pause),
        Step(c_rate=-regeneration * pulse, duration=regeneration_duration, until="cut-off"),
        Step(c_rate=rate, duration=round(left * 3600.0 / rate, 6)),
    )
    return Protocol([cycle]) * math.ceil(1.0 / depth_step - 1e-9) + Rest(rest)


def gitt(
    *,
    rate: str = "C/10",
    pulse: float | str = "10 minutes",
    rest: float | str = "1 hour",
    charge: bool = False,
    pulses: int | None = None,
) -> Protocol:
    """Galvanostatic intermittent titration: short pulses of a small current, each followed by a rest.

    Parameters
    ----------
    rate : str
        Of the pulses.
    pulse, rest : float or str
        How long each lasts, s, or text.
    charge : bool
        Titrate in the charge direction.
    pulses : int, optional
        How many; needed where the rate is not a C-rate. If left out, as many as pass the nominal capacity and a
        tenth more; a pulse that reaches the cut-off ends there.

    Returns
    -------
    Protocol
        One cycle per pulse.

    Raises
    ------
    InputError
        If a rate or a time is not understood, or the number of pulses is missing.

    Examples
    --------
    >>> test = gitt(rate="C/10", pulse="30 minutes", rest="2 hours")
    >>> test.cycles
    22
    """
    make = Charge if charge else Discharge
    step = make(rate, duration=pulse)
    if pulses is None:
        held, size = read_rate(rate, "rate")
        if held != "c_rate":
            raise InputError(Issue("pulses", None, f"must be given with a rate of “{rate}”", "Or give the rate in C"))
        pulses = math.ceil(1.1 * 3600.0 / (size * step.duration) - 1e-9)
    _whole("pulses", pulses, 1, MOST_CYCLES)
    return Protocol([(step, Rest(rest))]) * pulses


def _charged(voltage: float, rate: str, until: str) -> list[Step]:
    held = Hold(voltage, until=until)
    return [Charge(rate, until=f"{voltage!r} V"), held]


def _rested(rest: float | str | None) -> list[Step]:
    return [] if rest is None else [Rest(rest)]


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(Issue(name, value, f"must be a whole number from {low} to {high}"))


def _within(name: str, value: object, low: float, high: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(Issue(name, value, f"must be a number from {low:g} to {high:g}"))
