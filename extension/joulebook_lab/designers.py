"""Designers as notebook widgets: ``jb.designers.CellDesigner(cell)``, ``jb.designers.ProtectionDesigner(scheme)``."""

from joulebook_lab.cell_designer import CellDesigner
from joulebook_lab.protection_designer import ProtectionDesigner

__all__ = ["CellDesigner", "ProtectionDesigner"]
