"""A study under way: everything the compiled loop works on, and the calls that move it on."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.discretise import Arrays, rings
from joulebook.battery.options import Resolution
from joulebook.battery.protocol import Step

__all__ = ["March", "begin", "prepare_step"]

_ROWS = 512


@dataclass
class March:
    """A study under way."""

    arrays: Arrays
    past: NDArray[np.float64]
    concentration: NDArray[np.float64]
    work: NDArray[np.float64]
    run: NDArray[np.float64]
    trace: NDArray[np.float64]
    profiles: NDArray[np.float64]
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the trace that are filled."""
        return int(self.run[at.ROWS])

    def advance(self) -> int:
        """March on; see :func:`joulebook.battery.stepping.integrate`.

        Returns
        -------
        int
            Status code.
        """
        from joulebook.battery.loops import SINGLE

        a = self.arrays
        started = time.perf_counter()
        status = SINGLE.cpu(
            a.settings,
            a.nodes,
            a.shells,
            a.ocp,
            a.electrolyte,
            self.past,
            self.concentration,
            self.work,
            self.run,
            self.trace,
            self.profiles,
        )
        self.seconds += time.perf_counter() - started
        return int(status)

    def make_room(self) -> None:
        """Double the rows of trace and profiles."""
        self.trace = np.concatenate([self.trace, np.empty_like(self.trace)])
        if self.profiles.shape[0]:
            self.profiles = np.concatenate([self.profiles, np.empty_like(self.profiles)])


def begin(arrays: Arrays, resolution: Resolution, current: float, profiles: bool = False) -> March:
    """Make everything that a study works on.

    Parameters
    ----------
    arrays : Arrays
        The discretised cell with its step.
    resolution : Resolution
        Gives the first step.
    current : float, A
        First guess of the current.
    profiles : bool
        Whether to keep what varies across the stack.

    Returns
    -------
    March
        Ready to advance.
    """
    past, concentration, work, run = rings(arrays, current)
    run[at.STEP] = resolution.first_step
    rows = _ROWS if profiles else 0
    return March(
        arrays,
        past,
        concentration,
        work,
        run,
        np.empty((_ROWS, at.N_TRACE)),
        np.empty((rows, arrays.nodes.shape[0], at.N_PROFILE)),
    )


def prepare_step(arrays: Arrays, step: Step) -> float:
    """Enter a protocol step into the settings.

    Parameters
    ----------
    arrays : Arrays
        Its settings are changed.
    step : Step
        What is done.

    Returns
    -------
    float
        First guess of the current, A.
    """
    settings = arrays.settings
    settings[at.CONTROL] = step.control
    settings[at.TARGET] = step.target
    settings[at.EVENT_SIGN] = step.sign if step.sign else 1
    settings[at.EVENT_VOLTAGE] = step.level if step.sign else -1e9
    settings[at.END_TIME] = min(step.duration, 1e12)
    settings[at.STEPS] = 1e9
    if step.control == at.HOLD_CURRENT:
        return step.target
    grid = np.linspace(0.0, 1.0, arrays.ocp.shape[0])
    potentials = [
        float(np.interp(start / arrays.nodes[place, at.MAXIMUM], grid, arrays.ocp[:, column]))
        for start, place, column in zip(arrays.starts, (0, -1), (0, 2), strict=True)
    ]
    return step.target / max(potentials[1] - potentials[0], 0.1)
