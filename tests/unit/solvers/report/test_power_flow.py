"""The report of a power flow says what the power flow gives."""

from __future__ import annotations

import numpy as np
import pypdf
import pytest

from joulebook.core.commands import main
from joulebook.grid import Network, power_flow
from joulebook.report import network_tables as tables
from joulebook.report import power_flow as pieces
from joulebook.report import write_pdf
from joulebook.report.drawings import check_svg
from joulebook.report.inline import plain
from joulebook.report.model import texts_of
from joulebook.report.network_drawing import can_be_drawn, loading_colour, one_line_svg, voltage_colour


def words(part) -> str:
    return "\n".join(plain(text) for text in texts_of(part))


@pytest.fixture(scope="module")
def solved():
    network = Network.named("case39")
    return network, power_flow(network)


def test_numbers_are_those_of_the_solver(solved):
    network, run = solved
    table = tables.bus_table(network, run)
    row = table.groups[0].rows[6]
    assert row[0] == "7"
    assert float(row[2]) == pytest.approx(run.buses.voltage_pu[7], abs=5e-5)
    flows = tables.branch_table(run)
    assert "the 40 of 46 with the highest loading" in flows.caption
    assert len(flows.groups[0].rows) == 40


def test_broken_limits_are_listed_and_nothing_else(solved):
    network, run = solved
    found = tables.violations(network, run)
    assert [(what, limit) for what, limit, *_ in found] == [
        ("bus 36", "highest voltage"),
        ("generator 37", "least reactive power"),
    ]
    tight = network.replace({"lines.2-3.current_rating": 100.0})
    again = tables.violations(tight, power_flow(tight))
    assert ("line 2-3", "rating") in [item[:2] for item in again]
    wide = network.replace(
        {"buses.maximum_voltage": np.full(39, 1.2), "generators.minimum_reactive": np.full(10, -1e9)}
    )
    calm = pieces.limits_section(wide, power_flow(wide))
    assert "Every limit that the network gives holds" in words(calm)


def test_drawings_are_safe_and_show_every_bus(solved):
    network, run = solved
    for svg in (one_line_svg(network, run), pieces.profile_svg(network, run)):
        check_svg(svg)
    assert not can_be_drawn(Network.named("case9241pegase"))
    assert pieces.drawing_section(Network.named("case9241pegase"), run) is None


@pytest.mark.parametrize(
    ("voltage", "colour"),
    [(0.94, "#c0392b"), (0.96, "#b8860b"), (1.0, "#1b8a5a"), (1.06, "#7a5195"), (np.nan, "#9aa3ad")],
)
def test_colours_of_voltages(voltage, colour):
    assert voltage_colour(voltage) == colour


def test_colours_of_loadings():
    colours = [loading_colour(value) for value in (10.0, 90.0, 130.0, np.nan)]
    assert len(set(colours)) == 4


def test_elements_of_every_kind_are_drawn():
    network = Network(
        name="all kinds",
        buses={name: {"nominal_voltage": 20e3} for name in "abcdef"},
        external_grids={"grid": {"bus": "a"}},
        lines={
            "on": {"from_bus": "a", "to_bus": "b", "resistance": 0.1, "reactance": 0.3, "current_rating": 100.0},
            "off": {"from_bus": "b", "to_bus": "c", "resistance": 0.1, "reactance": 0.3, "in_service": False},
        },
        transformers={"t": {"from_bus": "b", "to_bus": "d", "rated_power": 1e7, "resistance": 0.01, "reactance": 0.1}},
        three_winding_transformers={
            "three": {
                "bus_1": "a",
                "bus_2": "e",
                "bus_3": "f",
                "rated_power_1": 1e7,
                "resistance_1": 0.01,
                "reactance_1": 0.05,
                "resistance_2": 0.01,
                "reactance_2": 0.05,
                "resistance_3": 0.01,
                "reactance_3": 0.05,
            }
        },
        loads={"load": {"bus": "d", "active_power": 1e6}},
        shunts={"bank": {"bus": "e", "susceptance": 1e-4}},
        switches={"s": {"bus": "c", "other_bus": "d", "closed": True}},
    )
    run = power_flow(network)
    check_svg(one_line_svg(network, run))
    report = pieces.make_report(network)
    assert "Three-winding transformers" in words(report.sections[0])


def test_pages(tmp_path, solved):
    network, _ = solved
    report = pieces.make_report(network)
    write_pdf(report, tmp_path / "a.pdf")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "a.pdf").pages)
    for word in ("Power flow report", "Limits that do not hold, 2 in all", "Tinney", "Inputs and versions"):
        assert word in text


def test_the_shell_makes_it(tmp_path):
    file = tmp_path / "my.circuit.json"
    Network.named("case14").save(file)
    assert main(["report", "power-flow", str(file), "--progress", "none"]) == 0
    assert (tmp_path / "my.power-flow.pdf").stat().st_size > 10_000


def test_the_shell_names_a_faulty_file(tmp_path, capsys):
    file = tmp_path / "my.circuit.json"
    file.write_text('{"kind": "circuit", "schema_version": 1, "name": "x", "buses": {"a": {"nominal_voltage": -1}}}')
    assert main(["report", "power-flow", str(file), "--progress", "none"]) == 1
    assert "nominal_voltage" in capsys.readouterr().err
