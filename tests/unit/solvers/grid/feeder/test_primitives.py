"""Primitive admittances: laws that hold for any line and any transformer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.grid.feeder.elements import Transformer
from joulebook.grid.feeder.primitives import (
    coil_ends,
    coil_voltage,
    line_blocks,
    neutral_admittance,
    phase_voltage,
    sequence_matrix,
    transformer_parts,
)


def transformer(*connections, voltages=(12470.0, 480.0, 240.0), **values):
    windings = tuple(
        {"bus": f"b{k}", "connection": connection, "voltage": voltage}
        for k, (connection, voltage) in enumerate(zip(connections, voltages, strict=False))
    )
    n = len(windings)
    reactances = (0.04, 0.06, 0.03)[: n * (n - 1) // 2]
    return Transformer(windings=windings, rating=500e3, reactances=reactances, **values)


def test_rated_voltages_of_phases():
    assert phase_voltage(4160.0, 3, "wye") == pytest.approx(4160 / math.sqrt(3))
    assert phase_voltage(4160.0, 3, "delta") == 4160.0
    assert phase_voltage(2400.0, 1, "wye") == 2400.0


def test_sequences_come_back_from_phases():
    z1, z0 = 0.3 + 1.0j, 0.8 + 2.5j
    eigenvalues = np.sort_complex(np.linalg.eigvals(sequence_matrix(z1, z0, 3)))
    assert eigenvalues == pytest.approx(np.sort_complex(np.array([z1, z1, z0])))


def test_a_line_is_a_pi_section():
    z = np.array([[0.2 + 0.5j, 0.1j], [0.1j, 0.3 + 0.4j]])
    y = np.array([[2e-6j, 0], [0, 1e-6j]])
    (block,) = line_blocks(z, y, np.array([10.0]))
    series = np.linalg.inv(z * 10)
    assert block[:2, 2:] == pytest.approx(-series)
    assert block[:2, :2] == pytest.approx(series + y * 5)
    assert block == pytest.approx(block.T)
    with pytest.raises(InputError, match="singular"):
        line_blocks(np.zeros((2, 2), complex), y, np.array([1.0]))


@pytest.mark.parametrize("windings", [2, 3])
def test_a_transformer_without_core_draws_nothing_at_its_ratio(windings):
    device = transformer(*["wye"] * windings)
    coils, floating = transformer_parts("t", device)
    rated = np.array([coil_voltage(winding, 3) for winding in device.windings])
    assert np.abs(coils @ rated).max() < 1e-9 * np.abs(coils).max() * rated.max()
    assert floating.imag == pytest.approx(-1e-6 * 500e3 / 3 / rated**2 / 2)


def test_short_circuits_give_the_impedances_of_the_pairs():
    device = transformer("wye", "wye", "wye")
    coils, _ = transformer_parts("t", device)
    rated = np.array([coil_voltage(winding, 3) for winding in device.windings])
    for (fed, shorted), x in zip(((0, 1), (0, 2), (1, 2)), device.reactances, strict=True):
        open_one = 3 - fed - shorted
        keep = [fed, open_one]  # the shorted coil has no voltage
        z = np.linalg.inv(coils[np.ix_(keep, keep)])[0, 0]
        assert z * (500e3 / 3) / rated[fed] ** 2 == pytest.approx(0.004 + 1j * x)


def test_core_losses_lie_across_the_second_winding():
    device = transformer("wye", "wye", no_load_loss=0.002, magnetising_current=0.005)
    coils, _ = transformer_parts("t", device)
    rated = np.array([coil_voltage(winding, 3) for winding in device.windings])
    drawn = rated @ coils @ rated
    assert drawn.real == pytest.approx(0.002 * 500e3 / 3, rel=1e-6)
    assert drawn.imag == pytest.approx(-0.005 * 500e3 / 3, rel=1e-6)


@pytest.mark.parametrize(("leads", "expected"), [(False, -30.0), (True, 30.0)])
@pytest.mark.parametrize("delta_first", [True, False])
def test_delta_and_wye_turn_the_voltage_by_30_degrees(leads, expected, delta_first):
    connections = ("delta", "wye") if delta_first else ("wye", "delta")
    device = transformer(*connections, low_voltage_leads=leads)
    high = np.exp(-2j * np.pi / 3 * np.arange(3))
    one, other = np.array([coil_ends(device, 0, phase) for phase in range(3)]).T
    padded = np.append(high, 0)
    induced = padded[one] - padded[other]
    one, other = np.array([coil_ends(device, 1, phase) for phase in range(3)]).T
    if delta_first:
        low = induced
    else:
        system = np.zeros((3, 3))
        system[np.arange(3), one], system[np.arange(3), other] = 1, -1
        low = np.linalg.lstsq(system, induced, rcond=None)[0]
    assert np.degrees(np.angle(low / high)) == pytest.approx([expected] * 3)


def test_windings_joined_without_impedance_are_refused():
    with pytest.raises(InputError, match="without impedance"):
        device = transformer("wye", "wye").model_copy(update={"reactances": (0.0,)})
        windings = tuple(winding.model_copy(update={"resistance": 0.0}) for winding in device.windings)
        transformer_parts("t", device.model_copy(update={"windings": windings}))


def test_neutrals():
    winding = transformer("wye", "wye").windings[0]
    assert neutral_admittance(winding) is None
    assert neutral_admittance(winding.model_copy(update={"neutral_resistance": 0.0})) == 1e6
    assert neutral_admittance(winding.model_copy(update={"neutral_resistance": 5.0})) == pytest.approx(0.2)
    assert neutral_admittance(winding.model_copy(update={"neutral_resistance": 5.0, "connection": "delta"})) is None
