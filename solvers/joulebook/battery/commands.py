"""Warm the compiled loops of this domain; ``joulebook warm`` is in :mod:`joulebook.core.warming`."""

from __future__ import annotations

from joulebook.core.warming import register

__all__ = ["register", "warm"]


def warm() -> int:
    """Compile what is not compiled yet, and delete machine code of earlier versions.

    Returns
    -------
    int
        Files deleted.
    """
    from joulebook.battery.designs import Cell
    from joulebook.battery.loops import BATCH, SINGLE
    from joulebook.battery.simulation import simulate
    from joulebook.battery.sweeping import sweep

    discarded = sum(loop.discard_old() for loop in (SINGLE, BATCH))
    cell = Cell.named("Chen2020")
    sentence = "Discharge at 1C until 4.0 V"
    simulate(cell, sentence, progress=False)
    sweep(cell, {"negative.thickness": [80e-6, 85e-6]}, sentence, model="SPM", progress=False, backend="cpu")
    return discarded
