"""Cells from publications, each value with its source: one file for each set of parameters."""

from __future__ import annotations

from typing import Any

from joulebook.battery.named.chen2020 import CHEN_2020

__all__ = ["DOCUMENTS", "HALF_CELL_DOCUMENTS"]

DOCUMENTS: dict[str, dict[str, Any]] = {"Chen2020": CHEN_2020}
"""Name to JSON document of a cell."""
HALF_CELL_DOCUMENTS: dict[str, dict[str, Any]] = {}
"""Name to JSON document of a half cell."""
