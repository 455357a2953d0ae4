"""Quota in the store: overrides, units, homes, meters, history, estimates; on both databases."""

from __future__ import annotations

import math
import threading

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError

from joulebook_hub.errors import HubError
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import Card, Terms, Wish
from joulebook_hub.lending.tables import usage
from joulebook_hub.plans import Plans
from joulebook_hub.quota import (
    Grant,
    NotAllowed,
    entitlement,
    give_back_unit,
    groups_of,
    people,
    remember_groups,
    take_unit,
    units_used,
)
from joulebook_hub.quota.gates import Gates
from joulebook_hub.quota.homes import home_of, measure_all, storage_decision
from joulebook_hub.quota.meters import estimate, history, history_as_csv, meters
from joulebook_hub.quota.overrides import add_override, in_force
from joulebook_hub.quota.overrides import history as all_overrides
from joulebook_hub.quota.tables import homes, overrides, units
from joulebook_hub.store import Store, engines

PLANS = Plans.read(default="explorer")
DAY = 86400.0
NOON = 1_767_268_800.0  # 2026-01-01 12:00 UTC


class Clocked:
    """A store whose time is set by hand."""

    def __init__(self, url):
        self.passed = 0.0
        self.store = Store(url, wall=lambda: NOON, passing=lambda: self.passed)


@pytest.fixture
def clocked(store_url):
    made = Clocked(store_url)
    yield made
    made.store.close()


@pytest.fixture
def store(clocked):
    return clocked.store


def give(store, subject, row, value, *, kind="person", until=None, reason="course"):
    with store.begin() as transaction:
        return add_override(
            *(transaction, PLANS), actor="root", kind=kind, subject=subject, row=row, value=value,
            until=until, reason=reason,
        )  # fmt: skip


def allowed(store, user="ada", groups=()):
    with store.read() as transaction:
        return entitlement(transaction, PLANS, user, groups)


def start_job(transaction, user, job, project=""):
    return take_unit(transaction, entitlement(transaction, PLANS, user, ()), "jobs", job, project=project)


def test_overrides_have_a_history_an_end_and_audit_lines(clocked, store):
    give(store, "ada", "gpu_hours", 5)
    give(store, "cryo", "plan", "team", kind="group", until=NOON + DAY)
    give(store, "ada", "gpu_hours", 7.5, until=NOON + 2 * DAY)
    assert allowed(store).amount("gpu_hours") == 7.5 and allowed(store, "bob", ["cryo"]).plan.name == "team"
    clocked.passed = 1.5 * DAY
    assert allowed(store, "bob", ["cryo"]).plan.name == "explorer"
    give(store, "ada", "gpu_hours", None)
    assert allowed(store).amount("gpu_hours") == 0
    with store.read() as transaction:
        assert in_force(transaction) == []
        assert [line.value for line in all_overrides(transaction)] == [5, "team", 7.5, None]
        assert [line.value for line in all_overrides(transaction, after=2, most=1)] == [7.5]
        told = [(line.actor, line.action, line.subject) for line in transaction.audit()]
    assert told[::-1] == [
        ("root", "gpu_hours = 5", "ada"),
        ("root", "plan = team to the end of 2026-01-02", "group cryo"),
        ("root", "gpu_hours = 7.5 to the end of 2026-01-03", "ada"),
        ("root", "gpu_hours as in the plan", "ada"),
    ]
    for statement in (overrides.update().values(at=0.0), overrides.delete()):
        with pytest.raises(DatabaseError, match="only be added to"), store.begin() as transaction:
            transaction.execute(statement)


@pytest.mark.parametrize(
    "fault",
    [{"value": "x"}, {"row": "discs"}, {"until": NOON - 1}, {"reason": " a "}, {"reason": "x" * 301}, {"subject": ""}],
)
def test_faulty_overrides_change_nothing(store, fault):
    with pytest.raises(HubError):
        give(store, **{"subject": "ada", "row": "gpu_hours", "value": 3} | fault)
    with store.read() as transaction:
        assert all_overrides(transaction) == [] and transaction.audit() == []


def test_units_are_taken_once_given_back_and_counted_by_the_month(clocked, store):
    with store.begin() as transaction:
        ada = entitlement(transaction, PLANS, "ada", ())
        assert [take_unit(transaction, ada, "projects", key).allowed for key in ("p", "p", "q", "r")] == [
            *(True, True, True, False),
        ]
        give_back_unit(transaction, "projects", "p")
        give_back_unit(transaction, "projects", "p")
        assert take_unit(transaction, ada, "projects", "r").allowed and units_used(transaction, "ada", "projects") == 2
        for number in range(10):
            assert start_job(transaction, "ada", f"job {number}").allowed
        assert start_job(transaction, "ada", "job 3").allowed, "the same job"
        refused = start_job(transaction, "ada", "job 10")
        assert not refused.allowed and refused.message.startswith("10 of 10 hub jobs of this month are used")
        assert start_job(transaction, "bob", "job 11").allowed
    clocked.passed = 31 * DAY
    with store.begin() as transaction:
        assert start_job(transaction, "ada", "job 12").allowed, "a new month"
        assert not take_unit(transaction, ada, "projects", "s").allowed, "projects stay"


def test_a_project_can_change_hands(store):
    with store.begin() as transaction:
        ada, bob = (entitlement(transaction, PLANS, name, ()) for name in ("ada", "bob"))
        assert (
            take_unit(transaction, ada, "projects", "p").allowed
            and take_unit(transaction, bob, "projects", "p").allowed
        )
        assert units_used(transaction, "ada", "projects") == 0 and units_used(transaction, "bob", "projects") == 1


def test_requests_at_the_same_time_never_take_more_than_there_is(store_url):
    """Eight stores, as of eight processes, ask for the last units at once; exactly as many as there are get one."""
    barrier, won = threading.Barrier(8), []

    def ask(number):
        store = Store(store_url)
        store.clock()
        barrier.wait()
        for attempt in range(3):
            with store.begin() as transaction:
                if start_job(transaction, "ada", f"job {number} {attempt}").allowed:
                    won.append(number)
        store.close()

    first = Store(store_url)
    first.clock()
    first.close()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 10


def test_a_full_disk_says_so(store):
    with store.begin() as transaction:
        values = {"at": NOON, "size": 2.1e9, "files": 3, "complete": True, "largest": '[["a.nc", 2000000000]]'}
        transaction.execute(insert(homes).values(folder="ada", **values))
        full = storage_decision(transaction, entitlement(transaction, PLANS, "ada", ()))
        assert full.row == "storage" and "2.1 of 2 GB of storage" in full.message and "largest" in full.message
        assert storage_decision(transaction, entitlement(transaction, PLANS, "ada", ["plan-academic"])).allowed


def test_homes_are_measured_and_forgotten(store, tmp_path):
    for name in ("ada", "bob"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").write_bytes(b"x" * 3_000_000)
    measure_all(store, tmp_path)
    with store.read() as transaction:
        home = home_of(transaction, "ada")
        assert 0.003 <= home.gigabytes < 0.0031 and home.measured.largest[0][0] == "data" and home.at == NOON
        assert storage_decision(transaction, entitlement(transaction, PLANS, "ada", ())).allowed
    (tmp_path / "bob" / "data").unlink()
    (tmp_path / "bob").rmdir()
    measure_all(store, tmp_path)
    measure_all(store, tmp_path / "none")
    with store.read() as transaction:
        assert home_of(transaction, "bob") is None and home_of(transaction, "ada") is not None


def test_a_full_home_that_was_cleared_starts_again_at_once(store, tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "data").write_bytes(b"x" * 3_000_000)
    give(store, "ada", "storage", 0.002)
    measure_all(store, tmp_path)
    gates = Gates(store, PLANS, tmp_path)
    with pytest.raises(NotAllowed, match="GB of storage"):
        gates.start("ada", [], "", set())
    (tmp_path / "ada" / "data").unlink()
    assert gates.start("ada", [], "", set()).user == "ada"


def test_named_servers_by_plan(store):
    gates = Gates(store, PLANS)
    assert gates.start("ada", [], "one", {"ada/one"})
    with pytest.raises(NotAllowed, match="1 of 1 named servers are used"):
        gates.start("ada", [], "two", {"ada/one", "ada/two"})
    assert gates.start("ada", [], "two", {"ada/two"}), "one has ended, though nobody said so"
    assert gates.start("ada", ["plan-academic"], "three", {"ada/two", "ada/three"})
    assert gates.start("ada", [], "", {"ada/two", "ada/three"}), "the default server is none of them"


def test_groups_are_remembered_for_schedules(store):
    with store.begin() as transaction:
        assert groups_of(transaction, "ada") == ()
        remember_groups(transaction, "ada", ["plan-team", "cryo"])
        remember_groups(transaction, "ada", ["plan-team", "cryo"])
        assert entitlement(transaction, PLANS, "ada").plan.name == "team"
        remember_groups(transaction, "ada", [])
        assert entitlement(transaction, PLANS, "ada").plan.name == "explorer"


def test_billing_and_organisations_hand_in_grants(store, monkeypatch):
    def grants(transaction, plans, user, groups):
        return [Grant("team", "organisation", "member of acme", pool="organisation/acme")] if user == "ada" else []

    monkeypatch.setattr(people, "_givers", lambda: (grants,))
    found = allowed(store)
    assert (found.plan.name, found.pool, found.pooled) == ("team", "organisation/acme", 200.0)
    by_row = [(meter.row, meter.most) for meter in meters(store, found) if meter.row == "gpu_hours"]
    assert by_row == [("gpu_hours", 200.0), ("gpu_hours", math.inf)]
    assert allowed(store, "bob").plan.name == "explorer"


def lend(clocked, kernel, seconds, project="", allowed=10 * 3600.0):
    ledger, terms = Ledger(clocked.store), Terms("academic", 1, allowed)
    with ledger.desk((Card("GPU-a"),)) as (desk, now):
        assert desk.acquire("ada", kernel, terms, now, Wish(project=project)).card
    for _ in range(int(seconds / 30)):
        clocked.passed += 30
        with ledger.desk((Card("GPU-a"),)) as (desk, now):
            desk.renew("ada", kernel, terms, now)
    with ledger.desk((Card("GPU-a"),)) as (desk, now):
        desk.release("ada", kernel, terms, now)


def test_meters_history_and_estimate(clocked, store):
    with store.read() as transaction:
        assert estimate(transaction, "ada").gpu_hours is None and history(transaction, "ada") == []
    for minutes, project in ((6, "tutorials"), (8, "tutorials"), (60, "=cmd"), (4, "tutorials")):
        lend(clocked, f"k{minutes}", 60 * minutes, project)
    with store.begin() as transaction:
        start_job(transaction, "ada", "j", project="tutorials")
    found = {meter.row: meter for meter in meters(store, allowed(store, groups=["plan-academic"]))}
    assert found["gpu_hours"].used == pytest.approx(78 / 60) and found["gpu_hours"].most == 10
    assert found["gpu_hours"].colour == "green" and found["storage"].note == "Not measured yet."
    with store.read() as transaction:
        lines = history(transaction, "ada")
        assert [(line.project, round(line.gpu_seconds), line.jobs) for line in lines] == [
            ("=cmd", 3600, 0),
            ("tutorials", 1080, 1),
        ]
        assert history(transaction, "ada", since="2026-01-02") == []
        cost, anywhere = estimate(transaction, "ada", "tutorials"), estimate(transaction, "ada", "unknown")
    assert (cost.gpu_hours, cost.cases, cost.sentence) == (pytest.approx(0.1), 3, "about 0.1 GPU-hours")
    assert anywhere.cases == 4 and anywhere.project == "" and anywhere.low <= anywhere.gpu_hours <= anywhere.high
    table = history_as_csv(lines).splitlines()
    assert table[0] == "day,project,gpu_time_s,grace_s,metered_s,jobs" and table[1].startswith(
        "2026-01-01,'=cmd,3600.0"
    )


def test_allowances_of_the_first_tables_become_overrides(tmp_path):
    from alembic import command
    from alembic.config import Config

    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    engine = engines.open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(engines._MIGRATIONS))
    with engines.deciding(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(text("INSERT INTO audit VALUES (4, 9.0, 'root', '3 GPU-hours', 'ada', 'course')"))
        connection.execute(text("INSERT INTO allowances VALUES ('ada', 3.5, NULL, 4)"))
        values = "(1, 0, 'ada', 'k', 'GPU-a', 'academic', '2026-01-01', 9.0, 60.0, 'given back')"
        connection.execute(
            text(
                f'INSERT INTO usage (loan, part, "user", kernel, card, plan, day, at, seconds, reason) VALUES {values}'
            )
        )
    engine.dispose()
    store = Store(url)
    assert allowed(store).amount("gpu_hours") == 3.5
    with store.read() as transaction:
        assert transaction.execute(usage.select()).one().grace == 0.0
        assert transaction.execute(units.select()).first() is None
    store.close()
