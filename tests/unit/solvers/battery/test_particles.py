"""Diffusion in particles against its analytic solution."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from joulebook.battery import layout as at
from joulebook.battery import particles
from joulebook.battery.balance import FARADAY
from joulebook.battery.laws import law_table
from joulebook.battery.meshes import fill_shells, radial_mesh
from joulebook.materials import active
from joulebook.numerics.bdf import extrapolation_weights

RADIUS, DIFFUSIVITY, REACTION, START = 5.86e-6, 3.3e-14, 1.5, 29866.0
FULL = 33133.0


def surface_of_series(time: float, n_terms: int = 400) -> float:
    """Surface concentration of a sphere with constant flux (Crank, Mathematics of Diffusion, eq. 6.45)."""
    ends = [(k + 0.5) * np.pi for k in range(1, n_terms)]
    roots = [brentq(lambda x: np.tan(x) - x, end - 1.0, end - 1e-9) for end in ends]
    tau = DIFFUSIVITY * time / RADIUS**2
    decayed = sum(np.exp(-(root**2) * tau) / root**2 for root in roots)
    flux = -REACTION / FARADAY
    return START + flux * RADIUS / DIFFUSIVITY * (3 * tau + 0.2 - 2 * decayed)


def shells_of(n: int, grading: float = 0.3) -> np.ndarray:
    shells = np.zeros((1, n + 2, at.N_SHELL))
    fill_shells(shells[0], RADIUS, grading)
    shells[0, n + 1, at.STOP] = 1.0
    return shells


def march(shells: np.ndarray, time: float, n_steps: int, laws: np.ndarray | None = None) -> tuple[float, np.ndarray]:
    """Second-order steps with constant flux; gives the surface and the shells.

    With ``laws`` the diffusivity is a law over the stoichiometry, and each particle has a factor of its own.
    """
    n_r = shells.shape[1] - 2
    ring = np.full((at.RING, n_r, 1), START)
    factors = np.zeros((1, n_r + 1, at.N_FACTOR))
    step = time / n_steps
    surface = START
    clock = np.zeros(at.RING)
    ahead = np.zeros(at.RING)
    for k in range(n_steps):
        order = min(k + 1, 2)
        weights = np.array([1.0, -1.0, 0.0]) / step if order == 1 else np.array([1.5, -2.0, 0.5]) / step
        head, slot = k % at.RING, (k + 1) % at.RING
        clock[head] = k * step
        points = min(order + 1, k + 1)
        extrapolation_weights(clock, head, points, (k + 1) * step, ahead)
        if laws is None:
            particles.factorise(shells, 0, weights[0], DIFFUSIVITY)
            particles.sweep(shells, 0, ring, head, order, weights, DIFFUSIVITY)
            response = shells[0, n_r, at.SURFACE_RESPONSE]
        else:
            width = 1.0 / (laws.shape[0] - 1)
            past = (ring, head, order, weights, ahead, points)
            particles.factorise_own(shells, 0, 0, laws, at.DIFFUSION, width, FULL, *past, DIFFUSIVITY, factors)
            response = factors[0, n_r, at.OWN_RESPONSE]
        surface = particles.surface_share(shells, 0, ring, slot, 0) + response * REACTION
        particles.complete(shells, 0, ring, slot, 0, REACTION, factors, laws is not None)
    return surface, ring[n_steps % at.RING, :, 0]


def table_of(ratio: Callable[[Any, Any], Any]) -> np.ndarray:
    """Tables of a material whose diffusivity is a law times the reference."""
    own = active("LGM50 graphite-SiOx")
    law = dataclasses.replace(own.ocp, name="made", unit="m²/s", function=lambda xp, x: DIFFUSIVITY * ratio(xp, x))
    value = dataclasses.replace(own.diffusivity, value=DIFFUSIVITY)
    return law_table((dataclasses.replace(own, diffusivity_law=law, diffusivity=value),), 298.15)[0]


def test_a_law_that_is_constant_changes_nothing() -> None:
    plain = march(shells_of(20), 600.0, 200)
    own = march(shells_of(20), 600.0, 200, table_of(lambda xp, x: xp.ones_like(x)))
    assert own[0] == pytest.approx(plain[0], rel=1e-10)
    assert own[1] == pytest.approx(plain[1], rel=1e-10)


def test_lithium_is_conserved_where_the_diffusivity_varies_tenfold() -> None:
    shells = shells_of(20, 0.1)
    _, after = march(shells, 3000.0, 300, table_of(lambda xp, x: 10.0 ** (x - 0.9)))
    taken = REACTION / FARADAY * RADIUS**2 * 3000.0
    assert shells[0, :20, at.VOLUME] @ (START - after) == pytest.approx(taken, rel=1e-12)


def test_observed_order_where_the_diffusivity_varies_is_two() -> None:
    laws = table_of(lambda xp, x: 4.0 ** (x - 0.9))
    found = [march(shells_of(n, 1.0), 300.0, 2000, laws)[0] for n in (12, 24, 48, 96)]
    steps = np.abs(np.diff(found))
    assert np.log2(steps[-2] / steps[-1]) > 1.8


@pytest.mark.parametrize("time", [60.0, 600.0, 3000.0])
def test_surface_follows_the_analytic_series(time: float) -> None:
    surface, _ = march(shells_of(60), time, 2000)
    rise = abs(surface_of_series(time) - START)
    assert surface == pytest.approx(surface_of_series(time), abs=2e-4 * rise)


def test_the_quasi_steady_parabola_is_exact_on_any_mesh() -> None:
    """Once the profile is a parabola, six shells give the surface as well as sixty."""
    coarse, _ = march(shells_of(6), 6000.0, 400)
    assert coarse == pytest.approx(surface_of_series(6000.0), abs=1e-3 * abs(coarse - START))


def test_lithium_is_conserved_to_rounding() -> None:
    shells = shells_of(20, 0.1)
    _, after = march(shells, 3000.0, 300)
    volumes = shells[0, :20, at.VOLUME]
    taken = REACTION / FARADAY * RADIUS**2 * 3000.0
    assert volumes @ (START - after) == pytest.approx(taken, rel=1e-12)


def test_observed_order_in_the_radius_is_two() -> None:
    exact = surface_of_series(60.0)
    coarse, fine = (abs(march(shells_of(n, 1.0), 60.0, 4000)[0] - exact) for n in (24, 48))
    assert np.log2(coarse / fine) > 1.8


def test_shells_fill_the_particle_and_thin_outwards() -> None:
    faces = radial_mesh(14, 0.3, RADIUS)
    thickness = np.diff(faces)
    assert faces[0] == 0.0
    assert faces[-1] == pytest.approx(RADIUS)
    assert thickness[-1] / thickness[0] == pytest.approx(0.3)
