"""Laws as tables, and the shell command that warms the caches."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook import materials
from joulebook.battery import commands, laws
from joulebook.battery import layout as at
from joulebook.core.commands import main
from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.records import Law
from joulebook.numerics.tables import slope_in_table, value_in_table


def smooth(law: Law) -> bool:
    """Whether a law has no corners, as straight lines between measured points have; a smooth table rounds them."""
    return not (isinstance(law.function, PublishedTable) and law.function.kind == "linear")


@pytest.mark.parametrize("name", [name for name in materials.names("active") if smooth(materials.active(name).ocp)])
def test_open_circuit_potentials_are_met_to_a_tenth_of_a_microvolt(name: str) -> None:
    own = materials.active(name)
    table, width = laws.law_table((own,), 298.15)
    law = own.ocp.function
    if own.ocp_lithiation is not None and own.ocp_delithiation is not None:
        down, up = own.ocp_lithiation.function, own.ocp_delithiation.function
        law = lambda xp, x: 0.5 * (down(xp, x) + up(xp, x))  # noqa: E731
    for x in np.random.default_rng(0).uniform(0.01, 0.98, 400):
        assert value_in_table(table, at.OCP, 0.0, width, x) == pytest.approx(float(law(np, x)), abs=1e-7)


@pytest.mark.parametrize(
    "name", [name for name in materials.names("electrolyte") if smooth(materials.electrolyte(name).conductivity)]
)
def test_transport_properties_are_met(name: str) -> None:
    record = materials.electrolyte(name)
    tables, width = laws.electrolyte_tables(record, (298.15, 1))
    table = tables[0]
    for column, law in ((at.SALT_DIFFUSIVITY, record.diffusivity), (at.SALT_CONDUCTIVITY, record.conductivity)):
        largest = float(np.max(law.at(np, np.linspace(0, 2000, 101), 298.15)))
        for c in np.random.default_rng(0).uniform(60.0, 2000.0, 200):
            value = value_in_table(table, column, 0.0, width, c)
            assert value == pytest.approx(float(law.at(np, c, 298.15)), abs=3e-6 * largest)


def test_tables_are_made_once_and_cannot_be_changed() -> None:
    own = materials.active("LGM50 NMC811")
    table, _ = laws.law_table((own,), 298.15)
    assert laws.law_table((own,), 310.0)[0] is table
    assert not table.flags.writeable


def test_columns_of_a_table_are_what_they_are_called() -> None:
    own = materials.active("LGM50 NMC811 (O'Regan 2022)")
    table, width = laws.law_table((own,), 298.15)
    diffusivity = own.diffusivity_law
    assert diffusivity is not None
    x = np.array([0.3, 0.6, 0.9])
    ratio = diffusivity.at(np, x, 298.15) / own.diffusivity.value
    found = [slope_in_table(table, at.DIFFUSION, 0.0, width, value) for value in x]
    assert found == pytest.approx(ratio, rel=2e-3)
    fine = np.linspace(0.3, 0.6, 4001)
    whole = np.trapezoid(own.ocp.function(np, fine), fine)
    ends = [value_in_table(table, at.CHEMICAL, 0.0, width, value) for value in (0.3, 0.6)]
    assert ends[1] - ends[0] == pytest.approx(whole, abs=1e-7)


def test_the_loops_are_warmed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["warm"]) == 0
    assert "Compiled loops are ready" in capsys.readouterr().out
    assert commands.warm() == 0
