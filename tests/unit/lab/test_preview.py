import json

import numpy as np
import pytest

from joulebook import materials
from joulebook.battery import Cell, initial_state_at
from joulebook_lab import preview


@pytest.fixture(scope="module")
def document():
    return Cell.named("Chen2020").to_document()


def test_curves_come_in_order_and_are_small(document):
    found = preview.curves(document, [2.0, 0.5], "SPM")
    assert [curve["rate"] for curve in found["curves"]] == [2.0, 0.5] and found["errors"] == []
    for curve in found["curves"]:
        assert len(curve["time_s"]) == len(curve["voltage_V"]) == len(curve["capacity_Ah"]) == preview.POINTS
        assert curve["voltage_V"][-1] == pytest.approx(2.5, abs=1e-3) and curve["end_reason"]
        assert np.all(np.diff(curve["time_s"]) > 0)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_faulty_document_gives_one_error_and_no_curve(document):
    found = preview.curves({**document, "electrode_height": -1.0}, [1.0])
    assert found["curves"] == [] and found["errors"][0]["rate"] is None
    assert "electrode_height = -1.0 m" in found["errors"][0]["message"]


def test_a_rate_that_cannot_be_solved_does_not_take_the_others_along(document):
    found = preview.curves(document, [1.0, -1.0], "SPM")
    assert [curve["rate"] for curve in found["curves"]] == [1.0]
    assert [error["rate"] for error in found["errors"]] == [-1.0] and found["errors"][0]["message"]


def test_the_answer_is_marked_lines(document, capsys):
    preview.answer(json.dumps({"document": document, "rates": [1, 2], "model": "SPM"}))
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith(preview.MARK) for line in lines)
    said = [json.loads(line.removeprefix(preview.MARK)) for line in lines]
    assert said[:2] == [{"done": 1, "total": 2}, {"done": 2, "total": 2}]
    assert [curve["rate"] for curve in said[2]["curves"]] == [1, 2] and len(said) == 3


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
def test_every_model_of_the_designer_is_solved_without_a_second_mesh(document, model, monkeypatch):
    from joulebook import battery

    asked = []

    def watched(*args, **kwargs):
        asked.append(kwargs["options"])
        return simulate(*args, **kwargs)

    simulate = battery.simulate
    monkeypatch.setattr(battery, "simulate", watched)
    found = preview.curves(document, [1.0], model)
    assert found["errors"] == [] and asked == [{"error_estimate": False}]


@pytest.mark.parametrize("name", Cell.names())
def test_every_named_cell_has_a_curve(name):
    cell = Cell.named(name)
    found = preview.curves(cell.to_document(), [1.0], "DFN")
    if name == "Mohtat2020":  # the published state at the start is an empty cell
        assert found["curves"] == [] and "already below the end of the step" in found["errors"][0]["message"]
        found = preview.curves(cell.replace({"initial_state": initial_state_at(cell, 1.0)}).to_document(), [1.0], "DFN")
    assert found["errors"] == [] and len(found["curves"]) == 1


def test_layers_are_in_the_curve(document):
    shares = [{"share": 0.5, "porosity": 0.2}, {"share": 0.5, "porosity": 0.25}]
    layered = {**document, "negative": {**document["negative"], "layers": shares}}
    plain, found = (preview.curves(each, [2.0], "DFN") for each in (document, layered))
    assert found["errors"] == [] and found["curves"][0]["voltage_V"] != plain["curves"][0]["voltage_V"]


def test_a_material_of_ones_own_is_in_the_curve(document):
    graphite = materials.ActiveMaterialDocument(
        name="my graphite",
        polarity="negative",
        ocp="0.1 + 0.9*exp(-30*x)",
        maximum_concentration=33133.0,
        diffusivity=3e-14,
        rate_constant=7e-7,
        window={"charged": 0.9, "discharged": 0.02},
    )
    cell = Cell.named("Chen2020").with_material(graphite, "negative")
    plain, found = (preview.curves(each, [1.0], "DFN") for each in (document, cell.to_document()))
    assert found["errors"] == [] and found["curves"][0]["voltage_V"] != plain["curves"][0]["voltage_V"]
