"""The circuit designer in a notebook without a front end, and the studies that it shows."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import joulebook as jb
from joulebook.core.errors import InputError
from joulebook_lab import circuit_studies
from joulebook_lab.circuit_designer import CircuitDesigner
from joulebook_lab.preview import MARK

Network = jb.grid.Network


@pytest.fixture
def designer() -> CircuitDesigner:
    return CircuitDesigner("case9")


@pytest.fixture
def sent(designer: CircuitDesigner, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(designer, "send", lambda content, buffers=None: found.append(content))
    return found


def test_facade_leads_here() -> None:
    assert jb.designers.CircuitDesigner is CircuitDesigner


def test_starts_from_a_network_or_a_name(designer: CircuitDesigner) -> None:
    assert designer.network == Network.named("case9")
    assert CircuitDesigner(Network.named("case9")).doc == designer.doc
    with pytest.raises(InputError, match="case9"):
        CircuitDesigner("case8")
    with pytest.raises(InputError, match="must be a Network"):
        CircuitDesigner({"kind": "circuit"})  # type: ignore[arg-type]


def test_edits_of_the_view_are_the_network(designer: CircuitDesigner) -> None:
    document = json.loads(json.dumps(designer.doc))
    document["diagram"]["placements"] = {"buses/1": {"x": 3, "y": 4, "length": 8}}
    document["loads"]["9"] = {"bus": "1", "active_power": 1e6}
    designer.set_state({"doc": document})
    assert designer.network.diagram.placements["buses/1"].length == 8
    assert designer.network.loads["9"].active_power == 1e6


def test_opens_documents_and_case_files(tmp_path: Path) -> None:
    file = Network.named("case9").save(tmp_path / "mine.circuit.json")
    assert CircuitDesigner.open(file).save() == file
    case = Network.named("case9").save(tmp_path / "mine.m")
    designer = CircuitDesigner.open(case)
    assert len(designer.network.buses) == 9
    with pytest.raises(InputError, match=r"no file yet.*mine\.circuit\.json"):
        designer.save()


def test_answers_with_a_power_flow(designer: CircuitDesigner, sent: list[dict[str, Any]]) -> None:
    designer._handle_custom_msg({"kind": "preview", "id": "a", "study": "power_flow", "document": designer.doc}, [])
    (reply,) = sent
    assert (reply["kind"], reply["id"]) == ("preview-answer", "a")
    assert designer.result == reply["answer"]
    json.dumps(reply, allow_nan=False)


@pytest.mark.parametrize("document", [None, [], {}, {"kind": "circuit"}, 7])
def test_never_raises(designer: CircuitDesigner, sent: list[dict[str, Any]], document: Any) -> None:
    designer._handle_custom_msg({"kind": "preview", "id": "a", "study": "power_flow", "document": document}, [])
    assert sent[-1]["answer"]["message"]
    designer._handle_custom_msg({"kind": "other"}, [])
    assert len(sent) == 1


class TestPowerFlow:
    def test_shows_what_the_solver_says(self) -> None:
        network = Network.named("case14")
        run = jb.grid.power_flow(network)
        found = circuit_studies.power_flow(network.to_document())
        assert found["message"] == ""
        assert found["facts"]["losses_MW"] == pytest.approx(run.losses_MW, rel=1e-6)
        for bus, row in run.buses.iterrows():
            assert found["buses"][f"buses/{bus}"] == pytest.approx([row["voltage_pu"], row["angle_deg"]], rel=1e-6)
        keys = [f"lines/{name}" for name in network.lines.ids] + [
            f"transformers/{name}" for name in network.transformers.ids
        ]
        assert [found["branches"][key]["p"][0] for key in keys] == pytest.approx(
            run.branches["p_from_MW"].tolist(), rel=1e-6
        )
        for name, row in run.generators.iterrows():
            assert found["injections"][f"generators/{name}"] == pytest.approx(
                [row["p_MW"], row["q_Mvar"]], rel=1e-6, abs=1e-9
            )

    def test_every_key_is_an_element_of_the_document(self) -> None:
        document = Network.named("case118").to_document()
        found = circuit_studies.power_flow(document)
        for key in [*found["buses"], *found["branches"], *found["injections"]]:
            table, _, name = key.partition("/")
            assert name in document[table]

    def test_windings_are_the_ends_of_their_transformer(self) -> None:
        document = {
            "kind": Network.kind,
            "schema_version": Network.version,
            "name": "Three windings",
            "buses": {"1": {"nominal_voltage": 110e3}, "2": {"nominal_voltage": 20e3}, "3": {"nominal_voltage": 10e3}},
            "three_winding_transformers": {
                "T": {
                    **{f"bus_{k}": str(k) for k in (1, 2, 3)},
                    **{f"resistance_{k}": 0.002 for k in (1, 2, 3)},
                    **{f"reactance_{k}": 0.05 for k in (1, 2, 3)},
                    "rated_power_1": 60e6,
                }
            },
            "external_grids": {"G": {"bus": "1"}},
            "loads": {"A": {"bus": "2", "active_power": 20e6}, "B": {"bus": "3", "active_power": 5e6}},
        }
        found = circuit_studies.power_flow(document)
        p = found["branches"]["three_winding_transformers/T"]["p"]
        assert p[1:] == pytest.approx([-20.0, -5.0], abs=1e-6)
        assert p[0] == pytest.approx(found["injections"]["external_grids/G"][0], rel=1e-6)
        assert found["facts"]["losses_MW"] == pytest.approx(sum(p), abs=1e-5)  # numbers have seven digits

    def test_marks_limits_and_faults_at_their_elements(self) -> None:
        document = Network.named("case14").to_document()
        high = {mark["key"] for mark in circuit_studies.power_flow(document)["marks"]}
        assert "buses/8" in high
        document["lines"]["X"] = {"from_bus": "1", "to_bus": "99", "resistance": 1, "reactance": 1}
        found = circuit_studies.power_flow(document)
        assert found["buses"] == {}
        (mark,) = found["marks"]
        assert (mark["key"], mark["level"]) == ("lines/X", "error")
        assert "no such bus" in mark["text"]

    def test_says_why_nothing_is_found(self) -> None:
        document = Network.named("case9").to_document()
        for load in document["loads"].values():
            load["active_power"] *= 30
        found = circuit_studies.power_flow(document)
        assert "solution" in found["message"]
        assert found["buses"] == found["branches"] == {}
        assert {"buses", "loads"} <= {str(mark["key"]).partition("/")[0] for mark in found["marks"]}
        assert all(mark["text"] for mark in found["marks"])


class TestFaults:
    def test_the_current_is_the_solvers(self) -> None:
        network = Network.named("case9")
        run = jb.grid.short_circuit(network, buses=["5"], defaults="typical")
        found = circuit_studies.short_circuit(network.to_document(), "5", typical=True)
        assert found["message"] == ""
        assert found["notes"] == {"buses/5": f"{run.buses['ikss_kA'].iloc[0]:.3g} kA"}
        assert found["lines"][0] == ["Initial current Ik″", f"{run.buses['ikss_kA'].iloc[0]:.4g} kA"]

    def test_every_bus_where_none_is_named(self) -> None:
        found = circuit_studies.short_circuit(Network.named("case9").to_document(), typical=True)
        assert len(found["notes"]) == 9
        assert found["lines"] == []

    def test_what_is_missing_is_said(self) -> None:
        found = circuit_studies.short_circuit(Network.named("case9").to_document(), "5")
        assert found["missing"] is True
        assert "is not known" in found["message"]

    def test_a_bus_that_is_not_there(self) -> None:
        found = circuit_studies.short_circuit(Network.named("case9").to_document(), "77", typical=True)
        assert found["missing"] is False
        assert "77" in found["message"]


def test_the_lab_reads_one_marked_line(capsys: pytest.CaptureFixture[str]) -> None:
    document = Network.named("case9").to_document()
    circuit_studies.answer(json.dumps({"study": "power_flow", "document": document}))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(MARK)
    answer = json.loads(line.removeprefix(MARK))["answer"]
    assert all(math.isfinite(voltage) for voltage, _ in answer["buses"].values())
