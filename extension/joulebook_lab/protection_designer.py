"""The time-current drawing as a notebook widget: settings are dragged, relays in Python follow, and the reverse.

The view (``extension/src/designers/protection``) draws what :class:`joulebook.grid.protection.TimeCurrent` says and
sends back where a handle was let go; every rule of protection stays in Python. The scheme travels as its JSON document.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from joulebook.core.errors import InputError, Issue, JoulebookError, MissingExtraError
from joulebook.grid.protection import Scheme, check_coordination, time_current

try:
    import anywidget
    import traitlets
except ImportError:
    raise MissingExtraError("The protection designer in a notebook", "lab") from None

__all__ = ["ProtectionDesigner"]

STATIC = Path(__file__).parent / "static"
_NOT_BUILT = """
export default {
  render({ el }) {
    el.textContent =
      'The protection designer is not built in this source tree. Run "jlpm install && jlpm build:widget" in the ' +
      'folder extension, then restart the kernel. The scheme itself is in the .scheme attribute of this widget.';
    el.style.padding = '8px';
  }
};
"""
_POINTS: Final = 160
"""Of each curve; a drag draws them all anew."""
_CHECKED: Final = 60
"""Faults of each pair while dragging."""
_REMEMBERED: Final = 100
"""Steps of undo."""


def _asset(name: str, otherwise: str) -> Path | str:
    path = STATIC / name
    return path if path.is_file() else otherwise


class ProtectionDesigner(anywidget.AnyWidget):
    """A protection scheme on a time-current drawing, edited in a notebook.

    Parameters
    ----------
    scheme : Scheme or str, optional
        What to start from: a scheme, or the name of one that comes with Joulebook.
    voltage : float, V, optional
        To which currents are referred; that of the first device where left out.
    read_only : bool
        Show the scheme without letting it be changed.
    theme : str
        ``"auto"`` follows the notebook; ``"light"`` or ``"dark"``.

    Attributes
    ----------
    doc : dict
        The JSON document; ``designer.observe(f, "doc")`` calls ``f`` after every edit.
    findings : list of dict
        What the coordination check says of the scheme on the screen: ``title``, ``ok``, ``text``.

    Raises
    ------
    InputError
        If there is no scheme of that name, or what is given is none.

    Examples
    --------
    >>> designer = ProtectionDesigner("radial feeder 11 kV")
    >>> designer.scheme.device("R1").stages[0].pickup
    400.0
    """

    _esm = _asset("protection_designer.js", _NOT_BUILT)
    _css = _asset("protection_designer.css", "")

    doc = traitlets.Dict().tag(sync=True)
    voltage = traitlets.Float(allow_none=True, default_value=None).tag(sync=True)
    drawing = traitlets.Dict(read_only=True).tag(sync=True)
    findings = traitlets.List(read_only=True).tag(sync=True)
    steps = traitlets.List(default_value=[False, False], read_only=True).tag(sync=True)
    """Whether there is something to undo, and to redo."""
    read_only = traitlets.Bool(False).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], default_value="auto").tag(sync=True)

    def __init__(
        self,
        scheme: Scheme | str = "radial feeder 11 kV",
        *,
        voltage: float | None = None,
        read_only: bool = False,
        theme: str = "auto",
    ) -> None:
        if isinstance(scheme, str):
            scheme = Scheme.named(scheme)
        if not isinstance(scheme, Scheme):
            known = ", ".join(Scheme.names())
            raise InputError(Issue("scheme", scheme, "must be a Scheme, or the name of one", f"Try one of {known}"))
        time_current(scheme, voltage=voltage)  # complains of the voltage before there is a widget
        self._past: list[dict[str, Any]] = []
        self._future: list[dict[str, Any]] = []
        self._before: dict[str, Any] | None = None
        super().__init__(doc=scheme.to_document(), voltage=voltage, read_only=read_only, theme=theme)
        self.observe(lambda _change: self._renew(), ["doc", "voltage"])
        self._renew()
        self.on_msg(self._receive)

    @classmethod
    def from_file(cls, path: str | Path, **options: Any) -> Self:
        """Open the file of a scheme.

        Parameters
        ----------
        path : str or Path
            A ``.protection.json`` file.
        **options : object
            As for the class.

        Returns
        -------
        ProtectionDesigner
            The widget.
        """
        return cls(Scheme.load(path), **options)

    @property
    def scheme(self) -> Scheme:
        """The scheme as it is on the screen now."""
        return Scheme.from_document(self.doc)

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._take(scheme.to_document())

    @traitlets.validate("doc")
    def _checked(self, proposal: Any) -> dict[str, Any]:
        return Scheme.from_document(proposal["value"]).to_document()

    @traitlets.validate("voltage")
    def _positive(self, proposal: Any) -> float | None:
        value: float | None = proposal["value"]
        if value is not None and not 0 < value < 2e6:
            raise InputError(Issue("voltage", value, "must be more than 0 and at most 2e6", unit="V"))
        return value

    def _renew(self) -> None:
        """Draw and check what the document says."""
        scheme = self.scheme
        drawing = time_current(scheme, voltage=self.voltage, points=_POINTS)
        found = []
        if scheme.pairs or scheme.protects:
            facts = check_coordination(scheme, points=_CHECKED).facts
            found = [{"title": row["pair"], "ok": row["ok"], "text": _margin(row)} for row in facts["pairs"]]
            found += [
                {"title": f"{row['device']} – {row['limit']}", "ok": row["ok"], "text": row["reason"]}
                for row in facts["protects"]
            ]
        with self.hold_sync():
            self.set_trait("drawing", drawing.to_dict())
            self.set_trait("findings", found)

    def _take(self, document: Mapping[str, Any]) -> None:
        """Put a document in the place of the one there is, as a step of undo."""
        before = dict(self.doc)
        self.doc = dict(document)
        if self.doc != before:
            self._past = [*self._past, before][-_REMEMBERED:]
            self._future = []
            self._tell_steps()

    def _tell_steps(self) -> None:
        self.set_trait("steps", [bool(self._past), bool(self._future)])

    def undo(self) -> None:
        """Take back the last step; nothing happens where there is none."""
        self._turn(self._past, self._future)

    def redo(self) -> None:
        """Take the step again that was taken back last; nothing happens where there is none."""
        self._turn(self._future, self._past)

    def _turn(self, source: list[dict[str, Any]], target: list[dict[str, Any]]) -> None:
        if source:
            target.append(dict(self.doc))
            self.doc = source.pop()
            self._tell_steps()

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Answer a message of the view; what goes wrong is answered too, never raised into the kernel's log."""
        if not isinstance(content, dict) or self.read_only:
            return
        kind = content.get("kind")
        if kind == "drag":
            self.send({"kind": "drag-answer", "id": content.get("id"), "error": self._drag(content)})
        elif kind == "release":
            self._release()
        elif kind in {"undo", "redo"}:
            self._release()
            (self.undo if kind == "undo" else self.redo)()

    def _drag(self, content: Mapping[str, Any]) -> str:
        """Move a handle; the message says why it does not move."""
        if self._before is None:
            self._before = dict(self.doc)
        try:
            drawing = time_current(self.scheme, voltage=self.voltage, points=10)
            moved = drawing.dragged(
                str(content["device"]), str(content["path"]), float(content["current"]), float(content["time"])
            )
            self.doc = moved.to_document()
        except (JoulebookError, KeyError, TypeError, ValueError) as error:
            return str(error) or type(error).__name__
        return ""

    def _release(self) -> None:
        """End a drag: it is one step of undo."""
        before, self._before = self._before, None
        if before is not None and before != self.doc:
            self._past = [*self._past, before][-_REMEMBERED:]
            self._future = []
            self._tell_steps()


def _margin(row: Mapping[str, Any]) -> str:
    """What a person wants to read while dragging."""
    if not row["ok"] or row["margin_s"] is None or row["faults_unseen_by_backup"]:
        return str(row["reason"])
    return f"{row['margin_s']:.3f} s to spare at {row['worst_current_A']:.4g} A"
