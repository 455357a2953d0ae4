"""Who may do what in an organisation, and the rules about owners, seats and invitations."""

from __future__ import annotations

import pytest

from joulebook_hub.errors import HubError
from joulebook_hub.organisations.records import VALID_DAYS, digest_of, slug
from joulebook_hub.organisations.roles import Act, Role, may
from joulebook_hub.organisations.rules import Organisation

# What the three roles may do, to whom: o owner, a admin, m member; + where it is done to nobody.
TABLE = """
look            owner:+oam  admin:+oam  member:+oam
leave           owner:+oam  admin:+oam  member:+oam
invite          owner:+am   admin:+m    member:
revoke          owner:+am   admin:+m    member:
remove          owner:+oam  admin:+m    member:
set cap         owner:+oam  admin:+m    member:
set role        owner:+oam  admin:      member:
rename          owner:+oam  admin:      member:
make project    owner:+oam  admin:+oam  member:
change project  owner:+oam  admin:+oam  member:
move project    owner:+oam  admin:      member:
delete project  owner:+oam  admin:      member:
subscribe       owner:+oam  admin:      member:
dissolve        owner:+oam  admin:      member:
"""


def rows():
    for line in TABLE.strip().splitlines():
        name, *cells = [part for part in line.split("  ") if part.strip()]
        for cell in cells:
            role, _, rights = cell.strip().partition(":")
            yield Act(name.strip()), Role(role), rights


def test_the_table_has_every_act_and_role():
    assert sorted((act, role) for act, role, _ in rows()) == sorted((act, role) for act in Act for role in Role)


@pytest.mark.parametrize(("act", "role", "rights"), list(rows()))
def test_who_may_do_what(act, role, rights):
    assert may(role, act) == ("+" in rights)
    assert {subject for subject in Role if may(role, act, subject)} == {
        subject for subject in Role if subject.value[0] in rights
    }


@pytest.fixture
def acme():
    """An organisation with one of each role, and five seats."""
    acme = Organisation.found("acme", "Acme", "olga", 0.0)
    acme.seats = 5
    for number, (user, role) in enumerate([("anna", Role.ADMIN), ("mike", Role.MEMBER)], 1):
        invite(acme, "olga", user, role, number)
        acme.answer(user, number, "", 1.0, accept=True)
    acme.notes.clear()
    return acme


def invite(organisation, actor, invited, role, number, now=0.0):
    """Invite, and give the invitation the number that the store would."""
    made = organisation.invite(actor, invited, role, digest_of(f"token {number}"), now)
    place = organisation.invitations.index(made)
    organisation.invitations[place] = type(made)(**{**made.__dict__, "number": number})


def refused(reason, function, *arguments, **options):
    with pytest.raises(HubError) as caught:
        function(*arguments, **options)
    assert caught.value.reason == reason
    return caught.value


def test_the_last_owner_stays(acme):
    refused("last_owner", acme.leave, "olga")
    refused("last_owner", acme.set_role, "olga", "olga", Role.MEMBER)
    refused("not_allowed", acme.remove, "anna", "olga")
    acme.set_role("olga", "anna", Role.OWNER)
    acme.leave("olga")
    assert acme.owners() == ["anna"]


def test_ownership_is_handed_over_whole(acme):
    refused("oneself", acme.hand_over, "olga", "olga")
    refused("no_member", acme.hand_over, "olga", "eve")
    refused("not_allowed", acme.hand_over, "anna", "mike")
    acme.hand_over("olga", "mike")
    assert {user: member.role.value for user, member in acme.members.items()} == {
        "olga": "admin", "anna": "admin", "mike": "owner",
    }  # fmt: skip
    assert [(note.actor, note.action, note.subject) for note in acme.notes] == [
        ("olga", "ownership handed over", "mike")
    ]


def test_strangers_learn_nothing(acme):
    for call in (
        lambda: acme.require("eve", Act.LOOK),
        lambda: acme.remove("eve", "mike"),
        lambda: acme.revoke("eve", 1),
        lambda: acme.invite("eve", "bob", Role.MEMBER, "d", 0.0),
    ):
        assert refused("no_organisation", call).status == 404


def test_inviting_does_not_say_who_has_an_account(acme):
    first = acme.invite("olga", "nobody.of.this.hub", Role.MEMBER, "d1", 0.0)
    second = acme.invite("olga", "Someone@Example.org ", Role.MEMBER, "d2", 0.0)
    assert (first.state, second.state, second.invited) == ("open", "open", "someone@example.org")


@pytest.mark.parametrize(
    "typed", ["", " ", "a b", "x" * 300, "a@b", "a@@b.org", "a\x00b", "<b>", "../etc", "a@b.org c@d.org", "a\nb"]
)
def test_who_cannot_be_invited(acme, typed):
    refused("bad_invited", acme.invite, "olga", typed, Role.MEMBER, "d", 0.0)


def test_one_answer_for_every_invitation_that_does_not_work(acme):
    invite(acme, "olga", "bob", Role.MEMBER, 7)
    told = set()
    for user, number, digest, now in (
        ("bob", 8, "", 1.0),  # none of that number
        ("eve", 7, "", 1.0),  # somebody else's
        ("eve", 7, digest_of("token 7"), 1.0),  # somebody else's, with the link
        ("bob", 7, "", VALID_DAYS * 86400.0),  # ended
        ("mike", 2, "", 2.0),  # used
    ):
        told.add(refused("no_invitation", acme.answer, user, number, digest, now, accept=True).user_message)
    acme.revoke("olga", 7)
    told.add(refused("no_invitation", acme.answer, "bob", 7, "", 1.0, accept=True).user_message)
    assert len(told) == 1


def test_a_link_to_an_address_works_once_for_whoever_has_it(acme):
    invite(acme, "olga", "carl@example.org", Role.ADMIN, 9)
    refused("no_invitation", acme.answer, "carl", 9, "", 1.0, accept=True)
    acme.answer("carl", 9, digest_of("token 9"), 1.0, accept=True)
    assert acme.members["carl"].role is Role.ADMIN
    refused("no_invitation", acme.answer, "eve", 9, digest_of("token 9"), 1.0, accept=True)


def test_seats_are_kept_for_open_invitations_and_checked_again(acme):
    invite(acme, "olga", "bob", Role.MEMBER, 7)
    invite(acme, "olga", "carl", Role.MEMBER, 8)
    error = refused("no_seat", acme.invite, "olga", "dora", Role.MEMBER, "d", 0.0)
    assert error.status == 402 and "All 5 seats" in error.user_message and "2 of them kept" in error.user_message
    acme.invite("olga", "dora", Role.MEMBER, "d", VALID_DAYS * 86400.0)  # those have ended by now
    acme.seats = 3
    refused("no_seat", acme.answer, "bob", 7, "", 1.0, accept=True)
    assert next(each for each in acme.invitations if each.number == 7).state == "open", "it waits for a seat"
    acme.answer("carl", 8, "", 1.0, accept=False)
    assert len(acme.members) == 3


def test_inviting_again_ends_the_older_link(acme):
    invite(acme, "olga", "bob", Role.MEMBER, 7)
    invite(acme, "olga", "BOB", Role.ADMIN, 8)
    refused("no_invitation", acme.answer, "bob", 7, "", 1.0, accept=True)
    acme.answer("bob", 8, "", 1.0, accept=True)
    assert acme.members["bob"].role is Role.ADMIN


def test_caps(acme):
    acme.set_cap("anna", "mike", "gpu_hours", 20)
    refused("not_allowed", acme.set_cap, "anna", "anna", "gpu_hours", 1e6)
    refused("not_allowed", acme.set_cap, "mike", "mike", "gpu_hours", None)
    refused("bad_row", acme.set_cap, "olga", "mike", "price", 1)
    for cap in (-1, float("nan"), float("inf"), 1e12):
        refused("bad_cap", acme.set_cap, "olga", "mike", "jobs", cap)
    assert acme.members["mike"].caps == {"gpu_hours": 20.0}
    acme.set_cap("olga", "mike", "gpu_hours", None)
    assert acme.members["mike"].caps == {}


def test_every_change_is_written_down(acme):
    acme.set_cap("olga", "mike", "jobs", 3)
    acme.set_role("olga", "mike", Role.ADMIN)
    acme.set_role("olga", "mike", Role.ADMIN)  # changes nothing
    acme.rename("olga", "  Acme   Cryo ")
    acme.remove("olga", "mike")
    acme.leave("anna")
    assert [(note.actor, note.action, note.subject) for note in acme.notes] == [
        ("olga", "limit of jobs set to 3", "mike"), ("olga", "made admin", "mike"),
        ("olga", "renamed to Acme Cryo", ""), ("olga", "removed", "mike"), ("anna", "left", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("title", ["", "x", " \t ", "y" * 61, "bell\x07", "‮evil"])
def test_bad_titles(title):
    refused("bad_title", Organisation.found, "x", title, "olga", 0.0)


@pytest.mark.parametrize(
    "title", ["../../etc", "..", "/", "Ünïcode Lab", "电池实验室", "a" * 200, "-x-", "CON", "\x00"]
)
def test_short_names_are_safe_in_paths(title):
    name = slug(title)
    assert 1 <= len(name) <= 32 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not name.startswith("-")
