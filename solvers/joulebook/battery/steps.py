"""One step of a protocol as an object: what is held, and what ends it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, Final

from joulebook.battery.series import Series
from joulebook.battery.step_ends import (
    LARGEST,
    QUANTITIES,
    SMALLEST,
    End,
    amount_text,
    duration_text,
    float_or_nan,
    number_text,
    rate_text,
    read_amount,
)
from joulebook.core.errors import InputError, Issue

__all__ = ["HELD", "Step"]

HELD: Final = ("current", "c_rate", "power", "voltage", "resistance")
HELD_UNITS: Final = {"current": "A", "c_rate": "C", "power": "W", "voltage": "V", "resistance": "ohm"}


class Step:
    """One step of a protocol; immutable.

    Exactly one quantity is held, at a number or along a :class:`~joulebook.battery.series.Series`. Currents, powers
    and resistances are positive on discharge and negative on charge.

    Parameters
    ----------
    current : float or Series, A
        Held current; 0 is a rest.
    c_rate : float or Series, 1/h
        Held current in multiples of the cell's nominal capacity.
    power : float or Series, W
        Held power.
    voltage : float or Series, V
        Held voltage.
    resistance : float or Series, ohm
        Held load.
    until : str, End or sequence of these
        What ends the step, such as ``"2.5 V"``, ``"C/50"``, ``"2 Ah"``, ``"45 degC"``, ``"anode potential 0 V"`` or
        ``"cut-off"``; the first to come.
    duration : float or str, optional
        Longest time, s, or text such as ``"30 minutes"``.
    period : float or str, optional
        Time between the points that a test bench would record, s; kept with the step, it does not change a study.
    written : str
        The sentence that the step was read from; not compared.

    Raises
    ------
    InputError
        If the values contradict each other; all faults at once.

    Examples
    --------
    >>> step = Step(c_rate=0.5, until="2.5 V", duration="3 hours")
    >>> print(step)
    Discharge at C/2 for 3 hours or until 2.5 V
    >>> step == Step(c_rate=0.5, until="2500 mV", duration=10800)
    True
    """

    __slots__ = ("_duration", "_ends", "_held", "_period", "_value", "_written")

    def __init__(
        self,
        *,
        current: float | Series | None = None,
        c_rate: float | Series | None = None,
        power: float | Series | None = None,
        voltage: float | Series | None = None,
        resistance: float | Series | None = None,
        until: str | End | Sequence[str | End] = (),
        duration: float | str | None = None,
        period: float | str | None = None,
        written: str = "",
    ) -> None:
        given = dict(zip(HELD, (current, c_rate, power, voltage, resistance), strict=True))
        chosen = {name: value for name, value in given.items() if value is not None}
        if len(chosen) != 1:
            raise InputError(
                Issue("step", sorted(chosen) or None, "must hold exactly one quantity", f"One of {', '.join(HELD)}")
            )
        faults: list[Issue] = []
        (held, value), *_ = chosen.items()
        self._held = held
        self._value = _held_value(held, value, faults)
        self._written = written
        self._period = _seconds("period", period, faults)
        self._duration = _seconds("duration", duration, faults) or math.inf
        ends = _ends(until, faults)
        if not faults:
            self._duration = min([self._duration, *(end for end in ends if not isinstance(end, End))])
            self._ends = _ordered([end for end in ends if isinstance(end, End)], self.direction)
            faults += _contradictions(self)
        if faults:
            raise InputError(faults, f"step “{written}”" if written else "step")
        if isinstance(self._value, Series):
            self._duration = min(self._duration, self._value.duration)

    @property
    def held(self) -> str:
        """What is held: ``current``, ``c_rate``, ``power``, ``voltage`` or ``resistance``."""
        return self._held

    @property
    def value(self) -> float | Series:
        """At which value, A, C, W, V or ohm, or along which series; positive on discharge."""
        return self._value

    @property
    def until(self) -> tuple[End, ...]:
        """What ends the step, besides time."""
        return self._ends

    @property
    def duration(self) -> float:
        """Longest time, s; infinite without one."""
        return self._duration

    @property
    def period(self) -> float | None:
        """Time between recorded points, s, where one was given."""
        return self._period

    @property
    def written(self) -> str:
        """The step as it was written; its sentence where it was not."""
        return self._written or self.sentence

    @property
    def is_rest(self) -> bool:
        """Whether no current flows."""
        return self._held == "current" and self._value == 0.0

    @property
    def direction(self) -> int:
        """+1 where the step only discharges, -1 where it only charges, 0 where neither is known beforehand."""
        if self._held == "voltage" or self.is_rest:
            return 0
        if isinstance(self._value, Series):
            return self._value.sign
        return 1 if self._value > 0.0 else -1

    @property
    def what(self) -> str:
        """What is done, without what ends it."""
        return _held_text(self)

    @property
    def sentence(self) -> str:
        """The step in words; read back, it is the same step. A series is only described."""
        times = [f"for {duration_text(self._duration)}"] if self._duration < math.inf else []
        if isinstance(self._value, Series):
            times = [] if self._duration == self._value.duration else times
        natural = {1: "falls", -1: "rises"}.get(self.direction, "")
        ends = [f"until {amount_text(end, natural)}" for end in self._ends]
        period = f" ({duration_text(self._period)} period)" if self._period else ""
        return f"{_held_text(self)} {' or '.join([*times, *ends])}".rstrip() + period

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"<Step: {self.sentence}>"

    def _key(self) -> tuple[Any, ...]:
        return (self._held, self._value, self._ends, self._duration, self._period)

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Step) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        duration = None if self._duration == math.inf else self._duration
        return (_again, (self._held, self._value, self._ends, duration, self._period, self._written))


def _again(
    held: str, value: float | Series, until: tuple[End, ...], duration: float | None, period: float | None, written: str
) -> Step:
    """Make a step anew from its parts."""
    made: dict[str, Any] = {held: value}
    return Step(**made, until=until, duration=duration, period=period, written=written)


def _held_value(held: str, value: Any, faults: list[Issue]) -> float | Series:
    unit = HELD_UNITS[held]
    if isinstance(value, Series):
        if held == "voltage" and value.values.min() <= 0.0:
            faults.append(Issue("voltage", float(value.values.min()), "must be more than 0 V everywhere", "", "V"))
        if held == "resistance" and abs(value.values).min() < SMALLEST:
            faults.append(Issue("resistance", 0.0, "must not be 0", "A short is not a load", "ohm"))
        return value
    if isinstance(value, bool) or not isinstance(value, Real) or not abs(float_or_nan(value)) <= LARGEST:
        faults.append(Issue(held, value, f"must be a number, from 1e-9 to 1e9 {unit} in size", "", unit))
        return 0.0
    number = float(value)
    if held == "voltage" and not SMALLEST <= number <= LARGEST:
        faults.append(Issue(held, number, "must be from 1e-9 to 1e9 V", "", unit))
    elif not (number == 0.0 and held == "current") and not SMALLEST <= abs(number) <= LARGEST:
        hint = "For no current at all, use Rest" if number == 0.0 else ""
        faults.append(Issue(held, number, f"must be from 1e-9 to 1e9 {unit} in size", hint, unit))
    return number + 0.0


def _seconds(name: str, given: float | str | None, faults: list[Issue]) -> float | None:
    if given is None:
        return None
    try:
        if isinstance(given, str):
            found = read_amount(given, name)
            if isinstance(found, End):
                raise InputError(Issue(name, given, "must be a time", "Write, for example, “30 minutes”"))
            return found
        if isinstance(given, bool) or not SMALLEST <= float_or_nan(given) <= LARGEST:
            raise InputError(Issue(name, given, "must be from 1e-9 to 1e9 s", unit="s"))
        return float(given)
    except InputError as error:
        faults.extend(error.issues)
    except (TypeError, ValueError):
        faults.append(Issue(name, given, "must be a time", "Write, for example, “30 minutes”"))
    return None


def _ends(until: Any, faults: list[Issue]) -> list[End | float]:
    given = [until] if isinstance(until, str | End) else until
    if not isinstance(given, Iterable):
        faults.append(Issue("until", until, "must be text with a unit", "Write, for example, “2.5 V”"))
        return []
    found: list[End | float] = []
    for item in given:
        if isinstance(item, End):
            found.append(item)
        elif isinstance(item, str):
            try:
                found.append(read_amount(item, "until"))
            except InputError as error:
                faults.extend(error.issues)
        else:
            faults.append(Issue("until", item, "must be text with a unit", "Write, for example, “2.5 V”"))
    return found


def _ordered(ends: list[End], direction: int) -> tuple[End, ...]:
    """Bring ends into one order, with the side of a voltage written out where the direction says it."""
    natural = {1: "falls", -1: "rises"}.get(direction, "")
    sided = [
        End(end.quantity, end.value, end.side or natural) if end.quantity == "voltage" else End(end.quantity, end.value)
        for end in ends
    ]
    return tuple(sorted(sided, key=lambda end: (QUANTITIES.index(end.quantity), end.side, end.value)))


def _contradictions(step: Step) -> list[Issue]:
    """What is wrong with a step whatever the cell is."""
    shown, found = step.sentence, []
    kinds = [(end.quantity, end.side) for end in step.until]
    constant = not isinstance(step.value, Series)

    def fault(rule: str, hint: str = "") -> None:
        found.append(Issue("until", shown, rule, hint))

    if constant and not step.until and step.duration == math.inf:
        fault("has no end", "Add, for example, “for 1 hour” or “until cut-off”")
    if isinstance(step.value, Series) and math.inf > step.duration > step.value.duration:
        fault(f"lasts longer than its series, {step.value.duration:g} s", "Repeat it: Protocol(step) * 2")
    if len(kinds) != len(set(kinds)) or {"current", "c_rate"} <= {kind for kind, _ in kinds}:
        fault("ends twice by the same quantity", "Keep the one that comes first")
    for quantity, side in kinds:
        if quantity in {"voltage", "cut-off"} and step.held == "voltage":
            fault("holds the voltage, so it cannot end by one", "End it by a current: “until C/50”, or a time")
        elif quantity in {"current", "c_rate"} and constant and step.held in {"current", "c_rate"}:
            fault("holds the current, so it cannot end by one", "End it by a voltage, a capacity or a time")
        elif quantity == "charge" and step.is_rest:
            fault("passes no charge", "End a rest by a time")
        elif quantity == "cut-off" and step.is_rest:
            fault("has no direction, so no cut-off", "End a rest by a time")
        elif quantity == "voltage" and not side:
            fault("must say from which side the voltage comes", "Write “until < 3 V” or “until > 3 V”")
        elif quantity == "voltage" and "cut-off" in dict(kinds) and step.direction:
            fault("has two voltages to end at", "Keep the cut-off or the voltage")
    return found


def _held_text(step: Step) -> str:
    value, held = step.value, step.held
    if isinstance(value, Series):
        span = f"{value.values.min():.6g} to {value.values.max():.6g} {HELD_UNITS[held]}"
        return (
            f"Drive {len(value)} points of {held.replace('_', '-').replace('c-', 'C-')}, {span}, {value.duration:g} s"
        )
    if step.is_rest:
        return "Rest"
    if held == "voltage":
        return f"Hold at {number_text(value)} V"
    verb = "Discharge" if value > 0.0 else "Charge"
    size = abs(value)
    return f"{verb} at {rate_text(size) if held == 'c_rate' else f'{number_text(size)} {HELD_UNITS[held]}'}"
