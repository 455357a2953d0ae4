"""MATPOWER case files: what they hold arrives, faults name their place, nothing is executed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks import TWO_BUSES, meshed, radial

from joulebook.core.conversion import ConversionWarning
from joulebook.core.errors import DataFormatError, InputError, JoulebookError, UnknownFormatError
from joulebook.grid import Network, power_flow
from joulebook.grid.interchange import read_network
from joulebook.grid.interchange.matpower_code import Interpreter
from joulebook.grid.interchange.matpower_text import Assignment, Code, statements

UNITS = (
    TWO_BUSES
    + """
%% convert branch impedances from Ohms to p.u.
[PQ, PV, REF, NONE, BUS_I, BUS_TYPE, PD, QD, GS, BS, BUS_AREA, VM, ...
    VA, BASE_KV, ZONE, VMAX, VMIN, LAM_P, LAM_Q, MU_VMAX, MU_VMIN] = idx_bus;
[F_BUS, T_BUS, BR_R, BR_X] = idx_brch;
Vbase = mpc.bus(1, BASE_KV) * 1e3;      %% in Volts
Sbase = mpc.baseMVA * 1e6;              %% in VA
mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);
pf = 0.85;
mpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));
mpc.bus(:, PD) = mpc.bus(:, PD) * pf;
fixed = 0;
if fixed
    k = find(isinf(mpc.gen(:, 4)));
    mpc.gen(k, 1) = system('rm -rf /');
end
"""
)


def read(text):
    return read_network(text.encode())[0]


def test_a_case_arrives():
    network, notes = read_network(TWO_BUSES.encode())
    assert notes == ()
    assert network.name == "two"
    assert network.base_power == 100e6
    assert network.lines["1-2"].resistance == pytest.approx(1.21)
    assert network.lines["1-2"].susceptance == pytest.approx(0.02 / 121)
    assert network.lines["1-2"].current_rating == pytest.approx(100e6 / (3**0.5 * 110e3))
    assert network.loads["2"].reactive_power == 20e6
    assert network.shunts["2"].susceptance == pytest.approx(5e6 / 110e3**2)
    generator = network.generators["1"]
    assert generator.reference and generator.holds_voltage
    assert (generator.voltage, generator.maximum_power, generator.maximum_reactive) == (1.02, 200e6, None)


def test_unit_conversions_are_followed():
    network = read(UNITS)
    assert network.lines["1-2"].resistance == pytest.approx(0.01)
    assert network.lines["1-2"].reactance == pytest.approx(0.1)
    assert network.loads["2"].active_power == pytest.approx(50e6 * 0.85)
    assert network.loads["2"].reactive_power == pytest.approx(50e6 * np.sin(np.arccos(0.85)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x = system('ls');", "'system' is not known here"),
        ("!rm -rf /", "not known here"),
        ("eval('mpc.bus = 1');", "only the case's own matrices"),
        ("mpc.bus = load('evil.mat');", "'load' is not known here"),
        ("import os", "not a statement"),
        ("for k = 1:10", "not a statement"),
        ("mpc.bus(1, 99) = 1;", "index 99 is outside 1 to 13"),
        ("mpc.bus(1.5, 1) = 1;", "whole number"),
        ("mpc.gen(:, 2) = mpc.bus(:, 3);", "do not fit"),
        ("x = " + "(" * 100 + "1" + ")" * 100 + ";", "nested too deeply"),
        ("[A, B] = os_environ;", "not known"),
        ("x = 1 +;", "ends too early"),
        ("x = 0 / 0;", "no number"),
        ("mpc.bus(:, 3) = 'abc' * 2;", "words"),
    ],
)
def test_other_code_is_refused_with_its_line(line, message):
    with pytest.raises(DataFormatError, match="(?s)" + message.replace("(", r"\(")) as caught:
        read(TWO_BUSES + line + "\n")
    assert caught.value.line == TWO_BUSES.count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("0.01 0.1 0.02", "0.01 abc 0.02", "'abc' is not a number", 11),
        ("0.01 0.1 0.02", "0.01 1_0 0.02", "'1_0' is not a number", 11),
        ("0.01 0.1 0.02", "0.01 NaN 0.02", "branch holds NaN in row 1", 11),
        ("1 2 0.01", "1 7 0.01", "branch row 1 refers to bus 7", 11),
        ("  2  1  50", "  1  1  50", "bus 1 stands twice, first in line 6", 7),
        ("  2  1  50", "  2.5  1  50", "bus number 2.5", 7),
        ("1 -360 360;", "1 -360 360;\n  1 2 0.01;", "branch: this row has 3 numbers, the first one 13", 12),
        ("mpc.gen = [ 1 0", "mpc.gen = [ 9 0", "gen row 1 refers to bus 9", 9),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = 0;", "baseMVA = 0", None),
        ("mpc.branch = [", "mpc.brunch = [", "the matrix 'branch' is missing", None),
        ("360;\n];", "360;\n", "branch has no end", 10),
    ],
)
def test_faults_name_their_place(old, new, message, line):
    assert old in TWO_BUSES
    text = TWO_BUSES.replace(old, new)
    with pytest.raises(DataFormatError, match=message) as caught:
        read(text)
    assert line is None or caught.value.line == line


def test_a_column_is_named_where_a_number_is_wrong():
    with pytest.raises(DataFormatError) as caught:
        read(TWO_BUSES.replace("  1 2 0.01 0.1", "  1 2 0.01 oops"))
    assert (caught.value.line, caught.value.column) == (11, 12)


def test_several_rows_a_line_and_continuations():
    text = TWO_BUSES.replace(
        "  1  3  0   0   0  0  1  1.0  0  110  1  1.1  0.9;\n",
        "  1, 3, 0, 0, 0, 0, 1, ...\n 1.0, 0, 110, 1, 1.1, 0.9; 3 1 1 0 0 0 1 1 0 110 1 1.1 0.9\n",
    )
    assert list(read(text).buses) == ["1", "3", "2"]


def test_numbers_may_be_expressions():
    assert read(TWO_BUSES.replace("  1 2 0.01 0.1", "  1 2 1/100 2*0.05")).lines["1-2"].reactance == pytest.approx(12.1)
    volts = read(TWO_BUSES.replace("  1  1.0  0  110", "  1  1.0  0  135/sqrt(3)")).buses.nominal_voltage
    assert volts == pytest.approx([135e3 / 3**0.5] * 2)
    for wrong in ("1/0", "2*system(1)", "1/(2", "3*x"):
        with pytest.raises(DataFormatError, match="not a number"):
            read(TWO_BUSES.replace("  1 2 0.01 0.1", f"  1 2 {wrong} 0.1"))


def test_transformers_are_told_from_lines():
    text = TWO_BUSES.replace("100 0 0 0 0 1 -360", "100 0 0 0.98 30 1 -360")
    transformer = read(text).transformers["1-2"]
    assert transformer.tap_ratio == 0.98
    assert transformer.phase_shift == pytest.approx(np.pi / 6)
    assert transformer.from_susceptance == 0.01
    text = TWO_BUSES.replace("0  5  1  1.0  0  110", "0  5  1  1.0  0  20")
    assert read(text).transformers["1-2"].tap_ratio == 1.0


def test_what_is_not_carried_over_is_said(tmp_path):
    path = tmp_path / "two.m"
    path.write_text(TWO_BUSES.replace("110  1  1.1", "0  1  1.1") + "mpc.areas = [1 1];\nmpc.extra = 'x';\n")
    with pytest.warns(ConversionWarning, match=r"(?s)two.m: .*2 of 2 buses give no nominal.*areas, extra"):
        network = Network.load(path)
    assert network.buses["1"].nominal_voltage == 1e3


def test_costs_names_links_and_outages():
    text = TWO_BUSES + (
        "mpc.bus_name = {'North''s; bus'; 'South % }'};\n"
        "mpc.gencost = [2 10 5 3 0.1 20 300];\n"
        "mpc.dcline = [1 2 1 10 8.9 1 2 1.01 1 1 10 -10 10 -9 9 1 0.01];\n"
    )
    network = read(text)
    assert network.buses["1"].name == "North's; bus"
    assert network.buses["2"].name == "South % }"
    cost = network.generators["1"].cost
    assert cost.coefficients == (300.0, 20.0, 0.1)
    assert (cost.start_up, cost.shut_down) == (10.0, 5.0)
    link = network.hvdc_lines["1-2"]
    assert (link.active_power, link.constant_loss, link.loss_share) == (10e6, 1e6, 0.01)
    run = power_flow(network)
    assert run.generators.p_MW.loc[1] == pytest.approx(50 + 10 - 8.9 + run.losses_MW, abs=1e-6)
    assert not read(TWO_BUSES.replace("0 0 0 1 -360", "0 0 0 0 -360")).lines["1-2"].in_service


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_has_the_same_solution(tmp_path, seed):
    network = meshed(seed)
    with pytest.warns(ConversionWarning, match="depend"):
        path = network.save(tmp_path / "mesh.m")
    loads = {"current_share": np.zeros(12), "impedance_share": np.zeros(12)}
    plain = network.replace({"loads": network.loads.with_columns(loads)})
    again = Network.load(path)
    assert np.allclose(power_flow(again)["voltage"], power_flow(plain)["voltage"], rtol=0, atol=1e-9)
    assert power_flow(again).losses_MW == pytest.approx(power_flow(plain).losses_MW, abs=1e-8)


def test_written_and_read_again_is_the_same(tmp_path):
    network = read(TWO_BUSES)
    assert Network.load(network.save(tmp_path / "two.m")) == network


def test_endings_that_no_format_has_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"must end in .circuit.json"):
        radial().save(tmp_path / "net.xyz")


def test_content_that_no_reader_knows(tmp_path):
    path = tmp_path / "picture.m"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(UnknownFormatError, match="no reader knows"):
        Network.load(path)
    with pytest.raises(DataFormatError, match="cannot be read"):
        Network.load(tmp_path / "missing.m")


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_split_or_explained(text):
    try:
        assert all(isinstance(item, Assignment | Code) for item in statements(text))
    except DataFormatError as error:
        assert str(error)


@given(st.text(alphabet="mpc.busgenx()[]:,;=+-*/^ 0123456789'\"PDQ\t", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_statement_is_followed_or_explained(text):
    fields = {"bus": np.ones((3, 13)), "baseMVA": 100.0}
    try:
        Interpreter(fields).run(Code(text, 1))
    except DataFormatError as error:
        assert error.line == 1


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_file_is_explained(data):
    """Pieces cut out, doubled or replaced: a network or an error that names the fault; nothing else."""
    text = UNITS
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(len(text), start + 40)))
        text = (
            text[:start]
            + data.draw(st.sampled_from(["", text[start:stop] * 2, "1e400", "]", "'", "\0", "-"]))
            + text[stop:]
        )
    try:
        network, _ = read_network(text.encode())
        assert isinstance(network, Network)
    except JoulebookError as error:
        assert str(error)
