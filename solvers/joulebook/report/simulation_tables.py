"""Tables of a simulation's report: protocol, physics, steps, cycles, heat, lithium, error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from joulebook.battery import between
from joulebook.battery.models import Model
from joulebook.battery.protocol import Protocol
from joulebook.battery.results import BatteryResult
from joulebook.report.inline import escape
from joulebook.report.model import Column, Table
from joulebook.report.numbers import number
from joulebook.report.simulation_figures import HEATS, ICE, duration

__all__ = ["cycle_table", "error_table", "heat_table", "lithium_table", "physics_table", "protocol_table", "step_table"]

MOST_STEPS = 48
"""Rows of the table of steps; of a longer protocol its first and last steps are shown."""
MOST_CYCLES = 24
"""Rows of the table of cycles; of more, evenly spread ones."""
_MESH = (
    ("negative_nodes", "Volumes, negative electrode", ""),
    ("separator_nodes", "Volumes, separator", ""),
    ("positive_nodes", "Volumes, positive electrode", ""),
    ("shells", "Shells in a particle", ""),
    ("voltage_tolerance", "Local error of the voltage in a time step", "V"),
    ("salt_tolerance", "Local error of the salt in a time step", "mol/m³"),
)
_LITHIUM = (
    ("lithium_active", "in active material"),
    ("lithium_in_sei", "in films"),
    ("lithium_plated", "plated"),
    ("lithium_dead", "dead"),
    ("lithium_buried", "in lost material"),
)


def protocol_table(protocol: Protocol) -> Table:
    """List the steps of a protocol as they were written.

    Parameters
    ----------
    protocol : Protocol
        What was done.

    Returns
    -------
    Table
        One row a line; repeats are indented.
    """
    lines = str(protocol).splitlines()
    shown = lines if len(lines) <= MOST_STEPS else [*lines[:MOST_STEPS], f"… and {len(lines) - MOST_STEPS} more lines"]
    rows = [(str(k), escape(line.replace("  ", "\u2003"))) for k, line in enumerate(shown, start=1)]
    cycles = f", {protocol.cycles} cycles" if protocol.cycles else ""
    caption = f"The protocol: {len(protocol)} steps{cycles}. Discharge is positive current."
    return Table.of(caption, (Column.number("Line"), Column(title="What is done", share=1)), rows)


_CHOICES = {
    "name": "Electrochemistry",
    "thermal": "Temperature",
    "heat_of_mixing": "Heat of mixing",
    "sei": "Film growth (SEI)",
    "sei_on_cracks": "Cracks, with film on them",
    "film_resistance": "Film resistance",
    "plating": "Lithium plating",
    "loss_of_active_material": "Loss of active material",
    "stress_diffusion": "Stress speeds diffusion",
    "porosity_change": "Films fill pores",
    "hysteresis": "Hysteresis",
    "double_layer": "Double layer",
}
_NEEDS: dict[str, Callable[[Model], bool]] = {
    "heat_of_mixing": lambda model: model.thermal != "isothermal",
    "sei_on_cracks": lambda model: model.sei != "none",
    "film_resistance": lambda model: model.sei != "none",
    "porosity_change": lambda model: model.sei != "none" or model.plating != "none",
    "stress_diffusion": lambda model: model.sei_on_cracks or "stress" in model.loss_of_active_material,
}
"""When a choice means something."""


def physics_table(model: Model) -> Table:
    """List what the model describes.

    Parameters
    ----------
    model : Model
        The physics.

    Returns
    -------
    Table
        Every choice that means something here.
    """
    chosen = model.to_dict()
    rows = [
        (label, escape(_choice(chosen[name])))
        for name, label in _CHOICES.items()
        if name not in _NEEDS or _NEEDS[name](model)
    ]
    return Table.of("The physics of the study.", (Column(title="What", share=1), Column(title="Choice", share=1)), rows)


def _choice(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) or "none") if isinstance(value, list) else str(value)


def step_table(run: BatteryResult) -> Table:
    """List what the steps came to.

    Parameters
    ----------
    run : BatteryResult
        The run.

    Returns
    -------
    Table
        One row a step.
    """
    found = run.steps
    count = len(found)
    half = MOST_STEPS // 2
    kept = found if count <= MOST_STEPS else found.iloc[[*range(half), *range(count - half, count)]]
    rows = [
        (
            str(row.step),
            escape(row.what),
            duration(row.end_s - row.start_s),
            escape(row.end),
            f"{row.voltage_V:.3f}",
            _fixed(row.charge_Ah),
            _fixed(row.energy_Wh),
            f"{row.temperature_K - ICE:.1f}",
        )
        for row in kept.itertuples()
    ]
    more = f" Of {count} steps the first and the last {half} are shown." if count > MOST_STEPS else ""
    columns = (
        Column.number("No."),
        Column(title="Step", share=1.5),
        Column.number("Time"),
        Column(title="Ended because", share=1.2),
        Column.number("Voltage", "V"),
        Column.number("Charge", "A h"),
        Column.number("Energy", "W h"),
        Column.number("Temp.", "°C"),
    )
    caption = f"What the steps came to; voltage and temperature at their ends, charge and energy taken out.{more}"
    table = Table.of(caption, columns, rows)
    return table.model_copy(update={"small": True})


def _fixed(value: float) -> str:
    """Three decimals, without a minus before nothing."""
    return f"{value + 0.0:.3f}".replace("-0.000", "0.000").replace("-", "−")


def cycle_table(table: Any) -> Table:
    """List the cycles.

    Parameters
    ----------
    table : pandas.DataFrame
        As ``run.cycles``.

    Returns
    -------
    Table
        One row a cycle, or evenly spread ones.
    """
    places = sorted({round(k) for k in np.linspace(0, len(table) - 1, min(len(table), MOST_CYCLES))})
    rows = [
        (
            str(int(row.cycle)),
            f"{row.discharge_capacity_Ah:.4f}",
            f"{row.charge_capacity_Ah:.4f}",
            number(row.loss_of_lithium_inventory_percent, 3),
            number(row.loss_of_active_material_negative_percent, 3),
            number(row.loss_of_active_material_positive_percent, 3),
            "–" if np.isnan(row.resistance_ohm) else f"{1e3 * row.resistance_ohm:.2f}",
            "–" if np.isnan(row.energy_efficiency_percent) else f"{row.energy_efficiency_percent:.2f}",
        )
        for row in table.iloc[places].itertuples()
    ]
    columns = (
        Column.number("Cycle"),
        Column.number("Discharged", "A h"),
        Column.number("Charged", "A h"),
        Column.number("Lost lithium", "%"),
        Column.number("Lost negative", "%"),
        Column.number("Lost positive", "%"),
        Column.number("Resistance", "mΩ"),
        Column.number("Efficiency", "%"),
    )
    more = f" {len(places)} of {len(table)} cycles, evenly spread." if len(places) < len(table) else ""
    caption = (
        "The cycles. Lost lithium is what films, metal and lost material hold more than at the start; the resistance "
        f"is that of the first jump of the current.{more}"
    )
    return Table.of(caption, columns, rows).model_copy(update={"small": True})


def heat_table(run: BatteryResult) -> Table:
    """Sum the heat up.

    Parameters
    ----------
    run : BatteryResult
        The run.

    Returns
    -------
    Table
        Energy of each term, and the largest heat.
    """
    rows = []
    total = np.zeros(run.time.size)
    for name, label in HEATS:
        if name in run.variables:
            total = total + run[name]
            rows.append((label.capitalize(), number(_energy(run, run[name]), 4), number(float(np.max(run[name])), 4)))
    rows.append(("All", number(_energy(run, total), 4), number(float(np.max(total)), 4)))
    columns = (Column(title="Term", share=1), Column.number("Energy", "W h"), Column.number("Largest", "W"))
    return Table.of("The heat over the whole study.", columns, rows)


def _energy(run: BatteryResult, values: Any) -> float:
    parts = between.pieces(run.time, run["protocol_step"])
    return sum(float(np.trapezoid(values[part], run.time[part])) for part in parts) / 3600.0


def lithium_table(run: BatteryResult) -> Table:
    """Say where the lithium is, before and after.

    Parameters
    ----------
    run : BatteryResult
        A run with ageing.

    Returns
    -------
    Table
        In the ageing electrodes.
    """
    rows = []
    sums = np.zeros(2)
    for side in ("negative", "positive"):
        for name, label in _LITHIUM:
            if f"{side}_{name}" in run.variables:
                ends = run[f"{side}_{name}"][[0, -1]]
                sums += ends
                rows.append((f"{side.capitalize()}, {label}", *(f"{abs(end):.6f}" for end in ends)))
    rows.append(("Sum", f"{sums[0]:.6f}", f"{sums[1]:.6f}"))
    columns = (
        Column(title="Lithium", share=1),
        Column.number("At the start", "A h"),
        Column.number("At the end", "A h"),
    )
    caption = (
        "Where the lithium of the ageing electrodes is; what one electrode gives to the other moves between the rows."
    )
    return Table.of(caption, columns, rows)


def error_table(run: BatteryResult) -> Table:
    """Say how the study was solved, and how far off it may be.

    Parameters
    ----------
    run : BatteryResult
        The run.

    Returns
    -------
    Table
        Estimated errors, mesh and tolerances.
    """
    error = run.error
    rows = []
    if error:
        rows += [
            ("Estimated error of the voltage, root mean square", f"{1e3 * error['voltage']:.3f}", "mV"),
            ("Estimated error of the voltage, largest", f"{1e3 * error['largest_voltage']:.3f}", "mV"),
            ("Estimated error of the charge of a step, largest", f"{1e3 * float(error['capacity']):.3f}", "mA h"),
        ]
    options = run.provenance.options
    rows.append(("Accuracy asked for", escape(str(options["accuracy"])), ""))
    skipped = {"negative_nodes", "separator_nodes", "positive_nodes"} if options["model"]["name"] == "SPM" else set()
    rows += [(label, number(options[name], 4), unit) for name, label, unit in _MESH if name not in skipped]
    rows.append(("Time steps", str(run.stats.steps), ""))
    columns = (Column(title="What", share=1), Column.number("Value"), Column(title="Unit"))
    return Table.of("How it was solved.", columns, rows)
