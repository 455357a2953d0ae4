"""The report of short circuits says what the studies give, and what it could not do."""

from __future__ import annotations

import numpy as np
import pypdf
import pytest

import joulebook as jb
from joulebook.core.commands import main
from joulebook.core.errors import InputError, MissingInputError
from joulebook.grid import Network, short_circuit
from joulebook.report import short_circuit as report
from joulebook.report.drawings import check_svg
from joulebook.report.inline import plain
from joulebook.report.model import texts_of


def words(part) -> str:
    return "\n".join(plain(text) for text in texts_of(part))


@pytest.fixture(scope="module")
def network() -> Network:
    return report.open_network("Radial feeder")


@pytest.fixture(scope="module")
def made(network):
    return report.make_report(network, "Village")


def tables_of(section) -> list:
    return [block for block in section.blocks if block.block == "table"]


def test_currents_are_those_of_the_study(network, made):
    largest, smallest = tables_of(made.sections[1])
    expected = short_circuit(network, breaker_time=0.1).buses
    earth = short_circuit(network, "1ph").buses
    least = short_circuit(network, "1ph", "min").buses
    rows = {row[0]: row for row in largest.groups[0].rows}
    assert list(rows) == list(network.buses)
    for place, row in rows.items():
        three = [float(value) for value in row[2:6]]
        assert np.allclose(three, expected.loc[place, ["ikss_kA", "ip_kA", "ib_kA", "ith_kA"]], atol=5e-4)
        assert float(row[8]) == pytest.approx(earth.ikss_kA[place], abs=5e-4)
    for row in smallest.groups[0].rows:
        assert float(row[4]) == pytest.approx(least.ikss_kA[row[0]], abs=5e-4)


def test_the_first_page_names_extremes_and_what_is_too_weak(network, made):
    text = words(made.summary)
    earth = short_circuit(network, "1ph").buses.ikss_kA["Village"]
    assert f"{earth:.4g} kA, line to earth at Village" in text
    assert "1 of 4" in text
    assert "Q4: breaking current 14.03 kA is 1.12 times the rated 12.5 kA" in words(made.sections[2])


def test_one_place_in_detail(made):
    section = made.sections[3]
    assert section.title == "The fault at Village"
    check_svg(section.blocks[0].svg)
    assert "external grid Grid" in words(section)
    assert "transformer T2" in words(section)


def test_every_formula_has_a_source(made):
    text = words(made.sections[-1])
    for item in ("6.3.3", "6.6.1", "6.7.1, 6.7.2", "6.10", "table 1", "7.2 to 7.5"):
        assert item in text
    assert {reference.key for reference in made.references} == {"IEC60909-0", "Takahashi1973"}


def test_missing_data_leave_out_studies_and_are_named(network):
    bare = network.replace({"transformers.T2.vector_group": "", "lines.L2.end_temperature": None})
    text = words(report.make_report(bare))
    assert "transformers.T2.vector_group" in text
    assert "lines.L2.end_temperature" in text
    assert "6 of 8 studies could not be done" in text
    with pytest.raises(MissingInputError):
        report.make_report(network.replace({"external_grids.Grid.maximum_fault_power": None}))


def test_what_was_assumed_is_listed(network):
    bare = network.replace({"lines.L2.end_temperature": None})
    text = words(report.make_report(bare, defaults="typical"))
    assert "lines.end_temperature of L2: 200 °C" in text


def test_networks_without_ratings_or_sources(network):
    assert report.duty_section(report.solve(network.replace({"switches": {}}))) is None
    with pytest.raises(InputError, match="nothing feeds"):
        report.solve(network.replace({"external_grids": {}, "motors": {}, "converters": {}}))
    with pytest.raises(InputError, match="no such bus"):
        report.solve(network, bus="Nowhere")


def test_the_shell_writes_a_pdf(network, tmp_path, capfd):
    file = network.save(tmp_path / "plant.circuit.json")
    assert main(["report", "short-circuit", str(file), "--bus", "C", "--progress", "none"]) == 0
    made = tmp_path / "plant.short-circuit.pdf"
    assert str(made) in capfd.readouterr().out
    text = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(made).pages)
    assert "The fault at C" in text
    assert f"{short_circuit(network).buses.ikss_kA['C']:.3f}" in text
    assert network.digest() in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bus", "Z"], "no such bus"),
        (["--breaker-time", "0.001"], "breaker_time"),
        (["--duration", "-1"], "duration"),
    ],
)
def test_the_shell_checks_before_it_starts(network, tmp_path, capsys, arguments, message):
    file = network.save(tmp_path / "plant.circuit.json")
    assert main(["report", "short-circuit", str(file), "--progress", "none", *arguments]) == 1
    assert message in capsys.readouterr().err


def test_the_template_is_there():
    assert "short_circuit" in jb.report.templates()
