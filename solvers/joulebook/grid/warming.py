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
    from joulebook.grid import (
        Feeder,
        Network,
        contingencies,
        continuation,
        optimal_power_flow,
        power_flow,
        short_circuit,
        unbalanced_power_flow,
    )
    from joulebook.grid.diagnosis import weak_nodes
    from joulebook.grid.setup import setup_of

    network = Network.named("case9")
    for method in ("newton", "fast_decoupled", "gauss_seidel", "dc"):
        run = power_flow(network, method=method)
    weak_nodes(setup_of(network), run.solution.state)
    contingencies(network, progress=False)
    continuation(network, progress=False)
    optimal_power_flow(network)
    for fault in ("3ph", "1ph"):
        short_circuit(network, fault, defaults="typical")
    unbalanced_power_flow(Feeder.named(Feeder.names()[0]))
    return sum(loop.discard_old() for name, loop in LOOPS.items() if name.startswith(("grid.", "numerics.")))
