"""PSS/E: RAW and sequence files of versions 33 to 35."""

from joulebook.grid.formats.psse.reading import is_psse, read_psse

__all__ = ["is_psse", "read_psse"]
