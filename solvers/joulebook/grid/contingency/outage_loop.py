"""An outage without a new factorisation: the base case's factors, corrected where branches are missing.

Without some branches, the Jacobian differs from that of the base case by D in the rows and columns of their m end
nodes, J' = J + E D E', E being unit vectors. With Z = E' J⁻¹ E, the steps of a fixed (chord) iteration on the outaged
network's own mismatch r are ::

    y = L⁻¹ r      x_E = E' U⁻¹ y      c = (I + D Z)⁻¹ D x_E      step = U⁻¹ (y - L⁻¹ E c)

(compensation in the middle). Only the way of the end nodes to the root of the elimination tree matters for L⁻¹ E, Z
and x_E: no column is ever solved in full. At first the mismatch is zero but at the end nodes, so that the first
forward sweep follows that way too.

The iteration is linear; what does not contract is left to Newton's method. For each outage come out: how it ended,
iterations, the largest loading, the extreme voltages, and measures of severity.

Two steps are mixed so that what they have in common vanishes, which saves an iteration in five.

References
----------
Anderson 1965, doi:10.1145/321296.321305 (mixing of iterates). Alsaç, Stott and Tinney 1983,
doi:10.1109/TPAS.1983.317930 (compensation before, in the middle and after). Tinney, Brandwajn and Chan 1985,
doi:10.1109/TPAS.1985.319046 (sparse vectors, factorisation paths).
"""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid.contingency.compensation import (
    change_of_jacobian,
    compensation,
    correct,
    end_nodes,
    forward,
    way_to_root,
)
from joulebook.grid.contingency.outage_arrays import (
    DONE,
    ERROR,
    ITERATION,
    MOST_ITERATIONS,
    PENDING,
    TOLERANCE,
)
from joulebook.grid.contingency.severity import rate
from joulebook.grid.newton import FIXED, LOAD, SMALLEST_FACTOR
from joulebook.numerics.block_lu import back_substitute
from joulebook.numerics.twins import Loop, register, separate

__all__ = ["OUTAGES", "one_outage", "outages"]

LARGEST_SHARE = 1.5
"""Of the step before that is mixed in."""
SLOWEST = 0.6
"""An iteration that leaves more of the mismatch than this is given up."""


def one_outage(base: Any, room: Any, out: Any, settings: Any, values: Any) -> int:
    """Solve without some branches.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        Its admittances are those of the base case, before and after.
    out : ndarray of int32, shape (2,)
        Branches; -1 for none.
    settings : ndarray, shape (2,)
        Tolerance per unit, most iterations.
    values : ndarray, shape (N_VALUES,)
        Filled.

    Returns
    -------
    int
        :data:`DONE` or :data:`PENDING`.
    """
    n_ends = end_nodes(base, room, out)
    change_of_jacobian(base, room, out, n_ends)
    length = way_to_root(base, room, n_ends)
    corrected = compensation(base, room, n_ends, length)
    remove(base, room.admittance, out, -1.0)
    for k in range(room.magnitude.shape[0]):
        room.magnitude[k] = base.magnitude[k]
        for part in range(2):
            room.voltage[k, part] = base.voltage[k, part]
            room.residual[k, part] = 0.0
    error = 0.0
    for end in range(n_ends):
        error = max(error, balance(room.at[end], base, room))
    status = PENDING
    before = 1e300
    count = 0
    while corrected:
        if error < settings[TOLERANCE]:
            status = DONE
            break
        if count >= settings[MOST_ITERATIONS] or not error < before:
            break
        before = error if count < 2 else SLOWEST * error
        count += 1
        forward(base, room, count == 1, length)
        correct(base, room, n_ends, length)
        back_substitute(base.pattern, base.factors, room.step)
        take_step(base, room, share_of_last(room, count > 1))
        error = 0.0
        for k in range(room.magnitude.shape[0]):
            error = max(error, balance(k, base, room))
    remove(base, room.admittance, out, 1.0)
    if status == DONE:
        rate(base, room.magnitude, room.voltage, out, values)
    values[ITERATION] = count
    values[ERROR] = error
    return status


def remove(base: Any, admittance: Any, out: Any, sign: float) -> None:
    """Take branches out of the admittances, or put them back.

    Parameters
    ----------
    base : Base
        The base case.
    admittance : ndarray, shape (nnz, 2), per unit
        Changed; afterwards set to the base case's own numbers where ``sign`` is positive.
    out : ndarray of int32, shape (2,)
        Branches; -1 for none.
    sign : float
        -1 to take out, 1 to put back.
    """
    for which in range(out.shape[0]):
        branch = out[which]
        if branch < 0:
            continue
        for place in range(4):
            entry = base.entries[branch, place]
            for part in range(2):
                if sign > 0.0:
                    admittance[entry, part] = base.admittance[entry, part]
                else:
                    admittance[entry, part] -= base.values[branch, 2 * place + part]


def balance(k: int, base: Any, room: Any) -> float:
    """Work out what is missing in the balance of a node.

    Parameters
    ----------
    k : int
        Row of the node.
    base : Base
        Powers.
    room : Room
        ``residual`` is filled.

    Returns
    -------
    float
        The larger of both parts.
    """
    if base.kind[k] == FIXED:
        return 0.0
    y, voltage = room.admittance, room.voltage
    cr = 0.0
    ci = 0.0
    for p in range(base.start[k], base.start[k + 1]):
        j = base.index[p]
        cr += y[p, 0] * voltage[j, 0] - y[p, 1] * voltage[j, 1]
        ci += y[p, 0] * voltage[j, 1] + y[p, 1] * voltage[j, 0]
    v = room.magnitude[k]
    re = voltage[k, 0]
    im = voltage[k, 1]
    r0 = base.nodes.active[k] + v * base.nodes.active_current[k] - re * cr - im * ci
    r1 = 0.0
    if base.kind[k] == LOAD:
        r1 = base.nodes.reactive[k] + v * base.nodes.reactive_current[k] - im * cr + re * ci
    room.residual[k, 0] = r0
    room.residual[k, 1] = r1
    size = max(abs(r0), abs(r1))
    return size if size < 1e300 else 1e300


def share_of_last(room: Any, again: bool) -> float:
    """Find how much of the step before is mixed in (Anderson's mixing of depth one).

    Parameters
    ----------
    room : Room
        With the step as it was solved for.
    again : bool
        Whether there is a step before.

    Returns
    -------
    float
        0 where nothing is mixed in.
    """
    if not again:
        return 0.0
    step, last = room.step, room.last
    product = 0.0
    square = 0.0
    for k in range(step.shape[0]):
        d0 = step[k, 0] - last[k, 0]
        d1 = step[k, 1] - last[k, 1]
        product += step[k, 0] * d0 + step[k, 1] * d1
        square += d0 * d0 + d1 * d1
    if not square > 0.0:
        return 0.0
    return min(max(product / square, -LARGEST_SHARE), LARGEST_SHARE)


@separate
def take_step(base: Any, room: Any, share: float) -> None:
    """Mix the step with the one before, and turn and stretch the voltages by it.

    Parameters
    ----------
    base : Base
        Kinds of nodes.
    room : Room
        Voltages are changed.
    share : float
        Of the step before.
    """
    step, last, taken, voltage = room.step, room.last, room.taken, room.voltage
    for k in range(step.shape[0]):
        g0 = step[k, 0]
        g1 = step[k, 1]
        turn = g0
        change = g1
        if share != 0.0:
            turn -= share * (taken[k, 0] + g0 - last[k, 0])
            change -= share * (taken[k, 1] + g1 - last[k, 1])
        last[k, 0] = g0
        last[k, 1] = g1
        taken[k, 0] = turn
        taken[k, 1] = change
        square = turn * turn
        sine = turn * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
        cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)))
        if square > 1e-3:
            sine = math.sin(turn)
            cosine = math.cos(turn)
        scale = 1.0
        if base.kind[k] == LOAD:
            scale = max(1.0 + change, SMALLEST_FACTOR)
            room.magnitude[k] *= scale
        re = voltage[k, 0]
        im = voltage[k, 1]
        voltage[k, 0] = scale * (re * cosine - im * sine)
        voltage[k, 1] = scale * (re * sine + im * cosine)


def outages(base: Any, room: Any, out: Any, settings: Any, values: Any, status: Any) -> None:
    """Solve many outages one after another.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        Of this worker.
    out : ndarray of int32, shape (n_cases, 2)
        Branches of each outage.
    settings : ndarray, shape (2,)
        Tolerance per unit, most iterations.
    values : ndarray, shape (n_cases, N_VALUES)
        Filled.
    status : ndarray of int64, shape (n_cases,)
        Filled where it is :data:`PENDING`.
    """
    for case in range(out.shape[0]):
        if status[case] == PENDING:
            status[case] = one_outage(base, room, out[case], settings, values[case])


OUTAGES = register(Loop("grid.outages", outages, kernel="joulebook.grid.contingency.gpu:outage_kernel"))
