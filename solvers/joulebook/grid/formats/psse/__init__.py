"""PSS/E: RAW and sequence files of versions 32 to 35."""

from joulebook.grid.formats.psse.reading import read_psse

__all__ = ["read_psse"]
