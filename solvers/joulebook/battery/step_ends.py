"""What ends a step of a protocol, and the amounts in which it is written.

::

    end    = "until" amount | "for" (time | charge)
    amount = "cut-off" | [side] voltage | current | rate | charge ["passed"] | temperature | time
           | "anode" ["potential"] ["at"] voltage
    side   = "<" | ">" | "below" | "above" | "falls to" | "rises to"

Several ends are joined by "or"; the first to come ends the step. A voltage without a side is one that a discharge
falls to and a charge rises to. A current, or a rate in C, ends the step when the *size* of the current falls below it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Final

from joulebook.core.errors import InputError, Issue

__all__ = ["End", "amount_text", "duration_text", "number_text", "rate_text", "read_amount", "read_ends"]

NUMBER: Final = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?"
"""A number without a sign."""
SMALLEST: Final = 1e-9
LARGEST: Final = 1e9
COLDEST: Final = 100.0
"""K."""
HOTTEST: Final = 2000.0
"""K."""
ICE: Final = 273.15
"""0 °C, K."""

QUANTITIES: Final = ("cut-off", "voltage", "current", "c_rate", "charge", "temperature", "anode_potential")
"""What an end can watch, in the order in which ends are written."""
UNITS: Final = {
    "voltage": "V",
    "current": "A",
    "c_rate": "C",
    "charge": "A h",
    "temperature": "K",
    "anode_potential": "V",
}
SIDES: Final = {"": "", "<": "falls", "below": "falls", "falls to": "falls"} | {
    ">": "rises",
    "above": "rises",
    "rises to": "rises",
}
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SIDE: Final = r"(?P<side><|>|below|above|falls\s+to|rises\s+to)?\s*"
_TIME: Final = r"(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)"
_END_OF_WORD: Final = r"(?![\w/.])"
_AMOUNTS: Final = tuple(
    (quantity, re.compile(pattern + _END_OF_WORD, re.IGNORECASE))
    for quantity, pattern in (
        ("cut-off", r"(?:the\s+)?cut\s*-?\s*off"),
        (
            "anode_potential",
            rf"anode(?:\s+potential)?(?:\s+at|\s+of)?\s*{_SIDE}(?P<value>-?{NUMBER})\s*(?P<unit>m?v)",
        ),
        ("charge", rf"(?P<value>{NUMBER})\s*(?P<unit>m?a[\s.]?h)(?:\s+passed)?"),
        ("voltage", rf"{_SIDE}(?P<value>{NUMBER})\s*(?P<unit>m?v)"),
        ("current", rf"{_SIDE}(?P<value>{NUMBER})\s*(?P<unit>m?a)"),
        ("c_rate", rf"{_SIDE}(?P<value>{NUMBER})\s*(?P<unit>c)"),
        ("c_rate", rf"{_SIDE}c\s*/\s*(?P<divisor>{NUMBER})"),
        ("temperature", rf"{_SIDE}(?P<value>-?{NUMBER})\s*(?P<unit>k|deg\s?c|°\s?c|oc)"),
        ("time", rf"(?P<value>{NUMBER})\s*{_TIME}"),
    )
)
_FIRST = re.compile(r"\s*(?P<word>until|for)\s+", re.IGNORECASE)
_NEXT = re.compile(r"(?:\s*,)?\s+(?:or\s+)?(?P<word>until|for)\s+|(?:\s*,)?\s+or\s+", re.IGNORECASE)


@dataclass(frozen=True)
class End:
    """One thing that ends a step.

    Parameters
    ----------
    quantity : str
        What is watched: ``"voltage"``, ``"current"`` (its size), ``"c_rate"`` (its size), ``"charge"`` (passed in
        the step, either way), ``"temperature"``, ``"anode_potential"``, or ``"cut-off"``, the cell's own limits.
    value : float
        At which value, V, A, C, A h, K or V; 0 for the cut-off.
    side : str
        ``"falls"`` or ``"rises"`` for a voltage; empty where the step's direction says it.

    Raises
    ------
    InputError
        If there is no such quantity or side, or the value is not a number.
    """

    quantity: str
    value: float = 0.0
    side: str = ""

    def __post_init__(self) -> None:
        if self.quantity not in QUANTITIES:
            raise InputError(Issue("until", self.quantity, f"must be one of {', '.join(QUANTITIES)}"))
        if self.side not in {"", "falls", "rises"}:
            raise InputError(Issue("until", self.side, "must be falls, rises or empty"))
        if not abs(float_or_nan(self.value)) <= LARGEST:
            raise InputError(Issue("until", self.value, "must be a number up to 1e9 in size"))
        if self.quantity in {"voltage", "current", "c_rate", "charge"} and self.value < SMALLEST:
            raise InputError(Issue("until", self.value, "must be at least 1e-9", unit=UNITS[self.quantity]))

    def __str__(self) -> str:
        return amount_text(self)


def read_amount(text: str, path: str, shown: object = None) -> End | float:
    """Understand one amount, such as ``"2.5 V"``.

    Parameters
    ----------
    text : str
        As it stands after "until" or "for".
    path : str
        Of the value, for messages.
    shown : object
        What messages show as the value; the text itself if left out.

    Returns
    -------
    End or float, s
        A time is given as a number of seconds.

    Raises
    ------
    InputError
        If it is not an amount, or its number is not allowed.
    """
    shown = text if shown is None else shown
    found = _amount_at(text.strip(), 0, path, shown) if isinstance(text, str) and len(text) < 100 else None
    if found is None or found[1] != len(text.strip()):
        raise InputError(
            Issue(
                path,
                shown,
                "is not an end that is understood",
                "Write, for example, “2.5 V”, “C/50”, “50 mA”, “2 Ah”, “45 degC”, “anode potential 0 V”, “30 minutes” "
                "or “cut-off”",
            )
        )
    return found[0]


def read_ends(text: str, start: int, path: str, shown: object) -> tuple[tuple[End, ...], float] | None:
    """Understand the ends of a sentence.

    Parameters
    ----------
    text : str
        The sentence.
    start : int
        Where the ends begin.
    path : str
        Of the sentence, for messages.
    shown : object
        What messages show as the value.

    Returns
    -------
    tuple of (tuple of End, float) or None
        The ends, and the longest time, s, infinite without one; None if the text is not understood.

    Raises
    ------
    InputError
        If a number is not allowed, or a time is given twice.
    """
    ends: list[End] = []
    duration = math.inf
    position, word = start, "until"
    while position < len(text):
        link = (_NEXT if position > start else _FIRST).match(text, position)
        if not link:
            return None
        word = (link["word"] or word).lower()
        found = _amount_at(text, link.end(), path, shown)
        if found is None or (word == "for" and not _lasts(found[0])):
            return None
        end, position = found
        if isinstance(end, End):
            ends.append(end)
        elif duration < math.inf:
            raise InputError(Issue(path, shown, "gives two times", "Keep the shorter one"))
        else:
            duration = end
    return tuple(ends), duration


def _lasts(found: End | float) -> bool:
    return not isinstance(found, End) or found.quantity == "charge"


def _amount_at(text: str, position: int, path: str, shown: object) -> tuple[End | float, int] | None:
    """Give the amount that begins at a place in a text, and where it ends."""
    for quantity, pattern in _AMOUNTS:
        found = pattern.match(text, position)
        if found:
            return _amount(quantity, found.groupdict(), path, shown), found.end()
    return None


def _amount(quantity: str, found: dict[str, str | None], path: str, shown: object) -> End | float:
    if quantity == "cut-off":
        return End("cut-off")
    side = SIDES[re.sub(r"\s+", " ", (found.get("side") or "").lower())]
    if found.get("divisor"):
        return End("c_rate", 1.0 / checked(float(found["divisor"] or 0), "rate", path, shown), side)
    value, unit = float(found["value"] or 0), (found["unit"] or "").lower()
    if quantity == "time":
        return checked(checked(value, "time", path, shown) * _SECONDS[unit[0]], "time", path, shown)
    if quantity == "temperature":
        value += 0.0 if unit == "k" else ICE
        if not COLDEST <= value <= HOTTEST:
            raise InputError(Issue(path, shown, f"the temperature {value:g} K must be from 100 to 2000 K"))
        return End("temperature", value, side)
    value = value / 1000.0 if unit.startswith("m") else value
    if quantity == "anode_potential":
        if abs(value) > 10.0:
            raise InputError(Issue(path, shown, f"the anode potential {value:g} V must be from -10 to 10 V"))
        return End(quantity, value + 0.0, side)
    return End(quantity, checked(value, quantity.replace("c_rate", "rate"), path, shown), side)


def checked(value: float, what: str, path: str, shown: object) -> float:
    """Give a number back if it is one that an amount may have.

    Parameters
    ----------
    value : float
        In SI units.
    what : str
        Its name, for the message.
    path : str
        Of the value.
    shown : object
        What the message shows as the value.

    Returns
    -------
    float
        The same number.

    Raises
    ------
    InputError
        If it is too small, too large or not a number.
    """
    if not SMALLEST <= value <= LARGEST:
        raise InputError(Issue(path, shown, f"the {what} {value:g} must be from 1e-9 to 1e9 in SI units"))
    return value


def float_or_nan(given: object) -> float:
    """Give what a person gave as a number.

    Parameters
    ----------
    given : object
        Perhaps a number.

    Returns
    -------
    float
        Not-a-number where it is none.
    """
    if isinstance(given, bool) or not isinstance(given, Real):
        return math.nan
    try:
        return float(given)
    except OverflowError:
        return math.nan


def number_text(value: float) -> str:
    """Write a number in the shortest way that reads back as the same number.

    Parameters
    ----------
    value : float
        Any.

    Returns
    -------
    str
        Without a needless ``.0``.

    Examples
    --------
    >>> number_text(2.5), number_text(5.0), number_text(1e-7)
    ('2.5', '5', '1e-07')
    """
    return repr(float(value) + 0.0).removesuffix(".0")


def rate_text(value: float) -> str:
    """Write a C-rate.

    Parameters
    ----------
    value : float
        In multiples of the nominal capacity per hour.

    Returns
    -------
    str
        ``"C/20"`` where that is exact, otherwise ``"0.3C"``.
    """
    divisor = round(1.0 / value) if value > SMALLEST else 0
    return f"C/{divisor}" if divisor > 1 and 1.0 / divisor == value else f"{number_text(value)}C"


def duration_text(seconds: float) -> str:
    """Write a time.

    Parameters
    ----------
    seconds : float, s
        How long.

    Returns
    -------
    str
        In hours or minutes where that is a whole number, otherwise in seconds.
    """
    for unit, length in (("hour", 3600.0), ("minute", 60.0), ("second", 1.0)):
        if seconds % length == 0 or length == 1.0:
            return f"{number_text(seconds / length)} {unit}{'' if seconds == length else 's'}"
    return ""


def amount_text(end: End, side: str = "") -> str:
    """Write what ends a step.

    Parameters
    ----------
    end : End
        The end.
    side : str
        Side that goes without saying.

    Returns
    -------
    str
        What stands after "until".
    """
    if end.quantity == "cut-off":
        return "cut-off"
    sign = {"": "", "falls": "< ", "rises": "> "}["" if end.side == side else end.side]
    if end.quantity == "c_rate":
        return f"{sign}{rate_text(end.value)}"
    if end.quantity == "charge":
        return f"{number_text(end.value)} Ah passed"
    if end.quantity == "anode_potential":
        return f"anode potential {number_text(end.value)} V"
    if end.quantity == "temperature":
        celsius = round(end.value - ICE, 6)
        return f"{number_text(celsius)} degC" if celsius + ICE == end.value else f"{number_text(end.value)} K"
    return f"{sign}{number_text(end.value)} {UNITS[end.quantity]}"
