from __future__ import annotations

import io
import json

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.grid.protection import (
    ConductorLimit,
    FaultMark,
    Fuse,
    MiniatureBreaker,
    MotorLimit,
    MotorStart,
    Scheme,
    TransformerLimit,
    TripUnit,
    check_coordination,
    time_current,
)
from joulebook.grid.protection.drawings import _levels


def many() -> Scheme:
    fuses = [Fuse.gg(f"gG {r}", r, voltage=400.0) for r in (16, 25, 40, 63, 100, 160, 250, 400, 630)]
    small = [
        MiniatureBreaker(name=f"{c}{r}", voltage=400.0, rated_current=float(r), characteristic=c)
        for c in "BCD"
        for r in (10, 16, 32, 63)
    ]
    units = [TripUnit(name=f"ACB {r}", voltage=400.0, rated_current=r, short_pickup=6.0) for r in (630.0, 1600.0)]
    limits = (
        TransformerLimit(name="T", voltage=11e3, rated_power=0.63e6, impedance=0.04),
        ConductorLimit(name="C", voltage=400.0, cross_section=95e-6),
        MotorStart(name="start", voltage=400.0, rated_current=50.0),
        MotorLimit(name="motor", voltage=400.0, rated_current=50.0),
    )
    marks = tuple(FaultMark(label=f"fault {k}", current=10e3 * (1 + 0.02 * k), voltage=400.0) for k in range(3))
    return Scheme(name="many", devices=(*fuses, *small, *units), limits=limits, faults=marks)


def test_currents_are_referred_by_the_ratio_of_voltages():
    scheme = Scheme.named("radial feeder 11 kV")
    high, low = time_current(scheme), time_current(scheme, voltage=400.0)
    assert low.marks[0].current == pytest.approx(high.marks[0].current * 27.5)
    relay = scheme.device("R1")
    trace = next(item for item in low.traces if item.name == "R1")
    np.testing.assert_allclose(trace.nominal, relay.operating_time(trace.current / 27.5), rtol=1e-12)


def test_steps_are_steep():
    trace = time_current(Scheme.named("radial feeder 11 kV"), points=20).traces[1]
    near = np.abs(trace.current / 3500.0 - 1.0) < 1e-5
    assert np.count_nonzero(near) == 3
    assert trace.nominal[near][0] > 0.3
    assert trace.nominal[near][-1] == 0.05


def test_drag_moves_the_setting_at_the_voltage_of_the_drawing():
    drawing = time_current(Scheme.named("radial feeder 11 kV"), voltage=400.0)
    handle = next(h for h in drawing.handles if h.device == "R1" and h.path == "stages.0.pickup")
    assert handle.current == pytest.approx(400.0 * 27.5)
    moved = drawing.dragged("R1", handle.path, 500.0 * 27.5, handle.time)
    assert moved.device("R1").stages[0].pickup == 500.0
    assert drawing.scheme.device("R1").stages[0].pickup == 400.0
    with pytest.raises(InputError):
        drawing.dragged("R1", handle.path, -1.0, 1.0)


def test_many_curves_are_drawn():
    drawing = time_current(many(), voltage=400.0)
    assert len(drawing.traces) == 27
    overlay = drawing.plot()
    labels = {item.label for item in overlay}
    assert {trace.name for trace in drawing.traces} <= labels
    import holoviews

    figure = holoviews.render(overlay, backend="bokeh")
    legend = figure.legend[0]
    assert len(legend.items) == len(drawing.traces) + len(drawing.marks)
    assert figure.right[0] is legend  # beside the curves, not on them


def test_report_figure_has_a_legend_beside_the_axes():
    figure = time_current(many(), voltage=400.0).figure()
    figure.savefig(io.BytesIO(), format="png")
    axes = figure.axes[0].get_window_extent()
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= axes.x1
    assert len(figure.legends[0].get_texts()) == 30


def test_marks_that_are_close_stand_on_different_heights():
    drawing = time_current(many(), voltage=400.0)
    assert len(set(_levels(drawing.marks, drawing.current_range))) == 3


def test_data_are_plain():
    text = json.dumps(time_current(many()).to_dict(), allow_nan=False)
    assert len(text) < 2_000_000


def test_margins_are_drawn():
    overlay = check_coordination(Scheme.named("radial feeder 11 kV")).plot("R2 – R1")
    assert {item.label for item in overlay if item.label} == {"R2 – R1"}
    with pytest.raises(InputError, match="no such pair"):
        check_coordination(Scheme.named("radial feeder 11 kV")).plot("nobody")


@pytest.mark.parametrize(
    "more",
    [{"voltage": 0.0}, {"names": ["nobody"]}, {"names": []}, {"points": 3}, {"time_range": (1.0, 0.1)}],
)
def test_bad_requests_are_named(more):
    with pytest.raises(InputError):
        time_current(Scheme.named("radial feeder 11 kV"), **more)
