"""Joulebook: design, solve and report on things that store, move and shed energy.

``import joulebook as jb`` loads this one module; ``jb.battery`` loads the battery engine when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import joulebook_lab.designers as designers
    from joulebook import battery, core, cryo, grid, impedance, magnets, materials, report, thermal
    from joulebook.core import errors
    from joulebook.core.version import __version__

_MODULES = {
    "battery": "joulebook.battery",
    "core": "joulebook.core",
    "cryo": "joulebook.cryo",
    "designers": "joulebook_lab.designers",
    "errors": "joulebook.core.errors",
    "grid": "joulebook.grid",
    "impedance": "joulebook.impedance",
    "magnets": "joulebook.magnets",
    "materials": "joulebook.materials",
    "report": "joulebook.report",
    "thermal": "joulebook.thermal",
}

__all__ = [
    "__version__",
    "battery",
    "core",
    "cryo",
    "designers",
    "errors",
    "grid",
    "impedance",
    "magnets",
    "materials",
    "report",
    "thermal",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("joulebook.core.version").__version__
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module 'joulebook' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def load_ipython_extension(shell: Any) -> None:
    """Set up a notebook: progress bars, plots and a warm start (``%load_ext joulebook``).

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The running shell.
    """
    importlib.import_module("joulebook_lab.magics").load(shell)
