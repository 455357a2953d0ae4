"""pandapower: the JSON documents of ``pandapower.to_json``, read and written without pandapower."""

from joulebook.grid.formats.pandapower_json.reading import read_pandapower

__all__ = ["read_pandapower"]
