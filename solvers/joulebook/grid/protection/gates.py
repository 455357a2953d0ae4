"""Gates of low-voltage gG fuse-links: the limits between which every such fuse must melt, whoever makes it.

IEC 60269-1:2006+A1:2009, Tables 2 and 3. The table is built so that the largest current of a rating at 0.1 s is the
smallest current of the rating 1.6 times as large (selectivity 1 : 1.6): the tests check that of every row.
"""

from __future__ import annotations

from typing import Final

from joulebook.core.errors import InputError, Issue

__all__ = ["CONVENTIONAL_FUSING", "CONVENTIONAL_NON_FUSING", "GG_GATES", "conventional_time", "gg_curves"]

SOURCE: Final = "IEC 60269-1:2006+A1:2009, Tables 2 and 3"
CONVENTIONAL_NON_FUSING: Final = 1.25
"""Times the rated current: no melting within the conventional time."""
CONVENTIONAL_FUSING: Final = 1.6
"""Times the rated current: melting within the conventional time."""

GG_GATES: Final[dict[float, tuple[float, float, float, float]]] = {
    16.0: (33.0, 65.0, 85.0, 150.0),
    20.0: (42.0, 85.0, 110.0, 200.0),
    25.0: (52.0, 110.0, 150.0, 260.0),
    32.0: (75.0, 150.0, 200.0, 350.0),
    40.0: (95.0, 190.0, 260.0, 450.0),
    50.0: (125.0, 250.0, 350.0, 610.0),
    63.0: (160.0, 320.0, 450.0, 820.0),
    80.0: (215.0, 425.0, 610.0, 1100.0),
    100.0: (290.0, 580.0, 820.0, 1450.0),
    125.0: (355.0, 715.0, 1100.0, 1910.0),
    160.0: (460.0, 950.0, 1450.0, 2590.0),
    200.0: (610.0, 1250.0, 1910.0, 3420.0),
    250.0: (750.0, 1650.0, 2590.0, 4500.0),
    315.0: (1050.0, 2200.0, 3420.0, 6000.0),
    400.0: (1420.0, 2840.0, 4500.0, 8060.0),
    500.0: (1780.0, 3800.0, 6000.0, 10600.0),
    630.0: (2200.0, 5100.0, 8060.0, 14140.0),
    800.0: (3060.0, 7000.0, 10600.0, 19000.0),
    1000.0: (4000.0, 9500.0, 14140.0, 24000.0),
    1250.0: (5000.0, 13000.0, 19000.0, 35000.0),
}
"""By rated current, A: no melting at the first current within 10 s and at the third within 0.1 s; melting at the second
within 5 s and at the fourth within 0.1 s."""


def conventional_time(rated_current: float) -> float:
    """Give the conventional time of a gG fuse-link.

    Parameters
    ----------
    rated_current : float, A
        Of the fuse-link.

    Returns
    -------
    float, s
        1 h up to 63 A, 2 h up to 160 A, 3 h up to 400 A, 4 h above.

    References
    ----------
    IEC 60269-1:2006, Table 2.
    """
    hours = 1 if rated_current <= 63 else 2 if rated_current <= 160 else 3 if rated_current <= 400 else 4
    return 3600.0 * hours


def gg_curves(
    rated_current: float,
) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]:
    """Give the fastest and the slowest curve that the gates allow.

    Parameters
    ----------
    rated_current : float, A
        One of the standard ratings from 16 A to 1250 A.

    Returns
    -------
    tuple of tuple of (float, float), A and s
        Fastest and slowest points: conventional current and gates.

    Raises
    ------
    InputError
        If the rating is not in the table.

    Examples
    --------
    >>> gg_curves(100)[1]
    ((160.0, 7200.0), (580.0, 5.0), (1450.0, 0.1))
    """
    gates = GG_GATES.get(float(rated_current))
    if gates is None:
        known = ", ".join(f"{rating:g}" for rating in GG_GATES)
        raise InputError(Issue("rated_current", rated_current, "no gates in the standard", f"It has {known} A", "A"))
    hours = conventional_time(rated_current)
    least10, most5, least01, most01 = gates
    fastest = ((CONVENTIONAL_NON_FUSING * rated_current, hours), (least10, 10.0), (least01, 0.1))
    slowest = ((CONVENTIONAL_FUSING * rated_current, hours), (most5, 5.0), (most01, 0.1))
    return fastest, slowest
