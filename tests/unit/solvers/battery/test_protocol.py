"""Sentences: what is understood, and what is said about the rest."""

from __future__ import annotations

import math

import pytest

from joulebook.battery import layout as at
from joulebook.battery.designs import Cell
from joulebook.battery.protocol import EXAMPLES, parse
from joulebook.core.errors import InputError

CELL = Cell.named("Chen2020")


@pytest.mark.parametrize(
    ("sentence", "control", "target", "sign", "level", "duration"),
    [
        ("Discharge at 1C until 2.5 V", at.HOLD_CURRENT, 5.0, 1, 2.5, math.inf),
        ("Discharge at 0.05C until 2.5 V", at.HOLD_CURRENT, 0.25, 1, 2.5, math.inf),
        ("Discharge at C/2 until cut-off", at.HOLD_CURRENT, 2.5, 1, 2.5, math.inf),
        ("discharge at 2 c until cutoff", at.HOLD_CURRENT, 10.0, 1, 2.5, math.inf),
        ("Discharge at 5 A until the cut-off.", at.HOLD_CURRENT, 5.0, 1, 2.5, math.inf),
        ("Discharge at 500 mA until 3V", at.HOLD_CURRENT, 0.5, 1, 3.0, math.inf),
        ("Discharge at 18 W until 3.0 V", at.HOLD_POWER, 18.0, 1, 3.0, math.inf),
        ("Discharge at 0.018 kW for 1 hour", at.HOLD_POWER, 18.0, 1, 2.5, 3600.0),
        ("Charge at C/3 until 4.2 V", at.HOLD_CURRENT, -5 / 3, -1, 4.2, math.inf),
        ("Charge at 1C for 30 minutes", at.HOLD_CURRENT, -5.0, -1, 4.2, 1800.0),
        ("Discharge at 1C for 0.5 hours or until 3 V", at.HOLD_CURRENT, 5.0, 1, 3.0, 1800.0),
        ("Discharge at 1C until 3 V or for 90 s", at.HOLD_CURRENT, 5.0, 1, 3.0, 90.0),
        ("Rest for 2 h", at.HOLD_CURRENT, 0.0, 0, 0.0, 7200.0),
    ],
)
def test_sentences_that_are_understood(
    sentence: str, control: int, target: float, sign: int, level: float, duration: float
) -> None:
    step = parse(sentence, CELL)
    assert (step.control, step.sign, step.level, step.duration) == (control, sign, level, duration)
    assert step.target == pytest.approx(target)
    assert step.sentence == sentence


@pytest.mark.parametrize("sentence", EXAMPLES)
def test_the_examples_in_messages_are_understood(sentence: str) -> None:
    parse(sentence, CELL)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Discharge",
        "Discharge at 1C",
        "Discharge at one C until 2.5 V",
        "Discharge at -1C until 2.5 V",
        "Discharge at 1C until 2.5 A",
        "Hold at 4.2 V until C/50",
        "Discharge at 0C until 2.5 V",
        "Discharge at C/0 until 2.5 V",
        "Discharge at 1e999C until 2.5 V",
        "Discharge at 1C until 0 V",
        "Rest",
        "Rest for 0 s",
        "Discharge at 1C until 2.5 V; rm -rf",
        "x" * 5000,
    ],
)
def test_everything_else_is_answered_with_the_grammar(sentence: str) -> None:
    with pytest.raises(InputError, match=r"Discharge at 1C until 2\.5 V") as caught:
        parse(sentence, CELL)
    assert caught.value.issues[0].path == "protocol"


@pytest.mark.parametrize("sentence", [None, 3, ["Discharge at 1C until 2.5 V"], b"Rest for 1 s"])
def test_only_text_is_a_sentence(sentence: object) -> None:
    with pytest.raises(InputError, match="must be a sentence"):
        parse(sentence, CELL)  # type: ignore[arg-type]
