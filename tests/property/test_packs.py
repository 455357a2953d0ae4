"""Whatever a person types as a pack: a pack that can be solved, or an error that says why not."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.battery import Cell, Pack, simulate_pack
from joulebook.core.errors import JoulebookError

CELL = Cell.named("Chen2020")
JUNK: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-3, 10**7) | st.floats() | st.text(max_size=5) | st.just({}) | st.just([])
)
PATHS = st.sampled_from(["electrode_width", "negative.porosity", "positive.diffusivity", "name", "negative", "", "a.b"])


def mapping(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from([*names, "unknown"]), JUNK, max_size=3)


WILD = st.fixed_dictionaries(
    {},
    optional={
        "series": st.integers(1, 3) | JUNK,
        "parallel": st.integers(1, 3) | JUNK,
        "spread": st.dictionaries(PATHS, st.floats(0, 0.3) | JUNK, max_size=2) | JUNK,
        "seed": JUNK,
        "values": st.dictionaries(PATHS, st.lists(st.floats(0, 1) | JUNK, max_size=3), max_size=2) | JUNK,
        "wiring": mapping("joint_resistance", "joint_resistances", "feed", "busbar_resistance") | JUNK,
        "heat_paths": mapping("columns", "neighbour_conductance", "links") | JUNK,
        "contactor": mapping("lowest_voltage", "rest_after", "openings") | JUNK,
        "cell_cutoffs": JUNK,
        "cell": JUNK,
        "extra": JUNK,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WILD)
def test_a_pack_is_made_or_the_fault_is_named(changes: dict[str, Any]) -> None:
    try:
        pack = Pack(**{"name": "p", "cell": CELL, "series": 2, "parallel": 2, **changes})
        pack.cells()
        assert Pack.from_document(pack.to_document()) == pack
    except JoulebookError as error:
        assert str(error)


@settings(max_examples=25, deadline=None)
@given(
    series=st.integers(1, 3),
    parallel=st.integers(1, 4),
    deviation=st.floats(0.0, 0.1),
    seed=st.integers(0, 1000),
    joint=st.sampled_from([0.0, 1e-4, 1e-2]),
    bar=st.sampled_from([0.0, 1e-4, 1e-2]),
    feed=st.sampled_from(["one end", "opposite ends"]),
    soc=st.lists(st.floats(0.2, 0.9), min_size=12, max_size=12),
    rate=st.sampled_from(["Discharge at 1C", "Charge at C/2", "Discharge at 10 W", "Rest"]),
)
def test_currents_add_up_in_every_pack(
    series: int,
    parallel: int,
    deviation: float,
    seed: int,
    joint: float,
    bar: float,
    feed: str,
    soc: list[float],
    rate: str,
) -> None:
    pack = Pack(
        name="p",
        cell=CELL,
        series=series,
        parallel=parallel,
        spread={"electrode_width": deviation},
        seed=seed,
        wiring={"joint_resistance": joint, "busbar_resistance": bar, "feed": feed, "interconnect_resistance": 1e-3},
    )
    try:
        run = simulate_pack(pack, f"{rate} for 2 minutes", model="SPM", initial_soc=soc[: pack.n_cells])
    except JoulebookError as error:
        assert str(error)
        return
    groups = run["cell_current"].reshape(-1, series, parallel).sum(axis=2)
    assert np.abs(groups - run.current[:, None]).max() < 1e-8
    assert np.isfinite(run["cell_voltage"]).all()
    power = (run["cell_current"] * run["cell_voltage"]).sum(axis=1)
    size = np.abs(run["cell_current"]).sum(axis=1)
    assert np.all(np.abs(power - run["power"] - run["connection_heat"]) < 1e-4 * size + 1e-9)
