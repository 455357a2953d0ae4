"""The laws of ageing against an independent code, argument by argument.

No solver of ours takes part: the oracle's arguments go into our functions, its currents and rates must come out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.battery import ageing, ageing_mechanics, ageing_plating
from joulebook.battery.ageing_parts import SEI, Mechanics, Plating
from joulebook.battery.balance import FARADAY

FOLDER = Path(__file__).parent / "cases" / "ageing_laws" / "okane2022"
CASE = json.loads((FOLDER / "case.json").read_text())
FILM, METAL, PART = SEI(**CASE["sei"]), Plating(**CASE["metal"]), Mechanics(**CASE["mechanics"])
LAW = ageing_mechanics.mechanics_law(PART, ("stress", "reaction"), cracks=True)


@pytest.fixture(scope="module")
def points() -> list[dict[str, float]]:
    with np.load(FOLDER / "expected.npz") as stored:
        arrays = dict(stored)
    return [{name: float(array[k]) for name, array in arrays.items()} for k in range(len(arrays["potential"]))]


def growth(at: dict[str, float], thickness: float) -> float:
    law = ageing.growth_law(FILM, CASE["growth"][int(at["growth"])])
    factor = ageing.arrhenius(FILM.activation_energy, at["temperature"], FILM.reference_temperature)
    thermal = FARADAY / (ageing.GAS_CONSTANT * at["temperature"])
    drop = ageing.film_drop(at["main_current"], FILM.resistivity, thickness)
    return ageing.sei_current(law, at["potential"], drop, thermal, factor, thickness)[0]


def close(ours: float, theirs: float, floor: float = 0.0) -> Any:
    return ours == pytest.approx(theirs, rel=1e-9, abs=floor)


def test_growth_on_particles_and_cracks(points: list[dict[str, float]]) -> None:
    for at in points:
        assert close(growth(at, at["thickness"]), at["film_current"])
        assert close(growth(at, at["thickness_on_cracks"]), at["film_current_on_cracks"])


def test_film_drop_and_total_current(points: list[dict[str, float]]) -> None:
    for at in points:
        drop = ageing.film_drop(at["total_current"], FILM.resistivity, at["thickness"])
        assert close(-drop, at["film_overpotential"], 1e-12)
        total = at["main_current"] + at["film_current"] + at["plating_current"]
        total += (at["roughness"] - 1) * at["film_current_on_cracks"]
        # the oracle solves for the total within the tolerance of its solver
        assert total == pytest.approx(at["total_current"], abs=1e-6)


def test_plating(points: list[dict[str, float]]) -> None:
    for at in points:
        law = ageing_plating.plating_law(METAL, CASE["plating"][int(at["plating"])])
        thermal = FARADAY / (ageing.GAS_CONSTANT * at["temperature"])
        found = ageing_plating.plating_current(
            law, at["potential"], -at["film_overpotential"], thermal, 1.0, at["salt"], at["plated"]
        )
        exchange = FARADAY * METAL.rate_constant * at["salt"]
        assert close(found[0], at["plating_current"], 1e-9 * exchange)


def test_stress_cracks_and_loss(points: list[dict[str, float]]) -> None:
    for at in points:
        concentrations = at["mean_concentration"], at["surface_concentration"]
        stress = ageing_mechanics.tangential_stress(LAW[ageing_mechanics.STRESS_FACTOR], *concentrations)
        assert close(stress, at["stress"], 1e-2)
        area = LAW[ageing_mechanics.CRACK_AREA]
        assert close(ageing_mechanics.roughness(at["crack_length"], area), at["roughness"])
        film_current = at["surface_area"] * at["film_current"]
        cracking, active, lost = ageing_mechanics.structure_rates(
            LAW, (1.0, 1.0), concentrations, at["crack_length"], film_current, 0.0
        )
        assert cracking == pytest.approx(at["cracking"], rel=1e-7, abs=1e-26)
        assert active == pytest.approx(at["active_change"], rel=1e-8, abs=1e-18)
        assert close(lost, -at["mean_concentration"] * active)
        displacement = ageing_mechanics.surface_displacement(
            CASE["mechanics"]["partial_molar_volume"], CASE["particle_radius"], at["mean_concentration"], 0.0
        )
        assert close(displacement, at["displacement"])


def test_porosity(points: list[dict[str, float]]) -> None:
    """Where active material is lost, the oracle takes initial film and metal for what lies on the surface of now.

    It spreads metal over the fresh surface and fills pores with that thickness times the present surface, so metal
    vanishes with the surface; likewise the initial film. Ours stay: here they are scaled to the oracle's way.
    """
    fresh = 3 * points[0]["active_fraction"] / CASE["particle_radius"]
    for at in points:
        surface = at["surface_area"]
        film = surface * (at["thickness"] - FILM.initial_thickness) / FILM.molar_volume
        on_cracks = surface * (at["roughness"] - 1) * at["thickness_on_cracks"] / FILM.molar_volume
        metal = (at["plated"] + at["dead"]) * surface / fresh
        found = ageing.porosity(CASE["fresh_porosity"], film + on_cracks, metal, FILM.molar_volume, METAL.molar_volume)
        assert close(found, at["porosity"])
