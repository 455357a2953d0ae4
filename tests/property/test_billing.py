"""Money's rules at random: the plan depends on the newest state and the time only; nothing is billed twice."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook_hub.billing.overage import Line, cost, owed, unit_price
from joulebook_hub.billing.rules import GRACE, Subscription, newest, standing
from joulebook_hub.plans import Plans

pytestmark = pytest.mark.property
PLANS = Plans.read(default="explorer")
NAMES = [plan.name for plan in PLANS.tiers] + ["a plan that is not in the file"]
STATUSES = ["active", "trialing", "past_due", "canceled", "unpaid", "paused", "incomplete", "incomplete_expired"]

states = st.builds(
    Subscription,
    identity=st.sampled_from(["sub_1", "sub_2", "sub_3"]),
    customer=st.just("cus_1"),
    subject=st.just("person/ada"),
    plan=st.sampled_from(NAMES),
    quantity=st.integers(1, 20),
    status=st.sampled_from(STATUSES),
    period_end=st.integers(0, 10**7),
    ends=st.booleans(),
    unpaid_since=st.none() | st.integers(0, 10**7),
    next_plan=st.sampled_from(["", *NAMES]),
    next_quantity=st.integers(0, 20),
    clock_time=st.none() | st.integers(0, 10**7),
    seen=st.integers(0, 50).map(float),
)


def known(told):
    """What is kept after states were told one after the other."""
    kept: dict[str, Subscription] = {}
    for state in told:
        kept[state.identity] = newest(kept.get(state.identity), state)
    return kept


@given(st.lists(states, max_size=12), st.randoms(use_true_random=False), st.floats(0, 2e7))
def test_the_plan_does_not_depend_on_the_order_or_on_doubles(told, random, now):
    mixed = told + [state for state in told if random.random() < 0.5]
    random.shuffle(mixed)
    assert known(mixed) == known(told)
    assert standing(known(mixed).values(), PLANS, now) == standing(reversed(known(told).values()), PLANS, now)


@given(st.lists(states, min_size=1, max_size=12), st.data())
def test_losses_do_not_matter_once_the_newest_state_is_learned(told, data):
    final = known(told)
    heard = data.draw(st.lists(st.sampled_from(told), max_size=6))
    reconciled = reduce(lambda kept, state: kept | {state.identity: newest(kept.get(state.identity), state)},
                        final.values(), known(heard))  # fmt: skip
    assert reconciled == final


@given(states, st.floats(0, 2e7))
def test_what_a_state_gives(state, now):
    found = standing([state], PLANS, now)
    at = state.time(now)
    if found is None:
        paid = state.status in {"active", "trialing"} or (state.status == "past_due" and at < state.grace_end)
        assert not paid or (state.ends and at >= state.period_end) or PLANS.named(state.plan) is None
        return
    assert found.plan.name == state.plan and state.status in {"active", "trialing", "past_due"}
    if state.status == "past_due":
        assert at < (state.period_end if state.unpaid_since is None else state.unpaid_since) + GRACE
    if state.clock_time is None:
        later = standing([replace(state, status="past_due")], PLANS, state.grace_end)
        assert later is None, "no grace is longer than seven days"


lines = st.lists(st.floats(0, 4 * 3600, allow_nan=False), max_size=12).map(
    lambda spent: [Line(number, seconds) for number, seconds in enumerate(spent, 1)]
)


@given(lines, st.data())
def test_a_month_is_billed_to_the_second_however_it_is_cut(all_lines, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(all_lines)), max_size=4)))
    before = []
    for cut in [*cuts, len(all_lines)]:
        before += owed(all_lines[:cut], before)
    assert [each.line for each in before] == [line.number for line in all_lines], "each line once"
    assert all(each.units >= 0 for each in before)
    beyond = sum(line.seconds for line in all_lines)
    assert beyond - 1 < sum(each.units for each in before) <= beyond + 1e-6


@given(st.integers(0, 10**7), st.integers(1, 100_000))
def test_the_price_of_a_second_adds_up_to_that_of_an_hour(hours, cents):
    assert cost(hours * 3600, cents) == hours * cents
    assert len(unit_price(cents).partition(".")[2]) <= 12
