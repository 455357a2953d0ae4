"""Jobs in the store and at the routes: what users and workers do, plans, pages, logs, schedules, on both databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from joulebook_hub.draining import drain
from joulebook_hub.errors import HubError
from joulebook_hub.jobs import routes, rules, tables
from joulebook_hub.jobs.book import MOST_WAITING
from joulebook_hub.jobs.files import JobFiles
from joulebook_hub.jobs.orders import ORDER, REPORTS, work_of
from joulebook_hub.jobs.questions import JobBody, JobPath, JobsQuery, LogQuery, Reason, ScheduleBody
from joulebook_hub.jobs.records import Ending
from joulebook_hub.jobs.roster import LOG_KEPT, Roster, Sign
from joulebook_hub.plans import Plans
from joulebook_hub.service.routes import Context, Parts, Person
from joulebook_hub.store import Store
from joulebook_hub.workspaces import Workspaces

CELL = {"kind": "report", "report": "cell", "file": "my.cell.json"}
STUDY = {"kind": "notebook", "file": "study.ipynb"}


class Hub:
    """The feature as the service opens it."""

    def __init__(self, url, home, default="enterprise"):
        self.passed = 0.0
        self.store = Store(url, wall=lambda: 1_767_268_800.0, passing=lambda: self.passed)
        self.plans = Plans.read(default=default)
        self.room = routes.FEATURE.open(
            Parts(self.store, self.plans, {"JOULEBOOK_HOME": str(home), "JOULEBOOK_JOBS": "on"})
        )
        self.roster = Roster(self.store)

    def of(self, name="ada", *groups):
        return Context(self.store, self.plans, Person(name, groups), {"jobs": self.room})

    def submit(self, name="ada", *groups, order=CELL, **further):
        self.passed += 0.01
        return routes.submit(self.of(name, *groups), JobBody(order=order, **further)).content

    def finish(self, row, how="done", error="", **results):
        return self.roster.finish(row.worker, Sign(row.key, row.attempt), Ending(how, error), results)


@pytest.fixture
def hub(store_url, tmp_path):
    hub = Hub(store_url, tmp_path)
    yield hub
    hub.store.close()


@pytest.fixture
def poor(tmp_path):
    hub = Hub(f"sqlite:///{tmp_path}/ledger.sqlite", tmp_path, "explorer")
    yield hub
    hub.store.close()


def test_a_job_goes_its_way(hub):
    made = hub.submit(title="Weekly cell")
    assert (made.state, made.place, made.title) == ("queued", 1, "Weekly cell")
    row = hub.roster.claim("w")
    progress = {"stage": "Report", "label": "cell 2", "done": 2.0, "total": 5.0}
    sign = Sign(row.key, row.attempt, progress, 0, b"first line\nsecond")
    assert hub.roster.show_life("w", [sign]) == {(row.key, 1): "go on"}
    seen = routes.one(hub.of(), JobPath(key=row.key))
    assert (seen.state, seen.done, seen.total, seen.label) == ("running", 2.0, 5.0, "cell 2")
    piece = routes.log(hub.of(), JobPath(key=row.key), LogQuery())
    assert (piece.text, piece.end, piece.ended) == ("first line\n", 11, False)
    last = Sign(row.key, row.attempt, None, 17, b" line")
    files = [{"path": "jobs/x/a.pdf", "size": 7}]
    assert hub.roster.finish("w", last, Ending("done"), {"folder": "jobs/x", "files": files})
    assert not hub.roster.finish("w", last, Ending("failed"), {}), "an attempt is heard once"
    seen = routes.one(hub.of(), JobPath(key=row.key))
    assert (seen.state, seen.folder, seen.files[0].path) == ("done", "jobs/x", "jobs/x/a.pdf")
    piece = routes.log(hub.of(), JobPath(key=row.key), LogQuery(offset=11))
    assert (piece.text, piece.end) == ("second line", 22)
    assert routes.log(hub.of(), JobPath(key=row.key), LogQuery(offset=22)).ended


def test_a_log_keeps_its_end(hub):
    hub.submit()
    row, piece = hub.roster.claim("w"), b"x" * 99_999 + b"\n"
    for number in range(15):
        hub.roster.show_life("w", [Sign(row.key, 1, None, number * len(piece), piece)])
    with hub.store.read() as transaction:
        kept = sum(size for (size,) in transaction.execute(tables.logs.select().with_only_columns(tables.logs.c.size)))
    assert LOG_KEPT - len(piece) < kept <= LOG_KEPT + len(piece)
    found = hub.room.book.log("ada", row.key, offset=0, most=250_000)
    assert found.begin == 15 * len(piece) - kept and found.end - found.begin == 250_000
    assert hub.roster.log_end(row.number, 1) == 15 * len(piece)


def test_jobs_are_their_owners(hub):
    key = JobPath(key=hub.submit().key)
    for function, more in ((routes.one, {}), (routes.cancel, {}), (routes.remove, {}), (routes.retry, {})):
        with pytest.raises(HubError, match="no such job"):
            function(hub.of("bob"), path=key, **more)
    with pytest.raises(HubError, match="no such job"):
        routes.log(hub.of("bob"), key, LogQuery())
    assert routes.listed(hub.of("bob"), JobsQuery()).jobs == []


def test_an_administrator_cancels_for_a_reason(hub):
    made = hub.submit()
    assert len(routes.all_jobs(hub.of("root"), JobsQuery()).jobs) == 1
    cancelled = routes.cancel_any(hub.of("root"), JobPath(key=made.key), Reason(reason="runs wild"))
    assert cancelled.state == "cancelled"
    with hub.store.read() as transaction:
        line = transaction.audit()[0]
    assert (line.actor, line.subject, line.reason) == ("root", "ada", "runs wild") and made.key in line.action


def test_pages_are_newest_first(hub):
    keys = [hub.submit().key for _ in range(5)]
    first = routes.listed(hub.of(), JobsQuery(most=2))
    second = routes.listed(hub.of(), JobsQuery(most=2, after=first.next))
    assert [job.key for job in (*first.jobs, *second.jobs)] == keys[:0:-1]
    hub.finish(hub.roster.claim("w"))
    assert [job.key for job in routes.listed(hub.of(), JobsQuery(state="ended")).jobs] == keys[:1]
    assert len(routes.listed(hub.of(), JobsQuery(state="active")).jobs) == 4


def test_retry_delete_and_when_not(hub):
    made = hub.submit()
    path = JobPath(key=made.key)
    with pytest.raises(HubError, match="Cancel it first"):
        routes.remove(hub.of(), path)
    with pytest.raises(HubError, match="is queued"):
        routes.retry(hub.of(), path)
    row = hub.roster.claim("w")
    hub.finish(row, "failed", "no convergence")
    assert routes.one(hub.of(), path).error == "no convergence"
    assert routes.retry(hub.of(), path).state == "queued"
    assert hub.roster.claim("w").attempt == 2 and not hub.finish(row, "done"), "the first attempt is heard no more"
    with pytest.raises(HubError, match="already"):
        hub.room.book.cancel("ada", made.key)
        hub.finish(hub.room.book.get("", made.key), "cancelled")
        routes.cancel(hub.of(), path)
    routes.remove(hub.of(), path)
    assert routes.listed(hub.of(), JobsQuery()).jobs == []


def test_a_cancelled_attempt_hears_it_with_its_next_beat(hub):
    hub.submit()
    row = hub.roster.claim("w")
    assert hub.room.book.cancel("ada", row.key).state == "cancelling"
    assert hub.roster.show_life("w", [Sign(row.key, 1)]) == {(row.key, 1): "stop"}
    assert hub.roster.show_life("other", [Sign(row.key, 1)]) == {(row.key, 1): "gone"}
    assert hub.finish(row, "cancelled") and hub.room.book.get("ada", row.key).state == "cancelled"


def test_silent_workers_lose_their_jobs_by_the_watch(hub):
    hub.submit()
    row, watch = hub.roster.claim("w"), rules.Watch()
    assert hub.roster.lapse(watch, 0.0) == [] and hub.roster.lapse(watch, rules.LEASE) == []
    hub.passed += 1e6  # no matter what the store's clock says
    assert hub.roster.lapse(watch, rules.LEASE + 1) == []
    assert hub.roster.lapse(watch, rules.LEASE + rules.MARGIN + 1) == [row.key]
    assert hub.roster.claim("v").attempt == 2 and not hub.finish(row)


def test_weights_come_from_plans(hub):
    poor = hub.submit("bob", "plan-explorer", order=STUDY)
    rich = hub.submit("eve", "plan-team", order=STUDY)
    assert routes.one(hub.of("bob"), JobPath(key=poor.key)).place == 2
    assert hub.roster.claim("w").key == rich.key


def test_a_hub_that_drains_starts_nothing_and_keeps_what_waits(hub):
    hub.submit()
    drain(hub.store, on=True, actor="root", reason="upgrade")
    assert not hub.roster.waiting() and hub.roster.claim("w") is None
    drain(hub.store, on=False, actor="root", reason="upgrade")
    assert hub.roster.waiting() and hub.roster.claim("w").attempt == 1


def test_two_workers_never_get_the_same_job(store_url, tmp_path):
    hub = Hub(store_url, tmp_path)
    for _ in range(12):
        hub.submit()
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda number: hub.roster.claim(f"w{number}"), range(16)))
    keys = [row.key for row in rows if row is not None]
    assert len(keys) == len(set(keys)) == 12
    hub.store.close()


def test_a_hub_without_a_worker_takes_none(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/ledger.sqlite")
    room = routes.FEATURE.open(Parts(store, Plans.read(), {"JOULEBOOK_HOME": str(tmp_path)}))
    with pytest.raises(HubError, match="runs no jobs") as refused:
        routes.listed(Context(store, Plans.read(), Person("ada"), {"jobs": room}), JobsQuery())
    assert refused.value.status == 404


# -- plans --------------------------------------------------------------------------------------------------------


def test_the_months_jobs_are_counted_once_for_each(poor):
    made = [poor.submit() for _ in range(10)]
    with pytest.raises(HubError, match="10 of 10 hub jobs") as refused:
        poor.submit()
    assert refused.value.status == 402
    routes.cancel(poor.of(), JobPath(key=made[0].key))
    poor.submit()  # one that never began was given back
    row = poor.roster.claim("w")
    poor.finish(row, "failed")
    routes.retry(poor.of(), JobPath(key=row.key))  # counts no second time
    again = poor.roster.claim("w")
    poor.finish(again, "done")
    with pytest.raises(HubError, match="10 of 10"):
        poor.submit()
    poor.passed += 31 * 86400.0
    assert poor.submit().state == "queued"


def test_two_requests_never_both_take_the_last_job(poor):
    for _ in range(8):
        poor.submit()

    def one_more(_number):
        try:
            return poor.submit().key
        except HubError:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert sum(key is not None for key in pool.map(one_more, range(12))) == 2


def test_transient_runs_need_a_plan_that_has_them(poor):
    run = {"kind": "report", "report": "simulation", "file": "my.cell.json", "options": {"protocol": ["Rest for 1 h"]}}
    with pytest.raises(HubError) as refused:
        poor.submit(order=run)
    assert refused.value.status == 402 and "ransient" in refused.value.user_message
    assert poor.submit("eve", "plan-advanced", order=run).state == "queued"


def test_too_many_waiting_jobs_are_refused(hub):
    for _ in range(MOST_WAITING):
        hub.submit()
    with pytest.raises(HubError, match="wait already"):
        hub.submit()


# -- schedules ----------------------------------------------------------------------------------------------------


def schedule(hub, *groups, **changes):
    body = {"order": CELL, "cron": "0 20 * * sun", "zone": "UTC", **changes}
    return routes.make_schedule(hub.of("ada", *groups), ScheduleBody(**body)).content


def test_a_schedule_submits_once_for_each_time(hub):
    made = schedule(hub, title="Sunday")
    assert hub.room.timetable.submit_due() == 0
    hub.passed += made.following - 1_767_268_800.0 + 1
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: hub.room.timetable.submit_due(), range(3))) == 1
    job = routes.listed(hub.of(), JobsQuery()).jobs[0]
    assert (job.schedule, job.title) == (made.key, "Sunday")
    hub.passed += 7 * 86400.0
    assert hub.room.timetable.submit_due() == 0, "the job before it has not ended"
    assert "had not ended" in routes.schedules(hub.of()).schedules[0].said
    hub.finish(hub.roster.claim("w"))
    hub.passed += 21 * 86400.0
    assert hub.room.timetable.submit_due() == 1, "what was missed is made good once"
    assert len(routes.listed(hub.of(), JobsQuery()).jobs) == 2


def test_schedules_are_changed_paused_and_deleted(hub):
    made = schedule(hub)
    path = JobPath(key=made.key)
    body = ScheduleBody(order=STUDY, cron="0 6 * * *", zone="Europe/Berlin", enabled=False)
    changed = routes.change_schedule(hub.of(), path, body)
    assert (changed.enabled, changed.following, changed.order.kind) == (False, None, "notebook")
    with pytest.raises(HubError, match="no such schedule"):
        routes.change_schedule(hub.of("bob"), path, body)
    with pytest.raises(HubError, match="no such schedule"):
        routes.remove_schedule(hub.of("bob"), path)
    routes.remove_schedule(hub.of(), path)
    assert routes.schedules(hub.of()).schedules == []
    with pytest.raises(HubError, match="15 minutes"):
        schedule(hub, cron="* * * * *")


def test_a_scheduled_run_that_the_plan_refuses_is_told(poor, monkeypatch):
    made = schedule(poor, notice={"webhook": "https://hooks.example.org/x"})
    for _ in range(10):
        poor.submit()
    poor.passed += made.following - 1_767_268_800.0 + 1
    assert poor.room.timetable.submit_due() == 0
    assert "10 of 10 hub jobs" in routes.schedules(poor.of()).schedules[0].said
    with poor.store.read() as transaction:
        content = json.loads(transaction.execute(tables.notices.select()).one().content)
    assert content["event"] == "schedule.refused" and "10 of 10" in content["error"]


# -- orders and files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order",
    [
        {**CELL, "file": "../other/my.cell.json"},
        {**CELL, "file": "/etc/passwd"},
        {**CELL, "file": ".secret/my.cell.json"},
        {**CELL, "file": "a\nb.cell.json"},
        {**CELL, "options": {"output": "/tmp/x"}},
        {**CELL, "options": {"html": "x"}},
        {**CELL, "options": {"rates": 5}},
        {**CELL, "options": {"rates": "x" * 500}},
        {**CELL, "report": "other"},
        {**CELL, "limit": 0},
        {**CELL, "limit": 1e9},
        {**STUDY, "file": "study.py"},
        {**STUDY, "parameters": {"not a name": 1}},
        {**STUDY, "parameters": {"a": float("nan")}},
        {"kind": "sweep", "file": "s.py", "parameters": {"a": 1}},
        {"kind": "sweep", "file": "s.ipynb", "arguments": ["1"]},
        {"kind": "report", "report": "simulation", "file": "a", "options": {"protocol": ["/etc/x.json"]}},
        {"kind": "shell", "file": "x"},
    ],
)
def test_bad_orders_are_refused(order):
    with pytest.raises(ValidationError):
        JobBody(order=order)


@settings(max_examples=150, deadline=None)
@given(
    file=st.text(max_size=40), rates=st.text(max_size=40), parameters=st.dictionaries(st.text(max_size=5), st.text())
)
def test_whatever_is_typed_stays_an_argument_of_its_own(tmp_path_factory, file, rates, parameters):
    for order in (
        {**CELL, "file": file, "options": {"rates": rates}},
        {**STUDY, "file": file + ".ipynb", "parameters": parameters},
    ):
        try:
            found = ORDER.validate_python(order)
        except ValidationError:
            continue
        work = work_of(found, tmp_path_factory.getbasetemp() / "home" / found.file, tmp_path_factory.getbasetemp())
        assert work.command[-2] == "--" and work.command[-1].endswith(found.file)
        assert all(word.startswith("--") for word in work.command[5:-2])


def test_report_options_are_those_of_the_shell():
    from joulebook.core.commands import make_parser

    for report, options in REPORTS.items():
        values = {name: _value(report, name) for name in options}
        order = ORDER.validate_python({**CELL, "report": report, "options": values})
        work = work_of(order, Path("/w/my.cell.json"), Path("/w/results"))
        args = make_parser("report").parse_args(work.command[3:])
        for name in options:
            assert getattr(args, name.replace("-", "_"))


def _value(report, name):
    choices = {
        "model": "DFN", "thermal": "lumped", "accuracy": "fast", "peak-method": "B", "tolerance": 6, "start": "flat"
    }  # fmt: skip
    kinds = {"text": "x", "number": 2, "switch": True, "list": ["Rest for 1 hour", "Discharge at 1C until 2.5 V"]}
    return choices.get(name, kinds[REPORTS[report][name]])


def test_files_stay_in_the_workspace(tmp_path):
    workspaces = Workspaces(tmp_path / "workspaces")
    home = workspaces.prepare("ada", ["cryo"])
    files = JobFiles(workspaces, "ada")
    (home / "my.cell.json").write_text("{}")
    (home / "projects" / "cryo" / "shared.cell.json").write_text("{}")
    (tmp_path / "secret.cell.json").write_text("{}")
    other = workspaces.prepare("bob", [])
    (other / "private.cell.json").write_text("{}")
    (home / "link.cell.json").symlink_to(tmp_path / "secret.cell.json")
    (home / "bobs").symlink_to(other)
    (home / "projects" / "bob").symlink_to(other)
    (home / "folder.cell.json").mkdir()
    assert files.find("my.cell.json") == (home / "my.cell.json").resolve()
    assert files.find("projects/cryo/shared.cell.json").is_file()
    for path in ("link.cell.json", "bobs/private.cell.json", "projects/bob/private.cell.json"):
        with pytest.raises(HubError, match="leads out"):
            files.find(path)
    for path in ("none.cell.json", "folder.cell.json", "my.cell.json/x", "a\0b"):
        with pytest.raises(HubError, match="file"):
            files.find(path)
    made = files.results("LG M50: ../../x", "ab" * 8, 2, 1_767_268_800.0)
    assert made.parent == (home / "jobs").resolve() and made.name == "2026-01-01-lg-m50-x-ababab-2"
    (made / "a.pdf").write_text("x")
    (made / ".hidden").write_text("x")
    (made / "b.pdf").symlink_to(tmp_path / "secret.cell.json")
    assert [(found.path, found.size) for found in files.listed(made)] == [(f"jobs/{made.name}/a.pdf", 1)]
    (other / "jobs").symlink_to(tmp_path)
    with pytest.raises(HubError, match="leads elsewhere"):
        JobFiles(workspaces, "bob").results("x", "cd" * 8, 1, 0.0)
