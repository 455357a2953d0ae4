import asyncio
import os

import pytest

from joulebook_lab.reports import BusyError, ReportJob, ReportJobs, design_report, simulation_report

DEADLINE = 30
DESIGN = design_report([0.5, 1.0])


async def until(condition, job: ReportJob):
    async with asyncio.timeout(DEADLINE):
        while not condition(job):
            await asyncio.sleep(0.01)


def running(job):
    return job.total == 8


async def finish(jobs, cell, order=DESIGN):
    job = jobs.start(cell, order)
    async with asyncio.timeout(DEADLINE):
        await job.task
    return job


def test_a_good_report_ends_done_with_its_files(workspace, write_cell, report_command):
    async def body():
        job = await finish(ReportJobs(workspace, report_command), write_cell("packs/good.cell.json"))
        assert (job.state, job.done, job.total, job.label) == ("done", 3, 8, "Discharge curves")
        assert (job.pdf, job.html) == ("packs/good.report.pdf", "packs/good.report.html")
        assert (workspace / job.pdf).is_file() and job.ended >= job.started

    asyncio.run(body())


def test_the_report_of_a_study_has_files_of_its_own_and_runs_beside_that_of_the_design(
    workspace, write_cell, report_command
):
    async def body():
        jobs, cell = ReportJobs(workspace, report_command), write_cell("good.cell.json")
        orders = (DESIGN, simulation_report(["Rest for 1 hour", "Discharge at 1C until cut-off"], "SPMe", "lumped"))
        design, study = [jobs.start(cell, order) for order in orders]
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(design.task, study.task)
        assert (design.pdf, study.pdf) == ("good.report.pdf", "good.simulation.report.pdf")
        assert (study.state, study.label, study.to_dict()["kind"]) == ("done", "Rest for 1 hour", "simulation")

    asyncio.run(body())


@pytest.mark.parametrize(
    ("name", "message"),
    [("bad", "negative.porosity = -0.2: must be more than 0"), ("crash", "MemoryError: no room")],
)
def test_a_failing_report_hands_on_its_reason(workspace, write_cell, report_command, name, message):
    async def body():
        job = await finish(ReportJobs(workspace, report_command), write_cell(f"{name}.cell.json"))
        assert (job.state, job.error, job.pdf) == ("failed", message, None)

    asyncio.run(body())


def test_much_output_neither_blocks_nor_fills_memory(workspace, write_cell, report_command):
    async def body():
        job = await finish(ReportJobs(workspace, report_command), write_cell("chatty.cell.json"))
        assert job.state == "done"
        assert len(job.log) <= 200 and len(job.to_dict()["log"]) == 20

    asyncio.run(body())


@pytest.mark.parametrize("name", ["patient", "stubborn"])
def test_cancel_ends_the_process_group(workspace, write_cell, report_command, name):
    async def body():
        jobs = ReportJobs(workspace, report_command, grace=0.5)
        job = jobs.start(write_cell(f"{name}.cell.json"), DESIGN)
        await until(running, job)
        group = job.process.pid
        async with asyncio.timeout(DEADLINE):
            await jobs.cancel(job)
        assert job.state == "cancelled" and job.finished
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)
        await jobs.cancel(job)
        assert job.state == "cancelled"

    asyncio.run(body())


def test_a_report_that_was_done_before_it_could_be_cancelled_is_done(workspace, write_cell, report_command):
    async def body():
        jobs = ReportJobs(workspace, report_command)
        job = jobs.start(write_cell("late.cell.json"), DESIGN)
        await until(running, job)
        async with asyncio.timeout(DEADLINE):
            await jobs.cancel(job)
        assert (job.state, job.pdf) == ("done", "late.report.pdf")

    asyncio.run(body())


def test_two_run_and_the_next_waits_and_can_be_cancelled(workspace, write_cell, report_command):
    async def body():
        jobs = ReportJobs(workspace, report_command, grace=0.5)
        started = [jobs.start(write_cell(f"patient.{n}.cell.json"), DESIGN) for n in range(3)]
        for job in started[:2]:
            await until(running, job)
        assert started[2].state == "waiting"
        with pytest.raises(BusyError, match=r"patient\.2\.cell\.json is being made"):
            jobs.start(workspace / "patient.2.cell.json", DESIGN)
        await jobs.cancel(started[2])
        await jobs.stop_all()
        assert [job.state for job in started] == ["cancelled"] * 3
        assert [job.id for job in jobs.all()] == [job.id for job in reversed(started)]

    asyncio.run(body())


def test_the_waiting_line_is_bounded(workspace, write_cell, report_command):
    async def body():
        jobs = ReportJobs(workspace, report_command, grace=0.1)
        for number in range(8):
            jobs.start(write_cell(f"patient.{number}.cell.json"), DESIGN)
        with pytest.raises(BusyError, match="8 reports are waiting: at most 8"):
            jobs.start(write_cell("patient.9.cell.json"), DESIGN)
        await jobs.stop_all()
        assert all(job.finished for job in jobs.all())

    asyncio.run(body())


def test_a_command_that_does_not_exist_fails_with_a_reason(workspace, write_cell):
    async def body():
        job = await finish(ReportJobs(workspace, ("no-such-program",)), write_cell("good.cell.json"))
        assert job.state == "failed" and "could not be started" in job.error

    asyncio.run(body())
