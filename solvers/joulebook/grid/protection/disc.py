r"""Relays while the current changes: the way of an induction disc, integrated.

The disc goes its whole way, 1, in the operating time if the current stands still; for a current that changes

.. math:: \int_0^{T} \frac{\mathrm dt}{t\big(I(t)\big)} = 1, \qquad
          \dot\theta = \frac{1}{t(M)}\ (M > 1), \quad \dot\theta = -\frac{1 - M^\beta}{T\, t_{r0}}\ (M < 1)

(IEEE C37.112-2018, equations 4 to 9; IEC 60255-151:2009, Annex A). The current is straight between the points given; a
time that stands twice is a jump. Each stretch is cut into pieces in which the multiple changes by at most 2 %, and
integrated by Simpson's rule, of fourth order, exact for currents that stand still. The disc stops at 0 and the relay
operates at 1; where it does so inside a piece, the time is found by the straight line of its way, whose error is of
second order in the piece. The setting itself is a corner of the rate: pieces end there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.devices import currents_from
from joulebook.grid.protection.relays import InverseStage, Relay
from joulebook.numerics.twins import Loop, register

__all__ = ["DISC", "DiscMotion", "disc_motion"]

Array = NDArray[np.float64]
_IMMEDIATE: Final = 0
_DEFINITE: Final = 1
_DISC: Final = 2
_RESETS: Final[Mapping[str, int]] = {"immediate": _IMMEDIATE, "definite": _DEFINITE, "disc": _DISC}
_CHANGE: Final = 0.02
_MOST_PIECES: Final = 100_000


def rate(multiple, constants):  # type: ignore[no-untyped-def]
    """Rate of the disc, 1/s, from the multiple of the setting; constants as :func:`disc_way` has them."""
    if multiple > 1.0:
        m = min(multiple, constants[7])
        return 1.0 / (constants[3] * (constants[0] / math.expm1(constants[1] * math.log(m)) + constants[2]))
    if constants[6] == _DISC and multiple < 1.0:
        return -(1.0 - multiple ** constants[5]) / (constants[3] * constants[4])
    return 0.0


def disc_way(time, multiple, constants, way):  # type: ignore[no-untyped-def]
    """Integrate the way of a disc over the points of a current; give the time of operation, or -1.

    Parameters
    ----------
    time, multiple : ndarray, shape (n,), s and 1
        Times that do not fall, and current over setting.
    constants : ndarray, shape (9,)
        k, alpha, c, multiplier, reset constant, its power, kind of reset, flat above, delay of the reset.
    way : ndarray, shape (n,)
        Filled with the way at the points.

    Returns
    -------
    float
        Time of operation, s; -1 where the relay does not operate.
    """
    here = 0.0
    below = 0.0
    way[0] = 0.0
    operated = -1.0
    for j in range(1, time.size):
        span = time[j] - time[j - 1]
        m0, m1 = multiple[j - 1], multiple[j]
        if span > 0.0 and operated < 0.0:
            n_parts = 1
            cut = 1.0
            if (m0 - 1.0) * (m1 - 1.0) < 0.0:
                n_parts = 2
                cut = (1.0 - m0) / (m1 - m0)
            for part in range(n_parts):
                start = 0.0 if part == 0 else cut
                end = cut if part == 0 else 1.0
                a = m0 + start * (m1 - m0)
                b = m0 + end * (m1 - m0)
                change = abs(b - a) / (_CHANGE * max(min(a, b), 0.05))
                near = 1.0
                if max(a, b) > 1.0:
                    near = 1.0 + 0.2 / max(min(a, b) - 1.0, 0.01)
                pieces = int(min(max(change * near, 1.0), _MOST_PIECES)) + (1 if b != a else 0)
                h = span * (end - start) / pieces
                for piece in range(pieces):
                    left = a + (b - a) * piece / pieces
                    right = a + (b - a) * (piece + 1) / pieces
                    middle = 0.5 * (left + right)
                    mean = (rate(left, constants) + 4.0 * rate(middle, constants) + rate(right, constants)) / 6.0
                    if middle <= 1.0:
                        below += h
                        if constants[6] == _IMMEDIATE or (constants[6] == _DEFINITE and below >= constants[8]):
                            here = 0.0
                    else:
                        below = 0.0
                    after = here + h * mean
                    if after >= 1.0:
                        operated = time[j - 1] + span * start + h * (piece + (1.0 - here) / (after - here))
                        here = 1.0
                        break
                    here = max(after, 0.0)
                if operated >= 0.0:
                    break
        way[j] = here
    return operated


DISC = register(Loop("grid.disc_way", disc_way))
"""The way of a disc."""


@dataclass(frozen=True)
class DiscMotion:
    """How a stage went while the current changed.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Points of the current.
    travel : ndarray, shape (n,), 1
        Share of the way gone at each; 1 after operation.
    operating_time : float, s
        When it operated, on the clock of ``time``; infinite where it did not.
    """

    time: Array
    travel: Array
    operating_time: float

    def to_dict(self) -> dict[str, Any]:
        """Give plain numbers.

        Returns
        -------
        dict
            For tables and documents.
        """
        return {
            "time_s": self.time.tolist(),
            "travel": self.travel.tolist(),
            "operating_time_s": self.operating_time,
        }


def disc_motion(relay: Relay, time: ArrayLike, current: ArrayLike, *, stage: int | None = None) -> DiscMotion:
    """Follow an inverse-time stage through a current that changes.

    Parameters
    ----------
    relay : Relay
        With an inverse-time stage.
    time : array_like, shape (n,), s
        Points of time that do not fall; a time that stands twice is a jump of the current.
    current : array_like, shape (n,), A
        Primary amperes at these times, straight in between.
    stage : int, optional
        Which stage; the first inverse-time one where left out.

    Returns
    -------
    DiscMotion
        Travel and time of operation; ``additional_time`` and ``least_time`` of the stage are kept.

    Raises
    ------
    InputError
        If there is no such stage, a disc has no reset constant, or the points are not of one length or fall.

    References
    ----------
    IEEE C37.112-2018, equations 4 to 9; Benmouyal et al., IEEE Trans. Power Delivery 14 (1999) 868,
    doi:10.1109/61.772326.

    Examples
    --------
    >>> relay = Relay(name="R", voltage=11e3, ct={"primary": 400.0}, stages=(InverseStage(pickup=400.0),))
    >>> round(disc_motion(relay, [0.0, 5.0], [4000.0, 4000.0]).operating_time, 4)
    2.9706
    """
    number = relay.inverse_stage if stage is None else stage
    if number is None or not 0 <= number < len(relay.stages) or not isinstance(relay.stages[number], InverseStage):
        raise InputError(Issue("stage", stage, f"{relay.name} has no such inverse-time stage", "Give its number"))
    item: InverseStage = relay.stages[number]  # type: ignore[assignment]
    t = np.ascontiguousarray(time, dtype=float)
    amperes = np.ascontiguousarray(currents_from(current))
    _check(t, amperes)
    k, alpha, c = item.coefficients
    reset, exponent = item.reset_constants
    if item.reset == "disc" and reset <= 0:
        raise InputError(Issue("reset", "disc", f"{item.curve} has no reset constant", 'Use "definite", or constants'))
    kind = float(_RESETS[item.reset])
    constants = np.array(
        [k, alpha, c, item.multiplier, reset or 1.0, exponent, kind, item.flat_above, item.reset_delay]
    )
    travel = np.zeros_like(t)
    found = float(DISC.cpu(t, amperes / (item.pickup * relay.setting_ratio), constants, travel))
    operated = np.inf if found < 0 else max(found + item.additional_time, t[0] + item.least_time)
    return DiscMotion(t, travel, float(operated))


def _check(time: Array, current: Array) -> None:
    if time.ndim != 1 or time.shape != current.shape or time.size < 2:
        rule = f"must be two lists of one length, at least 2; these have shapes {time.shape} and {current.shape}"
        raise InputError(Issue("time", None, rule))
    if not (np.all(np.isfinite(time)) and np.all(np.isfinite(current))):
        raise InputError(Issue("current", None, "times and currents must be finite numbers"))
    if np.any(np.diff(time) < 0):
        at = int(np.argmax(np.diff(time) < 0)) + 1
        raise InputError(Issue(f"time.{at}", float(time[at]), "must not fall", "Sort the points", "s"))
