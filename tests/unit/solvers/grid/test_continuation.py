"""The nose of the P-V curve: closed form for two buses, published values, and points that are power flows."""

from __future__ import annotations

import numpy as np
import pytest
from networks import meshed, radial

from joulebook.core.errors import DivergedError, InputError
from joulebook.grid import ContinuationResult, Network, continuation, power_flow


def two_buses():
    line = {"lines.L1.susceptance": 0.0, "lines.L1.resistance": 0.0, "lines.L1.reactance": 1.0}
    return radial(2, 50e6).replace(line)


def nose_of_two_buses(power_factor_tangent=0.3):
    v, x = 1.01 * 20e3, 1.0
    return v**2 / (2 * x) * (np.sqrt(1 + power_factor_tangent**2) - power_factor_tangent)


def test_two_buses_agree_with_the_closed_form():
    run = continuation(two_buses())
    assert 50e6 * (1 + run.margin) == pytest.approx(nose_of_two_buses(), rel=1e-6)
    assert run.margin_MW == pytest.approx(50 * run.margin, rel=1e-9)
    assert run.facts["weakest"] == ["2"]


def test_the_whole_curve_solves_the_two_bus_equation():
    """(P x)² + (V² + Q x)² = (V1 V)² on the upper and on the lower side."""
    run = continuation(two_buses(), until="back")
    x, v1 = 1.0, 1.01 * 20e3
    p = 50e6 * run["load_factor"]
    v = run["voltage"][:, 1] * 20e3
    assert np.allclose((p * x) ** 2 + (v**2 + 0.3 * p * x) ** 2, (v1 * v) ** 2, rtol=1e-6)
    assert run["load_factor"][-1] <= 1.0
    assert v[-1] < 0.7 * v[0]
    assert run["load_factor"].argmax() not in {0, len(p) - 1}


@pytest.mark.parametrize(("name", "factor"), [("case14", 4.0602), ("case118", 3.1871)])
def test_published_noses(name, factor):
    """IEEE 14 and 118, loads and generation in proportion, no reactive limits."""
    assert 1 + continuation(Network.named(name)).margin == pytest.approx(factor, abs=2e-4)


def test_points_are_power_flows():
    network = meshed(3)
    run = continuation(network)
    for point in (1, 4):
        factor = float(run["load_factor"][point])
        generators = np.where(network.generators.reference, 1.0, factor) * network.generators.active_power
        grown = network.replace(
            {
                "loads.active_power": factor * network.loads.active_power * (1 - network.loads.impedance_share)
                + network.loads.active_power * network.loads.impedance_share,
                "generators.active_power": generators,
            }
        )
        if np.any(network.loads.impedance_share > 0):
            break
        assert np.allclose(power_flow(grown)["voltage"], run["voltage"][point], atol=1e-7)
    assert run.margin > 0


def test_no_solution_lies_beyond_the_margin():
    network = Network.named("case39")
    run = continuation(network, direction="loads")
    for share, solvable in ((0.99, True), (1.01, False)):
        factor = 1 + share * run.margin
        grown = network.replace(
            {
                "loads.active_power": factor * network.loads.active_power,
                "loads.reactive_power": factor * network.loads.reactive_power,
            }
        )
        if solvable:
            assert power_flow(grown).stats.residual < 1e-8
        else:
            with pytest.raises(DivergedError):
                power_flow(grown)


def test_a_single_load_grows():
    network = Network.named("case14")
    run = continuation(network, direction={"14": 10e6})
    assert run.margin_MW == pytest.approx(10 * run.margin)
    assert run.facts["weakest"][0] == "14"
    assert run.margin_MW < continuation(network, direction="loads").margin_MW


def test_options_that_mean_nothing_are_refused():
    network = Network.named("case14")
    for options in (
        {"direction": "up"},
        {"direction": {"99": 1e6}},
        {"direction": {}},
        {"direction": {"14": np.inf}},
        {"until": "noon"},
        {"tolerance": 2},
        {"max_points": 1},
    ):
        with pytest.raises(InputError):
            continuation(network, **options)
    with pytest.raises(DivergedError, match="first point"):
        continuation(radial(3, 900e6))


def test_results_are_saved_and_drawn(tmp_path):
    run = continuation(Network.named("case14"))
    loaded = ContinuationResult.load(run.save(tmp_path / "cpf.run.nc"))
    assert loaded.margin == run.margin
    assert run.plot() is not None
    assert run.plot("4", "5") is not None
    with pytest.raises(InputError, match="no such bus"):
        run.plot("99")
