"""The study: hand calculations, limits, symmetries, what is missing, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from joulebook.core.errors import InputError, MissingInputError, SingularSystemError
from joulebook.core.results import Result
from joulebook.grid import Network, ShortCircuitResult, short_circuit

GRID = {
    "bus": "A",
    "maximum_fault_power": 2e9,
    "maximum_rx": 0.1,
    "minimum_fault_power": 1.5e9,
    "minimum_rx": 0.12,
    "zero_over_positive": 1.0,
    "zero_rx": 0.1,
}
LINE = {
    "from_bus": "A",
    "to_bus": "B",
    "resistance": 1.2,
    "reactance": 3.9,
    "zero_resistance": 1.2,
    "zero_reactance": 3.9,
    "end_temperature": 353.15,
}
MACHINE = {
    "bus": "B",
    "active_power": 10e6,
    "rated_power": 20e6,
    "rated_power_factor": 0.8,
    "subtransient_reactance": 0.15,
    "synchronous_reactance": 1.8,
}
MOTOR = {"bus": "B", "rated_power": 4e6, "efficiency": 0.96, "power_factor": 0.9, "locked_rotor_ratio": 5.5}
CONVERTER = {"bus": "B", "kind": "photovoltaic", "rated_power": 10e6, "fault_current_ratio": 1.2}


def feeder(**changes: Any) -> Network:
    """A grid of 20 kV, a line, what is asked for at its end, and a low-voltage bus behind a transformer."""
    tables: dict[str, Any] = {
        "buses": {
            "A": {"nominal_voltage": 20e3},
            "B": {"nominal_voltage": 20e3},
            "C": {"nominal_voltage": 400.0},
        },
        "external_grids": {"Q": GRID},
        "lines": {"L": LINE},
        "transformers": {
            "T": {
                "from_bus": "B",
                "to_bus": "C",
                "rated_power": 630e3,
                "resistance": 0.01,
                "reactance": 0.04,
                "zero_resistance": 0.01,
                "zero_reactance": 0.04,
                "vector_group": "Dyn5",
            }
        },
    }
    return Network(name="Feeder", **{**tables, **changes})


def test_a_radial_feeder_by_hand() -> None:
    """IEC 60909-0 with a pocket calculator."""
    found = short_circuit(feeder(), low_voltage_tolerance=6).buses
    x_grid = 1.1 * 20**2 / 2000 / np.sqrt(1 + 0.1**2)
    z_a = complex(0.1 * x_grid, x_grid)
    z_b = z_a + complex(1.2, 3.9)
    k_t = 0.95 * 1.05 / (1 + 0.6 * 0.04)
    z_c = z_b * (0.4 / 20) ** 2 + k_t * complex(0.01, 0.04) * 0.4**2 / 0.63
    for bus, z, volts, c in (("A", z_a, 20.0, 1.1), ("B", z_b, 20.0, 1.1), ("C", z_c, 0.4, 1.05)):
        row = found.loc[bus]
        current = c * volts / np.sqrt(3) / abs(z)
        kappa = 1.02 + 0.98 * np.exp(-3 * z.real / z.imag)
        m = np.expm1(4 * 50 * np.log(kappa - 1)) / (2 * 50 * np.log(kappa - 1))
        assert row.ikss_kA == pytest.approx(current, rel=1e-9)
        assert row.ik_kA == pytest.approx(current, rel=1e-9)
        assert row.skss_MVA == pytest.approx(np.sqrt(3) * volts * current, rel=1e-9)
        assert complex(row.r_ohm, row.x_ohm) == pytest.approx(z, rel=1e-9)
        assert row.kappa == pytest.approx(kappa, rel=1e-9)
        assert row.ip_kA == pytest.approx(kappa * np.sqrt(2) * current, rel=1e-9)
        assert row.ith_kA == pytest.approx(current * np.sqrt(1 + m), rel=1e-9)


def test_the_smallest_currents_by_hand() -> None:
    """Warm conductor, no K_T, the weak grid, c of 0.9 at low voltage; motors and converters do not feed."""
    network = feeder(motors={"M": MOTOR}, converters={"P": CONVERTER})
    found = short_circuit(network, case="min").buses
    x_grid = 20**2 / 1500 / np.sqrt(1 + 0.12**2)
    z_b = complex(0.12 * x_grid + 1.2 * (1 + 0.004 * 60), x_grid + 3.9)
    z_c = z_b * (0.4 / 20) ** 2 + complex(0.01, 0.04) * 0.4**2 / 0.63
    assert found.ikss_kA["B"] == pytest.approx(20 / np.sqrt(3) / abs(z_b), rel=1e-9)
    assert found.ikss_kA["C"] == pytest.approx(0.9 * 0.4 / np.sqrt(3) / abs(z_c), rel=1e-9)


def test_kinds_of_faults_where_all_sequences_are_alike() -> None:
    three, two, earth, both = (short_circuit(feeder(), fault).buses for fault in ("3ph", "2ph", "1ph", "2ph-g"))
    assert np.allclose(two.ikss_kA, np.sqrt(3) / 2 * three.ikss_kA, rtol=1e-12)
    assert np.allclose(earth.ikss_kA[["A", "B"]], three.ikss_kA[["A", "B"]], rtol=1e-12)
    assert np.allclose(both.ikss_kA[["A", "B"]], three.ikss_kA[["A", "B"]], rtol=1e-12)


def test_a_delta_keeps_the_sides_apart() -> None:
    """Behind the delta only the transformer's own impedance lies in the zero sequence."""
    found = short_circuit(feeder(), "1ph").buses
    k_t = 0.95 * 1.1 / (1 + 0.6 * 0.04)
    z0 = k_t * complex(0.01, 0.04) * 0.4**2 / 0.63
    assert complex(found.r0_ohm["C"], found.x0_ohm["C"]) == pytest.approx(z0, rel=1e-9)


def test_without_a_path_to_earth_no_current_flows_there() -> None:
    network = feeder().replace({"transformers.T.vector_group": "Dy5"})
    single, double, two = (short_circuit(network, fault).buses for fault in ("1ph", "2ph-g", "2ph"))
    assert single.ikss_kA["C"] == 0
    assert single.ip_kA["C"] == 0
    assert double.earth_kA["C"] == 0
    assert double.ikss_kA["C"] == pytest.approx(two.ikss_kA["C"], rel=1e-12)
    assert np.isnan(single.x0_ohm["C"])


def test_capacitance_counts_in_the_zero_sequence() -> None:
    """Half of it at each end of the line, beside the grid's own zero sequence."""
    network = feeder(lines={"L": {**LINE, "zero_susceptance": 2e-3}}, transformers={})
    found = short_circuit(network, "1ph", line_capacitance=True).buses
    plain = short_circuit(network, "1ph").buses
    grid = complex(plain.r0_ohm["A"], plain.x0_ohm["A"])
    half = 1e-3j
    beyond = 1 / (complex(1.2, 3.9) + 1 / half)
    assert complex(found.r0_ohm["A"], found.x0_ohm["A"]) == pytest.approx(1 / (1 / grid + half + beyond), rel=1e-9)


@pytest.mark.parametrize("fault", ["3ph", "2ph", "2ph-g", "1ph"])
def test_a_large_fault_impedance_decides_alone(fault: str) -> None:
    """In the limit the current is the voltage over the impedance in its way; two lines with earth stay shorted."""
    found = short_circuit(feeder(), fault, fault_impedance=1e7).buses
    volts = 1.1 * 20e3 / np.sqrt(3)
    expected = {"3ph": volts / 1e7, "2ph": np.sqrt(3) * volts / 1e7, "1ph": volts / 1e7}
    if fault == "2ph-g":
        assert found.ikss_kA["A"] == pytest.approx(short_circuit(feeder(), "2ph").buses.ikss_kA["A"], rel=1e-6)
        assert found.earth_kA["A"] == pytest.approx(volts / 1e7 / 2 * 2 / 2 * 1e-3, rel=1e-5)
    else:
        assert found.ikss_kA["A"] == pytest.approx(expected[fault] * 1e-3, rel=1e-5)


def test_partial_currents_add_up() -> None:
    network = feeder(generators={"G": MACHINE}, motors={"M": MOTOR})
    found = short_circuit(network, "1ph", buses=["B", "A"])
    for bus in ("A", "B"):
        feeds = found.feeds.loc[bus]
        into = feeds.a_kA * np.exp(1j * np.radians(feeds.a_deg))
        total = into[("external_grids", "Q")] if bus == "A" else into[("generators", "G")] + into[("motors", "M")]
        ends = found.branches.loc[bus]
        row = ends.loc[("lines", "L", "from" if bus == "A" else "to")]
        other = row.a_kA * np.exp(1j * np.radians(row.a_deg))
        assert abs(total - other) == pytest.approx(found.buses.ikss_kA[bus], rel=1e-9)


def test_partial_currents_need_named_places() -> None:
    with pytest.raises(InputError, match="Name the places"):
        _ = short_circuit(feeder()).branches


@pytest.mark.parametrize("fault", ["3ph", "1ph"])
def test_a_point_on_a_line_is_a_bus_in_it(fault: str) -> None:
    """Cut the line by hand and compare; at its ends the point is the bus."""
    share = 0.3
    parts = {}
    for name, ends, length in (("L", ("A", "P"), share), ("K", ("P", "B"), 1 - share)):
        cut = {key: value * length for key, value in LINE.items() if key.endswith(("resistance", "reactance"))}
        parts[name] = {**LINE, **cut, "from_bus": ends[0], "to_bus": ends[1]}
    buses = {name: {"nominal_voltage": 20e3} for name in "ABP"}
    machines = {"G": {**MACHINE, "zero_reactance": 0.05}}
    cut = Network(name="Cut", buses=buses, lines=parts, external_grids={"Q": GRID}, generators=machines)
    by_hand = short_circuit(cut, fault, buses=["P"])
    whole = feeder(transformers={}, generators=machines)
    found = short_circuit(whole, fault, along={"L": [share, 0.0, 1.0]})
    assert list(found.buses.index) == ["L@0", "L@0.3", "L@1"]
    ours, theirs = found.buses.loc["L@0.3"], by_hand.buses.loc["P"]
    assert np.allclose(ours.to_numpy(), theirs.to_numpy(), rtol=1e-9)
    assert found.branches.loc[("L@0.3", "lines", "L", "from"), "a_kA"] == pytest.approx(
        by_hand.branches.loc[("P", "lines", "L", "from"), "a_kA"], rel=1e-9
    )
    assert found.branches.loc[("L@0.3", "lines", "L", "to"), "a_kA"] == pytest.approx(
        by_hand.branches.loc[("P", "lines", "K", "to"), "a_kA"], rel=1e-9
    )
    ends = short_circuit(whole, fault).buses
    assert found.buses.ikss_kA["L@0"] == pytest.approx(ends.ikss_kA["A"], rel=1e-12)
    assert found.buses.ikss_kA["L@1"] == pytest.approx(ends.ikss_kA["B"], rel=1e-12)


def test_converters_add_their_current() -> None:
    """A converter at the place of the fault adds its own current; elsewhere what the impedances let through."""
    plain, fed = short_circuit(feeder()).buses, short_circuit(feeder(converters={"P": CONVERTER})).buses
    own = 1.2 * 10 / (np.sqrt(3) * 20)
    assert fed.ikss_kA["B"] - plain.ikss_kA["B"] == pytest.approx(own, rel=1e-9)
    assert fed.ip_kA["B"] - plain.ip_kA["B"] == pytest.approx(np.sqrt(2) * own, rel=1e-9)
    assert fed.ikss_kA["A"] - plain.ikss_kA["A"] == pytest.approx(own, rel=1e-9)
    assert 0 < fed.ikss_kA["C"] - plain.ikss_kA["C"] < own * 50


def test_motors_by_hand() -> None:
    """2 MW a pole pair at 20 kV: R/X = 0.1. Motors fade from the breaking and leave the steady-state current."""
    plain = short_circuit(feeder()).buses
    found = short_circuit(feeder(motors={"M": MOTOR}), breaker_time=0.1).buses
    rated = 4 / (0.96 * 0.9) / (np.sqrt(3) * 20)
    z = 20 / (np.sqrt(3) * 5.5 * rated) * complex(0.1, 1) / np.sqrt(1.01)
    grid = complex(plain.r_ohm["B"], plain.x_ohm["B"])
    volts = 1.1 * 20 / np.sqrt(3)
    both = volts / grid + volts / z
    assert found.ikss_kA["B"] == pytest.approx(abs(both), rel=1e-9)
    assert found.ik_kA["B"] == pytest.approx(plain.ikss_kA["B"], rel=1e-12)
    mu = 0.62 + 0.72 * np.exp(-0.32 * abs(volts / z) / rated)
    q = 0.57 + 0.12 * np.log(4)
    assert found.ib_kA["B"] == pytest.approx(abs(both - (1 - mu * q) * volts / z), rel=1e-9)


def test_a_generator_by_hand() -> None:
    """Fed separately: μ of the machine's own current, λ in the steady state, n below 1."""
    network = feeder(generators={"G": MACHINE})
    found = short_circuit(network, breaker_time=0.25, excitation=1.3).buses.loc["B"]
    grid = short_circuit(feeder()).buses.loc["B"]
    k_g = 1.1 / (1 + 0.15 * 0.6)
    z = k_g * complex(0.07 * 0.15, 0.15) * 20**2 / 20
    volts, rated = 1.1 * 20 / np.sqrt(3), 20 / (np.sqrt(3) * 20)
    machine, rest = volts / z, volts / complex(grid.r_ohm, grid.x_ohm)
    assert found.ikss_kA == pytest.approx(abs(machine + rest), rel=1e-9)
    mu = 0.56 + 0.94 * np.exp(-0.38 * abs(machine) / rated)
    assert found.ib_kA == pytest.approx(abs(rest + mu * machine), rel=1e-9)
    outer = max(1.09 / (abs(machine) / rated) - 0.15, 0)
    steady = 1.3 * np.sqrt(1 + 2 * 1.8 * 0.6 + 1.8**2) / (1.8 + outer) * rated
    assert found.ik_kA == pytest.approx(abs(rest + steady * machine / abs(machine)), rel=1e-9)
    assert found.n < 1


def test_in_a_mesh_machines_fade_less() -> None:
    """Two machines behind a common line share its impedance: the smaller voltage drop at them weighs their decay."""
    far = {"from_bus": "B", "to_bus": "D", "resistance": 0.5, "reactance": 2.0}
    buses = {name: {"nominal_voltage": 20e3} for name in "ABD"}
    machines = {"G": MACHINE, "H": MACHINE}
    network = Network(
        name="Mesh", buses=buses, lines={"L": LINE, "K": far}, external_grids={"Q": GRID}, generators=machines
    )
    found = short_circuit(network, breaker_time=0.1).buses
    assert found.ib_kA["D"] < found.ikss_kA["D"]
    lost = {bus: 1 - found.ib_kA[bus] / found.ikss_kA[bus] for bus in "BD"}
    assert lost["D"] < lost["B"]


def test_open_switches_and_merged_buses() -> None:
    buses = {**feeder().buses, "B2": {"nominal_voltage": 20e3}, "B3": {"nominal_voltage": 20e3}}
    switches = {
        "S1": {"bus": "B", "other_bus": "B2"},
        "S2": {"bus": "B", "other_bus": "B3", "closed": False},
        "S3": {"bus": "B", "branch_kind": "transformers", "branch": "T", "closed": False},
    }
    network = feeder(buses=buses, switches=switches)
    found = short_circuit(network).buses.ikss_kA
    assert found["B2"] == found["B"] > 0
    assert found["B3"] == 0
    assert found["C"] == 0
    earth = short_circuit(network, "1ph").buses
    assert earth.ikss_kA["C"] == 0
    assert earth.x0_ohm["C"] > 0  # the star point of the idle transformer is still earthed


def test_an_idle_earthed_winding_still_feeds_earth_faults() -> None:
    """A YNd transformer with its delta side switched off takes zero-sequence current out of the network."""
    base = feeder().replace({"transformers.T.vector_group": "YNd5"})
    off = base.replace({"switches": {"S": {"bus": "C", "branch_kind": "transformers", "branch": "T", "closed": False}}})
    assert short_circuit(off, "1ph").buses.x0_ohm["B"] == pytest.approx(short_circuit(base, "1ph").buses.x0_ohm["B"])


def test_what_is_out_of_service_has_no_values() -> None:
    buses = {**feeder().buses, "X": {"nominal_voltage": 20e3, "in_service": False}}
    found = short_circuit(feeder(buses=buses), buses=["X", "A"])
    assert np.isnan(found.buses.ikss_kA["X"])
    assert found.branches.loc["X"].a_kA.isna().all()
    assert found.branches.loc["A"].a_kA.notna().all()


@pytest.mark.parametrize("method", ["A", "B", "C"])
def test_peak_methods_agree_on_a_single_path(method: str) -> None:
    network = feeder(lines={"L": {**LINE, "resistance": 0.39}}, transformers={}, buses=feeder().buses)
    found = short_circuit(network, peak_method=method).buses
    assert found.kappa["B"] == pytest.approx(1.02 + 0.98 * np.exp(-0.3), rel=1e-9)


def test_method_b_adds_in_meshes() -> None:
    second = {**LINE, "resistance": 3.9}
    machine = {**MACHINE, "rated_power": 60e6}
    other = {"from_bus": "B", "to_bus": "A", **{key: second[key] for key in ("resistance", "reactance")}}
    buses = {**feeder().buses, "D": {"nominal_voltage": 20e3}}
    tail = {"from_bus": "B", "to_bus": "D", "resistance": 0.1, "reactance": 0.4}
    network = feeder(
        lines={"L": second, "K": other, "N": tail}, generators={"G": machine}, buses=buses, transformers={}
    )
    found = {method: short_circuit(network, peak_method=method).buses for method in "BC"}
    row = found["B"].loc["D"]
    seen = row.r_ohm / row.x_ohm
    assert row.kappa == pytest.approx(min(1.15 * (1.02 + 0.98 * np.exp(-3 * seen)), 2.0), rel=1e-2)
    assert found["A" if "A" in found else "C"].kappa["D"] < row.kappa


def test_missing_data_are_listed_at_once() -> None:
    machine = {"bus": "B", "active_power": 1e6}
    line = {key: value for key, value in LINE.items() if not key.startswith("zero")}
    network = feeder(generators={"G": machine}, lines={"L": line}).replace({"transformers.T.vector_group": ""})
    with pytest.raises(MissingInputError) as caught:
        short_circuit(network, "1ph")
    paths = {issue.path for issue in caught.value.issues}
    assert paths == {
        "generators.G.rated_power_factor",
        "generators.G.rated_power",
        "generators.G.subtransient_reactance",
        "lines.L.zero_resistance",
        "lines.L.zero_reactance",
        "transformers.T.vector_group",
    }
    assert 'defaults="typical"' in str(caught.value)


def test_typical_values_are_noted() -> None:
    machine = {"bus": "B", "active_power": 1e6, "maximum_power": 17e6}
    line = {key: value for key, value in LINE.items() if not key.startswith(("zero", "end"))}
    network = feeder(generators={"G": machine}, lines={"L": line})
    found = short_circuit(network, "1ph", "min", defaults="typical")
    notes = " ".join(found.facts["notes"])
    for text in ("generators.rated_power of G", "lines.zero_reactance of L", "200 °C", "x''", "0.2"):
        assert text in notes or text == "x''"
    given = {**machine, "rated_power": 20e6, "rated_power_factor": 0.85, "subtransient_reactance": 0.2}
    whole = {**line, "zero_resistance": 3.6, "zero_reactance": 11.7, "end_temperature": 473.15}
    same = short_circuit(feeder(generators={"G": given}, lines={"L": whole}), "1ph", "min")
    assert np.allclose(found.buses.ikss_kA, same.buses.ikss_kA, rtol=1e-12)
    assert same.facts["notes"] == []


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"fault": "4ph"}, "fault"),
        ({"case": True}, "case"),
        ({"standard": "ANSI"}, "standard"),
        ({"duration": 0.0}, "duration"),
        ({"duration": None}, "duration"),
        ({"breaker_time": 0.01}, "breaker_time"),
        ({"excitation": "high"}, "excitation"),
        ({"fault_impedance": -1.0}, "fault_impedance"),
        ({"fault_impedance": float("nan")}, "fault_impedance"),
        ({"buses": ["nowhere"]}, "buses"),
        ({"buses": 7}, "buses"),
        ({"along": {"L": 1.5}}, "along.L"),
        ({"along": {"K": 0.5}}, "along.K"),
        ({"along": ["L"]}, "along"),
        ({"low_voltage_tolerance": 5}, "low_voltage_tolerance"),
        ({"defaults": "guess"}, "defaults"),
    ],
)
def test_options_are_checked(options: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as caught:
        short_circuit(feeder(), **options)
    assert caught.value.issues[0].path == path


def test_only_networks_are_studied() -> None:
    with pytest.raises(InputError, match="must be a Network"):
        short_circuit("case14")  # type: ignore[arg-type]


def test_reactances_that_cancel_are_named() -> None:
    line = {**LINE, "resistance": 0.0, "reactance": -1.1 * 20**2 / 2000}
    grid = {**GRID, "maximum_rx": 0.0}
    network = feeder(lines={"L": line}, external_grids={"Q": grid}, transformers={}, buses=feeder().buses)
    with pytest.raises(SingularSystemError, match="cancel"):
        short_circuit(network)


def test_a_result_is_saved_and_read(tmp_path: Any) -> None:
    found = short_circuit(feeder(generators={"G": MACHINE}), "2ph-g", buses=["B"], along={"L": 0.5}, breaker_time=0.1)
    found.save(tmp_path / "fault.nc")
    again = Result.load(tmp_path / "fault.nc")
    assert isinstance(again, ShortCircuitResult)
    assert again.buses.equals(found.buses)
    assert again.branches.equals(found.branches)
    assert again.feeds.equals(found.feeds)
    assert again.network == found.network
    assert again.drawing("B") == found.drawing("B")
    assert again.provenance.options["fault"] == "2ph-g"


def test_the_provenance_waits() -> None:
    found = short_circuit(feeder())
    assert "provenance" not in vars(found)
    assert found.provenance.study == "grid.short_circuit"
    assert [work.key for work in found.provenance.bibliography()]
    assert "Largest current" in found.summary()
    assert "<table>" in found._repr_html_()


def test_negative_sequence_of_machines() -> None:
    """With x₂ above x'' faults between lines get smaller, three-phase ones stay."""
    plain = feeder(generators={"G": MACHINE})
    other = feeder(generators={"G": {**MACHINE, "negative_reactance": 0.25}})
    assert short_circuit(other, "3ph").buses.equals(short_circuit(plain, "3ph").buses)
    assert short_circuit(other, "2ph").buses.ikss_kA["B"] < short_circuit(plain, "2ph").buses.ikss_kA["B"]
    assert "x2_ohm" in short_circuit(other, "2ph").buses


def test_switches_are_held_against_their_duty() -> None:
    switch = {"bus": "A", "branch_kind": "lines", "branch": "L"}
    switches = {
        "strong": {**switch, "breaking_current": 100e3, "withstand_time": 3.0},
        "weak": {**switch, "breaking_current": 50e3, "making_current": 125e3, "withstand_current": 60e3},
        "unrated": switch,
    }
    duty = short_circuit(feeder(switches=switches), buses=["A"]).duty
    assert list(duty.index) == ["strong", "weak"]
    assert duty.holds.tolist() == [True, False]
    assert "breaking current 57.74 kA" in duty.reason["weak"]
    assert duty.breaking_loading["weak"] == pytest.approx(57.735 / 50, rel=1e-4)
    with pytest.raises(InputError, match="case"):
        _ = short_circuit(feeder(switches=switches), case="min").duty
    with pytest.raises(InputError, match="no switch"):
        _ = short_circuit(feeder()).duty


@pytest.mark.parametrize("fault", ["3ph", "2ph", "2ph-g", "1ph"])
def test_the_drawing_names_what_it_shows(fault: str) -> None:
    found = short_circuit(feeder(), fault, fault_impedance=complex(0.5, 0.1))
    drawing = found.drawing("B")
    assert drawing.count("<rect") == {"3ph": 2, "2ph": 3, "2ph-g": 4, "1ph": 4}[fault]
    assert f"{found.buses.ikss_kA['B']:.4g} kA" in drawing
    with pytest.raises(InputError, match="not a place"):
        found.drawing("Z")


def test_bars_are_drawn() -> None:
    found = short_circuit(feeder())
    assert len(found.plot()) == 2
    assert found.plot("ith").vdims[0].unit == "kA"
    with pytest.raises(InputError, match="not in this result"):
        found.plot("nothing")


def test_a_machine_has_one_unit_transformer() -> None:
    """Which of two marked transformers is the unit cannot be told."""
    step = {"from_bus": "A", "to_bus": "B", "rated_power": 25e6, "resistance": 0.01, "reactance": 0.1}
    pair = {name: {**step, "power_station_unit": True} for name in ("T1", "T2")}
    network = feeder(transformers=pair, generators={"G": MACHINE})
    with pytest.raises(InputError, match="Mark one of them"):
        short_circuit(network)


def test_a_changed_copy_is_another_network() -> None:
    network = feeder()
    before = short_circuit(network).buses.ikss_kA["B"]
    lines = network.lines.with_columns({"reactance": 2 * network.lines.reactance})
    changed = network.model_copy(update={"lines": lines})
    assert short_circuit(changed).buses.ikss_kA["B"] < before
    assert short_circuit(network).buses.ikss_kA["B"] == before
