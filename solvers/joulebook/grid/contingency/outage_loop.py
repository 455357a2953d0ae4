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
from typing import Any, NamedTuple

from joulebook.grid.newton import FIXED, LOAD, SMALLEST_FACTOR
from joulebook.numerics.block_lu import back_substitute
from joulebook.numerics.twins import Loop, register, separate

__all__ = [
    "ISLANDING",
    "MOST_ENDS",
    "N_VALUES",
    "OUTAGES",
    "PENDING",
    "UNSOLVED",
    "Base",
    "Room",
    "one_outage",
    "outages",
    "rate",
]

PENDING, DONE, UNSOLVED, ISLANDING = 0, 1, 2, 3
"""How an outage ended: still to be solved, solved, no solution found, the network falls apart."""
MOST_ENDS = 4
"""Nodes at which branches may be missing: two branches have four ends."""
RANK = 2 * MOST_ENDS

ITERATION, ERROR, LOADING, LOADED, LOW, LOWEST, HIGH, HIGHEST, OVERLOADS, OVERLOAD_INDEX, VOLTAGE_INDEX = range(11)
"""Columns of the values: iterations, largest mismatch; largest loading and its branch; lowest and highest voltage and
their rows; number of overloaded branches; sum of squared loadings beyond 1; sum of squared deviations of voltage."""
N_VALUES = 11
TOLERANCE, MOST_ITERATIONS = 0, 1
"""Places in ``settings``."""
LARGEST_SHARE = 1.5
"""Of the step before that is mixed in."""
SLOWEST = 0.6
"""An iteration that leaves more of the mismatch than this is given up."""


class Base(NamedTuple):
    """The base case; nothing in it is changed.

    Parameters
    ----------
    start, index : ndarray of int32, shape (n + 1,) and (nnz,)
        Pattern of the admittance matrix.
    admittance : ndarray, shape (nnz, 2), per unit
        Its real and imaginary parts.
    pattern : FactorPattern
        Of the factors.
    factors : BlockFactors
        Of the Jacobian at the solution; ``work`` is not used.
    column : ndarray of int32, shape (nnz,)
        Place in L of the entry that mirrors each entry of U.
    parent : ndarray of int32, shape (n,)
        Elimination tree.
    nodes : NodeData
        Powers into the nodes.
    magnitude : ndarray, shape (n,), per unit
        The solution.
    voltage : ndarray, shape (n, 2), per unit
        Its real and imaginary parts.
    kind : ndarray of int8, shape (n,)
        Of nodes.
    ends : ndarray of int32, shape (n_branches, 2)
        Rows of both ends.
    entries : ndarray of int32, shape (n_branches, 4)
        Where the branches lie in the admittances.
    values : ndarray, shape (n_branches, 8), per unit
        Of the branches.
    limits : ndarray, shape (n_branches,), per unit
        One over the squared current that is allowed; 0 where not known.
    low, high : ndarray, shape (n,), per unit
        Voltages that are allowed.
    """

    start: Any
    index: Any
    admittance: Any
    pattern: Any
    factors: Any
    column: Any
    parent: Any
    nodes: Any
    magnitude: Any
    voltage: Any
    kind: Any
    ends: Any
    entries: Any
    values: Any
    limits: Any
    low: Any
    high: Any


class Room(NamedTuple):
    """What one outage works in; every array belongs to one worker.

    Parameters
    ----------
    admittance : ndarray, shape (nnz, 2), per unit
        As in the base case, but for what is missing.
    magnitude : ndarray, shape (n,), per unit
        Voltages.
    voltage : ndarray, shape (n, 2), per unit
        Their real and imaginary parts.
    residual, step : ndarray, shape (n, 2)
        What is missing in the balances, and the step.
    way : ndarray of int32, shape (n,)
        Rows on the way to the root, ascending.
    place : ndarray of int32, shape (n,)
        Their places.
    left, right : ndarray, shape (most on the way, 2, RANK)
        L⁻¹ E, and the solution on the way.
    small : ndarray, shape (3, RANK, RANK)
        D, I + D Z, and its inverse's work.
    little : ndarray, shape (3, RANK)
        Vectors.
    at : ndarray of int32, shape (MOST_ENDS,)
        End nodes.
    last, taken : ndarray, shape (n, 2)
        Step of the iteration before as it was found, and as it was taken.
    """

    admittance: Any
    magnitude: Any
    voltage: Any
    residual: Any
    step: Any
    way: Any
    place: Any
    left: Any
    right: Any
    small: Any
    little: Any
    at: Any
    last: Any
    taken: Any


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


def end_nodes(base: Any, room: Any, out: Any) -> int:
    """List the nodes at the ends of the missing branches.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        ``at`` is filled.
    out : ndarray of int32, shape (2,)
        Branches; -1 for none.

    Returns
    -------
    int
        How many there are.
    """
    count = 0
    for which in range(out.shape[0]):
        if out[which] < 0:
            continue
        for end in range(2):
            node = base.ends[out[which], end]
            known = False
            for other in range(count):
                known = known or room.at[other] == node
            if not known:
                room.at[count] = node
                count += 1
    return count


@separate
def change_of_jacobian(base: Any, room: Any, out: Any, n_ends: int) -> None:
    """Write D: what the missing branches take from the Jacobian.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        ``small[0]`` is filled.
    out : ndarray of int32, shape (2,)
        Branches; -1 for none.
    n_ends : int
        End nodes.
    """
    change = room.small
    for row in range(2 * n_ends):
        for column in range(2 * n_ends):
            change[0, row, column] = 0.0
    for which in range(out.shape[0]):
        branch = out[which]
        if branch < 0:
            continue
        for end in range(2):
            f = base.ends[branch, end]
            t = base.ends[branch, 1 - end]
            own = 0 if end == 0 else 6
            cross = 2 if end == 0 else 4
            vr = base.voltage[f, 0]
            vi = base.voltage[f, 1]
            g = base.values[branch, own]
            b = base.values[branch, own + 1]
            square = vr * vr + vi * vi
            own_p = g * square
            own_q = -b * square
            g = base.values[branch, cross]
            b = base.values[branch, cross + 1]
            ar = g * base.voltage[t, 0] - b * base.voltage[t, 1]
            ai = g * base.voltage[t, 1] + b * base.voltage[t, 0]
            p = vr * ar + vi * ai
            q = vi * ar - vr * ai
            i = 0
            j = 0
            for other in range(n_ends):
                if room.at[other] == f:
                    i = 2 * other
                if room.at[other] == t:
                    j = 2 * other
            if base.kind[f] == FIXED:
                continue
            change[0, i, i] += q
            if base.kind[f] == LOAD:
                change[0, i, i + 1] -= 2.0 * own_p + p
                change[0, i + 1, i] -= p
                change[0, i + 1, i + 1] -= 2.0 * own_q + q
            if base.kind[t] != FIXED:
                change[0, i, j] -= q
                if base.kind[f] == LOAD:
                    change[0, i + 1, j] += p
                if base.kind[t] == LOAD:
                    change[0, i, j + 1] -= p
                    if base.kind[f] == LOAD:
                        change[0, i + 1, j + 1] -= q


@separate
def way_to_root(base: Any, room: Any, n_ends: int) -> int:
    """List the rows from the end nodes to the root of the elimination tree, ascending.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        ``way`` and ``place`` are filled.
    n_ends : int
        End nodes.

    Returns
    -------
    int
        How many there are.
    """
    length = 0
    # ways merge: walk all of them at once, always from the lowest row
    for end in range(n_ends):
        room.little[2, end] = room.at[end]
    while True:
        lowest = 1e300
        for end in range(n_ends):
            if room.little[2, end] >= 0.0:
                lowest = min(lowest, room.little[2, end])
        if lowest > 1e299:
            break
        row = int(lowest)
        room.way[length] = row
        room.place[row] = length
        length += 1
        for end in range(n_ends):
            if room.little[2, end] == lowest:
                room.little[2, end] = float(base.parent[row])
    return length


@separate
def compensation(base: Any, room: Any, n_ends: int, length: int) -> bool:
    """Solve for unit vectors at the end nodes on the way to the root, and factorise I + D Z.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        ``left``, ``right`` and ``small[1]`` are filled.
    n_ends : int
        End nodes.
    length : int
        Rows on the way.

    Returns
    -------
    bool
        False where the outaged network's Jacobian is singular.
    """
    rank = 2 * n_ends
    left, right, lower, upper, diagonal = (
        room.left,
        room.right,
        base.factors.lower,
        base.factors.upper,
        base.factors.diagonal,
    )
    start, index = base.pattern.upper_start, base.pattern.upper_index
    for w in range(length):
        for column in range(rank):
            left[w, 0, column] = 0.0
            left[w, 1, column] = 0.0
    for end in range(n_ends):
        w = room.place[room.at[end]]
        left[w, 0, 2 * end] = 1.0
        left[w, 1, 2 * end + 1] = 1.0
    for w in range(length):
        j = room.way[w]
        for q in range(start[j], start[j + 1]):
            p = base.column[q]
            v = room.place[index[q]]
            for column in range(rank):
                a = left[w, 0, column]
                b = left[w, 1, column]
                left[v, 0, column] -= lower[p, 0] * a + lower[p, 1] * b
                left[v, 1, column] -= lower[p, 2] * a + lower[p, 3] * b
    for back in range(length):
        w = length - 1 - back
        j = room.way[w]
        for column in range(rank):
            a = left[w, 0, column]
            b = left[w, 1, column]
            for q in range(start[j], start[j + 1]):
                v = room.place[index[q]]
                a -= upper[q, 0] * right[v, 0, column] + upper[q, 1] * right[v, 1, column]
                b -= upper[q, 2] * right[v, 0, column] + upper[q, 3] * right[v, 1, column]
            right[w, 0, column] = diagonal[j, 0] * a + diagonal[j, 1] * b
            right[w, 1, column] = diagonal[j, 2] * a + diagonal[j, 3] * b
    small = room.small
    for row in range(rank):
        for column in range(rank):
            total = 1.0 if row == column else 0.0
            for k in range(rank):
                total += small[0, row, k] * right[room.place[room.at[k // 2]], k % 2, column]
            small[1, row, column] = total
            small[2, row, column] = 1.0 if row == column else 0.0
    return invert(small, rank)


@separate
def invert(small: Any, rank: int) -> bool:
    """Invert a small matrix by Gauss and Jordan with pivoting.

    Parameters
    ----------
    small : ndarray, shape (3, RANK, RANK)
        ``small[1]`` is the matrix and is overwritten; ``small[2]`` is one before and the inverse after.
    rank : int
        Rows.

    Returns
    -------
    bool
        False where it is singular.
    """
    for k in range(rank):
        pivot = k
        for row in range(k + 1, rank):
            if abs(small[1, row, k]) > abs(small[1, pivot, k]):
                pivot = row
        if abs(small[1, pivot, k]) < 1e-10:
            return False
        for column in range(rank):
            held = small[1, k, column]
            small[1, k, column] = small[1, pivot, column]
            small[1, pivot, column] = held
            held = small[2, k, column]
            small[2, k, column] = small[2, pivot, column]
            small[2, pivot, column] = held
        scale = 1.0 / small[1, k, k]
        for column in range(rank):
            small[1, k, column] *= scale
            small[2, k, column] *= scale
        for row in range(rank):
            if row != k:
                factor = small[1, row, k]
                for column in range(rank):
                    small[1, row, column] -= factor * small[1, k, column]
                    small[2, row, column] -= factor * small[2, k, column]
    return True


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


@separate
def forward(base: Any, room: Any, sparse: bool, length: int) -> None:
    """Solve with L.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        ``residual`` is the right-hand side; ``step`` is filled.
    sparse : bool
        Whether the right-hand side is zero but at the end nodes.
    length : int
        Rows on the way.
    """
    residual, step, lower = room.residual, room.step, base.factors.lower
    n = step.shape[0]
    if sparse:
        start, index = base.pattern.upper_start, base.pattern.upper_index
        for k in range(n):
            step[k, 0] = residual[k, 0]
            step[k, 1] = residual[k, 1]
        for w in range(length):
            j = room.way[w]
            for q in range(start[j], start[j + 1]):
                p = base.column[q]
                c = index[q]
                step[c, 0] -= lower[p, 0] * step[j, 0] + lower[p, 1] * step[j, 1]
                step[c, 1] -= lower[p, 2] * step[j, 0] + lower[p, 3] * step[j, 1]
        return
    start, index = base.pattern.lower_start, base.pattern.lower_index
    for k in range(n):
        r0 = residual[k, 0]
        r1 = residual[k, 1]
        for p in range(start[k], start[k + 1]):
            j = index[p]
            r0 -= lower[p, 0] * step[j, 0] + lower[p, 1] * step[j, 1]
            r1 -= lower[p, 2] * step[j, 0] + lower[p, 3] * step[j, 1]
        step[k, 0] = r0
        step[k, 1] = r1


@separate
def correct(base: Any, room: Any, n_ends: int, length: int) -> None:
    """Put the compensation into the vector between both sweeps.

    Parameters
    ----------
    base : Base
        The base case.
    room : Room
        ``step`` has gone through L.
    n_ends : int
        End nodes.
    length : int
        Rows on the way.
    """
    rank = 2 * n_ends
    step, right, left = room.step, room.right, room.left
    upper, diagonal = base.factors.upper, base.factors.diagonal
    start, index = base.pattern.upper_start, base.pattern.upper_index
    for back in range(length):
        w = length - 1 - back
        j = room.way[w]
        a = step[j, 0]
        b = step[j, 1]
        for q in range(start[j], start[j + 1]):
            v = room.place[index[q]]
            a -= upper[q, 0] * right[v, 0, 0] + upper[q, 1] * right[v, 1, 0]
            b -= upper[q, 2] * right[v, 0, 0] + upper[q, 3] * right[v, 1, 0]
        right[w, 0, 0] = diagonal[j, 0] * a + diagonal[j, 1] * b
        right[w, 1, 0] = diagonal[j, 2] * a + diagonal[j, 3] * b
    for row in range(rank):
        total = 0.0
        for k in range(rank):
            total += room.small[0, row, k] * right[room.place[room.at[k // 2]], k % 2, 0]
        room.little[0, row] = total
    for row in range(rank):
        total = 0.0
        for k in range(rank):
            total += room.small[2, row, k] * room.little[0, k]
        room.little[1, row] = total
    for w in range(length):
        j = room.way[w]
        a = 0.0
        b = 0.0
        for k in range(rank):
            a += left[w, 0, k] * room.little[1, k]
            b += left[w, 1, k] * room.little[1, k]
        step[j, 0] -= a
        step[j, 1] -= b


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


@separate
def rate(base: Any, magnitude: Any, voltage: Any, out: Any, values: Any) -> None:
    """Measure how bad a state is.

    Parameters
    ----------
    base : Base
        Limits.
    magnitude : ndarray, shape (n,), per unit
        Voltages.
    voltage : ndarray, shape (n, 2), per unit
        Their real and imaginary parts.
    out : ndarray of int32, shape (2,)
        Branches that are missing.
    values : ndarray, shape (N_VALUES,)
        Filled but for the first two.
    """
    low = 1e300
    high = -1e300
    lowest = 0
    highest = 0
    index = 0.0
    for k in range(magnitude.shape[0]):
        v = magnitude[k]
        if v == 0.0:
            continue
        if v < low:
            low = v
            lowest = k
        if v > high:
            high = v
            highest = k
        beyond = max(base.low[k] - v, v - base.high[k])
        if beyond > 0.0:
            index += (beyond / (base.high[k] - base.low[k])) ** 2
    values[LOW] = low
    values[LOWEST] = lowest
    values[HIGH] = high
    values[HIGHEST] = highest
    values[VOLTAGE_INDEX] = index
    largest = 0.0
    loaded = -1
    overloads = 0
    index = 0.0
    y = base.values
    for branch in range(base.ends.shape[0]):
        limit = base.limits[branch]
        if limit == 0.0 or branch == out[0] or branch == out[1]:
            continue
        f = base.ends[branch, 0]
        t = base.ends[branch, 1]
        fr = voltage[f, 0]
        fi = voltage[f, 1]
        tr = voltage[t, 0]
        ti = voltage[t, 1]
        cr = y[branch, 0] * fr - y[branch, 1] * fi + y[branch, 2] * tr - y[branch, 3] * ti
        ci = y[branch, 0] * fi + y[branch, 1] * fr + y[branch, 2] * ti + y[branch, 3] * tr
        dr = y[branch, 4] * fr - y[branch, 5] * fi + y[branch, 6] * tr - y[branch, 7] * ti
        di = y[branch, 4] * fi + y[branch, 5] * fr + y[branch, 6] * ti + y[branch, 7] * tr
        square = limit * max(cr * cr + ci * ci, dr * dr + di * di)
        if square > largest:
            largest = square
            loaded = branch
        if square > 1.0:
            overloads += 1
            index += square - 1.0
    values[LOADING] = math.sqrt(largest)
    values[LOADED] = loaded
    values[OVERLOADS] = overloads
    values[OVERLOAD_INDEX] = index


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
RATE = register(Loop("grid.rate", rate))
