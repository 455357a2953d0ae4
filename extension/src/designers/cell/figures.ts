/**
 * Figures of a cell at open circuit, as `joulebook.battery.figures` computes them.
 *
 * The potentials come from sampled curves that stay within 0.15 mV of the laws, so capacity and energy agree
 * with Python to better than 0.2 % (`tests/corpus/figures.json`); masses, volume and N/P ratio are exact.
 */

import type { JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Fault } from '../../core/validation';
import { fault } from '../../core/validation';
import type { Cell, Collector, Electrode } from '../../generated/cell';
import { lawAt, material } from './catalogue';
import type { ElectrodeAtRest } from './equilibrium';
import {
  capacityOf,
  electrodeAtRest,
  fillingRange,
  firstStoichiometry,
  layerMean,
  maximumConcentration,
  potentialAt,
  potentialCurve,
  risingRoot
} from './equilibrium';

export const N_P_RANGE: readonly [number, number] = [1.05, 1.3];
const POINTS = 401;
/** An electrode within this of stoichiometry 1 is full. */
const FULL = 1e-4;

const STACK = [
  'negative coating',
  'positive coating',
  'separator',
  'electrolyte',
  'negative collector',
  'positive collector'
];

export interface CellFigures {
  /** A h, W h, V; null where the cut-offs cannot be reached, and then `fault` says why */
  readonly capacity: number | null;
  readonly energy: number | null;
  readonly meanVoltage: number | null;
  /** kg */
  readonly mass: number;
  readonly massBreakdown: Readonly<Record<string, number>>;
  /** m³; null without a housing */
  readonly volume: number | null;
  /** W h/kg; null where a part of the stack cannot be weighed */
  readonly specificEnergy: number | null;
  /** W h/L; null without a housing */
  readonly energyDensity: number | null;
  readonly nPRatio: number;
  readonly fault: Fault | null;
  readonly warnings: readonly string[];
}

/** Figures of a valid document; null where a value or a material that they need is missing. */
export function cellFigures(document: JsonObject): CellFigures | null {
  const cell = document as unknown as Cell;
  const parts = ['negative', 'separator', 'positive', 'electrolyte', 'initial_state'];
  if (!parts.every(part => isObject(valueAt(document, [part])))) {
    return null;
  }
  const negative = electrodeAtRest(cell.negative, area(cell));
  const positive = electrodeAtRest(cell.positive, area(cell));
  const masses = massBreakdown(cell);
  if (!negative || !positive || !masses) {
    return null;
  }
  const mass = Object.values(masses).reduce((sum, part) => sum + part, 0);
  const unweighed = STACK.filter(part => !(part in masses));
  const volume = outerVolume(cell);
  const ratio = nPRatio(negative, positive);
  const ends = balance(cell, negative, positive);
  const found = 'capacity' in ends ? ends : null;
  const meanVoltage = found && meanOcv(found, negative, positive);
  const energy = found && meanVoltage !== null ? meanVoltage * found.capacity : null;
  return {
    capacity: found?.capacity ?? null,
    energy,
    meanVoltage,
    mass,
    massBreakdown: masses,
    volume,
    specificEnergy: energy === null || unweighed.length > 0 ? null : energy / mass,
    energyDensity: energy === null || volume === null ? null : energy / (volume * 1e3),
    nPRatio: ratio,
    fault: 'capacity' in ends ? null : ends,
    warnings: [...balanceWarnings(ratio, found), ...unknownWarnings(cell, unweighed)]
  };
}

interface Balance {
  /** Fillings of the negative and the positive electrode at the two cut-offs. */
  readonly x: readonly [full: number, empty: number];
  readonly y: readonly [full: number, empty: number];
  /** Stoichiometries of the first materials where lithium may plate, and where it may not fit. */
  readonly negativeFull: number;
  readonly positiveEmpty: number;
  readonly capacity: number;
}

function area(cell: Cell): number {
  return cell.electrode_height * cell.electrode_width * (cell.electrodes_in_parallel ?? 1);
}

/** Fillings at both cut-offs, or what keeps the cell from reaching one. */
function balance(cell: Cell, negative: ElectrodeAtRest, positive: ElectrodeAtRest): Balance | Fault {
  const [qn, qp] = [capacityOf(negative), capacityOf(positive)];
  const held = [lithium(cell, 'negative', negative), lithium(cell, 'positive', positive)] as const;
  const over = held.find(item => typeof item !== 'number');
  if (over !== undefined) {
    return over as Fault;
  }
  const inventory = (held[0] as number) + (held[1] as number);
  const yAt = (x: number) => (inventory - x * qn) / qp;
  const voltage = (x: number) => potentialAt(positive, yAt(x)) - potentialAt(negative, x);
  const [[least, most], [leastOther, mostOther]] = [fillingRange(negative), fillingRange(positive)];
  const low = Math.max(least, (inventory - qp * mostOther) / qn);
  const high = Math.min(most, (inventory - qp * leastOther) / qn);
  const [floor, top] = [voltage(low), voltage(high)];
  const checks = [
    ['lower_cutoff', cell.lower_cutoff < top],
    ['upper_cutoff', cell.upper_cutoff > floor]
  ] as const;
  for (const [name, within] of checks) {
    if (!within) {
      const rule = `the open-circuit voltage of these electrodes spans ${floor.toFixed(3)} to ${top.toFixed(3)} V`;
      const hint = 'Move the cut-off, or change thicknesses, active fractions or initial_state';
      return fault([name], cell[name], rule, hint, 'V');
    }
  }
  const full = top <= cell.upper_cutoff ? high : risingRoot(x => voltage(x) - cell.upper_cutoff, low, high);
  const empty = floor >= cell.lower_cutoff ? low : risingRoot(x => voltage(x) - cell.lower_cutoff, low, high);
  return {
    x: [full, empty],
    y: [yAt(full), yAt(empty)],
    negativeFull: firstStoichiometry(negative, full),
    positiveEmpty: firstStoichiometry(positive, yAt(empty)),
    capacity: (full - empty) * qn
  };
}

/** A h of lithium in an electrode at the start, or the concentration that is too high. */
function lithium(cell: Cell, side: 'negative' | 'positive', electrode: ElectrodeAtRest): number | Fault {
  const coating: Electrode = cell[side];
  const phases = [coating, ...(coating.additional_phases ?? [])];
  const others = cell.initial_state[`${side}_additional`] ?? [];
  const values = [cell.initial_state[`${side}_concentration`], ...others];
  let sum = 0;
  for (const [i, phase] of phases.entries()) {
    const record = material('active', phase.material);
    const limit = record ? maximumConcentration(phase, record) : NaN;
    const value = values[i] ?? NaN;
    if (value >= limit) {
      const path = i === 0 ? [`${side}_concentration`] : [`${side}_additional`, String(i - 1)];
      const rule = `must be less than the maximum concentration of ${phase.material}, ${limit} mol/m³`;
      const hint = 'Lower it, or raise the maximum concentration of the electrode';
      return fault(['initial_state', ...path], value, rule, hint);
    }
    sum += (value / limit) * (electrode[i]?.capacity ?? NaN);
  }
  return sum;
}

function meanOcv(ends: Balance, negative: ElectrodeAtRest, positive: ElectrodeAtRest): number {
  const [below, above] = [potentialCurve(negative, ends.x), potentialCurve(positive, ends.y)];
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const t = i / (POINTS - 1);
    const x = ends.x[0] + t * (ends.x[1] - ends.x[0]);
    const y = ends.y[0] + t * (ends.y[1] - ends.y[0]);
    const weight = i === 0 || i === POINTS - 1 ? 0.5 : 1;
    sum += weight * (lawAt(above, y) - lawAt(below, x));
  }
  return sum / (POINTS - 1);
}

/** kg by component, without what cannot be weighed; null where a material is not in the library. */
function massBreakdown(cell: Cell): Record<string, number> | null {
  const coated = area(cell);
  const pores =
    (layerMean(cell.negative, 'porosity') * cell.negative.thickness +
      cell.separator.porosity * cell.separator.thickness +
      layerMean(cell.positive, 'porosity') * cell.positive.thickness) *
    coated;
  const electrolyte = material('electrolyte', cell.electrolyte.material);
  const liquid = electrolyte?.values['density']?.value;
  const coating = (part: { density?: number | null; thickness: number }) =>
    typeof part.density === 'number' ? part.density * part.thickness * coated : undefined;
  const foil = (part: Collector | null | undefined) =>
    part
      ? ((material('metal', part.material)?.values['density']?.value ?? NaN) * part.thickness * coated) / 2
      : undefined;
  const masses: Readonly<Record<string, number | null | undefined>> = {
    'negative coating': coating(cell.negative),
    'positive coating': coating(cell.positive),
    separator: coating(cell.separator),
    electrolyte: electrolyte ? liquid && liquid * pores : NaN,
    'negative collector': foil(cell.negative_collector),
    'positive collector': foil(cell.positive_collector),
    case: cell.format?.case_mass
  };
  const known = Object.entries(masses).filter(
    (item): item is [string, number] => typeof item[1] === 'number'
  );
  return known.every(([, mass]) => Number.isFinite(mass)) ? Object.fromEntries(known) : null;
}

export function outerVolume(cell: Cell): number | null {
  const { format } = cell;
  if (!format) {
    return null;
  }
  return 'diameter' in format
    ? (Math.PI / 4) * format.diameter ** 2 * format.height
    : format.width * format.height * format.depth;
}

function nPRatio(negative: ElectrodeAtRest, positive: ElectrodeAtRest): number {
  const used = positive.reduce(
    (sum, { capacity, window: [charged, discharged] }) => sum + capacity * Math.abs(discharged - charged),
    0
  );
  return capacityOf(negative) / used;
}

function balanceWarnings(ratio: number, ends: Balance | null): readonly string[] {
  const [low, high] = N_P_RANGE;
  const head = `N/P ratio = ${ratio.toFixed(2)}, usual is ${low} to ${high}: `;
  const found: string[] = [];
  if (ends && ends.positiveEmpty > 1 - FULL) {
    found.push(
      'The positive electrode is full before the lower cut-off: there is more lithium than it can take. ' +
        'Thicken it, or lower initial_state.negative_concentration'
    );
  }
  if (ends && ends.negativeFull > 1 - FULL) {
    found.push(
      'The negative electrode is full before the upper cut-off: lithium plates. ' +
        'Thicken it, or lower initial_state.negative_concentration'
    );
  }
  if (ratio < low) {
    found.push(
      `${head}lithium may plate at full charge. Thicken the negative electrode or thin the positive one`
    );
  } else if (ratio > high) {
    found.push(`${head}negative material is idle. Thin the negative electrode or thicken the positive one`);
  }
  return found;
}

function unknownWarnings(cell: Cell, unweighed: readonly string[]): readonly string[] {
  const found: string[] = [];
  if (unweighed.length > 0) {
    found.push(
      `Not weighed, because a density or a foil is not given: ${unweighed.join(', ')}. ` +
        'The mass counts the rest, and the specific energy is not known'
    );
  }
  if (!cell.format) {
    found.push('The housing is not given: volume and energy density are not known');
  } else if (typeof cell.format.case_mass !== 'number') {
    found.push(
      'The mass of the case is not given: the specific energy counts electrodes, foils and electrolyte'
    );
  }
  return found;
}
