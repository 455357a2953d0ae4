"""Networks as documents: references, topology, files."""

from __future__ import annotations

import json
import pickle
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import meshed, radial

from joulebook.core.citations import cite
from joulebook.core.errors import DataFormatError, InputError, JoulebookError, TopologyError
from joulebook.grid import Network, Table, power_flow
from joulebook.grid.arrays import network_arrays
from joulebook.grid.elements import Bus, Load, Switch, ThreeWindingTransformer, Transformer
from joulebook.grid.topology import check_topology


def test_documents_come_back_the_same(tmp_path):
    network = meshed(0)
    path = network.save(tmp_path / "mesh.circuit.json")
    assert Network.load(path) == network
    assert Network.from_document(json.loads(path.read_text())) == network
    assert pickle.loads(pickle.dumps(network)) == network


def test_what_was_compiled_does_not_travel():
    network = radial()
    power_flow(network)
    assert "_compiled" not in pickle.loads(pickle.dumps(network)).__dict__
    assert network == radial()


def test_unknown_references_are_all_named():
    document = radial().to_document()
    document["lines"]["L1"]["to_bus"] = "22"
    document["loads"]["2"]["bus"] = "two"
    document["switches"] = {
        "s1": {"bus": "1"},
        "s2": {"bus": "1", "other_bus": "9"},
        "s3": {"bus": "4", "branch_kind": "lines", "branch": "L1"},
        "s4": {"bus": "1", "branch_kind": "lines", "branch": "L9"},
        "s5": {"bus": "1", "other_bus": "1"},
    }
    with pytest.raises(InputError) as caught:
        Network.from_document(document)
    found = {issue.path: issue for issue in caught.value.issues}
    assert set(found) == {
        "lines.L1.to_bus",
        "loads.2.bus",
        "switches.s1",
        "switches.s2.other_bus",
        "switches.s3.bus",
        "switches.s4.branch",
        "switches.s5.other_bus",
    }
    assert found["lines.L1.to_bus"].value == "22"
    assert "2" in found["lines.L1.to_bus"].hint
    assert "Close to it: L" in found["switches.s4.branch"].hint


def test_connections_that_cannot_be_computed_with_are_all_named():
    network = radial(4)
    two = Table(
        Transformer,
        ["t"],
        {"from_bus": ["1"], "to_bus": ["1"], "rated_power": [1e6], "resistance": [0.0], "reactance": [0.1]},
    )
    lines = network.lines.with_columns(
        {"resistance": [0.0, 0.6, 0.6], "reactance": [0.0, 0.4, 0.4], "to_bus": ["2", "3", "3"]}
    )
    buses = network.buses.with_columns({"nominal_voltage": [20e3, 20e3, 110e3, 20e3]})
    bad = Network(
        name="bad",
        buses=buses,
        lines=lines,
        transformers=two,
        loads=network.loads.with_columns({"current_share": [0.7, 0, 0], "impedance_share": [0.7, 0, 0]}),
        switches=Table(Switch, ["s"], {"bus": ["1"], "other_bus": ["3"]}),
    )
    with pytest.raises(TopologyError) as caught:
        check_topology(bad)
    paths = [issue.path for issue in caught.value.issues]
    assert paths == [
        "lines.L3.from_bus",
        "lines.L1.reactance",
        "transformers.t.from_bus",
        "lines.L2.to_bus",
        "switches.s.other_bus",
        "loads.2.current_share",
    ]
    assert all(issue.hint for issue in caught.value.issues)


def test_what_is_out_of_service_is_not_refused():
    network = radial(4)
    lines = network.lines.with_columns({"resistance": [0.6, 0.6, 0.0], "reactance": [0.4, 0.4, 0.0]})
    off = lines.with_columns({"in_service": [True, True, False]})
    check_topology(network.replace({"lines": off, "loads": network.loads.rows([0, 1])}))


def test_closed_switches_merge_buses_and_open_ones_do_not():
    network = radial(3)
    buses = Table(Bus, [*network.buses.ids, "2b"], {"nominal_voltage": [20e3] * 4})
    loads = network.loads.with_columns({"bus": ["2b", "3"]})
    for closed in (True, False):
        switches = Table(Switch, ["s"], {"bus": ["2"], "other_bus": ["2b"], "closed": [closed]})
        run = power_flow(network.replace({"buses": buses, "loads": loads, "switches": switches}))
        if closed:
            assert run.buses.voltage_pu["2b"] == run.buses.voltage_pu["2"]
            assert run.losses_MW == pytest.approx(power_flow(network).losses_MW, abs=1e-12)
        else:
            assert np.isnan(run.buses.voltage_pu["2b"])


def test_an_open_end_leaves_the_charging_of_the_line():
    """Seen from its closed end, an open pi section is its shunt there and the series of the rest."""
    network = radial(3)
    switches = Table(Switch, ["s"], {"bus": ["3"], "branch_kind": ["lines"], "branch": ["L2"], "closed": [False]})
    cut = network.replace({"switches": switches, "loads": network.loads.rows([0])})
    arrays = network_arrays(cut)
    ohm = 20e3**2 / network.base_power
    series, shunt = ohm / (0.6 + 0.4j), 2.5e-6j * ohm
    assert arrays.y_ff[1] == pytest.approx(shunt + series * shunt / (series + shunt))
    assert arrays.y_ft[1] == arrays.y_tt[1] == 0
    assert power_flow(cut).facts["without_supply"] == ["3"]


def test_three_windings_are_a_star():
    """Two windings of a three-winding transformer, the third open, are a two-winding one of both legs."""
    network = radial(2)
    buses = Table(Bus, ["1", "2", "3"], {"nominal_voltage": [110e3, 20e3, 10e3]})
    trio = Table(
        ThreeWindingTransformer,
        ["t"],
        {
            "bus_1": ["1"],
            "bus_2": ["2"],
            "bus_3": ["3"],
            "rated_power_1": [40e6],
            "rated_voltage_2": [21e3],
            **{f"resistance_{k}": [0.002] for k in (1, 2, 3)},
            **{f"reactance_{k}": [0.06] for k in (1, 2, 3)},
            "tap_ratio_1": [1.02],
        },
    )
    loads = Table(Load, ["2"], {"bus": ["2"], "active_power": [20e6], "reactive_power": [5e6]})
    grids = network.external_grids
    three = Network(name="3", buses=buses, external_grids=grids, loads=loads, three_winding_transformers=trio)
    two = Network(
        name="2",
        buses=buses,
        external_grids=grids,
        loads=loads,
        transformers=Table(
            Transformer,
            ["t"],
            {
                "from_bus": ["1"],
                "to_bus": ["2"],
                "rated_power": [40e6],
                "to_rated_voltage": [21e3],
                "resistance": [0.004],
                "reactance": [0.12],
                "tap_ratio": [1.02],
            },
        ),
    )
    assert power_flow(three).buses.voltage_pu.loc[2] == pytest.approx(power_flow(two).buses.voltage_pu.loc[2], abs=1e-9)
    assert power_flow(three).branches.index.tolist() == ["t/1", "t/2", "t/3"]


def test_lines_between_slightly_different_voltages_keep_their_ohms():
    """132 kV and 135 kV name the same level: in volts, nothing may depend on the bases."""
    network = radial(3)
    uneven = network.replace({"buses": network.buses.with_columns({"nominal_voltage": [20e3, 21e3, 20.5e3]})})
    volts = [
        power_flow(item, tolerance=1e-11).buses.voltage_pu.to_numpy() * item.buses.nominal_voltage
        for item in (network, uneven)
    ]
    assert np.allclose(volts[0], volts[1], rtol=1e-10)


def test_large_documents_load_in_well_under_a_second(tmp_path):
    n = 4000
    network = radial(n, 1.0)
    path = network.save(tmp_path / "long.circuit.json")
    began = time.process_time()
    assert Network.load(path) == network
    assert time.process_time() - began < 2.0


def test_replace_takes_tables_columns_and_values():
    network = radial(3)
    changed_ = network.replace(
        {"loads.2.active_power": 1e6, "lines": network.lines.with_columns({"reactance": [1.0, 2.0]})}
    )
    assert changed_.loads["2"].active_power == 1e6
    assert changed_.lines.reactance.tolist() == [1.0, 2.0]
    doubled = network.replace({"loads.active_power": 2 * network.loads.active_power})
    assert doubled.loads.active_power.tolist() == [1e7, 1e7]
    assert network.loads["2"].active_power == 5e6
    for path in ("loads.9.active_power", "loads.2.power", "nothing", "loads.active"):
        with pytest.raises(InputError):
            network.replace({path: 1.0})


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_damaged_document_is_read_or_explained(data):
    document = radial(3).to_document()
    tables = [name for name, value in document.items() if isinstance(value, dict)]
    table = data.draw(st.sampled_from(tables))
    value = data.draw(st.one_of(st.none(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2)))
    if document[table] and data.draw(st.booleans()):
        element = data.draw(st.sampled_from(list(document[table])))
        if isinstance(document[table][element], dict) and data.draw(st.booleans()):
            names = [*document[table][element], "bus", "reactance"]
            document[table][element][data.draw(st.sampled_from(names))] = value
        else:
            document[table][element] = value
    else:
        document[table] = value
    try:
        network = Network.from_document(document)
        power_flow(network)
    except JoulebookError as error:
        assert str(error)


def test_files_that_are_too_large_or_broken(tmp_path, monkeypatch):
    path = radial().save(tmp_path / "net.circuit.json")
    monkeypatch.setattr(Network, "largest_document", 100)
    with pytest.raises(DataFormatError, match="at most"):
        Network.load(path)
    monkeypatch.undo()
    path.write_text(path.read_text()[:-40])
    with pytest.raises(DataFormatError, match="ends too early"):
        Network.load(path)


@pytest.mark.parametrize("name", Network.names())
def test_named_networks_are_solved_and_say_where_they_come_from(name):
    network = Network.named(name)
    assert network.name == name
    assert network is Network.named(name)
    assert cite(network.sources["buses"].ref).title
    run = power_flow(network)
    assert run.stats.residual < 1e-8
    assert 0 < run.stats.iterations < 10


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(InputError, match="case118"):
        Network.named("case119")


@pytest.mark.parametrize("deep", [False, True])
def test_a_copy_forgets_what_studies_kept(deep):
    """A copy with other lines is solved anew, not with the plan of its model."""
    network = meshed(0)
    before = power_flow(network).losses_MW
    lines = network.lines.with_columns({"resistance": 3 * network.lines.resistance})
    changed = network.model_copy(update={"lines": lines}, deep=deep)
    assert power_flow(changed).losses_MW == pytest.approx(power_flow(network.replace({"lines": lines})).losses_MW)
    assert power_flow(changed).losses_MW != pytest.approx(before)
    assert power_flow(network).losses_MW == before
