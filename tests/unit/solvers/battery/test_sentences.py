"""Sentences and the objects they stand for: one meaning, many ways to write it."""

from __future__ import annotations

import math
import pickle

import pytest

from joulebook.battery import Charge, Discharge, Drive, Hold, Rest, Step
from joulebook.battery.sentences import EXAMPLES, read_sentence
from joulebook.battery.step_ends import End
from joulebook.core.errors import InputError

# Sentence, and what PyBaMM 26.10's pybamm.step.string makes of it: held, value, duration, end, period.
AS_PYBAMM = [
    ("Discharge at 1C for 0.5 hours", "c_rate", 1.0, 1800.0, None, None),
    ("Discharge at C/20 for 0.5 hours", "c_rate", 0.05, 1800.0, None, None),
    ("Charge at 0.5 C for 45 minutes", "c_rate", -0.5, 2700.0, None, None),
    ("Discharge at 1 A for 0.5 hours", "current", 1.0, 1800.0, None, None),
    ("Charge at 200 mA for 45 minutes", "current", -0.2, 2700.0, None, None),
    ("Discharge at 1W for 0.5 hours", "power", 1.0, 1800.0, None, None),
    ("Charge at 200mW for 45 minutes", "power", -0.2, 2700.0, None, None),
    ("Rest for 10 minutes", "current", 0.0, 600.0, None, None),
    ("Rest for 2 m", "current", 0.0, 120.0, None, None),
    ("Hold at 1V for 20 seconds", "voltage", 1.0, 20.0, None, None),
    ("Charge at 1 C until 4.1V", "c_rate", -1.0, math.inf, ("voltage", 4.1), None),
    ("Charge at 1 C until >4.1V", "c_rate", -1.0, math.inf, ("voltage", 4.1), None),
    ("Hold at 4.1 V until 50mA", "voltage", 4.1, math.inf, ("current", 0.05), None),
    ("Hold at 3V until C/50", "voltage", 3.0, math.inf, ("c_rate", 0.02), None),
    ("Hold at 4.2 V for 1 h or until 10 mA", "voltage", 4.2, 3600.0, ("current", 0.01), None),
    ("Discharge at C/3 for 2 hours or until 2.5 V", "c_rate", 1 / 3, 7200.0, ("voltage", 2.5), None),
    ("Discharge at 4 Ohm until 2.5 V", "resistance", 4.0, math.inf, ("voltage", 2.5), None),
    ("Discharge at 2e-1C for 3e3 sec", "c_rate", 0.2, 3000.0, None, None),
    ("Discharge at 1C for 20 min (10 seconds period)", "c_rate", 1.0, 1200.0, None, 10.0),
    ("Discharge at 3 V until 1 A", "voltage", 3.0, math.inf, ("current", 1.0), None),
]


@pytest.mark.parametrize(("sentence", "held", "value", "duration", "end", "period"), AS_PYBAMM)
def test_sentences_of_pybamm_mean_the_same_here(sentence, held, value, duration, end, period):
    step = read_sentence(sentence)
    assert (step.held, step.duration, step.period) == (held, duration, period)
    assert step.value == pytest.approx(value, rel=1e-15)
    assert [(e.quantity, e.value) for e in step.until] == ([end] if end else [])
    assert step.written == sentence


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("until cut-off", End("cut-off")),
        ("until the cut off", End("cut-off")),
        ("until 2.5 V", End("voltage", 2.5, "falls")),
        ("until falls to 2500 mV", End("voltage", 2.5, "falls")),
        ("until > 4 V", End("voltage", 4.0, "rises")),
        ("until 2 Ah passed", End("charge", 2.0)),
        ("for 500 mAh", End("charge", 0.5)),
        ("for 2 A h", End("charge", 2.0)),
        ("until 318 K", End("temperature", 318.0)),
        ("until 45 degC", End("temperature", 318.15)),
        ("until 45 °C", End("temperature", 318.15)),
        ("until -5 oC", End("temperature", 268.15)),
        ("until anode potential 0 V", End("anode_potential", 0.0)),
        ("until anode at 5 mV", End("anode_potential", 0.005)),
        ("until anode below -5 mV", End("anode_potential", -0.005)),
    ],
)
def test_what_ends_a_step(text, end):
    step = read_sentence(f"Discharge at 1C {text}")
    assert step.until == (end,)
    assert read_sentence(step.sentence) == step


@pytest.mark.parametrize(("text", "seconds"), [("90 s", 90), ("1.5 min", 90), ("2 hrs", 7200), ("1 day", 86400)])
def test_times(text, seconds):
    assert read_sentence(f"Rest for {text}").duration == seconds
    assert Rest(text) == Rest(seconds) == read_sentence(f"REST UNTIL {text}.")


@pytest.mark.parametrize("sentence", EXAMPLES)
def test_examples_read_back_as_themselves(sentence):
    step = read_sentence(sentence)
    assert read_sentence(step.sentence) == step
    assert hash(read_sentence(str(step))) == hash(step)
    assert pickle.loads(pickle.dumps(step)) == step


def test_objects_and_sentences_are_equal():
    assert Discharge("C/2", until="2.5 V") == read_sentence("discharge at 0.5C until 2.5V")
    assert Charge("500 mA", until=["4.2 V", "45 degC"], duration=60) == read_sentence(
        "Charge at 0.5 A for 1 minute or until 45 degC or until 4.2 V"
    )
    assert Hold(4.2, until="C/50") == Step(voltage=4.2, until=End("c_rate", 0.02))
    assert Rest("1 hour", until="> 3 V") == read_sentence("Rest for 1 hour or until above 3 V")
    assert repr(Rest(5)) == "<Step: Rest for 5 seconds>"
    assert Discharge("1C", until="2.5 V") != Discharge("1C", until="2.6 V")
    assert Discharge("1C", until="2.5 V") != "Discharge at 1C until 2.5 V"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Discharge at 1C", "has no end"),
        ("Hold at 4.2 V", "has no end"),
        ("Rest", "has no end"),
        ("Discharge at 1C until 2 A", "holds the current"),
        ("Hold at 4.2 V until 2.5 V", "holds the voltage"),
        ("Hold at 4.2 V until cut-off", "holds the voltage"),
        ("Hold at 5 A for 1 s", "holds no voltage"),
        ("Rest until cut-off", "no direction"),
        ("Rest until 3 V", "from which side"),
        ("Rest until 1 Ah passed", "passes no charge"),
        ("Discharge at 1C until 3 V or until 2.5 V", "twice by the same"),
        ("Hold at 4.2 V until C/50 or 50 mA", "twice by the same"),
        ("Discharge at 1C until cut-off or until 2.5 V", "two voltages"),
        ("Discharge at 1C for 1 s or for 2 s", "two times"),
        ("Discharge at 1C for 2 V", "is not a step that is understood"),
        ("Discharge at 1C until 1e-12 V", "must be from 1e-9 to 1e9"),
        ("Discharge at 1C until 5 K", "from 100 to 2000 K"),
        ("Discharge at 1C until anode at 50 V", "from -10 to 10 V"),
    ],
)
def test_contradictions_are_named(sentence, said):
    with pytest.raises(InputError, match=said) as caught:
        read_sentence(sentence, "protocol.3")
    assert caught.value.issues[0].path == "protocol.3"
    assert caught.value.issues[0].value == sentence
    assert EXAMPLES[0] in str(caught.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Step(), "exactly one quantity"),
        (lambda: Step(current=1.0, power=2.0, duration=1), "exactly one quantity"),
        (lambda: Step(current=math.nan, duration=1), "must be a number"),
        (lambda: Step(current=10**400, duration=1), "must be a number"),
        (lambda: Step(current="5", duration=1), "must be a number"),
        (lambda: Step(power=0.0, duration=1), "use Rest"),
        (lambda: Step(voltage=-3.0, duration=1), "1e-9 to 1e9 V"),
        (lambda: Step(current=1.0, duration=0), "1e-9 to 1e9 s"),
        (lambda: Step(current=1.0, duration="2 V"), "must be a time"),
        (lambda: Step(current=1.0, until=2.5), "text with a unit"),
        (lambda: Step(current=1.0, until=[2.5]), "text with a unit"),
        (lambda: Step(current=1.0, until="2.5"), "not an end that is understood"),
        (lambda: Step(current=1.0, until="2.5 V and more"), "not an end that is understood"),
        (lambda: Discharge("fast", until="2.5 V"), "is not a rate"),
        (lambda: Discharge("3 V", until="2.5 V"), "is not a rate"),
        (lambda: Discharge(5.0, until="2.5 V"), "is not a rate"),
        (lambda: End("colour"), "must be one of"),
        (lambda: End("voltage", math.nan), "must be a number"),
        (lambda: End("voltage", 3.0, "left"), "falls, rises or empty"),
    ],
)
def test_objects_are_checked_too(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_all_faults_of_a_step_are_told_at_once():
    with pytest.raises(InputError) as caught:
        Step(current=math.inf, duration=-1, until=["2.5", 3])
    assert len(caught.value.issues) == 4


@pytest.mark.parametrize(
    ("time", "current", "said"),
    [
        ([0.0], [1.0], "from 2 to"),
        ([], [], "from 2 to"),
        ([0.0, 1.0], [1.0], "as many points"),
        ([0.0, 1.0, 1.0], [1.0, 2.0, 3.0], "stands still at point 2"),
        ([0.0, 2.0, 1.0], [1.0, 2.0, 3.0], "goes back at point 2"),
        ([0.0, math.nan, 2.0], [1.0, 2.0, 3.0], "not a number .* at point 1"),
        ([0.0, 1.0, 2.0], [1.0, math.inf, math.nan], "at point 1 and at 1 more"),
        ([[0.0, 1.0]], [1.0, 2.0], "one dimension"),
        (["a", "b"], [1.0, 2.0], "list of numbers"),
    ],
)
def test_series_that_cannot_be_followed(time, current, said):
    with pytest.raises(InputError, match=said):
        Drive(time, current=current)


def test_a_drive_cycle():
    drive = Drive([100.0, 110.0, 120.0], power=[0.0, 10.0, -5.0], until="< 3 V")
    assert drive.duration == 20.0
    assert drive.value.time.tolist() == [0.0, 10.0, 20.0]
    assert drive.direction == 0
    assert drive.sentence == "Drive 3 points of power, -5 to 10 W, 20 s until < 3 V"
    assert Drive([0, 1], current=[1, 2]).direction == 1
    assert Drive([0, 1], current=[-1, -2]).direction == -1
    assert Drive([0, 10], current=[1, 2], duration=5).duration == 5
    assert pickle.loads(pickle.dumps(drive)) == drive
    assert hash(Drive([0, 1], current=[-0.0, 1.0])) == hash(Drive([0, 1], current=[0.0, 1.0]))
    with pytest.raises(ValueError, match="read-only"):
        drive.value.values[0] = 1.0
    with pytest.raises(InputError, match="longer than its series"):
        Drive([0, 10], current=[1, 2], duration=11)
    with pytest.raises(InputError, match="more than 0 V"):
        Drive([0, 10], voltage=[3, 0])
