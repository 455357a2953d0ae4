"""Steps in words.

::

    step   = ("Discharge" | "Charge") "at" rate end {"or" end} [period]
           | "Hold at" voltage end {"or" end} [period]
           | "Rest" end {"or" end} [period]
    rate   = number "C" | "C/" number | "C" | number ("A" | "mA" | "W" | "mW" | "kW" | "ohm" | "mohm" | "kohm")
    period = "(" time "period" ")"

``end`` is that of :mod:`joulebook.battery.step_ends`. Upper and lower case are alike. Whatever PyBaMM's ``Experiment``
reads as a string is read here with the same meaning, but for two readings that look like slips of the pen: a voltage
after "Charge at" is held (there it is negative), and "Hold at" takes a voltage only.
"""

from __future__ import annotations

import re
from typing import Any, Final

from joulebook.battery.step_ends import NUMBER, checked, read_ends
from joulebook.battery.steps import Step
from joulebook.core.errors import InputError, Issue

__all__ = ["EXAMPLES", "LONGEST_SENTENCE", "read_rate", "read_sentence"]

EXAMPLES: Final = (
    "Discharge at 1C until 2.5 V",
    "Discharge at C/2 until cut-off",
    "Discharge at 18 W until 3 V",
    "Discharge at C/20 for 10 hours or until 3.3 V",
    "Charge at 2.5 A for 30 minutes",
    "Charge at C/2 until 4.2 V or until anode potential 0 V or until 45 degC",
    "Hold at 4.2 V until C/50",
    "Discharge at 1C for 0.5 Ah",
    "Discharge at 4 ohm until 2.5 V",
    "Rest for 1 hour",
)
"""Sentences that are understood."""
LONGEST_SENTENCE: Final = 500
"""Characters."""
_RATE = re.compile(
    rf"(?:c\s*/\s*(?P<divisor>{NUMBER})|(?P<value>{NUMBER})\s*"
    r"(?P<unit>c|ma|a|mw|kw|w|mv|v|mohms?|kohms?|ohms?|mω|kω|ω)|(?P<one>c))(?![\w/.])",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?P<verb>discharge|charge|hold)\s+at\s+|(?P<rest>rest)(?![\w])", re.IGNORECASE)
_PERIOD = re.compile(r"\s*\(\s*(?P<time>[^()]{1,40}?)\s+period\s*\)$", re.IGNORECASE)
_HELD: Final = {"c": "c_rate", "a": "current", "w": "power", "v": "voltage"}


def read_sentence(sentence: Any, path: str = "protocol") -> Step:
    """Understand a sentence.

    Parameters
    ----------
    sentence : str
        One step.
    path : str
        Of the sentence, for messages.

    Returns
    -------
    Step
        Equal to every other way of writing the same step.

    Raises
    ------
    InputError
        If the sentence does not follow the grammar, contradicts itself, or holds a number that is not allowed.

    Examples
    --------
    >>> read_sentence("charge at 0.5 c for 30 min OR until 4.2V")
    <Step: Charge at C/2 for 30 minutes or until 4.2 V>
    """
    if not isinstance(sentence, str):
        raise InputError(Issue(path, sentence, "must be a sentence", advice()))
    if len(sentence) > LONGEST_SENTENCE:
        raise InputError(Issue(path, sentence, f"must have at most {LONGEST_SENTENCE} characters", advice()))
    try:
        made = _read(sentence, path)
    except InputError as error:
        faults = [Issue(path, sentence, issue.rule, issue.hint or advice()) for issue in error.issues]
        raise InputError([_with_examples(fault) for fault in faults]) from None
    if made is None:
        raise InputError(Issue(path, sentence, "is not a step that is understood", advice()))
    return made


def _read(sentence: str, path: str) -> Step | None:
    text, period = sentence.strip().rstrip(".").rstrip(), None
    spoken = _PERIOD.search(text)
    if spoken:
        period, text = spoken["time"], text[: spoken.start()]
    head = _HEAD.match(text)
    if not head:
        return None
    held, value, position = "current", 0.0, head.end()
    if not head["rest"]:
        rate = _RATE.match(text, position)
        if not rate:
            return None
        held, value = _rate(rate, path, sentence)
        verb, position = head["verb"].lower(), rate.end()
        if verb == "hold" and held != "voltage":
            raise InputError(Issue(path, sentence, "holds no voltage", "Write Discharge or Charge for a current"))
        value = -value if verb == "charge" and held != "voltage" else value
    ends = read_ends(text, position, path, sentence)
    if ends is None:
        return None
    until, duration = ends
    made: dict[str, Any] = {held: value}
    return Step(
        **made, until=until, duration=None if duration == float("inf") else duration, period=period, written=sentence
    )


def read_rate(rate: Any, path: str) -> tuple[str, float]:
    """Understand a rate, such as ``"C/2"``.

    Parameters
    ----------
    rate : str
        As after "Discharge at".
    path : str
        Of the value, for messages.

    Returns
    -------
    tuple of (str, float)
        What is held, and at which value, in SI units.

    Raises
    ------
    InputError
        If it is not a rate.

    Examples
    --------
    >>> read_rate("C/2", "rate"), read_rate("500 mA", "rate")
    (('c_rate', 0.5), ('current', 0.5))
    """
    found = _RATE.fullmatch(rate.strip()) if isinstance(rate, str) and len(rate) < 100 else None
    held, value = _rate(found, path, rate) if found else ("", 0.0)
    if held in {"", "voltage"}:
        raise InputError(
            Issue(path, rate, "is not a rate", "Write, for example, “1C”, “C/20”, “5 A”, “18 W” or “4 ohm”")
        )
    return held, value


def _rate(found: re.Match[str], path: str, shown: object) -> tuple[str, float]:
    if found["one"]:
        return "c_rate", 1.0
    if found["divisor"]:
        return "c_rate", checked(1.0 / checked(float(found["divisor"]), "rate", path, shown), "rate", path, shown)
    unit = found["unit"].lower()
    value = float(found["value"])
    held = _HELD.get(unit[-1], "resistance")
    if len(unit) > 1 and unit[0] in "mk":
        value = value / 1000.0 if unit[0] == "m" else value * 1000.0
    return held, checked(value, {"c_rate": "rate", "current": "rate", "power": "rate"}.get(held, held), path, shown)


def advice() -> str:
    """Give examples of sentences, for messages.

    Returns
    -------
    str
        A hint.
    """
    return "Write, for example, " + "; ".join(f"“{example}”" for example in EXAMPLES)


def _with_examples(fault: Issue) -> Issue:
    if EXAMPLES[0] in fault.hint:
        return fault
    return Issue(fault.path, fault.value, fault.rule, f"{fault.hint}. For example: “{EXAMPLES[0]}”", fault.unit)
