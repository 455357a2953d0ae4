"""The verb: the steady temperatures of a board."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import (
    DivergedError,
    InputError,
    Issue,
    OutOfRangeError,
    SingularSystemError,
    SolveError,
    StepLimitError,
)
from joulebook.core.progress import Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status
from joulebook.numerics.multigrid import SOLVED, STEP_LIMIT
from joulebook.thermal.board import Board
from joulebook.thermal.gathering import facts_of, variables_of
from joulebook.thermal.mesh import Mesh, make_mesh
from joulebook.thermal.options import BoardOptions
from joulebook.thermal.results import BoardResult
from joulebook.thermal.steady import BALANCE, NO_WAY_OUT, State, Work, assemble, steady

__all__ = ["MOST_CELLS", "solve"]

MOST_CELLS = 20_000_000
"""About 4 GB."""
_DECADES = -math.log10(BALANCE)


def solve(
    board: Board,
    *,
    options: BoardOptions | Mapping[str, Any] | None = None,
    progress: Progress | bool | None = None,
) -> BoardResult:
    """Find the steady temperatures of a board.

    Parameters
    ----------
    board : Board
        The design.
    options : BoardOptions or mapping, optional
        Grid and tolerances: ``cell_size`` (m), ``refine``, ``tolerance``, ``max_iterations``.
    progress : Progress or bool, optional
        Where progress shows.

    Returns
    -------
    BoardResult
        Temperatures of components, faces and cells, and where the heat leaves.

    Raises
    ------
    InputError
        If an option is not allowed.
    OutOfRangeError
        If the grid would have too many cells, or the board more components than the plan of this hub has.
    SingularSystemError
        If nothing cools the board.
    StepLimitError
        If the iterations that are allowed do not suffice.
    DivergedError
        If the iteration loses itself.

    References
    ----------
    Patankar 1980, doi:10.1201/9781482234213, chapter 4 (finite volumes). JEDEC JESD15-3 (packages). Convection:
    :mod:`joulebook.thermal.convection`; mixtures of copper: :mod:`joulebook.thermal.layers`.

    Examples
    --------
    >>> from joulebook.thermal import Board, solve
    >>> run = solve(Board.named("Four layers with one source"))
    >>> round(float(run["board"][0]) - 298.15, 1)  # the exact value is 41.8 K
    42.0
    """
    if not isinstance(board, Board):
        raise InputError(Issue("board", type(board).__name__, "must be a Board", "Such as Board.named(...)"))
    chosen = BoardOptions.of(options)
    keep_to_plan("board_components", lambda: len(board.components), board.name)
    display = progress_or_default(progress)
    check_cancelled(display)
    mesh = make_mesh(board, chosen.cell_size, chosen.refine)
    _check_size(mesh)
    state = assemble(board, mesh)
    display.start(_DECADES, f"Temperatures of {board.name}")
    reached = 0.0

    def report(imbalance: float) -> None:
        nonlocal reached
        check_cancelled(display)
        now = min(max(-math.log10(imbalance or 1e-300), reached), _DECADES)
        display.advance(now - reached, imbalance=f"{imbalance:.1e}")
        reached = now

    started = time.perf_counter()
    try:
        work = steady(state, chosen.tolerance, chosen.max_iterations, report)
    finally:
        display.finish()
    result = _result(board, chosen, state, work, time.perf_counter() - started)
    if work.status != SOLVED:
        unsolved = _failure(board, work, result)
        raise unsolved
    return result


def _check_size(mesh: Mesh) -> None:
    n_x, n_y, n_z = mesh.shape
    count = n_x * n_y * n_z
    if count > MOST_CELLS:
        rule = f"the grid of {n_x} x {n_y} x {n_z} is larger than {MOST_CELLS} cells"
        raise OutOfRangeError(Issue("options", count, rule, "Choose a larger cell_size or a smaller refine"))


def _result(board: Board, options: BoardOptions, state: State, work: Work, seconds: float) -> BoardResult:
    cited = ["Patankar1980", "Alcouffe1981"]
    if any(0.0 < layer.copper_fraction < 1.0 for layer in board.layers):
        cited.append("Hashin1983")
    if any(item.package is not None for item in state.items):
        cited.append("JESD15-3")
    natural = any(face.coefficient is None for face in (board.top, board.bottom))
    if natural:
        cited += ["ChurchillChu1975" if board.orientation == "vertical" else "McAdams1954", "LemmonJacobsen2004"]
    return BoardResult(
        variables=variables_of(state, board.ambient),
        status=Status.SOLVED if work.status == SOLVED else Status.FAILED,
        stats=Stats(steps=work.steps, iterations=work.iterations, residual=work.residual, seconds=seconds),
        provenance=Provenance.record("thermal.solve", board, asdict(options), cited),
        facts=facts_of(state, work.imbalance),
    )


def _failure(board: Board, work: Work, result: BoardResult) -> SolveError:
    kept: dict[str, Any] = {"partial": result, "stats": result.stats}
    if work.status == NO_WAY_OUT:
        return SingularSystemError(
            f"{board.name}: nothing takes up {board.power:g} W, so no temperature is steady. Give a face a coefficient "
            "above 0 or an emissivity, or a package a heat sink",
            **kept,
        )
    if work.status == STEP_LIMIT:
        return StepLimitError(
            f"{board.name}: {work.iterations} iterations in {work.steps} steps leave a residual of {work.residual:.1e} "
            f"and {work.imbalance:.1e} of the heat unbalanced. Allow more max_iterations, or a larger tolerance",
            **kept,
        )
    return DivergedError(
        f"{board.name}: the iteration lost itself after {work.iterations} iterations in {work.steps} steps. Check the "
        "layers' thicknesses and conductivities for slips of powers of ten",
        **kept,
    )
