"""Laws at low temperature: ranges, what lies outside them, faults."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.core.citations import cite
from joulebook.core.errors import InputError
from joulebook.materials import (
    conductivity,
    conductivity_names,
    copper_conductivity,
    copper_resistivity,
    critical_surface,
    critical_surface_names,
    specific_heat,
    specific_heat_names,
)
from joulebook.materials.copper import LORENZ

LAWS = [conductivity(name) for name in conductivity_names()] + [specific_heat(name) for name in specific_heat_names()]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.quantity} {law.name}")
def test_a_law_is_positive_everywhere_and_joined_in_value(law):
    points = np.geomspace(0.005, 400.0, 2000)
    assert np.all(law(points) > 0.0) and np.all(np.isfinite(law(points)))
    for end in (law.low, law.high):
        assert float(law(end * (1 - 1e-12))) == pytest.approx(float(law(end * (1 + 1e-12))), rel=1e-9)
    assert cite(law.source.ref)
    assert law.outside(law.low, law.high) == ""


def test_the_physics_takes_over_below_the_range():
    steel, glass = conductivity("stainless steel 304L"), conductivity("G-10 CR, normal")
    assert float(steel(2.0)) == pytest.approx(float(steel(4.0)) / 2)
    assert float(glass(5.0)) == pytest.approx(float(glass(10.0)) * 0.5**1.9)
    assert "below 4 K (grows with T)" in steel.outside(1.0, 300.0)
    assert "above 300 K (kept constant)" in steel.outside(4.0, 320.0)
    copper = specific_heat("copper")
    assert float(copper(0.01)) == pytest.approx(0.0110 * 0.01, rel=1e-3)
    assert float(specific_heat("stainless steel 304")(1.0)) == pytest.approx(
        float(specific_heat("stainless steel 304")(4.0)) / 4
    )
    assert float(specific_heat("G-10")(2.0)) == pytest.approx(float(specific_heat("G-10")(4.0)) / 8)


def test_integrals_add_and_change_sign():
    law = conductivity("G-10 CR, warp")
    whole = law.integral(0.1, 350.0)
    assert whole == pytest.approx(law.integral(0.1, 3.0) + law.integral(3.0, 350.0), rel=1e-10)
    assert law.integral(350.0, 0.1) == -whole
    with pytest.raises(InputError, match="above 0"):
        law.integral(0.0, 4.0)


def test_wiedemann_and_franz_hold_for_copper_near_absolute_zero():
    """Two independent fits, of heat and of current: their ratio at 4 K is Sommerfeld's number to 2 %."""
    for rrr in (30.0, 100.0, 300.0):
        ratio = float(copper_conductivity(rrr)(1.0) * copper_resistivity(1.0, rrr))
        assert ratio == pytest.approx(LORENZ, rel=0.05)


def test_purer_copper_conducts_better_and_a_field_makes_it_worse():
    assert np.all(copper_conductivity(200.0)(np.array([4.0, 77.0])) > copper_conductivity(50.0)(np.array([4.0, 77.0])))
    fields = [float(copper_resistivity(4.2, 100.0, field)) for field in (0.0, 1.0, 5.0, 10.0)]
    assert fields == sorted(fields)


@pytest.mark.parametrize("name", critical_surface_names())
def test_current_density_falls_to_nothing_at_the_critical_temperature(name):
    surface = critical_surface(name)
    field = 8.0
    top = surface.critical_temperature(field)
    points = np.linspace(0.3 * top, 1.2 * top, 60)
    density = surface.current_density(field, points)
    assert np.all(np.diff(density) <= 0.0) and np.all(density[points > top * (1 + 1e-9)] == 0.0)
    half = 0.5 * float(surface.current_density(field, 0.5 * top))
    shared = surface.sharing_temperature(field, half)
    assert float(surface.current_density(field, shared)) == pytest.approx(half, rel=1e-6)
    assert surface.sharing_temperature(field, 1e15) == 0.0
    assert cite(surface.source.ref)


def test_strain_lowers_the_current_of_niobium_tin():
    surface = critical_surface("Nb3Sn WST")
    best = float(surface.current_density(12.0, 4.2, -0.00059))
    assert best > float(surface.current_density(12.0, 4.2, 0.0)) > float(surface.current_density(12.0, 4.2, 0.003))


@pytest.mark.parametrize(
    "call",
    [
        lambda: conductivity("unobtainium"),
        lambda: specific_heat("unobtainium"),
        lambda: critical_surface("unobtainium"),
        lambda: copper_conductivity(1.0),
        lambda: copper_resistivity(4.2, 1e9),
        lambda: copper_resistivity(-1.0, 100.0),
        lambda: copper_resistivity(4.2, 100.0, -5.0),
        lambda: critical_surface("NbTi LHC").current_density(0.0, 4.2),
        lambda: critical_surface("NbTi LHC").current_density(5.0, float("nan")),
        lambda: critical_surface("Nb3Sn WST").current_density(5.0, 4.2, 0.5),
    ],
)
def test_faults_say_what_is_allowed(call):
    with pytest.raises(InputError) as caught:
        call()
    assert len(str(caught.value)) > 20
