"""Organisations through the service and the typed client: whose they are, and what is answered to others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import hub_doubles
from joulebook_hub.client import Client, NotAllowedError, RefusedError
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.reading import Given
from joulebook_hub.plans import Plans
from joulebook_hub.store import METADATA, Store


@pytest.fixture
def hub(tmp_path):
    """The service; ada has an organisation with the plan Team."""
    store = Store(f"sqlite:///{tmp_path}/store.sqlite")
    with hub_doubles.running_service(store) as running:
        people = {name: Client(running.url, f"of-{name}") for name in ("ada", "bob", "root")}
        people["ada"].found_organisation("Acme")
        book = Book(store, Plans.read(default="explorer"))
        given = Given("administrator", "team", None, None)
        book.give_plan("acme", given, source="administrator", actor="root", reason="a test")
        yield running, people
        for client in people.values():
            client.close()


def test_a_life_of_an_organisation(hub):
    _, people = hub
    ada, bob = people["ada"], people["bob"]
    token = ada.invite("acme", "bob")
    (asked,) = bob.invitations()
    assert (asked.organisation, asked.inviter, asked.role) == ("acme", "ada", "member")
    bob.answer_invitation(accept=True, token=token)
    assert [each.name for each in bob.organisations()] == ["acme"] and bob.invitations() == []
    told = ada.change_member("acme", "bob", role="admin", caps={"gpu_hours": 5})
    assert [(each.user, each.role, each.caps) for each in told.members] == [
        ("ada", "owner", {}), ("bob", "admin", {"gpu_hours": 5.0}),
    ]  # fmt: skip
    assert (told.plan, told.seats) == ("team", 5)
    made = bob.make_project("acme", "Coil tests")
    assert made.link == "acme.coil-tests"
    assert [each.closed for each in ada.change_project("acme", "coil-tests", closed=True).projects] == [True]
    assert {each.user: each.role for each in ada.hand_over("acme", "bob").members} == {"ada": "admin", "bob": "owner"}
    ada.remove_member("acme", "ada")
    with pytest.raises(RefusedError) as gone:
        ada.organisation("acme")
    assert gone.value.status == 404
    assert [line.action for line in bob.organisation_log("acme")][:2] == ["left", "ownership handed over"]


def test_nobody_elses_organisation_is_told(hub):
    running, people = hub
    bob = people["bob"]
    for call in (
        lambda: bob.organisation("acme"),
        lambda: bob.remove_member("acme", "ada"),
        lambda: bob.invite("acme", "eve"),
        lambda: bob.make_project("acme", "Mine"),
        lambda: bob.hand_over("acme", "bob"),
        lambda: list(bob.organisation_log("acme")),
        lambda: people["root"].organisation("acme"),
    ):
        with pytest.raises(RefusedError) as refused:
            call()
        assert refused.value.status == 404
    absent = running.ask("GET", "organisations/no-such", "of-bob").json()
    present = running.ask("GET", "organisations/acme", "of-bob").json()
    assert absent["message"] == present["message"] and absent["reason"] == present["reason"]
    for token in ("", "of-eve", "of-nothing", "made-up"):
        assert running.ask("GET", "organisations", token).status_code in {401, 403}


def test_answers_to_invitations_that_do_not_work_are_all_the_same(hub):
    running, people = hub
    token = people["ada"].invite("acme", "carl")
    answers = set()
    for body in ({"number": 1}, {"number": 99}, {"token": token}, {"token": "made-up"}):
        answer = running.ask("POST", "invitations/answers", "of-bob", json={"accept": True, **body})
        answers.add((answer.status_code, answer.json()["message"]))
    assert len(answers) == 1 and answers.pop()[0] == 404
    known = running.ask("POST", "organisations/acme/invitations", json={"invited": "bob"})
    unknown = running.ask("POST", "organisations/acme/invitations", json={"invited": "nobody-of-this-hub"})
    assert (known.status_code, set(known.json())) == (unknown.status_code, set(unknown.json())) == (201, {"token"})


def test_what_a_plan_does_not_have_is_402(hub):
    _, people = hub
    for name in ("u1", "u2", "u3", "u4"):
        people["ada"].invite("acme", name)
    with pytest.raises(NotAllowedError, match="All 5 seats"):
        people["ada"].invite("acme", "u5")


@pytest.mark.parametrize(
    "path", ["organisations/..%2f..%2fetc", "organisations/ACME", "organisations/a b", "organisations/acme/members/"]
)
def test_names_that_cannot_be(hub, path):
    running, _ = hub
    method = "DELETE" if "members" in path else "GET"
    assert running.ask(method, path).status_code in {400, 404}


def test_an_invitation_asked_for_twice_is_one_and_its_token_is_kept_nowhere(hub):
    running, people = hub
    asked = [
        running.ask("POST", "organisations/acme/invitations", json={"invited": "bob"}, headers={"Idempotency-Key": "1"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in asked] == [201, 201]
    assert len(people["ada"].organisation("acme").invitations) == 1, "the second one ended the first"
    with running.service.parts.store.read() as transaction:
        for table in METADATA.sorted_tables:
            kept = repr(list(transaction.execute(select(table))))
            assert not any(answer.json()["token"] in kept for answer in asked), table.name
    people["bob"].answer_invitation(accept=True, token=asked[1].json()["token"])
