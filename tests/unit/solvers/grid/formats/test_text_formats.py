"""IEEE CDF, UCTE-DEF and PSS/E: what the fields mean, and what is said of faulty ones."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from joulebook.core.conversion import ConversionWarning
from joulebook.core.errors import CorruptRecordError, DataFormatError, InputError, UnknownFormatError
from joulebook.grid import Network, import_network
from joulebook.grid.formats.ieee_cdf import read_ieee_cdf
from joulebook.grid.formats.psse.reading import read_psse
from joulebook.grid.formats.psse.records import split_record
from joulebook.grid.formats.text_files import Place
from joulebook.grid.formats.ucte import read_ucte

CASES = Path(__file__).parents[4] / "validation" / "cases" / "grid_formats"
CDF = (CASES / "ieee_cdf" / "six_buses.txt").read_text()
UCTE = (CASES / "ucte" / "two_countries.uct").read_text()
RAW = (CASES / "psse_33" / "nine_buses.raw").read_text()
SEQ = (CASES / "psse_33" / "nine_buses.seq").read_text()


def changed(text: str, old: str, new: str) -> bytes:
    assert text.count(old) == 1, old
    return text.replace(old, new).encode()


# ---------------------------------------------------------------- IEEE CDF


def test_cdf_per_unit_becomes_ohm_and_siemens():
    network = read_ieee_cdf(CDF.encode()).network
    line = network.lines["1-2-1"]
    ohm = 220e3**2 / 100e6
    assert (line.resistance, line.reactance) == pytest.approx((0.008 * ohm, 0.04 * ohm))
    assert line.susceptance == pytest.approx(0.12 / ohm)
    assert line.current_rating == pytest.approx(200e6 / (math.sqrt(3) * 220e3))
    assert network.shunts["4"].susceptance == pytest.approx(0.12 * 100e6 / 110e3**2)
    shifter = network.transformers["1-3-1"]
    assert (shifter.tap_ratio, shifter.phase_shift) == pytest.approx((1.01, math.radians(-5.5)))
    changer = network.transformers["2-4-1"].tap_changer
    assert changer.controlled_bus == "4"
    assert (changer.target, changer.deadband) == pytest.approx((1.0, 0.02))
    top = network.transformers["2-4-1"].tap_ratio * (1 + changer.maximum * changer.voltage_step)
    assert top == pytest.approx(1.1, abs=0.0125)
    assert network.generators["1"].reference
    assert not network.generators["6"].holds_voltage
    assert network.generators["3"].maximum_reactive == 40e6


def test_cdf_charging_of_a_transformer_is_half_at_each_side():
    text = changed(CDF, "0.080000   0.00000", "0.080000   0.03000")
    transformer = read_ieee_cdf(text).network.transformers["2-4-1"]
    assert (transformer.from_susceptance, transformer.to_susceptance) == (0.015, 0.015)


def test_cdf_fields_without_blanks_between_them_are_read_by_columns():
    line = next(line for line in CDF.splitlines() if line.startswith("   3 East"))
    glued = line.replace("   40.00  -30.00", " 1000.00-1000.00")
    assert len(glued) == len(line)
    generator = read_ieee_cdf(changed(CDF, line, glued)).network.generators["3"]
    assert (generator.maximum_reactive, generator.minimum_reactive) == (1e9, -1e9)


def test_cdf_faults_are_placed():
    with pytest.raises(CorruptRecordError, match="heading in line 2 says 7") as caught:
        read_ieee_cdf(changed(CDF, "                            6 ITEMS", "                            7 ITEMS"))
    assert caught.value.line == 9
    with pytest.raises(InputError, match=r"buses\.2: stands twice \(lines 4 and 5\)"):
        read_ieee_cdf(changed(CDF, "   3 East 110", "   2 East 110"))
    with pytest.raises(CorruptRecordError, match="bus 9 is not in the bus data"):
        read_ieee_cdf(changed(CDF, "   5    6  2", "   5    9  2"))
    with pytest.raises(DataFormatError, match="no end"):
        read_ieee_cdf(CDF[: CDF.index("-999")].encode())
    more = read_ieee_cdf(changed(CDF, "                            6 ITEMS", "                            4 ITEMS"))
    assert any("heading says 4" in note for note in more.notes)


# ---------------------------------------------------------------- UCTE-DEF


def test_ucte_signs_and_nominal_voltages():
    network = read_ucte(UCTE.encode()).network
    assert network.buses["DWEST_21"].nominal_voltage == 220e3
    assert network.buses["DNORTH11"].nominal_voltage == 380e3
    machine = network.generators["DWEST_21"]
    assert machine.active_power == 250e6
    assert machine.voltage == pytest.approx(228 / 220)
    assert (machine.minimum_power, machine.maximum_power) == (10e6, 400e6)
    assert (machine.minimum_reactive, machine.maximum_reactive) == (-150e6, 200e6)
    assert network.generators["DNORTH11"].reference
    assert network.generators["DSOUTH12"].reactive_power == 15e6
    assert not network.lines["DNORTH11 DSOUTH11 2"].in_service
    assert network.switches["DSOUTH11 DSOUTH12 1"].closed
    assert network.buses["XDEFR_11"].area == "XX"


def test_ucte_regulation():
    network = read_ucte(UCTE.encode()).network
    ratio = network.transformers["DSOUTH11 DWEST_21 1"]
    assert ratio.from_bus == "DWEST_21"
    assert (ratio.tap_changer.position, ratio.tap_changer.voltage_step) == (-3, 0.0125)
    assert ratio.tap_changer.target == pytest.approx(229 / 220)
    asymmetrical = network.transformers["FEAST_11 FEAST_21 1"]
    turned = 1 + 4 * 0.012 * np.exp(1j * np.pi / 3)
    assert asymmetrical.tap_ratio == pytest.approx(abs(turned))
    assert asymmetrical.phase_shift == pytest.approx(np.angle(turned))
    both = network.transformers["FEAST_11 FEAST_21 2"]
    assert both.tap_ratio == pytest.approx(1.016)
    assert both.phase_shift == pytest.approx(2 * math.atan2(-0.045, 2))


def test_ucte_faults_are_placed():
    with pytest.raises(CorruptRecordError, match="seventh letter") as caught:
        read_ucte(changed(UCTE, "DWEST_21 West", "DWEST_?1 West"))
    assert caught.value.line == 8
    with pytest.raises(CorruptRecordError, match="'FEAST_99' is not in the list"):
        read_ucte(changed(UCTE, "DWEST_21 FEAST_21 1 0  2.4", "DWEST_21 FEAST_99 1 0  2.4"))
    with pytest.raises(CorruptRecordError, match="holds its voltage"):
        read_ucte(changed(UCTE, "0 3 400.00", "0 3       "))
    with pytest.raises(CorruptRecordError, match="rated voltages"):
        read_ucte(changed(UCTE, "400.0 231.0", "  0.0 231.0"))
    with pytest.raises(DataFormatError, match="no nodes"):
        read_ucte(b"##C\n##N\n##L\n")


# ---------------------------------------------------------------- PSS/E


def test_psse_records_are_free_format():
    place = Place("x", 1)
    assert split_record("1,'A, B / C', 2.0,,3 / comment", place) == ["1", "A, B / C", "2.0", "", "3"]
    assert split_record(" 1 'X 1' 2.5  3", place) == ["1", "X 1", "2.5", "3"]
    assert split_record("0     100.00  33 , 0, 0", place) == ["0", "100.00", "33", "0", "0"]
    with pytest.raises(CorruptRecordError, match="no end"):
        split_record("1,'A", place)


def test_psse_loads_by_their_dependence_on_voltage():
    """P = PL + IP v + YP v^2, Q = QL + IQ v - YQ v^2, as one load or two."""
    record = "25.000,     6.000,     0.000,     0.000,     0.000,     0.000"
    raw = changed(RAW, record, "25.0, 6.0, 5.0, 2.0, 3.0, -1.5")
    loads = read_psse(raw).network.loads
    mine = [loads[name] for name in loads if name.startswith("5-1")]
    for v in (0.9, 1.0, 1.1):
        p = q = 0.0
        for load in mine:
            power = 1 - load.current_share - load.impedance_share
            factor = power + load.current_share * v + load.impedance_share * v**2
            p += load.active_power * factor
            q += load.reactive_power * factor
        assert p == pytest.approx((25 + 5 * v + 3 * v**2) * 1e6)
        assert q == pytest.approx((6 + 2 * v + 1.5 * v**2) * 1e6)
    odd = read_psse(changed(RAW, record, "25.0, 6.0, -5.0, 0.0, 3.0, 0.0")).network.loads
    assert sum(odd[name].active_power for name in odd if name.startswith("5-1")) == pytest.approx(23e6)


def test_psse_elements():
    network = read_psse(RAW.encode()).network
    assert network.frequency == 50.0
    assert network.buses["7"].name == "TOWN, 110/20"
    assert network.buses["5"].area == "REGION"
    assert network.buses["5"].zone == "EAST"
    assert not network.buses["8"].in_service
    town = network.transformers["4-7-1"]
    assert town.vector_group == "YNd11"
    assert town.tap_ratio == pytest.approx(1.02)
    base = 100 / 25
    assert town.resistance == pytest.approx(120e3 / 25e6 * base)
    assert math.hypot(town.resistance, town.reactance) == pytest.approx(0.105 * base)
    changer = town.tap_changer
    assert (changer.controls, changer.controlled_bus) == ("voltage", "7")
    assert changer.target == pytest.approx(1.0)
    assert town.tap_ratio * (1 + changer.maximum * changer.voltage_step) <= 1.1 + 1e-9
    trio = network.three_winding_transformers["3-5-6-1"]
    assert trio.tap_ratio_1 == pytest.approx(225.5 / 220)
    assert trio.phase_shift_3 == pytest.approx(math.radians(30))
    switched = network.shunts["5-switched"]
    assert (switched.steps, switched.maximum_steps, switched.controls_voltage) == (2, 4, True)


def test_psse_sequence_data_beside_the_case():
    found = import_network([CASES / "psse_33" / "nine_buses.seq", CASES / "psse_33" / "nine_buses.raw"])
    network = found.network
    assert network.generators["1-1"].negative_reactance == 0.22
    assert network.generators["1-1"].zero_reactance == 0.09
    assert network.generators["9-1"].synchronous_reactance == 1.6
    assert network.generators["9-1"].zero_reactance is None
    ohm = 220e3**2 / 100e6
    assert network.lines["1-2-1"].zero_reactance == pytest.approx(0.12 * ohm)
    assert network.lines["1-3-1"].zero_susceptance == pytest.approx(0.06 / ohm)
    assert network.transformers["2-4-1"].zero_reactance == 0.066
    assert network.transformers["4-9-1"].vector_group == "YNd1"
    beside = import_network(CASES / "psse_33" / "nine_buses.raw").network
    assert beside.generators == network.generators


def test_a_negative_reactance_of_a_machine_is_refused():
    sequence = changed(SEQ, "3,'1 ',   0.00200,   0.19000", "3,'1 ',   0.00200,  -0.19000")
    with pytest.raises(CorruptRecordError, match=r"X = -0\.19") as caught:
        read_psse(RAW.encode(), sequence)
    assert caught.value.line == 7


def test_psse_faults_are_placed():
    with pytest.raises(UnknownFormatError, match="version 29"):
        read_psse(changed(RAW, "100.00, 33,", "100.00, 29,"))
    with pytest.raises(InputError, match=r"buses\.3: stands twice \(lines 6 and 7\)"):
        read_psse(changed(RAW, "     4,'WEST 110 ", "     3,'WEST 110 "))
    with pytest.raises(CorruptRecordError, match="bus 44 is not in the bus data") as caught:
        read_psse(changed(RAW, "     4,     5,'2 '", "    44,     5,'2 '"))
    assert "44" in caught.value.found
    with pytest.raises(CorruptRecordError, match=r"X = 'x\.07' is not a finite number"):
        read_psse(changed(RAW, "4,     5,'1 ', 0.02500, 0.07000", "4,     5,'1 ', 0.02500, x.07"))
    with pytest.raises(CorruptRecordError, match="WINDV"):
        read_psse(changed(RAW, "0.98750,  0.000", "0.00000,  0.000"))
    for share in (0.1, 0.4, 0.55, 0.7, 0.85):
        with pytest.raises(DataFormatError):
            read_psse(RAW[: int(share * len(RAW))].encode())
    with pytest.raises(InputError, match=r"nominal_voltage \(line 4\) = 2200000000"):
        read_psse(changed(RAW, "'SLACK 220   ', 220.0000", "'SLACK 220   ', 2.2E6"))


def test_branches_between_unlike_base_voltages_keep_their_per_unit_values():
    found = read_psse(changed(RAW, "     2,     3,'1 '", "     2,     5,'1 '"))
    branch = found.network.transformers["2-5-1"]
    assert (branch.resistance, branch.reactance) == (0.01, 0.05)
    assert (branch.from_susceptance, branch.to_susceptance) == (0.07, 0.07)


# ---------------------------------------------------------------- by content


def test_content_counts_not_the_ending(tmp_path):
    for name, text in (("cdf", CDF), ("uct", UCTE), ("raw", RAW)):
        path = tmp_path / f"{name}.dat"
        path.write_text(text)
        assert len(import_network(path).network.buses) in {6, 7, 9}
    with pytest.warns(ConversionWarning, match="not all could be carried over"):
        assert len(Network.load(tmp_path / "cdf.dat").buses) == 6
    (tmp_path / "other.dat").write_text("nothing of the kind")
    with pytest.raises(UnknownFormatError, match="no reader knows"):
        import_network(tmp_path / "other.dat")
    with pytest.raises(InputError, match="one file"):
        import_network([tmp_path / "cdf.dat", tmp_path / "uct.dat"])
