"""Block-tridiagonal systems with 3 by 3 blocks, solved by block elimination (Thomas) without pivoting.

The off-diagonal blocks have the pattern ::

    x x 0
    x x 0
    0 0 x

as met where two unknowns of neighbouring nodes act on each other and a third acts only on its own kind; the
diagonal blocks are full. Each row of ``system`` holds one node, in the columns named below. The cost is about
140 flops a node, against 250 with full off-diagonal blocks.

No pivoting between nodes: the blocks on the diagonal must stay regular during elimination, as they do for
diffusion-like couplings.

References
----------
Golub and Van Loan, Matrix Computations, 4th ed., section 4.5.1 (block tridiagonal LU).
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["COLUMNS", "DIAGONAL", "LOAD", "LOWER", "UPPER", "eliminate", "substitute"]

DIAGONAL = 0
"""First of nine columns: the diagonal block, row by row."""
LOWER = 9
"""First of five columns: the block left of the diagonal, as 00, 01, 10, 11, 22."""
UPPER = 14
"""First of five columns: the block right of the diagonal, as 00, 01, 10, 11, 22."""
LOAD = 19
"""First of three columns: the right-hand side, then the solution."""
COLUMNS = 22
"""Columns that this method uses."""


def eliminate(system: Any, n: int) -> int:
    """Eliminate downwards, so that only upper blocks remain.

    Afterwards the diagonal columns of each node hold ``D⁻¹ U``, the load columns ``D⁻¹ b``. Those of the last node
    hold ``D⁻¹``, from which a border that touches only the last node is solved at no cost.

    Parameters
    ----------
    system : ndarray, shape (n, ≥ 22), 1
        The blocks; overwritten.
    n : int
        Nodes.

    Returns
    -------
    int
        0, or 1 + the index of the node whose diagonal block is singular or not finite.
    """
    for i in range(n):
        if i > 0:
            l00 = system[i, 9]
            l01 = system[i, 10]
            l10 = system[i, 11]
            l11 = system[i, 12]
            l22 = system[i, 13]
            for b in range(3):
                c0 = system[i - 1, b]
                c1 = system[i - 1, 3 + b]
                c2 = system[i - 1, 6 + b]
                system[i, b] -= l00 * c0 + l01 * c1
                system[i, 3 + b] -= l10 * c0 + l11 * c1
                system[i, 6 + b] -= l22 * c2
            d0 = system[i - 1, 19]
            d1 = system[i - 1, 20]
            system[i, 19] -= l00 * d0 + l01 * d1
            system[i, 20] -= l10 * d0 + l11 * d1
            system[i, 21] -= l22 * system[i - 1, 21]
        if invert_block(system, i) != 0:
            return 1 + i
        apply_inverse(system, i, i == n - 1)
    return 0


def invert_block(system: Any, i: int) -> int:
    """Invert the diagonal block of one node in place, by cofactors.

    Parameters
    ----------
    system : ndarray, shape (n, ≥ 22), 1
        The blocks; the diagonal block of node ``i`` is overwritten.
    i : int
        Node.

    Returns
    -------
    int
        0, or 1 if the block is singular or not finite.
    """
    a00 = system[i, 0]
    a01 = system[i, 1]
    a02 = system[i, 2]
    a10 = system[i, 3]
    a11 = system[i, 4]
    a12 = system[i, 5]
    a20 = system[i, 6]
    a21 = system[i, 7]
    a22 = system[i, 8]
    b00 = a11 * a22 - a12 * a21
    b10 = a12 * a20 - a10 * a22
    b20 = a10 * a21 - a11 * a20
    determinant = a00 * b00 + a01 * b10 + a02 * b20
    if determinant == 0.0 or not math.isfinite(determinant):
        return 1
    inverse = 1.0 / determinant
    system[i, 0] = b00 * inverse
    system[i, 1] = (a02 * a21 - a01 * a22) * inverse
    system[i, 2] = (a01 * a12 - a02 * a11) * inverse
    system[i, 3] = b10 * inverse
    system[i, 4] = (a00 * a22 - a02 * a20) * inverse
    system[i, 5] = (a02 * a10 - a00 * a12) * inverse
    system[i, 6] = b20 * inverse
    system[i, 7] = (a01 * a20 - a00 * a21) * inverse
    system[i, 8] = (a00 * a11 - a01 * a10) * inverse
    return 0


def apply_inverse(system: Any, i: int, last: bool) -> None:
    """Multiply the upper block and the load of one node by the inverted diagonal block.

    Parameters
    ----------
    system : ndarray, shape (n, ≥ 22), 1
        The blocks; diagonal (unless ``last``) and load of node ``i`` are overwritten.
    i : int
        Node.
    last : bool
        Whether this is the last node, which has no upper block and keeps its inverse.
    """
    u00 = system[i, 14]
    u01 = system[i, 15]
    u10 = system[i, 16]
    u11 = system[i, 17]
    u22 = system[i, 18]
    r0 = system[i, 19]
    r1 = system[i, 20]
    r2 = system[i, 21]
    for a in range(3):
        b0 = system[i, 3 * a]
        b1 = system[i, 3 * a + 1]
        b2 = system[i, 3 * a + 2]
        system[i, 19 + a] = b0 * r0 + b1 * r1 + b2 * r2
        if not last:
            system[i, 3 * a] = b0 * u00 + b1 * u10
            system[i, 3 * a + 1] = b0 * u01 + b1 * u11
            system[i, 3 * a + 2] = b2 * u22


def substitute(system: Any, n: int) -> None:
    """Substitute upwards from the solution of the last node.

    Parameters
    ----------
    system : ndarray, shape (n, ≥ 22), 1
        As :func:`eliminate` left it; the load columns become the solution.
    n : int
        Nodes.
    """
    for i in range(n - 2, -1, -1):
        x0 = system[i + 1, 19]
        x1 = system[i + 1, 20]
        x2 = system[i + 1, 21]
        for a in range(3):
            system[i, 19 + a] -= system[i, 3 * a] * x0 + system[i, 3 * a + 1] * x1 + system[i, 3 * a + 2] * x2
