"""What the designers have in common as notebook widgets: a document, a file, and the way to the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from joulebook.core.design import Design
from joulebook.core.errors import InputError, Issue, MissingExtraError

try:
    import anywidget
    import traitlets
except ImportError:
    raise MissingExtraError("A designer in a notebook", "lab") from None

__all__ = ["Designer", "asset", "not_built", "traitlets"]

STATIC = Path(__file__).parent / "static"


def not_built(kind: str, attribute: str) -> str:
    """Give the module that stands in for a view that is not built.

    Parameters
    ----------
    kind : str
        Of the designer.
    attribute : str
        Of the widget, that holds the design.

    Returns
    -------
    str
        JavaScript.
    """
    return f"""
export default {{
  render({{ el }}) {{
    el.textContent =
      'The {kind} designer is not built in this source tree. Run "jlpm install && jlpm build:widget" in the folder ' +
      'extension, then restart the kernel. The design itself is in the .{attribute} attribute of this widget.';
    el.style.padding = '8px';
  }}
}};
"""


def asset(name: str, otherwise: str) -> Path | str:
    """Find a built file.

    Parameters
    ----------
    name : str
        Of the file.
    otherwise : str
        Its text where it is not built.

    Returns
    -------
    Path or str
        What anywidget takes.
    """
    path = STATIC / name
    return path if path.is_file() else otherwise


class _Open:
    """``Designer.open(path)`` opens a file; on a widget, ``open`` stays what ipywidgets means: open its comm."""

    def __get__(self, widget: anywidget.AnyWidget | None, owner: type[Any]) -> Callable[..., Any]:
        opener: Callable[..., Any] = owner.from_file if widget is None else super(Designer, widget).open
        return opener


class Designer(anywidget.AnyWidget):
    """A design, drawn and edited in a notebook; subclasses say which kind.

    Parameters
    ----------
    **traits : object
        ``doc``, ``read_only``, ``theme``.
    """

    design_type: ClassVar[type[Design]]
    noun: ClassVar[str]
    """What people call such a design."""

    doc = traitlets.Dict().tag(sync=True)
    read_only = traitlets.Bool(False).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], default_value="auto").tag(sync=True)
    path = traitlets.Instance(Path, allow_none=True, default_value=None)
    """The file that :meth:`save` writes to, where there is one."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._receive)

    open = _Open()

    @classmethod
    def from_file(cls, path: str | Path, *, read_only: bool = False, theme: str = "auto") -> Self:
        """Open a file, also written ``open(path)`` on the class; :meth:`save` writes back to a document.

        Parameters
        ----------
        path : str or Path
            A document of the design, or what else its ``load`` reads.
        read_only : bool
            Show the design without letting it be changed.
        theme : str
            As for the class.

        Returns
        -------
        Designer
            The widget.
        """
        designer = cls(cls.design_type.load(path), read_only=read_only, theme=theme)  # type: ignore[call-arg]
        if str(path).endswith(cls.design_type.suffix):
            designer.path = Path(path)
        return designer

    @classmethod
    def _design_of(cls, given: Any) -> Design:
        """Take a design, or the name of one."""
        design = cls.design_type.named(given) if isinstance(given, str) else given
        if not isinstance(design, cls.design_type):
            rule = f"must be a {cls.design_type.__name__}, or the name of one"
            raise InputError(Issue(cls.noun, given, rule, f"Try one of {', '.join(cls.design_type.names())}"))
        return design

    def save(self, path: str | Path | None = None) -> Path:
        """Write the design to a file.

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
            If there is no file yet and none is given, or the design has faults; the file stays as it was.
        """
        target = self.path if path is None else Path(path)
        if target is None:
            suffix = self.design_type.suffix
            raise InputError(
                Issue("path", None, f"this {self.noun} has no file yet", f'Give one: designer.save("mine{suffix}")')
            )
        self.path = self.design_type.from_document(self.doc).save(target)
        return self.path

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document; setting one checks it first."""
        return dict(self.doc)

    @document.setter
    def document(self, document: Mapping[str, Any]) -> None:
        self.doc = self.design_type.from_document(document).to_document()

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Answer a message of the view; what goes wrong is answered too, never raised into the kernel's log."""
        if not isinstance(content, dict) or content.get("kind") != "preview":
            return
        identity = content.get("id")

        def report(done: int, total: int) -> None:
            self.send({"kind": "preview-progress", "id": identity, "done": done, "total": total})

        try:
            answer = self._answer(content, report)
        except KeyboardInterrupt:
            answer = self._refusal("The solve was interrupted")
        except Exception as error:  # the designer is the only place where it can be read
            answer = self._refusal(f"The solve failed: {error or type(error).__name__}")
        self.send({"kind": "preview-answer", "id": identity, "answer": answer})

    def _answer(self, request: Mapping[str, Any], report: Callable[[int, int], None]) -> dict[str, Any]:
        """Solve what the view asks for."""
        raise NotImplementedError

    def _refusal(self, message: str) -> dict[str, Any]:
        """Put what went wrong into the form of an answer."""
        raise NotImplementedError
