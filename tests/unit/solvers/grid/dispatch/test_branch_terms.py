"""Derivatives of branch flows against differences, and flows against complex numbers."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.grid.dispatch.branch_terms import branch_flows, weighted_hessian
from joulebook.grid.dispatch.optimality import cost_slopes

Y = np.random.default_rng(4).normal(size=8) * 5
POINT = np.array([0.3, 1.04, 0.97])


def flows(point):
    flow, slope = np.empty(4), np.empty((4, 3))
    branch_flows(Y, *point, flow, slope)
    return flow, slope


def test_flows_are_those_of_complex_numbers():
    d, u, v = POINT
    y = Y[0::2] + 1j * Y[1::2]
    v_f, v_t = u * np.exp(1j * d), v
    s_f = v_f * np.conj(y[0] * v_f + y[1] * v_t)
    s_t = v_t * np.conj(y[2] * v_f + y[3] * v_t)
    np.testing.assert_allclose(flows(POINT)[0], [s_f.real, s_f.imag, s_t.real, s_t.imag], rtol=1e-13)


def test_slopes_and_curvatures_are_those_of_differences():
    weights = (0.3, -1.2, 2.0, 0.7)
    dd, du, dv, uu, uv, vv = weighted_hessian(Y, *POINT, weights)
    hessian = np.array([[dd, du, dv], [du, uu, uv], [dv, uv, vv]])
    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-6
        up, down = flows(POINT + step), flows(POINT - step)
        np.testing.assert_allclose((up[0] - down[0]) / 2e-6, flows(POINT)[1][:, i], rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(np.array(weights) @ (up[1] - down[1]) / 2e-6, hessian[i], rtol=1e-7, atol=1e-7)


def test_costs_and_their_slopes():
    assert cost_slopes(np.array([5.0, 2.0, 3.0]), 2.0) == pytest.approx((21.0, 14.0, 6.0))
