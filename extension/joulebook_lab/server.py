"""The server extension: routes under ``/joulebook``, and the reports that end with the server."""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from typing import Any

from jupyter_server._tz import utcnow
from jupyter_server.extension.application import ExtensionApp

from joulebook_lab.collaboration import page_hook
from joulebook_lab.conversions import conversion_routes
from joulebook_lab.handlers import routes
from joulebook_lab.hub import HubService, hub_routes
from joulebook_lab.jobs import job_routes
from joulebook_lab.panel_layout import layout_routes
from joulebook_lab.reports import ReportJobs

__all__ = ["JoulebookLab"]


class JoulebookLab(ExtensionApp):
    """Serves the Joulebook front end; loads neither NumPy nor the engines."""

    name = "joulebook_lab"
    description = "Joulebook: workspace, starters and reports for the Lab"

    def initialize_settings(self) -> None:
        """Make the table of reports; Jupyter calls this once."""
        root = getattr(self.serverapp.contents_manager, "root_dir", "") or self.serverapp.root_dir
        self.reports = ReportJobs(Path(root).expanduser(), on_progress=self._note_activity)
        self.settings["joulebook_reports"] = self.reports
        self.settings["joulebook_hub_service"] = HubService.from_environment(os.environ)
        atexit.register(self.reports.kill_all)
        pages = self.serverapp.web_app.settings
        pages["page_config_hook"] = page_hook(self.serverapp.jpserver_extensions, pages.get("page_config_hook"))

    def initialize_handlers(self) -> None:
        """Add the routes."""
        more = [*conversion_routes(), *hub_routes(), *job_routes()]
        self.handlers.extend([*routes(), *more, *layout_routes(self.serverapp.jpserver_extensions)])

    def _note_activity(self) -> None:
        """Count a report that moves as activity, so that its server is not culled."""
        self.serverapp.web_app.settings["api_last_activity"] = utcnow()

    def current_activity(self) -> dict[str, Any] | None:
        """Count the reports on their way, so that a busy server does not shut itself down.

        Returns
        -------
        dict or None
            Reports on their way, if any.
        """
        busy = [job.id for job in self.reports.all() if not job.finished]
        return {"reports": len(busy)} if busy else None

    async def stop_extension(self) -> None:
        """End the reports when the server stops."""
        await self.reports.stop_all()
        atexit.unregister(self.reports.kill_all)
