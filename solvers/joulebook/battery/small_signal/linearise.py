"""From a cell and a state at rest to the numbers of its linearised model.

The lithium content says at which stoichiometry each material stands; where an electrode has several, they share one
potential. The slope of the open-circuit potential is a fourth-order difference of the material's law, so any law
serves. A temperature other than that of the cell changes the laws, not the lithium: state of charge is a matter of
the cell's cut-offs at its own temperature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from joulebook.battery.balance import balance, balance_half_cell
from joulebook.battery.designs import Cell, InitialState
from joulebook.battery.electrodes import Electrode, Layer, Phase
from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.half_cell import HalfCell, HalfCellState
from joulebook.battery.small_signal.linear import Coating, Foil, LinearCell, Pores, Surface
from joulebook.core.errors import InputError, Issue
from joulebook.materials.records import GAS_CONSTANT, ActiveMaterial, ElectrolyteMaterial, arrhenius

__all__ = ["Stoichiometries", "linearise", "rest_at", "rest_from", "steepness"]

Stoichiometries = dict[str, tuple[float, ...]]
"""Of the active materials of each electrode, by ``"negative"`` and ``"positive"``."""
_STEP = 1e-4
"""Of the stoichiometry, in the difference that gives the slope of the open-circuit potential."""


def rest_at(cell: Cell | HalfCell, soc: float) -> Stoichiometries:
    """Stoichiometries at a state of charge.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    soc : float
        0 at the lower cut-off, 1 at the upper one.

    Returns
    -------
    dict of str to tuple of float
        Of the active materials of each electrode.
    """
    if isinstance(cell, HalfCell):
        half = balance_half_cell(cell)
        full, empty = half.fillings
        return {"positive": half.at_rest.stoichiometries(empty + soc * (full - empty))}
    negative, positive = balance(cell).phase_stoichiometries(soc)
    return {"negative": negative, "positive": positive}


def rest_from(cell: Cell | HalfCell, state: InitialState | HalfCellState) -> Stoichiometries:
    """Stoichiometries of given concentrations.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    state : InitialState or HalfCellState
        Concentrations in the active materials.

    Returns
    -------
    dict of str to tuple of float
        Of the active materials of each electrode.

    Raises
    ------
    InputError
        If a concentration is not below that of the full material, or their number is not that of the materials.
    """
    found: Stoichiometries = {}
    issues = []
    for side in ("positive",) if isinstance(cell, HalfCell) else ("negative", "positive"):
        further: tuple[float, ...] = getattr(state, f"{side}_additional")
        phases = getattr(cell, side).additional_phases
        if len(further) != len(phases):
            rule = f"{len(further)} values for {len(phases)} additional phases"
            issues.append(Issue(f"initial_state.{side}_additional", None, rule, "Give one for each"))
            continue
        concentrations = (getattr(state, f"{side}_concentration"), *further)
        limits = [cell.maximum_concentration(side, phase) for phase in range(len(concentrations))]
        for phase, (value, limit) in enumerate(zip(concentrations, limits, strict=True)):
            if value >= limit:
                path = f"initial_state.{side}_" + ("concentration" if phase == 0 else f"additional.{phase - 1}")
                rule = f"must be less than that of the full material, {limit:g} mol/m³"
                issues.append(Issue(path, value, rule, unit="mol/m³"))
        found[side] = tuple(value / limit for value, limit in zip(concentrations, limits, strict=True))
    if issues:
        raise InputError(issues, cell.name)
    return found


def steepness(law: Callable[[float], float], x: float) -> float:
    """Slope of a law of the stoichiometry.

    Parameters
    ----------
    law : callable
        From a stoichiometry to a number.
    x : float
        Between 0 and 1.

    Returns
    -------
    float
        By a difference of fourth order.

    Examples
    --------
    >>> round(steepness(lambda x: x**3, 0.5), 12)
    0.75
    """
    step = min(_STEP, x / 4.0, (1.0 - x) / 4.0)
    near = law(x + step) - law(x - step)
    far = law(x + 2.0 * step) - law(x - 2.0 * step)
    return (8.0 * near - far) / (12.0 * step)


def linearise(
    cell: Cell | HalfCell, rest: Stoichiometries, temperature: float, double_layer: float, *, film: bool = False
) -> LinearCell:
    """Linearise a cell at rest.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    rest : dict of str to tuple of float
        Stoichiometries of the active materials of each electrode.
    temperature : float, K
        Of the cell.
    double_layer : float, F/m²
        Capacity of the double layers that the cell gives as 0.
    film : bool
        Whether the films of the cell's ageing parts resist the current.

    Returns
    -------
    LinearCell
        All numbers of its model.
    """
    salt = _salt(cell, temperature)

    def coatings(side: str) -> tuple[Coating, ...]:
        return _coatings(_Side(cell, side, rest[side], salt, double_layer, film))

    negative: tuple[Coating, ...] | Foil
    if isinstance(cell, HalfCell):
        exchange = cell.counter.rate_constant * salt.concentration**cell.counter.salt_exponent
        negative = Foil(salt.thermal / exchange, cell.counter.double_layer_capacity or double_layer)
    else:
        negative = coatings("negative")
    return LinearCell(
        negative=negative,
        separator=_pores(cell.separator.thickness, cell.separator.porosity, cell.separator.bruggeman_electrolyte, salt),
        positive=coatings("positive"),
        transference=salt.transference,
        junction=2.0 * salt.thermal * (1.0 - salt.transference) * salt.thermodynamic_factor / salt.concentration,
        area=cell.area,
        contact=cell.contact_resistance,
    )


@dataclass(frozen=True)
class _SaltAtRest:
    """The electrolyte at its concentration at rest, without pores."""

    concentration: float
    temperature: float
    thermal: float
    """R T/F, V."""
    conductivity: float
    diffusivity: float
    transference: float
    thermodynamic_factor: float


def _salt(cell: Cell | HalfCell, temperature: float) -> _SaltAtRest:
    record: ElectrolyteMaterial = cell.electrolyte_material()
    concentration = cell.electrolyte.concentration

    def value(name: str, law: str) -> float:
        found = getattr(record, law)
        if found is None:
            return float(getattr(record, name).value)
        return float(found.at(np, np.float64(concentration), temperature))

    found = _SaltAtRest(
        concentration=concentration,
        temperature=temperature,
        thermal=GAS_CONSTANT * temperature / FARADAY,
        conductivity=value("", "conductivity"),
        diffusivity=value("", "diffusivity"),
        transference=value("transference_number", "transference_law"),
        thermodynamic_factor=value("thermodynamic_factor", "thermodynamic_factor_law"),
    )
    for name in ("conductivity", "diffusivity", "thermodynamic_factor"):
        if not getattr(found, name) > 0.0:
            raise InputError(
                Issue(
                    "electrolyte.concentration",
                    concentration,
                    f"{record.name} has the {name.replace('_', ' ')} {getattr(found, name):.3g} there at "
                    f"{temperature:g} K; it must be more than 0",
                    "Choose a concentration and a temperature for which the law was made",
                    "mol/m³",
                )
            )
    return found


@dataclass(frozen=True)
class _Side:
    """An electrode, and all that its linearisation rests on."""

    cell: Cell | HalfCell
    name: str
    stoichiometries: tuple[float, ...]
    salt: _SaltAtRest
    double_layer: float
    film: bool

    @property
    def electrode(self) -> Electrode:
        found: Electrode = getattr(self.cell, self.name)
        return found

    @property
    def film_resistance(self) -> float:
        """Ω m² of particle surface."""
        part = self.electrode.sei
        return part.resistivity * part.initial_thickness if self.film and part is not None else 0.0


def _pores(thickness: float, porosity: float, exponent: float, salt: _SaltAtRest) -> Pores:
    share = porosity**exponent
    return Pores(thickness, porosity, share * salt.conductivity, share * salt.diffusivity)


def _coatings(side: _Side) -> tuple[Coating, ...]:
    electrode = side.electrode
    kinetics = [_kinetics(side, phase) for phase in range(len(side.stoichiometries))]
    coatings = []
    for layer in electrode.layers or (Layer(share=1.0),):
        pores = _pores(
            electrode.thickness * layer.share,
            _own(layer.porosity, electrode.porosity),
            _own(layer.bruggeman_electrolyte, electrode.bruggeman_electrolyte),
            side.salt,
        )
        fraction = _own(layer.active_fraction, electrode.active_fraction)
        surfaces = [_surface(side, electrode, layer, fraction, kinetics[0])]
        surfaces += [
            _surface(side, phase, None, phase.active_fraction, found)
            for phase, found in zip(electrode.additional_phases, kinetics[1:], strict=True)
        ]
        coatings.append(
            Coating(
                thickness=pores.thickness,
                porosity=pores.porosity,
                liquid=pores.liquid,
                diffusivity=pores.diffusivity,
                solid=_own(layer.conductivity, electrode.conductivity)
                * (1.0 - pores.porosity) ** electrode.bruggeman_electrode,
                surfaces=tuple(surfaces),
            )
        )
    return tuple(coatings)


@dataclass(frozen=True)
class _Kinetics:
    """What a material answers, at its stoichiometry and temperature, whatever its particles."""

    maximum: float
    slope: float
    """dU/dx, V."""
    exchange_share: float
    """Exchange-current density over the rate constant."""
    rate: float
    """The material's own rate constant; the factor of temperature is in ``exchange_share``."""
    diffusivity: float
    """m²/s, factor of temperature included."""
    diffusivity_factor: float
    """Factor of temperature alone, for a diffusivity that the design gives."""


def _kinetics(side: _Side, phase: int) -> _Kinetics:
    record: ActiveMaterial = side.cell.active_material(side.name, phase)
    x = side.stoichiometries[phase]
    maximum = side.cell.maximum_concentration(side.name, phase)
    temperature = side.salt.temperature
    slope = steepness(lambda at: float(record.ocp.at(np, np.float64(at), temperature)), x)
    entropic = record.entropic
    if entropic is not None:
        heated = temperature - record.ocp.reference_temperature
        slope += heated * steepness(lambda at: float(entropic.at(np, np.float64(at), temperature)), x)
    by_salt, by_filled, by_empty = record.exchange_exponents
    share = side.salt.concentration**by_salt * (x * maximum) ** by_filled * ((1.0 - x) * maximum) ** by_empty
    if record.rate_law is not None:
        share *= float(record.rate_law.at(np, np.float64(x), temperature))
    if record.rate_activation is not None:
        reference = record.rate_constant.reference_temperature
        share *= float(arrhenius(np, record.rate_activation.value, temperature, reference))
    factor = 1.0
    law = record.diffusivity_law
    if record.diffusivity_activation is not None:
        reference = (law or record.diffusivity).reference_temperature
        factor = float(arrhenius(np, record.diffusivity_activation.value, temperature, reference))
    diffusivity = record.diffusivity.value * factor
    if law is not None:
        own = law.activation_energy is not None or law.thermal_function is not None
        diffusivity = float(law.at(np, np.float64(x), temperature)) * (1.0 if own else factor)
    for name, value in (("diffusivity", diffusivity), ("exchange-current density", share)):
        if not value > 0.0:
            rule = f"{record.name} has the {name} {value:.3g} at the stoichiometry {x:.4g}; it must be more than 0"
            raise InputError(Issue(f"{side.name}.material", record.name, rule, "Choose another state of charge"))
    return _Kinetics(maximum, slope, share, record.rate_constant.value, diffusivity, factor)


def _surface(
    side: _Side, coating: Electrode | Phase, layer: Layer | None, fraction: float, found: _Kinetics
) -> Surface:
    def of(name: str) -> float | None:
        in_layer = getattr(layer, name, None)
        value: float | None = getattr(coating, name) if in_layer is None else in_layer
        return value

    radius = _own(of("particle_radius"), 0.0)
    given = of("diffusivity")
    diffusivity = found.diffusivity if given is None else given * found.diffusivity_factor
    exchange = _own(of("rate_constant"), found.rate) * found.exchange_share
    return Surface(
        area=3.0 * fraction / radius,
        transfer=side.salt.thermal / exchange,
        film=side.film_resistance,
        diffusion=-found.slope * radius / (FARADAY * diffusivity * found.maximum),
        time=radius * radius / diffusivity,
        double_layer=side.electrode.double_layer_capacity or side.double_layer,
    )


def _own(value: float | None, default: float) -> float:
    return default if value is None else value
