"""Cells from and for other programs: BPX files, and the parameter files of PyBaMM."""

from joulebook.battery.interchange.bpx_reading import load_bpx, read_bpx
from joulebook.battery.interchange.bpx_writing import bpx_document, save_bpx
from joulebook.battery.interchange.imported import ConversionWarning, ImportedCell
from joulebook.battery.interchange.pybamm_reading import load_pybamm, read_pybamm

__all__ = [
    "ConversionWarning",
    "ImportedCell",
    "bpx_document",
    "load_bpx",
    "load_pybamm",
    "read_bpx",
    "read_pybamm",
    "save_bpx",
]
