r"""Heat that flows between the cells of a pack.

.. math:: C_i \dot T_i = Q_i - h_i (T_i - T_{amb}) - \sum_j G_{ij} (T_i - T_j)

The derivative is that of the step's time formula, and the temperatures of all cells are solved for together, by
conjugate gradients: what one cell gives, another gets, to rounding.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.layout import (
    COOLING,
    HEAT_CAPACITY,
    HEAT_LOST,
    N_TOTAL,
    RING,
    TOTALS,
    WARMTH,
    WEIGHTS,
)
from joulebook.battery.pack.wiring import CONDUCTANCE, DIAGONAL, DIRECTION, IMAGE, LEFT, ONE, OTHER, WARM
from joulebook.numerics.twins import separate

__all__ = ["exchange_heat"]

CLOSE = 1e-13
"""Residual over that at the start."""


def flow(pack: Any, column: int, image: int) -> None:
    """Apply the matrix of storage, cooling and links to a column.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; ``warmth`` is changed.
    column : int
        To what.
    image : int
        Where the product goes.
    """
    warmth, links = pack.warmth, pack.links
    for k in range(warmth.shape[0]):
        warmth[k, image] = warmth[k, DIAGONAL] * warmth[k, column]
    for m in range(links.shape[0]):
        i = int(links[m, ONE])
        j = int(links[m, OTHER])
        heat = links[m, CONDUCTANCE] * (warmth[i, column] - warmth[j, column])
        warmth[i, image] += heat
        warmth[j, image] -= heat


@separate
def exchange_heat(pack: Any, cells: Any) -> None:
    """Let heat flow between neighbours within the solved step.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked, each with the temperature that it would have alone; temperatures and lost heat are corrected.
    """
    warmth = pack.warmth
    new = TOTALS + RING * N_TOTAL
    n = warmth.shape[0]
    leading = cells.run[0, WEIGHTS]
    for k in range(n):
        alone = cells.run[k, new + WARMTH]
        warmth[k, DIAGONAL] = cells.settings[k, HEAT_CAPACITY] * leading + cells.settings[k, COOLING]
        warmth[k, WARM] = alone
    flow(pack, WARM, IMAGE)
    size = 0.0
    for k in range(n):
        warmth[k, LEFT] = warmth[k, DIAGONAL] * warmth[k, WARM] - warmth[k, IMAGE]
        warmth[k, DIRECTION] = warmth[k, LEFT]
        size += warmth[k, LEFT] ** 2
    start = size
    for _ in range(4 * n):
        if size <= CLOSE * CLOSE * start or size == 0.0:
            break
        flow(pack, DIRECTION, IMAGE)
        product = 0.0
        for k in range(n):
            product += warmth[k, DIRECTION] * warmth[k, IMAGE]
        length = size / product
        before = size
        size = 0.0
        for k in range(n):
            warmth[k, WARM] += length * warmth[k, DIRECTION]
            warmth[k, LEFT] -= length * warmth[k, IMAGE]
            size += warmth[k, LEFT] ** 2
        for k in range(n):
            warmth[k, DIRECTION] = warmth[k, LEFT] + size / before * warmth[k, DIRECTION]
    for k in range(n):
        change = warmth[k, WARM] - cells.run[k, new + WARMTH]
        cells.run[k, new + WARMTH] = warmth[k, WARM]
        cells.run[k, new + HEAT_LOST] += cells.settings[k, COOLING] * change / leading
