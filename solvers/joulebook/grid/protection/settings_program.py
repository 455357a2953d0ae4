r"""The mixed-integer linear program of relay settings.

For fixed settings of current the time of an inverse stage is linear in its multiplier. With a choice of settings p of
relay i, :math:`y_{ip} \in \{0, 1\}` says which one is taken and :math:`z_{ip} = T_i y_{ip}` is its multiplier:

.. math::

   \min \sum_i t_i, \quad t_i(I) = \sum_p z_{ip}\, g_{ip}(I) + a_i, \quad
   \sum_p y_{ip} = 1, \quad T_i^{min} y_{ip} \le z_{ip} \le T_i^{max} y_{ip}

and :math:`t_b(I_b) - t_p(I_p) \ge t_{breaker} + t_{overshoot} + t_{safety}` for every fault of every pair, with the
slowest and fastest times where errors of relays count. This is exact: no product of unknowns is left. Where
multipliers have steps, :math:`z_{ip} = n_{ip}\,\Delta` with whole :math:`n_{ip}`. Definite stages count with their own
time at the faults they see; ``least_time`` of a backup is not counted on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from joulebook.grid.protection.coordination import Times, fault_points, relays_of
from joulebook.grid.protection.devices import Array, Device
from joulebook.grid.protection.relays import DefiniteStage, InverseStage, Relay
from joulebook.grid.protection.scheme import Pair, Scheme

__all__ = ["Choice", "Expression", "Program", "Request", "build_program"]


@dataclass(frozen=True)
class Request:
    """What is asked of the settings.

    Parameters
    ----------
    times : str
        As for :func:`joulebook.grid.protection.check_coordination`.
    points : int
        Faults between those that are given.
    choose_pickups : bool
        Whether relays may take any of their ``pickup_choices``.
    multiplier_step : float or None
        Multipliers are whole multiples of it; None for any.
    time_limit : float, s
        For the solver.
    """

    times: Times
    points: int
    choose_pickups: bool
    multiplier_step: float | None
    time_limit: float


@dataclass(frozen=True)
class Choice:
    """A setting of current that a relay may take.

    Parameters
    ----------
    relay : str
        Name of the relay.
    pickup : float, A
        Primary amperes.
    stage : InverseStage
        Gives the characteristic.
    """

    relay: str
    pickup: float
    stage: InverseStage

    def unit_time(self, current: float) -> float:
        """Time at a multiplier of 1, s."""
        return float(self.stage.unit_time(current / self.pickup))


@dataclass
class Expression:
    """A time that is linear in the unknowns.

    Parameters
    ----------
    terms : dict of int to float
        Coefficient of each choice's multiplier, by number of the choice.
    constant : float, s
        The rest.
    """

    terms: dict[int, float] = field(default_factory=dict)
    constant: float = 0.0


@dataclass
class Program:
    """Everything that the solver needs.

    Parameters
    ----------
    choices : list of Choice
        Two unknowns each: its multiplier and whether it is taken.
    of_relay : dict of str to list of int
        Numbers of the choices of each relay.
    rows : list of Expression
        Each must be at least 0.
    groups : list of int
        Number of the pair that each row belongs to.
    objective : Expression
        To be made least.
    judged : dict of str to float
        Current at which each relay's time counts, A.
    """

    choices: list[Choice]
    of_relay: dict[str, list[int]]
    rows: list[Expression] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    objective: Expression = field(default_factory=Expression)
    judged: dict[str, float] = field(default_factory=dict)

    def matrix(self) -> tuple[Array, Array]:
        """Give the rows as a matrix over the multipliers of the choices, and what it must be at least.

        Returns
        -------
        tuple of ndarray, shapes (n_rows, n_choices) and (n_rows,)
            Coefficients, s, and least values, s.
        """
        coefficients = np.zeros((len(self.rows), len(self.choices)))
        for j, row in enumerate(self.rows):
            for number, value in row.terms.items():
                coefficients[j, number] = value
        return coefficients, np.array([-row.constant for row in self.rows])


def build_program(scheme: Scheme, asked: Request, added: Mapping[int, Sequence[tuple[float, float]]]) -> Program:
    """Set up the program of a scheme.

    Parameters
    ----------
    scheme : Scheme
        With pairs.
    asked : Request
        What is asked.
    added : mapping of int to sequence of (float, float), A
        Further faults by number of the pair: currents through the primary and the backup device.

    Returns
    -------
    Program
        With the choices that see their faults.
    """
    times, choose = asked.times, asked.choose_pickups
    faults = []
    for j, pair in enumerate(scheme.pairs):
        first, second = fault_points(pair, scheme.device(pair.primary), scheme.device(pair.backup), asked.points)
        more = np.array(added.get(j, ()), dtype=float).reshape(-1, 2)
        faults.append((np.concatenate([first, more[:, 0]]), np.concatenate([second, more[:, 1]])))
    choices: list[Choice] = []
    of_relay: dict[str, list[int]] = {}
    for relay in relays_of(scheme):
        seen = _currents_to_see(scheme, relay.name, faults)
        numbers = []
        for pickup in _pickups(relay, seen, choose):
            numbers.append(len(choices))
            choices.append(Choice(relay.name, pickup, relay.stages[relay.inverse_stage or 0]))  # type: ignore[arg-type]
        of_relay[relay.name] = numbers
    program = Program(choices, of_relay)
    for j, (pair, (first, second)) in enumerate(zip(scheme.pairs, faults, strict=True)):
        for near, far in zip(first, second, strict=True):
            for row in _rows(scheme, program, pair, float(near), float(far), times):
                program.rows.append(row)
                program.groups.append(j)
    _judge(scheme, program)
    return program


def _currents_to_see(scheme: Scheme, name: str, faults: list[tuple[Array, Array]]) -> Array:
    """Currents of all faults for which a relay is asked."""
    found = [np.empty(0)]
    for pair, (first, second) in zip(scheme.pairs, faults, strict=True):
        found += [first] if pair.primary == name else []
        found += [second] if pair.backup == name else []
    return np.concatenate(found)


def _pickups(relay: Relay, seen: Array, choose: bool) -> list[float]:
    """Primary settings to choose from: those that see every fault that the most sensitive one sees."""
    stage = relay.stages[relay.inverse_stage or 0]
    given = stage.pickup_choices if choose and isinstance(stage, InverseStage) and stage.pickup_choices else ()
    amperes = sorted(value * relay.setting_ratio for value in (given or (stage.pickup,)))
    visible = seen[seen > amperes[0]]
    return [value for value in amperes if np.all(visible > value)] or amperes[:1]


def _inverse(scheme: Scheme, program: Program, name: str, current: float) -> Expression | None:
    """Time of a relay's inverse stage at a current; None where it does not see it."""
    relay = scheme.device(name)
    terms = {number: program.choices[number].unit_time(current) for number in program.of_relay[name]}
    if not all(np.isfinite(value) for value in terms.values()):
        return None
    stage: InverseStage = relay.stages[relay.inverse_stage]  # type: ignore[attr-defined]
    return Expression(terms, stage.additional_time)


def _definite(device: Device, current: float) -> float:
    """Time of the definite stages of a relay at a current; infinite where none sees it."""
    if not isinstance(device, Relay):
        return np.inf
    seeing = [
        stage.delay
        for stage in device.stages
        if isinstance(stage, DefiniteStage)
        and stage.direction in {"none", "forward"}
        and current > stage.pickup * device.setting_ratio
    ]
    return min(seeing, default=np.inf)


def _edges(device: Device, time: Expression, sign: float, times: Times) -> list[Expression]:
    """Slowest (+1) or fastest (-1) forms of a relay's time."""
    if times == "nominal" or not isinstance(device, Relay):
        return [time]
    forms = {(1.0 + sign * device.time_error, 0.0), (1.0, sign * device.fixed_error)}
    return [
        Expression({n: factor * value for n, value in time.terms.items()}, factor * time.constant + shift)
        for factor, shift in sorted(forms)
    ]


def _primary_times(scheme: Scheme, program: Program, name: str, current: float, times: Times) -> list[Expression]:
    """Forms of which the slowest is the primary device's time."""
    device = scheme.device(name)
    if name not in program.of_relay:
        slow = device.operating_time(current) if times == "nominal" else device.band(current)[1]
        return [Expression({}, float(slow))]
    definite = _definite(device, current)
    if np.isfinite(definite):
        return _edges(device, Expression({}, definite), 1.0, times)
    inverse = _inverse(scheme, program, name, current)
    if inverse is None:
        return [Expression({}, np.inf)]
    out = _edges(device, inverse, 1.0, times)
    least = device.stages[device.inverse_stage].least_time  # type: ignore[attr-defined]
    return [*out, *(_edges(device, Expression({}, least), 1.0, times) if least > 0 else [])]


def _backup_times(scheme: Scheme, program: Program, name: str, current: float, times: Times) -> list[Expression]:
    """Forms of which the fastest is the backup's time; none where it never operates."""
    device = scheme.device(name)
    if name not in program.of_relay:
        fast = float(device.operating_time(current) if times == "nominal" else device.band(current)[0])
        return [Expression({}, fast)] if np.isfinite(fast) else []
    out: list[Expression] = []
    inverse = _inverse(scheme, program, name, current)
    if inverse is not None:
        out += _edges(device, inverse, -1.0, times)
    definite = _definite(device, current)
    if np.isfinite(definite):
        out += _edges(device, Expression({}, definite), -1.0, times)
    return out


def _rows(scheme: Scheme, program: Program, pair: Pair, near: float, far: float, times: Times) -> list[Expression]:
    """Rows of one fault: each fastest form of the backup against each slowest form of the primary device."""
    needed = scheme.device(pair.primary).breaking_time + scheme.device(pair.backup).overshoot + scheme.safety_margin
    out = []
    for slow in _primary_times(scheme, program, pair.primary, near, times):
        for fast in _backup_times(scheme, program, pair.backup, far, times):
            terms = dict(fast.terms)
            for number, value in slow.terms.items():
                terms[number] = terms.get(number, 0.0) - value
            out.append(Expression(terms, fast.constant - slow.constant - needed))
    return out


def _judge(scheme: Scheme, program: Program) -> None:
    """Put the sum of the relays' times, each at the fault that it is judged by, into the objective."""
    for name in program.of_relay:
        near = next((pair.primary_current[0] for pair in scheme.pairs if pair.primary == name), None)
        far = next((pair.backup_current[0] for pair in scheme.pairs if pair.backup == name), None)
        current = near if near is not None else far
        if current is None:
            continue
        time = _inverse(scheme, program, name, current)
        if time is None:
            continue
        program.judged[name] = float(current)
        for number, value in time.terms.items():
            program.objective.terms[number] = program.objective.terms.get(number, 0.0) + value
        program.objective.constant += time.constant
