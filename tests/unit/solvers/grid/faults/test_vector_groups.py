"""Names of vector groups, and the zero sequence of each by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook.grid.faults.vector_groups import VectorGroup, read_vector_group, zero_two_winding


@pytest.mark.parametrize(
    ("text", "windings", "clocks"),
    [
        ("Dyn5", ("d", "yn"), (0, 5)),
        ("YNd11", ("yn", "d"), (0, 11)),
        ("YNyn0", ("yn", "yn"), (0, 0)),
        ("Yzn11", ("y", "zn"), (0, 11)),
        ("yy", ("y", "y"), (0, 0)),
        (" YN, a0 ", ("yn", "yn"), (0, 0)),
        ("Dd12", ("d", "d"), (0, 0)),
    ],
)
def test_names_of_two_windings(text: str, windings: tuple[str, str], clocks: tuple[int, int]) -> None:
    assert read_vector_group(text) == VectorGroup(windings, clocks)


def test_names_of_three_windings() -> None:
    assert read_vector_group("YNyn0d5", 3) == VectorGroup(("yn", "yn", "d"), (0, 0, 5))
    assert read_vector_group("Yynd", 3) == VectorGroup(("y", "yn", "d"), (0, 0, 0))


@pytest.mark.parametrize("text", ["", "D", "Dyn55", "Dyn13", "Xy0", "YNyn0d5", "Dyn5;"])
def test_what_is_no_name(text: str) -> None:
    assert read_vector_group(text) is None


@given(st.text(max_size=12), st.sampled_from([2, 3]))
def test_any_text_is_read_or_refused(text: str, windings: int) -> None:
    found = read_vector_group(text, windings)
    assert found is None or len(found.windings) == windings


def zero(name: str, magnetising: complex = 0.0) -> list[complex]:
    """Admittances with leakage 0.1j, 0.03 to earth at the first star point and 0.06j at the second."""
    group = read_vector_group(name)
    values = [np.array([value], complex) for value in (0.1j, magnetising, 0.03, 0.06j)]
    return [complex(found[0]) for found in zero_two_winding(group, *values)]


def test_paths_of_the_zero_sequence() -> None:
    first, second = 1 / (0.1j + 0.03), 1 / (0.1j + 0.06j)
    through = 1 / (0.1j + 0.03 + 0.06j)
    assert zero("YNd5") == pytest.approx([first, 0, 0])
    assert zero("Dyn5") == pytest.approx([0, 0, second])
    assert zero("YNyn0") == pytest.approx([through, -through, through])
    assert zero("Yzn5") == pytest.approx([0, 0, second])
    assert zero("ZNd5") == pytest.approx([first, 0, 0])
    for name in ("Yd5", "Dd0", "Yy0", "YNy0", "Yyn0", "Yz5"):
        assert zero(name) == [0, 0, 0]


def test_the_magnetising_path() -> None:
    """Seen from one side: half of the leakage, then the core beside the other half."""
    core = 2.0j
    assert zero("YNy0", 1 / core)[0] == pytest.approx(1 / (0.1j + core + 0.03))
    assert zero("Yyn0", 1 / core)[2] == pytest.approx(1 / (0.1j + core + 0.06j))
    first, mutual, second = zero("YNyn0", 1 / core)
    shorted = 0.05j + 0.03 + 1 / (1 / core + 1 / (0.05j + 0.06j))
    assert first == pytest.approx(1 / shorted)
    opened = 0.05j + 0.03 + core
    assert first - mutual**2 / second == pytest.approx(1 / opened)
