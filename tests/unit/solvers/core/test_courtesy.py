"""Limits of a hub's plan in a notebook: every study of a network keeps to them, and only inside a hub."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook import grid
from joulebook.core.courtesy import VARIABLE, courtesy_limit, keep_to_plan, need_in_plan
from joulebook.core.errors import InputError, OutOfRangeError

STUDIES = {
    "power_flow": lambda: grid.power_flow(grid.Network.named("case14")),
    "contingencies": lambda: grid.contingencies(grid.Network.named("case14")),
    "continuation": lambda: grid.continuation(grid.Network.named("case14")),
    "short_circuit": lambda: grid.short_circuit(grid.Network.named("case14")),
    "optimal_power_flow": lambda: grid.optimal_power_flow(grid.Network.named("case14")),
    "unbalanced_power_flow": lambda: grid.unbalanced_power_flow(grid.Feeder.named("IEEE13")),
    "unbalanced_time_series": lambda: grid.unbalanced_time_series(grid.Feeder.named("IEEE13")),
}


def plan(monkeypatch, **limits):
    monkeypatch.setenv(VARIABLE, json.dumps({"plan": "Explorer", "limits": limits}))


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_larger_than_the_plan_says_value_limit_and_way_out(monkeypatch, study):
    plan(monkeypatch, grid_buses=12)
    with pytest.raises(OutOfRangeError) as refused:
        STUDIES[study]()
    (issue,) = refused.value.issues
    assert issue.value > 12 and "Explorer" in issue.rule and "12" in issue.rule
    assert "larger plan" in issue.hint and "outside the hub" in issue.hint


def test_what_fits_and_a_notebook_outside_a_hub_are_left_alone(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert STUDIES["power_flow"]().losses_MW > 13
    plan(monkeypatch, grid_buses=14)
    assert STUDIES["power_flow"]().losses_MW > 13
    keep_to_plan("board_components", lambda: pytest.fail("no limit, no question"), "a board")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.just("[" * 9000)))
def test_a_variable_that_is_something_else_limits_nothing(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    assert courtesy_limit("grid_buses") == float("inf")
    need_in_plan("quench", "Quench", "a magnet")


@pytest.mark.parametrize("value", [True, "25", None, -1, float("nan"), [25]])
def test_amounts_that_are_none_limit_nothing(monkeypatch, value):
    plan(monkeypatch, grid_buses=value)
    assert courtesy_limit("grid_buses") == float("inf")


def test_what_a_plan_is_without_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setenv(VARIABLE, json.dumps({"plan": "Explorer", "limits": {}, "without": ["vtk_export"]}))
    need_in_plan("quench", "Quench", "a magnet")
    with pytest.raises(InputError) as refused:
        need_in_plan("vtk_export", "VTK export", "my board")
    (issue,) = refused.value.issues
    assert refused.value.subject == "my board" and issue.path == "VTK export"
    assert "Explorer" in issue.rule and "larger plan" in issue.hint and "outside the hub" in issue.hint
    monkeypatch.setenv(VARIABLE, json.dumps({"plan": "Explorer", "without": "vtk_export"}))
    need_in_plan("vtk_export", "VTK export", "my board")
