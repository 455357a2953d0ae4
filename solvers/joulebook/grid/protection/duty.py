r"""Duty of circuit-breakers: what short circuits ask of them against what they are rated for.

Three ratings are compared (IEC 62271-100:2021; IEC 60909-0:2016 clauses 8 to 11 for the currents):

* symmetrical breaking current :math:`I_b` at the opening of the contacts against the rated breaking current,
* peak :math:`i_p` against the rated making current (2.5 times the breaking current at 50 Hz, 2.6 at 60 Hz, for a
  time constant of 45 ms, where none is given),
* Joule integral :math:`I_{th}^2 t_k` against :math:`I_k^2 t_r` of the rated short-time current, and :math:`I_{th}`
  itself against that current where the fault is shorter than the rated time.

The direct-current part at the opening is compared where its share is given: the rated one is
:math:`100\,e^{-t/45\,\mathrm{ms}}` per cent at the opening.
"""

from __future__ import annotations

import math
import time as clock
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import numpy as np

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.provenance import Provenance, Stats, package_versions
from joulebook.core.quantities import Quantity
from joulebook.core.results import Status, Variable
from joulebook.grid.protection.quantities import Amperes, Duration, Label, SystemVoltage
from joulebook.grid.protection.results import DutyResult

__all__ = ["BreakerDuty", "BreakerRating", "breaker_duty"]

PEAK_FACTORS: Final = {50.0: 2.5, 60.0: 2.6}
TIME_CONSTANT: Final = 0.045
"""s; standard time constant of the direct-current part, IEC 62271-100."""


class BreakerRating(Part):
    """What a circuit-breaker is rated for."""

    voltage: SystemVoltage
    """Rated voltage: the highest of the system."""
    breaking_current: Amperes
    """Rated short-circuit breaking current, symmetrical rms."""
    making_current: Amperes | None = None
    """Rated short-circuit making current, peak; by the peak factor of the frequency where left out."""
    short_time_current: Amperes | None = None
    """Rated short-time withstand current, rms; the breaking current where left out."""
    short_time: Duration = 1.0
    """Rated duration of short circuit."""
    rated_current: Amperes | None = None
    """Rated normal current."""


class BreakerDuty(Part):
    """What a place asks of its circuit-breaker."""

    name: Label
    """Of the circuit-breaker."""
    rating: BreakerRating
    """What it is rated for."""
    voltage: SystemVoltage
    """Highest line-to-line voltage of the place."""
    breaking_current: Amperes
    """Symmetrical breaking current Ib through it at the opening of the contacts, rms."""
    peak_current: Amperes
    """Peak short-circuit current ip through it."""
    thermal_current: Amperes
    """Thermal equivalent short-circuit current Ith through it, rms."""
    fault_duration: Duration = 1.0
    """Time tk for which Ith flows."""
    normal_current: Amperes | None = None
    """Load current; compared where both are given."""
    dc_share: Annotated[float, Quantity("1", ge=0, le=2, display=("%", 100.0))] | None = None
    """Direct-current part at the opening over the peak of Ib; compared with ``opening_time`` where both are given."""
    opening_time: Duration | None = None
    """From the start of the fault to the opening of the contacts."""


def breaker_duty(breakers: Sequence[BreakerDuty], *, frequency: float = 50.0) -> DutyResult:
    """Compare the duty of circuit-breakers with their ratings.

    Parameters
    ----------
    breakers : sequence of BreakerDuty
        One for each circuit-breaker.
    frequency : float, Hz
        50 or 60: decides the making current where none is given.

    Returns
    -------
    DutyResult
        Loading of each rating (duty over rating, at most 1 is good), and the sentences for those exceeded.

    Raises
    ------
    InputError
        If there are none, two have one name, or the frequency is neither 50 Hz nor 60 Hz.

    References
    ----------
    IEC 62271-100:2021, 5.101 to 5.103; IEC 62271-1:2017, 5.6 and 5.7.

    Examples
    --------
    >>> rating = BreakerRating(voltage=12e3, breaking_current=25e3, short_time=3.0)
    >>> place = BreakerDuty(name="Q1", rating=rating, voltage=12e3, breaking_current=22e3, peak_current=66e3,
    ...     thermal_current=24e3)
    >>> result = breaker_duty([place])
    >>> result.passed, result.reasons
    (False, ['Q1: peak current 66 kA is 1.06 times the making current 62.5 kA'])
    """
    started = clock.perf_counter()
    items = list(breakers)
    if not items:
        raise InputError(Issue("breakers", items, "must hold at least one"))
    if frequency not in PEAK_FACTORS:
        raise InputError(
            Issue("frequency", frequency, "must be 50 or 60", "Give making_current of each otherwise", "Hz")
        )
    names = [item.name for item in items]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise InputError(Issue("breakers", ", ".join(double), "names must differ", "Rename one"))
    tables = [_compare(item, frequency) for item in items]
    kinds = list(dict.fromkeys(kind for rows in tables for kind in rows))
    columns = {kind: np.array([rows.get(kind, (np.nan, "", ""))[0] for rows in tables]) for kind in kinds}
    worst = np.array([max(loading for loading, _, _ in rows.values()) for rows in tables])
    reasons = [
        f"{name}: {text} is {loading:.3g} times {limit}"
        for name, rows in zip(names, tables, strict=True)
        for loading, text, limit in rows.values()
        if loading > 1 + 1e-9
    ]
    variables = {
        "breaker": Variable(("breaker",), np.array(names), "", "Circuit-breaker"),
        "loading": Variable(("breaker",), worst, "1", "Highest loading"),
        **{kind: Variable(("breaker",), values, "1", _LABELS[kind]) for kind, values in columns.items()},
    }
    return DutyResult(
        variables=variables,
        status=Status.SOLVED,
        stats=Stats(steps=len(items), seconds=clock.perf_counter() - started),
        provenance=Provenance(
            study="grid.breaker_duty",
            design={"name": "circuit-breakers", "breakers": [item.model_dump(exclude_none=True) for item in items]},
            digest="",
            options={"frequency": frequency},
            versions=dict(package_versions()),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            citations=("IEC62271-100", "IEC60909-0"),
        ),
        facts={"passed": not reasons, "reasons": reasons},
    )


_LABELS: Final = {
    "voltage_loading": "Voltage over rated voltage",
    "breaking_loading": "Breaking current over rating",
    "making_loading": "Peak current over making current",
    "thermal_loading": "Joule integral over rating, as the ratio of currents",
    "normal_loading": "Load current over rated current",
    "dc_loading": "Direct-current part over the standard one",
}


def _kiloamperes(value: float) -> str:
    return f"{value / 1e3:.4g} kA"


def _compare(item: BreakerDuty, frequency: float) -> dict[str, tuple[float, str, str]]:
    """Loading of each rating, what is asked, and what it is compared with."""
    rating = item.rating
    making = rating.making_current or PEAK_FACTORS[frequency] * rating.breaking_current
    short_time = rating.short_time_current or rating.breaking_current
    allowed = short_time * math.sqrt(rating.short_time / max(item.fault_duration, rating.short_time))
    rows: dict[str, tuple[float, Any, str]] = {
        "voltage_loading": (
            item.voltage / rating.voltage,
            f"voltage {item.voltage / 1e3:.4g} kV",
            f"the rated voltage {rating.voltage / 1e3:.4g} kV",
        ),
        "breaking_loading": (
            item.breaking_current / rating.breaking_current,
            f"breaking current {_kiloamperes(item.breaking_current)}",
            f"the rated {_kiloamperes(rating.breaking_current)}",
        ),
        "making_loading": (
            item.peak_current / making,
            f"peak current {_kiloamperes(item.peak_current)}",
            f"the making current {_kiloamperes(making)}",
        ),
        "thermal_loading": (
            item.thermal_current / allowed,
            f"thermal current {_kiloamperes(item.thermal_current)} for {item.fault_duration:g} s",
            f"the {_kiloamperes(allowed)} allowed for that time",
        ),
    }
    if item.normal_current is not None and rating.rated_current is not None:
        rows["normal_loading"] = (
            item.normal_current / rating.rated_current,
            f"load current {item.normal_current:.4g} A",
            f"the rated current {rating.rated_current:.4g} A",
        )
    if item.dc_share is not None and item.opening_time is not None:
        standard = math.exp(-item.opening_time / TIME_CONSTANT)
        rows["dc_loading"] = (
            item.dc_share / standard,
            f"direct-current part {100 * item.dc_share:.3g} %",
            f"the standard {100 * standard:.3g} % at the opening",
        )
    return rows
