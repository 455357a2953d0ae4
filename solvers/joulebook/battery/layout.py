"""Where each number lies in the arrays that the compiled battery loop works on.

The loop takes eleven arrays that the caller owns and returns a status code. A discretised cell is

- ``settings``: numbers of the whole cell, of the protocol step and of the accuracy;
- ``nodes``: one row per place across the stack, so that every property may vary with the place;
- ``shells``: one plane per group of equal particles, a row per shell from the centre outwards, then two rows of
  numbers of the group;
- ``ocp``, ``electrolyte``: tables of the material laws (:mod:`joulebook.numerics.tables`).

What changes in time is ``past`` and ``concentration`` (rings of past points), ``work`` (one row per node),
``run`` (scalars and the rings of time, voltage, current and charge), ``trace`` and ``profiles`` (what is handed
out). Arrays are float64; node indices run from the negative collector to the positive one.
"""

from __future__ import annotations

from typing import Final

from joulebook.numerics.bdf import MAX_ORDER

RING: Final = MAX_ORDER + 2
"""Past points kept."""

# settings ------------------------------------------------------------------------------------------------------------
MODEL: Final = 0
"""DFN or SPM."""
AREA: Final = 1
"""Coated area, m²."""
RESISTANCE: Final = 2
"""Contact resistance, ohm."""
SALT_SHARE: Final = 3
"""(1 - t+)/F: salt that a unit of reaction current adds, mol/C."""
DIFFUSION_VOLTAGE: Final = 4
"""2 R T (1 - t+) X / F with the thermodynamic factor X: voltage per unit of ln c_e, V."""
HALF_THERMAL: Final = 5
"""F/(2 R T), 1/V."""
CONTROL: Final = 6
"""What is held: current, power, voltage or resistance."""
TARGET: Final = 7
"""At which value, in SI units; positive on discharge."""
EVENT_SIGN: Final = 8
"""+1: end when the voltage falls to the level; -1: when it rises to it."""
EVENT_VOLTAGE: Final = 9
"""The level, V."""
END_TIME: Final = 10
"""When to stop at the latest, s."""
VOLTAGE_TOLERANCE: Final = 11
"""Local error of the voltage allowed in a step, V."""
SALT_TOLERANCE: Final = 12
"""Local error of the salt concentration allowed in a step, mol/m³."""
NEWTON_TOLERANCE: Final = 13
"""Error of the potentials allowed to remain in a Newton iteration, V."""
HIGHEST_ORDER: Final = 14
"""Of the time formula."""
LARGEST_STEP: Final = 15
"""s."""
ELECTROLYTE_WIDTH: Final = 16
"""Distance of grid points in ``electrolyte``, mol/m³."""
OCP_WIDTH: Final = 17
"""Distance of grid points in ``ocp``."""
STEPS: Final = 18
"""Accepted steps after which the loop returns to Python."""
N_SETTINGS: Final = 19

DFN: Final = 0
SPM: Final = 1

HOLD_CURRENT: Final = 0
HOLD_POWER: Final = 1
HOLD_VOLTAGE: Final = 2
HOLD_RESISTANCE: Final = 3

# nodes ---------------------------------------------------------------------------------------------------------------
WIDTH: Final = 0
"""m."""
POROSITY: Final = 1
TRANSPORT: Final = 2
"""Porosity to the power of Bruggeman's exponent."""
SOLID: Final = 3
"""Effective electronic conductivity, S/m; 0 in the separator."""
SURFACE_DENSITY: Final = 4
"""Particle surface per volume, 1/m; 0 in the separator."""
MAXIMUM: Final = 5
"""Concentration of the full active material, mol/m³."""
RATE: Final = 6
"""Rate constant, A/m² (m³/mol)^1.5."""
OCP_COLUMN: Final = 7
"""Column in ``ocp``; -1 in the separator."""
PARTICLE: Final = 8
"""Column in ``concentration``; -1 in the separator."""
GROUP: Final = 9
"""Plane in ``shells``; -1 in the separator."""
N_NODE: Final = 10

# shells: columns of the shell rows -----------------------------------------------------------------------------------
INNER: Final = 0
"""Exchange rate with the next shell inwards, 1/s."""
OUTER: Final = 1
"""Exchange rate with the next shell outwards, 1/s."""
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
"""Contribution of the known flux, mol/(A m)."""
SOURCE: Final = 3
"""Rate of change of the last shell per unit of reaction current density, mol/(A m s)."""
SURFACE_RESPONSE: Final = 4
"""Surface concentration per unit of reaction current density, mol/(A m)."""
# row n_r + 1: the particles of the group
FIRST: Final = 0
"""First column in ``concentration``."""
STOP: Final = 1
"""One past the last."""

# past: what is remembered of a node ----------------------------------------------------------------------------------
N_PAST: Final = 4
"""c_e, phi_e, phi_s, j."""

# work: columns 0 to 21 are the block-tridiagonal system, then --------------------------------------------------------
SALT: Final = 22
"""c_e, mol/m³; then phi_e (V), phi_s (V), j (A/m²): the iterate."""
LIQUID: Final = 23
METAL: Final = 24
REACTION: Final = 25
SALT_HISTORY: Final = 26
"""Past part of the time derivative of c_e, mol/(m³ s)."""
SURFACE_HISTORY: Final = 27
"""Surface concentration without reaction, mol/m³."""
SURFACE_SLOPE: Final = 28
"""Surface concentration per unit of reaction current density, mol/(A m)."""
DIFFUSIVITY: Final = 29
DIFFUSIVITY_SLOPE: Final = 30
CONDUCTIVITY: Final = 31
CONDUCTIVITY_SLOPE: Final = 32
REACTION_MISS: Final = 33
"""Change of j that closes the rate law at the present potentials, A/m²."""
REACTION_SALT: Final = 34
"""Derivative of j by c_e, particles eliminated."""
REACTION_POTENTIAL: Final = 35
"""Derivative of j by phi_s - phi_e, particles eliminated, S/m²."""
OCP_VALUE: Final = 36
"""Open-circuit potential at the point of linearisation, V."""
OCP_SLOPE: Final = 37
"""Its derivative by stoichiometry, V."""
STOICHIOMETRY: Final = 38
"""At the particle surface."""
N_WORK: Final = 39

# run -----------------------------------------------------------------------------------------------------------------
TIME: Final = 0
STEP: Final = 1
ORDER: Final = 2
HEAD: Final = 3
"""Place of the last accepted point in the rings."""
POINTS: Final = 4
"""Accepted points since the start."""
SINCE: Final = 5
"""Steps since the order changed."""
CURRENT: Final = 6
VOLTAGE: Final = 7
CHARGE: Final = 8
ITERATIONS: Final = 9
REJECTED: Final = 10
ROWS: Final = 11
"""Rows filled in ``trace``."""
UPDATE: Final = 12
"""Size of the last Newton update, V."""
WEIGHTS: Final = 13
"""MAX_ORDER + 1 weights of the derivative."""
AHEAD: Final = WEIGHTS + MAX_ORDER + 1
"""RING weights of the extrapolation."""
CLOCK: Final = AHEAD + RING
"""RING times."""
VOLTAGES: Final = CLOCK + RING
CURRENTS: Final = VOLTAGES + RING
CHARGES: Final = CURRENTS + RING
N_RUN: Final = CHARGES + RING

# trace and profiles --------------------------------------------------------------------------------------------------
N_TRACE: Final = 4
"""Time (s), voltage (V), current (A), discharged charge (A h)."""
N_PROFILE: Final = 5
"""c_e, phi_e, phi_s, j, surface concentration."""

# status codes --------------------------------------------------------------------------------------------------------
RUNNING: Final = 0
REACHED_VOLTAGE: Final = 1
REACHED_TIME: Final = 2
TRACE_FULL: Final = 3
LOST_POWER: Final = 4
"""The power that is held is more than the cell can give any longer."""
ALREADY_PAST: Final = -1
NO_START: Final = -2
STALLED: Final = -3
