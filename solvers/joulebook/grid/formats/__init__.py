"""File formats of other programs: CGMES, PSS/E, IEEE CDF, UCTE-DEF, pandapower JSON."""

from __future__ import annotations

from joulebook.grid.formats.imported import FileState, ImportedNetwork

__all__ = ["FileState", "ImportedNetwork"]
