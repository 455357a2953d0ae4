"""Small networks for tests, and the slow and obvious power flow they are checked against."""

from __future__ import annotations

import numpy as np

from joulebook.grid import Network, Table
from joulebook.grid.elements import Bus, ExternalGrid, Generator, Line, Load, Transformer

TWO_BUSES = """function mpc = two
%% a comment with = [ and ' in it
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
  1  3  0   0   0  0  1  1.0  0  110  1  1.1  0.9;
  2  1  50  20  0  5  1  1.0  0  110  1  1.1  0.9; % load
];
mpc.gen = [ 1 0 0 Inf -Inf 1.02 100 1 200 0; ];
mpc.branch = [
  1 2 0.01 0.1 0.02 100 0 0 0 0 1 -360 360;
];
"""


def radial(n: int = 4, load: float = 5e6) -> Network:
    """A feeder: an external grid, then lines in a row with a load each."""
    names = [str(number) for number in range(1, n + 1)]
    return Network(
        name="feeder",
        buses=Table(Bus, names, {"nominal_voltage": np.full(n, 20e3)}),
        external_grids=Table(ExternalGrid, ["grid"], {"bus": ["1"], "voltage": [1.01]}),
        lines=Table(
            Line,
            [f"L{number}" for number in range(1, n)],
            {
                "from_bus": names[:-1],
                "to_bus": names[1:],
                "resistance": np.full(n - 1, 0.6),
                "reactance": np.full(n - 1, 0.4),
                "susceptance": np.full(n - 1, 5e-6),
                "current_rating": np.full(n - 1, 400.0),
            },
        ),
        loads=Table(
            Load,
            names[1:],
            {"bus": names[1:], "active_power": np.full(n - 1, load), "reactive_power": np.full(n - 1, 0.3 * load)},
        ),
    )


def meshed(seed: int, n: int = 12) -> Network:
    """A random network with transformers, several generators and loops; lightly loaded, so that it has a solution."""
    random = np.random.default_rng(seed)
    names = [f"b{number}" for number in range(n)]
    pairs = [(int(random.integers(0, k)), k) for k in range(1, n)]
    pairs += [tuple(sorted(random.choice(n, 2, replace=False).tolist())) for _ in range(n // 2)]
    pairs = list(dict.fromkeys(pairs))
    cut = len(pairs) - 3
    first = [names[a] for a, _ in pairs]
    second = [names[b] for _, b in pairs]
    machines = random.choice(np.arange(1, n), 3, replace=False)
    return Network(
        name=f"mesh {seed}",
        buses=Table(Bus, names, {"nominal_voltage": np.full(n, 110e3)}),
        lines=Table(
            Line,
            [f"l{k}" for k in range(cut)],
            {
                "from_bus": first[:cut],
                "to_bus": second[:cut],
                "resistance": random.uniform(0.5, 3, cut),
                "reactance": random.uniform(3, 15, cut),
                "susceptance": random.uniform(0, 1e-4, cut),
            },
        ),
        transformers=Table(
            Transformer,
            [f"t{k}" for k in range(3)],
            {
                "from_bus": first[cut:],
                "to_bus": second[cut:],
                "rated_power": np.full(3, 50e6),
                "resistance": random.uniform(0.001, 0.01, 3),
                "reactance": random.uniform(0.05, 0.15, 3),
                "tap_ratio": random.uniform(0.95, 1.05, 3),
                "phase_shift": random.uniform(-0.1, 0.1, 3),
                "from_susceptance": random.uniform(-0.01, 0, 3),
            },
        ),
        generators=Table(
            Generator,
            ["g0", "g1", "g2", "g3"],
            {
                "bus": [names[0], *(names[k] for k in machines)],
                "active_power": [0.0, *random.uniform(1e6, 8e6, 3)],
                "voltage": random.uniform(0.99, 1.03, 4),
                "reference": [True, False, False, False],
            },
        ),
        loads=Table(
            Load,
            names,
            {
                "bus": names,
                "active_power": random.uniform(0, 6e6, n),
                "reactive_power": random.uniform(-1e6, 2e6, n),
                "current_share": np.where(random.random(n) < 0.3, 0.4, 0.0),
                "impedance_share": np.where(random.random(n) < 0.3, 0.5, 0.0),
            },
        ),
    )


def dense_power_flow(network: Network) -> np.ndarray:
    """Complex voltages by Newton's method with a numerical Jacobian: slow, and written from the equations alone."""
    from joulebook.grid.arrays import network_arrays
    from joulebook.grid.newton import FIXED, LOAD
    from joulebook.grid.supply import supply_of

    arrays = network_arrays(network)
    supply, given = supply_of(arrays), arrays.injections
    y = arrays.admittance_matrix().toarray()
    free, loads = np.flatnonzero(supply.kind != FIXED), np.flatnonzero(supply.kind == LOAD)
    held = supply.kind != LOAD

    def voltage(x):
        angle, magnitude = np.nan_to_num(supply.angle), np.ones(arrays.n_nodes)
        magnitude[held] = supply.voltage[held]
        angle[free], magnitude[loads] = x[: len(free)], x[len(free) :]
        return magnitude * np.exp(1j * angle), magnitude

    def missing(x):
        v, magnitude = voltage(x)
        s = v * np.conj(y @ v)
        p = s.real - given.active - magnitude * given.active_current
        q = s.imag - given.reactive - magnitude * given.reactive_current
        return np.concatenate([p[free], q[loads]])

    x = np.concatenate([np.zeros(len(free)), np.ones(len(loads))])
    for _ in range(30):
        f = missing(x)
        if np.abs(f).max(initial=0) < 1e-11:
            break
        h = 1e-7
        jacobian = np.stack([(missing(x + h * e) - missing(x - h * e)) / (2 * h) for e in np.eye(len(x))], axis=1)
        x -= np.linalg.solve(jacobian, f)
    return voltage(x)[0]
