"""Many cells at once on CPU threads: each case is marched by the same loop as a single cell."""

from __future__ import annotations

from typing import Any

from numba import prange

from joulebook.battery.stepping import integrate

__all__ = ["integrate_cases"]


def integrate_cases(
    settings: Any,
    nodes: Any,
    shells: Any,
    ocp: Any,
    electrolyte: Any,
    past: Any,
    concentration: Any,
    work: Any,
    run: Any,
    trace: Any,
    profiles: Any,
    status: Any,
) -> None:
    """March every case.

    Parameters
    ----------
    settings, nodes, shells, past, concentration, work, run, trace, profiles : ndarray, shape (n_cases, ...), mixed
        As for :func:`joulebook.battery.stepping.integrate`, the case first.
    ocp, electrolyte : ndarray, mixed
        Tables, common to all cases.
    status : ndarray of int, shape (n_cases,), 1
        Filled with status codes.
    """
    for case in prange(status.shape[0]):
        status[case] = integrate(
            settings[case],
            nodes[case],
            shells[case],
            ocp,
            electrolyte,
            past[case],
            concentration[case],
            work[case],
            run[case],
            trace[case],
            profiles[case],
        )
