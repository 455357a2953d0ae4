"""Boards of any kind: balance, symmetry, superposition, reciprocity, limits; and documents that are anything."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import DataFormatError, InputError
from joulebook.thermal import Board, solve

COARSE = {"cell_size": 0.02}
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]
ROUGH = settings(max_examples=15, deadline=None, phases=UNSHRUNK, suppress_health_check=[HealthCheck.too_slow])
LAYERS = [
    {"thickness": 35e-6, "conductivity": 0.8, "copper_fraction": 0.4, "contact_resistance_below": 1e-6},
    {"thickness": 1.5e-3, "conductivity": 0.8, "conductivity_through": 0.3},
    {"thickness": 35e-6, "conductivity": 385.0},
]
LINEAR = {"top": {"coefficient": 12.0}, "bottom": {"coefficient": 8.0}, "sides": {"coefficient": 5.0}}


def part(x: float, y: float, power: float, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "length": 0.01, "width": 0.008, "power": power, **more}


def board(parts: dict[str, Any], **more: Any) -> Board:
    return Board(
        **{"name": "b", "length": 0.06, "width": 0.05, "layers": LAYERS, "components": parts, **LINEAR, **more}
    )


packages = st.one_of(
    st.just({"kind": "source"}),
    st.builds(
        lambda case, through, sink: {
            "kind": "two_resistor",
            "junction_to_case": case,
            "junction_to_board": through,
            **({} if sink is None else {"heat_sink": sink}),
        },
        st.floats(0.01, 300.0),
        st.floats(0.01, 300.0),
        st.none() | st.floats(0.01, 50.0),
    ),
)
faces = st.builds(
    lambda h, e: {"emissivity": e, **({} if h is None else {"coefficient": h})},
    st.none() | st.floats(0.5, 2000.0),
    st.just(0.0) | st.floats(0.0, 1.0),
)
layers = st.lists(
    st.builds(
        lambda t, k, z, f, p: {
            "thickness": t,
            "conductivity": k,
            "conductivity_through": z,
            "copper_fraction": f,
            "copper_pattern": p,
        },
        st.floats(1e-5, 3e-3),
        st.floats(0.1, 400.0),
        st.floats(0.1, 400.0),
        st.floats(0.0, 1.0),
        st.sampled_from(["parallel", "connected", "islands", "series"]),
    ),
    min_size=1,
    max_size=5,
)


@ROUGH
@given(st.data())
def test_any_board_gives_off_what_it_takes_and_is_warmer_than_the_air(data: st.DataObject) -> None:
    parts = {}
    for k in range(data.draw(st.integers(1, 4))):
        parts[f"U{k}"] = part(
            0.01 + 0.012 * k, data.draw(st.floats(0.005, 0.045)), data.draw(st.floats(1e-3, 5.0)),
            side=data.draw(st.sampled_from(["top", "bottom"])), package=data.draw(packages),
        )  # fmt: skip
    whole = board(
        parts,
        layers=data.draw(layers),
        top=data.draw(faces),
        bottom=data.draw(faces),
        orientation=data.draw(st.sampled_from(["horizontal", "vertical"])),
        ambient=data.draw(st.floats(230.0, 350.0)),
    )
    run = solve(whole, options={**COARSE, "max_iterations": 2000})
    assert run.facts["imbalance"] <= 1e-9
    assert sum(run.facts["heat_leaving"].values()) == pytest.approx(whole.power, rel=1e-8)
    slack = 1e-7 * float(run["temperature"].max() - whole.ambient) + 1e-9
    assert run["temperature"].min() >= whole.ambient - slack
    hottest = max(run["top_temperature"].max(), run["bottom_temperature"].max())
    assert run["temperature"].max() <= hottest + slack, "nothing inside is hotter than the faces"
    known = ~np.isnan(run["junction"])
    assert np.all(run["junction"][known] >= run["board"][known] - slack) or np.any(run["into_board"] < 0)


def test_heat_doubles_with_its_sources_and_adds_up() -> None:
    first = {"A": part(0.015, 0.012, 2.0), "B": part(0.04, 0.03, 0.0), "C": part(0.02, 0.035, 0.0)}
    paths = {"kind": "two_resistor", "junction_to_case": 4.0, "junction_to_board": 8.0}
    first["C"]["package"] = paths

    def rises(powers: tuple[float, float, float]) -> Any:
        parts = {name: {**item, "power": power} for (name, item), power in zip(first.items(), powers, strict=True)}
        return solve(board(parts), options=COARSE)["temperature"] - 298.15

    alone = [rises((2.0, 0.0, 0.0)), rises((0.0, 1.5, 0.0)), rises((0.0, 0.0, 0.7))]
    assert rises((2.0, 1.5, 0.7)) == pytest.approx(sum(alone), rel=1e-7)
    assert rises((4.0, 0.0, 0.0)) == pytest.approx(2.0 * alone[0], rel=1e-7)


def test_a_source_here_warms_there_as_a_source_there_warms_here() -> None:
    places = {"A": part(0.015, 0.012, 0.0), "B": part(0.04, 0.03, 0.0, side="bottom")}
    places["B"]["length"] = 0.016
    seen = []
    for warm, other in (("A", 1), ("B", 0)):
        parts = {name: {**item, "power": 1.0 * (name == warm)} for name, item in places.items()}
        seen.append(float(solve(board(parts), options=COARSE)["board"][other]) - 298.15)
    assert seen[0] == pytest.approx(seen[1], rel=1e-7)


@pytest.mark.parametrize("natural", [False, True])
def test_a_board_and_its_mirror_image_have_mirrored_temperatures(natural: bool) -> None:
    more: dict[str, Any] = {"top": {"emissivity": 0.8}, "bottom": {}} if natural else {}
    parts = {"A": part(0.012, 0.011, 2.0), "B": part(0.04, 0.03, 1.0)}
    mirrored = {name: {**item, "x": 0.06 - item["x"], "y": 0.05 - item["y"]} for name, item in parts.items()}
    here, there = (solve(board(item, **more), options=COARSE)["temperature"] for item in (parts, mirrored))
    assert here == pytest.approx(there[::-1, ::-1], abs=1e-6)
    turned = {name: {**item, "side": "bottom"} for name, item in parts.items()}
    flip = {"layers": [{**LAYERS[2], "contact_resistance_below": 0.0}, {**LAYERS[1], "contact_resistance_below": 1e-6}]}
    flip["layers"].append({**LAYERS[0], "contact_resistance_below": 0.0})
    if not natural:
        upside = solve(board(turned, **flip, top=LINEAR["bottom"], bottom=LINEAR["top"]), options=COARSE)["temperature"]
        assert here == pytest.approx(upside[:, :, ::-1], abs=1e-6)


def test_a_board_that_conducts_well_has_one_temperature_and_one_that_does_not_has_many() -> None:
    parts = {"A": part(0.03, 0.025, 3.0)}
    even = solve(board(parts, layers=[{"thickness": 2e-3, "conductivity": 1e4}]), options=COARSE)["temperature"]
    area, rims = 0.06 * 0.05, 2 * (0.06 + 0.05) * 2e-3
    assert even.mean() - 298.15 == pytest.approx(3.0 / (area * 20.0 + rims * 5.0), rel=1e-2)
    assert np.ptp(even) < 1.5
    steep = solve(board(parts, layers=[{"thickness": 2e-3, "conductivity": 0.3}]), options=COARSE)["temperature"]
    assert np.ptp(steep) > 100.0


leaves = st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=8) | st.just([]) | st.just({})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_documents_that_are_anything_are_boards_or_have_named_faults(data: st.DataObject) -> None:
    document = Board.named("Motor controller").to_document()
    for _ in range(data.draw(st.integers(1, 3))):
        here: Any = document
        while True:
            if isinstance(here, dict) and here:
                key: Any = data.draw(st.sampled_from(sorted(here)))
            elif isinstance(here, list) and here:
                key = data.draw(st.integers(0, len(here) - 1))
            else:
                break
            if data.draw(st.booleans()) and isinstance(here[key], dict | list):
                here = here[key]
                continue
            action = data.draw(st.sampled_from(["change", "drop", "add"]))
            if action == "drop":
                del here[key]
            elif action == "change":
                here[key] = data.draw(leaves)
            elif isinstance(here, dict):
                here[data.draw(st.text(max_size=6))] = data.draw(leaves)
            break
    try:
        made = Board.from_document(document)
    except (InputError, DataFormatError) as error:
        assert str(error)
    else:
        assert Board.from_document(json.loads(json.dumps(made.to_document()))) == made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: ('{"kind": "board", ' + text).encode()))
def test_files_that_are_anything_are_refused_by_name(tmp_path: Any, content: bytes) -> None:
    file = tmp_path / "x.pcb.json"
    file.write_bytes(content)
    with pytest.raises((InputError, DataFormatError)):
        Board.load(file)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["cell_size", "refine", "tolerance", "max_iterations"]) | st.text(), leaves))
def test_options_that_are_anything_are_taken_or_named(given_options: dict[str, Any]) -> None:
    from joulebook.thermal.options import BoardOptions

    try:
        BoardOptions.of(given_options)
    except InputError as error:
        assert error.issues
