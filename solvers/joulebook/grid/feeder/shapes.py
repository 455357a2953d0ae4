"""Load shapes of a feeder over the steps of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.load_plan import Branches

__all__ = ["shape_arrays"]


def shape_arrays(
    feeder: Feeder, branches: Branches, which: str, step: float, steps: int, start: float, multiplier: float
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sample the shapes in the middle of every step.

    A shape holds each of its values for its interval, and repeats.

    Parameters
    ----------
    feeder : Feeder
        The design.
    branches : Branches
        Of its loads.
    which : str
        ``"daily"`` or ``"yearly"``.
    step : float, s
        Length of a step.
    steps : int
        How many.
    start : float, s
        Begin of the first step.
    multiplier : float
        Of all loads that are not fixed.

    Returns
    -------
    shape_of : ndarray of int32, shape (branches,)
        Row of the shape; -1 for none.
    actual : ndarray, shape (branches,)
        Share of an element's power, where the shape is a power; 0 where it is a multiplier.
    factor : ndarray, shape (branches,)
        By which the rating is multiplied at all times.
    shapes : ndarray, shape (2, shapes, steps)
        Multipliers, or W and var.
    """
    chosen = branches.daily if which == "daily" else branches.yearly
    middle = start + (np.arange(steps) + 0.5) * step
    rows: dict[tuple[str, float], int] = {}
    values: list[tuple[NDArray[Any], NDArray[Any]]] = []
    shape_of = np.full(len(chosen), -1, np.int32)
    actual = np.zeros(len(chosen))
    for b, name in enumerate(chosen):
        generator = branches.names[b].startswith("generator.")
        if not name or (branches.fixed[b] and not generator):
            continue
        shape = feeder.load_shapes[name]
        p, q = branches.numbers[b, 6], branches.numbers[b, 7]
        ratio = q / p if shape.actual and not shape.reactive and p else 0.0
        key = (name, ratio)
        if key not in rows:
            at = np.floor(middle / shape.interval).astype(np.int64) % len(shape.active)
            active = np.array(shape.active)[at]
            reactive = np.array(shape.reactive)[at] if shape.reactive else active
            if shape.actual:
                active, reactive = active * 1e3, reactive * 1e3 if shape.reactive else active * 1e3 * ratio
            rows[key] = len(values)
            values.append((active, reactive))
        shape_of[b] = rows[key]
        if shape.actual:
            actual[b] = branches.share[b]
    factor = np.where(branches.fixed, 1.0, multiplier)
    shapes = np.array(values).transpose(1, 0, 2).copy() if values else np.zeros((2, 0, steps))
    return shape_of, actual, factor, shapes
