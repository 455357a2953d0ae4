"""All four faults, with branch and source currents of every phase, against dense networks in phase coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from phase_networks import PhaseNetwork, solve

from joulebook.grid import Network, short_circuit

BASE, HIGH, LOW = 100e6, 110e3, 20e3
EARTH = complex(2.0, 6.0)
CLOCKS = {
    ("yn", "d"): (1, 9, 5),
    ("d", "yn"): (11, 7, 3),
    ("yn", "yn"): (0, 8, 4),
    ("y", "yn"): (0, 8, 4),
    ("d", "d"): (0, 8, 4),
    ("y", "d"): (1, 9, 5),
}
"""By wiring and by how many phases the second winding's wires are moved on."""


def build(seed: int, group: tuple[str, str], step: int) -> tuple[Network, PhaseNetwork]:
    """A grid, three buses of 110 kV in a ring, two of 20 kV behind a transformer, a second grid at the far end."""
    rng = np.random.default_rng(seed)
    phases = PhaseNetwork(5)
    lines, grids = {}, {}
    for name, first, second in (("A", 0, 1), ("B", 1, 2), ("C", 2, 0), ("D", 3, 4)):
        nominal = LOW if name == "D" else HIGH
        z1 = complex(rng.uniform(0.2, 1.0), rng.uniform(1.0, 4.0))
        z0 = z1 * complex(rng.uniform(2.0, 3.5), rng.uniform(-0.2, 0.2))
        lines[name] = {
            "from_bus": str(first),
            "to_bus": str(second),
            "resistance": z1.real,
            "reactance": z1.imag,
            "zero_resistance": z0.real,
            "zero_reactance": z0.imag,
            "end_temperature": 293.15,
        }
        scale = nominal**2 / BASE
        phases.line(f"lines/{name}", first, second, scale / z0, scale / z1)
    for name, bus, power in (("Q", 0, 3e9), ("R", 4, 0.4e9)):
        rx, over, rx0 = rng.uniform(0.05, 0.2), rng.uniform(1.0, 3.0), rng.uniform(0.1, 0.3)
        grids[name] = {
            "bus": str(bus),
            "minimum_fault_power": power,
            "minimum_rx": rx,
            "zero_over_positive": over,
            "zero_rx": rx0,
        }
        z1 = BASE / power * (rx + 1j) / np.sqrt(1 + rx**2)
        phases.source(f"external_grids/{name}", bus, 1 / (over * z1.imag * (rx0 + 1j)), 1 / z1)
    z = complex(rng.uniform(0.005, 0.02), rng.uniform(0.08, 0.15))
    transformer = {
        "from_bus": "2",
        "to_bus": "3",
        "rated_power": 40e6,
        "resistance": z.real,
        "reactance": z.imag,
        "zero_resistance": z.real,
        "zero_reactance": z.imag,
        "vector_group": f"{group[0].upper()}{group[1]}{CLOCKS[group][step]}",
    }
    for side in ("from", "to"):
        transformer |= {f"{side}_neutral_resistance": EARTH.real, f"{side}_neutral_reactance": EARTH.imag}
    star = (EARTH * BASE / HIGH**2, EARTH * BASE / LOW**2)
    phases.transformer("transformers/T", (2, 3), 40e6 / BASE / z, group, step, star)
    network = Network(
        name="Ring",
        buses={str(k): {"nominal_voltage": HIGH if k < 3 else LOW} for k in range(5)},
        lines=lines,
        external_grids=grids,
        transformers={"T": transformer},
    )
    return network, phases


@pytest.mark.parametrize("fault", ["3ph", "2ph", "2ph-g", "1ph"])
@pytest.mark.parametrize(("group", "step"), [(group, k % 3) for k, group in enumerate(CLOCKS)])
@pytest.mark.parametrize("impedance", [0.0, complex(1.5, 0.7)])
def test_currents_of_every_phase(fault: str, group: tuple[str, str], step: int, impedance: complex) -> None:
    network, phases = build(step + 10 * len(fault), group, step)
    found = short_circuit(network, fault, "min", buses=[*"01234"], fault_impedance=impedance)
    for bus in range(5):
        nominal = HIGH if bus < 3 else LOW
        current, parts = solve(phases, bus, fault, 1.0, impedance / (nominal**2 / BASE))
        base = BASE / np.sqrt(3) * 1e-3
        assert found.buses.ikss_kA[str(bus)] == pytest.approx(np.abs(current).max() * base / nominal, rel=1e-6)
        if "g" in fault or fault == "1ph":
            assert found.buses.earth_kA[str(bus)] == pytest.approx(
                abs(current.sum()) * base / nominal, rel=1e-6, abs=1e-7
            )
        for name, expected in parts.items():
            kind, *rest = name.split("/")
            table = found.feeds if kind == "external_grids" else found.branches
            row = table.loc[(str(bus), kind, *rest)]
            ours = np.array([row[f"{phase}_kA"] * np.exp(1j * np.radians(row[f"{phase}_deg"])) for phase in "abc"])
            at = {"Q": 0, "R": 4, "A": 0, "B": 1, "C": 2, "D": 3, "T": 2}[rest[0]]
            if rest[-1] == "to":
                at = {"A": 1, "B": 2, "C": 0, "D": 4, "T": 3}[rest[0]]
            theirs = expected * base / (HIGH if at < 3 else LOW)
            assert np.allclose(ours, theirs, rtol=0, atol=1e-6 * found.buses.ikss_kA[str(bus)]), name
