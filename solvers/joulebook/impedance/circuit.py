"""An equivalent circuit as a document: a circuit description code and the values of its elements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from joulebook.core.citations import Source
from joulebook.core.design import Design
from joulebook.core.documents import read_document
from joulebook.core.errors import InputError, Issue
from joulebook.impedance.descriptions import LONGEST_CODE, read_code
from joulebook.impedance.elements import NAME, AnyElement, parameters_of, symbol_of
from joulebook.impedance.evaluation import Evaluator
from joulebook.impedance.exchange import is_impedance_py, read_impedance_py
from joulebook.impedance.tree import Node, leaves, to_boukamp, to_code

__all__ = ["Circuit"]


class Circuit(Design):
    """An equivalent circuit of elements in series and parallel.

    Parameters
    ----------
    name : str
        What people call it.
    code : str
        How the elements are connected, ``"R0-p(R1,CPE1)-W1"``; see :mod:`joulebook.impedance.descriptions`.
    elements : dict of str to element
        Values by the names in the code; see :mod:`joulebook.impedance.elements`.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.
    """

    kind: ClassVar[str] = "equivalent_circuit"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".circuit.json"

    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=4000)] = ""
    code: Annotated[str, Field(max_length=LONGEST_CODE)]
    """Elements in series joined by ``-``, parallel groups as ``p(…,…)``."""
    elements: dict[str, AnyElement]
    sources: Annotated[dict[str, Source], Field(exclude_if=lambda sources: not sources)] = Field(default_factory=dict)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the circuits that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`, simple ones first.
        """
        from joulebook.impedance import named

        return named.names()

    @classmethod
    def _make_named(cls, name: str) -> Self:
        from joulebook.impedance import named

        return cls.from_document(named.document(name))

    @classmethod
    def from_code(
        cls, code: str, values: Mapping[str, float | Mapping[str, float]], name: str = "", description: str = ""
    ) -> Self:
        """Make a circuit from its description code.

        Parameters
        ----------
        code : str
            As impedance.py writes it, ``"R0-p(R1,CPE1)"``, or in Boukamp's way, ``"R(RQ)"``, whose elements are
            numbered from 1 by kind.
        values : mapping of str to float or mapping
            By name of the element: its value, or its values by name where it has several.
        name, description : str
            Of the circuit; the code where no name is given.

        Returns
        -------
        Circuit
            The circuit.

        Raises
        ------
        InputError
            If the code is no circuit, or a value is missing, not known or not allowed; all faults at once.

        Examples
        --------
        >>> circuit = Circuit.from_code("R(RQ)", {"R1": 10, "R2": 100, "CPE1": {"coefficient": 1e-5, "exponent": 0.9}})
        >>> circuit.code
        'R1-p(R2,CPE1)'
        """
        tree = read_code(code)
        elements = {key: _element(key, value) for key, value in values.items()}
        order = {key: elements.pop(key) for key in leaves(tree) if key in elements}
        written = to_code(tree)
        return cls(name=name or written or "Circuit", description=description, code=written, elements=order | elements)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a circuit from a file.

        Parameters
        ----------
        path : str or Path
            A document as :meth:`save` writes it, or a model that impedance.py saved; the content decides.

        Returns
        -------
        Circuit
            The circuit.

        Raises
        ------
        DataFormatError
            If the file is missing, too large, not JSON, or another kind of document.
        InputError
            With every fault of the values.
        """
        document = read_document(path, cls.largest_document)
        file = Path(path).name
        if is_impedance_py(document):
            return cls(**read_impedance_py(document, file))
        return cls.from_document(document, file=file)

    @model_validator(mode="after")
    def _connections(self) -> Self:
        issues = _issues(self.code, self.elements)
        if issues:
            raise InputError(issues, self.name)
        return self

    @cached_property
    def tree(self) -> Node:
        """How the elements are connected."""
        return read_code(self.code)

    @cached_property
    def evaluator(self) -> Evaluator:
        """The circuit made ready to be evaluated for many frequencies and values."""
        return Evaluator(self.tree, {name: element.kind for name, element in self.elements.items()})

    @property
    def parameters(self) -> tuple[str, ...]:
        """Paths of all values, in the order of the circuit: ``"elements.R0.resistance"``."""
        return tuple(f"elements.{name}.{field}" for name, field in self.evaluator.parameters)

    @property
    def values(self) -> NDArray[np.float64]:
        """All values, in the order of :attr:`parameters`."""
        return np.array([getattr(self.elements[name], field) for name, field in self.evaluator.parameters])

    @property
    def boukamp(self) -> str:
        """The circuit in Boukamp's code, ``"R(RQ)W"``.

        Raises
        ------
        InputError
            If an element has no letter there.
        """
        return to_boukamp(self.tree, self._letter)

    def _letter(self, name: str) -> str:
        element = self.elements[name]
        if not element.boukamp:
            raise InputError(Issue(f"elements.{name}", element.title, "has no letter in Boukamp's code", "Use .code"))
        return element.boukamp


def _element(name: str, value: float | Mapping[str, float]) -> Any:
    """An element from what a person gave for it; faults are left to the design."""
    kind = symbol_of(name)
    if not isinstance(value, Mapping):
        fields = parameters_of(kind)[:1] if kind else ("resistance",)
        return {"kind": kind or "R", fields[0]: float(value) if isinstance(value, int) else value}
    numbers = {key: float(item) if isinstance(item, int) else item for key, item in value.items()}
    return {"kind": kind or "R", **numbers}


def _issues(code: str, elements: Mapping[str, Any]) -> list[Issue]:
    """Every fault between the code and the elements."""
    try:
        names = set(leaves(read_code(code)))
    except InputError as error:
        return list(error.issues)
    issues = [
        Issue(f"elements.{name}", None, "missing: the code names it", "Give it, or take it out of the code")
        for name in leaves(read_code(code))
        if name not in elements
    ]
    for name, element in elements.items():
        kind = symbol_of(name) if NAME.fullmatch(name) else ""
        if kind != element.kind:
            hint = f"Write it as {element.kind}1 or {element.kind}_label, in the code too"
            issues.append(Issue(f"elements.{name}", element.kind, "the name does not fit the kind", hint))
        elif name not in names:
            hint = "Add it to the code, or delete it"
            issues.append(Issue(f"elements.{name}", element.kind, "not connected: the code does not name it", hint))
    return issues
