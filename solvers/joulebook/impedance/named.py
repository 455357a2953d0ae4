"""Circuits of the literature, each with values that show its arcs apart.

The circuits are those of the works named; the values are not measurements but starting points of usual size.
"""

from __future__ import annotations

from typing import Any

from joulebook.core.errors import InputError, Issue
from joulebook.impedance.elements import parameters_of, symbol_of

__all__ = ["document", "names"]

Entry = tuple[str, str, str, str, dict[str, tuple[float, ...]]]

_CIRCUITS: dict[str, Entry] = {
    "Simplified Randles": (
        "R_s-p(R_ct,C_dl)",
        "An electrode without diffusion: electrolyte, charge transfer and double layer.",
        "Randles1947",
        "without the diffusion",
        {"R_s": (10.0,), "R_ct": (100.0,), "C_dl": (2e-5,)},
    ),
    "Randles": (
        "R_s-p(R_ct-W1,C_dl)",
        "An electrode whose reactant diffuses to it through a half space.",
        "Randles1947",
        "",
        {"R_s": (10.0,), "R_ct": (100.0,), "W1": (20.0,), "C_dl": (2e-5,)},
    ),
    "Randles with CPE": (
        "R_s-p(R_ct-W1,CPE_dl)",
        "Randles' circuit at an uneven surface.",
        "Brug1984",
        "",
        {"R_s": (10.0,), "R_ct": (100.0,), "W1": (20.0,), "CPE_dl": (5e-5, 0.85)},
    ),
    "Coated metal": (
        "R_s-p(C_c,R_po-p(R_ct,C_dl))",
        "A coating with pores: its capacitance, the electrolyte in the pores, and the metal at their ground.",
        "Mansfeld1995",
        "",
        {"R_s": (20.0,), "C_c": (1e-9,), "R_po": (1e5,), "R_ct": (1e6,), "C_dl": (1e-6,)},
    ),
    "Two arcs": (
        "L1-R_s-p(R1,CPE1)-p(R2,CPE2)",
        "Leads, electrolyte and two processes in a row, as in most cells.",
        "Orazem2017",
        "chapter on equivalent circuit analogs",
        {
            "L1": (2e-8,),
            "R_s": (0.02,),
            "R1": (0.01,),
            "CPE1": (0.5, 0.9),
            "R2": (0.03,),
            "CPE2": (20.0, 0.85),
        },
    ),
    "Lithium-ion cell": (
        "L1-R_s-p(R_sei,CPE_sei)-p(R_ct,CPE_dl)-Wo1",
        "Leads, electrolyte, films, charge transfer, and lithium that diffuses in particles with no way out.",
        "Orazem2017",
        "chapter on equivalent circuit analogs",
        {
            "L1": (2e-8,),
            "R_s": (0.02,),
            "R_sei": (0.006,),
            "CPE_sei": (0.4, 0.85),
            "R_ct": (0.012,),
            "CPE_dl": (8.0, 0.9),
            "Wo1": (0.03, 400.0, 0.5),
        },
    ),
    "Fuel cell": (
        "R_s-p(R_ct-Ws1,CPE_dl)",
        "Charge transfer and diffusion through a layer to a gas of constant composition.",
        "Orazem2017",
        "chapter on equivalent circuit analogs",
        {"R_s": (0.05,), "R_ct": (0.2,), "Ws1": (0.15, 0.5, 0.5), "CPE_dl": (0.02, 0.9)},
    ),
    "Gerischer electrode": (
        "R_s-p(R_ct,CPE1)-G1",
        "A mixed conducting oxide: exchange at the surface and diffusion together give a Gerischer impedance.",
        "BoukampBouwmeester2003",
        "",
        {"R_s": (2.0,), "R_ct": (1.0,), "CPE1": (1e-4, 0.9), "G1": (3.0, 0.05)},
    ),
    "Porous electrode": (
        "R_s-TLMQ1",
        "Electrolyte in front of and in the pores of an electrode that only charges its surface.",
        "Bisquert2000",
        "",
        {"R_s": (0.5,), "TLMQ1": (2.0, 0.5, 0.95)},
    ),
}


def names() -> tuple[str, ...]:
    """List the circuits.

    Returns
    -------
    tuple of str
        Simple ones first.
    """
    return tuple(_CIRCUITS)


def document(name: str) -> dict[str, Any]:
    """Give the document of a circuit.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    dict
        For :meth:`joulebook.impedance.Circuit.from_document`.

    Raises
    ------
    InputError
        If there is no circuit of that name.
    """
    if name not in _CIRCUITS:
        raise InputError(Issue("name", name, "no such circuit", f"Known: {', '.join(_CIRCUITS)}"))
    code, description, ref, where, values = _CIRCUITS[name]
    elements: dict[str, Any] = {}
    for key, numbers in values.items():
        kind = symbol_of(key)
        elements[key] = {"kind": kind, **dict(zip(parameters_of(kind), numbers, strict=True))}
    return {
        "kind": "equivalent_circuit",
        "schema_version": 1,
        "name": name,
        "description": description,
        "code": code,
        "elements": elements,
        "sources": {
            "code": {"ref": ref, **({"where": where} if where else {})},
            "elements": {"method": "assumed", "note": "Of usual size, chosen so that the arcs stand apart"},
        },
    }
