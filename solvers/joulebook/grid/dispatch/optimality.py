"""The optimality system of the AC optimal power flow: residuals, matrix, steps.

With the balance g(x) = 0, the inequalities h(x) + z = 0 and their multipliers λ and μ, Newton's step of the interior
point method solves::

    [ M   Gᵀ ] [Δx ]     [ L_x + Hᵀ Z⁻¹ (γ + μ h) ]        M = L_xx + Hᵀ Z⁻¹ μ H
    [ G   0  ] [Δλ ] = - [ g                      ]
    Δz = -h - z - H Δx,   Δμ = -μ + Z⁻¹ (γ - μ Δz)

The variables of a generator (P, Q, y) meet only the balance of its bus, so they are eliminated in place: what is left
is one block of four (angle, voltage, λ_P, λ_Q) per bus and one per branch.

References
----------
Wang, Murillo-Sánchez, Zimmerman, Thomas 2007, doi:10.1109/TPWRS.2007.901301 (the primal-dual method, section III);
Sun et al. 1984, doi:10.1109/TPAS.1984.318284 (blocks per bus).
"""

from __future__ import annotations

from typing import Any

from joulebook.grid.dispatch.branch_terms import branch_flows, weighted_hessian

__all__ = ["STIFFEST", "assemble", "evaluate", "gather_rhs", "recover_steps"]


STIFFEST = 1e9
"""Largest stiffness of an inequality in the system, per unit: h + z = (Δμ) |∇h|² / STIFFEST holds instead of h + z = 0
in each step (a proximal term on the multiplier), which vanishes as the multipliers settle. Without it an active flow
limit would drown the network's own admittances, of some 1e4, in rounding."""


def first_rows(buses: Any, branches: Any) -> tuple[int, int, int]:
    """Say where flows, angle differences and rows of generators begin among the inequalities.

    Parameters
    ----------
    buses, branches : Buses, Branches
        The problem.

    Returns
    -------
    tuple of three int
        First entries.
    """
    flows = 2 * buses.minimum.shape[0]
    limited, angled = 0, 0
    for m in range(branches.limited.shape[0]):
        limited += branches.limited[m] >= 0
        angled += branches.angled[m] >= 0
    return flows, flows + 2 * limited, flows + 2 * limited + 2 * angled


def cost_slopes(cost: Any, p: float) -> tuple[float, float, float]:
    """Value and derivatives of a polynomial.

    Parameters
    ----------
    cost : ndarray, shape (degree + 1,)
        From the constant upwards.
    p : float
        Where.

    Returns
    -------
    tuple of three float
        Value, first and second derivative.
    """
    value, first, second = 0.0, 0.0, 0.0
    for back in range(cost.shape[0]):
        second = second * p + 2.0 * first
        first = first * p + value
        value = value * p + cost[cost.shape[0] - 1 - back]
    return value, first, second


def evaluate(buses: Any, branches: Any, generators: Any, at: Any, work: Any) -> float:
    """Work out balance, inequalities, flows and the gradient of the Lagrange function.

    Parameters
    ----------
    buses, branches, generators : Buses, Branches, Generators
        The problem.
    at : Iterate
        Where.
    work : Work
        ``flow``, ``slope``, ``balance``, ``inequality``, ``gradient``, ``generator_gradient`` are filled.

    Returns
    -------
    float
        The cost.
    """
    x, mu, h = at.bus, at.multiplier, work.inequality
    flows, angles, rows = first_rows(buses, branches)
    for k in range(x.shape[0]):
        u = x[k, 1]
        work.balance[k, 0] = buses.demand[k, 0] + (buses.current[k, 0] + buses.shunt[k, 0] * u) * u
        work.balance[k, 1] = buses.demand[k, 1] + (buses.current[k, 1] - buses.shunt[k, 1] * u) * u
        h[2 * k] = u - buses.maximum[k]
        h[2 * k + 1] = buses.minimum[k] - u
        work.gradient[k, 0] = 0.0
        work.gradient[k, 1] = 2.0 * u * (buses.shunt[k, 0] * x[k, 2] - buses.shunt[k, 1] * x[k, 3])
        work.gradient[k, 1] += buses.current[k, 0] * x[k, 2] + buses.current[k, 1] * x[k, 3]
        work.gradient[k, 1] += mu[2 * k] - mu[2 * k + 1]
    for m in range(branches.limit.shape[0]):
        f, t = branches.ends[m, 0], branches.ends[m, 1]
        flow, slope = work.flow[m], work.slope[m]
        branch_flows(branches.admittance[m], x[f, 0] - x[t, 0], x[f, 1], x[t, 1], flow, slope)
        work.balance[f, 0] += flow[0]
        work.balance[f, 1] += flow[1]
        work.balance[t, 0] += flow[2]
        work.balance[t, 1] += flow[3]
        w0, w1, w2, w3 = x[f, 2], x[f, 3], x[t, 2], x[t, 3]
        if branches.limited[m] >= 0:
            row = flows + 2 * branches.limited[m]
            h[row] = flow[0] * flow[0] + flow[1] * flow[1] - branches.limit[m]
            h[row + 1] = flow[2] * flow[2] + flow[3] * flow[3] - branches.limit[m]
            w0 += 2.0 * mu[row] * flow[0]
            w1 += 2.0 * mu[row] * flow[1]
            w2 += 2.0 * mu[row + 1] * flow[2]
            w3 += 2.0 * mu[row + 1] * flow[3]
        by_angle = w0 * slope[0, 0] + w1 * slope[1, 0] + w2 * slope[2, 0] + w3 * slope[3, 0]
        if branches.angled[m] >= 0:
            row = angles + 2 * branches.angled[m]
            h[row] = x[f, 0] - x[t, 0] - branches.angle[m, 1]
            h[row + 1] = branches.angle[m, 0] - x[f, 0] + x[t, 0]
            by_angle += mu[row] - mu[row + 1]
        work.gradient[f, 0] += by_angle
        work.gradient[t, 0] -= by_angle
        work.gradient[f, 1] += w0 * slope[0, 1] + w1 * slope[1, 1] + w2 * slope[2, 1] + w3 * slope[3, 1]
        work.gradient[t, 1] += w0 * slope[0, 2] + w1 * slope[1, 2] + w2 * slope[2, 2] + w3 * slope[3, 2]
    return evaluate_generators(generators, at, work, rows)


def evaluate_generators(generators: Any, at: Any, work: Any, rows: int) -> float:
    """The generators' part of :func:`evaluate`.

    Parameters
    ----------
    generators, at, work
        As there.
    rows : int
        First of their inequalities.

    Returns
    -------
    float
        The cost.
    """
    total = 0.0
    for i in range(generators.bus.shape[0]):
        k = generators.bus[i]
        p, q, y = at.generator[i, 0], at.generator[i, 1], at.generator[i, 2]
        work.balance[k, 0] -= p
        work.balance[k, 1] -= q
        value, first, _ = cost_slopes(generators.cost[i], p)
        total += value + generators.reactive_cost[i] * q + (y if generators.has_y[i] else 0.0)
        by_p, by_q = first - at.bus[k, 2], generators.reactive_cost[i] - at.bus[k, 3]
        by_y = 1.0 if generators.has_y[i] else 0.0
        for row in range(generators.start[i], generators.start[i + 1]):
            a = generators.rows[row]
            work.inequality[rows + row] = a[0] * p + a[1] * q + a[2] * y - a[3]
            by_p += at.multiplier[rows + row] * a[0]
            by_q += at.multiplier[rows + row] * a[1]
            by_y += at.multiplier[rows + row] * a[2]
        work.generator_gradient[i, 0] = by_p
        work.generator_gradient[i, 1] = by_q
        work.generator_gradient[i, 2] = by_y
    return total


def assemble(buses: Any, branches: Any, generators: Any, at: Any, work: Any) -> None:
    """Fill the matrix, and the generators' inverse Hessians.

    Parameters
    ----------
    buses, branches, generators, at, work
        As in :func:`evaluate`, which went before.
    """
    x, mu, z, values = at.bus, at.multiplier, at.slack, work.values
    flows, angles, rows = first_rows(buses, branches)
    for p in range(values.shape[0]):
        for i in range(4):
            for j in range(4):
                values[p, i, j] = 0.0
    for k in range(x.shape[0]):
        block = values[buses.diagonal[k]]
        u = x[k, 1]
        block[1, 1] += 2.0 * (buses.shunt[k, 0] * x[k, 2] - buses.shunt[k, 1] * x[k, 3])
        for row in range(2 * k, 2 * k + 2):
            block[1, 1] += mu[row] / softened(z[row], mu[row], 1.0)
        _couple(block, 1, 2, buses.current[k, 0] + 2.0 * buses.shunt[k, 0] * u)
        _couple(block, 1, 3, buses.current[k, 1] - 2.0 * buses.shunt[k, 1] * u)
    for m in range(branches.limit.shape[0]):
        f, t = branches.ends[m, 0], branches.ends[m, 1]
        flow, s = work.flow[m], work.slope[m]
        w0, w1, w2, w3 = x[f, 2], x[f, 3], x[t, 2], x[t, 3]
        k00, k01, k02, k11, k12, k22 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        if branches.limited[m] >= 0:
            for end in range(2):
                row = flows + 2 * branches.limited[m] + end
                p, q = 2 * end, 2 * end + 1
                twice = 2.0 * mu[row]
                if end == 0:
                    w0 += twice * flow[0]
                    w1 += twice * flow[1]
                else:
                    w2 += twice * flow[2]
                    w3 += twice * flow[3]
                c0 = 2.0 * (flow[p] * s[p, 0] + flow[q] * s[q, 0])
                c1 = 2.0 * (flow[p] * s[p, 1] + flow[q] * s[q, 1])
                c2 = 2.0 * (flow[p] * s[p, 2] + flow[q] * s[q, 2])
                stiff = mu[row] / softened(z[row], mu[row], 2.0 * c0 * c0 + c1 * c1 + c2 * c2)
                k00 += twice * (s[p, 0] * s[p, 0] + s[q, 0] * s[q, 0]) + stiff * c0 * c0
                k01 += twice * (s[p, 0] * s[p, 1] + s[q, 0] * s[q, 1]) + stiff * c0 * c1
                k02 += twice * (s[p, 0] * s[p, 2] + s[q, 0] * s[q, 2]) + stiff * c0 * c2
                k11 += twice * (s[p, 1] * s[p, 1] + s[q, 1] * s[q, 1]) + stiff * c1 * c1
                k12 += twice * (s[p, 1] * s[p, 2] + s[q, 1] * s[q, 2]) + stiff * c1 * c2
                k22 += twice * (s[p, 2] * s[p, 2] + s[q, 2] * s[q, 2]) + stiff * c2 * c2
        if branches.angled[m] >= 0:
            row = angles + 2 * branches.angled[m]
            k00 += mu[row] / softened(z[row], mu[row], 2.0)
            k00 += mu[row + 1] / softened(z[row + 1], mu[row + 1], 2.0)
        d00, d01, d02, d11, d12, d22 = weighted_hessian(
            branches.admittance[m], x[f, 0] - x[t, 0], x[f, 1], x[t, 1], (w0, w1, w2, w3)
        )
        k00, k01, k02, k11, k12, k22 = k00 + d00, k01 + d01, k02 + d02, k11 + d11, k12 + d12, k22 + d22
        here, there = values[buses.diagonal[f]], values[buses.diagonal[t]]
        here[0, 0] += k00
        here[1, 1] += k11
        _couple(here, 0, 1, k01)
        there[0, 0] += k00
        there[1, 1] += k22
        _couple(there, 0, 1, -k02)
        across, back = values[branches.place[m, 0]], values[branches.place[m, 1]]
        _mirror(across, back, 0, 0, -k00)
        _mirror(across, back, 0, 1, k02)
        _mirror(across, back, 1, 0, -k01)
        _mirror(across, back, 1, 1, k12)
        for e in range(2):
            _couple(here, 0, 2 + e, s[e, 0])
            _couple(here, 1, 2 + e, s[e, 1])
            _couple(there, 0, 2 + e, -s[2 + e, 0])
            _couple(there, 1, 2 + e, s[2 + e, 2])
            _mirror(across, back, 2 + e, 0, -s[e, 0])
            _mirror(across, back, 2 + e, 1, s[e, 2])
            _mirror(across, back, 0, 2 + e, s[2 + e, 0])
            _mirror(across, back, 1, 2 + e, s[2 + e, 1])
    assemble_generators(buses, generators, at, work, rows)


def _couple(block: Any, i: int, j: int, value: float) -> None:
    block[i, j] += value
    block[j, i] += value


def _mirror(across: Any, back: Any, i: int, j: int, value: float) -> None:
    across[i, j] += value
    back[j, i] += value


def assemble_generators(buses: Any, generators: Any, at: Any, work: Any, rows: int) -> None:
    """Eliminate the generators' own variables.

    Parameters
    ----------
    buses, generators, at, work
        As in :func:`assemble`.
    rows : int
        First of their inequalities.
    """
    for i in range(generators.bus.shape[0]):
        _, _, second = cost_slopes(generators.cost[i], at.generator[i, 0])
        pp, pq, py, qq, qy, yy = second, 0.0, 0.0, 0.0, 0.0, 0.0 if generators.has_y[i] else 1.0
        for row in range(generators.start[i], generators.start[i + 1]):
            a = generators.rows[row]
            e = rows + row
            stiff = at.multiplier[e] / softened(at.slack[e], at.multiplier[e], row_steepness(a))
            pp += stiff * a[0] * a[0]
            pq += stiff * a[0] * a[1]
            py += stiff * a[0] * a[2]
            qq += stiff * a[1] * a[1]
            qy += stiff * a[1] * a[2]
            yy += stiff * a[2] * a[2]
        _invert_local(pp, pq, py, qq, qy, yy, generators.fixed[i], work.local[i])
        block = work.values[buses.diagonal[generators.bus[i]]]
        block[2, 2] -= work.local[i, 0, 0]
        block[3, 3] -= work.local[i, 1, 1]
        _couple(block, 2, 3, -work.local[i, 0, 1])


def _invert_local(pp: float, pq: float, py: float, qq: float, qy: float, yy: float, fixed: Any, out: Any) -> None:
    """Inverse of a symmetric 3 × 3 Hessian; rows and columns of what is fixed are zero."""
    for i in range(3):
        for j in range(3):
            out[i, j] = 0.0
    if fixed[0]:
        pp, pq, py = 1.0, 0.0, 0.0
    if fixed[1]:
        qq, pq, qy = 1.0, 0.0, 0.0
    pp += 1e-12
    qq += 1e-12
    c00, c01, c02 = qq * yy - qy * qy, py * qy - pq * yy, pq * qy - py * qq
    c11, c12, c22 = pp * yy - py * py, pq * py - pp * qy, pp * qq - pq * pq
    scale = 1.0 / (pp * c00 + pq * c01 + py * c02)
    out[2, 2] = c22 * scale
    if not fixed[0]:
        out[0, 0] = c00 * scale
        out[0, 2] = c02 * scale
        out[2, 0] = c02 * scale
    if not fixed[1]:
        out[1, 1] = c11 * scale
        out[1, 2] = c12 * scale
        out[2, 1] = c12 * scale
    if not fixed[0] and not fixed[1]:
        out[0, 1] = c01 * scale
        out[1, 0] = c01 * scale


def gather_rhs(buses: Any, branches: Any, generators: Any, at: Any, work: Any) -> None:
    """Fill the right-hand side for the wanted products ``work.gamma``.

    Parameters
    ----------
    buses, branches, generators, at, work
        As in :func:`evaluate`, which went before.
    """
    h, mu, z, rhs = work.inequality, at.multiplier, at.slack, work.rhs
    flows, angles, rows = first_rows(buses, branches)
    for k in range(rhs.shape[0]):
        up, low = 2 * k, 2 * k + 1
        push = (work.gamma[up] + mu[up] * h[up]) / softened(z[up], mu[up], 1.0)
        push -= (work.gamma[low] + mu[low] * h[low]) / softened(z[low], mu[low], 1.0)
        rhs[k, 0] = -work.gradient[k, 0]
        rhs[k, 1] = -work.gradient[k, 1] - push
        rhs[k, 2] = -work.balance[k, 0]
        rhs[k, 3] = -work.balance[k, 1]
    for m in range(branches.limit.shape[0]):
        f, t = branches.ends[m, 0], branches.ends[m, 1]
        flow, s = work.flow[m], work.slope[m]
        by_angle = 0.0
        if branches.limited[m] >= 0:
            for end in range(2):
                row = flows + 2 * branches.limited[m] + end
                p, q = 2 * end, 2 * end + 1
                c0 = 2.0 * (flow[p] * s[p, 0] + flow[q] * s[q, 0])
                c1 = 2.0 * (flow[p] * s[p, 1] + flow[q] * s[q, 1])
                c2 = 2.0 * (flow[p] * s[p, 2] + flow[q] * s[q, 2])
                push = work.gamma[row] + mu[row] * h[row]
                push /= softened(z[row], mu[row], 2.0 * c0 * c0 + c1 * c1 + c2 * c2)
                by_angle += push * c0
                rhs[f, 1] -= push * c1
                rhs[t, 1] -= push * c2
        if branches.angled[m] >= 0:
            up = angles + 2 * branches.angled[m]
            low = up + 1
            by_angle += (work.gamma[up] + mu[up] * h[up]) / softened(z[up], mu[up], 2.0)
            by_angle -= (work.gamma[low] + mu[low] * h[low]) / softened(z[low], mu[low], 2.0)
        rhs[f, 0] -= by_angle
        rhs[t, 0] += by_angle
    for i in range(generators.bus.shape[0]):
        n0, n1, n2 = _generator_push(generators, at, work, i, rows)
        local, k = work.local[i], generators.bus[i]
        rhs[k, 2] -= local[0, 0] * n0 + local[0, 1] * n1 + local[0, 2] * n2
        rhs[k, 3] -= local[1, 0] * n0 + local[1, 1] * n1 + local[1, 2] * n2


def _generator_push(generators: Any, at: Any, work: Any, i: int, rows: int) -> tuple[float, float, float]:
    n0, n1, n2 = work.generator_gradient[i, 0], work.generator_gradient[i, 1], work.generator_gradient[i, 2]
    for row in range(generators.start[i], generators.start[i + 1]):
        a, e = generators.rows[row], rows + row
        push = work.gamma[e] + at.multiplier[e] * work.inequality[e]
        push /= softened(at.slack[e], at.multiplier[e], row_steepness(a))
        n0 += push * a[0]
        n1 += push * a[1]
        n2 += push * a[2]
    return n0, n1, n2


def recover_steps(buses: Any, branches: Any, generators: Any, at: Any, work: Any) -> None:
    """From the buses' step to those of generators, slacks and multipliers.

    Parameters
    ----------
    buses, branches, generators, at, work
        As in :func:`evaluate`; ``work.step`` holds the solution of the system.
    """
    step = work.step
    flows, angles, rows = first_rows(buses, branches)
    for k in range(step.shape[0]):
        _finish(at, work, 2 * k, step[k, 1], 1.0)
        _finish(at, work, 2 * k + 1, -step[k, 1], 1.0)
    for m in range(branches.limit.shape[0]):
        f, t = branches.ends[m, 0], branches.ends[m, 1]
        flow, s = work.flow[m], work.slope[m]
        d, u, v = step[f, 0] - step[t, 0], step[f, 1], step[t, 1]
        if branches.limited[m] >= 0:
            for end in range(2):
                p, q = 2 * end, 2 * end + 1
                c0 = 2.0 * (flow[p] * s[p, 0] + flow[q] * s[q, 0])
                c1 = 2.0 * (flow[p] * s[p, 1] + flow[q] * s[q, 1])
                c2 = 2.0 * (flow[p] * s[p, 2] + flow[q] * s[q, 2])
                row = flows + 2 * branches.limited[m] + end
                _finish(at, work, row, c0 * d + c1 * u + c2 * v, 2.0 * c0 * c0 + c1 * c1 + c2 * c2)
        if branches.angled[m] >= 0:
            _finish(at, work, angles + 2 * branches.angled[m], d, 2.0)
            _finish(at, work, angles + 2 * branches.angled[m] + 1, -d, 2.0)
    for i in range(generators.bus.shape[0]):
        n0, n1, n2 = _generator_push(generators, at, work, i, rows)
        r0, r1 = step[generators.bus[i], 2] - n0, step[generators.bus[i], 3] - n1
        local, out = work.local[i], work.generator_step[i]
        for j in range(3):
            out[j] = local[j, 0] * r0 + local[j, 1] * r1 - local[j, 2] * n2
        for row in range(generators.start[i], generators.start[i + 1]):
            a = generators.rows[row]
            _finish(at, work, rows + row, a[0] * out[0] + a[1] * out[1] + a[2] * out[2], row_steepness(a))


def _finish(at: Any, work: Any, row: int, change: float, steep: float) -> None:
    z, mu = at.slack[row], at.multiplier[row]
    soft = softened(z, mu, steep)
    d_mu = (work.gamma[row] + mu * (work.inequality[row] + change)) / soft
    d_z = -work.inequality[row] - z - change
    work.multiplier_step[row] = d_mu
    work.slack_step[row] = d_z + (soft - z) / mu * d_mu


def row_steepness(row: Any) -> float:
    """Square of the gradient of a generator's row, as :func:`softened` takes it.

    Parameters
    ----------
    row : ndarray, shape (4,)
        a_p, a_q, a_y, b.

    Returns
    -------
    float
        A thousand times the square for segments of costs: P and y are eliminated together, where stiff segments cancel.
    """
    if row[2] == 0.0:
        return 0.0
    return 1e3 * (row[0] * row[0] + row[1] * row[1] + row[2] * row[2])


def softened(z: float, mu: float, steep: float) -> float:
    """Slack as it stands in the system: no inequality is stiffer than :data:`STIFFEST`.

    Parameters
    ----------
    z, mu : float
        Slack and multiplier.
    steep : float
        Square of the inequality's gradient.

    Returns
    -------
    float
        ``z + mu * steep / STIFFEST``.
    """
    return z + mu * steep / STIFFEST
