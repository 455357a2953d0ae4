"""Diffusion in particles against its analytic solution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from joulebook.battery import layout as at
from joulebook.battery import particles
from joulebook.battery.balance import FARADAY
from joulebook.battery.designs import Cell
from joulebook.battery.discretise import discretise, radial_mesh
from joulebook.battery.options import BatteryOptions

RADIUS, DIFFUSIVITY, REACTION, START = 5.86e-6, 3.3e-14, 1.5, 29866.0


def surface_of_series(time: float, n_terms: int = 400) -> float:
    """Surface concentration of a sphere with constant flux (Crank, Mathematics of Diffusion, eq. 6.45)."""
    ends = [(k + 0.5) * np.pi for k in range(1, n_terms)]
    roots = [brentq(lambda x: np.tan(x) - x, end - 1.0, end - 1e-9) for end in ends]
    tau = DIFFUSIVITY * time / RADIUS**2
    decayed = sum(np.exp(-(root**2) * tau) / root**2 for root in roots)
    flux = -REACTION / FARADAY
    return START + flux * RADIUS / DIFFUSIVITY * (3 * tau + 0.2 - 2 * decayed)


def shells_of(n: int, grading: float = 0.3) -> np.ndarray:
    cell = Cell.named("Chen2020")
    options = BatteryOptions(shells=n, grading=grading)
    arrays = discretise(cell, at.SPM, options.resolution(), (START, 17038.0))
    return arrays.shells[:1]


def march(shells: np.ndarray, time: float, n_steps: int) -> tuple[float, np.ndarray]:
    """Second-order steps with constant flux; gives the surface and the shells."""
    n_r = shells.shape[1] - 2
    ring = np.full((at.RING, n_r, 1), START)
    step = time / n_steps
    surface = START
    for k in range(n_steps):
        order = min(k + 1, 2)
        weights = np.array([1.0, -1.0, 0.0]) / step if order == 1 else np.array([1.5, -2.0, 0.5]) / step
        particles.factorise(shells, 0, weights[0])
        particles.sweep(shells, 0, ring, k % at.RING, order, weights)
        slot = (k + 1) % at.RING
        surface = particles.surface_share(shells, 0, ring, slot, 0)
        surface += shells[0, n_r, at.SURFACE_RESPONSE] * REACTION
        particles.complete(shells, 0, ring, slot, 0, REACTION)
    return surface, ring[n_steps % at.RING, :, 0]


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
