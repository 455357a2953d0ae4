"""The client's methods for jobs and schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from joulebook_hub.client.core import Connection
from joulebook_hub.jobs.questions import (
    JobAnswer,
    JobBody,
    JobPath,
    Jobs,
    Log,
    NoticeSettings,
    Reason,
    ScheduleAnswer,
    ScheduleBody,
    Schedules,
)

__all__ = ["JobMethods"]


class JobMethods(Connection):
    """One's own jobs and schedules; for administrators, everybody's jobs."""

    def submit(self, order: dict[str, Any], **wish: Any) -> JobAnswer:
        """Submit a job.

        Parameters
        ----------
        order : dict
            ``{"kind": "report", "report": "cell", "file": …}``, ``{"kind": "notebook", "file": …, "parameters": …}`` or
            ``{"kind": "sweep", "file": …}``, see `joulebook_hub.jobs.orders`.
        **wish : object
            ``title``, ``attempts`` and ``notice``, see `JobBody`.

        Returns
        -------
        JobAnswer
            The job; `NotAllowedError` where the plan allows none.
        """
        body = JobBody.model_validate({"order": order, **wish})
        return self.ask("POST", "jobs", {201: JobAnswer}, body=body)

    def jobs(self, state: Literal["all", "active", "ended"] = "all") -> Iterator[JobAnswer]:
        """List one's jobs, newest first, page by page.

        Parameters
        ----------
        state : str
            ``"all"``, ``"active"`` or ``"ended"``.

        Yields
        ------
        JobAnswer
            A job.
        """
        yield from self._jobs("jobs", state)

    def everybodys_jobs(self, state: Literal["all", "active", "ended"] = "all") -> Iterator[JobAnswer]:
        """List everybody's jobs, newest first; for administrators.

        Parameters
        ----------
        state : str
            ``"all"``, ``"active"`` or ``"ended"``.

        Yields
        ------
        JobAnswer
            A job.
        """
        yield from self._jobs("admin/jobs", state)

    def _jobs(self, path: str, state: str) -> Iterator[JobAnswer]:
        after: int | None = 0
        while after is not None:
            page = self.ask("GET", path, {200: Jobs}, query={"after": after, "state": state})
            yield from page.jobs
            after = page.next

    def job(self, key: str) -> JobAnswer:
        """Look at a job.

        Parameters
        ----------
        key : str
            Its identity.

        Returns
        -------
        JobAnswer
            The job.
        """
        return self.ask("GET", f"jobs/{_key(key)}", {200: JobAnswer})

    def job_log(self, key: str, offset: int = 0, attempt: int = 0) -> Log:
        """Read on in a job's log.

        Parameters
        ----------
        key : str
            Its identity.
        offset : int
            Which byte is wanted next: the ``end`` of the piece before.
        attempt : int
            Which attempt; 0 for the newest.

        Returns
        -------
        Log
            The piece.
        """
        return self.ask("GET", f"jobs/{_key(key)}/log", {200: Log}, query={"offset": offset, "attempt": attempt})

    def cancel_job(self, key: str) -> JobAnswer:
        """Cancel a job.

        Parameters
        ----------
        key : str
            Its identity.

        Returns
        -------
        JobAnswer
            The job; `RefusedError` with the status 409 where it has ended.
        """
        return self.ask("POST", f"jobs/{_key(key)}/cancel", {200: JobAnswer})

    def retry_job(self, key: str) -> JobAnswer:
        """Queue a job again that failed or was cancelled.

        Parameters
        ----------
        key : str
            Its identity.

        Returns
        -------
        JobAnswer
            The job; `RefusedError` with the status 409 where it waits, runs or is done.
        """
        return self.ask("POST", f"jobs/{_key(key)}/retry", {200: JobAnswer})

    def forget_job(self, key: str) -> None:
        """Forget a job that has ended; its files stay.

        Parameters
        ----------
        key : str
            Its identity.
        """
        self.tell("DELETE", f"jobs/{_key(key)}")

    def cancel_anybodys_job(self, key: str, reason: str) -> JobAnswer:
        """Cancel somebody's job; for administrators.

        Parameters
        ----------
        key : str
            Its identity.
        reason : str
            Why, for the audit log.

        Returns
        -------
        JobAnswer
            The job.
        """
        return self.ask("POST", f"admin/jobs/{_key(key)}/cancel", {200: JobAnswer}, body=Reason(reason=reason))

    def schedules(self) -> list[ScheduleAnswer]:
        """List one's schedules.

        Returns
        -------
        list of ScheduleAnswer
            Oldest first.
        """
        return self.ask("GET", "schedules", {200: Schedules}).schedules

    def schedule(self, order: dict[str, Any], cron: str, zone: str, **wish: Any) -> ScheduleAnswer:
        """Have a job submitted again and again.

        Parameters
        ----------
        order : dict
            As for `submit`.
        cron : str
            Minute, hour, day, month, weekday: ``"0 20 * * sun"`` is Sundays at 20:00.
        zone : str
            IANA name of the time zone.
        **wish : object
            ``title``, ``attempts``, ``notice`` and ``enabled``.

        Returns
        -------
        ScheduleAnswer
            The schedule.
        """
        body = ScheduleBody.model_validate({"order": order, "cron": cron, "zone": zone, **wish})
        return self.ask("POST", "schedules", {201: ScheduleAnswer}, body=body)

    def change_schedule(self, key: str, order: dict[str, Any], cron: str, zone: str, **wish: Any) -> ScheduleAnswer:
        """Change a schedule; what is left out gets its default.

        Parameters
        ----------
        key : str
            Its identity.
        order, cron, zone : dict, str and str
            As for `schedule`.
        **wish : object
            As for `schedule`.

        Returns
        -------
        ScheduleAnswer
            The schedule.
        """
        body = ScheduleBody.model_validate({"order": order, "cron": cron, "zone": zone, **wish})
        return self.ask("PUT", f"schedules/{_key(key)}", {200: ScheduleAnswer}, body=body)

    def remove_schedule(self, key: str) -> None:
        """Delete a schedule.

        Parameters
        ----------
        key : str
            Its identity.
        """
        self.tell("DELETE", f"schedules/{_key(key)}")

    def notice_settings(self) -> NoticeSettings:
        """Look at which notices the hub sends, and the key that signs one's webhooks.

        Returns
        -------
        NoticeSettings
            The settings.
        """
        return self.ask("GET", "job-settings", {200: NoticeSettings})


def _key(key: str) -> str:
    return JobPath(key=key).key
