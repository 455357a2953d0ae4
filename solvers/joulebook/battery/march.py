"""A study under way: everything the compiled loop works on, and the calls that move it on."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.discretise import Arrays
from joulebook.battery.schedule import Schedule

__all__ = ["March", "begin", "first_arena"]

_ROWS = 512
_AT_REST = (at.OCP, at.ENTROPY, at.GAP)
NO_SERIES = np.zeros((1, 2))


@dataclass
class March:
    """A study under way."""

    arena: at.Arena
    arrays: Arrays
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the trace that are filled."""
        return int(self.arena.run[at.ROWS])

    @property
    def trace(self) -> NDArray[np.float64]:
        """Filled rows of the trace."""
        return np.asarray(self.arena.trace[: self.rows])

    def advance(self) -> int:
        """March on; see :func:`joulebook.battery.follow.follow`.

        Returns
        -------
        int
            Status code.
        """
        from joulebook.battery.loops import SINGLE

        started = time.perf_counter()
        self.arena.run[at.TAKEN] = 0.0
        status = SINGLE.cpu(self.arena)
        self.seconds += time.perf_counter() - started
        return int(status)

    def make_room(self) -> None:
        """Double the rows of trace and profiles."""
        trace, profiles = self.arena.trace, self.arena.profiles
        self.arena = self.arena._replace(
            trace=np.concatenate([trace, np.empty_like(trace)]),
            profiles=np.concatenate([profiles, np.empty_like(profiles)]) if profiles.shape[0] else profiles,
        )


def first_arena(arrays: Arrays, schedule: Schedule, rows: int, profiles: bool = False) -> at.Arena:
    """Make all arrays of a study, at its start.

    Parameters
    ----------
    arrays : Arrays
        The cell.
    schedule : Schedule
        The protocol.
    rows : int
        Rows of the trace.
    profiles : bool
        Whether to keep what varies across the stack.

    Returns
    -------
    Arena
        Ready for the loop.
    """
    nodes, sites, settings = arrays.nodes, arrays.sites, arrays.settings
    n_r = arrays.shells.shape[1] - 2
    n_sites = sites.shape[0]
    work = np.zeros((nodes.shape[0], at.N_WORK))
    reactions = np.zeros((sites.shape[0], at.N_REACTION))
    past = np.zeros((at.RING, nodes.shape[0], at.N_PAST))
    states = np.zeros((at.RING, *arrays.states.shape))
    concentration = np.zeros((at.RING, n_r, sites.shape[0]))
    run = np.zeros(at.N_RUN)
    grid = np.linspace(0.0, 1.0, arrays.laws.shape[0])
    states[0] = arrays.states
    concentration[0] = arrays.concentrations
    filled = np.divide(
        arrays.concentrations, sites[:, at.MAXIMUM], where=sites[:, at.GROUP] >= 0, out=np.zeros(n_sites)
    )
    for law in np.unique(sites[sites[:, at.GROUP] >= 0, at.LAW]):
        mine = (sites[:, at.LAW] == law) & (sites[:, at.GROUP] >= 0)
        ocp, entropy, gap = (np.interp(filled[mine], grid, arrays.laws[:, int(law) + k]) for k in _AT_REST)
        warmer = (settings[at.TEMPERATURE] - sites[mine, at.REFERENCE_TEMPERATURE]) * sites[mine, at.ENTROPIC]
        states[0, mine, at.DIFFERENCE] = ocp + warmer * entropy + gap * arrays.states[mine, at.TILT]
    sides = [states[0, sites[:, at.SIDE] == side, at.DIFFERENCE][0] for side in (0, 1)]
    past[0, :, 0] = work[:, at.SALT] = arrays.salt
    past[0, :, 1] = -sides[0]
    past[0, nodes[:, at.ELECTRODE] == 1.0, 2] = sides[1] - sides[0]
    work[:, at.OPENNESS] = nodes[:, at.POROSITY]
    work[:, at.TRANSPORT] = nodes[:, at.POROSITY] ** nodes[:, at.BRUGGEMAN]
    past[0, :, at.AMOUNT] = work[:, at.OPENNESS] * arrays.salt
    run[at.VOLTAGES] = run[at.VOLTAGE] = sides[1] - sides[0]
    run[at.TOTALS + at.WARMTH] = settings[at.TEMPERATURE]
    run[at.TOTALS + at.RING * at.N_TOTAL + at.WARMTH] = settings[at.TEMPERATURE]
    run[at.BLENDED] = settings[at.TEMPERATURE]
    node = round((settings[at.TEMPERATURE] - settings[at.COLDEST]) / settings[at.DEGREES])
    varies = bool(np.any(arrays.shells[:, -1, at.VARIES] > 0))
    factors = np.zeros((sites.shape[0] if varies else 0, n_r + 1, at.N_FACTOR))
    columns = at.N_TRACE if settings[at.SIDE_REACTIONS] else at.N_TRACE_FRESH
    return at.Arena(
        settings,
        nodes,
        sites,
        arrays.shells,
        arrays.laws,
        arrays.salts,
        arrays.films,
        schedule.rows,
        schedule.series if schedule.series.shape[0] else NO_SERIES,
        past,
        states,
        concentration,
        work,
        reactions,
        factors,
        np.array(arrays.salts[node]),
        run,
        np.empty((rows, columns)),
        np.empty((rows if profiles else 0, nodes.shape[0], at.N_PROFILE)),
        np.zeros((schedule.rows.shape[0], at.N_MARK)),
    )


def begin(arrays: Arrays, schedule: Schedule, profiles: bool = False, curves: bool = True) -> March:
    """Make everything that a study works on.

    Parameters
    ----------
    arrays : Arrays
        The discretised cell.
    schedule : Schedule
        The protocol.
    profiles : bool
        Whether to keep what varies across the stack.
    curves : bool
        Whether the points shall lie close enough for a curve.

    Returns
    -------
    March
        Ready to advance.
    """
    arrays.settings[at.CURVES] = float(curves)
    arrays.settings[at.ENDS_AT_ONCE] = float(schedule.rows.shape[0] > 1)
    return March(first_arena(arrays, schedule, _ROWS, profiles), arrays)
