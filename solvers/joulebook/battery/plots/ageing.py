"""How a cell ages: capacity, lost lithium and material, resistance and efficiency over the cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.core.plot_style import axis, colour, dashes, holoviews, panel

if TYPE_CHECKING:
    import pandas

__all__ = ["AGEING_COLUMNS", "plot_ageing"]

AGEING_COLUMNS: Final = (
    "cycle",
    "discharge_capacity_Ah",
    "charge_capacity_Ah",
    "loss_of_lithium_inventory_percent",
    "loss_of_active_material_negative_percent",
    "loss_of_active_material_positive_percent",
    "resistance_ohm",
    "duration_h",
    "energy_efficiency_percent",
)
"""Columns of a table of cycles. ``cycle`` counts from 1; what a model does not know is left out or not-a-number."""

_PANELS: Final = (
    ("Capacity", "A h", 1.0, "top_right", (("discharge_capacity_Ah", "discharged"), ("charge_capacity_Ah", "charged"))),
    (
        "Loss",
        "%",
        1.0,
        "top_left",
        (
            ("loss_of_lithium_inventory_percent", "lithium inventory"),
            ("loss_of_active_material_negative_percent", "negative material"),
            ("loss_of_active_material_positive_percent", "positive material"),
        ),
    ),
    ("Resistance", "mΩ", 1e3, "top_left", (("resistance_ohm", "resistance"),)),
    ("Energy efficiency", "%", 1.0, "top_right", (("energy_efficiency_percent", "energy efficiency"),)),
)
_FEW = 60
"""Cycles that are drawn with a dot each."""


def plot_ageing(table: pandas.DataFrame) -> Any:
    """Draw a table of cycles.

    Parameters
    ----------
    table : pandas.DataFrame
        A row for each cycle, with ``cycle`` and any of the other columns of :data:`AGEING_COLUMNS`.

    Returns
    -------
    holoviews.Layout
        Panels of capacity, losses, resistance and efficiency; those without numbers are left out.

    Raises
    ------
    InputError
        If the cycle or everything else is missing, or there is no row.

    Examples
    --------
    >>> import pandas
    >>> table = pandas.DataFrame({"cycle": [1, 2, 3], "discharge_capacity_Ah": [5.0, 4.98, 4.97]})
    >>> len(plot_ageing(table))
    1
    """
    hv = holoviews()
    if "cycle" not in getattr(table, "columns", ()):
        raise InputError(Issue("cycle", None, "must be a column of the table", f"Columns: {', '.join(AGEING_COLUMNS)}"))
    across = axis("cycle", "Cycle")
    cycle = _numbers(table, "cycle")
    panels = []
    for label, unit, scale, corner, columns in _PANELS:
        drawn = _curves(table, cycle, columns, (across, axis(label.lower().replace(" ", "_"), label, unit)), scale)
        if drawn:
            labelled = len(drawn) > 1
            looks = {"show_legend": labelled, "legend_position": corner, "title": "", "shared_axes": False}
            panels.append(panel(hv.Overlay(drawn), width=460, height=270, **looks))
    if not panels or not cycle.size:
        hint = f"Columns: {', '.join(AGEING_COLUMNS[1:])}"
        raise InputError(Issue("table", None, "has no numbers to draw over the cycles", hint))
    return hv.Layout(panels).cols(2)


def _numbers(table: Any, name: str) -> NDArray[np.float64]:
    import pandas

    return np.asarray(pandas.to_numeric(table[name], errors="coerce"), dtype=np.float64)


def _curves(
    table: Any,
    cycle: NDArray[np.float64],
    columns: tuple[tuple[str, str], ...],
    axes: tuple[Any, Any],
    scale: float,
) -> list[Any]:
    hv = holoviews()
    found = []
    for k, (name, label) in enumerate(columns):
        if name not in table.columns:
            continue
        values = _numbers(table, name) * scale
        known = np.isfinite(values) & np.isfinite(cycle)
        if not known.any():
            continue
        points = (cycle[known], values[known])
        curve = hv.Curve(points, *axes, label=label)
        found.append(curve.opts(color=colour(k), line_dash=dashes(k), line_width=1.8, tools=["hover"]))
        if known.sum() <= _FEW:
            found.append(hv.Scatter(points, *axes, label=label).opts(color=colour(k), size=5))
    return found
