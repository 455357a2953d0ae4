"""Protocols: how they are put together, and the table that they become."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from joulebook.battery import (
    Cell,
    Discharge,
    Drive,
    Hold,
    Protocol,
    Rest,
    cccv,
    cycling,
    gitt,
    hppc,
    rate_capability,
)
from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.core.errors import InputError

CELL = Cell.named("Chen2020")
CYCLE = ["Discharge at 1C until cut-off", "Rest for 1 hour", "Charge at C/2 until 4.2 V", "Hold at 4.2 V until C/50"]


def rows(protocol: object) -> np.ndarray:
    return Protocol(protocol).compile(CELL).rows


def test_a_protocol_is_a_sentence_lines_a_list_or_objects():
    assert Protocol(CYCLE) == Protocol("\n".join(CYCLE)) == Protocol(tuple(CYCLE))
    assert Protocol(CYCLE) == Protocol([Discharge("1C", until="cut-off"), Rest(3600.0), *CYCLE[2:]])
    assert Protocol(Protocol(CYCLE)) == Protocol(CYCLE)
    assert len({Protocol(CYCLE), Protocol(CYCLE), Protocol(CYCLE) * 2}) == 2
    assert [str(step) for step in Protocol(CYCLE)] == CYCLE
    assert Protocol.examples[0] == "Discharge at 1C until 2.5 V"
    assert len(Protocol(list(Protocol.examples))) == len(Protocol.examples)


def test_cycles_repeats_and_sums():
    test = Protocol(CYCLE) * 3 + Protocol("Rest for 10 s")
    assert (len(test), test.cycles) == (13, 3)
    table = test.compile(CELL).rows
    assert table[:, column.CYCLE].tolist() == [1.0] * 4 + [2.0] * 4 + [3.0] * 4 + [0.0]
    assert table[:, column.STEP_OF_CYCLE].tolist() == [0.0, 1.0, 2.0, 3.0] * 3 + [0.0]
    assert "Rest for 5 s" + test == Protocol("Rest for 5 s") + test
    assert test + Protocol(["Rest for 5 s"]) == test + "Rest for 5 s" == test + Rest(5)
    assert Protocol([test, "Rest for 5 s"]) == test + "Rest for 5 s"
    assert 2 * Protocol(CYCLE) == Protocol(CYCLE) * 2
    assert Protocol(CYCLE) * 1 == Protocol(CYCLE)


def test_a_tuple_in_a_list_is_a_cycle_as_in_pybamm():
    test = Protocol([tuple(CYCLE), "Rest for 1 s", tuple(CYCLE)])
    assert test.compile(CELL).rows[:, column.CYCLE].tolist() == [1.0] * 4 + [0.0] + [2.0] * 4
    assert Protocol([tuple(CYCLE)] * 5).cycles == 5


def test_check_ups_between_stretches_are_cycles_of_their_own():
    test = (Protocol(CYCLE[:3]) * 2 + Protocol(["Discharge at C/10 until cut-off", "Charge at C/10 until 4.2 V"])) * 2
    cycle = test.compile(CELL).rows[:, column.CYCLE]
    assert cycle.tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6]
    assert test.compile(CELL).rows[:, column.STEP_OF_CYCLE].tolist() == [0, 1, 2, 0, 1, 2, 0, 1] * 2


def test_rows_hold_what_the_loop_needs():
    table = rows(
        [
            "Discharge at C/2 until 3 V or for 90 s",
            "Charge at 18 W until 4.1 V or until 45 degC or until anode at 5 mV or until 2 Ah passed",
            "Hold at 4.1 V until C/50",
            "Hold at 4.1 V until 20 mA or for 1 hour",
            "Discharge at 4 ohm until cut-off",
            "Rest for 10 s",
        ]
    )
    nan = pytest.approx(math.nan, nan_ok=True)
    assert table.shape == (6, column.N_ROW)
    assert table[:, column.HELD].tolist() == [
        at.HOLD_CURRENT,
        at.HOLD_POWER,
        at.HOLD_VOLTAGE,
        at.HOLD_VOLTAGE,
        at.HOLD_RESISTANCE,
        at.HOLD_CURRENT,
    ]
    assert table[:, column.VALUE].tolist() == [2.5, -18.0, 4.1, 4.1, 4.0, 0.0]
    assert table[:, column.DURATION].tolist() == [90.0, math.inf, math.inf, 3600.0, math.inf, 10.0]
    assert table[:, column.FALLS_TO] == pytest.approx([3.0, *[math.nan] * 3, 2.5, math.nan], nan_ok=True)
    assert table[:, column.RISES_TO] == pytest.approx([math.nan, 4.1, *[math.nan] * 4], nan_ok=True)
    assert table[:, column.CURRENT_BELOW] == pytest.approx([math.nan] * 2 + [0.1, 0.02] + [math.nan] * 2, nan_ok=True)
    assert table[1, [column.CHARGE_PASSED, column.HOTTER_THAN, column.ANODE_BELOW]].tolist() == [2.0, 318.15, 0.005]
    assert table[0, column.CHARGE_PASSED] == nan
    assert table[:, column.OWN_END].tolist() == [1.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    assert table[:, column.SERIES_FIRST].tolist() == [-1.0] * 6
    assert table[:, column.SERIES_STOP].tolist() == [-1.0] * 6


@pytest.mark.parametrize(
    ("step", "falls_to", "rises_to"),
    [
        ("Discharge at 1C for 1 hour", 2.5, math.nan),
        ("Charge at 5 W for 1 hour", math.nan, 4.2),
        ("Discharge at 2 ohm for 1 hour", 2.5, math.nan),
        ("Discharge at 1C for 1 Ah", 2.5, math.nan),
        ("Discharge at 1C until 45 degC", 2.5, math.nan),
        ("Rest for 1 hour", math.nan, math.nan),
        ("Hold at 4.2 V until C/50", math.nan, math.nan),
        (Drive([0, 1], current=[0.0, 5.0]), 2.5, math.nan),
        (Drive([0, 1], power=[0.0, -5.0]), math.nan, 4.2),
        (Drive([0, 1], current=[-1.0, 5.0]), 2.5, 4.2),
        (Drive([0, 1], voltage=[4.0, 3.5]), math.nan, math.nan),
    ],
)
def test_the_cells_limits_are_put_in_for_safety(step, falls_to, rises_to):
    row = rows(step)[0]
    assert row[[column.FALLS_TO, column.RISES_TO]] == pytest.approx([falls_to, rises_to], nan_ok=True)
    assert row[column.OWN_END] == 0.0


def test_series_lie_one_after_another_and_once_each():
    first = Drive([0, 1, 3], current=[0.0, 5.0, -1.0])
    second = Drive([5, 6], c_rate=[0.5, 1.0])
    made = (Protocol([first, second, first]) * 2).compile(CELL)
    assert made.series.tolist() == [[0, 0], [1, 5], [3, -1], [0, 0.5], [1, 1.0]]
    assert made.rows[:, column.SERIES_FIRST].tolist() == [0, 3, 0] * 2
    assert made.rows[:, column.SERIES_STOP].tolist() == [3, 5, 3] * 2
    assert made.rows[:, column.VALUE].tolist() == [1.0, 5.0, 1.0] * 2
    assert made.rows[:, column.DURATION].tolist() == [3.0, 1.0, 3.0] * 2
    assert made.sentence_of.tolist() == [0, 1, 0] * 2


def test_a_thousand_cycles_are_compiled_as_a_table():
    made = (Protocol(CYCLE) * 1000).compile(CELL)
    assert made.rows.shape == (4000, column.N_ROW)
    assert made.rows.flags.c_contiguous
    assert made.sentences == tuple(CYCLE)
    assert made.rows[-1, column.CYCLE] == 1000


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "has no steps"),
        ("", "is not a step"),
        (None, "must be a sentence"),
        (3, "must be a sentence"),
        ([[]], "cycle without steps"),
        (["Rest for 1 s", 7], r"protocol\.1 = 7: must be a sentence"),
        (["Rest for 1 s", ("Hold at 4.2 V",)], r"protocol\.1\.0 .*has no end"),
    ],
)
def test_protocols_that_are_none(steps, said):
    with pytest.raises(InputError, match=said):
        Protocol(steps)


def test_every_faulty_step_is_named():
    with pytest.raises(InputError) as caught:
        Protocol(["Rest", "Rest for 1 s", "Hold at 4.2 V", "Sing"])
    assert [issue.path for issue in caught.value.issues] == ["protocol.0", "protocol.2", "protocol.3"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("Discharge at 1C until 2500 V", "ends at 2500 V, but the cell's limits are 2.5 and 4.2 V"),
        ("Hold at 42 V until C/50", "holds 42 V"),
        ("Hold at 0.5 V until C/50", "holds 0.5 V"),
        ("Discharge at 1C until 4.5 V", "is a discharge until 4.5 V"),
        ("Charge at 1C until 2.4 V", "is a charge until 2.4 V"),
        (Drive([0, 1], voltage=[3.0, 9.0]), "holds 9 V"),
        (["Charge at C/100 until 4.2 V", "Hold at 4.2 V until C/50"], "begins with 0.05 A"),
        (["Charge at C/2 until cut-off", "Hold at 4.2 V until 2.5 A"], "begins with 2.5 A"),
    ],
)
def test_contradictions_with_the_cell_are_found_without_solving(steps, said):
    with pytest.raises(InputError, match=said) as caught:
        Protocol(steps).compile(CELL)
    assert caught.value.issues[0].path == "protocol"


def test_what_is_only_unusual_is_allowed():
    unusual = Protocol(["Discharge at 1C until 0.1 V", "Charge at C/2 until 4.1 V", "Hold at 4.2 V until 1C"])
    assert unusual.compile(CELL).rows.shape[0] == 3


def test_repeats_are_counted():
    with pytest.raises(InputError, match="at least once"):
        Protocol(CYCLE) * 0
    with pytest.raises(InputError, match="at most 200000"):
        Protocol(CYCLE) * 50_001
    with pytest.raises(TypeError):
        Protocol(CYCLE) * 1.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        Protocol(CYCLE) * True + 3  # type: ignore[operator]
    deep = Protocol("Rest for 1 s")
    with pytest.raises(InputError, match="20 deep"):
        for _ in range(30):
            deep = Protocol([(deep, Rest(1))])


def test_documents(tmp_path):
    test = Protocol([tuple(CYCLE), Drive([0, 1, 3], current=[0.0, 5.0, -1.0], until="< 3 V", duration=2)]) * 7
    document = test.to_document()
    assert document["kind"] == "joulebook.protocol"
    assert document["steps"][0]["repeat"] == 7
    assert Protocol.from_document(document) == test
    assert Protocol.load(test.save(tmp_path / "a.protocol.json")) == test
    assert pickle.loads(pickle.dumps(test)) == test


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, "kind"),
        ([], "kind"),
        ({"kind": "joulebook.cell"}, "kind"),
        ({"kind": "joulebook.protocol", "schema_version": 2}, "schema_version"),
        ({"kind": "joulebook.protocol", "schema_version": 1}, "steps"),
        ({"kind": "joulebook.protocol", "schema_version": 1, "steps": []}, "protocol"),
        ({"kind": "joulebook.protocol", "schema_version": 1, "steps": [3]}, "steps.0"),
        (
            {"kind": "joulebook.protocol", "schema_version": 1, "steps": [{"repeat": 0, "steps": ["Rest for 1 s"]}]},
            "steps.0.repeat",
        ),
        ({"kind": "joulebook.protocol", "schema_version": 1, "steps": [{"steps": []}]}, "steps.0.steps"),
        ({"kind": "joulebook.protocol", "schema_version": 1, "steps": [{"held": "mood"}]}, "steps.0.held"),
        (
            {
                "kind": "joulebook.protocol",
                "schema_version": 1,
                "steps": [{"held": "power", "time": [0], "values": [1]}],
            },
            "steps.0.time",
        ),
        (
            {"kind": "joulebook.protocol", "schema_version": 1, "steps": [{"held": "power", "color": 1}]},
            "steps.0.color",
        ),
    ],
)
def test_documents_that_are_none(document, path):
    with pytest.raises(InputError) as caught:
        Protocol.from_document(document)
    assert caught.value.issues[0].path == path


# What PyBaMM 26.10's Experiment.to_config gives for two cycles, a held voltage and a drive cycle.
PYBAMM = {
    "cycles": [
        [
            {
                "type": "c-rate",
                "duration": "10 hours",
                "value": 0.1,
                "terminations": [{"type": "voltage", "value": 3.3}],
                "description": "Discharge at C/10 for 10 hours or until 3.3 V",
            },
            {"type": "rest", "duration": "1 hour", "description": "Rest for 1 hour"},
        ],
        [{"type": "current", "value": -4.0, "terminations": [{"type": "voltage", "value": 4.1, "operator": ">"}]}],
        [{"type": "voltage", "value": 4.1, "terminations": [{"type": "current", "value": 0.05}], "tags": ["x"]}],
        [{"type": "power", "value": [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]}],
        [{"type": "rest", "duration": 60, "terminations": [{"type": "voltage", "value": 3.0}]}],
    ]
}


def test_experiments_of_pybamm():
    test = Protocol.from_pybamm(PYBAMM)
    assert test == Protocol(
        [
            ("Discharge at C/10 for 10 hours or until 3.3 V", "Rest for 1 hour"),
            "Charge at 4 A until 4.1 V",
            "Hold at 4.1 V until 50 mA",
            Drive([0, 1, 2], power=[1, 2, 3]),
            "Rest for 1 minute",
        ]
    )
    assert test.cycles == 1
    assert Protocol.from_pybamm({**PYBAMM, "period": 60}).items[1].period == 60


@pytest.mark.parametrize(
    ("experiment", "path"),
    [
        ("Rest for 1 s", "experiment"),
        ({"cycles": ["Rest"]}, "experiment"),
        ({"cycles": []}, "protocol"),
        ({"cycles": [[{"type": "mood"}]]}, "cycles.0.0.type"),
        ({"cycles": [[{"type": "current", "value": None}]]}, "cycles.0.0.step"),
        ({"cycles": [[{"type": "current", "value": "I_app", "duration": 1}]]}, "cycles.0.0.current"),
        ({"cycles": [[{"type": "power", "value": [[0, 1], [1]]}]]}, "cycles.0.0.value"),
        ({"cycles": [[{"type": "power", "value": [0, 1]}]]}, "cycles.0.0.value"),
        ({"cycles": [[{"type": "rest", "duration": 1, "temperature": 300.0}]]}, "cycles.0.0.temperature"),
        ({"cycles": [[{"type": "rest", "duration": 1}]], "temperature": 300.0}, "cycles.0.0.temperature"),
        ({"cycles": [[{"type": "rest", "duration": 1}]], "termination": ["80% capacity"]}, "termination"),
        ({"cycles": [[{"type": "voltage", "value": 4, "terminations": [{"type": "x"}]}]]}, "cycles.0.0.terminations"),
        (
            {"cycles": [[{"type": "voltage", "value": 4, "terminations": [{"type": "current", "value": math.nan}]}]]},
            "cycles.0.0.terminations",
        ),
        (
            {
                "cycles": [
                    [
                        {
                            "type": "voltage",
                            "value": 4,
                            "terminations": [{"type": "current", "value": 1, "operator": "<"}],
                        }
                    ]
                ]
            },
            "cycles.0.0.terminations",
        ),
    ],
)
def test_experiments_that_cannot_be_taken_over(experiment, path):
    with pytest.raises(InputError) as caught:
        Protocol.from_pybamm(experiment)
    assert caught.value.issues[0].path == path


def test_it_shows_itself():
    test = Protocol([tuple(CYCLE)]) * 5 + Drive([0, 1], power=[1.0, 2.0])
    assert repr(test).splitlines()[0] == "<Protocol: 21 steps, 5 cycles>"
    assert "5 ×" in str(test)
    shown = test._repr_html_()
    assert "<td style='text-align:left'>cut-off</td>" in shown
    assert "1 hour" in shown
    assert "&lt;" in Protocol("Rest for 1 s or until < 3 V")._repr_html_()


def test_builders():
    assert cccv(4.2) == Protocol([*CYCLE[2:]])
    assert cycling(100, voltage=4.2).cycles == 100
    check = Protocol("Discharge at C/10 until cut-off") + cccv(4.2)
    test = cycling(120, voltage=4.2, rest=60, check_up=check, check_every=50)
    assert test.cycles == 120 + 4
    numbers = test.compile(CELL).rows[:, column.CYCLE]
    assert np.all(np.diff(numbers) >= 0)
    assert len(test) == 120 * 5 + 4 * 3
    assert rate_capability(["C/10", "1C", "3C"], voltage=4.2).cycles == 3
    assert gitt(charge=True, rate="C/5", pulse=600).cycles == 33
    assert gitt(rate="100 mA", pulses=4).cycles == 4


def test_pulses_lie_a_tenth_of_the_capacity_apart():
    test = hppc(pulse=3.0, rate=1.0)
    table = test.compile(CELL).rows
    charge = table[:, column.VALUE] * table[:, column.DURATION] / 3600.0
    per_cycle = [charge[table[:, column.CYCLE] == k].sum() for k in range(1, 11)]
    assert per_cycle == pytest.approx([0.5] * 10)
    assert table[:, column.OWN_END].reshape(-1)[:5].tolist() == [0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: hppc(pulse=100.0, pulse_duration=100.0), "depth_step"),
        (lambda: hppc(rest=math.nan), "rest"),
        (lambda: hppc(pulse="1C"), "pulse"),
        (lambda: gitt(rate="1 A"), "pulses"),
        (lambda: gitt(rate="C/10", pulses=0), "pulses"),
        (lambda: cycling(0, voltage=4.2), "cycles"),
        (lambda: cycling(5, voltage=4.2, check_up=cccv(4.2), check_every=0), "check_every"),
        (lambda: rate_capability([], voltage=4.2), "rates"),
        (lambda: rate_capability("1C", voltage=4.2), "rates"),
        (lambda: cccv("high"), "voltage"),
    ],
)
def test_builders_check_what_they_are_given(make, path):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.issues[0].path == path


def test_hold_takes_a_number():
    with pytest.raises(InputError, match="must be a number"):
        Hold("4.2 V", until="C/50")
