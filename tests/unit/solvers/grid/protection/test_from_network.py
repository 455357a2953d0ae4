from __future__ import annotations

import math

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.grid import Network
from joulebook.grid.protection import (
    InverseStage,
    Relay,
    Scheme,
    check_coordination,
    optimal_settings,
    pairs_from_network,
)

PLACES = {"R1": "lines/L1/from", "R2": "lines/L2/from", "R3": "lines/L2/to"}


def feeder(*, far_source: bool = False) -> Network:
    line = {"resistance": 1.2, "reactance": 3.9, "end_temperature": 353.15}
    grid = {"maximum_fault_power": 1e9, "maximum_rx": 0.1, "minimum_fault_power": 0.6e9, "minimum_rx": 0.1}
    grids = {"Q": {"bus": "A", **grid}, **({"P": {"bus": "B", **grid}} if far_source else {})}
    lines = {"L1": {"from_bus": "A", "to_bus": "B", **line}, "L2": {"from_bus": "B", "to_bus": "C", **line}}
    buses = {name: {"nominal_voltage": 20e3} for name in "ABC"}
    return Network(name="Feeder", buses=buses, lines=lines, external_grids=grids)


def by_hand(share: float) -> float:
    """Three-phase current of a fault on L2, A: c Un / (√3 |Zq + Z1 + x Z2|)."""
    zq = 1.1 * 20e3**2 / 1e9
    xq = zq / math.hypot(1.0, 0.1)
    z = complex(0.1 * xq, xq) + (1 + share) * complex(1.2, 3.9)
    return 1.1 * 20e3 / (math.sqrt(3) * abs(z))


def test_radial_currents_are_those_by_hand():
    (pair,) = pairs_from_network(feeder(), PLACES, {"R2": ["R1"]}, cases=("max",))
    assert pair.title == "R2 – R1, largest currents"
    expected = [by_hand(share) for share in (1e-3, 0.25, 0.5, 0.75, 1.0)]
    np.testing.assert_allclose(pair.primary_current, expected, rtol=1e-6)
    np.testing.assert_allclose(pair.backup_current, expected, rtol=1e-6)


def test_infeed_makes_the_backup_see_less():
    (pair,) = pairs_from_network(feeder(far_source=True), PLACES, {"R2": ["R1"]}, cases=("max",))
    assert np.all(np.array(pair.backup_current) < 0.5 * np.array(pair.primary_current))


def test_smallest_currents_are_smaller_and_the_far_end_sees_nothing():
    largest, smallest = pairs_from_network(feeder(), PLACES, {"R2": ["R1"]})
    assert np.all(np.array(smallest.primary_current) < np.array(largest.primary_current))
    (reverse,) = pairs_from_network(feeder(), PLACES, {"R3": ["R1"]}, cases=("max",), positions=(0.0, 0.5))
    assert max(reverse.primary_current) == 1e-3


def test_from_network_to_settings():
    pairs = pairs_from_network(feeder(), PLACES, {"R2": ["R1"]})
    devices = tuple(
        Relay(name=name, voltage=20e3, ct={"primary": rated}, stages=(InverseStage(pickup=rated),))
        for name, rated in (("R1", 400.0), ("R2", 200.0))
    )
    found = optimal_settings(Scheme(name="Feeder", devices=devices, pairs=pairs))
    check = check_coordination(found.scheme(), times="nominal")
    assert check.selective
    assert len(check["pair"]) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"places": {"R2": "lines/L2/from"}}, "has no place"),
        ({"places": {**PLACES, "R1": "L1"}}, "table, identifier and end"),
        ({"places": {**PLACES, "R1": "lines/L9/from"}}, "no such end of a branch"),
        ({"places": {**PLACES, "R2": "transformers/T1/from"}}, "end of a line"),
        ({"positions": (2.0,)}, "from 0 to 1"),
        ({"positions": ()}, "from 0 to 1"),
        ({"positions": ("a",)}, "must be numbers"),
        ({"cases": ("mean",)}, "must be"),
    ],
)
def test_bad_requests_are_named(changes, message):
    asked = {"places": PLACES, "backups": {"R2": ["R1"]}, **changes}
    with pytest.raises(InputError, match=message):
        pairs_from_network(feeder(), **asked)
