"""Properties of materials, each value and law with its source."""

from joulebook.materials.as_documents import document_of
from joulebook.materials.catalogue import catalogue
from joulebook.materials.copper import copper_conductivity, copper_resistivity
from joulebook.materials.cryogenic import (
    CryogenicLaw,
    conductivity,
    conductivity_names,
    specific_heat,
    specific_heat_names,
)
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
from joulebook.materials.superconductors import CriticalSurface, critical_surface, critical_surface_names

__all__ = [
    "ActiveMaterial",
    "ActiveMaterialDocument",
    "CriticalSurface",
    "CryogenicLaw",
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
    "conductivity",
    "conductivity_names",
    "copper_conductivity",
    "copper_resistivity",
    "critical_surface",
    "critical_surface_names",
    "document_of",
    "electrolyte",
    "film",
    "gaps",
    "load",
    "metal",
    "names",
    "specific_heat",
    "specific_heat_names",
]
