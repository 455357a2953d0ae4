"""The plans' file: Joulebook's own, an operator's, and every fault told at once."""

from __future__ import annotations

import copy
import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook_hub import plans as module
from joulebook_hub.errors import HubError
from joulebook_hub.plans import LIMITS, Plans

OWN = tomllib.loads((Path(module.__file__).parent / "plans.toml").read_text(encoding="utf-8"))


def as_toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {as_toml(entry)}' for key, entry in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "plans.toml"

    def stored(document):
        path.write_text("\n".join(f"{key} = {as_toml(value)}" for key, value in document.items()), encoding="utf-8")
        return path

    return stored


def test_own_file_has_a_row_for_every_limit_and_the_agreed_values():
    plans = Plans.read()
    assert [plan.title for plan in plans.tiers] == [
        *("Explorer", "Academic", "Researcher", "Advanced", "Team", "Utility", "Enterprise"),
    ]
    assert set(OWN["limits"]) == set(LIMITS)
    assert [plan.amount("gpu_hours") for plan in plans.tiers] == [0, 10, 50, 100, 200, 200, math.inf]
    assert [plan.amount("queue_weight") for plan in plans.tiers] == [1, 1, 2, 3, 10, 10, 20]
    assert [plan.limits["price"] for plan in plans.tiers] == [0, 99, 149, 299, 499, 399, "by agreement"]
    assert [plan.amount("jobs") for plan in plans.tiers] == [10, 20, 200, 500, math.inf, math.inf, math.inf]


def test_the_largest_plan_of_a_persons_groups_counts():
    plans = Plans.read()
    assert plans.of_groups(["plan-team", "plan-academic", "radium"]).name == "team"
    assert plans.of_groups(["radium"]).name == "enterprise"
    assert Plans.read(default="explorer").of_groups([]).name == "explorer"
    assert plans.named("team").title == "Team" and plans.named("gold") is None


def test_groups_show_limits_and_no_prices():
    groups = Plans.read().groups()
    shown = {row for row, limit in LIMITS.items() if limit.kind != "price"}
    assert groups["plan-researcher"]["properties"].keys() == {"title", *shown}
    assert groups["plan-researcher"]["properties"]["gpu_hours"] == 50
    assert all("users" not in group for group in groups.values()), "members stay as they are"


def test_an_operators_file_replaces_ours(stored):
    document = copy.deepcopy(OWN) | {"plans": {"all": "Everybody"}, "default": "all"}
    document["limits"] = {key: {"all": row["team"]} for key, row in OWN["limits"].items()}
    document["limits"]["gpu_hours"]["all"] = 7.5
    plans = Plans.read(stored(document))
    assert plans.of_groups([]).amount("gpu_hours") == 7.5


def test_all_faults_are_told_at_once(stored):
    document = copy.deepcopy(OWN) | {"schema_version": 2, "default": "gold", "colour": "red"}
    del document["limits"]["jobs"]
    document["limits"]["gpu_hours"]["team"] = -1
    document["limits"]["quench"]["team"] = 1
    document["limits"]["memory"]["team"] = 0
    document["limits"]["queue_weight"]["team"] = 0
    document["limits"]["price"]["gold"] = 1
    document["limits"]["discs"] = {}
    with pytest.raises(HubError) as refused:
        Plans.read(stored(document))
    for words in (
        *("schema_version = 2", "default = 'gold'", "colour", "limits.jobs", "gpu_hours.team = -1"),
        *("memory.team = 0", "quench.team = 1", "queue_weight.team = 0", "limits.price.gold", "limits.discs"),
    ):
        assert words in refused.value.user_message


@pytest.mark.parametrize("content", [b"plans = [", b"\xff\xfe", b"x" * 200_000, b"", b"plans = 3\nlimits = 4"])
def test_what_is_no_plans_file_is_refused(tmp_path, content):
    path = tmp_path / "plans.toml"
    path.write_bytes(content)
    with pytest.raises(HubError) as refused:
        Plans.read(path)
    assert refused.value.reason == "bad_plans" and str(path) in refused.value.user_message
    with pytest.raises(HubError, match="cannot be read"):
        Plans.read(tmp_path / "none.toml")


VALUES = st.one_of(st.integers(-5, 10), st.booleans(), st.sampled_from(["unlimited", "x", "by agreement"]), st.just({}))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(LIMITS)), st.sampled_from(sorted(OWN["plans"])), VALUES)
def test_a_changed_cell_is_read_as_it_is_or_refused_by_name(stored, limit, plan, value):
    document = copy.deepcopy(OWN)
    document["limits"][limit][plan] = value
    try:
        assert Plans.read(stored(document)).named(plan).limits[limit] == value
    except HubError as refused:
        assert f"limits.{limit}.{plan}" in refused.user_message
