"""Helpers of the report tests: notebooks, progress displays, a small report."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from joulebook.report import (
    Callout,
    Column,
    Equation,
    Figure,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Provenance,
    Reference,
    Report,
    Rows,
    RunRecord,
    Section,
    Table,
)

_HERE = Path(__file__).parent
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50">'
    '<defs><clipPath id="clip"><rect width="100" height="50"/></clipPath></defs>'
    '<g clip-path="url(#clip)"><path d="M0 0 L100 50" style="stroke: #22272e"/></g></svg>'
)


@pytest.fixture
def write_notebook() -> Callable[..., Path]:
    """Write a small notebook."""
    spec = importlib.util.spec_from_file_location("report_test_notebooks", _HERE / "notebooks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.write_notebook  # type: ignore[no-any-return]


class RecordingProgress:
    """Remembers what it is told; cancels when a condition turns true."""

    def __init__(self, cancel_when: Callable[[], bool] = lambda: False) -> None:
        self.events: list[tuple[Any, ...]] = []
        self._cancel_when = cancel_when

    @property
    def cancelled(self) -> bool:
        return self._cancel_when()

    def start(self, total: float, label: str) -> None:
        self.events.append(("start", total, label))

    def advance(self, amount: float = 1, **facts: Any) -> None:
        self.events.append(("advance", amount, facts.get("step")))

    def finish(self) -> None:
        self.events.append(("finish",))


@pytest.fixture
def recording() -> type[RecordingProgress]:
    """A progress display for tests."""
    return RecordingProgress


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool], float], None]:
    """Poll a condition until a deadline."""

    def wait(condition: Callable[[], bool], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "the condition did not turn true in time"
            time.sleep(0.02)

    return wait


@pytest.fixture
def small_report() -> Report:
    """A report with every kind of block."""
    table = Table(
        caption="Thicknesses.",
        columns=(Column(title="Layer", share=1), Column(title="Thickness", unit="µm", align="right")),
        groups=(Rows(title="Electrodes", rows=(("negative", "85.2"), ("positive", "75.6"))),),
    )
    section = Section(
        title="Balance & more",
        blocks=(
            Paragraph(text=r"It holds **5.15 A h**, 5 \* 1; $x_0 = \frac{1}{2}$, as in [@Chen2020] with `a < b`."),
            Equation(latex=r"j_0 = k \sqrt{c_e c_s \left(c_{\mathrm{max}} - c_s\right)}", where="with $k$ the rate."),
            table,
            Figure(svg=SVG, caption="A line.", alt="A line from corner to corner", width=0.5),
            Callout(kind="warning", text="N/P ratio = 1.4."),
        ),
        sections=(Section(title="Inner", blocks=(Paragraph(text="Deeper."),)),),
    )
    return Report(
        title="LG M50 <cell>",
        subtitle="Design report",
        summary=(KeyFigures(items=(KeyFigure(label="Capacity", value="5.15", unit="A h"),)),),
        sections=(section,),
        references=(
            Reference(key="Chen2020", authors="Chen C.-H.", title="Techniques", published="J. (2020)", doi="10.1149/x"),
        ),
        provenance=Provenance(
            created="2026-01-02T03:04:05+00:00",
            machine="Linux",
            versions={"joulebook": "0.1.0"},
            inputs={"cell": "ab" * 32},
            runs=(RunRecord(name="1C", solver="DFN", status="2.5 V", steps=10, iterations=30, seconds=0.0015),),
        ),
    )
