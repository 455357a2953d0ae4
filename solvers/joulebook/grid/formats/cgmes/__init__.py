"""CGMES: the exchange format of European transmission system operators (CIM/XML in profiles)."""

from joulebook.grid.formats.cgmes.reading import read_cgmes

__all__ = ["read_cgmes"]
