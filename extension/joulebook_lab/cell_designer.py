"""The cell designer as a notebook widget.

The view is the one of the document editor in JupyterLab (``extension/src/designers/cell``), bundled into one ES
module, so that it runs wherever anywidget does. The design travels as its JSON document; discharge curves are
solved by the kernel that the widget lives in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from joulebook.battery import Cell
from joulebook_lab.widgets import Designer, asset, not_built, traitlets

__all__ = ["CellDesigner"]


class CellDesigner(Designer):
    """A battery cell, drawn and edited in a notebook.

    Parameters
    ----------
    cell : Cell or str, optional
        What to start from: a cell, or the name of one that comes with Joulebook.
    read_only : bool
        Show the cell without letting it be changed.
    theme : str
        ``"auto"`` follows the notebook; ``"light"`` or ``"dark"``.

    Attributes
    ----------
    doc : dict
        The JSON document, kept the same on screen and in the kernel; ``designer.observe(f, "doc")`` calls ``f``
        after every edit.
    result : dict
        The last discharge curves that were solved for the screen: ``curves``, ``errors`` and ``seconds`` of
        :func:`joulebook_lab.preview.curves`, with the ``document``, ``rates`` and ``model`` they belong to.
        Empty before the first one.

    Raises
    ------
    InputError
        If there is no cell of that name, or what is given is no cell.

    Examples
    --------
    >>> designer = CellDesigner("Chen2020")
    >>> designer.cell.negative.thickness
    8.52e-05
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Cell.named("Chen2020").save(Path(folder) / "mine.cell.json")
    ...     designer = CellDesigner.open(file)
    ...     designer.cell = designer.cell.replace({"negative.thickness": 90e-6})
    ...     designer.save().name, Cell.load(file).negative.thickness
    ('mine.cell.json', 9e-05)
    """

    design_type = Cell
    noun = "cell"
    _esm = asset("cell_designer.js", not_built("cell", "cell"))
    _css = asset("cell_designer.css", "")

    result = traitlets.Dict(read_only=True)

    def __init__(self, cell: Cell | str = "Chen2020", *, read_only: bool = False, theme: str = "auto") -> None:
        super().__init__(doc=self._design_of(cell).to_document(), read_only=read_only, theme=theme)

    @property
    def cell(self) -> Cell:
        """The cell as it is on the screen now.

        Raises
        ------
        InputError
            If the document has faults; all of them.
        """
        return Cell.from_document(self.doc)

    @cell.setter
    def cell(self, cell: Cell) -> None:
        self.doc = cell.to_document()

    def _answer(self, request: Mapping[str, Any], report: Callable[[int, int], None]) -> dict[str, Any]:
        from joulebook_lab.preview import curves

        answer = curves(request["document"], request["rates"], request["model"], on_rate=report)
        if request.get("trial") is not True:  # what is only tried is not the design
            self.set_trait("result", {**answer, **{name: request.get(name) for name in ("document", "rates", "model")}})
        return answer

    def _refusal(self, message: str) -> dict[str, Any]:
        return {"curves": [], "errors": [{"rate": None, "message": message}], "seconds": 0.0}
