"""The circuit designer as a notebook widget.

The view is the one of the document editor in JupyterLab (``extension/src/designers/circuit``), bundled into one ES
module. The network travels as its JSON document; power flows and faults are solved by the kernel that the widget
lives in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from joulebook.grid import Network
from joulebook_lab.widgets import Designer, asset, not_built, traitlets

__all__ = ["CircuitDesigner"]


class CircuitDesigner(Designer):
    """A power network, drawn and edited in a notebook.

    Parameters
    ----------
    network : Network or str, optional
        What to start from: a network, or the name of one that comes with Joulebook.
    read_only : bool
        Show the network without letting it be changed.
    theme : str
        ``"auto"`` follows the notebook; ``"light"`` or ``"dark"``.

    Attributes
    ----------
    doc : dict
        The JSON document, kept the same on screen and in the kernel; ``designer.observe(f, "doc")`` calls ``f``
        after every edit.
    result : dict
        What the last study for the screen said (:mod:`joulebook_lab.circuit_studies`). Empty before the first one.

    Raises
    ------
    InputError
        If there is no network of that name, or what is given is no network.

    Examples
    --------
    >>> designer = CircuitDesigner("case14")
    >>> len(designer.network.buses)
    14
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Network.named("case9").save(Path(folder) / "mine.circuit.json")
    ...     CircuitDesigner.open(file).save().name
    'mine.circuit.json'
    """

    design_type = Network
    noun = "network"
    _esm = asset("circuit_designer.js", not_built("circuit", "network"))
    _css = asset("circuit_designer.css", "")

    result = traitlets.Dict(read_only=True)

    def __init__(self, network: Network | str = "case14", *, read_only: bool = False, theme: str = "auto") -> None:
        super().__init__(doc=self._design_of(network).to_document(), read_only=read_only, theme=theme)

    @property
    def network(self) -> Network:
        """The network as it is on the screen now.

        Raises
        ------
        InputError
            If the document has faults; all of them.
        """
        return Network.from_document(self.doc)

    @network.setter
    def network(self, network: Network) -> None:
        self.doc = network.to_document()

    def _answer(self, request: Mapping[str, Any], report: Callable[[int, int], None]) -> dict[str, Any]:
        from joulebook_lab.circuit_studies import study

        found = study(request)
        self.set_trait("result", found)
        return found

    def _refusal(self, message: str) -> dict[str, Any]:
        return {"message": message}
