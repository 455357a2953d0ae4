from __future__ import annotations

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.grid.protection import CURVES, inverse_curve, inverse_multiple, inverse_time, reset_time


@pytest.mark.parametrize("name", sorted(CURVES))
def test_inverse_undoes_the_curve(name):
    curve = CURVES[name]
    constants = {"k": curve.k, "alpha": curve.alpha, "c": curve.c}
    multiple = np.geomspace(1.001, 30.0, 200)
    time = inverse_time(multiple, 0.7, **constants)
    np.testing.assert_allclose(inverse_multiple(time, 0.7, **constants), multiple, rtol=1e-9)
    assert np.all(np.diff(time) < 0)


@pytest.mark.parametrize("name", sorted(CURVES))
def test_times_are_the_formula_in_high_precision(name):
    from decimal import Decimal, getcontext

    getcontext().prec = 40
    curve = CURVES[name]
    for m in ("1.0001", "1.5", "4", "20"):
        power = Decimal(m) ** Decimal(str(curve.alpha))
        exact = Decimal("0.3") * (Decimal(str(curve.k)) / (power - 1) + Decimal(str(curve.c)))
        found = inverse_time(float(m), 0.3, k=curve.k, alpha=curve.alpha, c=curve.c)
        assert float(found) == pytest.approx(float(exact), rel=1e-11)


def test_known_times_of_iec_curves():
    """Ten times the setting at a multiplier of 1: 2.971, 1.5, 0.808 and 13.333 s, as every relay manual has them."""
    found = {}
    for name in ("IEC SI", "IEC VI", "IEC EI", "IEC LTI"):
        curve = inverse_curve(name)
        found[name] = float(inverse_time(10.0, k=curve.k, alpha=curve.alpha, c=curve.c))
    assert found == pytest.approx({"IEC SI": 2.9706, "IEC VI": 1.5, "IEC EI": 0.80808, "IEC LTI": 13.3333}, rel=1e-4)


def test_limits():
    assert inverse_time(1.0) == np.inf
    assert inverse_time(0.0) == np.inf
    assert np.isnan(inverse_time(np.nan))
    assert inverse_time(50.0, flat_above=20.0) == inverse_time(20.0)
    assert inverse_multiple(np.inf) == 1.0
    assert inverse_multiple(0.05, c=0.114) == np.inf
    assert reset_time(0.0, 2.0, reset=21.6) == 43.2
    assert reset_time(1.0, reset=21.6) == np.inf
    assert reset_time(0.5, reset=3.0, travel=0.5) == pytest.approx(0.5 * 3.0 / 0.75)


def test_bad_input_is_named():
    with pytest.raises(InputError, match="Known: IEC SI"):
        inverse_curve("IEC XX")
    with pytest.raises(InputError, match=r"travel = 1\.5"):
        reset_time(0.5, reset=3.0, travel=1.5)
