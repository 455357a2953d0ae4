"""Parts for ageing: what a law needs is named, faults are reported all at once, documents come back the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook.battery.ageing_parts import SEI, Mechanics, Plating
from joulebook.core.design import Part
from joulebook.core.errors import InputError

FILM: dict[str, float] = {
    "molar_volume": 9.585e-5,
    "lithium_per_molecule": 2.0,
    "resistivity": 2e5,
    "initial_thickness": 5e-9,
}
STRESS = ("young_modulus", "poisson_ratio", "partial_molar_volume")


@pytest.mark.parametrize(
    ("law", "needed"),
    [
        ("none", ()),
        ("reaction limited", ("open_circuit_potential", "exchange_current_density")),
        ("solvent-diffusion limited", ("solvent_diffusivity", "solvent_concentration")),
        ("interstitial-diffusion limited", ("interstitial_diffusivity", "interstitial_concentration")),
        (
            "EC reaction limited",
            ("open_circuit_potential", "ec_concentration", "ec_diffusivity", "ec_rate_constant"),
        ),
    ],
)
def test_a_growth_law_names_what_it_lacks(law: str, needed: tuple[str, ...]) -> None:
    assert SEI(**FILM).missing(law) == needed
    assert SEI(**FILM).missing(law, on_cracks=True) == (*needed, "initial_thickness_on_cracks")
    assert SEI(**FILM, **dict.fromkeys(needed, 1e-9)).missing(law) == ()


def test_plating_needs_a_rate_of_dead_lithium_only_where_some_of_it_dies() -> None:
    part = Plating(rate_constant=1e-9, molar_volume=1.3e-5)
    assert part.missing("reversible") == part.missing("irreversible") == part.missing("none") == ()
    assert part.missing("partially reversible") == ("dead_lithium_rate",)


def test_mechanics_needs_are_named_once() -> None:
    part = Mechanics()
    assert part.missing() == ()
    assert part.missing(("stress", "reaction"))[:3] == STRESS
    both = part.missing(("stress",), cracks=True)
    assert len(both) == len(set(both))
    assert set(both) >= {*STRESS, "cracking_rate", "cracks_per_area", "critical_stress"}


def test_all_faults_at_once() -> None:
    typed: dict[str, Any] = {**FILM, "molar_volume": -1.0, "resistivity": float("nan"), "thickness": 1.0}
    with pytest.raises(InputError) as caught:
        SEI(**typed)
    assert {issue.path for issue in caught.value.issues} == {"molar_volume", "resistivity", "thickness"}


def test_parts_survive_a_document() -> None:
    part = Mechanics(young_modulus=15e9, poisson_ratio=0.3, partial_molar_volume=-7.28e-7)
    assert Mechanics(**part.model_dump()) == part


@pytest.mark.parametrize("kind", [SEI, Plating, Mechanics])
@given(data=st.data())
def test_any_input_makes_a_part_or_an_input_error(kind: type[Part], data: st.DataObject) -> None:
    value = st.one_of(st.floats(), st.integers(), st.text(max_size=5), st.none(), st.booleans())
    typed: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(sorted(kind.model_fields)), value))
    try:
        part = kind(**typed)
    except InputError as error:
        assert error.issues
    else:
        assert part == kind(**part.model_dump())
