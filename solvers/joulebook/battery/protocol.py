"""What is done to a cell, in a sentence.

::

    step     = ("Discharge" | "Charge") "at" rate end  |  "Rest" span
    rate     = number "C" | "C/" number | number ("A" | "mA" | "W" | "mW" | "kW")
    end      = level | span | level ["or"] span | span ["or"] level
    level    = "until" (number "V" | "cut-off")
    span     = "for" number ("s" | "seconds" | "min" | "minutes" | "h" | "hours")

Upper and lower case are alike. A step that is given a time only still ends at the cell's cut-off.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from joulebook.battery import layout as at
from joulebook.battery.designs import Cell
from joulebook.core.errors import InputError, Issue

__all__ = ["EXAMPLES", "Step", "parse"]

EXAMPLES = (
    "Discharge at 1C until 2.5 V",
    "Discharge at C/2 until cut-off",
    "Discharge at 18 W until 3 V",
    "Charge at 2.5 A for 30 minutes",
    "Rest for 1 hour",
)
"""Sentences that are understood."""
LONGEST_SENTENCE = 200
"""Characters."""
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?"
_RATE = rf"(?:c\s*/\s*(?P<divisor>{_NUMBER})|(?P<rate>{_NUMBER})\s*(?P<unit>c|a|ma|w|mw|kw))"
_LEVEL = rf"until\s+(?:(?P<level>{_NUMBER})\s*v|(?P<cutoff>(?:the\s+)?cut\s*-?\s*off))"
_SPAN = rf"for\s+(?P<span>{_NUMBER})\s*(?P<span_unit>s|seconds?|min|minutes?|h|hours?)"


def _twice(pattern: str) -> str:
    """The same pattern with other group names, for the other order."""
    return re.sub(r"\(\?P<(\w+)>", r"(?P<\1_2>", pattern)


_ACTIVE = re.compile(
    rf"(?P<verb>discharge|charge)\s+at\s+{_RATE}\s+"
    rf"(?:{_LEVEL}(?:\s+(?:or\s+)?{_SPAN})?|{_twice(_SPAN)}(?:\s+(?:or\s+)?{_twice(_LEVEL)})?)",
    re.IGNORECASE,
)
_REST = re.compile(rf"rest\s+{_SPAN}", re.IGNORECASE)
_SCALES = {"c": 1.0, "a": 1.0, "ma": 1e-3, "w": 1.0, "mw": 1e-3, "kw": 1e3}
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Step:
    """One step of a protocol.

    Parameters
    ----------
    sentence : str
        As it was written.
    control : int
        What is held: ``layout.HOLD_CURRENT`` or ``layout.HOLD_POWER``.
    target : float
        At which value, A or W; positive on discharge.
    sign : int
        +1 where the voltage falls to the level, -1 where it rises, 0 without a level.
    level : float, V
        Voltage that ends the step.
    duration : float, s
        Time that ends the step; infinite without one.
    """

    sentence: str
    control: int
    target: float
    sign: int
    level: float
    duration: float


def parse(sentence: str, cell: Cell) -> Step:
    """Understand a sentence.

    Parameters
    ----------
    sentence : str
        One step.
    cell : Cell
        Its nominal capacity defines C, its limits the cut-off.

    Returns
    -------
    Step
        In SI units.

    Raises
    ------
    InputError
        If the sentence does not follow the grammar, or a number in it is not allowed.

    Examples
    --------
    >>> step = parse("Discharge at C/2 until cut-off", Cell.named("Chen2020"))
    >>> step.target, step.level
    (2.5, 2.5)
    """
    if not isinstance(sentence, str):
        raise InputError(Issue("protocol", sentence, "must be a sentence", _advice()))
    text = sentence.strip().rstrip(".").rstrip()
    if len(text) > LONGEST_SENTENCE:
        raise InputError(Issue("protocol", sentence, f"must have at most {LONGEST_SENTENCE} characters", _advice()))
    rest = _REST.fullmatch(text)
    if rest:
        return Step(sentence, at.HOLD_CURRENT, 0.0, 0, 0.0, _duration(sentence, rest["span"], rest["span_unit"]))
    found = _ACTIVE.fullmatch(text)
    if not found:
        raise InputError(Issue("protocol", sentence, "is not a step that is understood", _advice()))
    discharge = found["verb"].lower() == "discharge"
    control, value = _rate(sentence, found, cell)
    span, unit = found["span"] or found["span_2"], found["span_unit"] or found["span_unit_2"]
    return Step(
        sentence,
        control,
        value if discharge else -value,
        1 if discharge else -1,
        _level(sentence, found["level"] or found["level_2"], discharge, cell),
        _duration(sentence, span, unit) if span else math.inf,
    )


def _rate(sentence: str, found: re.Match[str], cell: Cell) -> tuple[int, float]:
    if found["divisor"]:
        divisor = _positive(sentence, "rate", found["divisor"])
        return at.HOLD_CURRENT, _finite(sentence, "rate", cell.nominal_capacity / divisor)
    unit = found["unit"].lower()
    value = _positive(sentence, "rate", found["rate"]) * _SCALES[unit]
    if unit == "c":
        return at.HOLD_CURRENT, _finite(sentence, "rate", value * cell.nominal_capacity)
    return (at.HOLD_POWER if unit.endswith("w") else at.HOLD_CURRENT), _finite(sentence, "rate", value)


def _level(sentence: str, text: str | None, discharge: bool, cell: Cell) -> float:
    if text is None:
        return cell.lower_cutoff if discharge else cell.upper_cutoff
    return _positive(sentence, "voltage", text)


def _duration(sentence: str, text: str, unit: str) -> float:
    return _finite(sentence, "time", _positive(sentence, "time", text) * _SECONDS[unit[0].lower()])


def _positive(sentence: str, what: str, text: str) -> float:
    return _finite(sentence, what, float(text))


def _finite(sentence: str, what: str, value: float) -> float:
    if not 1e-9 <= value <= 1e9:
        raise InputError(
            Issue("protocol", sentence, f"the {what} {value:g} must be from 1e-9 to 1e9 in SI units", _advice())
        )
    return value


def _advice() -> str:
    return "Write, for example, " + "; ".join(f"“{example}”" for example in EXAMPLES)
