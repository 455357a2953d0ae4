"""Designers as notebook widgets: of cells, power networks and protection schemes."""

from joulebook_lab.cell_designer import CellDesigner
from joulebook_lab.circuit_designer import CircuitDesigner
from joulebook_lab.protection_designer import ProtectionDesigner

__all__ = ["CellDesigner", "CircuitDesigner", "ProtectionDesigner"]
