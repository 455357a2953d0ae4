"""Designers as notebook widgets: of cells, power networks, equivalent circuits and protection schemes."""

from joulebook_lab.cell_designer import CellDesigner
from joulebook_lab.circuit_designer import CircuitDesigner
from joulebook_lab.impedance_designer import ImpedanceDesigner
from joulebook_lab.protection_designer import ProtectionDesigner

__all__ = ["CellDesigner", "CircuitDesigner", "ImpedanceDesigner", "ProtectionDesigner"]
