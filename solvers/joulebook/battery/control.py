"""What a protocol step holds: the cell's current, power, voltage or resistance.

The current is an unknown of every step. With the voltage linear in it, ``V(I + δ) = v + s δ``, the held quantity
gives one equation for δ; it is solved together with the nodes, as a border of their system.
"""

from __future__ import annotations

from joulebook.battery.layout import HOLD_CURRENT, HOLD_POWER, HOLD_VOLTAGE

__all__ = ["beyond_peak", "current_change"]


def current_change(kind: int, target: float, current: float, voltage: float, slope: float) -> float:
    """Change of the current that brings the held quantity to its target, to first order.

    Parameters
    ----------
    kind : int
        What is held.
    target : float
        Its value: A, W, V or ohm; positive on discharge.
    current : float, A
        Present current.
    voltage : float, V
        Voltage at the present current.
    slope : float, ohm
        Change of the voltage per unit of current.

    Returns
    -------
    float
        A.
    """
    if kind == HOLD_CURRENT:
        return target - current
    if kind == HOLD_POWER:
        return (target - voltage * current) / (voltage + slope * current)
    if kind == HOLD_VOLTAGE:
        return (target - voltage) / slope
    return (target * current - voltage) / (slope - target)


def beyond_peak(kind: int, current: float, voltage: float, slope: float) -> int:
    """Say whether a solution lies on the branch on which more current gives less power.

    Every power below the largest that a cell gives is met twice; the solution with the higher voltage is meant.

    Parameters
    ----------
    kind : int
        What is held.
    current : float, A
        Current.
    voltage : float, V
        Voltage.
    slope : float, ohm
        Change of the voltage per unit of current.

    Returns
    -------
    int
        1 if a power is held beyond its peak, otherwise 0.
    """
    if kind == HOLD_POWER and voltage + slope * current <= 0.0:
        return 1
    return 0
