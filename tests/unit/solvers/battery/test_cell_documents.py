"""Cells of several phases and layers, half cells, and what a document may leave out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from joulebook.battery import Cell, HalfCell
from joulebook.battery.electrodes import Electrode, Layer, Phase
from joulebook.core.citations import bibliography
from joulebook.core.display import html_table
from joulebook.core.errors import DataFormatError, InputError

CELL = Cell.named("Chen2020")
COMPOSITE = Cell.named("Chen2020_composite")
LAYERS = [{"share": 0.25, "porosity": 0.4, "active_fraction": 0.6}, {"share": 0.75, "particle_radius": 4e-6}]


def issues(change: Any) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        change()
    return {issue.path: issue.rule for issue in caught.value.issues}


@pytest.mark.parametrize("name", Cell.names())
def test_named_cells_say_where_every_number_comes_from(name: str) -> None:
    cell = Cell.named(name)
    assert cell.name and cell.description
    assert Cell.from_document(json.loads(json.dumps(cell.to_document()))) == cell
    for path, source in cell.sources.items():
        assert isinstance(cell.value_at(path), float)
        assert source.ref in bibliography() or (source.method == "assumed" and source.note)
    for path in ("negative.thickness", "positive.porosity", "nominal_capacity", "initial_state.positive_concentration"):
        assert path in cell.sources


@pytest.mark.parametrize("name", HalfCell.names())
def test_named_half_cells_say_where_every_number_comes_from(name: str) -> None:
    cell = HalfCell.named(name)
    assert HalfCell.from_document(cell.to_document()) == cell
    for path in cell.sources:
        assert isinstance(cell.value_at(path), float)
    assert "counter.rate_constant" in cell.sources


def test_what_is_left_out_stays_out_of_the_document() -> None:
    document = CELL.to_document()
    assert not {"layers", "additional_phases", "plating", "mechanics"} & set(document["negative"])
    assert set(document["initial_state"]) == {"negative_concentration", "positive_concentration"}
    assert "materials" not in document
    bare = Cell.named("Prada2013").to_document()
    assert not {"format", "negative_collector", "positive_collector", "thermal"} & set(bare)


def test_paths_walk_lists() -> None:
    path = "negative.additional_phases.0.particle_radius"
    assert COMPOSITE.value_at(path) == 1.52e-6
    finer = COMPOSITE.replace({path: 1e-6, "initial_state.negative_additional.0": 2.5e5})
    assert finer.negative.additional_phases[0].particle_radius == 1e-6
    assert finer.initial_state.negative_additional == (2.5e5,)
    assert path in COMPOSITE.sources
    assert path not in finer.sources
    assert COMPOSITE.value_at(path) == 1.52e-6


@pytest.mark.parametrize("index", ["1", "-1", "first", "0x0", ""])
def test_paths_beyond_a_list_are_told(index: str) -> None:
    path = f"negative.additional_phases.{index}.particle_radius"
    with pytest.raises(InputError, match=r"It has entries 0 to 0"):
        COMPOSITE.value_at(path)
    with pytest.raises(InputError, match=r"It is empty"):
        CELL.replace({"negative.layers.0.porosity": 0.3})


def test_parts_and_lists_are_replaced_whole_and_lose_their_sources() -> None:
    layers = [Layer(share=0.5), Layer(share=0.5, porosity=0.2)]
    graded = CELL.replace(
        {"negative.layers": layers, "format": {"shape": "pouch", "width": 1.0, "height": 1.0, "depth": 1e-3}}
    )
    assert graded.negative.layers == tuple(layers)
    assert "format.diameter" in CELL.sources
    assert not any(path.startswith("format") for path in graded.sources)
    assert graded.replace({"negative.layers": []}).negative == CELL.negative


def test_means_are_weighted_by_the_shares() -> None:
    graded = CELL.replace({"negative.layers": LAYERS})
    assert graded.negative.mean_porosity == pytest.approx(0.25 * 0.4 + 0.75 * 0.25)
    assert graded.negative.mean_active_fraction == pytest.approx(0.25 * 0.6 + 0.75 * 0.75)
    assert CELL.negative.mean_porosity == CELL.negative.porosity


def test_all_faults_of_layers_are_told_at_once() -> None:
    layers = [{"share": 0.5, "porosity": 0.5}, {"share": 0.4, "active_fraction": 0.9}]
    found = issues(lambda: CELL.replace({"negative.layers": layers}))
    assert found == {
        "negative.layers.0.porosity": "with active_fraction = 0.75 gives 1.25; together at most 1",
        "negative.layers.1.porosity": "with active_fraction = 0.9 gives 1.15; together at most 1",
        "negative.layers": "the shares of the 2 layers sum to 0.9; they must sum to 1",
    }


def test_shares_may_miss_1_by_rounding_only() -> None:
    thirds = [{"share": 1 / 3}, {"share": 1 / 3}, {"share": 1 / 3}]
    assert len(CELL.replace({"negative.layers": thirds}).negative.layers) == 3
    with pytest.raises(InputError, match="must sum to 1"):
        CELL.replace({"negative.layers": [{"share": 0.5}, {"share": 0.5 + 1e-8}]})


def test_phases_share_the_volume() -> None:
    phase = {"material": "silicon (Ai 2022)", "active_fraction": 0.1, "particle_radius": 1e-6}
    found = issues(lambda: CELL.replace({"negative.additional_phases": [phase]}))
    assert found["negative.porosity"].startswith("with active_fraction = 0.75 and further phases = 0.1 gives 1.1")
    crowded = {**phase, "active_fraction": 0.9}
    with pytest.raises(InputError, match="Lower the fractions of the further phases"):
        CELL.replace({"negative.additional_phases": [crowded, crowded]})


def test_every_phase_needs_its_initial_concentration() -> None:
    found = issues(lambda: COMPOSITE.replace({"initial_state.negative_additional": []}))
    assert found == {
        "initial_state.negative_additional": "holds 0 concentrations; the electrode has 1 additional phases"
    }
    found = issues(lambda: CELL.replace({"initial_state.positive_additional": [1.0, 2.0], "lower_cutoff": 4.5}))
    assert set(found) == {"initial_state.positive_additional", "lower_cutoff"}


def test_faults_inside_lists_carry_path_unit_and_range() -> None:
    with pytest.raises(InputError) as caught:
        COMPOSITE.replace(
            {
                "negative.additional_phases.0.particle_radius": 1.5,
                "negative.additional_phases.0.material": "unobtainium",
            }
        )
    by_path = {issue.path: issue for issue in caught.value.issues}
    radius = by_path["negative.additional_phases.0.particle_radius"]
    assert radius.unit == "m"
    assert "1.5 µm" in radius.hint
    assert "not in the library" in by_path["negative.additional_phases.0.material"].rule
    with pytest.raises(InputError, match="active_fraction, particle_radius"):
        CELL.replace({"negative.additional_phases": [{"colour": "red"}]})


def test_materials_are_found_by_side_and_phase() -> None:
    assert COMPOSITE.active_material("negative").name == "graphite (Ai 2022)"
    assert COMPOSITE.active_material("negative", 1).name == "silicon (Ai 2022)"
    assert COMPOSITE.maximum_concentration("negative", 1) == 278000.0
    assert COMPOSITE.electrolyte_material().name == "LiPF6 EC:EMC 3:7 (Nyman 2008)"
    full = COMPOSITE.replace({"negative.additional_phases.0.maximum_concentration": 3e5})
    assert full.maximum_concentration("negative", 1) == 3e5
    with pytest.raises(InputError, match="2 active materials"):
        COMPOSITE.active_material("negative", 2)
    with pytest.raises(InputError, match="Known: negative, positive"):
        COMPOSITE.active_material("separator")
    with pytest.raises(InputError, match="Known: positive"):
        HalfCell.named("Xu2019").active_material("negative")


def test_half_cells_are_files_of_their_own(tmp_path: Path) -> None:
    cell = HalfCell.named("Xu2019")
    file = cell.save(tmp_path / f"mine{HalfCell.suffix}")
    assert HalfCell.load(file) == cell
    with pytest.raises(DataFormatError, match=r"joulebook\.half_cell"):
        Cell.load(file)
    with pytest.raises(InputError, match="Known: Xu2019"):
        HalfCell.named("Chen2020")
    found = issues(lambda: cell.replace({"counter.rate_constant": -1.0, "counter.salt_exponent": 3.0}))
    assert set(found) == {"counter.rate_constant", "counter.salt_exponent"}
    found = issues(lambda: cell.replace({"initial_state.positive_additional": [1.0]}))
    assert set(found) == {"initial_state.positive_additional"}


def test_ageing_and_heat_are_parts_of_the_document() -> None:
    cell = Cell.named("OKane2022")
    assert cell.negative.sei is not None and cell.negative.sei.missing("solvent-diffusion limited") == ()
    assert cell.negative.plating is not None and cell.negative.plating.missing("partially reversible") == ()
    assert cell.negative.mechanics is not None and cell.negative.mechanics.missing(("stress",), cracks=True) == ()
    assert cell.positive.mechanics is not None
    assert cell.value_at("negative.sei.activation_energy") == 38000.0
    warmer = cell.replace({"thermal.ambient_temperature": 308.15})
    assert warmer.thermal is not None and warmer.thermal.ambient_temperature == 308.15
    found = issues(lambda: cell.replace({"thermal.heat_capacity": -1.0, "negative.plating.molar_volume": 0.0}))
    assert set(found) == {"thermal.heat_capacity", "negative.plating.molar_volume"}


def test_tables_show_the_parts_inside_lists() -> None:
    table = html_table(COMPOSITE)
    assert "negative.additional_phases.0.material" in table
    assert "initial_state.negative_additional.0" in table
    assert "negative.layers" not in table


def test_an_electrode_can_be_made_in_code() -> None:
    silicon = Phase(material="silicon (Ai 2022)", active_fraction=0.05, particle_radius=1e-6)
    coating = Electrode(
        material="graphite (Ai 2022)",
        thickness=80e-6,
        porosity=0.3,
        active_fraction=0.6,
        particle_radius=5e-6,
        conductivity=100.0,
        additional_phases=(silicon,),
    )
    assert coating.density is None
    assert coating.additional_phases == (silicon,)


def test_changes_that_undo_each_other_are_told() -> None:
    with pytest.raises(InputError, match="another change leaves nothing there"):
        CELL.replace({"negative": 1.0, "negative.thickness": 1e-4})
    with pytest.raises(InputError, match=r"entries|empty"):
        COMPOSITE.replace({"negative.additional_phases": [], "negative.additional_phases.0.particle_radius": 1e-6})
    found = issues(lambda: CELL.replace({"sources": None}))
    assert set(found) == {"sources"}
    whole = CELL.replace({"negative": CELL.negative, "negative.thickness": 1e-4})
    assert whole.negative.thickness == 1e-4
    assert not any(path.startswith("negative.") for path in whole.sources)
