"""Organisations in the store, on both databases: seats under concurrency, plans and pools, projects, departures."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from joulebook_hub.billing.subjects import payers
from joulebook_hub.errors import HubError
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.orders import Notebook
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import Card, Gone, Standing, Terms
from joulebook_hub.organisations import reading, tables
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.projects import Projects, projects_of, reach_of
from joulebook_hub.organisations.reading import Given
from joulebook_hub.organisations.roles import Role
from joulebook_hub.plans import Plans
from joulebook_hub.quota.people import entitlement
from joulebook_hub.service.features import load_tables
from joulebook_hub.store import Store

CARD = Card("GPU-1")


@pytest.fixture
def book(store_url):
    load_tables()
    store = Store(store_url)
    yield Book(store, Plans.read(default="explorer"))
    store.close()


@pytest.fixture
def acme(book):
    """Acme has the plan Team: five seats, 200 GPU-hours that all share."""
    book.found("Acme", "olga")
    book.give_plan("acme", Given("subscription", "team", None, None), source="subscription", actor="billing")
    return "acme"


def join(book, name, user, role=Role.MEMBER):
    token = book.invite(name, "olga", user, role)
    with book.store.read() as transaction:
        entry, asked = reading.find_invitation(transaction, user, token)
    book.answer(entry.name, user, asked.number, "", accept=True)


def loaded(book, name):
    with book.store.read() as transaction:
        return reading.load(transaction, book.plans, reading.find(transaction, name).number)


def entitled(book, user):
    with book.store.read() as transaction:
        return entitlement(transaction, book.plans, user)


def refused(reason, function, *arguments, **options):
    with pytest.raises(HubError) as caught:
        function(*arguments, **options)
    assert caught.value.reason == reason, caught.value.user_message


def test_it_comes_back_as_it_was_stored(book, acme):
    join(book, acme, "anna", Role.ADMIN)
    with book.event(acme) as rules:
        rules.set_cap("olga", "anna", "gpu_hours", 12.5)
    book.invite(acme, "olga", "carl@example.org", Role.MEMBER)
    found = loaded(book, acme)
    assert {user: (each.role, each.caps) for user, each in found.members.items()} == {
        "olga": (Role.OWNER, {}), "anna": (Role.ADMIN, {"gpu_hours": 12.5}),
    }  # fmt: skip
    assert [(each.invited, each.state) for each in found.invitations] == [("carl@example.org", "open")]
    assert found.seats == 5


def test_tokens_are_not_kept(book, acme):
    token = book.invite(acme, "olga", "bob", Role.MEMBER)
    with book.store.begin() as transaction:
        for table in reversed(tables.METADATA.sorted_tables):
            if table.name.startswith("organisation"):
                assert token not in repr(list(transaction.execute(select(table))))


def test_names_are_made_from_titles(book):
    assert [book.found(title, "olga").name for title in ("Acme", "ACME!", "Acme")] == ["acme", "acme-2", "acme-3"]


def test_seats_hold_when_many_accept_at_once(book, acme):
    """Ten people accept at the same moment; the seats went down to three after they were invited."""
    book.give_plan(acme, Given("administrator", "team", 40, None), source="administrator", actor="root", reason="test")
    people = [f"user{number}" for number in range(10)]
    numbers = {}
    for user in people:
        book.invite(acme, "olga", user, Role.MEMBER)
        with book.store.read() as transaction:
            ((_, asked),) = reading.open_invitations(transaction, user)
            numbers[user] = asked.number
    book.give_plan(acme, Given("subscription", "team", 3, None), source="subscription", actor="billing")
    book.give_plan(acme, None, source="administrator", actor="root", reason="test")
    gate, outcomes = threading.Barrier(len(people)), []

    def accept(user):
        gate.wait()
        try:
            book.answer(acme, user, numbers[user], "", accept=True)
            outcomes.append("joined")
        except HubError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=accept, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["joined"] * 2 + ["no_seat"] * 8
    assert len(loaded(book, acme).members) == 3


def test_without_a_plan_the_first_owners_counts(book):
    book.found("Solo", "ada")
    refused("no_seat", book.invite, "solo", "ada", "bob", Role.MEMBER)
    assert loaded(book, "solo").seats == 1


def test_plans_end_with_their_last_moment(book):
    book.found("Acme", "olga")
    with book.store.read() as transaction:
        now = transaction.now
    book.give_plan("acme", Given("", "team", None, now + 0.01), source="administrator", actor="root", reason="trial")
    with book.store.read() as transaction:
        later = type(transaction)(transaction.connection, now + 1.0)
        assert reading.given_plans(later, 1) == []
    refused("no_such_plan", book.give_plan, "acme", Given("", "gold", 1, None), source="subscription", actor="billing")
    refused("bad_seats", book.give_plan, "acme", Given("", "team", 0, None), source="subscription", actor="billing")


def test_members_share_the_pool_and_keep_to_their_caps(book, acme):
    join(book, acme, "anna")
    with book.event(acme) as rules:
        rules.set_cap("olga", "anna", "gpu_hours", 3)
    olga, anna, eve = (entitled(book, user) for user in ("olga", "anna", "eve"))
    assert (olga.plan.name, olga.pool, olga.pooled, olga.amount("gpu_hours")) == (
        *("team", "organisation/acme"), 200.0, float("inf"),
    )  # fmt: skip
    assert (anna.pool, anna.amount("gpu_hours")) == ("organisation/acme", 3.0)
    assert (eve.plan.name, eve.pool) == ("explorer", "")
    assert "Acme" in anna.rows["gpu_hours"].why


def test_of_two_organisations_the_preferred_one_pays(book, acme):
    book.found("Beta", "bert")
    book.give_plan("beta", Given("", "team", None, None), source="subscription", actor="billing")
    join(book, acme, "mike")
    token = book.invite("beta", "bert", "mike", Role.MEMBER)
    with book.store.read() as transaction:
        _, asked = reading.find_invitation(transaction, "mike", token)
    book.answer("beta", "mike", asked.number, token, accept=True)
    assert entitled(book, "mike").pool == "organisation/acme", "the first one"
    book.prefer("beta", "mike")
    assert entitled(book, "mike").pool == "organisation/beta"
    with book.event("beta") as rules:
        rules.remove("bert", "mike")
    assert entitled(book, "mike").pool == "organisation/acme"
    refused("no_organisation", book.prefer, "beta", "mike")


def test_leases_of_who_is_removed_end_at_once_and_their_time_stays(book, acme):
    join(book, acme, "mike")
    ledger = Ledger(book.store)
    terms = Terms("team", 10.0, float("inf"), "organisation/acme", 720_000.0)
    with ledger.desk((CARD,)) as (desk, now):
        assert isinstance(desk.acquire("mike", "k1", terms, now), Standing)
    with ledger.desk((CARD,)) as (desk, now):
        desk.loans["mike", "k1"].seconds = 30.0
        desk.acquire("mike", "k2", terms, now)
    with book.event(acme) as rules:
        rules.remove("olga", "mike")
    with ledger.desk((CARD,)) as (desk, now):
        assert not desk.loans and not desk.claims
        assert isinstance(desk.renew("mike", "k1", terms, now), Gone)
        assert desk.spent("organisation/acme", now) >= 30.0
    (line,) = ledger.lines("mike")
    assert line.reason == "left organisation" and line.seconds >= 30.0


def test_a_lease_that_somebody_else_pays_goes_on(book, acme):
    join(book, acme, "mike")
    ledger = Ledger(book.store)
    with ledger.desk((CARD,)) as (desk, now):
        desk.acquire("mike", "k1", Terms("researcher", 2.0, 3600.0), now)
    with book.event(acme) as rules:
        rules.leave("mike")
    with ledger.desk((CARD,)) as (desk, now):
        assert list(desk.loans) == [("mike", "k1")]


def test_jobs_in_its_projects_end_and_others_go_on(book, acme):
    join(book, acme, "mike")
    Projects(book).make(acme, "olga", "Coil")
    given = JobBook(book.store, Gate(book.plans))
    keys = {}
    for file in ("projects/acme.coil/study.ipynb", "projects/acme.coil-2/study.ipynb", "study.ipynb"):
        order = Notebook(kind="notebook", file=file)
        keys[file] = given.submit("mike", (), Wish(order)).key
    with book.event(acme) as rules:
        rules.remove("olga", "mike")
    states = {file: given.get("mike", key).state for file, key in keys.items()}
    assert states == {
        "projects/acme.coil/study.ipynb": "cancelled",
        "projects/acme.coil-2/study.ipynb": "queued",
        "study.ipynb": "queued",
    }


def test_owners_pay(book, acme):
    join(book, acme, "anna", Role.ADMIN)
    with book.store.read() as transaction:
        told = {user: [each.subject for each in payers(transaction, user)] for user in ("olga", "anna")}
    assert told == {"olga": ["person/olga", "organisation/acme"], "anna": ["person/anna"]}


def test_projects_count_for_the_owners_plan(book):
    projects = Projects(book)
    book.found("Solo", "ada")
    first = projects.make("solo", "ada", "Coil tests")
    assert (first.name, first.link, first.folder) == ("coil-tests", "solo.coil-tests", f"projects/{first.number}")
    assert projects.make("solo", "ada", "Coil tests!").name == "coil-tests-2"
    refused("quota_projects", projects.make, "solo", "ada", "Third")
    with book.store.read() as transaction:
        assert len(projects_of(transaction, 1)) == 2
    refused("open", projects.delete, "solo", "ada", "coil-tests")
    projects.change("solo", "ada", "coil-tests", closed=True)
    projects.delete("solo", "ada", "coil-tests")
    projects.make("solo", "ada", "Third")


def test_two_requests_never_both_make_the_last_project(book):
    projects = Projects(book)
    book.found("Solo", "ada")
    projects.make("solo", "ada", "First")
    gate, outcomes = threading.Barrier(4), []

    def make(number):
        gate.wait()
        try:
            projects.make("solo", "ada", f"Project {number}")
            outcomes.append("made")
        except HubError as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made"] + ["quota_projects"] * 3


def test_who_reaches_which_project(book, acme):
    projects = Projects(book)
    join(book, acme, "mike")
    projects.make(acme, "olga", "Coil")
    projects.make(acme, "olga", "Cell")
    refused("not_allowed", projects.make, acme, "mike", "Mine")
    with book.store.read() as transaction:
        reached = {user: reach_of(transaction, book, user) for user in ("olga", "mike", "eve")}
    told = {user: [(each.project.link, each.library) for each in found] for user, found in reached.items()}
    assert told == {
        "olga": [("acme.cell", True), ("acme.coil", True)],
        "mike": [("acme.cell", True), ("acme.coil", True)],
        "eve": [],
    }
    projects.change(acme, "olga", "coil", closed=True)
    with book.store.read() as transaction:
        assert [each.project.link for each in reach_of(transaction, book, "mike")] == ["acme.cell"]


def test_where_servers_reach_no_shared_folders_there_are_no_projects(book, acme):
    refused("no_projects_here", Projects(book, offered=False).make, acme, "olga", "Coil")


def test_libraries_need_a_plan_that_has_them(book):
    book.found("Solo", "ada")
    Projects(book).make("solo", "ada", "Coil")
    with book.store.read() as transaction:
        assert [each.library for each in reach_of(transaction, book, "ada")] == [False]
    book.give_plan("solo", Given("", "team", None, None), source="administrator", actor="root", reason="try it")
    with book.store.read() as transaction:
        assert [each.library for each in reach_of(transaction, book, "ada")] == [True]


def test_a_project_goes_to_another_organisation_with_its_files(book, acme):
    projects = Projects(book)
    made = projects.make(acme, "olga", "Coil")
    book.found("Beta", "bert")
    refused("no_organisation", projects.move, acme, "olga", "coil", "beta")
    book.give_plan("beta", Given("", "team", None, None), source="subscription", actor="billing")
    token = book.invite("beta", "bert", "olga", Role.ADMIN)
    with book.store.read() as transaction:
        _, asked = reading.find_invitation(transaction, "olga", token)
    book.answer("beta", "olga", asked.number, "", accept=True)
    moved = projects.move(acme, "olga", "coil", "beta")
    assert (moved.link, moved.folder, moved.number) == ("beta.coil", made.folder, made.number)
    with book.store.read() as transaction:
        assert [line.action for line in reading.lines(transaction, moved.organisation)][:1] == [
            "project coil received from acme"
        ]


def test_an_organisation_ends_when_nothing_is_left(book, acme):
    Projects(book).make(acme, "olga", "Coil")
    join(book, acme, "mike")
    refused("not_allowed", book.dissolve, acme, "mike")
    refused("subscribed", book.dissolve, acme, "olga")
    book.give_plan(acme, None, source="subscription", actor="billing")
    refused("projects_left", book.dissolve, acme, "olga")
    Projects(book).change(acme, "olga", "coil", closed=True)
    Projects(book).delete(acme, "olga", "coil")
    book.dissolve(acme, "olga")
    refused("no_organisation", loaded, book, acme)
    with book.store.read() as transaction:
        assert reading.memberships(transaction, "olga") == []
        assert reading.lines(transaction, 1)[0].action == "dissolved"
    assert book.found("Acme", "olga").name == "acme-2", "its name stays with its usage"


def test_the_log_can_only_be_added_to(book, acme):
    with pytest.raises(DatabaseError), book.store.begin() as transaction:
        transaction.execute(text("DELETE FROM organisation_log"))
    with book.store.begin() as transaction:
        found = reading.lines(transaction, 1)
        assert [(line.actor, line.action) for line in found] == [
            ("billing", "plan team by subscription"), ("olga", "founded"),
        ]  # fmt: skip


def test_an_administrator_can_name_an_owner(book, acme):
    book.appoint(acme, "root", "nora", "Olga has left the company")
    assert loaded(book, acme).owners() == ["olga", "nora"]
    with book.store.read() as transaction:
        (line,) = transaction.audit(most=1)
    assert (line.actor, line.subject, line.reason) == ("root", "organisation acme: nora", "Olga has left the company")
