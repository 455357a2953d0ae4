"""Drawings and comparisons of runs, and the test bench that does not exist."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas
import pytest

from joulebook.battery import Cell, compare, simulate, virtual_cycler
from joulebook.battery.plots import AGEING_COLUMNS, plot_ageing, plot_over_time, plot_profiles
from joulebook.battery.plots.pieces import cycle_of, filled, starts_of, step_of, stretches
from joulebook.core.errors import InputError
from joulebook.core.plot_style import span_of, thinned, time_axis
from joulebook.core.results import Variable

hv = pytest.importorskip("holoviews", reason="drawings need the lab extra")
CELL = Cell.named("Chen2020")
ONCE = "Discharge at 1C until 2.5 V"
UNITS = {"time": "s", "voltage": "V", "current": "A", "protocol_step": "1", "temperature": "K"}


@pytest.fixture(scope="module")
def run():
    return simulate(CELL, ONCE, model="SPM")


@pytest.fixture(scope="module")
def cycled(run):
    """A discharge and a charge, twice, one after the other, as a result of many steps holds them."""
    back = simulate(CELL, "Charge at C/2 until 4.2 V", model="SPM", initial_soc=0.05)
    columns = {name: [] for name in UNITS}
    start = 0.0
    for k, part in enumerate([run, back] * 2):
        columns["time"].append(part.time + start)
        columns["voltage"].append(part.voltage)
        columns["current"].append(part.current)
        columns["protocol_step"].append(np.full(part.time.size, k))
        columns["temperature"].append(np.full(part.time.size, 298.15 + k))
        start += part.time[-1]
    variables = {
        name: Variable(("time",), np.concatenate(parts), UNITS[name], name.capitalize())
        for name, parts in columns.items()
    }
    return replace(run, variables=variables, facts={**run.facts, "steps": {"cycle": [1, 1, 2, 2]}})


def rendered(item):
    """What a browser would be sent: drawing it must not fail."""
    return hv.renderer("bokeh").get_plot(item).state


def axis_labels(item):
    return [axis.axis_label for axis in rendered(item).select({"type": hv.plotting.bokeh.element.Axis})]


def test_stretches_end_where_steps_do(run, cycled):
    assert [part.rows for part in stretches(run)] == [slice(0, run.time.size)]
    found = stretches(cycled)
    assert [part.straight for part in found] == [False] * 4
    assert sum(part.rows.stop - part.rows.start for part in found) == cycled.time.size
    assert starts_of(cycled.time, cycle_of(cycled)) == pytest.approx([cycled.time[found[2].rows.start]])
    assert starts_of(cycled.time, step_of(cycled)).size == 3
    assert cycle_of(replace(run, facts={})) is None


def test_corners_of_a_series_stay_corners(cycled):
    followed = replace(cycled, facts={**cycled.facts, "followed": [0, 2]})
    parts = stretches(followed)
    assert [part.straight for part in parts] == [True, False, True, False]
    time, voltage = filled(followed, "voltage")
    first = parts[0].rows.stop
    assert voltage[:first].tolist() == followed.voltage[:first].tolist()
    between_points = 0.5 * (followed.time[3] + followed.time[4])
    table = virtual_cycler(followed, interval=1e6, voltage_noise=0.0, voltage_resolution=0.0)
    assert table["Voltage / V"].iloc[0] == followed.voltage[0]
    assert np.interp(between_points, time, voltage) == pytest.approx(
        0.5 * (followed.voltage[3] + followed.voltage[4]), abs=1e-9
    )


def test_drawn_curves_follow_the_spline_without_overshoot_at_steps(run, cycled):
    time, voltage = filled(run, "voltage")
    assert voltage == pytest.approx(run.at(time).voltage, abs=1e-9)
    _, current = filled(cycled, "current")
    assert current.max() == pytest.approx(5.0, abs=1e-9)
    assert current.min() == pytest.approx(-2.5, abs=1e-9)


def test_variables_over_time_have_units_and_marks(cycled):
    layout = plot_over_time(cycled)
    assert len(layout) == 3
    labels = axis_labels(layout)
    assert {"Voltage (V)", "Current (A)", "Temperature (K)", "Time (h)"} <= set(labels)
    first = layout.values()[0]
    kinds = [type(item).__name__ for item in first.values()]
    assert kinds.count("VLine") == 3
    assert kinds.count("VSpan") == 1


def test_variables_over_time_that_there_are_not(run):
    with pytest.raises(InputError, match=r"not in this result.*It has: voltage"):
        plot_over_time(run, "mood")
    with pytest.raises(InputError, match="no profiles"):
        plot_profiles(run)


def test_profiles_have_a_slider_that_lives_in_a_page(tmp_path):
    run = simulate(CELL, ONCE, profiles=True)
    layout = plot_profiles(run, "electrolyte_concentration", "surface_concentration", frames=4)
    clock, first, _second = layout.values()
    assert [type(item).__name__ for item in layout.values()] == ["HoloMap"] * 3
    assert clock.keys() == first.keys()
    assert len(first) == 4
    assert first.keys()[-1] == pytest.approx(run.time[-1] / 60.0)
    shown = first.last.Curve.I.dimension_values("electrolyte_concentration")
    assert shown == pytest.approx(run["electrolyte_concentration"][-1])
    labels = axis_labels(layout)
    assert "Salt concentration (mol/m³)" in labels
    assert "Distance from negative collector (µm)" in labels
    page = tmp_path / "profiles.html"
    hv.save(plot_profiles(run, "electrolyte_concentration", frames=2), page, resources="inline")
    assert "Slider" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("frames", [0, 1, 401, 2.5, True])
def test_a_slider_has_a_sensible_number_of_places(frames):
    run = simulate(CELL, "Discharge at 1C for 10 s", profiles=True)
    with pytest.raises(InputError, match="frames"):
        plot_profiles(run, frames=frames)
    with pytest.raises(InputError, match="not a profile"):
        plot_profiles(run, "voltage")


def test_ageing_draws_what_there_is():
    cycle = np.arange(1, 11)
    full = pandas.DataFrame(dict.fromkeys(AGEING_COLUMNS, cycle * 1.0))
    assert len(plot_ageing(full)) == 4
    assert {"Capacity (A h)", "Loss (%)", "Resistance (mΩ)", "Cycle"} <= set(axis_labels(plot_ageing(full)))
    part = pandas.DataFrame({"cycle": cycle, "resistance_ohm": np.where(cycle > 3, 0.03, math.nan)})
    (only,) = plot_ageing(part).values()
    assert next(iter(only.values())).dimension_values("resistance").tolist() == [30.0] * 7


@pytest.mark.parametrize(
    "table",
    [
        pandas.DataFrame(),
        pandas.DataFrame({"cycle": [1, 2]}),
        pandas.DataFrame({"cycle": [1, 2], "resistance_ohm": [math.nan, math.nan]}),
        pandas.DataFrame({"discharge_capacity_Ah": [1.0]}),
        "table",
    ],
)
def test_ageing_says_what_is_missing(table):
    with pytest.raises(InputError, match="cycle"):
        plot_ageing(table)


def test_comparison_measures_distances(run):
    shifted = replace(
        run, variables={**run.variables, "voltage": replace(run.variables["voltage"], values=run.voltage + 0.01)}
    )
    found = compare({"a": run, "b": shifted})
    figures = found.metrics
    assert found.reference == "a"
    assert figures.loc["b", "voltage_rms_difference_mV"] == pytest.approx(10.0)
    assert figures.loc["b", "voltage_largest_difference_mV"] == pytest.approx(10.0)
    assert math.isnan(figures.loc["a", "voltage_rms_difference_mV"])
    assert figures.loc["a", "discharged_capacity_Ah"] == pytest.approx(run.discharge_capacity[-1])
    assert figures.loc["a", "discharged_energy_Wh"] == pytest.approx(run.delivered_energy, rel=1e-4)
    assert figures.loc["a", "end_s"] == run.time[-1]
    assert figures.loc["a", "mean_temperature_K"] == pytest.approx(298.15)
    assert len(found.plot("voltage", "current")) == 3
    assert "Voltage above a (mV)" in axis_labels(found.plot())
    assert "against a" in repr(found)
    assert "<table" in found._repr_html_()


def test_comparison_with_a_measurement(run, cycled):
    even = run.even(200)
    measured = pandas.DataFrame(
        {
            "Test Time / s": even.time,
            "Voltage / V": even.voltage,
            "Current / A": -even.current,
            "Temperature T1 / degC": np.full(200, 30.0),
        }
    )
    found = compare({"SPM": run, "bench": measured})
    assert found.reference == "bench"
    assert found.metrics.loc["SPM", "voltage_largest_difference_mV"] < 1e-6
    assert found.metrics.loc["bench", "discharged_capacity_Ah"] == pytest.approx(run.discharge_capacity[-1], rel=1e-6)
    assert found.metrics.loc["bench", "mean_temperature_K"] == pytest.approx(303.15)
    rendered(found.plot("voltage", "temperature"))
    bench = compare({"run": cycled, "bench": virtual_cycler(cycled, interval=100.0)}).metrics
    assert bench.loc["bench", "mean_temperature_K"] == pytest.approx(bench.loc["run", "mean_temperature_K"], abs=0.1)
    both = compare({"x": cycled, "y": cycled}, reference="y").metrics
    assert both.loc["x", "voltage_largest_difference_mV"] == pytest.approx(0.0, abs=1e-9)
    assert both.loc["x", "mean_temperature_K"] > 298.15


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda run: compare({"a": run}), "at least two"),
        (lambda run: compare([run, run]), "at least two"),
        (lambda run: compare({"a": run, "b": run}, reference="c"), "must be one of a, b"),
        (lambda run: compare({"a": run, "b": 3}), "DataFrame"),
        (lambda run: compare({"a": run, "b": pandas.DataFrame({"x": [1.0]})}), "no column of time"),
        (lambda run: compare({"a": run, "b": run}).plot("mood"), "in none of the curves"),
    ],
)
def test_comparisons_that_cannot_be(run, make, said):
    with pytest.raises(InputError, match=said):
        make(run)


def test_names_in_a_comparison_are_text(run):
    assert (
        "<b>" not in compare({"<b>": run, "b": run}, reference="<b>")._repr_html_().split("</p>")[0].split("against")[1]
    )


def test_the_bench_reads_what_the_run_did(run):
    exact = virtual_cycler(
        run, interval=60.0, voltage_noise=0.0, current_noise=0.0, voltage_resolution=0.0, current_resolution=0.0
    )
    times = exact["Test Time / s"].to_numpy()
    assert times[0] == 0.0
    assert times[-1] == run.time[-1]
    assert np.all(np.diff(times)[:-1] == pytest.approx(60.0))
    assert exact["Voltage / V"].to_numpy() == pytest.approx(run.at(times).voltage, abs=1e-12)
    assert exact["Current / A"].to_numpy() == pytest.approx(5.0)


def test_noise_is_as_large_as_asked_and_comes_back_with_its_seed(run):
    exact = virtual_cycler(run, interval=1.0, voltage_noise=0.0, current_noise=0.0)
    noisy = virtual_cycler(run, interval=1.0, voltage_noise=2e-3, current_noise=0.01, seed=7)
    apart = noisy - exact
    assert apart["Voltage / V"].std() == pytest.approx(2e-3, rel=0.05)
    assert apart["Current / A"].std() == pytest.approx(0.01, rel=0.05)
    pandas.testing.assert_frame_equal(
        noisy, virtual_cycler(run, interval=1.0, voltage_noise=2e-3, current_noise=0.01, seed=7)
    )
    other = virtual_cycler(run, interval=1.0, voltage_noise=2e-3, current_noise=0.01, seed=8)
    assert not noisy.equals(other)
    steps = noisy["Voltage / V"].to_numpy() / 1e-4
    assert steps == pytest.approx(np.round(steps), abs=1e-6)


def test_errors_of_the_bench(run):
    odd = virtual_cycler(
        run, voltage_offset=0.01, current_gain=1.02, voltage_noise=0, current_noise=0, positive="charge"
    )
    assert odd["Current / A"].iloc[3] == pytest.approx(-5.1)
    assert odd["Voltage / V"].iloc[0] == pytest.approx(run.voltage[0] + 0.01, abs=1e-4)


def test_steps_and_cycles_are_counted(cycled):
    table = virtual_cycler(cycled, interval=100.0)
    assert table["Step Count / 1"].unique().tolist() == [1, 2, 3, 4]
    assert table["Cycle Count / 1"].unique().tolist() == [1, 2]
    assert table["Temperature T1 / degC"].iloc[0] == pytest.approx(25.0, abs=1.0)
    assert (np.diff(table["Test Time / s"]) == 0.0).sum() == 3


@pytest.mark.parametrize(
    ("how", "path"),
    [
        ({"interval": 0.0}, "interval"),
        ({"interval": 1e-5}, "interval"),
        ({"voltage_noise": -1.0}, "voltage_noise"),
        ({"current_noise": math.nan}, "current_noise"),
        ({"voltage_resolution": "fine"}, "voltage_resolution"),
        ({"positive": "up"}, "positive"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
    ],
)
def test_the_bench_is_set_sensibly(run, how, path):
    with pytest.raises(InputError) as caught:
        virtual_cycler(run, **how)
    assert caught.value.issues[0].path == path


def test_only_runs_are_written_down():
    with pytest.raises(InputError, match="has no time over time"):
        virtual_cycler("run")


def test_thinning_keeps_peaks_and_ranges_show_all():
    x = np.arange(100_000.0)
    y = np.zeros(x.size)
    y[54_321] = 7.0
    across, values = thinned(x, y, 1000)
    assert across.size <= 1002
    assert values.max() == 7.0
    assert thinned(x[:10], y[:10])[0] is not across
    assert span_of([np.array([math.nan])]) == (0.0, 1.0)
    low, high = span_of([np.array([3.0, 4.0]), np.array([math.nan, 5.0])])
    assert low < 3.0
    assert high > 5.0
    assert [time_axis(span)[1] for span in (5.0, 700.0, 8000.0, 1e6)] == [1.0, 60.0, 3600.0, 86400.0]
