"""Where each number lies in the arrays that the compiled battery loop works on.

The loop takes one :class:`Arena` of arrays that the caller owns and returns a status code. A discretised cell is

- ``settings``: numbers of the whole cell, of the protocol step and of the accuracy;
- ``nodes``: one row per place across the stack, so that every property may vary with the place;
- ``sites``: one row per place and active material where lithium reacts: in the Doyle–Fuller–Newman model each
  electrode node has one per phase, in the single-particle models each electrode has;
- ``shells``: one plane per group of equal particles, a row per shell from the centre outwards, then two rows of
  numbers of the group;
- ``laws``, ``salts``: tables of the material laws (:mod:`joulebook.numerics.tables`), the second for several
  temperatures;
- ``films``: a row of ageing parameters per reacting material.

What changes in time is ``past``, ``states``, ``concentration`` (rings of past points), ``work`` and ``reactions``
(the step that is being solved: a row per node and per site), ``factors`` and ``liquid`` (what the step's particles
and electrolyte are like), ``run`` (scalars and the rings of time, voltage, current and totals), ``trace`` and
``profiles`` (what is handed out), ``marks`` (how each protocol step ended). Arrays are float64; nodes run from the
negative collector to the positive one.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from joulebook.numerics.bdf import MAX_ORDER

RING: Final = 8
"""Past points kept: at least MAX_ORDER + 2, and a power of two, so that a place in the ring is found by a mask."""


class Arena(NamedTuple):
    """All arrays of one study, in the order of the loop."""

    settings: Any
    nodes: Any
    sites: Any
    shells: Any
    laws: Any
    salts: Any
    films: Any
    rows: Any
    series: Any
    past: Any
    states: Any
    concentration: Any
    work: Any
    reactions: Any
    factors: Any
    liquid: Any
    run: Any
    trace: Any
    profiles: Any
    marks: Any


# settings ------------------------------------------------------------------------------------------------------------
MODEL: Final = 0
"""DFN, SPM or SPME."""
AREA: Final = 1
"""Coated area, m²."""
RESISTANCE: Final = 2
"""Contact resistance, ohm."""
SALT_SHARE: Final = 3
"""(1 - t+)/F at the reference transference number: salt that a unit of reaction current adds, mol/C."""
PER_FARADAY: Final = 4
"""1/F where the transference number varies with concentration, else 0, mol/C."""
ACTIVITY: Final = 5
"""(1 - t+) X with the thermodynamic factor X, where both are constant; negative where they vary."""
HALF_THERMAL: Final = 6
"""F/(2 R T), 1/V."""
TEMPERATURE: Final = 7
"""At which the step is solved, K."""
THERMAL: Final = 8
"""1 if the temperature follows the heat, 0 if it is held."""
HEAT_CAPACITY: Final = 9
"""Of the cell, J/K."""
COOLING: Final = 10
"""Conductance to the surroundings, W/K."""
AMBIENT: Final = 11
"""Temperature of the surroundings, K."""
CONTROL: Final = 12
"""What is held: current, power, voltage or resistance."""
TARGET: Final = 13
"""At which value, in SI units; positive on discharge."""
END_TIME: Final = 14
"""When to stop at the latest, s."""
VOLTAGE_TOLERANCE: Final = 15
"""Local error of the voltage allowed in a step, V."""
SALT_TOLERANCE: Final = 16
"""Local error of the salt concentration allowed in a step, mol/m³."""
NEWTON_TOLERANCE: Final = 17
"""Error of the potentials allowed to remain in a Newton iteration, V."""
HIGHEST_ORDER: Final = 18
"""Of the time formula."""
LARGEST_STEP: Final = 19
"""s."""
FIRST_STEP: Final = 20
"""After a jump of what is held, s."""
SALTS_WIDTH: Final = 21
"""Distance of grid points in ``salts``, mol/m³."""
LAWS_WIDTH: Final = 22
"""Distance of grid points in ``laws``."""
COLDEST: Final = 23
"""First temperature of ``salts``, K."""
DEGREES: Final = 24
"""Distance of temperatures in ``salts``, K."""
STEPS: Final = 25
"""Accepted steps after which the loop returns to Python."""
VARIABLE_DIFFUSION: Final = 26
"""1 if the diffusivity in some particle varies with its concentration."""
SIDE_REACTIONS: Final = 27
"""1 if the electrodes age."""
DOUBLE_LAYER: Final = 28
"""1 if the double layer is charged."""
HYSTERESIS: Final = 29
"""1 if some open-circuit potential depends on the direction."""
FOLLOWED: Final = 30
"""1 if step lengths and orders are those of an earlier run (``trace`` holds them)."""
ENDS_AT_ONCE: Final = 31
"""1 if a step whose end is met before it begins is passed over, 0 if that is an error."""
SALT_AT_REST: Final = 32
"""mol/m³."""
PREPARES: Final = 33
"""1 if sites and nodes differ from step to step."""
MIXES: Final = 34
"""1 if the heat of mixing counts."""
CURVES: Final = 35
"""1 if steps are so short that a smooth line through the points is the voltage, 0 if they follow the lithium alone."""
HEATS: Final = 36
"""1 if the heat is handed out where the temperature is held."""
CORNERS: Final = 37
"""1 if an open-circuit potential has corners, as a table with straight lines has."""
N_SETTINGS: Final = 38

DFN: Final = 0
SPM: Final = 1
SPME: Final = 2

HOLD_CURRENT: Final = 0
HOLD_POWER: Final = 1
HOLD_VOLTAGE: Final = 2
HOLD_RESISTANCE: Final = 3

# nodes ---------------------------------------------------------------------------------------------------------------
WIDTH: Final = 0
"""m."""
POROSITY: Final = 1
BRUGGEMAN: Final = 2
"""Exponent of the porosity in the effective transport in the electrolyte."""
SOLID: Final = 3
"""Effective electronic conductivity, S/m; 0 in the separator."""
FIRST_SITE: Final = 4
STOP_SITE: Final = 5
"""End of the sites of the node; not above the first where nothing reacts."""
ELECTRODE: Final = 6
"""0 in the negative electrode, 1 in the positive one, -1 between them."""
STRIDE: Final = 7
"""Distance of the sites of a node: sites of one material lie together."""
N_NODE: Final = 8

# sites ---------------------------------------------------------------------------------------------------------------
SURFACE_DENSITY: Final = 0
"""Particle surface per volume at the start, 1/m."""
MAXIMUM: Final = 1
"""Concentration of the full active material, mol/m³."""
RATE: Final = 2
"""Rate constant at the reference temperature, A/m² (m³/mol)^(sum of the exponents)."""
SALT_POWER: Final = 3
"""Exponents of c_e, c_s and c_max - c_s in the exchange-current density."""
FILLED_POWER: Final = 4
FREE_POWER: Final = 5
RATE_ACTIVATION: Final = 6
"""Activation energy over the gas constant, K."""
LAW: Final = 7
"""First column in ``laws``."""
GROUP: Final = 8
"""Plane in ``shells``; -1 for a metal foil, which has no particles."""
SIDE: Final = 9
"""0 in the negative electrode, 1 in the positive one."""
HOST: Final = 10
"""Node."""
DEPTH: Final = 11
"""Thickness of coating that the site stands for, m."""
DECAY: Final = 12
"""Of the hysteresis, 1."""
CAPACITANCE: Final = 13
"""Of the double layer, F/m²."""
FILM: Final = 14
"""Row in ``films``; -1 where the site does not age."""
FRACTION: Final = 15
"""Volume fraction of the active material at the start."""
REFERENCE_TEMPERATURE: Final = 16
"""Of rate, diffusivity and open-circuit potential, K."""
ENTROPIC: Final = 17
"""1 if the open-circuit potential varies with temperature."""
SPECIAL: Final = 18
"""1 if exponents differ from a half or a factor of the exchange-current density varies with stoichiometry."""
FIRST_SWELLING: Final = 19
"""Volume fraction of films and metal at the start."""
N_SITE: Final = 20

# laws: columns of a material, value and slope each -------------------------------------------------------------------
OCP: Final = 0
"""Open-circuit potential, V."""
ENTROPY: Final = 2
"""Its derivative by temperature, V/K."""
DIFFUSION: Final = 4
"""Integral of diffusivity over its reference, 1; the slope is the ratio of the diffusivities."""
RATE_FACTOR: Final = 6
"""Factor of the exchange-current density."""
GAP: Final = 8
"""Half the distance of the delithiation branch above the lithiation branch, V."""
CHEMICAL: Final = 10
"""Integral of the open-circuit potential, V."""
N_LAW: Final = 12

# salts: columns, value and slope each
SALT_DIFFUSIVITY: Final = 0
SALT_CONDUCTIVITY: Final = 2
SALT_ACTIVITY: Final = 4
"""(1 - t+) X."""
SALT_TRANSFERENCE: Final = 6
N_SALT: Final = 8

# shells: columns of the shell rows -----------------------------------------------------------------------------------
INNER: Final = 0
"""Exchange rate with the next shell inwards per unit of diffusivity, 1/m²."""
OUTER: Final = 1
"""Exchange rate with the next shell outwards per unit of diffusivity, 1/m²."""
ELIMINATED: Final = 2
"""Factor of the next shell after elimination."""
PIVOT: Final = 3
"""Inverse pivot, s."""
RESPONSE: Final = 4
"""Concentration per unit of reaction current density, mol/(A m)."""
VOLUME: Final = 5
"""Of the shell, over 4 π, m³."""
N_SHELL: Final = 6
# row n_r: the surface
LAST_WEIGHT: Final = 0
"""Share of the last shell in the surface concentration."""
BEFORE_WEIGHT: Final = 1
"""Share of the shell before."""
FLUX_WEIGHT: Final = 2
"""Contribution of the known flux times diffusivity, mol m/(A s)."""
SOURCE: Final = 3
"""Rate of change of the last shell per unit of reaction current density, mol/(A m s)."""
SURFACE_RESPONSE: Final = 4
"""Surface concentration per unit of reaction current density, mol/(A m)."""
GROUP_TEMPERATURE: Final = 5
"""At which the diffusivity holds, K."""
# row n_r + 1: the particles of the group
FIRST: Final = 0
"""First column in ``concentration``."""
STOP: Final = 1
"""One past the last."""
GROUP_DIFFUSIVITY: Final = 2
"""At the reference temperature, m²/s; of a law, its reference."""
GROUP_ACTIVATION: Final = 3
"""Activation energy over the gas constant, K."""
VARIES: Final = 4
"""1 if the diffusivity follows a law of the stoichiometry."""
RADIUS: Final = 5
"""m."""

# factors: a particle with a diffusivity of its own (n_particles, n_r + 1, 4); row n_r: response of the surface, flux
OWN_PIVOT: Final = 0
OWN_ELIMINATED: Final = 1
OWN_RESPONSE: Final = 2
OWN_GUESS: Final = 3
"""Extrapolated stoichiometry, at which the diffusivity was taken."""
N_FACTOR: Final = 4

# past: what is remembered of a node ----------------------------------------------------------------------------------
N_PAST: Final = 4
"""c_e, phi_e, phi_s, porosity times c_e."""
AMOUNT: Final = 3

# states: what is remembered of a site --------------------------------------------------------------------------------
CURRENT_DENSITY: Final = 0
"""Of the intercalation reaction, A/m²."""
DIFFERENCE: Final = 1
"""phi_s - phi_e, V."""
TILT: Final = 2
"""State of the hysteresis, -1 on the lithiation branch to 1 on the delithiation branch."""
LEVEL: Final = 3
"""Stoichiometry at the particle surface."""
SEI: Final = 4
"""Film on the particles, per volume of electrode, mol/m³."""
CRACK_SEI: Final = 5
"""Film on the walls of cracks, per volume of electrode, mol/m³."""
PLATED: Final = 6
"""Plated lithium per volume of electrode, mol/m³."""
DEAD: Final = 7
"""Dead lithium per volume of electrode, mol/m³."""
CRACK: Final = 8
"""Length of the cracks, m."""
ACTIVE: Final = 9
"""Volume fraction of active material."""
BURIED: Final = 10
"""Lithium left in lost active material, per volume of electrode, mol/m³."""
HELD: Final = 11
"""Lithium in the active material, per volume of electrode, mol/m³."""
N_STATE: Final = 12
"""All of them; the first four alone where nothing ages."""
N_STATE_FRESH: Final = 4

# work: columns 0 to 21 are the block-tridiagonal system, then --------------------------------------------------------
SALT: Final = 22
"""c_e, mol/m³; then phi_e (V), phi_s (V): the iterate."""
LIQUID: Final = 23
METAL: Final = 24
AMOUNT_HISTORY: Final = 25
"""Past part of the time derivative of the salt per volume, mol/(m³ s)."""
OPENNESS: Final = 26
"""Porosity at the end of the step."""
TRANSPORT: Final = 27
"""Porosity to the power of Bruggeman's exponent."""
DIFFUSIVITY: Final = 28
DIFFUSIVITY_SLOPE: Final = 29
CONDUCTIVITY: Final = 30
CONDUCTIVITY_SLOPE: Final = 31
SPREAD: Final = 32
"""2 R T (1 - t+) X / F: voltage per unit of ln c_e, V."""
CARRIED: Final = 33
"""Transference number over F, beyond its reference, mol/C."""
N_WORK: Final = 34

# reactions: the step that is being solved, at a site -----------------------------------------------------------------
REACTION: Final = 0
"""Intercalation current density, A/m², positive where the material gives lithium: the iterate."""
SURFACE_HISTORY: Final = 1
"""Surface concentration without reaction, mol/m³."""
SURFACE_SLOPE: Final = 2
"""Surface concentration per unit of reaction current density, mol/(A m)."""
SURFACE: Final = 3
"""Reacting surface per volume, 1/m."""
RATE_NOW: Final = 4
"""Rate constant at the temperature of the step."""
OFFSET: Final = 5
"""Of the open-circuit potential, by hysteresis, V."""
TILT_NOW: Final = 6
"""State of the hysteresis that is assumed."""
FILM_RESISTANCE: Final = 7
"""ohm m²."""
STOICHIOMETRY: Final = 8
"""At the particle surface, at the point of linearisation."""
OCP_VALUE: Final = 9
"""Open-circuit potential there, V."""
OCP_SLOPE: Final = 10
"""Its derivative by stoichiometry, V."""
MISS: Final = 11
"""Change of the intercalation current density that closes the rate law at the present potentials, A/m²."""
BY_SALT: Final = 12
"""Its derivative by c_e, A m/mol."""
BY_POTENTIAL: Final = 13
"""Its derivative by the potential difference behind the film, S/m²."""
ALL_MISS: Final = 14
"""The same three of all reactions of the site together, by the potential difference outside the film."""
ALL_BY_SALT: Final = 15
ALL_BY_POTENTIAL: Final = 16
SHIFT: Final = 17
"""Of the potential difference behind the film: what the last update left, V."""
CHARGING: Final = 18
"""Current density that charges the double layer, A/m²."""
CHARGING_HISTORY: Final = 19
"""Past part of the time derivative of the potential difference, V/s."""
SALT_HERE: Final = 20
"""Salt concentration that the reaction sees, mol/m³."""
DIFFERENCE_HERE: Final = 21
"""phi_s - phi_e, V."""
GROWTH: Final = 22
"""Current density of film growth, A/m² of particle surface; then its miss and its derivative by the potential."""
CRACK_GROWTH: Final = 25
"""The same of the film on cracks, also per particle surface."""
PLATING: Final = 28
"""The same of plating."""
FILM_HISTORY: Final = 31
"""Past part of the time derivative of the film, mol/(m³ s)."""
CRACK_HISTORY: Final = 32
"""Past part of the time derivative of the film on cracks, mol/(m³ s)."""
PLATED_HISTORY: Final = 33
"""Past part of the time derivative of the plated lithium, mol/(m³ s)."""
DYING: Final = 34
"""Rate at which plated lithium dies, 1/s."""
CRACK_SHARE: Final = 35
"""Surface of cracks over that of the particles."""
SURFACE_CONCENTRATION: Final = 36
"""At the end of the accepted step, mol/m³."""
MEAN_CONCENTRATION: Final = 37
"""Of the particle, mol/m³."""
ACTIVE_NOW: Final = 38
"""Volume fraction of active material that is assumed in the step."""
SWELLING: Final = 39
"""Volume fraction that films and metal have taken from the pores."""
N_REACTION: Final = 40

# films: parameters of ageing -----------------------------------------------------------------------------------------
GROWTH_LAW: Final = 0
"""Seven columns of :func:`joulebook.battery.ageing.growth_law`."""
PLATING_LAW: Final = 7
"""Five columns of :func:`joulebook.battery.ageing_plating.plating_law`."""
MECHANICS_LAW: Final = 12
"""Eight columns of :func:`joulebook.battery.ageing_mechanics.mechanics_law`."""
FILM_VOLUME: Final = 20
"""m³/mol."""
FILM_LITHIUM: Final = 21
"""Lithium per molecule of film."""
RESISTIVITY: Final = 22
"""Of the film, ohm m; 0 where its drop is left out."""
FIRST_THICKNESS: Final = 23
"""Of the film, m."""
METAL_VOLUME: Final = 24
"""m³/mol."""
FILM_ACTIVATION: Final = 25
"""Activation energies over the gas constant, K: of growth, plating, cracking, loss of material."""
PLATING_ACTIVATION: Final = 26
CRACK_ACTIVATION: Final = 27
LOSS_ACTIVATION: Final = 28
FILM_TEMPERATURE: Final = 29
"""Reference temperatures, K: of film, plating, mechanics."""
PLATING_TEMPERATURE: Final = 30
MECHANICS_TEMPERATURE: Final = 31
CLOGS: Final = 32
"""1 if what grows takes its volume from the pores."""
ON_CRACKS: Final = 33
"""1 if the film also grows on cracks."""
N_FILM: Final = 34

# run -----------------------------------------------------------------------------------------------------------------
TIME: Final = 0
STEP: Final = 1
ORDER: Final = 2
HEAD: Final = 3
"""Place of the last accepted point in the rings."""
POINTS: Final = 4
"""Accepted points since the last jump."""
SINCE: Final = 5
"""Steps since the order changed."""
CURRENT: Final = 6
VOLTAGE: Final = 7
STIFFNESS: Final = 8
"""Change of the voltage per unit of current within the step, ohm."""
ITERATIONS: Final = 9
REJECTED: Final = 10
ROWS: Final = 11
"""Rows filled in ``trace``."""
UPDATE: Final = 12
"""Size of the last Newton update, V."""
ROW: Final = 13
"""Protocol step that is being done."""
UNDER_WAY: Final = 14
"""1 within a protocol step."""
STEP_TIME: Final = 15
"""When the protocol step began, s."""
STEP_CHARGE: Final = 16
"""Charge passed when it began, A h."""
POINT: Final = 17
"""Point of the series that comes next."""
EVENT: Final = 18
"""Which end was met."""
OHMIC_HEAT: Final = 19
"""W; then heat of reaction, entropic heat, heat of mixing, film and hysteresis."""
REACTION_HEAT: Final = 20
ENTROPIC_HEAT: Final = 21
MIXING_HEAT: Final = 22
ANODE: Final = 23
"""Potential of the negative electrode against the electrolyte where it meets the separator, V."""
LAST_MARGIN: Final = 24
"""Distance of the last accepted point from the end of the protocol step, V."""
TAKEN: Final = 25
"""Steps accepted in this call."""
TRIED: Final = 26
"""Length of the step that was solved last, s."""
BLENDED: Final = 27
"""Temperature for which ``liquid`` was made, K."""
TRIED_ORDER: Final = 28
"""Order with which it was solved."""
NEGATIVE_DEPTH: Final = 29
"""Thickness of the electrodes of the model with electrolyte, m; 0 for a foil."""
POSITIVE_DEPTH: Final = 30
LIQUID_PATH: Final = 31
"""Path of the current through the electrolyte of that model, over its share of pores, m."""
SOLID_PATH: Final = 32
"""The same through the coatings, over their conductivity, ohm m²."""
SALT_FLOOR: Final = 33
"""Share of the salt at rest at which that model ends a protocol step."""
WEIGHTS: Final = 34
"""MAX_ORDER + 1 weights of the derivative."""
AHEAD: Final = WEIGHTS + MAX_ORDER + 1
"""RING weights of the extrapolation."""
CLOCK: Final = AHEAD + RING
"""RING times."""
VOLTAGES: Final = CLOCK + RING
CURRENTS: Final = VOLTAGES + RING
TOTALS: Final = CURRENTS + RING
"""RING rows of N_TOTAL numbers; one more row for the step that is being solved."""
CHARGE: Final = 0
"""Discharged, A h."""
THROUGHPUT: Final = 1
"""Charge passed in either direction, A h."""
ENERGY: Final = 2
"""Delivered, W h."""
WARMTH: Final = 3
"""Temperature, K."""
HEAT_MADE: Final = 4
"""J."""
HEAT_LOST: Final = 5
"""To the surroundings, J."""
CHEMICAL_ENERGY: Final = 6
"""Of the particles, J."""
N_TOTAL: Final = 7
N_RUN: Final = TOTALS + (RING + 1) * N_TOTAL

# trace and profiles --------------------------------------------------------------------------------------------------
TRACE_TIME: Final = 0
TRACE_VOLTAGE: Final = 1
TRACE_CURRENT: Final = 2
TRACE_CHARGE: Final = 3
TRACE_ENERGY: Final = 4
TRACE_TEMPERATURE: Final = 5
TRACE_ANODE: Final = 6
TRACE_ROW: Final = 7
TRACE_OHMIC: Final = 8
TRACE_REACTION: Final = 9
TRACE_ENTROPIC: Final = 10
TRACE_MIXING: Final = 11
TRACE_THROUGHPUT: Final = 12
TRACE_ORDER: Final = 13
TRACE_AGEING: Final = 14
"""Then, for each electrode: thickness of the film and of that on cracks (m), lithium in films, plated, dead, buried and
in active material (A h), crack length (m), active material over its start; means over the electrode."""
N_TRACE_AGEING: Final = 9
N_TRACE_FRESH: Final = TRACE_AGEING
N_TRACE: Final = TRACE_AGEING + 2 * N_TRACE_AGEING
N_PROFILE: Final = 5
"""c_e, phi_e, phi_s, j, surface concentration."""

# marks: how a protocol step ended ------------------------------------------------------------------------------------
MARK_START: Final = 0
MARK_END: Final = 1
MARK_CODE: Final = 2
MARK_VOLTAGE: Final = 3
MARK_CURRENT: Final = 4
MARK_CHARGE: Final = 5
"""Passed in the step, positive on discharge, A h."""
MARK_ENERGY: Final = 6
"""Delivered in the step, W h."""
MARK_TEMPERATURE: Final = 7
MARK_RESISTANCE: Final = 8
"""Voltage jump over current jump at the beginning, ohm."""
MARK_EVENT: Final = 9
MARK_FIRST_ROW: Final = 10
MARK_STOP_ROW: Final = 11
"""Rows of ``trace`` that belong to the step."""
MARK_AGEING: Final = 12
"""As in ``trace``."""
N_MARK: Final = MARK_AGEING + 2 * N_TRACE_AGEING

# status codes --------------------------------------------------------------------------------------------------------
RUNNING: Final = 0
REACHED_EVENT: Final = 1
REACHED_TIME: Final = 2
TRACE_FULL: Final = 3
LOST_POWER: Final = 4
"""The power that is held is more than the cell can give any longer."""
FINISHED: Final = 5
"""All protocol steps are done."""
LIMITED: Final = 6
"""The cell can give or take no more: a limit of physics that shows in no end of the step."""
ALREADY_PAST: Final = -1
NO_START: Final = -2
STALLED: Final = -3

# which end of a step was met
EVENT_NONE: Final = 0
EVENT_FELL: Final = 1
EVENT_ROSE: Final = 2
EVENT_CURRENT: Final = 3
EVENT_CHARGE: Final = 4
EVENT_HOT: Final = 5
EVENT_ANODE: Final = 6
EVENT_NO_SALT: Final = 20
"""No salt left in the negative electrode; then in the separator, then in the positive electrode."""
EVENT_CLOGGED: Final = 23
"""Films have taken all room in the pores."""
