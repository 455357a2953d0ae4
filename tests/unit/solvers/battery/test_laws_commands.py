"""Laws as tables, and the shell command that warms the caches."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook import materials
from joulebook.battery import commands, laws
from joulebook.core.commands import main
from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.records import Law
from joulebook.numerics.tables import value_in_table


def smooth(law: Law) -> bool:
    """Straight lines between measured points have corners, which a smooth table rounds."""
    return not (isinstance(law.function, PublishedTable) and law.function.kind == "linear")


@pytest.mark.parametrize("name", [name for name in materials.names("active") if smooth(materials.active(name).ocp)])
def test_open_circuit_potentials_are_met_to_a_tenth_of_a_microvolt(name: str) -> None:
    law = materials.active(name).ocp
    table, width = laws.ocp_table((law,))
    for x in np.random.default_rng(0).uniform(0.01, 0.98, 400):
        assert value_in_table(table, 0, 0.0, width, x) == pytest.approx(float(law.function(np, x)), abs=1e-7)


@pytest.mark.parametrize(
    "name", [name for name in materials.names("electrolyte") if smooth(materials.electrolyte(name).conductivity)]
)
def test_transport_properties_are_met(name: str) -> None:
    record = materials.electrolyte(name)
    table, width = laws.electrolyte_table(record.diffusivity, record.conductivity)
    for column, law in ((0, record.diffusivity), (2, record.conductivity)):
        largest = float(np.max(law.function(np, np.linspace(0, 2000, 101))))
        for c in np.random.default_rng(0).uniform(60.0, 2000.0, 200):
            value = value_in_table(table, column, 0.0, width, c)
            assert value == pytest.approx(float(law.function(np, c)), abs=3e-6 * largest)


def test_tables_are_made_once_and_cannot_be_changed() -> None:
    law = materials.active("LGM50 NMC811").ocp
    table, _ = laws.ocp_table((law,))
    assert laws.ocp_table((law,))[0] is table
    assert not table.flags.writeable


def test_the_loops_are_warmed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["warm"]) == 0
    assert "Compiled loops are ready" in capsys.readouterr().out
    assert commands.warm() == 0
