"""One step of a given length for all cells of a pack and the circuit that joins them. Nothing is accepted yet.

Each cell is made ready once; then the cells are solved at given currents and the circuit shares the current anew,
until it closes. A cell that is solved again goes on from where it was.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.batch import one_case
from joulebook.battery.heat import solve_temperature
from joulebook.battery.layout import (
    AHEAD,
    CLOCK,
    CURRENT,
    CURRENTS,
    DFN,
    HEAD,
    HOLD_CURRENT,
    MODEL,
    N_TOTAL,
    NEWTON_TOLERANCE,
    ORDER,
    POINTS,
    RING,
    TARGET,
    THERMAL,
    TIME,
    TOTALS,
    TRIED,
    TRIED_ORDER,
    WARMTH,
    WEIGHTS,
)
from joulebook.battery.p2d import newton
from joulebook.battery.pack.network import balance_currents, held_kind, held_target, share_out_current
from joulebook.battery.pack.warmth import exchange_heat
from joulebook.battery.pack.wiring import BALANCING, EASY, OPEN, WORST
from joulebook.battery.spm import solve_particles
from joulebook.battery.trial import integrate_totals, prepare, set_target
from joulebook.numerics.bdf import MAX_ORDER, derivative_weights, extrapolation_weights
from joulebook.numerics.twins import separate

__all__ = ["attempt_pack"]

MOST_SHARINGS = 20
"""Iterations that share the current out."""
CIRCUIT_SHARE = 1.0
"""By how much a loop of the circuit may fail to close, over what a Newton iteration of a cell may leave."""
ONE_ITERATION = 1e9
"""Tolerance that ends the first iteration, V."""


@separate
def solve_cell(arena: Any) -> int:
    """Solve a cell at the current that it is to carry, from its present iterate.

    Parameters
    ----------
    arena : Arena
        A cell that is ready; ``TARGET`` holds its current.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    settings = arena.settings
    arena.run[CURRENT] = settings[TARGET]
    if int(settings[MODEL]) == DFN:
        return newton(
            settings,
            arena.nodes,
            arena.sites,
            arena.laws,
            arena.films,
            arena.liquid,
            arena.work,
            arena.reactions,
            arena.run,
        )
    return solve_particles(
        settings,
        arena.nodes,
        arena.sites,
        arena.laws,
        arena.films,
        arena.liquid,
        arena.work,
        arena.reactions,
        arena.run,
    )


@separate
def guess_currents(pack: Any, cells: Any) -> None:
    """Guess the currents of the pack and of its cells, so that they add up.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`; its current is set.
    cells : Arena
        Stacked; ``TARGET`` of each is set.
    """
    run = pack.run
    head = int(run[HEAD])
    points = min(int(run[TRIED_ORDER]) + 1, max(1, int(run[POINTS])))
    current = held_target(pack)
    if held_kind(pack) != HOLD_CURRENT:
        current = 0.0
        for q in range(points):
            current += run[AHEAD + q] * run[CURRENTS + (head - q) % RING]
    run[CURRENT] = current
    for k in range(pack.joints.shape[0]):
        guess = 0.0
        for q in range(points):
            guess += run[AHEAD + q] * cells.run[k, CURRENTS + (head - q) % RING]
        cells.settings[k, TARGET] = guess
    share_out_current(pack, cells, current)


@separate
def close_circuit(pack: Any, cells: Any) -> int:
    """Solve all cells and share the current out among them, until the circuit closes.

    Where the shares change from step to step, the cells are solved by one iteration only before they are shared for
    the first time: what they would gain from more, the change of their currents would undo.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked, ready, ``TARGET`` of each at its first guess.

    Returns
    -------
    int
        0 if all was solved, 1 if not.
    """
    run = pack.run
    n = pack.joints.shape[0]
    tolerance = cells.settings[0, NEWTON_TOLERANCE]
    easy = run[EASY] != 0.0
    for sharing in range(MOST_SHARINGS):
        run[BALANCING] += 1.0
        rough = sharing == 0 and not easy
        for k in range(n):
            if rough:
                cells.settings[k, NEWTON_TOLERANCE] = ONE_ITERATION
            failed = solve_cell(one_case(cells, k))
            cells.settings[k, NEWTON_TOLERANCE] = tolerance
            if failed != 0:
                run[WORST] = k
                return 1
        apart = balance_currents(pack, cells, CIRCUIT_SHARE * tolerance)
        if sharing == 0:
            run[EASY] = 1.0 - apart
        if apart == 0 and not rough:
            return 0
    return 1


@separate
def attempt_pack(pack: Any, cells: Any, length: float) -> int:
    """Solve one step of a given length, without accepting it.

    Parameters
    ----------
    pack : PackArena
        See :mod:`joulebook.battery.pack.wiring`.
    cells : Arena
        Stacked.
    length : float, s
        Of the step.

    Returns
    -------
    int
        0 if it was solved, 1 if not.
    """
    run = pack.run
    n = pack.joints.shape[0]
    head = int(run[HEAD])
    order = int(run[ORDER])
    points = min(order + 1, max(1, int(run[POINTS])))
    time = run[TIME] + length
    run[TRIED] = length
    run[TRIED_ORDER] = order
    run[WORST] = -1.0
    if run[OPEN] == 0.0:
        set_target(pack, time)
    derivative_weights(run[CLOCK : CLOCK + RING], head, order, time, run[WEIGHTS : WEIGHTS + MAX_ORDER + 1])
    extrapolation_weights(run[CLOCK : CLOCK + RING], head, points, time, run[AHEAD : AHEAD + RING])
    guess_currents(pack, cells)
    for k in range(n):
        cells.run[k, ORDER] = order
        prepare(one_case(cells, k), length)
    if close_circuit(pack, cells) != 0:
        return 1
    integrate_totals(run, head, order)
    hottest = 0.0
    for k in range(n):
        integrate_totals(cells.run[k], head, order)
        if cells.settings[0, THERMAL] != 0.0:
            solve_temperature(one_case(cells, k), head, order)
    if cells.settings[0, THERMAL] != 0.0 and pack.links.shape[0] > 0:
        exchange_heat(pack, cells)
    for k in range(n):
        hottest = max(hottest, cells.run[k, TOTALS + RING * N_TOTAL + WARMTH])
    run[TOTALS + RING * N_TOTAL + WARMTH] = hottest
    return 0
