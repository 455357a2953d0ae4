"""Designers as notebook widgets: ``jb.designers.CellDesigner(cell)``."""

from joulebook_lab.cell_designer import CellDesigner

__all__ = ["CellDesigner"]
