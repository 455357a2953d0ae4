"""Claim: boards of 60 000 and 500 000 cells in 40 % of the CPU time of algebraic multigrid, or less.

Prints one table: CPU time from a network of conductances to temperatures at a relative residual of 1e-8, setup
included, and iterations, for Joulebook, for SciPy's direct solver (to 70 000 cells) and for CG with Jacobi's
preconditioner; where pyamg is installed (an environment of its own, it is no dependency), for CG with its Ruge-Stüben
and smoothed-aggregation hierarchies at their default settings. All in the same process on the same matrices. Medians
of repeats, CPU time. ``--json FILE`` keeps the figures, ``--largest N`` leaves out larger networks.

The matrices are those of boards of Joulebook: layers without breaks (``planes``), and the same with outer layers that
are copper cell by cell at random, which is meant to be hard (``mask``).

The floor. A V-cycle with two relaxations before and after reads and writes about 700 bytes per cell, all levels
included: each of the eight half-sweeps reads four coefficients, the sources and the neighbours' values and writes the
cell's, and there are a residual, a restriction, an interpolation, a product and two updates of vectors. At 5.3 GB/s
of one core of the machine on which this was written, that is 0.13 µs per cell and iteration. Grids of 60 000 cells
stay in its cache and take 0.05 µs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg, spsolve

from joulebook.numerics import multigrid
from joulebook.numerics.multigrid import Conductances, Hierarchy
from joulebook.thermal import Board
from joulebook.thermal.conductances import half_cells, network_of
from joulebook.thermal.mesh import make_mesh
from joulebook.thermal.steady import assemble

TOLERANCE = 1e-8
SIZES = (1, 2, 3)
"""Parts into which the cells of the plain grid are cut."""
LARGEST_DIRECT = 70_000
BOARD = "Four layers with one source"


def network(kind: str, refine: int) -> tuple[Conductances, np.ndarray]:
    """The equations of a board with fixed coefficients."""
    board = Board.named(BOARD)
    state = assemble(board, make_mesh(board, 0.0035, refine))
    net = state.network
    if kind == "mask":
        sizes = tuple(np.diff(getattr(state.mesh, axis)) for axis in "xyz")
        shape = state.mesh.shape
        covered = np.random.default_rng(0).random(shape[:2]) < 0.3
        along = np.broadcast_to(state.conductivities[0], shape).copy()
        through = np.broadcast_to(state.conductivities[2], shape).copy()
        for k in np.flatnonzero(np.isin(state.mesh.layer, (0, 6))):
            along[:, :, k] = through[:, :, k] = np.where(covered, 385.0, 0.3)
        net = network_of(sizes, (along, along, through))
        for surface, k in zip(state.surfaces[:2], (0, -1), strict=True):
            surface.half = half_cells(sizes[2][k], through[:, :, k])
    sink, source = np.zeros(state.mesh.shape), np.zeros(state.mesh.shape)
    for surface in state.surfaces:
        more, heat = surface.linearised()
        sink[surface.at] += more
        source[surface.at] += heat
    return replace(net, sink=sink), source


def matrix_of(net: Conductances) -> sparse.csr_array:
    """The same equations as a sparse matrix."""
    _, n_y, n_z = net.sink.shape
    n = net.sink.size
    ends = ((net.x, n_y * n_z), (net.y, n_z), (net.z, 1))
    sums = net.sink.ravel().copy()
    bands, offsets = [], []
    for g, step in ends:
        band = g.ravel()[: n - step]
        sums[: n - step] += band
        sums[step:] += band
        bands += [-band, -band]
        offsets += [step, -step]
    return sparse.csr_array(sparse.diags_array([sums, *bands], offsets=[0, *offsets], shape=(n, n)))


def timed(work: Callable[[], tuple[Any, int]], repeats: int) -> tuple[float, int, Any]:
    """Median CPU time, s, iterations and answer."""
    spent, count, answer = [], 0, None
    for _ in range(repeats):
        start = time.process_time()
        answer, count = work()
        spent.append(time.process_time() - start)
    return statistics.median(spent), count, answer


def ours(net: Conductances, source: np.ndarray) -> tuple[np.ndarray, int]:
    x = np.zeros(source.shape)
    found = multigrid.solve(net, source, x, Hierarchy(net), tolerance=TOLERANCE)
    return x.ravel(), found.iterations


def conjugate(matrix: Any, b: np.ndarray, preconditioner: Any) -> tuple[np.ndarray, int]:
    count = 0

    def step(_: Any) -> None:
        nonlocal count
        count += 1

    x, _ = cg(matrix, b, rtol=TOLERANCE, maxiter=5000, M=preconditioner, callback=step)
    return x, count


def jacobi(matrix: Any, b: np.ndarray) -> tuple[np.ndarray, int]:
    inverse = 1.0 / matrix.diagonal()
    return conjugate(matrix, b, LinearOperator(matrix.shape, matvec=lambda v: inverse * v, dtype=float))


def algebraic(kind: str) -> Callable[[Any, np.ndarray], tuple[np.ndarray, int]]:
    def work(matrix: Any, b: np.ndarray) -> tuple[np.ndarray, int]:
        import pyamg

        make = pyamg.ruge_stuben_solver if kind == "RS" else pyamg.smoothed_aggregation_solver
        return conjugate(matrix, b, make(sparse.csr_matrix(matrix)).aspreconditioner())

    return work


def peers(cells: int) -> dict[str, Callable[[Any, np.ndarray], tuple[np.ndarray, int]]]:
    """What can be run here."""
    found: dict[str, Any] = {"CG, Jacobi": jacobi}
    if cells <= LARGEST_DIRECT:
        found["SciPy direct"] = lambda matrix, b: (spsolve(matrix.tocsc(), b), 0)
    try:
        import pyamg  # noqa: F401
    except ImportError:
        return found
    return {**found, "pyamg RS + CG": algebraic("RS"), "pyamg SA + CG": algebraic("SA")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--largest", type=int, default=500_000)
    arguments = parser.parse_args()
    small, heat = network("planes", 1)
    ours(small, heat)
    rows = []
    print(f"{'network':24}{'solver':16}{'CPU s':>9}{'iterations':>12}{'ratio':>8}{'µs/cell/it':>12}")
    for kind in ("planes", "mask"):
        for refine in SIZES:
            net, source = network(kind, refine)
            cells = source.size
            if cells > arguments.largest:
                continue
            repeats = 5 if cells < 100_000 else 3 if cells < 600_000 else 1
            base, count, answer = timed(lambda net=net, source=source: ours(net, source), repeats)
            matrix, b = matrix_of(net), source.ravel()
            entries = [("Joulebook", base, count)]
            for name, work in peers(cells).items():
                spent, steps, other = timed(lambda w=work, m=matrix, b=b: w(m, b), 1 if cells > 100_000 else 3)
                difference = float(np.abs(other - answer).max() / np.abs(answer).max())
                if difference > 1e-4:
                    name += f" (off by {difference:.0e})"
                entries.append((name, spent, steps))
            for name, spent, steps in entries:
                each = f"{1e6 * spent / cells / steps:.2f}" if steps else ""
                print(
                    f"{kind + ', ' + str(cells):24}{name:16}{spent:9.3f}{steps or '':>12}{spent / base:8.1f}{each:>12}"
                )
                rows.append({"kind": kind, "cells": cells, "solver": name, "seconds": spent, "iterations": steps})
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
