"""Warming compiles what first studies use."""

from __future__ import annotations

from joulebook.core.warming import DOMAINS
from joulebook.grid.warming import warm
from joulebook.numerics.twins import LOOPS


def test_the_loops_of_the_grid_are_warmed():
    assert "joulebook.grid.warming:warm" in DOMAINS
    warm()
    assert warm() == 0
    for name in ("grid.newton", "grid.flows", "grid.outages", "grid.bridges", "numerics.elimination_tree"):
        assert LOOPS[name].cpu.signatures, name
