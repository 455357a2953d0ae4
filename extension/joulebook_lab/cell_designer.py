"""The cell designer as a notebook widget.

The view is the one of the document editor in JupyterLab (``extension/src/designers/cell``), bundled into one ES
module, so that it runs wherever anywidget does. The design travels as its JSON document; discharge curves are
solved by the kernel that the widget lives in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from joulebook.battery import Cell
from joulebook.core.errors import InputError, Issue, MissingExtraError

try:
    import anywidget
    import traitlets
except ImportError:
    raise MissingExtraError("The cell designer in a notebook", "lab") from None

__all__ = ["CellDesigner"]

STATIC = Path(__file__).parent / "static"
_NOT_BUILT = """
export default {
  render({ el }) {
    el.textContent =
      'The cell designer is not built in this source tree. Run "jlpm install && jlpm build:widget" in the folder ' +
      'extension, then restart the kernel. The design itself is in the .cell attribute of this widget.';
    el.style.padding = '8px';
  }
};
"""


def _asset(name: str, otherwise: str) -> Path | str:
    path = STATIC / name
    return path if path.is_file() else otherwise


class _Open:
    """``CellDesigner.open(path)`` opens a file; on a widget, ``open`` stays what ipywidgets means: open its comm."""

    def __get__(self, widget: anywidget.AnyWidget | None, owner: type[Any]) -> Callable[..., Any]:
        opener: Callable[..., Any] = owner.from_file if widget is None else super(CellDesigner, widget).open
        return opener


class CellDesigner(anywidget.AnyWidget):
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
    """

    _esm = _asset("cell_designer.js", _NOT_BUILT)
    _css = _asset("cell_designer.css", "")

    doc = traitlets.Dict().tag(sync=True)
    read_only = traitlets.Bool(False).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], default_value="auto").tag(sync=True)
    result = traitlets.Dict(read_only=True)
    path = traitlets.Instance(Path, allow_none=True, default_value=None)
    """The file that :meth:`save` writes to, where there is one."""

    def __init__(self, cell: Cell | str = "Chen2020", *, read_only: bool = False, theme: str = "auto") -> None:
        if isinstance(cell, str):
            cell = Cell.named(cell)
        if not isinstance(cell, Cell):
            raise InputError(
                Issue("cell", cell, "must be a Cell, or the name of one", f"Try one of {', '.join(Cell.names())}")
            )
        super().__init__(doc=cell.to_document(), read_only=read_only, theme=theme)
        self.on_msg(self._receive)

    open = _Open()

    @classmethod
    def from_file(cls, path: str | Path, *, read_only: bool = False, theme: str = "auto") -> Self:
        """Open a cell's file, also written ``CellDesigner.open(path)``; :meth:`save` writes back to it.

        Parameters
        ----------
        path : str or Path
            A ``.cell.json`` file.
        read_only : bool
            Show the cell without letting it be changed.
        theme : str
            As for the class.

        Returns
        -------
        CellDesigner
            The widget.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Cell.named("Chen2020").save(Path(folder) / "mine.cell.json")
        ...     designer = CellDesigner.open(file)
        ...     designer.cell = designer.cell.replace({"negative.thickness": 90e-6})
        ...     designer.save().name, Cell.load(file).negative.thickness
        ('mine.cell.json', 9e-05)
        """
        designer = cls(Cell.load(path), read_only=read_only, theme=theme)
        designer.path = Path(path)
        return designer

    def save(self, path: str | Path | None = None) -> Path:
        """Write the cell to a file.

        Parameters
        ----------
        path : str or Path, optional
            Where to; the file it was opened from or last saved to where left out.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            If there is no file yet and none is given, or the cell has faults; the file stays as it was.
        """
        target = self.path if path is None else Path(path)
        if target is None:
            raise InputError(
                Issue("path", None, "this cell has no file yet", f'Give one: designer.save("mine{Cell.suffix}")')
            )
        self.path = self.cell.save(target)
        return self.path

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

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document; setting one checks it first."""
        return dict(self.doc)

    @document.setter
    def document(self, document: Mapping[str, Any]) -> None:
        self.cell = Cell.from_document(document)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Answer a message of the view; what goes wrong is answered too, never raised into the kernel's log."""
        if not isinstance(content, dict) or content.get("kind") != "preview":
            return
        identity = content.get("id")

        def report(done: int, total: int) -> None:
            self.send({"kind": "preview-progress", "id": identity, "done": done, "total": total})

        answer = self._solve(content, report)
        if content.get("trial") is not True:  # what is only tried is not the design
            self.set_trait("result", {**answer, **{name: content.get(name) for name in ("document", "rates", "model")}})
        self.send({"kind": "preview-answer", "id": identity, "answer": answer})

    def _solve(self, content: Mapping[str, Any], report: Any) -> dict[str, Any]:
        from joulebook_lab.preview import curves

        try:
            return curves(content["document"], content["rates"], content["model"], on_rate=report)
        except KeyboardInterrupt:
            return _refused("The solve was interrupted")
        except Exception as error:  # the chart is the only place where it can be read
            return _refused(f"The solve failed: {error or type(error).__name__}")


def _refused(message: str) -> dict[str, Any]:
    return {"curves": [], "errors": [{"rate": None, "message": message}], "seconds": 0.0}
