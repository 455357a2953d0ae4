r"""Inverse-time characteristics of overcurrent relays, and their inverse.

With :math:`M = I / I_s` the multiple of the setting and :math:`T` the time multiplier (IEC: TMS, IEEE: time dial),

.. math:: t(M) = T \left(\frac{k}{M^\alpha - 1} + c\right), \quad M > 1 \qquad
          t_r(M) = \frac{T\, t_{r0}}{1 - M^\beta}, \quad M < 1

(IEC 60255-151:2009, 4.3 and 4.4; IEEE C37.112-2018, where k = A, c = B, α = p, β = 2). At and below the setting a relay
never operates: the time is infinite. Above a multiple of the setting that the maker states, 20 at least, a real relay
holds the time of that multiple; the functions here do so when they are told the multiple. The formula is exact; nothing
is discretised. The range in which a maker guarantees the time begins at about 1.2 times the setting; between 1 and that
the time is indicative.

The time dials of two families differ: the constants of IEEE C37.112 belong to dials of 0.5 to 15, those of
IEC 60255-151 to multipliers of 0.05 to 1 or so. The US CO-2 and CO-8 curves are printed in two scalings, whose
constants differ by a factor of 7 (CO-2); both are here, under the names of the sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.core.errors import InputError, Issue, OutOfRangeError

__all__ = ["CURVES", "InverseCurve", "inverse_curve", "inverse_multiple", "inverse_time", "reset_time"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class InverseCurve:
    """Constants of an inverse-time characteristic.

    Parameters
    ----------
    name : str
        Key of :data:`CURVES`.
    title : str
        As the standard or the maker writes it.
    k, alpha, c : float
        Of the formula; k and c in s.
    reset : float, s
        Reset constant of a disc; 0 where the source gives none.
    reset_exponent : float
        Power of the multiple in the reset time.
    lowest, highest : float
        Customary range of the time multiplier.
    source : str
        Where the constants are printed.
    """

    name: str
    title: str
    k: float
    alpha: float
    c: float
    reset: float
    reset_exponent: float
    lowest: float
    highest: float
    source: str


_IEC = "IEC 60255-151:2009, Table 1; reset constant: SEL-411L instruction manual, Table 3.109"
_IEEE = "IEEE C37.112-1996, Tables 1 and 2; IEC 60255-151:2009, curves D to F"
_BS = "BS 142; Toshiba GRE200 manual, Table 2.2-1; reset constant: SEL-411L instruction manual, Table 3.109"
_ABB = "ABB REX610 technical manual 1.2; reset constant: SEL-411L instruction manual, Table 3.109"
_SEL = "SEL-411L instruction manual, Table 3.108"
_CO = "Westinghouse CO relays, as in Toshiba GRE200 manual, Table 2.2-1"

_ROWS = (  # name, title, k, alpha, c, reset, power in the reset, customary multipliers, source
    ("IEC SI", "IEC standard (normal) inverse, curve A", 0.14, 0.02, 0.0, 13.5, 2.0, 0.05, 1.1, _IEC),
    ("IEC VI", "IEC very inverse, curve B", 13.5, 1.0, 0.0, 47.3, 2.0, 0.05, 1.1, _IEC),
    ("IEC EI", "IEC extremely inverse, curve C", 80.0, 2.0, 0.0, 80.0, 2.0, 0.05, 1.1, _IEC),
    ("IEC LTI", "Long-time inverse", 120.0, 1.0, 0.0, 120.0, 1.0, 0.05, 1.1, _BS),
    ("IEC STI", "Short-time inverse", 0.05, 0.04, 0.0, 4.85, 2.0, 0.05, 1.1, _ABB),
    ("IEEE MI", "IEEE moderately inverse, IEC curve D", 0.0515, 0.02, 0.114, 4.85, 2.0, 0.5, 15.0, _IEEE),
    ("IEEE VI", "IEEE very inverse, IEC curve E", 19.61, 2.0, 0.491, 21.6, 2.0, 0.5, 15.0, _IEEE),
    ("IEEE EI", "IEEE extremely inverse, IEC curve F", 28.2, 2.0, 0.1217, 29.1, 2.0, 0.5, 15.0, _IEEE),
    ("US CO-2", "US CO-2 short-time inverse", 0.02394, 0.02, 0.01694, 0.0, 2.0, 0.1, 15.0, _CO),
    ("US CO-8", "US CO-8 inverse", 5.95, 2.0, 0.18, 5.95, 2.0, 0.5, 15.0, f"{_CO}; reset constant: {_SEL}"),
    ("US U1", "US moderately inverse", 0.0104, 0.02, 0.0226, 1.08, 2.0, 0.5, 15.0, _SEL),
    ("US U2", "US inverse", 5.95, 2.0, 0.18, 5.95, 2.0, 0.5, 15.0, _SEL),
    ("US U3", "US very inverse", 3.88, 2.0, 0.0963, 3.88, 2.0, 0.5, 15.0, _SEL),
    ("US U4", "US extremely inverse", 5.64, 2.0, 0.02434, 5.64, 2.0, 0.5, 15.0, _SEL),
    ("US U5", "US short-time inverse", 0.00342, 0.02, 0.00262, 0.323, 2.0, 0.5, 15.0, _SEL),
)

CURVES: Final[dict[str, InverseCurve]] = {row[0]: InverseCurve(*row) for row in _ROWS}
"""Characteristics by name."""


def inverse_curve(name: str) -> InverseCurve:
    """Find a characteristic.

    Parameters
    ----------
    name : str
        Key of :data:`CURVES`, such as ``"IEC SI"``.

    Returns
    -------
    InverseCurve
        Its constants.

    Raises
    ------
    InputError
        If there is none of that name; the message lists those there are.

    Examples
    --------
    >>> inverse_curve("IEC EI").k
    80.0
    """
    if name not in CURVES:
        raise InputError(Issue("curve", name, "no such characteristic", f"Known: {', '.join(CURVES)}"))
    return CURVES[name]


def inverse_time(
    multiple: ArrayLike,
    multiplier: float = 1.0,
    *,
    k: float = 0.14,
    alpha: float = 0.02,
    c: float = 0.0,
    flat_above: float | None = None,
) -> Array:
    """Compute the operating time of an inverse-time relay.

    Parameters
    ----------
    multiple : array_like, any shape, 1
        Current over setting.
    multiplier : float
        Time multiplier or time dial, more than 0.
    k, c : float, s
        Constants of the characteristic; IEC standard inverse where left out.
    alpha : float
        Exponent.
    flat_above : float, optional
        Multiple above which the time stays what it is there.

    Returns
    -------
    ndarray, shape of multiple, s
        Infinite where the multiple is 1 or less.

    References
    ----------
    IEC 60255-151:2009, 4.3; IEEE C37.112-2018, clause 4.

    Examples
    --------
    >>> inverse_time([1.0, 2.0, 10.0, 100.0]).round(3)
    array([   inf, 10.029,  2.971,  1.451])
    """
    m = np.asarray(multiple, dtype=float)
    if flat_above is not None:
        m = np.minimum(m, flat_above)
    above = m > 1.0
    # expm1 keeps digits where M**alpha is close to 1
    denominator = np.expm1(alpha * np.log(np.where(above, m, 2.0)))
    return np.where(above, multiplier * (k / denominator + c), np.where(np.isnan(m), np.nan, np.inf))


def inverse_multiple(
    time: ArrayLike, multiplier: float = 1.0, *, k: float = 0.14, alpha: float = 0.02, c: float = 0.0
) -> Array:
    """Compute the multiple of the setting at which a relay operates in a given time.

    Parameters
    ----------
    time : array_like, any shape, s
        Operating time.
    multiplier : float
        Time multiplier or time dial.
    k, c : float, s
        Constants of the characteristic; IEC standard inverse where left out.
    alpha : float
        Exponent.

    Returns
    -------
    ndarray, shape of time, 1
        Infinite where the relay is never as fast as that, 1 for an infinite time.

    References
    ----------
    IEC 60255-151:2009, 4.3, solved for the multiple.

    Examples
    --------
    >>> inverse_multiple(inverse_time([7.0], 0.3), 0.3).round(12)
    array([7.])
    """
    t = np.asarray(time, dtype=float)
    rest = t / multiplier - c
    reachable = rest > 0
    safe = np.where(reachable, rest, 1.0)
    with np.errstate(over="ignore"):
        found = np.exp(np.log1p(k / safe) / alpha)
    return np.where(reachable, found, np.where(np.isnan(t), np.nan, np.inf))


def reset_time(
    multiple: ArrayLike, multiplier: float = 1.0, *, reset: float, exponent: float = 2.0, travel: float = 1.0
) -> Array:
    """Compute how long a disc takes to run back to its stop.

    Parameters
    ----------
    multiple : array_like, any shape, 1
        Current over setting, below 1.
    multiplier : float
        Time multiplier or time dial.
    reset : float, s
        Reset constant.
    exponent : float
        Power of the multiple.
    travel : float
        Share of its way that the disc has gone, 0 to 1.

    Returns
    -------
    ndarray, shape of multiple, s
        Infinite where the multiple is 1 or more.

    Raises
    ------
    OutOfRangeError
        If the travel is not from 0 to 1.

    References
    ----------
    IEEE C37.112-2018, clause 4; IEC 60255-151:2009, 4.4.

    Examples
    --------
    >>> reset_time(0.0, 2.0, reset=21.6)
    array(43.2)
    """
    if not 0.0 <= travel <= 1.0:
        raise OutOfRangeError(Issue("travel", travel, "must be at least 0 and at most 1"))
    m = np.asarray(multiple, dtype=float)
    below = m < 1.0
    way = 1.0 - np.where(below, np.maximum(m, 0.0), 0.0) ** exponent
    return np.where(below, travel * multiplier * reset / way, np.where(np.isnan(m), np.nan, np.inf))


def table() -> list[dict[str, Any]]:
    """List the characteristics with their constants and sources.

    Returns
    -------
    list of dict
        A row for each, for tables on pages.
    """
    return [
        {
            "name": curve.name,
            "title": curve.title,
            "k": curve.k,
            "alpha": curve.alpha,
            "c": curve.c,
            "reset": curve.reset or None,
            "source": curve.source,
        }
        for curve in CURVES.values()
    ]
