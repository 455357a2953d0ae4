"""Drawings of a cell: labels apart, same text each time, safe, whatever the design."""

from __future__ import annotations

import re

import numpy as np
import pytest

from joulebook.battery import Cell, figures
from joulebook.report import cell_design, cell_figures
from joulebook.report.cell_parameters import parameter_section
from joulebook.report.drawings import INK, check_svg
from joulebook.report.figures import spread
from joulebook.report.numbers import number


@pytest.fixture(scope="module")
def cell():
    return Cell.named("Chen2020")


def drawings(cell) -> dict[str, str]:
    charge = np.linspace(0.0, 5.0, 20)
    return {
        "stack": cell_figures.stack_svg(cell),
        "ocp": cell_figures.ocp_svg(cell),
        "discharge": cell_figures.discharge_svg(cell, {"1C": (charge, 4.1 - 0.3 * charge)}),
        "ragone": cell_figures.ragone_svg([("0.1C", 30.0, 260.0), ("3C", 700.0, 120.0)]),
        "masses": cell_figures.masses_svg(figures(cell).mass_breakdown),
    }


def test_drawings_are_safe_small_and_the_same_each_time(cell):
    first, second = drawings(cell), drawings(cell)
    assert first == second
    for svg in first.values():
        check_svg(svg)
        assert len(svg) < 150_000
        assert INK in svg
        assert "<text" not in svg


@pytest.mark.parametrize(
    "changes",
    [
        {"negative.thickness": 1e-6, "positive.thickness": 1e-6, "separator.thickness": 1e-6},
        {"negative.particle_radius": 5e-8},
        {"negative.thickness": 1e-3},
        {"positive.active_fraction": 0.95, "positive.porosity": 0.05},
    ],
)
def test_stack_of_unusual_cells(cell, changes):
    svg = cell_figures.stack_svg(cell.replace(changes))
    check_svg(svg)
    assert len(svg) < 400_000


def test_matplotlib_settings_are_left_alone(cell):
    import matplotlib

    before = dict(matplotlib.rcParams)
    cell_figures.masses_svg(figures(cell).mass_breakdown)
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("seed", range(20))
def test_spread_labels_do_not_overlap_and_stay_inside(seed):
    generator = np.random.default_rng(seed)
    count = int(generator.integers(1, 8))
    widths = generator.uniform(0.2, 1.2, count)
    wanted = np.sort(generator.uniform(0.0, 10.0, count))
    placed = np.array(spread(wanted, widths, 0.0, 10.0))
    edges = np.stack([placed - widths / 2, placed + widths / 2], axis=1)
    assert (edges[1:, 0] >= edges[:-1, 1] - 1e-9).all()
    assert edges.min() >= -1e-9
    assert edges.max() <= 10 + 1e-9


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1e-30, "1 × 10⁻³⁰"),
        (123456.0, "123500"),
        (-2.5, "−2.5"),
        (9.9999e-5, "1 × 10⁻⁴"),
        (float("inf"), "∞"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_no_plus_in_exponents():
    assert not any(re.search("[e+]", number(10.0**power)) for power in range(-20, 20))


@pytest.mark.parametrize("name", Cell.names())
def test_every_named_cell_has_its_parts_of_the_report(name):
    cell = Cell.named(name)
    known = figures(cell)
    drawn = [block.svg for block in cell_design.design_section(cell, known).blocks if block.block == "figure"]
    assert len(drawn) == (2 if known.mass_breakdown else 1)
    for svg in (*drawn, cell_figures.ocp_svg(cell)):
        check_svg(svg)
    titles = [rows.title for rows in parameter_section(cell).sections[0].blocks[0].groups]
    assert titles.index("Negative") < titles.index("Separator") < titles.index("Positive")
    assert cell_design.summary_blocks(cell, known)


def test_phases_layers_and_ageing_are_listed():
    cell = Cell.named("Chen2020_composite").replace({"positive.layers": [{"share": 0.4}, {"share": 0.6}]})
    titles = [rows.title for rows in parameter_section(cell).sections[0].blocks[0].groups]
    assert {"Negative, additional phases, 1", "Positive, layers, 2", "Negative, film growth (SEI)"} <= set(titles)
    materials = [rows.title for rows in parameter_section(cell).sections[1].blocks[0].groups]
    assert any(title.startswith("Negative electrode, phase 2: silicon") for title in materials)


def test_without_a_mass_there_is_no_ragone_plot():
    section = cell_design.ragone_section({}, figures(Cell.named("Prada2013")))
    assert [block.block for block in section.blocks] == ["callout"]
