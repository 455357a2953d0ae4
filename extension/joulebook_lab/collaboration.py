"""Editing together in the Lab: its front end comes to a page only where the server has its other half.

jupyter-collaboration is installed with the hub, and on in the servers of shared projects only. Without its server half
its front end has nobody to talk to, so the pages of all other servers do not even load it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["FRONT_ENDS", "SERVER_HALF", "page_hook"]

SERVER_HALF = "jupyter_server_ydoc"
FRONT_ENDS = frozenset({"@jupyter/collaboration-extension", "@jupyter/docprovider-extension"})


def page_hook(
    extensions: Mapping[str, bool], earlier: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None
) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    """Make the function that JupyterLab calls with the configuration of a page.

    Parameters
    ----------
    extensions : mapping of str to bool
        Server extensions, and whether they are on.
    earlier : callable, optional
        What was to be called before us.

    Returns
    -------
    callable
        From a handler and a configuration to a configuration.

    Examples
    --------
    >>> listed = {"federated_extensions": [{"name": "joulebook"}, {"name": "@jupyter/docprovider-extension"}]}
    >>> page_hook({"jupyter_server_ydoc": False})(None, listed)["federated_extensions"]
    [{'name': 'joulebook'}]
    """

    def hook(handler: Any, page: dict[str, Any]) -> dict[str, Any]:
        if earlier is not None:
            page = earlier(handler, page)
        if extensions.get(SERVER_HALF):
            return page
        listed = page.get("federated_extensions", [])
        return {**page, "federated_extensions": [each for each in listed if each.get("name") not in FRONT_ENDS]}

    return hook
