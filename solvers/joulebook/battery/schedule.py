"""A protocol as the compiled loop reads it: a table of steps, and the points of its series.

Each row of ``rows`` is one step. Loops and cycles are written out: a thousand cycles of three steps are three
thousand rows. A column that does not apply holds not-a-number, an index that does not apply -1. Currents, powers and
charges are positive on discharge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["N_ROW", "Schedule"]

HELD: Final = 0
"""What is held: ``layout.HOLD_CURRENT``, ``HOLD_POWER``, ``HOLD_VOLTAGE`` or ``HOLD_RESISTANCE``."""
VALUE: Final = 1
"""At which value, A, W, V or ohm; of a series, what its values are multiplied by."""
DURATION: Final = 2
"""When the step ends at the latest, s after its start; infinite without a limit."""
FALLS_TO: Final = 3
"""Ends when the voltage falls to this, V."""
RISES_TO: Final = 4
"""Ends when the voltage rises to this, V."""
CURRENT_BELOW: Final = 5
"""Ends when the size of the current falls below this, A."""
CHARGE_PASSED: Final = 6
"""Ends when this much charge has passed in the step, in either direction, A h."""
HOTTER_THAN: Final = 7
"""Ends when the cell gets hotter than this, K."""
ANODE_BELOW: Final = 8
"""Ends when the potential of the negative electrode against the electrolyte, where it meets the separator, falls to
this, V: lithium plating sets in below 0."""
SERIES_FIRST: Final = 9
"""First row of ``series``; -1 where the held value is constant."""
SERIES_STOP: Final = 10
"""One past the last row of ``series``."""
OWN_END: Final = 11
"""1 if FALLS_TO and RISES_TO are what the step asks for, 0 if they are the cell's limits, put in for safety."""
CYCLE: Final = 12
"""Cycle that the step belongs to, from 1; 0 outside of cycles."""
STEP_OF_CYCLE: Final = 13
"""Place of the step in its cycle, from 0."""
N_ROW: Final = 14


@dataclass(frozen=True)
class Schedule:
    """A compiled protocol.

    Parameters
    ----------
    rows : ndarray, shape (n_steps, 14), mixed
        A row per step, in the order in which they are done.
    series : ndarray, shape (n_points, 2), s and A, W, V or ohm
        Times since the start of the step (rising, from 0) and values, linear in between.
    sentences : tuple of str
        Each distinct step as it was written.
    sentence_of : ndarray of int, shape (n_steps,), 1
        Index in ``sentences`` of each row.
    """

    rows: NDArray[np.float64]
    series: NDArray[np.float64]
    sentences: tuple[str, ...]
    sentence_of: NDArray[np.int64]

    @property
    def has_corners(self) -> bool:
        """Whether some step follows a series."""
        return bool(np.any(self.rows[:, SERIES_FIRST] >= 0))
