"""How a study ended, in words: reasons for the good ends, advice for the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.discretise import Arrays
from joulebook.battery.protocol import Step
from joulebook.core.errors import DivergedError, InfeasibleError, SolveError

__all__ = ["end_reason", "failure"]

_EMPTY_SALT = 0.02
"""Share of the salt at rest below which the electrolyte counts as empty."""
_EDGE = 0.01
"""Distance of a stoichiometry from 0 and 1 below which a particle surface counts as empty or full."""


def end_reason(status: int, step: Step) -> str:
    """Say why a study ended.

    Parameters
    ----------
    status : int
        Status code.
    step : Step
        What was done.

    Returns
    -------
    str
        A phrase.
    """
    if status == at.REACHED_VOLTAGE:
        return f"voltage {'fell' if step.sign > 0 else 'rose'} to {step.level:g} V"
    if status == at.REACHED_TIME:
        return f"time reached {step.duration:g} s"
    if status == at.LOST_POWER:
        return f"the cell could no longer give {step.target:g} W"
    return "stopped: no further solution"


def failure(
    status: int,
    step: Step,
    arrays: Arrays,
    past: NDArray[np.float64],
    concentration: NDArray[np.float64],
    run: NDArray[np.float64],
    partial: Any = None,
) -> SolveError:
    """Make the error of a study that did not end well.

    Parameters
    ----------
    status : int
        Status code, negative.
    step : Step
        What was done.
    arrays : Arrays
        The cell.
    past : ndarray, shape (n_ring, n_nodes, 4), mixed
        Ring of past points.
    concentration : ndarray, shape (n_ring, n_r, n_particles), mol/m³
        Ring of concentrations.
    run : ndarray, shape (n_run,), mixed
        Scalars of the study.
    partial : object
        Result up to the failure.

    Returns
    -------
    SolveError
        What happened and what to try.
    """
    held = f"{abs(step.target):g} {'A' if step.control == at.HOLD_CURRENT else 'W'}"
    voltage = run[at.VOLTAGE]
    if status == at.ALREADY_PAST:
        side, other = ("below", "higher") if step.sign > 0 else ("above", "lower")
        return InfeasibleError(
            f"voltage = {voltage:.4g} V at the start with {held}: already {side} the end of the step, "
            f"{step.level:g} V. Start from a {other} state of charge (initial_soc), take a lower rate, or move the end",
            partial=partial,
        )
    if status == at.NO_START:
        return InfeasibleError(
            f"“{step.sentence}”: no state of this cell carries {held} at the start. "
            "Take a lower rate, another state of charge (initial_soc), or check conductivities and rate constants",
            partial=partial,
        )
    return DivergedError(
        f"“{step.sentence}” cannot be continued at t = {run[at.TIME]:.6g} s, voltage = {voltage:.4g} V: "
        f"{_limit(arrays, past, concentration, run)}. "
        "Take a lower rate or a nearer end, or another accuracy in the options",
        partial=partial,
    )


def _limit(
    arrays: Arrays,
    past: NDArray[np.float64],
    concentration: NDArray[np.float64],
    run: NDArray[np.float64],
) -> str:
    """What stands in the way, as far as the last good state tells."""
    head = int(run[at.HEAD])
    n_r = arrays.shells.shape[1] - 2
    found = []
    for name, nodes in (("negative", slice(0, arrays.layers[0])), ("positive", slice(-arrays.layers[2], None))):
        properties = arrays.nodes[nodes]
        weights = arrays.shells[int(properties[0, at.GROUP]), n_r]
        shells = concentration[head][:, properties[:, at.PARTICLE].astype(int)]
        surface = weights[at.LAST_WEIGHT] * shells[-1] + weights[at.BEFORE_WEIGHT] * shells[-2]
        x = (surface + weights[at.FLUX_WEIGHT] * past[head, nodes, 3]) / properties[:, at.MAXIMUM]
        if x.min() < _EDGE:
            found.append(f"particles of the {name} electrode are empty at their surface")
        if x.max() > 1.0 - _EDGE:
            found.append(f"particles of the {name} electrode are full at their surface")
        if past[head, nodes, 0].min() < _EMPTY_SALT * arrays.salt:
            found.append(f"the electrolyte has run out of salt in the {name} electrode")
    return " and ".join(found) or "the equations have no further solution that the solver can reach"
