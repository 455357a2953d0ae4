"""Random cryostats: energy, symmetry, scaling, limits; any document is a cryostat or has faults."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import DataFormatError, InfeasibleError, InputError
from joulebook.cryo import Cryostat, solve

busy = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
MATERIALS = ("copper", "stainless steel 304L", "G-10 CR, normal", "Nylon", "aluminium 6061-T6", "brass C26000")


@st.composite
def cryostats(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 5))
    cooled = draw(st.booleans()) and count >= 2
    names = ["vessel", *(f"stage{k}" for k in range(count))]
    stages: dict[str, Any] = {name: {} for name in names}
    stages["vessel"] = {"temperature": draw(st.floats(200.0, 310.0))}
    coolers = {}
    if cooled:
        pair = {"first_stage": names[1], "second_stage": names[2]}
        coolers = {"head": {"kind": "two_stage", "library": "PT415", **pair}}
    else:
        stages[names[-1]] = {"temperature": draw(st.floats(0.05, 80.0))}
    parts: dict[str, Any] = {}
    for k, (start, stop) in enumerate(itertools.pairwise(names)):
        material = draw(st.sampled_from(MATERIALS))
        kind = draw(st.sampled_from(["strut", "wires"]))
        part = {"from_stage": start, "to_stage": stop, "material": material, "length": draw(st.floats(0.05, 2.0))}
        part |= {"kind": kind, "count": draw(st.integers(1, 20))}
        part |= {"section": 10 ** draw(st.floats(-8.0, -5.0))} if kind == "strut" else {"diameter": 2e-4}
        if kind == "wires" and material in {"copper", "brass C26000"}:
            part["current"] = draw(st.sampled_from([0.0, 0.02]))
        parts[f"path{k}"] = part
        faces = {"area": draw(st.floats(0.01, 2.0)), "from_emissivity": 0.05, "to_emissivity": 0.1}
        parts[f"rays{k}"] = {"kind": "radiation", "from_stage": start, "to_stage": stop, **faces}
    watts = 10 ** draw(st.floats(-6.0, -1.0))
    parts["load"] = {"kind": "load", "stage": draw(st.sampled_from(names)), "power": watts}
    return {"name": "random", "stages": stages, "coolers": coolers, "components": parts}


def attempt(document: dict[str, Any]) -> Any:
    """The result, or none where the load is beyond the cooler's map or a stage would melt."""
    try:
        return solve(Cryostat(**document), cells=12)
    except InfeasibleError:
        return None


@busy
@given(cryostats())
def test_what_flows_in_flows_out(document: dict[str, Any]) -> None:
    run = attempt(document)
    if run is None:
        return
    assert run.facts["balance_missed"] < 1e-9
    made = run["joule"].sum() + document["components"]["load"]["power"]
    taken = run["cooling"].sum() + run["bath"].sum()
    assert taken == pytest.approx(made, abs=1e-9 * np.abs(run["heat"]).sum())
    assert np.all(run["temperature"] >= 0.0049) and np.all(run["temperature"] <= 400.0)


@busy
@given(cryostats())
def test_components_have_no_direction_and_come_in_any_order(document: dict[str, Any]) -> None:
    run = attempt(document)
    if run is None:
        return
    turned = {
        name: {**part, "from_stage": part["to_stage"], "to_stage": part["from_stage"]} if "from_stage" in part else part
        for name, part in reversed(document["components"].items())
    }
    other = attempt({**document, "components": turned})
    for name, temperature in run.temperatures.items():
        assert other.temperatures[name] == pytest.approx(temperature, rel=1e-7)


@busy
@given(cryostats(), st.integers(2, 5))
def test_many_are_as_one_of_their_sum(document: dict[str, Any], times: int) -> None:
    """All conductors twice over, with no cooler, leave the temperatures and double the heat; the load too."""
    if document["coolers"]:
        return
    run = attempt(document)
    if run is None:
        return
    parts = {}
    for name, part in document["components"].items():
        changed = {"count": part["count"] * times} if "count" in part else {}
        changed |= {"area": part["area"] * times} if "area" in part else {}
        changed |= {"power": part["power"] * times} if "power" in part else {}
        parts[name] = {**part, **changed}
    other = attempt({**document, "components": parts})
    for name, temperature in run.temperatures.items():
        assert other.temperatures[name] == pytest.approx(temperature, rel=1e-7)
    assert other["heat"] == pytest.approx(times * run["heat"], rel=1e-6, abs=1e-7 * np.abs(run["heat"]).max())


@busy
@given(cryostats())
def test_at_one_temperature_nothing_flows(document: dict[str, Any]) -> None:
    stages = {name: {} for name in document["stages"]} | {"vessel": {"temperature": 77.0}}
    parts = {
        name: {**part, "current": 0.0} if "current" in part else part for name, part in document["components"].items()
    }
    del parts["load"]
    run = solve(Cryostat(name="still", stages=stages, components=parts))
    assert run["temperature"] == pytest.approx(77.0, rel=1e-9)
    assert np.abs(run["heat"]).max() < 1e-6


@busy
@given(cryostats(), st.floats(1.01, 3.0))
def test_more_load_makes_no_stage_colder(document: dict[str, Any], factor: float) -> None:
    if document["coolers"]:  # a map may cool one stage better when the other is loaded
        return
    run = attempt(document)
    load = document["components"]["load"]
    more = {**document["components"], "load": {**load, "power": load["power"] * factor}}
    other = attempt({**document, "components": more})
    if run is not None and other is not None:
        assert np.all(other["temperature"] >= run["temperature"] * (1.0 - 1e-9))


@settings(busy, max_examples=150)
@given(st.data())
def test_any_document_is_a_cryostat_or_has_faults(data: st.DataObject) -> None:
    whole = Cryostat.named("Pulse tube with wiring").to_document()
    junk = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just({}), st.just([])
    )
    place, path = whole, []
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        path.append(key)
        if data.draw(st.booleans()) or not isinstance(place[key], dict):
            place[key] = data.draw(junk)
            break
        place = place[key]
    try:
        found = Cryostat.from_document(json.loads(json.dumps(whole)))
    except (InputError, DataFormatError) as error:
        assert len(str(error)) > 10
        return
    assert Cryostat.from_document(found.to_document()) == found


@settings(busy, max_examples=60)
@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "any.cryo.json"
    path.write_bytes(content)
    with pytest.raises((InputError, DataFormatError)):
        Cryostat.load(path)
