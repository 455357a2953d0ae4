"""The Newton system of the DFN: its blocks are the derivatives of its loads, and Newton converges like Newton."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import BatteryOptions, Cell, Model, Protocol, p2d, reaction
from joulebook.battery import layout as at
from joulebook.battery.discretise import discretise
from joulebook.battery.follow import begin_row
from joulebook.battery.layout import Arena
from joulebook.battery.march import begin
from joulebook.battery.starts import starting_concentrations
from joulebook.battery.trial import attempt

RESOLUTION = BatteryOptions(negative_nodes=4, separator_nodes=2, positive_nodes=3, shells=6).resolution()
STUDIES = {
    "bare": ("Chen2020", Model()),
    "films and plated metal": (
        "OKane2022",
        Model(sei="solvent-diffusion limited", sei_on_cracks=True, plating="partially reversible"),
    ),
    "two materials": ("Chen2020_composite", Model()),
    "laws that vary": ("ORegan2022", Model()),
}


@pytest.fixture(params=list(STUDIES))
def state(request: pytest.FixtureRequest) -> Arena:
    """A step of the discharge, solved, then moved away from its solution."""
    name, model = STUDIES[request.param]
    cell = Cell.named(name)
    arrays = discretise(cell, model, RESOLUTION, starting_concentrations(cell))
    arena = begin(arrays, Protocol("Discharge at 1C until 2.5 V").compile(cell)).arena
    begin_row(arena)
    arena.run[at.ORDER], arena.run[at.POINTS] = 1.0, 1.0
    assert attempt(arena, 5.0) == 0
    rng = np.random.default_rng(1)
    work = arena.work
    work[:, at.SALT] *= 1 + 0.02 * rng.normal(size=work.shape[0])
    work[:, at.LIQUID] += 0.004 * rng.normal(size=work.shape[0])
    electrode = arena.nodes[:, at.ELECTRODE] >= 0
    work[electrode, at.METAL] += 0.004 * rng.normal(size=electrode.sum())
    return arena


def loads_and_matrix(arena: Arena) -> tuple[np.ndarray, np.ndarray]:
    """Assemble at reactions that keep the rate laws, so that loads are plain residuals."""
    work = arena.work
    n = work.shape[0]
    p2d.electrolyte_properties(arena.settings, arena.nodes, arena.liquid, work)
    p2d.assemble_nodes(
        arena.settings, arena.nodes, arena.sites, arena.laws, arena.films, work, arena.reactions, arena.run
    )
    p2d.assemble_faces(arena.settings, arena.nodes, work)
    matrix = np.zeros((3 * n, 3 * n))
    for i in range(n):
        matrix[3 * i : 3 * i + 3, 3 * i : 3 * i + 3] = work[i, :9].reshape(3, 3)
        for k, (row, column) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1), (2, 2))):
            if i > 0:
                matrix[3 * i + row, 3 * i - 3 + column] = work[i, 9 + k]
            if i < n - 1:
                matrix[3 * i + row, 3 * i + 3 + column] = work[i, 14 + k]
    return work[:, 19:22].ravel().copy(), matrix


def settle_reactions(arena: Arena) -> None:
    """Solve the rate laws of all sites at the given potentials and salt."""
    for _ in range(60):
        for i, node in enumerate(arena.nodes):
            for s in range(int(node[at.FIRST_SITE]), int(node[at.STOP_SITE]), int(node[at.STRIDE])):
                reaction.linearise_site(
                    arena.settings,
                    arena.sites,
                    arena.laws,
                    arena.films,
                    arena.reactions,
                    arena.run,
                    s,
                    arena.work[i, at.SALT],
                    arena.work[i, at.METAL] - arena.work[i, at.LIQUID],
                )
                reaction.update_site(arena.sites, arena.reactions, arena.run, s, 1.0, 0.0, 0.0)


def test_blocks_are_the_derivatives_of_the_loads(state: Arena) -> None:
    p2d.activity_properties(state.settings, state.nodes, state.liquid, state.work)
    settle_reactions(state)
    _, matrix = loads_and_matrix(state)
    varies = bool(state.settings[at.PER_FARADAY])
    within = 1e-4 if state.settings[at.SIDE_REACTIONS] else 2e-5  # plating by salt is left out of the blocks
    for i in range(state.nodes.shape[0]):
        for k, column in enumerate((at.SALT, at.LIQUID, at.METAL)):
            if k == 2 and state.nodes[i, at.ELECTRODE] < 0:
                continue
            d = 1e-3 if k == 0 else 1e-7
            moved = []
            for sign in (1, -1):
                other = state._replace(work=state.work.copy(), reactions=state.reactions.copy())
                other.work[i, column] += sign * d
                settle_reactions(other)
                moved.append(loads_and_matrix(other)[0])
            slope = -(moved[0] - moved[1]) / (2 * d)
            scale = np.abs(matrix[:, 3 * i + k]).max()
            rows = np.arange(slope.size) % 3 != 0 if varies else np.ones(slope.size, dtype=bool)
            assert np.allclose(matrix[rows, 3 * i + k], slope[rows], atol=within * scale), (i, k)


def test_newton_converges_and_closes_the_charge_balance(state: Arena) -> None:
    state.settings[at.NEWTON_TOLERANCE] = 1e-12
    before = state.run[at.ITERATIONS]
    assert p2d.newton(*parts(state)) == 0
    assert state.run[at.ITERATIONS] - before <= 8
    through = np.array(
        [
            row[at.DEPTH] * state.reactions[s, at.SURFACE] * total_current_density(state, s)
            for s, row in enumerate(state.sites)
        ]
    )
    for side, sign in ((0, 1.0), (1, -1.0)):
        mine = state.sites[:, at.SIDE] == side
        total = through[mine].sum() * state.settings[at.AREA]
        assert total == pytest.approx(sign * state.settings[at.TARGET], rel=1e-10)


def total_current_density(arena: Arena, s: int) -> float:
    return reaction.total_current_density(arena.sites, arena.reactions, s)


def parts(arena: Arena) -> tuple[np.ndarray, ...]:
    """What :func:`joulebook.battery.p2d.newton` takes."""
    names = ("settings", "nodes", "sites", "laws", "films", "liquid", "work", "reactions", "run")
    return tuple(getattr(arena, name) for name in names)


def test_newton_says_so_when_it_cannot(state: Arena) -> None:
    state.settings[at.TARGET] = 1e6
    with np.errstate(all="ignore"):
        assert p2d.newton(*parts(state)) == 1


def test_stoichiometry_stays_inside() -> None:
    assert reaction.stoichiometry_inside(-1.0) == reaction.EDGE
    assert reaction.stoichiometry_inside(2.0) == 1 - reaction.EDGE
    assert reaction.stoichiometry_inside(0.5) == 0.5
