"""Deliberately broken cases: the diagnosis names the element, says what is wrong, and proves it by mending it."""

from __future__ import annotations

import numpy as np
import pytest
from networks import radial

from joulebook.core.errors import DivergedError, InputError
from joulebook.core.results import Status
from joulebook.grid import Network, PowerFlowResult, power_flow
from joulebook.grid.diagnosis import Diagnosis, largest_share
from joulebook.grid.setup import setup_of
from joulebook.grid.suspects import suspects_of


def diagnosis_of(network: Network) -> Diagnosis:
    with pytest.raises(DivergedError, match=r"diagnose\(\)") as caught:
        power_flow(network)
    assert caught.value.partial.status is Status.DIVERGED
    return caught.value.partial.diagnose()


def base(network: Network, line: str) -> float:
    volts = network.buses[network.lines[line].from_bus].nominal_voltage
    return volts**2 / network.base_power


def scaled(network: Network, table: str, identifier: str, factor: float, *fields: str) -> Network:
    record = getattr(network, table)[identifier]
    return network.replace({f"{table}.{identifier}.{name}": getattr(record, name) * factor for name in fields})


CASE118 = Network.named("case118")
BROKEN = {
    "per unit given as ohm turned into ohm again": (
        scaled(CASE118, "lines", "9-10", base(CASE118, "9-10"), "resistance", "reactance"),
        "lines.9-10.reactance",
        "per unit",
    ),
    "a load in kW given as MW": (
        scaled(CASE118, "loads", "60", 1e3, "active_power", "reactive_power"),
        "loads.60.active_power",
        "kW given as MW",
    ),
    "siemens instead of microsiemens": (
        scaled(CASE118, "lines", "8-9", 1e6, "susceptance"),
        "lines.8-9.susceptance",
        "microsiemens",
    ),
    "a tap ratio upside down": (
        CASE118.replace({"transformers.8-5.tap_ratio": 0.2}),
        "transformers.8-5.tap_ratio",
        "tap ratio",
    ),
    "a machine in kW given as MW": (
        CASE118.replace({"generators.10.active_power": 450e9}),
        "generators.10.active_power",
        "kW given as MW",
    ),
    "per cent given as per unit": (
        Network.named("case39").replace({"transformers.10-32.reactance": 2.0}),
        "transformers.10-32.reactance",
        "per cent",
    ),
    "a shunt in siemens": (
        CASE118.replace({"shunts.5.susceptance": CASE118.shunts["5"].susceptance * 1e6}),
        "shunts.5.susceptance",
        "microsiemens",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_single_wrong_value_is_found_and_mended(name):
    network, path, words = BROKEN[name]
    found = diagnosis_of(network)
    assert found.suspects[0].path == path, str(found)
    assert found.suspects[0].mends
    assert words in found.suspects[0].text + found.suspects[0].remedy
    assert str(found).startswith("Very likely")
    assert "the network has a solution" in str(found)
    assert power_flow(network.replace(found.suspects[0].trial)).stats.residual < 1e-8


def test_reversed_rated_voltages_are_found():
    document = radial(3, 4e6).to_document()
    document["buses"]["0"] = {"nominal_voltage": 110e3}
    document["external_grids"]["grid"]["bus"] = "0"
    document["transformers"] = {
        "T": {
            "from_bus": "0",
            "to_bus": "1",
            "rated_power": 25e6,
            "resistance": 0.004,
            "reactance": 0.12,
            "from_rated_voltage": 20e3,
            "to_rated_voltage": 110e3,
        }
    }
    found = diagnosis_of(Network.from_document(document))
    assert found.suspects[0].path == "transformers.T.from_rated_voltage"
    assert found.suspects[0].mends
    assert "reversed" in str(found)


def test_degrees_given_as_radians_are_noticed():
    network = CASE118.replace({"transformers.8-5.phase_shift": 30.0})
    suspects = {item.path: item for item in suspects_of(network, setup_of(network))}
    found = suspects["transformers.8-5.phase_shift"]
    assert "degrees given as radians" in found.text
    assert found.trial["transformers.8-5.phase_shift"] == pytest.approx(np.pi / 6)


def test_a_healthy_network_has_no_suspects():
    for name in ("case14", "case118", "case39", "case24_ieee_rts"):
        network = Network.named(name)
        assert [item.text for item in suspects_of(network, setup_of(network))] == []


def test_a_load_beyond_the_nose_is_told_with_the_share_that_can_be_carried():
    """Two buses: the largest power of a given factor is known in closed form."""
    network = radial(2, 400e6).replace(
        {"lines.L1.susceptance": 0.0, "lines.L1.resistance": 0.0, "lines.L1.reactance": 1.0}
    )
    found = diagnosis_of(network)
    v, x = 1.01 * 20e3, 1.0
    tangent = 0.3
    nose = v**2 / (2 * x) * (np.sqrt(1 + tangent**2) - tangent)
    assert found.share == pytest.approx(nose / 400e6, rel=2e-3)
    assert found.weak_area.index[0] == "2"
    assert found.worst.index[0] == "2"
    assert f"at most {100 * found.share:.1f} %" in str(found)


def test_a_stressed_network_is_infeasible_not_faulty():
    network = CASE118.replace(
        {
            "loads.active_power": 4.0 * CASE118.loads.active_power,
            "loads.reactive_power": 4.0 * CASE118.loads.reactive_power,
            "generators.active_power": 4.0 * CASE118.generators.active_power,
        }
    )
    found = diagnosis_of(network)
    assert found.status is Status.INFEASIBLE
    assert 0.25 < found.share < 1
    assert len(found.weak_area) >= 1
    assert not any(suspect.mends for suspect in found.suspects)
    assert "asks for" in str(found)
    assert "<li>" in found._repr_html_()


def test_the_share_is_one_for_what_can_be_solved():
    assert largest_share(setup_of(CASE118)) == 1.0


def test_a_solved_case_says_so():
    found = power_flow(CASE118).diagnose()
    assert found.status is Status.SOLVED
    assert "every balance holds" in str(found)


def test_a_solution_at_odd_voltages_comes_with_suspects():
    network = radial(3).replace({"lines.L2.resistance": 9.0, "lines.L2.reactance": 12.0})
    found = power_flow(network).diagnose()
    assert "far from any that a network is run at" in str(found)


def test_an_impossible_network_is_told_from_an_impossible_load():
    wrong = {f"transformers.{name}.tap_ratio": 0.15 for name in ("8-5", "26-25")}
    found = diagnosis_of(CASE118.replace(wrong))
    assert found.share < 0.02
    assert set(wrong) <= {item.path for item in found.suspects}


def test_results_from_files_cannot_be_diagnosed(tmp_path):
    run = power_flow(radial())
    with pytest.raises(InputError, match="Solve the network again"):
        PowerFlowResult.load(run.save(tmp_path / "x.run.nc")).diagnose()
