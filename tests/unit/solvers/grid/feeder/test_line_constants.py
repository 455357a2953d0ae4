"""Line constants against published matrices of the IEEE 13 node feeder and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from small_feeders import radial

from joulebook.core.errors import InputError
from joulebook.grid import line_constants
from joulebook.grid.feeder.line_matrices import kron_reduction

MILE, FOOT, INCH = 1609.344, 0.3048, 0.0254
ACSR_556 = {"resistance": 0.1859 / MILE, "gmr": 0.0313 * FOOT, "radius": 0.927 / 2 * INCH}
ACSR_4_0 = {"resistance": 0.592 / MILE, "gmr": 0.00814 * FOOT, "radius": 0.563 / 2 * INCH}
CABLE = {
    "kind": "concentric neutral",
    "resistance": 0.41 / MILE,
    "gmr": 0.0171 * FOOT,
    "radius": 0.567 / 2 * INCH,
    "permittivity": 2.3,
    "insulation_diameter": 1.06 * INCH,
    "insulation_thickness": 0.22 * INCH,
    "strands": 13,
    "strand_diameter": 0.0641 * INCH,
    "strand_gmr": 0.00208 * FOOT,
    "strand_resistance": 14.8722 / MILE,
    "outer_diameter": 1.29 * INCH,
}
PLACES = {"left": (-4, 28), "centre": (-1.5, 28), "right": (3, 28), "neutral": (0, 24)}


def feeder(conductors, placed, phases, model="Carson", **values):
    geometry = {
        "conductors": [{"conductor": name, "x": x, "height": y} for name, x, y in placed],
        "phases": phases,
        **values,
    }
    return radial(conductors=conductors, geometries={"g": geometry}, earth_model=model)


def overhead(order, phase, neutral, model="Carson"):
    placed = [("phase", PLACES[at][0] * FOOT, PLACES[at][1] * FOOT) for at in order]
    placed.append(("neutral", 0.0, 24 * FOOT))
    return feeder({"phase": phase, "neutral": neutral}, placed, 3, model)


PUBLISHED = {
    # Kersting, "Radial distribution test feeders", IEEE PES Winter Meeting 2001: configurations 601 and 602, ohm/mile
    "601": (
        ("centre", "left", "right"),
        ACSR_556,
        [
            [0.3465 + 1.0179j, 0.1560 + 0.5017j, 0.1580 + 0.4236j],
            [0.1560 + 0.5017j, 0.3375 + 1.0478j, 0.1535 + 0.3849j],
            [0.1580 + 0.4236j, 0.1535 + 0.3849j, 0.3414 + 1.0348j],
        ],
    ),
    "602": (
        ("centre", "right", "left"),
        ACSR_4_0,
        [
            [0.7526 + 1.1814j, 0.1580 + 0.4236j, 0.1560 + 0.5017j],
            [0.1580 + 0.4236j, 0.7475 + 1.1983j, 0.1535 + 0.3849j],
            [0.1560 + 0.5017j, 0.1535 + 0.3849j, 0.7436 + 1.2112j],
        ],
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_carsons_equations_give_the_published_overhead_lines(name):
    order, phase, matrix = PUBLISHED[name]
    z, _ = line_constants(overhead(order, phase, ACSR_4_0), "g")
    assert z * MILE == pytest.approx(np.array(matrix), abs=3e-4)  # the table has four digits


def test_carsons_equations_give_the_published_cable():
    """Kersting 2012, example 4.4 (configuration 606), ohm/mile."""
    placed = [("cable", x * FOOT, -4 * FOOT) for x in (-0.5, 0.0, 0.5)]
    z, c = line_constants(feeder({"cable": CABLE}, placed, 3), "g")
    published = [
        [0.7982 + 0.4463j, 0.3192 + 0.0328j, 0.2849 - 0.0143j],
        [0.3192 + 0.0328j, 0.7891 + 0.4041j, 0.3192 + 0.0328j],
        [0.2849 - 0.0143j, 0.3192 + 0.0328j, 0.7982 + 0.4463j],
    ]
    assert z * MILE == pytest.approx(np.array(published), abs=1e-3)
    assert np.count_nonzero(c - np.diag(np.diag(c))) == 0
    coaxial = 2 * math.pi * 8.854e-12 * 2.3 / math.log(0.53 / 0.31)
    assert np.diag(c) == pytest.approx(coaxial)


def test_a_tape_shield_lies_between_no_shield_and_a_perfect_one():
    tape = {key: value for key, value in CABLE.items() if not key.startswith("strand")}
    tape |= {"kind": "tape shield", "tape_thickness": 0.005 * INCH, "outer_diameter": 0.88 * INCH}
    placed = [("cable", 0.0, -4 * FOOT)]
    z, _ = line_constants(feeder({"cable": tape}, placed, 1), "g")
    bare, _ = line_constants(feeder({"cable": {**ACSR_4_0, "gmr": CABLE["gmr"]}}, placed, 1), "g")
    radius = 0.5 * (0.88 - 0.005) * INCH
    perfect = 2 * math.pi * 60 * 1.256637e-6 / (2 * math.pi) * math.log(radius / CABLE["gmr"])
    assert perfect < z[0, 0].imag < bare[0, 0].imag


@pytest.mark.parametrize("model", ["Deri", "Carson", "full Carson"])
def test_models_of_the_earth_agree_at_power_frequency(model):
    z, c = line_constants(overhead(*PUBLISHED["601"][:2], ACSR_4_0, model), "g")
    reference, same = line_constants(overhead(*PUBLISHED["601"][:2], ACSR_4_0), "g")
    assert z == pytest.approx(reference, rel=0.01)
    assert z == pytest.approx(z.T)
    assert (c == same).all()


def test_capacitance_of_a_single_wire_over_ground():
    wire = {"wire": {"resistance": 1e-4, "gmr": 4e-3, "radius": 5e-3}}
    _, c = line_constants(feeder(wire, [("wire", 0.0, 8.0)], 1), "g")
    assert c[0, 0] == pytest.approx(2 * math.pi * 8.854e-12 / math.log(16.0 / 5e-3))


def test_four_wires_stay_four_without_reduction():
    placed = [("phase", x * FOOT, y * FOOT) for x, y in PLACES.values()]
    one = feeder({"phase": ACSR_556}, placed, 3, reduce=False)
    z, c = line_constants(one, "g")
    assert z.shape == c.shape == (4, 4)
    reduced, _ = line_constants(feeder({"phase": ACSR_556}, placed, 3), "g")
    assert kron_reduction(z, 3) == pytest.approx(reduced)


def test_reduction_eliminates_what_carries_no_voltage():
    z = np.array([[3.0, 1.0], [1.0, 2.0]])
    assert kron_reduction(z, 1) == pytest.approx(np.array([[2.5]]))


def test_conductors_in_one_place_and_unknown_names_are_refused():
    placed = [("phase", 0.0, 8.0), ("phase", 0.001, 8.0)]
    with pytest.raises(InputError, match="same place"):
        line_constants(feeder({"phase": ACSR_556}, placed, 2), "g")
    with pytest.raises(InputError, match="no such geometry"):
        line_constants(radial(), "h")
