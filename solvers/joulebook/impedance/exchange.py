"""Models of impedance.py: the JSON files that ``CustomCircuit.save`` writes.

They hold the circuit string and the values of all elements in its order; constants have their values beside. Elements
that impedance.py defines with other values (``K``, ``Gs``, ``La``, ``T``, ``TLMQ``'s relatives) are refused by name.

References
----------
Murbach, Gerwe, Dawson-Elli and Tsui 2020, J. Open Source Softw. 5, 2349, doi:10.21105/joss.02349; file layout of
version 1.7.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joulebook.core.errors import DataFormatError
from joulebook.impedance.descriptions import read_code
from joulebook.impedance.elements import parameters_of, symbol_of
from joulebook.impedance.tree import leaves, to_code

__all__ = ["is_impedance_py", "read_impedance_py"]

_OURS_ONLY = {"Ws": ("exponent",), "Wo": ("exponent",)}
"""Values that impedance.py does not know."""


def is_impedance_py(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is a model of impedance.py.

    Parameters
    ----------
    document : mapping
        What was read.

    Returns
    -------
    bool
        True if it has a circuit string.
    """
    return "Circuit String" in document


def read_impedance_py(document: Mapping[str, Any], file: str = "") -> dict[str, Any]:
    """Read a model of impedance.py.

    Parameters
    ----------
    document : mapping
        The JSON document.
    file : str
        For messages.

    Returns
    -------
    dict
        ``name``, ``code`` and ``elements`` of a circuit. Fitted values are taken where there are any, else the initial
        guess.

    Raises
    ------
    DataFormatError
        If the document does not hold a value for every element.
    InputError
        If the circuit string is no circuit.
    """
    text = document["Circuit String"]
    if not isinstance(text, str):
        raise DataFormatError("Circuit String: must be text", file=file)
    tree = read_code(text)
    fitted = document.get("Fit") is True and isinstance(document.get("Parameters"), list)
    field = "Parameters" if fitted else "Initial Guess"
    numbers = document.get(field)
    constants = document.get("Constants") or {}
    if not isinstance(numbers, Sequence) or isinstance(numbers, str) or not isinstance(constants, Mapping):
        raise DataFormatError(f"{field}: must be a list of numbers", file=file)
    given = list(numbers)
    elements: dict[str, Any] = {}
    for name in leaves(tree):
        kind = symbol_of(name)
        fields = [key for key in parameters_of(kind) if key not in _OURS_ONLY.get(kind, ())]
        row: dict[str, Any] = {"kind": kind}
        for k, key in enumerate(fields):
            constant = constants.get(f"{name}_{k}", constants.get(name) if len(fields) == 1 else None)
            if constant is None and not given:
                raise DataFormatError(f"{field}: no value is left for {key} of {name}", file=file)
            number = given.pop(0) if constant is None else constant
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise DataFormatError(f"{field}: {number!r} for {key} of {name} is no number", file=file)
            row[key] = float(number)
        elements[name] = row
    if given:
        raise DataFormatError(f"{field}: {len(given)} values more than the circuit has", file=file)
    called = document.get("Name")
    code = to_code(tree)
    return {"name": called if isinstance(called, str) and called else code, "code": code, "elements": elements}
