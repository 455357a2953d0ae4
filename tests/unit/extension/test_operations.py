"""Operations on documents, on the corpus that the designers are held to as well."""

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

import joulebook as jb
from joulebook.core.errors import InputError
from joulebook.core.operations import apply_operations

CORPUS = Path(__file__).parents[2] / "corpus"
CASES = json.loads((CORPUS / "operations.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_corpus(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["document"])
    if case.get("error"):
        with pytest.raises(InputError):
            apply_operations(case["document"], case["operations"])
    else:
        changed, inverse = apply_operations(case["document"], case["operations"])
        assert changed == case["result"]
        assert apply_operations(changed, inverse)[0] == before
    assert case["document"] == before


@pytest.mark.parametrize("value", [math.nan, math.inf, [1.0, math.nan], {"a": {1, 2}}, object()])
def test_only_json_is_set(value: Any) -> None:
    with pytest.raises(InputError, match="must be a JSON value"):
        apply_operations({"a": 1}, [{"op": "set", "path": ["a"], "value": value}])


def test_edit_as_replace_makes_it() -> None:
    cell = jb.battery.Cell.named("Chen2020")
    edit = [
        {"op": "set", "path": ["negative", "thickness"], "value": 9e-5},
        {"op": "unset", "path": ["sources", "negative.thickness"]},
    ]
    changed, _ = apply_operations(cell.to_document(), edit)
    assert jb.battery.Cell.from_document(changed) == cell.replace({"negative.thickness": 9e-5})
