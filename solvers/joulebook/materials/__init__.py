"""Properties of materials, each value and law with its source."""

from joulebook.materials.as_documents import document_of
from joulebook.materials.catalogue import catalogue
from joulebook.materials.documents import (
    ActiveMaterialDocument,
    ElectrolyteMaterialDocument,
    FilmMaterialDocument,
    MaterialWindow,
    load,
)
from joulebook.materials.gaps import Gap, gaps
from joulebook.materials.library import active, electrolyte, film, metal, names
from joulebook.materials.properties import Property, Table
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Law, Metal, Value

__all__ = [
    "ActiveMaterial",
    "ActiveMaterialDocument",
    "ElectrolyteMaterial",
    "ElectrolyteMaterialDocument",
    "FilmMaterial",
    "FilmMaterialDocument",
    "Gap",
    "Law",
    "MaterialWindow",
    "Metal",
    "Property",
    "Table",
    "Value",
    "active",
    "catalogue",
    "document_of",
    "electrolyte",
    "film",
    "gaps",
    "load",
    "metal",
    "names",
]
