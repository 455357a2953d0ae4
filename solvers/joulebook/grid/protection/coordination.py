r"""Coordination: every device clears before its backup, at every fault, and before anything is damaged; or not.

For each pair and each fault the margin is

.. math:: m = t_b - t_p - \left(t_{breaker} + t_{overshoot} + t_{safety}\right)

with the slowest time of the primary device, :math:`t_p`, the fastest of the backup, :math:`t_b`, at the currents that
the same fault drives through each of them, the breaker of the primary device (nothing for fuses and trip units, whose
slowest time clears), the overshoot of the backup and the safety margin of the scheme. Where faults are joined they are
checked all along the range, not only where curves cross: both currents are interpolated between neighbouring faults on
logarithmic scales, with points on both sides of every jump of either curve, so that no step is missed. A backup that
never operates is selective, and reported as blind; a primary device that never operates is a fault.
"""

from __future__ import annotations

import time as clock
from typing import Any, Literal

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.grid.protection.devices import Array, Device
from joulebook.grid.protection.relays import Relay
from joulebook.grid.protection.results import CoordinationResult
from joulebook.grid.protection.scheme import Pair, Protects, Scheme, between

__all__ = ["check_coordination", "fault_points"]

Times = Literal["band", "nominal"]
_BESIDE = 1e-6
_SHORT = 1e-6
"""s; margins are not judged more finely."""
_MOST_POINTS = 100_000


def check_coordination(scheme: Scheme, *, times: Times = "band", points: int = 200) -> CoordinationResult:
    """Check every pair of a scheme, and every limit that a device must keep.

    Parameters
    ----------
    scheme : Scheme
        The design.
    times : str
        ``"band"``: slowest time of the primary device against the fastest of the backup; ``"nominal"``: the nominal
        times, with all errors in the safety margin.
    points : int
        Points between the first and the last fault of a pair whose faults are joined, 2 to 100 000.

    Returns
    -------
    CoordinationResult
        Margins over the faults, and a table with verdicts and reasons.

    Raises
    ------
    InputError
        If the options are not of those, or the scheme has neither pairs nor limits to be kept.

    References
    ----------
    IEEE 242-2001, clause 15.5 (coordination time intervals); IEC 60255-151:2009.

    Examples
    --------
    >>> result = check_coordination(Scheme.named("radial feeder 11 kV"))
    >>> result.selective, result.to_dataframe()["pair"].tolist()
    (True, ['F3 – R2', 'R2 – R1'])
    """
    if times not in {"band", "nominal"}:
        raise InputError(Issue("times", times, 'must be "band" or "nominal"'))
    if not isinstance(points, int) or isinstance(points, bool) or not 2 <= points <= _MOST_POINTS:
        raise InputError(Issue("points", points, f"must be a whole number from 2 to {_MOST_POINTS}"))
    if not scheme.pairs and not scheme.protects:
        raise InputError(Issue("pairs", None, "the scheme names no pairs and nothing to protect", "Add pairs"))
    started = clock.perf_counter()
    curves = [_pair_curves(scheme, pair, times, points) for pair in scheme.pairs]
    rows = [_pair_row(scheme, pair, found) for pair, found in zip(scheme.pairs, curves, strict=True)]
    kept = [_limit_row(scheme, item, points) for item in scheme.protects]
    seconds = clock.perf_counter() - started
    good = all(row["ok"] for row in (*rows, *kept))
    return CoordinationResult(
        variables=_variables(rows, curves),
        status=Status.SOLVED,
        stats=Stats(steps=sum(found["margin"].size for found in curves), seconds=seconds),
        provenance=Provenance.record(
            "grid.check_coordination", scheme, {"times": times, "points": points}, ("IEC60255-151", "IEEEC37.112")
        ),
        facts={"selective": good, "pairs": rows, "protects": kept},
    )


def fault_points(pair: Pair, primary: Device, backup: Device, points: int) -> tuple[Array, Array]:
    """Give the faults of a pair that are checked: those given, those between, and both sides of every jump.

    Parameters
    ----------
    pair : Pair
        With the currents of its faults.
    primary, backup : Device
        The devices.
    points : int
        Between the first and the last fault.

    Returns
    -------
    tuple of ndarray, shape (n,), A
        Currents through the primary and through the backup device.
    """
    first, second = pair.faults(points)
    if not pair.joined or first.size < 2:
        return first, second
    place = np.arange(first.size, dtype=float)
    extra: list[float] = []
    for values, device in ((first, primary), (second, backup)):
        logs = np.log(values)
        for corner in device.corners():
            level = np.log(corner)
            for j in np.flatnonzero((logs[:-1] - level) * (logs[1:] - level) < 0):
                at = j + (level - logs[j]) / (logs[j + 1] - logs[j])
                step = _BESIDE / abs(logs[j + 1] - logs[j])
                extra += [max(at - step, 0.0), at, min(at + step, place[-1])]
    fine = np.union1d(place, extra)
    return between(first, fine), between(second, fine)


def _times(device: Device, current: Array, edge: int, times: Times) -> Array:
    """Fastest (edge 0) or slowest (edge 1) time; relays as backups and primaries look at faults ahead."""
    return device.operating_time(current) if times == "nominal" else device.band(current)[edge]


def _pair_curves(scheme: Scheme, pair: Pair, times: Times, points: int) -> dict[str, Array]:
    primary, backup = scheme.device(pair.primary), scheme.device(pair.backup)
    first, second = fault_points(pair, primary, backup, points)
    slow, fast = _times(primary, first, 1, times), _times(backup, second, 0, times)
    required = np.full(first.shape, primary.breaking_time + backup.overshoot + scheme.safety_margin)
    both = np.isfinite(slow)
    margin = np.where(both, fast - np.where(both, slow, 0.0) - required, -np.inf)
    return {
        "primary_current": first,
        "backup_current": second,
        "primary_time": slow,
        "backup_time": fast,
        "required": required,
        "margin": margin,
    }


def _pair_row(scheme: Scheme, pair: Pair, found: dict[str, Array]) -> dict[str, Any]:
    primary, backup = scheme.device(pair.primary), scheme.device(pair.backup)
    j = int(np.argmin(found["margin"]))
    at = {name: float(values[j]) for name, values in found.items()}
    short = found["margin"] < -_SHORT
    blind = ~np.isfinite(found["backup_time"])
    interval = at["backup_time"] - at["primary_time"] if np.isfinite(at["primary_time"]) else None
    row: dict[str, Any] = {
        "pair": pair.title,
        "ok": not bool(np.any(short)),
        "worst_current_A": at["primary_current"],
        "backup_current_A": at["backup_current"],
        "primary_time_s": _number(at["primary_time"]),
        "backup_time_s": _number(at["backup_time"]),
        "interval_s": None if interval is None else _number(interval),
        "breaker_s": primary.breaking_time,
        "overshoot_s": backup.overshoot,
        "safety_s": scheme.safety_margin,
        "margin_s": _number(at["margin"]),
        "faults_short_of_interval": int(np.count_nonzero(short)),
        "faults_unseen_by_backup": int(np.count_nonzero(blind)),
    }
    return {**row, "reason": _reason(row, pair, found, short, blind)}


def _reason(row: dict[str, Any], pair: Pair, found: dict[str, Array], short: Array, blind: Array) -> str:
    if np.any(~np.isfinite(found["primary_time"])):
        where = _range(found["primary_current"][~np.isfinite(found["primary_time"])])
        return f"{pair.primary} does not operate at {where}: lower its setting"
    if np.any(short):
        needed = row["breaker_s"] + row["overshoot_s"] + row["safety_s"]
        return (
            f"{pair.backup} is {-row['margin_s']:.3f} s too early behind {pair.primary} at "
            f"{row['worst_current_A']:.4g} A ({row['interval_s']:.3f} s between them, {needed:.3f} s needed); "
            f"short of it at {_range(found['primary_current'][short])}"
        )
    if np.any(blind):
        return (
            f"selective; {pair.backup} is no backup at {_range(found['primary_current'][blind])}: it does not operate"
        )
    return "selective"


def _limit_row(scheme: Scheme, item: Protects, points: int) -> dict[str, Any]:
    """Compare a device with what equipment withstands, or with a start, over the range asked for."""
    device, limit = scheme.device(item.device), scheme.limit(item.limit)
    scale = device.voltage / limit.voltage
    edges = [item.least_current, item.highest_current]
    corners = [*device.corners(), *(corner / scale for corner in limit.corners())]
    inside = [corner * (1 + s * _BESIDE) for corner in corners for s in (-1, 0, 1) if edges[0] < corner < edges[1]]
    current = np.union1d(np.geomspace(*edges, points), [*edges, *inside])
    current = current[(current >= edges[0]) & (current <= edges[1])]
    allowed = limit.withstand_time(current * scale)
    fast, slow = device.band(current)
    used = fast if limit.is_load else slow + device.breaking_time
    known = np.isfinite(allowed)
    slack = np.where(known, (used - np.where(known, allowed, 0.0)) * (1.0 if limit.is_load else -1.0), np.inf)
    j = int(np.argmin(slack))
    ok, margin = bool(slack[j] >= 0), float(slack[j])
    bad = _range(current[slack < 0]) if not ok else ""
    reason = _limit_reason(item, limit.is_load, bad, float(used[j]), float(allowed[j]))
    if ok:
        verb = "lets it start" if limit.is_load else "protects it"
        reason = f"{verb}: {margin:.3g} s left at {current[j]:.4g} A" if np.isfinite(margin) else verb
        reason = reason if np.any(known) else f"nothing to compare: the limit says nothing at {_range(current)}"
    return {
        "device": item.device,
        "limit": item.limit,
        "ok": ok,
        "tightest_current_A": float(current[j]),
        "device_time_s": _number(float(used[j])),
        "withstand_time_s": _number(float(allowed[j])),
        "margin_s": _number(margin),
        "reason": reason,
    }


def _limit_reason(item: Protects, is_load: bool, bad: str, used: float, allowed: float) -> str:
    """What is wrong at the currents ``bad``."""
    if is_load:
        return f"{item.device} trips {item.limit} while it starts, at {bad}: {used:.3g} s, it needs {allowed:.3g} s"
    spent = f"it takes {used:.3g} s" if np.isfinite(used) else "it does not operate"
    return f"{item.device} does not save {item.limit} at {bad}: {spent}, {allowed:.3g} s are withstood"


def _range(currents: Array) -> str:
    low, high = float(np.min(currents)), float(np.max(currents))
    return f"{low:.4g} A" if high <= low * (1 + 1e-5) else f"{low:.4g} A to {high:.4g} A"


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _variables(rows: list[dict[str, Any]], curves: list[dict[str, Array]]) -> dict[str, Variable]:
    names = np.array([row["pair"] for row in rows], dtype=object)
    longest = max((found["margin"].size for found in curves), default=0)

    def padded(name: str) -> Array:
        out = np.full((len(curves), longest), np.nan)
        for j, found in enumerate(curves):
            out[j, : found[name].size] = found[name]
        return out

    labels = {
        "primary_current": ("A", "Current through the primary device"),
        "backup_current": ("A", "Current through the backup device"),
        "primary_time": ("s", "Time of the primary device"),
        "backup_time": ("s", "Time of the backup device"),
        "required": ("s", "Required interval"),
        "margin": ("s", "Margin"),
    }
    out = {"pair": Variable(("pair",), names.astype(str), "", "Pair")}
    out |= {name: Variable(("pair", "fault"), padded(name), *label) for name, label in labels.items()}
    worst = np.array([np.nan if row["margin_s"] is None else row["margin_s"] for row in rows])
    at = np.array([row["worst_current_A"] for row in rows])
    out["worst_margin"] = Variable(("pair",), worst, "s", "Smallest margin")
    out["worst_current"] = Variable(("pair",), at, "A", "Current of the smallest margin")
    return out


def relays_of(scheme: Scheme) -> list[Relay]:
    """List the relays of a scheme that have an inverse-time stage.

    Parameters
    ----------
    scheme : Scheme
        The design.

    Returns
    -------
    list of Relay
        In the order of the scheme.
    """
    return [item for item in scheme.devices if isinstance(item, Relay) and item.inverse_stage is not None]
