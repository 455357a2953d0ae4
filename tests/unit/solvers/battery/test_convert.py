"""``joulebook convert``: what a file is shows from its content, what is written from the name."""

from __future__ import annotations

import argparse
import json

import pytest
from pybamm_files import lg_m50

from joulebook.battery import Cell
from joulebook.core.converting import register
from joulebook.core.errors import InputError, UnknownFormatError


def convert(*words):
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    args = parser.parse_args(["convert", *map(str, words)])
    return args.run(args)


def test_a_cell_goes_to_bpx_and_back(tmp_path, capsys):
    source = Cell.named("Chen2020").save(tmp_path / "mine.cell.json")
    assert convert(source) == 0
    assert (tmp_path / "mine.bpx.json").is_file()
    assert convert(tmp_path / "mine.bpx.json", "-o", tmp_path / "back.cell.json") == 0
    back = Cell.load(tmp_path / "back.cell.json")
    assert back.negative.thickness == Cell.named("Chen2020").negative.thickness
    said = capsys.readouterr()
    assert "mine.bpx.json" in said.out
    assert said.err == ""


def test_parameters_of_pybamm_become_a_cell_and_the_rest_is_listed(tmp_path, capsys):
    path = tmp_path / "LG.json"
    path.write_text(json.dumps(lg_m50()))
    assert convert(path) == 0
    assert Cell.load(tmp_path / "LG.cell.json").name == "LG"
    assert "not carried over: SEI electron conductivity" in capsys.readouterr().err


def test_other_files_and_endings_are_refused(tmp_path):
    path = tmp_path / "other.json"
    path.write_text('{"a": 1}')
    with pytest.raises(UnknownFormatError, match=r"no converter knows this content.*BPX.*MATPOWER"):
        convert(path)
    path.write_text('{"a": "electrode"}')
    with pytest.raises(UnknownFormatError, match="no parameter file of PyBaMM"):
        convert(path)
    source = Cell.named("Chen2020").save(tmp_path / "mine.cell.json")
    with pytest.raises(InputError, match="must end in"):
        convert(source, "-o", tmp_path / "mine.xml")


def test_a_file_that_is_there_is_replaced_only_where_it_is_named(tmp_path):
    source = Cell.named("Chen2020").save(tmp_path / "mine.cell.json")
    kept = tmp_path / "mine.bpx.json"
    kept.write_text("mine")
    with pytest.raises(InputError, match=r"mine\.bpx\.json.*is there already.*-o OUT"):
        convert(source)
    assert kept.read_text() == "mine"
    assert convert(source, "-o", kept) == 0
    assert kept.read_text() != "mine"
