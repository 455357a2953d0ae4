"""Organisations under random events: always an owner, never more members than seats, every invitation used once."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from joulebook_hub.errors import HubError
from joulebook_hub.lending.desk import LIFE, UNIT, Desk
from joulebook_hub.lending.records import Card, Standing, Terms
from joulebook_hub.organisations.records import VALID_DAYS, digest_of
from joulebook_hub.organisations.roles import RIGHTS, Act, Role
from joulebook_hub.organisations.rules import Organisation

PEOPLE = ("olga", "anna", "mike", "bob", "carl", "eve")
people = st.sampled_from(PEOPLE)
roles = st.sampled_from(list(Role))


class Events(RuleBasedStateMachine):
    """One organisation; whatever is refused changes nothing."""

    @initialize(seats=st.integers(1, 6))
    def found(self, seats: int) -> None:
        self.now = 0.0
        self.number = 0
        self.answered: set[int] = set()
        self.house = Organisation.found("acme", "Acme", "olga", self.now)
        self.house.seats = seats
        self.most_allowed = seats

    def attempt(self, event) -> bool:
        before = (dict(self.house.members), list(self.house.invitations))
        notes = len(self.house.notes)
        try:
            event()
        except HubError:
            assert (self.house.members, self.house.invitations) == before
            assert len(self.house.notes) == notes
            return False
        return True

    @rule(actor=people, invited=st.one_of(people, st.just("who@example.org")), role=roles)
    def invite(self, actor: str, invited: str, role: Role) -> None:
        held = self.house.members.get(actor)
        self.number += 1
        digest = digest_of(str(self.number))
        if self.attempt(lambda: self.house.invite(actor, invited, role, digest, self.now)):
            assert held is not None and role in RIGHTS[Act.INVITE][held.role]
            fresh = self.house.invitations[-1]
            self.house.invitations[-1] = dataclasses.replace(fresh, number=self.number)

    @rule(user=people, number=st.integers(1, 30), with_link=st.booleans(), accept=st.booleans())
    def answer(self, user: str, number: int, with_link: bool, accept: bool) -> None:
        digest = digest_of(str(number)) if with_link else ""
        before = len(self.house.members)
        if self.attempt(lambda: self.house.answer(user, number, digest, self.now, accept=accept)):
            assert number not in self.answered, "an invitation works once"
            self.answered.add(number)
            assert len(self.house.members) <= max(before, self.house.seats)

    @rule(actor=people, number=st.integers(1, 30))
    def revoke(self, actor: str, number: int) -> None:
        if self.attempt(lambda: self.house.revoke(actor, number)):
            self.answered.add(number)

    @rule(actor=people, user=people, role=roles)
    def set_role(self, actor: str, user: str, role: Role) -> None:
        held = self.house.members.get(actor)
        if self.attempt(lambda: self.house.set_role(actor, user, role)):
            assert held is not None and held.role is Role.OWNER

    @rule(actor=people, user=people)
    def remove(self, actor: str, user: str) -> None:
        held, other = self.house.members.get(actor), self.house.members.get(user)
        if self.attempt(lambda: self.house.remove(actor, user)):
            assert held is not None and other is not None
            assert actor == user or other.role in RIGHTS[Act.REMOVE][held.role]

    @rule(actor=people, user=people)
    def hand_over(self, actor: str, user: str) -> None:
        if self.attempt(lambda: self.house.hand_over(actor, user)):
            assert self.house.members[user].role is Role.OWNER and self.house.members[actor].role is Role.ADMIN

    @rule(seats=st.integers(0, 6))
    def other_seats(self, seats: int) -> None:
        self.house.seats = seats
        self.most_allowed = max(seats, len(self.house.members))

    @rule(days=st.sampled_from([0.1, 1.0, VALID_DAYS]))
    def time_passes(self, days: float) -> None:
        self.now += days * 86400.0

    @invariant()
    def there_is_an_owner(self) -> None:
        assert self.house.owners()

    @invariant()
    def seats_hold(self) -> None:
        self.most_allowed = max(self.house.seats, min(self.most_allowed, len(self.house.members)))
        assert len(self.house.members) <= self.most_allowed

    @invariant()
    def one_open_invitation_of_each(self) -> None:
        open_ones = [each.invited for each in self.house.invitations if each.is_open(self.now)]
        assert len(open_ones) == len(set(open_ones))


TestEvents = Events.TestCase
TestEvents.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


MEMBERS = ("olga", "anna", "mike")
POOL = "organisation/acme"
kinds = st.sampled_from(["beat", "beat", "beat", "leave", "ask"])
beats = st.lists(st.tuples(st.sampled_from(MEMBERS), st.floats(0.1, LIFE), kinds), max_size=120)


@given(
    events=beats,
    pooled=st.floats(0.0, 900.0),
    caps=st.fixed_dictionaries({user: st.one_of(st.just(float("inf")), st.floats(0.0, 400.0)) for user in MEMBERS}),
)
@settings(max_examples=150, deadline=None)
def test_a_pool_is_never_exceeded_and_caps_hold(events, pooled, caps):
    """Whoever draws, joins and leaves in whatever order: what is charged stays within the pool and each cap.

    Time that is lent beyond belongs to the grace: nothing of it is charged to the pool, and no lease starts on it.
    """
    desk, now = Desk(tuple(Card(f"GPU-{number}") for number in range(3))), 1_767_400_000.0
    terms = {user: Terms("team", 10.0, caps[user], POOL, pooled) for user in MEMBERS}
    for user, seconds, event in events:
        now += seconds
        if event == "ask":
            found = desk.acquire(user, user, terms[user], now)
            if isinstance(found, Standing) and found.since == now:
                assert desk.spent(POOL, now) <= pooled - UNIT and desk.spent(user, now) <= caps[user] - UNIT
        elif event == "leave":
            desk.release(user, user, Terms("team", 1.0, float("inf"), POOL), now, reason="left organisation")
        else:
            desk.renew(user, user, terms[user], now)
        most = {user: cap + LIFE for user, cap in caps.items()} | {POOL: pooled + LIFE * len(MEMBERS)}
        for account, limit in most.items():
            assert desk.spent(account, now) <= limit + 1e-6, "by more than one heartbeat of each kernel"
    written: dict[str, float] = {}
    for charge in desk.charges:
        assert charge.pool == POOL
        written[charge.user] = written.get(charge.user, 0.0) + charge.seconds - charge.grace - charge.metered
    running = sum(loan.charged for loan in desk.loans.values())
    assert abs(sum(written.values()) + running - desk.spent(POOL, now)) < 1e-6, "the pool is the sum of its members"
