import json

import numpy as np
import pytest

from joulebook.battery import Cell
from joulebook_lab import preview


@pytest.fixture(scope="module")
def document():
    return Cell.named("Chen2020").to_document()


def test_curves_come_in_order_and_are_small(document):
    found = preview.curves(document, [2.0, 0.5], "SPM")
    assert [curve["rate"] for curve in found["curves"]] == [2.0, 0.5] and found["errors"] == []
    for curve in found["curves"]:
        assert len(curve["time_s"]) == len(curve["voltage_V"]) == len(curve["capacity_Ah"]) == preview.POINTS
        assert curve["voltage_V"][-1] == pytest.approx(2.5, abs=1e-3) and curve["end_reason"]
        assert np.all(np.diff(curve["time_s"]) > 0)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_faulty_document_gives_one_error_and_no_curve(document):
    found = preview.curves({**document, "electrode_height": -1.0}, [1.0])
    assert found["curves"] == [] and found["errors"][0]["rate"] is None
    assert "electrode_height = -1.0 m" in found["errors"][0]["message"]


def test_a_rate_that_cannot_be_solved_does_not_take_the_others_along(document):
    found = preview.curves(document, [1.0, -1.0], "SPM")
    assert [curve["rate"] for curve in found["curves"]] == [1.0]
    assert [error["rate"] for error in found["errors"]] == [-1.0] and found["errors"][0]["message"]


def test_the_answer_is_marked_lines(document, capsys):
    preview.answer(json.dumps({"document": document, "rates": [1, 2], "model": "SPM"}))
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith(preview.MARK) for line in lines)
    said = [json.loads(line.removeprefix(preview.MARK)) for line in lines]
    assert said[:2] == [{"done": 1, "total": 2}, {"done": 2, "total": 2}]
    assert [curve["rate"] for curve in said[2]["curves"]] == [1, 2] and len(said) == 3
