"""The designer of equivalent circuits in a notebook without a front end."""

import json
from pathlib import Path

import pytest

import joulebook as jb
from joulebook.core.errors import InputError
from joulebook_lab.impedance_designer import ImpedanceDesigner

Circuit = jb.impedance.Circuit


def test_facade_leads_here() -> None:
    assert jb.designers.ImpedanceDesigner is ImpedanceDesigner


def test_starts_from_a_circuit_or_a_name() -> None:
    designer = ImpedanceDesigner("Two arcs")
    assert designer.circuit == Circuit.named("Two arcs")
    assert ImpedanceDesigner(Circuit.named("Two arcs")).doc == designer.doc
    with pytest.raises(InputError, match="Randles"):
        ImpedanceDesigner("Three arcs")
    with pytest.raises(InputError, match="must be a Circuit"):
        ImpedanceDesigner({"kind": "equivalent_circuit"})  # type: ignore[arg-type]


def test_edits_of_the_view_are_the_circuit() -> None:
    designer = ImpedanceDesigner()
    document = json.loads(json.dumps(designer.doc))
    document["code"] = "R_s-p(R_ct-W1,C_dl)-L1"
    document["elements"]["L1"] = {"kind": "L", "inductance": 1e-7}
    designer.set_state({"doc": document})
    assert designer.circuit.elements["L1"].inductance == 1e-7
    designer.circuit = Circuit.named("Two arcs")
    assert designer.doc["name"] == "Two arcs"


def test_opens_documents_and_models_of_impedance_py(tmp_path: Path) -> None:
    file = Circuit.named("Randles").save(tmp_path / "mine.circuit.json")
    assert ImpedanceDesigner.open(file).save() == file
    model = tmp_path / "model.json"
    model.write_text('{"Circuit String": "R0-C1", "Initial Guess": [10, 1e-5], "Constants": {}}', "utf-8")
    designer = ImpedanceDesigner.open(model)
    assert designer.circuit.code == "R0-C1"
    with pytest.raises(InputError, match=r"no file yet.*mine\.circuit\.json"):
        designer.save()
