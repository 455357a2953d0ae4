r"""Impedance of a tree of elements, and its derivatives.

In series impedances add, in parallel admittances: :math:`Z = \sum Z_i` and :math:`1/Z = \sum 1/Z_i`. Derivatives with
respect to the values of the elements are exact: those of the formulas, carried down the tree by
:math:`\partial Z/\partial Z_i = 1` in a series and :math:`(Z/Z_i)^2` in a parallel group.

Work is done over whole arrays: frequencies last, and as many sets of values before them as are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.impedance.elements import parameters_of
from joulebook.impedance.formulas import FORMULAS
from joulebook.impedance.tree import Leaf, Node, Series, leaves

__all__ = ["Evaluator"]

Complex = NDArray[np.complex128]


class Evaluator:
    """A circuit made ready to be evaluated many times.

    Parameters
    ----------
    tree : Node
        Elements in series and parallel; at least one.
    kinds : mapping of str to str
        Kind of each element by its name.
    """

    def __init__(self, tree: Node, kinds: Mapping[str, str]) -> None:
        self.tree = tree
        self.names = tuple(leaves(tree))
        self.parameters = tuple((name, field) for name in self.names for field in parameters_of(kinds[name]))
        self._formulas: dict[str, tuple[Any, slice]] = {}
        start = 0
        for name in self.names:
            stop = start + len(parameters_of(kinds[name]))
            self._formulas[name] = (FORMULAS[kinds[name]], slice(start, stop))
            start = stop

    def impedance(self, frequencies: ArrayLike, values: ArrayLike) -> Complex:
        """Compute the impedance.

        Parameters
        ----------
        frequencies : array_like, shape (n_frequencies,), Hz
            More than 0.
        values : array_like, shape (..., n_parameters)
            In the order of :attr:`parameters`.

        Returns
        -------
        ndarray, shape (..., n_frequencies), Ω
            Impedance.
        """
        whole, _, _ = self._up(frequencies, values)
        return whole[self.tree]

    def derivatives(self, frequencies: ArrayLike, values: ArrayLike) -> tuple[Complex, Complex]:
        """Compute the impedance and its derivatives.

        Parameters
        ----------
        frequencies : array_like, shape (n_frequencies,), Hz
            More than 0.
        values : array_like, shape (..., n_parameters)
            In the order of :attr:`parameters`.

        Returns
        -------
        impedance : ndarray, shape (..., n_frequencies), Ω
            Impedance.
        derivatives : ndarray, shape (..., n_parameters, n_frequencies)
            Of the impedance with respect to each value, Ω over the unit of the value.
        """
        whole, slopes, shape = self._up(frequencies, values)
        out = np.empty((*shape[:-1], len(self.parameters), shape[-1]), complex)
        self._down(self.tree, np.ones(shape, complex), whole, slopes, out)
        return whole[self.tree], out

    def _up(
        self, frequencies: ArrayLike, values: ArrayLike
    ) -> tuple[dict[Node, Complex], dict[str, tuple[Any, ...]], tuple[int, ...]]:
        """Impedance of every node, slopes of every element, shape of the answer."""
        s = 2j * np.pi * np.asarray(frequencies, float)
        columns = np.asarray(values, float)[..., None]
        shape = (*columns.shape[:-2], s.size)
        found: dict[Node, Complex] = {}
        slopes: dict[str, tuple[Any, ...]] = {}
        for name, (formula, own) in self._formulas.items():
            arguments = np.moveaxis(columns[..., own, :], -2, 0)
            found[Leaf(name)], slopes[name] = formula(s, *arguments)
        self._gather(self.tree, found)
        return found, slopes, shape

    def _gather(self, node: Node, found: dict[Node, Complex]) -> Complex:
        if node not in found and not isinstance(node, Leaf):
            parts = [self._gather(part, found) for part in node.parts]
            whole: Any = sum(parts) if isinstance(node, Series) else 1.0 / sum(1.0 / z for z in parts)
            found[node] = whole
        return found[node]

    def _down(
        self,
        node: Node,
        weight: Complex,
        whole: Mapping[Node, Complex],
        slopes: Mapping[str, tuple[Any, ...]],
        out: Complex,
    ) -> None:
        """Fill in the derivatives below a node; ``weight`` is how far the whole follows the node."""
        if isinstance(node, Leaf):
            own = self._formulas[node.name][1]
            for k, slope in zip(range(own.start, own.stop), slopes[node.name], strict=True):
                out[..., k, :] = weight * slope
            return
        for part in node.parts:
            share = 1.0 if isinstance(node, Series) else np.square(whole[node] / whole[part])
            self._down(part, weight * share, whole, slopes, out)
