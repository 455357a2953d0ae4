"""The verb: what it takes, what it refuses, what it gives."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import joulebook as jb
from joulebook.battery.balance import initial_state_at
from joulebook.battery.small_signal.linearise import linearise, rest_at, steepness
from joulebook.battery.small_signal.requests import read_request
from joulebook.core.errors import InputError
from joulebook.core.spectrum_plot import frequency_label

CELL = jb.battery.Cell.named("Chen2020").replace(
    {"negative.double_layer_capacity": 0.0, "positive.double_layer_capacity": 0.0}
)
"""The LG M50, without double layers of its own."""
FREQUENCIES = np.logspace(-3, 4, 15)


def half_cell() -> Any:
    """The positive electrode of the LG M50 against lithium metal."""
    document = CELL.to_document()
    for name in ("negative", "negative_collector", "initial_state", "sources", "thermal"):
        document.pop(name, None)
    document |= {
        "kind": jb.battery.HalfCell.kind,
        "counter": {"rate_constant": 0.4},
        "lower_cutoff": 3.0,
        "upper_cutoff": 4.3,
        "initial_state": {"positive_concentration": 30000.0},
    }
    return jb.battery.HalfCell.from_document(document)


def test_one_state() -> None:
    found = jb.battery.impedance(CELL, FREQUENCIES)
    assert found.impedance.shape == (15,)
    assert found.frequency == pytest.approx(FREQUENCIES)
    parts = sum(found.part(name) for name in ("negative", "separator", "positive"))
    assert parts == pytest.approx(found.impedance, rel=1e-14)
    assert found["magnitude"] == pytest.approx(np.abs(found.impedance))
    assert found["phase"] == pytest.approx(np.angle(found.impedance))
    assert found.facts["soc"] == 0.5 and found.facts["temperature"] == 298.15
    assert found.provenance.study == "battery.impedance"
    assert {"Sikha2007", "Chen2020"} <= set(found.provenance.citations)
    assert found["ohmic_resistance"] < found["real"][-1] < found["real"][0]


def test_several_states_are_dimensions() -> None:
    found = jb.battery.impedance(CELL, FREQUENCIES, soc=[0.2, 0.5, 0.8], temperature=[283.15, 298.15])
    assert found.variables["real"].dims == ("soc", "temperature", "frequency")
    alone = jb.battery.impedance(CELL, FREQUENCIES, soc=0.8, temperature=283.15)
    assert found.impedance[2, 0] == pytest.approx(alone.impedance, rel=1e-14)
    assert found["ohmic_resistance"].shape == (3, 2)
    table = found.to_dataframe()
    assert list(table.columns[:5]) == ["soc", "temperature_K", "frequency_Hz", "real_ohm", "imaginary_ohm"]
    assert len(table) == 90
    assert found.to_xarray()["real"].sel(soc=0.2, temperature=298.15).size == 15
    one = jb.battery.impedance(CELL, FREQUENCIES, soc=[0.5])
    assert one.variables["real"].dims == ("soc", "frequency")


def test_values_are_those_of_the_result() -> None:
    found = jb.battery.impedance(CELL, FREQUENCIES, soc=0.3, model="SPMe")
    values = jb.battery.impedance_values(CELL, FREQUENCIES, soc=0.3, model="SPMe")
    assert np.array_equal(found.impedance, values)
    with pytest.raises(InputError, match="one value each"):
        jb.battery.impedance_values(CELL, FREQUENCIES, soc=[0.3, 0.4])  # type: ignore[arg-type]


def test_a_state_by_its_concentrations() -> None:
    state = initial_state_at(CELL, 0.5)
    expected = jb.battery.impedance_values(CELL, FREQUENCIES, soc=0.5)
    for given in (state, state.model_dump()):
        assert jb.battery.impedance_values(CELL, FREQUENCIES, initial_state=given) == pytest.approx(expected, rel=1e-9)


def test_double_layer_of_the_cell_comes_before_the_assumed_one() -> None:
    own = CELL.replace({"negative.double_layer_capacity": 0.4, "positive.double_layer_capacity": 0.4})
    found = jb.battery.impedance(own, FREQUENCIES)
    assert found.facts["double_layer"] == "of the cell"
    assumed = jb.battery.impedance(CELL, FREQUENCIES, double_layer=0.4)
    assert assumed.facts["double_layer"] == "0.4 F/m² assumed where the cell gives none: negative, positive"
    assert found.impedance == pytest.approx(assumed.impedance, rel=1e-14)
    without = jb.battery.impedance(CELL, [1e6], double_layer=0.0)
    assert without["real"][0] > 2.0 * assumed["real"][-1]


def test_a_film_resists_only_where_the_model_has_one() -> None:
    class Choice:
        name = "DFN"
        sei = "solvent-diffusion limited"
        film_resistance = True

    film = {"molar_volume": 9.585e-5, "lithium_per_molecule": 2.0, "resistivity": 2e5, "initial_thickness": 5e-9}
    filmed = CELL.replace({"negative.sei": film})
    bare = jb.battery.impedance(CELL, FREQUENCIES)
    assert jb.battery.impedance(filmed, FREQUENCIES).impedance == pytest.approx(bare.impedance)
    found = jb.battery.impedance(filmed, FREQUENCIES, model=Choice())
    share = 3 * 0.75 / 5.86e-6 * 85.2e-6 * CELL.area
    more = found["negative_transfer_resistance"] - bare["negative_transfer_resistance"]
    assert float(more) == pytest.approx(2e5 * 5e-9 / share, rel=1e-12)
    Choice.film_resistance = False
    assert jb.battery.impedance(filmed, FREQUENCIES, model=Choice()).impedance == pytest.approx(bare.impedance)


def test_two_phases_in_parallel() -> None:
    """Half the material declared a second phase of the same kind changes nothing."""
    twice = CELL.replace(
        {
            "negative.active_fraction": 0.375,
            "negative.additional_phases": [
                {"material": CELL.negative.material, "active_fraction": 0.375, "particle_radius": 5.86e-6}
            ],
            "initial_state.negative_additional": [29866.0],
        }
    )
    expected = jb.battery.impedance_values(CELL, FREQUENCIES)
    assert jb.battery.impedance_values(twice, FREQUENCIES) == pytest.approx(expected, rel=1e-8)


def test_against_lithium() -> None:
    cell = half_cell()
    found = jb.battery.impedance(cell, FREQUENCIES, double_layer=0.3)
    assert "counter" in found.facts["double_layer"]
    metal = 8.314462618 * 298.15 / 96485.332 / (0.4 * np.sqrt(1000.0))
    whole = 1.0 / (1.0 / metal + 2j * np.pi * FREQUENCIES * 0.3)
    assert found.part("negative") == pytest.approx(whole / cell.area, rel=1e-7)
    full = jb.battery.impedance(CELL, [1e4, 1e3])
    half = jb.battery.impedance(cell, [1e4, 1e3], soc=0.5)
    assert half.part("positive").real == pytest.approx(full.part("positive").real, rel=0.05)


def test_nothing_more_than_what_is_asked_for_is_held_at_the_edges() -> None:
    for soc in (0.0, 1.0):
        assert np.isfinite(jb.battery.impedance(CELL, FREQUENCIES, soc=soc).impedance).all()
    small = jb.battery.impedance(CELL, FREQUENCIES, double_layer=1e-9).impedance
    assert small == pytest.approx(jb.battery.impedance(CELL, FREQUENCIES, double_layer=0.0).impedance, rel=1e-2)
    wide = jb.battery.impedance(CELL, [1e-9, 1e15]).impedance
    assert np.isfinite(wide).all() and wide[0].imag < -1e3


def test_a_rising_potential_is_warned_of() -> None:
    linear = linearise(CELL, rest_at(CELL, 0.5), 298.15, 0.2)
    assert linear.positive[0].surfaces[0].diffusion > 0.0
    rising = {
        "kind": "joulebook.active_material",
        "schema_version": 1,
        "name": "rising",
        "chemistry": "none",
        "polarity": "negative",
        "ocp": "0.2 + 0.1*x",
        "maximum_concentration": 30000.0,
        "diffusivity": 1e-14,
        "rate_constant": 1e-6,
        "window": {"charged": 0.9, "discharged": 0.1},
    }
    try:
        cell = CELL.replace({"materials": {"rising": rising}}).replace({"negative.material": "own:rising"})
    except InputError as error:
        pytest.fail(str(error))
    state = {"negative_concentration": 15000.0, "positive_concentration": 30000.0}
    found = jb.battery.impedance(cell, FREQUENCIES, initial_state=state)
    assert "rises with lithium" in found.facts["warnings"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"frequencies": [1.0, -1.0]}, "frequencies"),
        ({"frequencies": [0.0]}, "frequencies"),
        ({"frequencies": [np.nan, 1.0]}, "frequencies"),
        ({"frequencies": [np.inf]}, "frequencies"),
        ({"frequencies": []}, "frequencies"),
        ({"frequencies": [[1.0]]}, "frequencies"),
        ({"frequencies": "1 Hz"}, "frequencies"),
        ({"frequencies": [1.0, [2.0]]}, "frequencies"),
        ({"frequencies": [1 + 2j]}, "frequencies"),
        ({"frequencies": [True]}, "frequencies"),
        ({"soc": 1.4}, "soc"),
        ({"soc": [0.2, -0.1]}, "soc"),
        ({"soc": np.nan}, "soc"),
        ({"soc": []}, "soc"),
        ({"soc": "half"}, "soc"),
        ({"soc": 0.5, "initial_state": {}}, "soc"),
        ({"initial_state": 3}, "initial_state"),
        ({"initial_state": {"negative_concentration": -1.0}}, "initial_state.negative_concentration"),
        (
            {"initial_state": {"negative_concentration": 9e4, "positive_concentration": 1e4}},
            "initial_state.negative_concentration",
        ),
        ({"temperature": -5.0}, "temperature"),
        ({"temperature": [298.15, np.nan]}, "temperature"),
        ({"double_layer": -0.1}, "double_layer"),
        ({"double_layer": [0.1, 0.2]}, "double_layer"),
        ({"model": "P2D"}, "model"),
        ({"model": None}, "model"),
    ],
)
def test_nonsense_is_named(given: dict[str, Any], path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as caught:
            jb.battery.impedance(CELL, **given)
    assert path in {issue.path for issue in caught.value.issues}


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        jb.battery.impedance(CELL, [-1.0], soc=2.0, model="?", temperature=0.0, double_layer=np.nan)
    assert {issue.path for issue in caught.value.issues} == {
        "frequencies",
        "soc",
        "model",
        "temperature",
        "double_layer",
    }
    with pytest.raises(InputError, match="must be a Cell"):
        read_request({}, None, None, None, "DFN", None, 0.2)  # type: ignore[arg-type]


def test_saved_and_read_back(tmp_path: Any) -> None:
    found = jb.battery.impedance(CELL, FREQUENCIES, soc=[0.3, 0.6])
    again = jb.battery.ImpedanceResult.load(found.save(tmp_path / "z.run.nc"))
    assert np.array_equal(again.impedance, found.impedance)
    assert again.variables["real"].dims == ("soc", "frequency")
    assert again.facts == found.facts


def test_says_what_it_is() -> None:
    text = repr(jb.battery.impedance(CELL, FREQUENCIES))
    assert "ohmic 2.409 mΩ" in text and "15 frequencies solved exactly" in text
    several = repr(jb.battery.impedance(CELL, FREQUENCIES, soc=[0.2, 0.4]))
    assert "Resistances" not in several


def test_pictures() -> None:
    holoviews = pytest.importorskip("holoviews")
    holoviews.extension("bokeh")
    one = jb.battery.impedance(CELL)
    several = jb.battery.impedance(CELL, soc=[0.2, 0.8])
    renderer = holoviews.renderer("bokeh")
    for picture in (one.plot(), one.plot("bode"), several.plot("nyquist", "parts", "real")):
        assert renderer.get_plot(picture).state is not None
    nyquist = renderer.get_plot(one.plot()).state
    across, up = nyquist.x_range, nyquist.y_range
    assert (across.end - across.start) / nyquist.frame_width == pytest.approx(
        (up.end - up.start) / nyquist.frame_height, rel=0.01
    )
    labels = list(one.plot().traverse(lambda e: e, [holoviews.Labels])[0].dimension_values(2))
    assert "1 mHz" in labels and "10 Hz" in labels
    curves = several.plot().traverse(lambda e: e, [holoviews.Curve])
    assert [curve.label for curve in curves] == ["SOC 0.2", "SOC 0.8"]
    with pytest.raises(InputError, match="nyquist, bode, parts"):
        one.plot("ohmic_resistance")
    with pytest.raises(InputError, match="not in this result"):
        one.plot("charm")


def test_small_parts() -> None:
    assert [frequency_label(f) for f in (1e-6, 0.02, 1.0, 50.0, 1.5e4, 1e12)] == [
        "1 µHz",
        "20 mHz",
        "1 Hz",
        "50 Hz",
        "15 kHz",
        "1e+03 GHz",
    ]
    assert steepness(np.sin, 0.3) == pytest.approx(np.cos(0.3), rel=1e-12)
    assert steepness(lambda x: x**2, 1e-6) == pytest.approx(2e-6, rel=1e-9)
