"""Names of materials as they stand in a cell document, checked against the library.

A name that begins with ``own:`` means a material that travels with the document; whether it is there is for the
cell to say, which alone sees the whole document.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from joulebook import materials

__all__ = ["OWN", "ActiveName", "ElectrolyteName", "FilmName", "MetalName"]

OWN = "own:"
"""Begins the name of a material that travels with the document."""


def _in_library(kind: str) -> AfterValidator:
    finders = {
        "active": materials.active,
        "electrolyte": materials.electrolyte,
        "film": materials.film,
        "metal": materials.metal,
    }

    def check(name: str) -> str:
        if not name.startswith(OWN):
            finders[kind](name)
        return name

    return AfterValidator(check)


ActiveName = Annotated[str, _in_library("active"), Field(json_schema_extra={"materials": "active"})]
ElectrolyteName = Annotated[str, _in_library("electrolyte"), Field(json_schema_extra={"materials": "electrolyte"})]
FilmName = Annotated[str, _in_library("film"), Field(json_schema_extra={"materials": "film"})]
MetalName = Annotated[str, _in_library("metal"), Field(json_schema_extra={"materials": "metal"})]
