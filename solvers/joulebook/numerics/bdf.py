"""Backward differentiation formulas on an uneven grid of times, orders 1 to 4.

All weights come from the interpolating polynomial through the actual times (the variable-coefficient form), so a
change of step needs no rescaling. Times of past points lie in a ring: ``clock[(head - q) % n]`` is the point
``q`` steps back, ``q = 0`` the last accepted one.

The local error of order k is estimated from the distance between the solution and the extrapolation through the
last k + 1 points: with P the product of the distances to those points, L that of the last k divided by the leading
weight, it is ``L / (P + L)`` times that distance.

References
----------
Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., section III.5 (variable step size
multistep methods). Brenan, Campbell and Petzold, Numerical Solution of Initial-Value Problems in
Differential-Algebraic Equations, chapter 5 (error estimates and order selection).
"""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_ORDER", "derivative_weights", "error_weight", "extrapolation_weights", "step_factor", "steps_back"]

MAX_ORDER = 4
"""Highest order offered; higher ones lose too much of the stable half-plane."""


def steps_back(head: int, steps: int, count: int) -> int:
    """Place in a ring some steps back; a division would take longer than all else that is done with it.

    Parameters
    ----------
    head : int
        Place of the last point.
    steps : int
        Fewer than ``count``.
    count : int
        Places in the ring.

    Returns
    -------
    int
        Place.
    """
    place = head - steps
    return place + count if place < 0 else place


def derivative_weights(clock: Any, head: int, order: int, time: float, weights: Any) -> None:
    """Weights of the new and the past values in the derivative at a new time.

    ``y'(time) ≈ weights[0] y(time) + Σ weights[q + 1] y_q`` with ``y_q`` the value ``q`` points back.

    Parameters
    ----------
    clock : ndarray, shape (n_ring,), s
        Times of past points, in a ring.
    head : int
        Place of the last accepted point.
    order : int
        Order, at most the number of past points.
    time : float, s
        The new time.
    weights : ndarray, shape (≥ order + 1,), 1/s
        Filled.
    """
    n = clock.shape[0]
    leading = 0.0
    for q in range(order):
        own = clock[steps_back(head, q, n)]
        leading += 1.0 / (time - own)
        above = 1.0
        below = own - time
        for m in range(order):
            if m != q:
                other = clock[steps_back(head, m, n)]
                above *= time - other
                below *= own - other
        weights[q + 1] = above / below
    weights[0] = leading


def extrapolation_weights(clock: Any, head: int, points: int, time: float, weights: Any) -> None:
    """Weights of the past values in their polynomial extrapolation.

    Parameters
    ----------
    clock : ndarray, shape (n_ring,), s
        Times of past points, in a ring.
    head : int
        Place of the last accepted point.
    points : int
        How many of them to use; the degree is one less.
    time : float, s
        Where to extrapolate to.
    weights : ndarray, shape (≥ points,), 1
        Filled; ``weights[q]`` belongs to the point ``q`` steps back.
    """
    n = clock.shape[0]
    for q in range(points):
        own = clock[steps_back(head, q, n)]
        above = 1.0
        below = 1.0
        for m in range(points):
            if m != q:
                other = clock[steps_back(head, m, n)]
                above *= time - other
                below *= own - other
        weights[q] = above / below


def error_weight(clock: Any, head: int, order: int, time: float) -> float:
    """Factor from the distance to the extrapolation to the local error.

    Parameters
    ----------
    clock : ndarray, shape (n_ring,), s
        Times of past points, in a ring.
    head : int
        Place of the last accepted point.
    order : int
        Order of the formula; ``order + 1`` past points are used.
    time : float, s
        The new time.

    Returns
    -------
    float
        Between 0 and 1; 0.18 for order 2 on an even grid.
    """
    n = clock.shape[0]
    product = 1.0
    leading = 0.0
    for q in range(order):
        distance = time - clock[steps_back(head, q, n)]
        product *= distance
        leading += 1.0 / distance
    local = product / leading
    return float(local / (product * (time - clock[steps_back(head, order, n)]) + local))


def step_factor(error: float, order: int) -> float:
    """Factor by which the step may change for the next local error to be 0.8^(order + 1) of what is allowed.

    Parameters
    ----------
    error : float, 1
        Local error over tolerance.
    order : int
        Order of the formula.

    Returns
    -------
    float
        Between 0.2 and 2.
    """
    factor = 0.8 * max(error, 1e-8) ** (-1.0 / (order + 1.0))
    return float(min(2.0, max(0.2, factor)))
