"""Where each number of a pack lies in the arrays of its compiled loop.

The cells are one stacked :class:`joulebook.battery.layout.Arena`, the cell first. The pack has a few arrays of its own
(:class:`PackArena`); ``settings``, ``rows``, ``series``, ``run``, ``trace`` and ``marks`` are laid out as those of a
single cell, with the pack's voltage, current and charge, so that what follows a protocol serves both. Cell ``k`` is at
place ``k % parallel`` of group ``k // parallel``; groups are in series.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from joulebook.battery.layout import MARK_AGEING, N_RUN, N_SETTINGS, N_TRACE_FRESH

__all__ = ["PackArena"]


class PackArena(NamedTuple):
    """The arrays of the pack itself, in the order of the loop."""

    settings: Any
    rows: Any
    series: Any
    limits: Any
    joints: Any
    links: Any
    switches: Any
    network: Any
    warmth: Any
    run: Any
    trace: Any
    marks: Any


# settings: those of a cell, then
PARALLEL: Final = N_SETTINGS
"""Cells in a group."""
IN_SERIES: Final = N_SETTINGS + 1
"""Resistance of all that is in series with the groups, ohm."""
BUSBAR: Final = N_SETTINGS + 2
"""Resistance of a segment of one busbar between two neighbours of a group, ohm."""
OPPOSITE: Final = N_SETTINGS + 3
"""1 if current enters and leaves a group at opposite ends, 0 if at one end."""
TRIP_LOW: Final = N_SETTINGS + 4
"""Voltage of any cell below which the contactor opens, V; not a number for none, as the next two."""
TRIP_HIGH: Final = N_SETTINGS + 5
"""Above which it opens, V."""
TRIP_HOT: Final = N_SETTINGS + 6
"""Temperature of any cell above which it opens, K."""
RESTS: Final = N_SETTINGS + 7
"""1 if the last row of the table is the rest that follows an opening at a limit."""
N_PACK_SETTINGS: Final = N_SETTINGS + 8

# limits: columns, V
CELL_FALLS_TO: Final = 0
"""The step ends when any cell falls to this."""
CELL_RISES_TO: Final = 1
N_LIMIT: Final = 2

# links: columns
ONE: Final = 0
OTHER: Final = 1
"""The cells."""
CONDUCTANCE: Final = 2
"""W/K."""
N_LINK: Final = 3

# network: a row per cell
BEYOND: Final = 0
"""Current of this cell and all further from the terminal in its group, A."""
PIVOT: Final = 1
"""Of the elimination along the group, ohm."""
LOAD: Final = 2
"""Change of ``BEYOND`` that evens out the voltages, A."""
RESPONSE: Final = 3
"""Change of ``BEYOND`` per unit of pack current."""
N_NETWORK: Final = 4

# warmth: a row per cell
WARM: Final = 0
"""Temperature, K; then residual, direction and its image (W), and the diagonal (W/K)."""
LEFT: Final = 1
DIRECTION: Final = 2
IMAGE: Final = 3
DIAGONAL: Final = 4
N_WARMTH: Final = 5

# run: that of a cell, then
OPEN: Final = N_RUN
"""1 while the contactor is open by its schedule."""
SWITCH: Final = N_RUN + 1
"""Next of ``switches``."""
WORST: Final = N_RUN + 2
"""Cell that met a limit, or could not be solved; -1 for none."""
TRIPPED: Final = N_RUN + 3
"""1 from when the contactor has opened at a limit."""
CONNECTION_HEAT: Final = N_RUN + 4
"""Heat made in joints, busbars and everything in series, W."""
BALANCING: Final = N_RUN + 5
"""Iterations that share the current out."""
EASY: Final = N_RUN + 6
"""1 if the last step's circuit closed with the first guess of the currents."""
N_PACK_RUN: Final = N_RUN + 7

# trace: that of a cell, then
TRACE_OPEN: Final = N_TRACE_FRESH
N_PACK_TRACE: Final = N_TRACE_FRESH + 1

# marks: those of a cell, but in place of its ageing
MARK_CELL: Final = MARK_AGEING
"""Cell that ended the step; -1 for none."""

# which end of a step was met, beyond those of a cell
EVENT_CELL_FELL: Final = 11
EVENT_CELL_ROSE: Final = 12
TRIP_FELL: Final = 21
TRIP_ROSE: Final = 22
TRIP_WARMED: Final = 23

# status codes beyond those of a cell
OPENED: Final = 11
"""The contactor has opened at a limit."""
