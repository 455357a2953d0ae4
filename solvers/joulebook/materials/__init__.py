"""Properties of materials, each value and law with its source."""

from joulebook.materials.catalogue import catalogue
from joulebook.materials.library import active, electrolyte, film, metal, names
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Law, Metal, Value

__all__ = [
    "ActiveMaterial",
    "ElectrolyteMaterial",
    "FilmMaterial",
    "Law",
    "Metal",
    "Value",
    "active",
    "catalogue",
    "electrolyte",
    "film",
    "metal",
    "names",
]
