"""Whatever is typed as a protocol is either understood or answered; what is understood reads back as itself."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from joulebook.battery import Cell, Drive, Protocol, Step
from joulebook.battery import schedule as column
from joulebook.battery.sentences import EXAMPLES, read_sentence
from joulebook.battery.series import Series
from joulebook.battery.step_ends import QUANTITIES, End
from joulebook.core.errors import DataFormatError, InputError

CELL = Cell.named("Chen2020")
TYPED = (
    "discharge charge hold rest at until for or the cut-off cutoff anode potential passed period ( ) / < > above below"
    " C C/20 1C 0.5 4.2 -5 1e-3 0 1e999 nan inf V mV A mA W kW ohm mohm Ω K degC °C oC Ah A h mAh s min hours days , ."
)
WORDS = tuple(TYPED.split())
numbers = st.floats(1e-9, 1e9) | st.sampled_from([0.5, 1.0, 2.5, 4.2, 0.05, 1 / 3, 3600.0, 1e-7])
sizes = numbers | numbers.map(lambda value: -value)
ends = st.one_of(
    st.builds(End, st.just("voltage"), numbers, st.sampled_from(["", "falls", "rises"])),
    st.builds(End, st.sampled_from(["current", "c_rate", "charge"]), numbers),
    st.builds(End, st.just("temperature"), st.floats(100.0, 2000.0)),
    st.builds(End, st.just("anode_potential"), st.floats(-10.0, 10.0)),
    st.just(End("cut-off")),
)


@st.composite
def steps(draw: st.DrawFn) -> Step | None:
    """A step, or None where the parts contradict each other."""
    held = draw(st.sampled_from(["current", "c_rate", "power", "voltage", "resistance"]))
    made: dict[str, Any] = {held: draw(sizes if held != "voltage" else numbers)}
    if draw(st.integers(0, 5)) == 0:
        made = {"current": 0.0}
    try:
        return Step(
            **made,
            until=draw(st.lists(ends, max_size=3)),
            duration=draw(st.none() | st.floats(1e-9, 1e9)),
            period=draw(st.none() | st.floats(1e-9, 1e9)),
        )
    except InputError:
        return None


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=60))
@example("Discharge at 1C until 2.5 V until")
@example("Charge at 1 A for 1e-400 s")
@example("Rest for 1 s (1 s period) (1 s period)")
@settings(max_examples=1500, deadline=None)
def test_any_text_is_understood_or_answered(text: str) -> None:
    try:
        step = read_sentence(text)
    except InputError as error:
        assert EXAMPLES[0] in str(error)
        assert all(issue.path == "protocol" for issue in error.issues)
        return
    assert read_sentence(step.sentence) == step
    assert all(end.quantity in QUANTITIES for end in step.until)
    try:
        made = Protocol(text).compile(CELL)
    except InputError:
        return
    assert made.rows.shape == (1, column.N_ROW)


@given(steps())
@example(Step(current=0.0, until=End("anode_potential", -0.0)))
@settings(max_examples=1500, deadline=None)
def test_every_step_says_itself(step: Step | None) -> None:
    if step is None:
        return
    again = read_sentence(step.sentence)
    assert again == step
    assert hash(again) == hash(step)
    assert again.sentence == step.sentence
    assert Protocol.from_document(json.loads(json.dumps(Protocol(step).to_document()))) == Protocol(step)


@given(
    st.lists(st.floats() | st.integers() | st.none() | st.text(max_size=3), max_size=6),
    st.lists(st.floats() | st.none() | st.lists(st.floats(), max_size=2), max_size=6),
)
@settings(max_examples=500, deadline=None)
def test_any_series_is_taken_or_answered(time: list[Any], values: list[Any]) -> None:
    try:
        step = Drive(time, current=values)
    except InputError:
        return
    assert isinstance(step.value, Series)
    assert np.all(np.diff(step.value.time) > 0)
    assert np.all(np.isfinite(step.value.values))
    assert step.value.time[0] == 0.0


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*EXAMPLES, "power", "Rest"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["steps", "repeat", "held", "time", "values", "until", "duration", "period", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(documents)
@settings(max_examples=1000, deadline=None)
def test_any_document_is_taken_or_answered(inner: Any) -> None:
    try:
        made = Protocol.from_document({"kind": "joulebook.protocol", "schema_version": 1, "steps": inner})
    except InputError:
        return
    assert Protocol.from_document(made.to_document()) == made


@given(documents)
@settings(max_examples=500, deadline=None)
def test_anything_as_a_protocol_is_taken_or_answered(given_steps: Any) -> None:
    try:
        made = Protocol(given_steps)
    except InputError:
        return
    assert len(made) == len(list(made)) == made.compile(CELL).rows.shape[0]


@given(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=4), st.integers(1, 5), st.integers(2, 4))
@settings(max_examples=100, deadline=None)
def test_repeats_are_sums(sentences: list[str], inner: int, outer: int) -> None:
    block = Protocol(sentences) * inner + "Rest for 1 s"
    written_out = sum([block] * (outer - 1), block)  # type: ignore[arg-type]
    assert [str(step) for step in block * outer] == [str(step) for step in written_out]
    numbers = (block * outer).compile(CELL).rows[:, column.CYCLE]
    assert np.all(np.isin(np.diff(numbers), (0.0, 1.0)))
    assert math.isfinite(numbers.sum())


lines = st.lists(
    st.sampled_from(
        [
            *("Time / s,Current / A", "# time_s power_W", "t;U [V]", "Test Time (sec)\tAmps", "time,current,power"),
            *("0,1", "1,2", "2,nan", "1e400,3", "0 1", "1 2", "0;1,5", "1;2,5", "x,y", "", "#", ",", "0,1,2,3", "\x00"),
        ]
    )
    | st.text(max_size=12),
    max_size=8,
)


@given(lines, st.sampled_from(["", "power", "current", "mood"]), st.booleans())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_a_drive_cycle_or_answered(tmp_path: Path, written: list[str], held: str, latin: bool) -> None:
    path = tmp_path / "drive.txt"
    path.write_bytes("\n".join(written).encode("latin-1" if latin else "utf-8", errors="replace"))
    try:
        step = Drive.read(path, held=held)
    except (DataFormatError, InputError):
        return
    assert isinstance(step.value, Series)
    assert np.all(np.diff(step.value.time) > 0)
