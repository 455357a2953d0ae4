"""The HTTP side of the Lab: what the workspace holds, starters, and reports.

===========================================  ============================================================
``GET /joulebook/workspace``                 designs, runs and reports below the workspace
``GET /joulebook/starters``                  example cells and tutorials
``POST /joulebook/starters``                 ``{kind, name, folder}``: copy one into the workspace
``GET /joulebook/reports``                   the reports of this server
``POST /joulebook/reports``                  ``{path, kind, …}``: make a report of a cell: ``"cell"`` with ``rates``,
                                             ``"simulation"`` with ``protocol``, ``model``, ``thermal``
``GET /joulebook/reports/<id>``              its state, stage, progress, log and results
``DELETE /joulebook/reports/<id>``           cancel it
===========================================  ============================================================

Every route needs the server's sign-in, and the changing ones its XSRF token or an API token. Refusals are
JSON: ``{"message": …}``.
"""

from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from joulebook_lab import starters
from joulebook_lab.paths import WorkspacePathError, inside, relative
from joulebook_lab.reports import BusyError, Order, ReportJob, ReportJobs, design_report, simulation_report
from joulebook_lab.workspace import list_workspace

__all__ = ["routes"]

LARGEST_BODY = 64_000  # bytes
MOST_RATES = 8
SLOWEST, FASTEST = 0.01, 20.0  # C-rates
MOST_STEPS = 50
LONGEST_SENTENCE = 400
MODELS = ("DFN", "SPMe", "SPM")
THERMAL = ("isothermal", "lumped")


class RefusedError(Exception):
    """A request that cannot be met.

    Parameters
    ----------
    status : int
        HTTP status.
    message : str
        A sentence for the person who asked.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class JoulebookHandler(APIHandler):
    """Base of the routes: JSON in, JSON out, refusals with a message."""

    auth_resource = "joulebook"
    _track_activity = False  # an open but idle browser asks again and again, and must not keep the server alive

    @property
    def root(self) -> Path:
        """The workspace."""
        named = getattr(self.contents_manager, "root_dir", "") or self.settings["server_root_dir"]
        return Path(named).expanduser()

    @property
    def jobs(self) -> ReportJobs:
        """The reports of this server."""
        jobs: ReportJobs = self.settings["joulebook_reports"]
        return jobs

    def answer(self, value: Any, status: int = 200) -> None:
        """Send JSON.

        Parameters
        ----------
        value : object
            What JSON can hold.
        status : int
            HTTP status.
        """
        self.set_status(status)
        self.finish(json.dumps(value, allow_nan=False))

    def body(self) -> dict[str, Any]:
        """Read the JSON object that was sent.

        Returns
        -------
        dict
            The object.

        Raises
        ------
        RefusedError
            If it is too long, or not a JSON object.
        """
        raw = self.request.body
        if len(raw) > LARGEST_BODY:
            raise RefusedError(413, f"body = {len(raw)} bytes: at most {LARGEST_BODY}")
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise RefusedError(400, "body: must be a JSON object {…}")
        return value

    def named_path(self, value: Any, what: str) -> Path:
        """Find a file or folder of the workspace.

        Parameters
        ----------
        value : object
            Workspace path that was sent.
        what : str
            Its name in messages.

        Returns
        -------
        Path
            Absolute path; it may not exist.

        Raises
        ------
        RefusedError
            If it is not a path, or leads out of the workspace.
        """
        if not isinstance(value, str):
            raise RefusedError(400, f"{what} = {value!r}: must be the workspace path of a file, as text")
        try:
            return inside(self.root, value)
        except WorkspacePathError as error:
            raise RefusedError(403, str(error)) from None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Turn refusals into JSON, and leave everything else to Jupyter."""
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        if isinstance(error, RefusedError):
            self.set_header("Content-Type", "application/json")
            self.set_status(error.status)
            self.finish(json.dumps({"message": str(error)}))
        else:
            super().write_error(status_code, **kwargs)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log refusals as one line; they are answers, not faults of the server."""
        if isinstance(error, RefusedError):
            self.log.info("joulebook: refused %s %s: %s", self.request.method, self.request.path, error)
        else:
            super().log_exception(kind, error, trace)


class WorkspaceHandler(JoulebookHandler):
    """What the workspace holds."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List designs, runs and reports."""
        listing = await asyncio.to_thread(list_workspace, self.root)
        self.answer(listing.to_dict())


class StartersHandler(JoulebookHandler):
    """Example cells and tutorials."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the starters."""
        self.answer(await asyncio.to_thread(starters.list_starters))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Copy a starter into the workspace.

        Raises
        ------
        RefusedError
            If there is no such starter or folder.
        """
        body = self.body()
        folder = self.named_path(body.get("folder", ""), "folder")
        kind, name = body.get("kind"), body.get("name")
        copies = {"cell": starters.copy_cell, "tutorial": starters.copy_tutorial}
        if kind not in copies or not isinstance(name, str):
            raise RefusedError(400, f"kind = {kind!r}, name = {name!r}: kind is 'cell' or 'tutorial', name is text")
        if not folder.is_dir():
            raise RefusedError(404, f"folder = {body.get('folder')!r}: no such folder in the workspace")
        try:
            made = await asyncio.to_thread(copies[kind], name, folder)
        except starters.MissingStarterError as error:
            raise RefusedError(404, str(error)) from None
        except OSError as error:
            raise RefusedError(409, f"The file could not be written: {error.strerror}") from None
        self.answer({"path": relative(self.root, made)}, 201)


class ReportsHandler(JoulebookHandler):
    """The reports of this server."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the reports, newest first."""
        self.answer({"reports": [job.to_dict() for job in self.jobs.all()]})

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Make a report of a cell.

        Raises
        ------
        RefusedError
            If there is no such cell, or too much is being made.
        """
        body = self.body()
        cell = self.named_path(body.get("path"), "path")
        order = _order(body)
        if not cell.name.endswith(".cell.json"):
            raise RefusedError(400, f"path = {body['path']!r}: a report is made of a .cell.json document")
        if not cell.is_file():
            raise RefusedError(404, f"path = {body['path']!r}: no such file. Save the document first")
        try:
            job = self.jobs.start(cell, order)
        except BusyError as error:
            raise RefusedError(409, str(error)) from None
        self.answer(job.to_dict(), 201)


class ReportHandler(JoulebookHandler):
    """One report."""

    def _job(self, named: str) -> ReportJob:
        job = self.jobs.get(named)
        if job is None:
            raise RefusedError(404, f"report = {named!r}: not known here; the server may have been restarted since")
        return job

    @web.authenticated
    @authorized
    async def get(self, named: str) -> None:
        """Give the state of a report."""
        self.answer(self._job(named).to_dict())

    @web.authenticated
    @authorized
    async def delete(self, named: str) -> None:
        """Ask a report to stop; its state tells when it has."""
        job = self._job(named)
        self.jobs.cancel_soon(job)
        self.answer(job.to_dict(), 202)


def _order(body: dict[str, Any]) -> Order:
    kind = body.get("kind", "cell")
    if kind == "cell":
        return design_report(_rates(body.get("rates", [0.5, 1, 2])))
    if kind == "simulation":
        model, thermal = body.get("model", "DFN"), body.get("thermal", "isothermal")
        for name, value, known in (("model", model, MODELS), ("thermal", thermal, THERMAL)):
            if value not in known:
                raise RefusedError(400, f"{name} = {value!r}: must be one of {', '.join(known)}")
        return simulation_report(_protocol(body.get("protocol")), model, thermal)
    raise RefusedError(400, f"kind = {kind!r}: must be 'cell' or 'simulation'")


def _protocol(value: Any) -> list[str]:
    allowed = f"1 to {MOST_STEPS} sentences such as 'Discharge at 1C until cut-off'"
    if not isinstance(value, list) or not all(isinstance(step, str) for step in value):
        raise RefusedError(400, f"protocol: must be a list of {allowed}")
    steps = [step.strip() for step in value if step.strip()]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise RefusedError(400, f"protocol: has {len(steps)} steps; give {allowed}")
    for step in steps:
        if len(step) > LONGEST_SENTENCE or "\0" in step or step.endswith(".json"):
            raise RefusedError(400, f"protocol: {step[:60]!r} is not a sentence; give {allowed}")
    return steps


def _rates(value: Any) -> list[float]:
    allowed = f"1 to {MOST_RATES} C-rates from {SLOWEST:g} to {FASTEST:g}"
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_RATES:
        raise RefusedError(400, f"rates: must be a list of {allowed}")
    for rate in value:
        number = isinstance(rate, int | float) and not isinstance(rate, bool)
        if not number or not math.isfinite(rate) or not SLOWEST <= rate <= FASTEST:
            raise RefusedError(400, f"rates: {rate!r} is not allowed; give {allowed}")
    return sorted({float(rate) for rate in value})


def routes() -> list[tuple[str, type[JoulebookHandler]]]:
    """List the routes of this extension.

    Returns
    -------
    list of (str, type)
        Pattern below the server's base URL, and handler.
    """
    return [
        ("/joulebook/workspace", WorkspaceHandler),
        ("/joulebook/starters", StartersHandler),
        ("/joulebook/reports", ReportsHandler),
        ("/joulebook/reports/([0-9a-f]{12})", ReportHandler),
    ]
