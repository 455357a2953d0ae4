"""Which plan a person has and what it allows: order of the sources, ends, pools; and what a refusal says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.plans import value_typed
from joulebook_hub.plans import LIMITS, Plans
from joulebook_hub.quota.decisions import NotAllowed, Offer, decide, decide_switch
from joulebook_hub.quota.entitlements import Grant, Override, entitle, value_fault
from joulebook_hub.quota.routes import end_of_day

PLANS = Plans.read(default="explorer")
NAMES = [plan.name for plan in PLANS.tiers]
SUBSCRIBED = Grant("researcher", "subscription", "subscription, paid until 2026-03-01", metered=True)
MEMBER = Grant("team", "organisation", "member of acme", pool="organisation/acme", caps={"gpu_hours": 30.0})


def person(row, value, line=1, until=None, reason="course"):
    return Override(line, "person", "ada", row, value, until, reason, "root")


def group(name, row, value, line=1, until=None):
    return Override(line, "group", name, row, value, until, "course", "root")


def test_default_then_group_then_subscription_then_administrator():
    assert entitle("ada", [], PLANS).plan.name == "explorer"
    assert entitle("ada", ["plan-academic", "plan-gold"], PLANS).plan.name == "academic"
    found = entitle("ada", ["plan-academic"], PLANS, grants=[SUBSCRIBED])
    assert (found.plan.name, found.why, found.metered) == ("researcher", SUBSCRIBED.why, True)
    assert entitle("ada", ["plan-utility"], PLANS, grants=[SUBSCRIBED]).plan.name == "utility"
    smaller = entitle("ada", ["plan-utility", "cryo"], PLANS, [group("cryo", "plan", "academic")], [SUBSCRIBED])
    assert smaller.plan.name == "academic" and "group cryo" in smaller.why
    own = [group("cryo", "plan", "team", 1), person("plan", "advanced", 2)]
    assert entitle("ada", ["cryo"], PLANS, own).plan.name == "advanced"
    assert entitle("ada", [], PLANS, own[:1]).plan.name == "explorer", "not a member"


def test_a_row_of_a_person_before_one_of_a_group_before_the_plan():
    given_ = [group("a", "jobs", 30), group("b", "jobs", 40), person("storage", 7)]
    found = entitle("ada", ["a", "b"], PLANS, given_)
    assert found.amount("jobs") == 40 and found.amount("storage") == 7 and found.amount("projects") == 2
    assert "group b" in found.rows["jobs"].why and found.rows["projects"].why == "plan Explorer"
    assert entitle("ada", ["a", "b"], PLANS, [*given_, person("jobs", 5)]).amount("jobs") == 5
    assert entitle("ada", [], PLANS, [person("jobs", "unlimited")]).amount("jobs") == math.inf


def test_overrides_end_and_are_taken_back_and_the_newest_counts():
    lines = [person("jobs", 30, 1), person("jobs", 40, 2, until=100.0)]
    assert entitle("ada", [], PLANS, lines, now=99.0).amount("jobs") == 40
    assert entitle("ada", [], PLANS, lines, now=100.0).amount("jobs") == 10, "the newer one replaced the older one"
    assert entitle("ada", [], PLANS, [*lines, person("jobs", None, 3)], now=0.0).amount("jobs") == 10
    assert "until 1970-01-01" in entitle("ada", [], PLANS, lines, now=0.0).rows["jobs"].why


def test_a_pool_with_a_members_cap():
    found = entitle("ada", [], PLANS, grants=[MEMBER, SUBSCRIBED])
    assert (found.plan.name, found.pool, found.pooled, found.amount("gpu_hours")) == (
        *("team", "organisation/acme", 200.0, 30.0),
    )
    assert not found.metered
    own = entitle("ada", [], PLANS, [person("gpu_hours", 5)], [MEMBER])
    assert (own.pool, own.amount("gpu_hours")) == ("", 5)


def test_metered_only_where_the_plan_meters():
    academic = Grant("academic", "subscription", "s", metered=True)
    assert not entitle("ada", [], PLANS, grants=[academic]).metered


OVERRIDES = st.lists(
    st.builds(
        Override,
        line=st.integers(1, 9),
        kind=st.sampled_from(["person", "group"]),
        subject=st.sampled_from(["ada", "bob", "cryo"]),
        row=st.sampled_from(["plan", "jobs", "gpu_hours", "api_tokens"]),
        value=st.sampled_from([None, "team", 3, True, "gold", "unlimited"]),
        until=st.one_of(st.none(), st.floats(0, 10)),
    ),
    max_size=8,
)


@given(OVERRIDES, st.lists(st.sampled_from([SUBSCRIBED, MEMBER])), st.sampled_from(NAMES), st.floats(0, 10))
def test_everybody_always_has_a_plan_and_every_row(overrides, grants, held, now):
    overrides = [each for each in overrides if not value_fault(PLANS, each.row, each.value)]
    found = entitle("ada", ["cryo", f"plan-{held}"], PLANS, overrides, grants, now)
    assert found.plan in PLANS.tiers and set(found.rows) == set(LIMITS) and found.why
    assert found == entitle("ada", [f"plan-{held}", "cryo"], PLANS, list(reversed(overrides)), grants, now) or len(
        {each.line for each in overrides}
    ) < len(overrides), "the order in which facts are handed in does not matter"
    foreign = [each for each in overrides if each.subject == "bob"]
    assert entitle("ada", [], PLANS, foreign, (), now) == entitle("ada", [], PLANS)
    if not [each for each in overrides if each.row == "plan"]:
        sizes = [NAMES.index(held), *(NAMES.index(grant.plan) for grant in grants)]
        assert NAMES.index(found.plan.name) == max(sizes)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e3))
def test_a_decision_is_the_sum(used, most, wanted):
    found = entitle("ada", [], PLANS, [person("storage", most)])
    decision = decide(found, "storage", used, wanted=wanted)
    assert decision.allowed == (used + wanted <= most) == (not decision.message)


def test_a_refusal_says_what_how_much_and_what_to_do():
    found = entitle("ada", [], PLANS)
    full = decide(found, "jobs", 10, offer=Offer("/hub/billing"))
    assert full.message == (
        "10 of 10 hub jobs of this month are used (plan Explorer). New jobs come with the next month (UTC), or choose "
        "a larger plan: /hub/billing."
    )
    none = decide(entitle("ada", [], PLANS, [person("named_servers", 0)]), "named_servers", 0)
    assert none.message.startswith("The limit of named servers is 0 (set by an administrator: course). Ask an admin")
    tokens = decide_switch(found, "api_tokens")
    assert tokens.message == (
        "API tokens are not part of what you have (plan Explorer). Ask an administrator of this hub for more."
    )
    with pytest.raises(NotAllowed) as refused:
        tokens.or_refuse()
    assert refused.value.status == 402 and refused.value.reason == "quota_api_tokens"
    assert decide_switch(entitle("ada", [], PLANS, [person("api_tokens", True)]), "api_tokens").or_refuse().allowed


@pytest.mark.parametrize(
    ("row", "value", "words"),
    [
        ("plan", "gold", "explorer, academic"),
        ("plan", 3, "use one of"),
        ("gpu_hours", -1, "gpu_hours = -1"),
        ("gpu_hours", "many", "unlimited"),
        ("gpu_hours", math.inf, "use a number"),
        ("api_tokens", 1, "true or false"),
        ("memory", 0, "above 0"),
        ("price", 3, "row = 'price'"),
        ("discs", 3, "row = 'discs'"),
    ],
)
def test_values_that_are_none_are_named(row, value, words):
    assert words in value_fault(PLANS, row, value)
    assert value_fault(PLANS, "gpu_hours", None) == value_fault(PLANS, "plan", "team") == ""


TYPED = st.one_of(
    st.text(max_size=40), st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{0,6})?(e[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["nan", "inf", "-0", "1_000", "yes", "NO", "unlimited", "set by administrator", "٣", "0x10"]),
)  # fmt: skip


@given(st.sampled_from(["plan", *LIMITS]), TYPED)
def test_whatever_is_typed_is_a_value_of_the_row_or_named(row, typed):
    value = value_typed(row, typed)
    fault = value_fault(PLANS, row, value)
    if fault:
        assert row in fault
    else:
        allowed = entitle("ada", [], PLANS, [person(row, value)])
        assert row == "plan" or allowed.rows[row].value == value


@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True)))
def test_a_last_day_is_a_day_or_refused(typed):
    try:
        end = end_of_day(typed)
    except HubError as refused:
        assert refused.reason == "bad_day"
    else:
        assert end % 86400 == 0
