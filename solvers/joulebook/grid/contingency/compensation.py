"""Missing branches as a correction of low rank, worked out on the way of their ends to the root of the tree.

See :mod:`joulebook.grid.contingency.outage_loop` for the equations.
"""

from __future__ import annotations

from typing import Any

from joulebook.grid.newton import FIXED, LOAD
from joulebook.numerics.twins import separate

__all__ = ["change_of_jacobian", "compensation", "correct", "end_nodes", "forward", "way_to_root"]


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
