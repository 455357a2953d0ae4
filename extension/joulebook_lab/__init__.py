"""Joulebook in JupyterLab and in notebooks: cell designers, the Lab extension and its server side.

Importing this package loads nothing heavy: a Jupyter server imports it for every user.
"""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built front end lies.

    Returns
    -------
    list of dict
        Folder in this package, and the name under which it is installed.
    """
    return [{"src": "labextension", "dest": "joulebook"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server which application serves ``/joulebook``.

    Returns
    -------
    list of dict
        Module and application.
    """
    from joulebook_lab.server import JoulebookLab

    return [{"module": "joulebook_lab", "app": JoulebookLab}]
