"""``joulebook convert`` for networks: formats in and out, notes, and errors as the library has them."""

from __future__ import annotations

import argparse

import pytest

import joulebook as jb
from joulebook.core.converting import converter_of, register
from joulebook.core.errors import DataFormatError, InputError, UnknownFormatError

Network = jb.grid.Network


def convert(*words):
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    args = parser.parse_args(["convert", *map(str, words)])
    return args.run(args)


@pytest.mark.parametrize("name", ["mine.m", "mine.zip", "mine.pandapower.json"])
def test_a_network_goes_out_and_comes_back(tmp_path, capsys, name):
    source = Network.named("case14").save(tmp_path / "case14.circuit.json")
    assert convert(source, "-o", tmp_path / name) == 0
    assert convert(tmp_path / name) == 0
    back = Network.load(tmp_path / "mine.circuit.json")
    before = jb.grid.power_flow(Network.named("case14"))
    assert len(back.buses) == 14
    assert jb.grid.power_flow(back).losses_MW == pytest.approx(before.losses_MW, rel=1e-6)  # six digits in CGMES
    assert "mine.circuit.json" in capsys.readouterr().out


def test_notes_are_listed(tmp_path, capsys):
    path = Network.named("case9").save(tmp_path / "case9.m")
    text = path.read_text().replace("mpc.gencost", "mpc.areas = [1 5];\nmpc.gencost", 1)
    path.write_text(text)
    assert convert(path) == 0
    assert capsys.readouterr().err == "not carried over: areas\n"
    assert (
        Network.load(tmp_path / "case9.circuit.json").to_document()["buses"]
        == Network.named("case9").to_document()["buses"]
    )


def test_a_document_of_ours_needs_the_name_of_the_output(tmp_path):
    source = Network.named("case9").save(tmp_path / "case9.circuit.json")
    with pytest.raises(InputError, match=r"-o OUT; its ending is one of \.m, \.zip, \.pandapower\.json"):
        convert(source)
    with pytest.raises(InputError, match="must end in"):
        convert(source, "-o", tmp_path / "case9.xyz")


def test_faults_of_a_file_name_the_place(tmp_path):
    path = tmp_path / "broken.m"
    path.write_text("function mpc = broken\nmpc.baseMVA = 100;\nmpc.bus = [\n1 3 x 0;\n];\n")
    with pytest.raises(DataFormatError, match=r"broken\.m.*line 4"):
        convert(path)
    assert not (tmp_path / "broken.circuit.json").exists()
    with pytest.raises(DataFormatError, match="cannot be read"):
        convert(tmp_path / "none.m")
    other = tmp_path / "other.txt"
    other.write_text("hello")
    with pytest.raises(UnknownFormatError, match=r"UCTE-DEF \.uct"):
        converter_of(other)
