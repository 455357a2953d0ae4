r"""Leap over cycles that are alike, with a bound of what that does to the capacity.

From one cycle to the next a cell hardly changes: films thicken a little, some lithium is lost. So the state at the end
of a cycle is a smooth function :math:`z(n)` of its number, and its change :math:`d(n)` in a cycle a smooth rate. It is
taken over the last two cycles, and k cycles are leapt over,

.. math:: z(n + k) = z(n) + k \, \big( d + s (1 + k/2) \big),

with the slope s of the rate by n; the 1 is for the middle of the two cycles. Where this lands, three cycles are
simulated: in the first what is fast settles, the others give the rate :math:`d_1` there. With it the slope over the
leap itself, :math:`s_1 = (d_1 - d)/(k + 3)`, is known, and with that the same formula errs by a small part of what it
did. So the difference :math:`k (1 + k/2)(s_1 - s)` is added to the state and, taken as the error of the leap, decides
how far the next one goes. A leap whose error is above its share :math:`k / N` of what the whole study may err is taken
back and made shorter; where even the shortest errs too much, more and more cycles are simulated before the next try.
That happens where ageing bends, and where the noise that the steps in time leave in a rate is above the share.

The state is extrapolated as a whole: films, metal, lost lithium and material, cracks, what the particles hold, salt and
temperature. Lithium is linear in it but for the product of active material and concentration; there the shells are
shifted to hold what the balance says. So no lithium is made or lost.

The error is told as a capacity: lost lithium counts in full, lost material by the capacity of its electrode, and the
drop of a thicker film at the nominal current by the nominal capacity per volt. The sum over all leaps is the bound that
is stated: it is the error before the correction; what is left after it has been an eighth of it or less in all cases
tried. It holds as long as the rate is smooth between two landings and an early error does not grow: ageing that speeds
itself up, such as plating past a knee, makes leaps short but may make an error grow.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.march import March
from joulebook.battery.schedule import Schedule

__all__ = ["Jumps", "leap_through"]

SETTLED = 6
"""Cycles that are simulated first: a new film grows unlike an old one."""
WINDOW = 2
"""Cycles over which a rate is taken."""
SHORTEST, LONGEST = 2, 200
"""Cycles in a leap."""
FEWEST = 16
"""Cycles alike that are worth a leap."""
_GIVEN = [at.MARK_CHARGE, at.MARK_ENERGY, at.MARK_RESISTANCE]
Array = NDArray[np.float64]


@dataclass
class Jumps:
    """What was leapt over, and what that may have done."""

    allowed: float
    """Error of the capacity that all leaps together may make, A h."""
    nominal: float
    """Nominal capacity, A h."""
    error: float = 0.0
    """Bound of what they have made, A h."""
    leapt: list[int] = field(default_factory=list)
    """Numbers of the cycles that were leapt over."""


@dataclass
class _State:
    """State at the end of a cycle, and the sums that run with it."""

    states: Array
    concentration: Array
    past: Array
    totals: Array

    def plus(self, other: _State, factor: float) -> _State:
        return _State(
            self.states + factor * other.states,
            self.concentration + factor * other.concentration,
            self.past + factor * other.past,
            self.totals + factor * other.totals,
        )


@dataclass
class _Course:
    """State at the end of a cycle, its change in a cycle, and the change of that, with which it goes on."""

    here: _State
    rate: _State
    slope: _State

    def ahead(self, cycles: int) -> _State:
        """Change of the state in some cycles to come; the rate is that in the middle of the last two."""
        return _scaled(self.rate, cycles).plus(self.slope, cycles * (1.0 + 0.5 * cycles))


@dataclass(frozen=True)
class _Alike:
    """Cycles of the same steps, one after the other."""

    first_row: int
    steps: int
    count: int
    first_cycle: int


def leap_through(march: March, schedule: Schedule, advance: Callable[[int], int], jumps: Jumps) -> int:
    """March through a protocol and leap over cycles that are alike.

    Parameters
    ----------
    march : March
        Ready at its start.
    schedule : Schedule
        The protocol.
    advance : callable
        Marches on to a row of the protocol and gives a status code back.
    jumps : Jumps
        Filled.

    Returns
    -------
    int
        Status code.
    """
    total = int(schedule.rows[:, column.CYCLE].max(initial=0.0))
    for alike in _alike_cycles(schedule):
        status = advance(alike.first_row)
        if status == at.FINISHED:
            status = _Leaps(march, advance, jumps, alike, total).run()
        if status != at.FINISHED:
            return status
    return advance(schedule.rows.shape[0])


def _alike_cycles(schedule: Schedule) -> list[_Alike]:
    cycles = schedule.rows[:, column.CYCLE].astype(int)
    edges = [*np.flatnonzero(np.diff(cycles, prepend=-1)).tolist(), cycles.size]
    found: list[_Alike] = []
    pattern: tuple[int, ...] = ()
    for first, stop in itertools.pairwise(edges):
        own = tuple(schedule.sentence_of[first:stop].tolist()) if cycles[first] > 0 else ()
        if own and own == pattern:
            last = found[-1]
            found[-1] = _Alike(last.first_row, last.steps, last.count + 1, last.first_cycle)
        elif own:
            found.append(_Alike(first, stop - first, 1, int(cycles[first])))
        pattern = own
    return [alike for alike in found if alike.count >= FEWEST]


class _Leaps:
    """Walks and leaps through cycles that are alike."""

    def __init__(self, march: March, advance: Callable[[int], int], jumps: Jumps, alike: _Alike, total: int) -> None:
        self.march, self.advance, self.jumps, self.alike, self.total = march, advance, jumps, alike, total
        self.done = 0

    def run(self) -> int:
        """Walk and leap to the end of the cycles.

        Returns
        -------
        int
            Status code.
        """
        before, status = self._walk(SETTLED - 4)
        middle, status = self._walk(2) if status == at.FINISHED else (before, status)
        here, status = self._walk(2) if status == at.FINISHED else (before, status)
        if status != at.FINISHED:
            return status
        rate = _scaled(here.plus(middle, -1.0), 0.5)
        course = _Course(here, rate, _scaled(rate.plus(_scaled(middle.plus(before, -1.0), 0.5), -1.0), 0.5))
        length, pause = SHORTEST, WINDOW
        while status == at.FINISHED and self.alike.count - self.done >= SHORTEST + 1 + WINDOW:
            length = min(length, LONGEST, self.alike.count - self.done - 1 - WINDOW)
            kept = self._keep()
            landed, error = self._leap(course, length)
            share = self.jumps.allowed * length / self.total
            if landed is not None and error <= share:
                self._accept(length, error, kept)
                growth = min(2.0, max(0.5, 0.8 * np.sqrt(share / max(error, 1e-300))))
                course, length, pause = landed, max(SHORTEST, int(np.ceil(length * growth))), WINDOW
                continue
            self._restore(kept)
            if length > SHORTEST:
                shorter = 0.5 if landed is None else max(0.2, 0.8 * np.sqrt(share / error))
                length = max(SHORTEST, min(length - 1, int(length * shorter)))
            else:
                course, status = self._follow(course, min(pause, self.alike.count - self.done))
                pause = min(2 * pause, LONGEST)
        last = self.alike.first_row + self.alike.count * self.alike.steps
        return self.advance(last) if status == at.FINISHED else status

    def _leap(self, course: _Course, length: int) -> tuple[_Course | None, float]:
        """Leap and simulate where it lands; gives the corrected course there, and the error as a capacity."""
        if not self._land(course.here, course.ahead(length), length):
            return None, np.inf
        settled, status = self._walk(1)
        there, status = self._walk(WINDOW) if status == at.FINISHED else (settled, status)
        if status != at.FINISHED:
            return None, np.inf
        rate = _scaled(there.plus(settled, -1.0), 1.0 / WINDOW)
        slope = _scaled(rate.plus(course.rate, -1.0), 1.0 / (length + 1.0 + WINDOW))
        miss = _Course(course.here, course.rate, slope).ahead(length).plus(course.ahead(length), -1.0)
        miss.totals[:] = 0.0
        error = _as_capacity(self.march.arena, miss, self.jumps.nominal)
        corrected = _consistent(self.march.arena, there.plus(miss, 1.0))
        if corrected is None:
            return None, np.inf
        _write(self.march.arena, corrected)
        return _Course(corrected, rate, slope), error

    def _follow(self, course: _Course, cycles: int) -> tuple[_Course, int]:
        """Simulate some cycles, at least two, without a leap."""
        last, status = self._walk(cycles - WINDOW) if cycles > WINDOW else (course.here, at.FINISHED)
        there, status = self._walk(WINDOW) if status == at.FINISHED else (last, status)
        rate = _scaled(there.plus(last, -1.0), 1.0 / WINDOW)
        return _Course(there, rate, _scaled(rate.plus(course.rate, -1.0), 1.0 / cycles)), status

    def _walk(self, cycles: int) -> tuple[_State, int]:
        """Simulate some cycles; gives the state at their end."""
        self.done += cycles
        status = self.advance(self.alike.first_row + self.done * self.alike.steps)
        return _read(self.march.arena), status

    def _land(self, here: _State, shift: _State, length: int) -> bool:
        """Leap, if there is a state to land in."""
        landing = _consistent(self.march.arena, here.plus(shift, 1.0))
        if landing is None or landing.totals[-1] <= here.totals[-1]:
            return False
        _write(self.march.arena, landing)
        self.march.arena.run[at.ROW] += length * self.alike.steps
        self.done += length
        return True

    def _keep(self) -> tuple[int, _State, Array]:
        return self.done, _read(self.march.arena), self.march.arena.run.copy()

    def _restore(self, kept: tuple[int, _State, Array]) -> None:
        self.done = kept[0]
        self.march.arena.run[:] = kept[2]
        _write(self.march.arena, kept[1])

    def _accept(self, length: int, error: float, kept: tuple[int, _State, Array]) -> None:
        """Note the leap, and fill the marks of its cycles in between those of the cycles around it.

        The first cycle after a leap still settles: what it gave is taken from its neighbours too.
        """
        self.jumps.error += error
        number = self.alike.first_cycle + kept[0]
        self.jumps.leapt += list(range(number, number + length + 1))
        marks, steps = self.march.arena.marks, self.alike.steps
        row = self.alike.first_row + kept[0] * steps
        before, after = marks[row - steps : row], marks[row + (length + 1) * steps : row + (length + 2) * steps]
        for k in range(length + 1):
            share = (k + 1.0) / (length + 2.0)
            mine = marks[row + k * steps : row + (k + 1) * steps]
            between = (1.0 - share) * before + share * after
            if k == length:
                mine[:, _GIVEN] = between[:, _GIVEN]
                continue
            mine[:] = between
            mine[:, [at.MARK_CODE, at.MARK_EVENT]] = before[:, [at.MARK_CODE, at.MARK_EVENT]]
            mine[:, [at.MARK_FIRST_ROW, at.MARK_STOP_ROW]] = kept[2][at.ROWS]


def _scaled(state: _State, factor: float) -> _State:
    return _State(factor * state.states, factor * state.concentration, factor * state.past, factor * state.totals)


def _totals(arena: at.Arena) -> Array:
    head = int(arena.run[at.HEAD])
    first = at.TOTALS + head * at.N_TOTAL
    return np.asarray(arena.run[first : first + at.N_TOTAL])


def _read(arena: at.Arena) -> _State:
    head = int(arena.run[at.HEAD])
    totals = np.append(_totals(arena), arena.run[at.TIME])
    return _State(arena.states[head].copy(), arena.concentration[head].copy(), arena.past[head].copy(), totals)


def _write(arena: at.Arena, state: _State) -> None:
    head = int(arena.run[at.HEAD])
    arena.states[head], arena.concentration[head], arena.past[head] = state.states, state.concentration, state.past
    _totals(arena)[:] = state.totals[:-1]
    arena.run[at.TIME] = state.totals[-1]


def _consistent(arena: at.Arena, state: _State) -> _State | None:
    """Make the parts of an extrapolated state fit together; None where it lies outside of what there can be."""
    sites, shells, states = arena.sites, arena.shells, state.states
    short = np.minimum(states[:, at.PLATED], 0.0)  # metal that is not there stays in the particles
    states[:, at.PLATED] -= short
    states[:, at.HELD] += short
    for s in np.flatnonzero((sites[:, at.FILM] >= 0) & (sites[:, at.GROUP] >= 0)):
        if states[s, at.ACTIVE] <= 0.0 or min(states[s, [at.SEI, at.CRACK_SEI, at.DEAD, at.CRACK]]) < 0.0:
            return None
        volume = shells[int(sites[s, at.GROUP]), :-2, at.VOLUME]
        mean = float(volume @ state.concentration[:, s] / volume.sum())
        state.concentration[:, s] += states[s, at.HELD] / states[s, at.ACTIVE] - mean
    inside = sites[:, at.GROUP] >= 0
    filled = state.concentration[:, inside] / sites[inside, at.MAXIMUM]
    tilts = np.abs(states[:, at.TILT])
    if filled.min() <= 0.0 or filled.max() >= 1.0 or state.past[:, 0].min() <= 0.0 or tilts.max() > 1.0:
        return None
    return state


def _as_capacity(arena: at.Arena, miss: _State, nominal: float) -> float:
    """What a change of the state may do to the capacity, A h."""
    sites, films = arena.sites, arena.films
    lithium, material, resistance = 0.0, 0.0, 0.0
    for side in (0, 1):
        mine = (sites[:, at.SIDE] == side) & (sites[:, at.FILM] >= 0)
        if not mine.any():
            continue
        film = films[int(sites[mine, at.FILM][0])]
        volume = arena.settings[at.AREA] * sites[mine, at.DEPTH]
        surface = sites[mine, at.SURFACE_DENSITY]
        change = miss.states[mine]
        bound = film[at.FILM_LITHIUM] * (change[:, at.SEI] + change[:, at.CRACK_SEI])
        lithium += float(volume @ (bound + change[:, [at.PLATED, at.DEAD, at.BURIED]].sum(axis=1)))
        material += abs(float((volume * sites[mine, at.MAXIMUM]) @ change[:, at.ACTIVE]))
        thicker = float(volume @ change[:, at.SEI] / (volume @ surface)) * film[at.FILM_VOLUME]
        resistance += abs(film[at.RESISTIVITY] * thicker / float(volume @ surface))
    return (abs(lithium) + material) * FARADAY / 3600.0 + resistance * nominal * nominal
