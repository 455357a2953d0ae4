"""The compiled loops of feeders, entered into the table of twins."""

from __future__ import annotations

from joulebook.grid.feeder.currents import branch_powers, conductor_currents
from joulebook.grid.feeder.marching import march
from joulebook.grid.feeder.newton import branch_slopes
from joulebook.grid.feeder.settling import assemble, settle
from joulebook.numerics.symmetric_elimination import solve_in_place
from joulebook.numerics.twins import Loop, register

__all__ = ["ASSEMBLE", "BRANCHES", "CONDUCTORS", "MARCH", "SETTLE", "SLOPES", "SOLVE"]

SETTLE = register(Loop("grid.feeder.settle", settle))
"""One power flow with its controls."""
MARCH = register(Loop("grid.feeder.march", march))
"""Many power flows, one after the other in time."""
CONDUCTORS = register(Loop("grid.feeder.conductor_currents", conductor_currents))
"""Currents of all conductors of a solution."""
BRANCHES = register(Loop("grid.feeder.branch_powers", branch_powers))
"""Powers of all loads of a solution."""
ASSEMBLE = register(Loop("grid.feeder.assemble", assemble))
"""Matrix of given taps and steps, and its factors."""
SOLVE = register(Loop("grid.feeder.solve", solve_in_place))
"""Triangular solves."""
SLOPES = register(Loop("grid.feeder.branch_slopes", branch_slopes))
"""Derivatives of the currents of loads."""
