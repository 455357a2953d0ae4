"""The one route of Panel's server part that its front end asks for without need.

HoloViews' plots need Panel's front end in the Lab. It asks the server for a dashboard's layout whenever a notebook is
saved. Panel's server part, which would answer, costs every server 0.8 s and 39 MiB, so it is off; the answer here is
that there is no layout, which the front end takes as it is, where an unknown route would be an error in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_server.base.handlers import APIHandler
from tornado import web

__all__ = ["layout_routes"]


class NoLayout(APIHandler):
    """Says that a notebook has no dashboard layout."""

    @web.authenticated
    def get(self, _path: str) -> None:
        """Answer with no content."""
        self.set_status(204)
        self.finish()


def layout_routes(extensions: Mapping[str, bool]) -> list[tuple[str, type[NoLayout]]]:
    """List the routes that stand in for Panel's server part.

    Parameters
    ----------
    extensions : mapping of str to bool
        Server extensions, and whether each is on.

    Returns
    -------
    list of (str, type)
        Nothing where Panel's server part is on.
    """
    if extensions.get("panel.io.jupyter_server_extension"):
        return []
    return [("/panel-preview/layout/(.*)", NoLayout)]
