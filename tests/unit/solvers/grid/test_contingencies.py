"""Outages against power flows of the changed network; bridges against plain search; the severe ones come first."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import meshed, radial
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from joulebook.core.errors import CancelledError, DivergedError, InputError
from joulebook.core.progress import NullProgress
from joulebook.grid import ContingencyResult, Network, contingencies, power_flow
from joulebook.grid.contingency import outage_arrays, outage_loop
from joulebook.grid.contingency.base_case import base_case, room_for
from joulebook.grid.contingency.bridges import find_bridges


def without(network: Network, name: str) -> Network:
    changes = {}
    for item in name.split(" + "):
        table = "lines" if item in network.lines else "transformers"
        if item.startswith("generator "):
            table, item = "generators", item.removeprefix("generator ")
        changes[f"{table}.{item}.in_service"] = False
    return network.replace(changes)


def compare(network: Network, run: ContingencyResult, names) -> None:
    table = run.table
    for name in names:
        row = table.loc[name]
        if row.ending == "islanding":
            assert "without_supply" in power_flow(without(network, name), controls=False).facts or (
                power_flow(without(network, name)).facts["islands"] > 1
            )
            continue
        if row.ending == "unsolved":
            with pytest.raises(DivergedError):
                power_flow(without(network, name))
            continue
        full = power_flow(without(network, name), tolerance=1e-11)
        voltage = full.buses.voltage_pu
        assert row.lowest_voltage_pu == pytest.approx(voltage.min(), abs=1e-7)
        assert row.highest_voltage_pu == pytest.approx(voltage.max(), abs=1e-7)
        loading = full.branches.loading_percent
        if loading.notna().any():
            assert row.largest_loading_percent == pytest.approx(loading.max(), abs=1e-4)
            assert row.overloads == (loading > 100).sum()


@pytest.mark.parametrize("name", ["case9", "case14", "case39", "case24_ieee_rts"])
def test_every_outage_is_that_of_a_power_flow(name):
    network = Network.named(name)
    run = contingencies(network)
    assert sum(run.counts.values()) == len(run["outage"]) == len(network.lines) + len(network.transformers)
    compare(network, run, run["outage"])


@pytest.mark.parametrize("seed", range(3))
def test_outages_of_networks_with_voltage_dependent_loads(seed):
    network = meshed(seed).replace({"lines.current_rating": 200.0})
    run = contingencies(network)
    compare(network, run, run["outage"])


def test_pairs_are_those_of_a_power_flow():
    network = Network.named("case14")
    run = contingencies(network, order=2)
    assert len(run["outage"]) == 20 * 19 // 2
    random = np.random.default_rng(0)
    compare(network, run, random.choice(run["outage"], 40, replace=False))
    endings = dict(zip(run["outage"], run["ending"], strict=True))
    assert endings["1-2 + 1-5"] == "islanding"  # neither is a bridge, both together are


@pytest.mark.parametrize("name", ["case9", "case14", "case39", "case24_ieee_rts"])
def test_generators_fail_too_and_another_becomes_slack(name):
    network = Network.named(name)
    run = contingencies(network, elements="generators")
    assert len(run["outage"]) == network.generators.in_service.sum()
    compare(network, run, run["outage"])


def test_pairs_of_branches_and_generators():
    network = Network.named("case9")
    run = contingencies(network, elements="all", order=2)
    names = [name for name in run["outage"] if "generator" in name]
    assert len(names) == 3 * 9 + 3
    for name in names:
        if run.table.loc[name].ending == "solved":
            compare(network, run, [name])
    alone = contingencies(network, elements=["generator 1", "2", "1-4"])
    assert list(alone["outage"]) == ["generator 1", "generator 2", "1-4"]


def test_the_last_machine_leaves_everything_without_supply():
    network = Network.named("case33bw")
    run = contingencies(network, elements="generators")
    assert run.counts == {"solved": 0, "unsolved": 0, "islanding": 1}
    assert run.table.lost_load_MW.iloc[0] == pytest.approx(network.loads.active_power.sum() / 1e6)


def test_larger_networks_agree_on_samples():
    network = Network.named("case118")
    run = contingencies(network)
    compare(network, run, run["outage"][::17])
    assert run.stats.residual < 1e-8
    assert run.counts == {"solved": 177, "unsolved": 0, "islanding": 9}


def test_a_radial_network_falls_apart_and_says_what_is_lost():
    run = contingencies(radial(5, 2e6))
    assert run.counts == {"solved": 0, "unsolved": 0, "islanding": 4}
    assert run.table.lost_load_MW.loc[["L1", "L4"]].tolist() == pytest.approx([8.0, 2.0])
    assert run.table.index[0] == "L1"


def test_outages_without_a_solution_are_told_and_come_first():
    network = Network.named("case300")
    run = contingencies(network)
    first = run.worst(1)
    assert run.counts["unsolved"] > 0
    assert first.ending.iloc[0] == "unsolved"
    assert "unsolved" in str(run.facts)


def test_chosen_elements_only():
    network = Network.named("case14")
    assert set(contingencies(network, elements="transformers")["outage"]) == set(network.transformers)
    assert set(contingencies(network, elements=["1-2", "4-7"])["outage"]) == {"1-2", "4-7"}
    assert len(contingencies(network, elements=["1-2"], order=2)["outage"]) == 0
    with pytest.raises(InputError, match="no such line"):
        contingencies(network, elements=["1-2", "9-99"])
    with pytest.raises(InputError, match="not in service"):
        contingencies(network.replace({"lines.1-2.in_service": False}), elements=["1-2"])
    for options in ({"order": 3}, {"tolerance": 0}, {"backend": "tpu"}, {"elements": "wires"}):
        with pytest.raises(InputError):
            contingencies(network, **options)


def test_results_are_saved_and_drawn(tmp_path):
    network = Network.named("case39")
    run = contingencies(network)
    loaded = ContingencyResult.load(run.save(tmp_path / "n1.run.nc"))
    assert loaded.table.equals(run.table)
    frame = run.loadings(5, 6)
    assert frame.shape == (5, 6)
    assert frame.iloc[0, 0] == pytest.approx(run.table.largest_loading_percent.loc[frame.index[0]], abs=1e-3)
    assert run.plot("severity") is not None


def test_a_dask_cluster_gives_the_same_numbers():
    distributed = pytest.importorskip("distributed", reason="the cluster needs the extra 'dask'")
    network = Network.named("case39")
    here = contingencies(network, elements="all")
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        there = contingencies(network, elements="all", client=client)
    assert there.stats.device == "cluster"
    for column in ("severity", "lowest_voltage", "lost_load"):
        assert np.array_equal(here[column], there[column], equal_nan=True)
    assert here.table.equals(there.table)


def test_work_can_be_cancelled():
    class Stop(NullProgress):
        cancelled = True

    with pytest.raises(CancelledError):
        contingencies(Network.named("case118"), progress=Stop())


def test_a_base_case_without_a_solution_is_refused():
    with pytest.raises(DivergedError, match="base case"):
        contingencies(radial(3, 900e6))


def test_the_loop_is_the_same_in_plain_python():
    case = base_case(Network.named("case14"))
    out = np.full((20, 2), -1, np.int32)
    out[:, 0] = np.arange(20)
    settings_ = np.array([1e-8, 14.0])
    found = []
    for run in (outage_loop.outages, outage_loop.OUTAGES.cpu):
        values, status = np.zeros((20, outage_arrays.N_VALUES)), np.zeros(20, np.int64)
        status[13] = outage_arrays.ISLANDING
        run(case.base, room_for(case), out, settings_, values, status)
        found.append((values, status))
    assert np.array_equal(found[0][1], found[1][1])
    assert np.allclose(found[0][0][:, 2:], found[1][0][:, 2:], rtol=0, atol=1e-9)


EDGES = st.integers(2, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1]),
            min_size=1,
            max_size=24,
        ),
    )
)


@given(EDGES)
@settings(max_examples=100, deadline=None)
def test_bridges_are_those_of_plain_search(graph):
    n, edges = graph
    first, second = (np.array(side, np.int32) for side in zip(*edges, strict=True))
    weight = np.arange(1.0, n + 1)

    def pieces(keep):
        kept = np.ones(sum(keep))
        matrix = sparse.coo_array((kept, (first[keep], second[keep])), shape=(n, n))
        return connected_components(matrix, directed=False)

    whole, _ = pieces(np.ones(len(edges), bool))
    roots = np.array([0], np.int32)
    for without_, (bridge, behind) in ((-1, find_bridges(n, first, second, roots, weight)),):
        assert without_ == -1
        for place in range(len(edges)):
            keep = np.ones(len(edges), bool)
            keep[place] = False
            count, labels = pieces(keep)
            assert bridge[place] == (count > whole)
            if bridge[place]:
                sides = [weight[labels == labels[node[place]]].sum() for node in (first, second)]
                assert behind[place] in sides
    for removed, place in itertools.islice(itertools.permutations(range(len(edges)), 2), 12):
        bridge, _ = find_bridges(n, first, second, roots, weight, removed)
        keep = np.ones(len(edges), bool)
        keep[removed] = False
        alone, _ = pieces(keep)
        keep[place] = False
        assert bridge[place] == (pieces(keep)[0] > alone)
