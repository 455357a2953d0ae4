"""One source, two machines: names, digests, and equal numbers."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

import numpy as np
import pytest

import joulebook.battery.loops  # registers its loops
from joulebook.numerics import bdf, block_tridiagonal
from joulebook.numerics.twins import LOOPS, Loop, compile_tree, tree_digest


def test_a_tree_is_compiled_with_what_it_calls() -> None:
    loop = Loop("test.eliminate", block_tridiagonal.eliminate)
    rng = np.random.default_rng(0)
    plain = rng.normal(size=(9, block_tridiagonal.COLUMNS))
    plain[:, [0, 4, 8]] += 6.0
    compiled = plain.copy()
    assert block_tridiagonal.eliminate(plain, 9) == loop.cpu(compiled, 9) == 0
    assert np.allclose(plain, compiled, rtol=1e-12, atol=1e-14)


def test_the_digest_follows_code_and_constants_of_the_whole_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_digest(block_tridiagonal.eliminate)
    assert before == tree_digest(block_tridiagonal.eliminate)
    assert before != tree_digest(bdf.step_factor)

    def other(system: Any, i: int) -> int:
        return 7

    other.__module__ = "joulebook.numerics.other"
    monkeypatch.setattr(block_tridiagonal, "invert_block", other)
    assert tree_digest(block_tridiagonal.eliminate) != before


def test_other_loops_are_called_as_they_are() -> None:
    compiled: list[str] = []

    def note(function: FunctionType) -> FunctionType:
        compiled.append(function.__name__)
        return function

    inner = Loop("test.invert", block_tridiagonal.invert_block)
    compile_tree(block_tridiagonal.eliminate, note, note, {inner.source: inner})
    assert sorted(compiled) == ["apply_inverse", "eliminate"]


def test_only_plain_functions_are_compiled() -> None:
    with pytest.raises(TypeError, match="not a plain Python function"):
        _ = Loop("test.max", max).cpu


@pytest.mark.parametrize(
    "name", ["battery.follow", "battery.follow_cases", "battery.follow_pack", "battery.follow_together"]
)
def test_registered_loops_keep_the_house_rules(name: str) -> None:
    loop = LOOPS[name]
    assert joulebook.battery.loops.SINGLE is LOOPS["battery.follow"]
    assert isinstance(loop.source, FunctionType)
    parameters = inspect.signature(loop.source).parameters
    assert len(parameters) <= 12
    assert all(parameter.default is inspect.Parameter.empty for parameter in parameters.values())


def test_a_kernel_takes_what_its_cpu_twin_takes() -> None:
    from joulebook.battery import gpu, layout

    arena, status = inspect.signature(LOOPS["battery.follow_cases"].source).parameters
    assert (arena, status) == ("arena", "status")
    assert list(inspect.signature(gpu.follow_kernel).parameters) == [*layout.Arena._fields, status]


def test_old_machine_code_is_deleted(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "loops.py"
    source.write_text("def add(a, b):\n    return a + b\n")
    namespace: dict[str, Any] = {"__name__": "joulebook.made"}
    exec(compile(source.read_text(), str(source), "exec"), namespace)
    loop = Loop("test.add", namespace["add"])
    folder = tmp_path / "__pycache__"
    folder.mkdir()
    current = f"loops.add_{tree_digest(namespace['add'])}-1.py311.nbi"
    for name in (current, "loops.add_0123456789ab-1.py311.nbi", "loops.add_0123456789ab-1.py311.1.nbc", "other.pyc"):
        (folder / name).write_text("")
    assert loop.discard_old() == 2
    assert sorted(path.name for path in folder.iterdir()) == sorted([current, "other.pyc"])
