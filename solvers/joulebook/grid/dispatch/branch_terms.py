"""Flows of a two-port in polar coordinates, with first and second derivatives.

With y = g + jb for each entry of the two-port, d the angle of ``from`` less that of ``to``, voltages u and v there::

    P_f =  g_ff u² + u v (g_ft cos d + b_ft sin d)      Q_f = -b_ff u² + u v (g_ft sin d - b_ft cos d)
    P_t =  g_tt v² + u v (g_tf cos d - b_tf sin d)      Q_t = -b_tt v² - u v (g_tf sin d + b_tf cos d)

References
----------
Zimmerman, AC power flows, generalized OPF costs and their derivatives using complex matrix notation, MATPOWER
Technical Note 2 (2010), doi:10.5281/zenodo.3237866: the same quantities in matrix form.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["branch_flows", "weighted_hessian"]


def branch_flows(y: Any, d: float, u: float, v: float, flow: Any, slope: Any) -> None:
    """Work out flows and slopes.

    Parameters
    ----------
    y : ndarray, shape (8,), per unit
        g and b of y_ff, y_ft, y_tf, y_tt.
    d : float, rad
        Angle difference.
    u, v : float, per unit
        Voltages at ``from`` and ``to``.
    flow : ndarray, shape (4,), per unit
        Filled: P_f, Q_f, P_t, Q_t.
    slope : ndarray, shape (4, 3)
        Filled: derivatives by d, u, v.
    """
    cosine, sine = math.cos(d), math.sin(d)
    c_f = y[2] * cosine + y[3] * sine
    s_f = y[2] * sine - y[3] * cosine
    c_t = y[4] * cosine - y[5] * sine
    s_t = -y[4] * sine - y[5] * cosine
    a = u * v
    flow[0] = y[0] * u * u + a * c_f
    flow[1] = -y[1] * u * u + a * s_f
    flow[2] = y[6] * v * v + a * c_t
    flow[3] = -y[7] * v * v + a * s_t
    slope[0, 0] = -a * s_f
    slope[0, 1] = 2.0 * y[0] * u + v * c_f
    slope[0, 2] = u * c_f
    slope[1, 0] = a * c_f
    slope[1, 1] = -2.0 * y[1] * u + v * s_f
    slope[1, 2] = u * s_f
    slope[2, 0] = a * s_t
    slope[2, 1] = v * c_t
    slope[2, 2] = 2.0 * y[6] * v + u * c_t
    slope[3, 0] = -a * c_t
    slope[3, 1] = v * s_t
    slope[3, 2] = -2.0 * y[7] * v + u * s_t


def weighted_hessian(
    y: Any, d: float, u: float, v: float, weights: tuple[float, float, float, float]
) -> tuple[float, float, float, float, float, float]:
    """Sum up the second derivatives of the four flows.

    Parameters
    ----------
    y, d, u, v
        As in :func:`branch_flows`.
    weights : tuple of four float
        Of P_f, Q_f, P_t, Q_t.

    Returns
    -------
    tuple of six float
        By dd, du, dv, uu, uv, vv.
    """
    cosine, sine = math.cos(d), math.sin(d)
    c_f = y[2] * cosine + y[3] * sine
    s_f = y[2] * sine - y[3] * cosine
    c_t = y[4] * cosine - y[5] * sine
    s_t = -y[4] * sine - y[5] * cosine
    p_f, q_f, p_t, q_t = weights
    cross = -p_f * s_f + q_f * c_f + p_t * s_t - q_t * c_t
    same = p_f * c_f + q_f * s_f + p_t * c_t + q_t * s_t
    return (
        -u * v * same,
        v * cross,
        u * cross,
        2.0 * (p_f * y[0] - q_f * y[1]),
        same,
        2.0 * (p_t * y[6] - q_t * y[7]),
    )
