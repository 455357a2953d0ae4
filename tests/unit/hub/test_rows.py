"""Every row of the plans' file: where it is enforced, and a test that fails without that."""

from __future__ import annotations

import asyncio
import json
import math
import os
from types import SimpleNamespace

import pytest
from sqlalchemy import insert
from tornado import web

from joulebook_hub.billing.catalogue import wanted
from joulebook_hub.errors import HubError
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.lending.desk import Desk
from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.records import Card, Queued, Refused, day_of
from joulebook_hub.lending.tables import usage
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.projects import Projects, reach_of
from joulebook_hub.organisations.reading import Given
from joulebook_hub.organisations.roles import Role
from joulebook_hub.organisations.together import Together
from joulebook_hub.plans import LIMITS, Plans
from joulebook_hub.quota import entitlement
from joulebook_hub.quota.decisions import NotAllowed
from joulebook_hub.quota.entitlements import Grant, Override, entitle
from joulebook_hub.quota.gates import COURTESY, Gates
from joulebook_hub.quota.homes import keep_measured
from joulebook_hub.quota.overrides import add_override
from joulebook_hub.quota.storage import Measured
from joulebook_hub.spawners import WorkspaceSpawner
from joulebook_hub.store import Store

PLANS = Plans.read(default="explorer")

ENFORCED = {
    "price": ("billing.catalogue.wanted", "test_price"),
    "overage": ("quota.entitlements.entitle", "test_overage"),
    "gpu_hours": ("lending.desk.Desk.acquire", "test_gpu_hours"),
    "gpu_hours_shared": ("quota.entitlements.entitle", "test_gpu_hours_shared"),
    "seats": ("organisations.rules.Organisation.invite", "test_seats"),
    "projects": ("organisations.projects.Projects.make", "test_projects"),
    "shared_libraries": ("organisations.projects.reach_of", "test_shared_libraries"),
    "co_editing": ("organisations.together.Together.admit", "test_co_editing"),
    "queue_weight": ("lending.desk.Desk.queue", "test_queue_weight"),
    "jobs": ("jobs.gate.Gate.admit", "test_jobs"),
    "transient_runs": ("jobs.gate.Gate.admit", "test_transient_runs"),
    "storage": ("quota.homes.storage_decision", "test_storage"),
    "named_servers": ("quota.units.take_unit", "test_named_servers"),
    "memory": ("quota.gates.Gates.shape", "test_memory_and_cpus"),
    "cpus": ("quota.gates.Gates.shape", "test_memory_and_cpus"),
    "grid_buses": ("quota.gates.courtesy", "test_grid_buses"),
    "board_components": ("quota.gates.courtesy", "test_board_components"),
    "cryostat_components": ("quota.gates.courtesy", "test_cryostat_components"),
    "quench": ("quota.gates.courtesy", "test_quench"),
    "vtk_export": ("quota.gates.courtesy", "test_vtk_export"),
    "api_tokens": ("quota.gates.Gates.tokens", "test_api_tokens"),
}
"""Row, the point that enforces it, and the test below."""


def test_every_row_has_a_point_and_a_test():
    assert set(LIMITS) == set(ENFORCED)
    for row, (point, test) in ENFORCED.items():
        assert test in globals(), f"{row}: no {test}"
        assert _found(point), f"{row}: no {point}"


def _found(point):
    from importlib import import_module

    parts = point.split(".")
    found = import_module(f"joulebook_hub.{parts[0]}.{parts[1]}")
    for part in parts[2:]:
        found = getattr(found, part)
    return found


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/store.sqlite")
    yield store
    store.close()


def set_row(store, user, row, value):
    with store.begin() as transaction:
        add_override(
            *(transaction, PLANS), actor="root", kind="person", subject=user, row=row, value=value, until=None,
            reason="a test",
        )  # fmt: skip


def spawner(user, server="", groups=(), servers=()):
    named = {name: SimpleNamespace(active=True) for name in (*servers, server)}
    person = SimpleNamespace(name=user, groups=[SimpleNamespace(name=name) for name in groups], spawners=named)
    return SimpleNamespace(user=person, name=server, environment={"A": "b"}, mem_limit=None, cpu_limit=None)


def start(store, *arguments, memory=None, cpus=None, **options):
    made = spawner(*arguments, **options)
    asyncio.run(Gates(store, PLANS, memory=memory, cpus=cpus).before_start(made))
    return made


def test_gpu_hours(store):
    lender = Lender(store, PLANS, (Card("GPU-a"),))
    assert lender.acquire("ada", [], "k") == Refused("no_gpu_time", 0.0, 0.0)
    set_row(store, "ada", "gpu_hours", 0.5)
    assert lender.acquire("ada", [], "k").remaining == 1800.0
    assert lender.acquire("bob", ["plan-academic"], "k").position == 1


def organisation(store, plan, *members):
    """An organisation with a plan, founded by olga."""
    book = Book(store, PLANS)
    name = book.found(f"Org {plan}", "olga", many=True).name
    book.give_plan(name, Given("", plan, None, None), source="administrator", actor="root", reason="a test")
    for user in members:
        book.invite(name, "olga", user, Role.MEMBER)
        with store.read() as transaction:
            ((_, asked),) = reading.open_invitations(transaction, user)
        book.answer(name, user, asked.number, "", accept=True)
    return book, name


def test_gpu_hours_shared(store):
    organisation(store, "team", "anna")
    lender = Lender(store, PLANS, (Card("GPU-a"), Card("GPU-b")))
    with store.begin() as transaction:
        loan = {"loan": 1, "part": 0, "kernel": "old", "card": "GPU-a", "plan": "team", "reason": "given back"}
        spent = {"at": transaction.now, "day": day_of(transaction.now), "seconds": 200 * 3600.0 - 90.0}
        transaction.execute(insert(usage).values(**loan, **spent, user="anna", pool="organisation/org-team"))
    assert lender.acquire("olga", [], "k").remaining == pytest.approx(90.0), "what anna left of the 200 hours"
    assert lender.acquire("anna", [], "k").reason == "set_aside", "two cannot both take the last minute"


def test_seats(store):
    book, name = organisation(store, "team", "anna", "bob", "carl", "dora")
    with pytest.raises(HubError) as refused:
        book.invite(name, "olga", "eve", Role.MEMBER)
    assert refused.value.status == 402 and "All 5 seats" in refused.value.user_message
    alone, utility = organisation(store, "utility")
    with pytest.raises(HubError):
        alone.invite(utility, "olga", "eve", Role.MEMBER)


def test_projects(store):
    book = Book(store, PLANS)
    name = book.found("Solo", "ada").name
    for title in ("One", "Two"):
        Projects(book).make(name, "ada", title)
    with pytest.raises(HubError) as refused:
        Projects(book).make(name, "ada", "Three")
    assert refused.value.status == 402 and "2 of 2 projects are used" in refused.value.user_message
    set_row(store, "ada", "projects", 3)
    Projects(book).make(name, "ada", "Three")


def test_shared_libraries(store):
    book = Book(store, PLANS)
    name = book.found("Solo", "ada").name
    Projects(book).make(name, "ada", "One")
    with store.read() as transaction:
        assert [each.library for each in reach_of(transaction, book, "ada")] == [False]
    set_row(store, "ada", "shared_libraries", True)
    with store.read() as transaction:
        assert [each.library for each in reach_of(transaction, book, "ada")] == [True]


def test_co_editing(store):
    book = Book(store, PLANS)
    name = book.found("Solo", "ada").name
    Projects(book).make(name, "ada", "One")
    with pytest.raises(HubError, match="Editing together is not part of what Solo has") as refused:
        Together(book).enter(name, "ada", "one")
    assert refused.value.status == 402
    set_row(store, "ada", "co_editing", True)
    assert Together(book).enter(name, "ada", "one")[0] == "project--1"


def test_price():
    amounts = {each.plan: each.amount for each in wanted(PLANS) if each.plan}
    assert amounts["researcher"] == "14900" and "explorer" not in amounts and "enterprise" not in amounts


def test_overage(store, monkeypatch):
    """What a subscription meters is lent beyond the GPU-hours, where the plan meters at all."""
    lender = Lender(store, PLANS, (Card("GPU-a"), Card("GPU-b")))
    for user, plan in (("ada", "researcher"), ("bob", "academic")):
        spent = {"seconds": PLANS.named(plan).amount("gpu_hours") * 3600.0, "user": user, "loan": len(user + plan)}
        with store.begin() as transaction:
            day = {"at": transaction.now, "day": day_of(transaction.now), "kernel": "old", "card": "GPU-a"}
            transaction.execute(insert(usage).values(part=0, plan=plan, reason="given back", **day, **spent))
        paid = Grant(plan, "subscription", "paid", metered=True)
        monkeypatch.setattr("joulebook_hub.quota.people._givers", lambda paid=paid: (lambda *_: [paid],))
        found = lender.acquire(user, [], "k")
        if plan == "researcher":
            assert found.stage == "metered"
        else:
            assert found.reason == "used_up"


def test_queue_weight(store):
    lender = Lender(store, PLANS, (Card("GPU-a"),))
    set_row(store, "bob", "queue_weight", 9)
    for user in ("eve", "ada", "bob"):
        found = lender.acquire(user, ["plan-academic"], "k")
    assert found == Queued(1, 1), "before ada, who came earlier"
    with store.read() as transaction:
        terms = lender.terms(transaction, "bob", ["plan-academic"])
    assert terms.weight == 9 and isinstance(Desk((), {}), Desk)


def admit(store, user, key, order, *groups):
    with store.begin() as transaction:
        return Gate(PLANS).admit(transaction, user, ORDER.validate_python(order), key, groups)


def test_jobs(store):
    order = {"kind": "report", "report": "cell", "file": "my.cell.json"}
    for number in range(10):
        assert admit(store, "ada", f"{number:016x}", order)
    assert admit(store, "ada", f"{9:016x}", order), "the same job counts once"
    with pytest.raises(NotAllowed, match="10 of 10 hub jobs of this month are used") as refused:
        admit(store, "ada", "a" * 16, order)
    assert refused.value.status == 402
    assert admit(store, "ada", "a" * 16, order, "plan-academic")


def test_transient_runs(store):
    order = {"kind": "report", "report": "simulation", "file": "my.cell.json"}
    with pytest.raises(NotAllowed, match="ransient runs on the hub are not part"):
        admit(store, "ada", "a" * 16, order, "plan-researcher")
    assert admit(store, "ada", "a" * 16, order, "plan-advanced").weight == 3


def test_storage(store):
    with store.begin() as transaction:
        keep_measured(transaction, "ada", Measured(int(2.5e9), 4, True))
    with pytest.raises(web.HTTPError) as refused:
        start(store, "ada")
    assert refused.value.status_code == 402
    assert "2.5 of 2 GB of storage are used" in refused.value.jupyterhub_message
    assert start(store, "ada", groups=["plan-academic"])


def test_named_servers(store):
    assert start(store, "ada", "one")
    with pytest.raises(web.HTTPError) as refused:
        start(store, "ada", "two", servers=["one"])
    assert refused.value.status_code == 402
    assert "1 of 1 named servers are used" in refused.value.jupyterhub_message
    gates = Gates(store, PLANS)
    asyncio.run(gates.after_stop(spawner("ada", "one")))
    asyncio.run(gates.after_stop(spawner("ada")))
    assert start(store, "ada", "two")


def test_memory_and_cpus(store):
    made = start(store, "ada", groups=["plan-researcher"], memory="4G", cpus=2.0)
    assert (made.mem_limit, made.cpu_limit) == (8_000_000_000, 4)
    unlimited = start(store, "ada", groups=["plan-enterprise"], memory="4G", cpus=2.0)
    assert (unlimited.mem_limit, unlimited.cpu_limit) == ("4G", 2.0), "the operator's, where the plan says nothing"
    local = WorkspaceSpawner(cpu_limit=1.0)
    assert len(local._processors()) == 1 and local._processors() <= os.sched_getaffinity(0)
    assert WorkspaceSpawner()._processors() == set()


def test_grid_buses(store):
    made = start(store, "ada")
    told = json.loads(made.environment[COURTESY])
    assert told["plan"] == "Explorer" and told["limits"]["grid_buses"] == 25
    assert start(store, "ada", groups=["plan-team"]).environment == {"A": "b"}, "no limit, no variable"


def test_grid_buses_are_read_by_the_library(store, monkeypatch):
    from joulebook.core.courtesy import VARIABLE, courtesy_limit

    assert VARIABLE == COURTESY
    monkeypatch.setenv(VARIABLE, start(store, "ada").environment[COURTESY])
    assert courtesy_limit("grid_buses") == 25 and math.isinf(courtesy_limit("planets"))


def test_cryostat_components(store, monkeypatch):
    """A study asks: the example is refused where a plan allows one component less."""
    from joulebook.core.errors import OutOfRangeError
    from joulebook.cryo import Cryostat, solve

    cryostat = Cryostat.named("Pulse tube with wiring")
    size = len(cryostat.components)
    for user, most in (("ada", size - 1), ("bob", size)):
        set_row(store, user, "cryostat_components", most)
        monkeypatch.setenv(COURTESY, start(store, user).environment[COURTESY])
        if most < size:
            with pytest.raises(OutOfRangeError, match="the plan Explorer of this hub allows"):
                solve(cryostat)
        else:
            assert solve(cryostat).temperatures["plate"] < 5
    assert json.loads(start(store, "eve").environment[COURTESY])["limits"]["cryostat_components"] == 50
    told = json.loads(start(store, "eve", groups=["plan-academic"]).environment[COURTESY])
    assert told["limits"]["cryostat_components"] == 100


def test_quench(store, monkeypatch):
    """A study asks: the plan Explorer is without it, Researcher has it."""
    from joulebook.core.errors import InputError
    from joulebook.magnets import Winding, quench

    winding = Winding.named("Laboratory solenoid, NbTi")
    monkeypatch.setenv(COURTESY, start(store, "ada").environment[COURTESY])
    with pytest.raises(InputError, match="the plan Explorer of this hub is without it"):
        quench(winding)
    researcher = start(store, "ada", groups=["plan-researcher"]).environment
    monkeypatch.setenv(COURTESY, researcher.get(COURTESY, ""))
    assert quench(winding, shells=10, accuracy=1e-4).hot_spot < 200
    assert "quench" in json.loads(start(store, "bob", groups=["plan-academic"]).environment[COURTESY])["without"]


def test_board_components(store, monkeypatch):
    """A study asks: the controller's 13 parts are refused where a plan allows one less."""
    from joulebook.core.errors import OutOfRangeError
    from joulebook.thermal import Board, solve

    board = Board.named("Motor controller")
    coarse = {"cell_size": 0.02}
    for user, most in (("ada", 12), ("bob", 13)):
        set_row(store, user, "board_components", most)
        monkeypatch.setenv(COURTESY, start(store, user).environment[COURTESY])
        if most < 13:
            with pytest.raises(OutOfRangeError, match="components = 13: the plan Explorer of this hub allows 12"):
                solve(board, options=coarse)
        else:
            assert solve(board, options=coarse).hottest[0] == "U1"
    assert json.loads(start(store, "eve").environment[COURTESY])["limits"]["board_components"] == 10
    told = json.loads(start(store, "eve", groups=["plan-academic"]).environment[COURTESY])
    assert told["limits"]["board_components"] == 50
    unlimited = start(store, "eve", groups=["plan-researcher"]).environment[COURTESY]
    assert "board_components" not in json.loads(unlimited)["limits"]


def test_vtk_export(store, monkeypatch, tmp_path):
    """A result asks: where the plan is without the export no file is written."""
    from joulebook.core.errors import InputError
    from joulebook.thermal import Board, solve

    run = solve(Board.named("Four layers with one source"), options={"cell_size": 0.05})
    monkeypatch.setenv(COURTESY, start(store, "ada").environment[COURTESY])
    with pytest.raises(InputError, match="VTK export: the plan Explorer of this hub is without it"):
        run.to_vtk(tmp_path / "refused.vtr")
    assert not list(tmp_path.glob("*.vtr"))
    for user, groups in (("rita", ["plan-researcher"]), ("adam", ["plan-team"])):
        monkeypatch.setenv(COURTESY, start(store, user, groups=groups).environment.get(COURTESY, ""))
        assert run.to_vtk(tmp_path / f"{user}.vtr").stat().st_size > 1000


def test_api_tokens(store):
    gates = Gates(store, PLANS)
    assert not gates.tokens("ada", []).allowed and "API tokens" in gates.tokens("ada", []).message
    assert gates.tokens("ada", ["plan-advanced"]).allowed


@pytest.mark.parametrize("row", sorted(row for row in ENFORCED if LIMITS[row].kind != "price"))
def test_an_administrator_can_set_every_row(store, row):
    value = not PLANS.named("explorer").limits[row] if LIMITS[row].kind == "switch" else 3
    set_row(store, "ada", row, value)
    with store.read() as transaction:
        found = entitlement(transaction, PLANS, "ada", ())
    assert found.rows[row].value == value
    assert entitle("ada", [], PLANS, [Override(1, "person", "ada", row, value)]).rows[row].value == value
