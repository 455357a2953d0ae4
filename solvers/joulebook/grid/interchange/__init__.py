"""Networks from and for the files of other programs."""

from joulebook.grid.interchange.formats import FORMATS, Format, read_network, write_network

__all__ = ["FORMATS", "Format", "read_network", "write_network"]
