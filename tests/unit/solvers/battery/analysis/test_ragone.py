"""Ragone plots: less energy at more power, cells side by side, what cannot be held."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell, RagoneResult, ragone, simulate
from joulebook.core.errors import CancelledError, InputError

CELL = Cell.named("Chen2020")
CASED = CELL.replace({"name": "cased", "format.case_mass": 0.015})


def test_energy_falls_with_power_at_constant_current_and_power() -> None:
    for found in (ragone(CELL, model="SPM"), ragone(CELL, powers=[2, 5, 10, 20, 40], model="SPM")):
        assert np.all(np.diff(found["power"][0]) > 0.0)
        assert np.all(np.diff(found["energy"][0]) < 0.0)
        assert not found.per_mass and found.variables["energy"].unit == "W h"


def test_a_point_is_a_discharge() -> None:
    found = ragone(CELL, [1.0])
    run = simulate(CELL, "Discharge at 1C until cut-off", initial_soc=1.0)
    assert found["energy"][0, 0] == pytest.approx(run.delivered_energy)
    assert found["power"][0, 0] == pytest.approx(run.delivered_energy * 3600.0 / run.time[-1])


def test_constant_power_is_the_mean_power() -> None:
    found = ragone(CASED, powers=[50.0, 100.0], model="SPM")
    assert found.per_mass and found.variables["power"].unit == "W/kg"
    np.testing.assert_allclose(found["power"][0], [50.0, 100.0], rtol=1e-3)


def test_per_mass_is_over_the_mass() -> None:
    from joulebook.battery.figures import mass_breakdown

    whole, each = (ragone(CASED, [1.0], model="SPM", basis=basis) for basis in ("cell", "mass"))
    mass = sum(mass_breakdown(CASED).values())
    assert whole["energy"][0, 0] / each["energy"][0, 0] == pytest.approx(mass)
    assert "without" not in each.summary()["Mass"]
    assert "without its case" in ragone(CELL, [1.0], model="SPM").summary()["Mass"]


def test_several_cells_saved_and_drawn(tmp_path) -> None:
    found = ragone({"one": CELL, "two": CASED}, [0.5, 1.0, 2.0], model="SPM")
    assert found.cells == ("one", "two") and not found.per_mass
    np.testing.assert_allclose(found["energy"][0], found["energy"][1])
    loaded = RagoneResult.load(found.save(tmp_path / "ragone.run.nc"))
    assert loaded.cells == ("one", "two")
    table = loaded.to_dataframe()
    assert len(table) == 6 and {"cell", "energy_Wh", "power_W", "rate_per_h"} <= set(table.columns)
    import holoviews

    figure = holoviews.render(loaded.plot())
    assert type(figure.x_scale).__name__ == type(figure.y_scale).__name__ == "LogScale"
    assert len(loaded.plot("two")) == 2
    with pytest.raises(InputError, match="one, two"):
        loaded.plot("three")
    named = ragone([CELL, CELL], [1.0], model="SPM")
    assert named.cells == (CELL.name, f"{CELL.name} (2)")


def test_a_power_that_cannot_be_held_is_listed() -> None:
    found = ragone(CELL, powers=[10.0, 2000.0])
    assert found.status.name == "PARTIAL"
    assert [item["step"] for item in found.failed] == ["Discharge at 2000 W until cut-off"]
    assert np.isnan(found["energy"][0, 1]) and len(found.to_dataframe()) == 1
    assert "2000 W" in found.summary()["Failed"]


class Impatient:
    cancelled = True

    def start(self, total: float, label: str) -> None: ...
    def advance(self, amount: float = 1, **facts: object) -> None: ...
    def finish(self) -> None: ...


def test_it_can_be_cancelled() -> None:
    with pytest.raises(CancelledError):
        ragone(CELL, [1.0], progress=Impatient())


@pytest.mark.parametrize(
    ("cell", "keywords", "message"),
    [
        ("Chen2020", {}, "must be a Cell"),
        ([], {}, "must be a Cell"),
        (CELL, {"rates": [-1.0]}, "from 1e-6"),
        (CELL, {"rates": ["x"]}, "list of numbers"),
        (CELL, {"rates": [1.0], "powers": [1.0]}, "together with rates"),
        (CELL, {"rates": [1.0], "basis": "litre"}, "auto, mass, cell"),
        (CELL.replace({"separator.density": None}), {"rates": [1.0], "basis": "mass"}, "separator"),
    ],
)
def test_faults_are_named(cell, keywords, message) -> None:
    with pytest.raises(InputError, match=message):
        ragone(cell, **keywords)


def test_a_cell_that_cannot_be_weighed_stands_for_itself() -> None:
    found = ragone(CELL.replace({"separator.density": None}), [1.0], model="SPM")
    assert not found.per_mass and "not known (separator" in found.summary()["Mass"]
