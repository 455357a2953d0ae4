"""The designer of equivalent circuits as a notebook widget.

The view is the second palette of the circuit designer (``extension/src/designers/impedance``), in the same ES module.
The spectrum beside the sheet is evaluated by the view itself, with the formulas of
:mod:`joulebook.impedance.formulas`, so that it follows every edit without a kernel.
"""

from __future__ import annotations

from joulebook.impedance import Circuit
from joulebook_lab.widgets import Designer, asset, not_built

__all__ = ["ImpedanceDesigner"]


class ImpedanceDesigner(Designer):
    """An equivalent circuit, drawn and edited in a notebook.

    Parameters
    ----------
    circuit : Circuit or str, optional
        What to start from: a circuit, or the name of one that comes with Joulebook.
    read_only : bool
        Show the circuit without letting it be changed.
    theme : str
        ``"auto"`` follows the notebook; ``"light"`` or ``"dark"``.

    Attributes
    ----------
    doc : dict
        The JSON document, kept the same on screen and in the kernel; ``designer.observe(f, "doc")`` calls ``f``
        after every edit.

    Raises
    ------
    InputError
        If there is no circuit of that name, or what is given is no circuit.

    Examples
    --------
    >>> designer = ImpedanceDesigner("Randles")
    >>> designer.circuit.code
    'R_s-p(R_ct-W1,C_dl)'
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Circuit.named("Two arcs").save(Path(folder) / "mine.circuit.json")
    ...     ImpedanceDesigner.open(file).save().name
    'mine.circuit.json'
    """

    design_type = Circuit
    noun = "circuit"
    _esm = asset("circuit_designer.js", not_built("impedance", "circuit"))
    _css = asset("circuit_designer.css", "")

    def __init__(self, circuit: Circuit | str = "Randles", *, read_only: bool = False, theme: str = "auto") -> None:
        super().__init__(doc=self._design_of(circuit).to_document(), read_only=read_only, theme=theme)

    @property
    def circuit(self) -> Circuit:
        """The circuit as it is on the screen now.

        Raises
        ------
        InputError
            If the document has faults; all of them.
        """
        return Circuit.from_document(self.doc)

    @circuit.setter
    def circuit(self, circuit: Circuit) -> None:
        self.doc = circuit.to_document()
