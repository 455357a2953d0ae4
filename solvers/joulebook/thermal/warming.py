"""Compile the loops of this domain by using them once."""

from __future__ import annotations

from joulebook.numerics.twins import LOOPS

__all__ = ["warm"]


def warm() -> int:
    """Compile what studies use, and delete machine code of earlier versions.

    Returns
    -------
    int
        Files deleted.
    """
    from joulebook.thermal import Board, solve

    solve(Board.named(Board.names()[0]), options={"cell_size": 0.02}, progress=False)
    return sum(loop.discard_old() for name, loop in LOOPS.items() if name.startswith("numerics.seven_point."))
