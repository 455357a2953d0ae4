"""File formats of other programs: CGMES, PSS/E, IEEE CDF, UCTE-DEF, pandapower JSON."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid.formats.cgmes.reading import read_cgmes
    from joulebook.grid.formats.cgmes.writing import cgmes_archive
    from joulebook.grid.formats.ieee_cdf import read_ieee_cdf
    from joulebook.grid.formats.imported import FileState, ImportedNetwork
    from joulebook.grid.formats.pandapower_json.reading import read_pandapower
    from joulebook.grid.formats.pandapower_json.writing import pandapower_document
    from joulebook.grid.formats.psse.reading import read_psse
    from joulebook.grid.formats.state import StateComparison, compare_with_state, import_network
    from joulebook.grid.formats.ucte import read_ucte

_HOMES = {
    "FileState": "imported",
    "ImportedNetwork": "imported",
    "StateComparison": "state",
    "cgmes_archive": "cgmes.writing",
    "compare_with_state": "state",
    "import_network": "state",
    "pandapower_document": "pandapower_json.writing",
    "read_cgmes": "cgmes.reading",
    "read_ieee_cdf": "ieee_cdf",
    "read_pandapower": "pandapower_json.reading",
    "read_psse": "psse.reading",
    "read_ucte": "ucte",
}

__all__ = [
    "FileState",
    "ImportedNetwork",
    "StateComparison",
    "cgmes_archive",
    "compare_with_state",
    "import_network",
    "pandapower_document",
    "read_cgmes",
    "read_ieee_cdf",
    "read_pandapower",
    "read_psse",
    "read_ucte",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"joulebook.grid.formats.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'joulebook.grid.formats' has no attribute {name!r}; it has {', '.join(__all__)}")
