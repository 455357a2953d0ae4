"""Materials of one's own inside a cell: carried, resolved, saved, and every fault named."""

from __future__ import annotations

import pickle

import pytest

import joulebook as jb
from joulebook.battery import Cell
from joulebook.core.errors import InputError

GRAPHITE = jb.materials.ActiveMaterialDocument(
    name="my graphite",
    polarity="negative",
    ocp="0.1 + 0.9*exp(-30*x)",
    maximum_concentration=33133.0,
    diffusivity=3e-14,
    rate_constant=7e-7,
    window={"charged": 0.9, "discharged": 0.02},
)
SOLUTION = jb.materials.ElectrolyteMaterialDocument(
    name="my electrolyte", conductivity=1.0, diffusivity=3e-10, transference_number=0.3
)
CELL = Cell.named("Chen2020")


def test_a_cell_carries_its_materials():
    cell = CELL.with_material(GRAPHITE, "negative").with_material(SOLUTION, "electrolyte")
    assert cell.negative.material == "own:my graphite"
    assert cell.active_material("negative") is GRAPHITE.record()
    assert cell.electrolyte_material() is SOLUTION.record()
    assert cell.active_material("positive") is jb.materials.active("LGM50 NMC811")
    assert cell.film_material() is jb.materials.film("LGM50 separator")
    assert not CELL.materials
    assert "materials" not in CELL.to_document()


def test_such_a_cell_is_self_contained(tmp_path):
    cell = CELL.with_material(GRAPHITE, "negative")
    assert Cell.load(cell.save(tmp_path / "own.cell.json")) == cell
    assert pickle.loads(pickle.dumps(cell)) == cell
    assert cell.digest() != CELL.digest()
    assert 0 < jb.battery.figures(cell).capacity < 10


def test_replace_takes_materials_too():
    cell = CELL.replace({"materials.my graphite": GRAPHITE, "negative.material": "own:my graphite"})
    assert cell == CELL.with_material(GRAPHITE, "negative")
    slower = cell.replace({"materials.my graphite.diffusivity": 1e-15})
    assert slower.active_material("negative").diffusivity.value == 1e-15
    assert cell.active_material("negative").diffusivity.value == 3e-14


def test_a_second_phase_may_be_ones_own():
    phase = {"material": "own:my graphite", "active_fraction": 0.1, "particle_radius": 1e-6}
    cell = CELL.with_material(GRAPHITE).replace(
        {
            "negative.active_fraction": 0.6,
            "negative.additional_phases": [phase],
            "initial_state.negative_additional": [2e4],
        }
    )
    assert cell.active_material("negative", 1) is GRAPHITE.record()
    other = GRAPHITE.model_copy(update={"name": "other"})
    again = cell.with_material(other, "negative.additional_phases.0")
    assert again.negative.additional_phases[0].material == "own:other"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: CELL.replace({"negative.material": "own:x"}), "there is no such material in this document"),
        (lambda: CELL.with_material(GRAPHITE, "electrolyte"), "is not the kind of material for this place"),
        (lambda: CELL.with_material(GRAPHITE, "tabs"), "no such place. Known: separator, electrolyte, negative"),
        (lambda: CELL.replace({"materials.a": {"kind": "joulebook.cell"}}), "Is this the file of a material"),
        (lambda: CELL.replace({"materials.a": 3}), "must be the document of a material"),
        (lambda: CELL.replace({"materials.a.ocp": 3}), "no entry 'a'"),
        (
            lambda: CELL.replace({"materials.a": {**GRAPHITE.to_document(), "ocp": "y"}}),
            "materials.a.ocp.expression = 'y': unknown name 'y' at character 1",
        ),
    ],
)
def test_faults_say_where_and_what(change, words):
    with pytest.raises(InputError, match=words):
        change()
