"""Cryostats as documents, what a study gives back, and faults that say what to try."""

from __future__ import annotations

import json

import numpy as np
import pytest

import joulebook as jb
from joulebook.core.citations import cite
from joulebook.core.courtesy import VARIABLE
from joulebook.core.errors import InfeasibleError, InputError, OutOfRangeError, TopologyError
from joulebook.core.results import Status
from joulebook.cryo import Cryostat, CryostatResult, solve
from joulebook.cryo.coolers import OneStageCooler, TwoStageCooler
from joulebook.cryo.maps import map_issues

ROD = {"kind": "rod", "material": "stainless steel 304L", "diameter": 0.01, "length": 0.2}


def chain(**more):
    """A vessel, a shield that is found, and a plate that is held."""
    stages = {"vessel": {"temperature": 300.0}, "shield": {}, "plate": {"temperature": 4.0}}
    parts = {
        "upper": {**ROD, "from_stage": "vessel", "to_stage": "shield"},
        "lower": {**ROD, "from_stage": "shield", "to_stage": "plate"},
    }
    return Cryostat(**{"name": "chain", "stages": stages, "components": parts, **more})


@pytest.mark.parametrize("name", Cryostat.names())
def test_named_cryostats_are_solved_saved_and_sourced(name, tmp_path):
    cryostat = Cryostat.named(name)
    again = Cryostat.load(cryostat.save(tmp_path / "it.cryo.json"))
    assert again == cryostat and again.digest() == cryostat.digest()
    assert all(cite(source.ref) for source in cryostat.sources.values() if source.ref)
    run = solve(cryostat)
    assert run.status is Status.SOLVED and run.facts["balance_missed"] < 1e-9
    assert run.provenance.bibliography()
    kept = CryostatResult.load(run.save(tmp_path / "it.run.nc"))
    assert kept.temperatures == run.temperatures and kept.facts == run.facts
    assert "Stages" in run._repr_html_() and "K" in repr(run)
    assert run.to_xarray()["heat"].attrs["units"] == "W"
    assert all(f">{key}<" in cryostat._repr_html_() for key in (*cryostat.stages, *cryostat.components))


def test_the_pulse_tube_example_is_where_such_cryostats_are():
    found = solve(Cryostat.named("Pulse tube with wiring"))
    assert 31.4 < found.temperatures["shield"] < 45.0 and 2.5 < found.temperatures["plate"] < 4.2
    assert found.facts["above_limit"] == []
    budget = found.to_dataframe()
    assert budget.sum().abs().max() < 1e-9 * budget.abs().sum().max()
    assert budget.columns.tolist() == ["vessel_W", "shield_W", "plate_W"]
    assert "G-10 CR, normal used below 10 K" in " ".join(found.facts["outside"])


def test_a_stage_above_its_limit_is_told():
    run = solve(
        chain(stages={"vessel": {"temperature": 300.0}, "shield": {"limit": 50.0}, "plate": {"temperature": 4.0}})
    )
    assert run.facts["above_limit"] and "limit 50 K" in run.facts["above_limit"][0]


def test_the_middle_of_two_equal_rods_is_where_the_integral_is_half():
    run = solve(chain())
    law = jb.materials.conductivity("stainless steel 304L")
    middle = run.temperatures["shield"]
    assert law.integral(4.0, middle) == pytest.approx(0.5 * law.integral(4.0, 300.0), rel=1e-7)
    assert run.heat_of("upper", "shield") == pytest.approx(-run.heat_of("lower", "shield"), rel=1e-12)


def test_every_kind_of_component_and_plot():
    ends = {"from_stage": "vessel", "to_stage": "shield"}
    parts = {
        "rod": {**ROD, **ends},
        "tube": {"kind": "tube", "material": "copper", "diameter": 0.01, "wall": 0.001, "length": 1.0, **ends},
        "strut": {"kind": "strut", "material": "Nylon", "section": 1e-4, "length": 0.1, **ends},
        "wires": {
            "kind": "wires", "material": "brass C26000", "diameter": 2e-4, "length": 1.0, "count": 10,
            "current": 0.01, **ends,
        },
        "radiation": {"kind": "radiation", "area": 1.0, "from_emissivity": 0.1, "to_emissivity": 0.1, **ends},
        "blanket": {"kind": "blanket", "area": 1.0, "layers": 20, "pressure": 1e-4, **ends},
        "gas": {"kind": "gas", "area": 1.0, "gas": "nitrogen", "pressure": 1e-4, **ends},
        "load": {"kind": "load", "stage": "shield", "power": 0.5},
        "strap": {"kind": "strut", "material": "copper", "section": 1e-4, "length": 0.2, "from_stage": "shield",
                  "to_stage": "plate"},
    }  # fmt: skip
    run = solve(chain(components=parts))
    assert run["heat"].shape == (9, 3) and run.facts["balance_missed"] < 1e-9
    joule = run["joule"][3]
    assert joule > 0.0 and run["heat"].sum() == pytest.approx(joule + 0.5, rel=1e-9)
    assert any("Wiedemann" in said for said in run.facts["outside"])
    holoviews = pytest.importorskip("holoviews")
    assert len(run.plot()) == 2, "one stage is found; and the temperatures"
    budget = holoviews.render(run.plot("budget"))
    largest = [str(run["component"][k]) for k in np.argsort(-run["heat"][:, 1])[:3]]
    assert list(budget.x_range.factors)[:3] == largest and "shield at" in budget.title.text
    assert list(holoviews.render(run.plot("temperature")).x_range.factors) == ["vessel", "shield", "plate"]
    with pytest.raises(InputError, match="must be one of budget"):
        run.plot("field")
    with pytest.raises(InputError, match="It has"):
        run.heat_of("rod", "cellar")


def test_all_faults_are_told_at_once():
    parts = {
        "a": {**ROD, "material": "unobtainium", "from_stage": "vessel", "to_stage": "shield"},
        "b": {**ROD, "kind": "tube", "wall": 0.02, "from_stage": "vessel", "to_stage": "shield"},
        "c": {**ROD, "diameter": -1.0, "from_stage": "vessel", "to_stage": "shield"},
    }  # fmt: skip
    with pytest.raises(InputError) as caught:
        chain(components=parts)
    assert {issue.path for issue in caught.value.issues} == {
        "components.a.material",
        "components.b.wall",
        "components.c.diameter",
    }
    parts = {
        "a": {**ROD, "from_stage": "vessel", "to_stage": "vessel"},
        "b": {**ROD, "from_stage": "cellar", "to_stage": "shield"},
        "c": {"kind": "load", "stage": "roof", "power": 1.0},
        "d": {"kind": "wires", "material": "Nylon", "diameter": 1e-3, "length": 1.0, "current": 1.0,
              "from_stage": "vessel", "to_stage": "shield"},
    }  # fmt: skip
    cooler = {"kind": "two_stage", "first_stage": "vessel", "second_stage": "attic", "library": "PT415"}
    with pytest.raises(InputError) as caught:
        chain(components=parts, coolers={"x": cooler})
    assert len(caught.value.issues) == 6
    with pytest.raises(InputError, match="no stages"):
        Cryostat(name="nothing", stages={})


@pytest.mark.parametrize(
    ("points", "word"),
    [
        ([], "at least 2"),
        ([(1.0, 4.0)], "at least 2"),
        ([(1.0, 4.0), (1.0, 5.0)], "different loads"),
        ([(1.0, 4.0), (2.0, 3.0)], "does not warm up"),
    ],
)
def test_curves_that_no_cooler_has(points, word):
    rows = [{"load": load, "temperature": temperature} for load, temperature in points]
    with pytest.raises(InputError, match=word):
        OneStageCooler(stage="a", points=rows)


def test_maps_that_no_cooler_has():
    line = [((0.0, 0.0), (30.0, 3.0)), ((10.0, 1.0), (40.0, 4.0)), ((20.0, 2.0), (50.0, 5.0))]
    for points, word in (
        (line, "one line"),
        (line[:2], "at least 3"),
        ([*line[:2], ((20.0, 1.0), (35.0, 4.0))], "does not warm up"),
        ([((0.0, 0.0), (30.0, 3.0)), ((10.0, 0.0), (40.0, 20.0)), ((0.0, 1.0), (90.0, 4.0))], "apart"),
    ):
        issues = map_issues([loads for loads, _ in points], [values for _, values in points])
        assert issues and word in str(issues[0]), (word, issues)
    with pytest.raises(InputError, match="beside a map of the library"):
        TwoStageCooler(
            first_stage="a", second_stage="b", library="PT415",
            points=[{"first_temperature": 30.0, "second_temperature": 3.0, "first_load": 0.0, "second_load": 0.0}],
        )  # fmt: skip
    with pytest.raises(InputError, match="Give points"):
        TwoStageCooler(first_stage="a", second_stage="b")


def test_a_cooler_with_one_stage_settles_on_its_curve():
    cooler = {
        "kind": "one_stage",
        "stage": "shield",
        "points": [{"temperature": t, "load": q} for t, q in ((20.0, 0.0), (40.0, 10.0), (80.0, 40.0))],
    }
    run = solve(chain(coolers={"head": cooler}))
    load = float(run["cooling"][1])
    assert run.temperatures["shield"] == pytest.approx(np.interp(load, [0.0, 10.0, 40.0], [20.0, 40.0, 80.0]), rel=1e-9)


def test_a_stage_without_a_path():
    stages = {"vessel": {"temperature": 300.0}, "shield": {}, "plate": {"temperature": 4.0}, "lost": {}, "too": {}}
    with pytest.raises(TopologyError) as caught:
        solve(chain(stages=stages))
    assert [issue.path for issue in caught.value.issues] == ["stages.lost", "stages.too"]
    assert "hold it at a temperature" in str(caught.value)


def test_a_cooler_beyond_its_map():
    cooler = {
        "kind": "one_stage",
        "stage": "shield",
        "points": [{"temperature": 20.0, "load": 0.0}, {"temperature": 30.0, "load": 1.0}],
    }
    parts = {"heater": {"kind": "load", "stage": "shield", "power": 5.0}}
    with pytest.raises(InfeasibleError, match="its map ends at 1 W") as caught:
        solve(chain(coolers={"head": cooler}, components=parts))
    assert caught.value.partial.temperatures["shield"] > 30.0


def test_a_stage_that_would_melt():
    parts = {
        "upper": {**ROD, "diameter": 1e-4, "from_stage": "vessel", "to_stage": "shield"},
        "heater": {"kind": "load", "stage": "shield", "power": 100.0},
    }
    with pytest.raises(InfeasibleError, match="hotter than 400 K"):
        solve(chain(components=parts))


def test_a_wire_that_burns_through():
    stages = {"vessel": {"temperature": 300.0}, "plate": {"temperature": 4.0}}
    wire = {"kind": "wires", "material": "copper", "diameter": 2e-4, "length": 1.8, "from_stage": "vessel"}
    for current in (0.2, 2.0):
        parts = {"lead": {**wire, "to_stage": "plate", "current": current}}
        with pytest.raises(InfeasibleError, match="wires 'lead'"):
            solve(Cryostat(name="fuse", stages=stages, components=parts))


def test_options_are_checked():
    for cells in (0, 3, 10**9, True, 2.5):
        with pytest.raises(InputError, match="cells"):
            solve(chain(), cells=cells)


def test_a_plan_may_ask_for_fewer_components(monkeypatch):
    monkeypatch.setenv(VARIABLE, json.dumps({"plan": "Explorer", "limits": {"cryostat_components": 1}}))
    with pytest.raises(OutOfRangeError, match="components = 2: the plan Explorer of this hub allows 1"):
        solve(chain())
    monkeypatch.setenv(VARIABLE, json.dumps({"plan": "Explorer", "limits": {"cryostat_components": 2}}))
    assert solve(chain()).status is Status.SOLVED


def test_units_are_in_the_schema():
    schema = Cryostat.model_json_schema()
    assert schema["$defs"]["Rod"]["properties"]["diameter"]["displayUnit"] == "mm"
    assert schema["$defs"]["Load"]["properties"]["power"]["unit"] == "W"
