/**
 * Figures of a cell at open circuit, as `joulebook.battery.figures` computes them.
 *
 * The potentials come from sampled curves that stay within 0.05 mV of the laws, so capacity and energy agree
 * with Python to better than 0.2 % (`tests/corpus/figures.json`); masses, volume and N/P ratio are exact.
 */

import type { JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Fault } from '../../core/validation';
import { fault } from '../../core/validation';
import type { Cell, Electrode } from '../../generated/cell';
import type { LawRecord, MaterialRecord } from './catalogue';
import { lawAt, material } from './catalogue';

/** C/mol */
const FARADAY = 96485.33212;
export const N_P_RANGE: readonly [number, number] = [1.05, 1.3];
const POINTS = 401;
const EDGE = 1e-6;
/** An electrode within this of stoichiometry 1 is full. */
const FULL = 1e-4;

export interface CellFigures {
  /** A h, W h, V; null where the cut-offs cannot be reached, and then `fault` says why */
  readonly capacity: number | null;
  readonly energy: number | null;
  readonly meanVoltage: number | null;
  /** kg */
  readonly mass: number;
  readonly massBreakdown: Readonly<Record<string, number>>;
  /** m³ */
  readonly volume: number;
  /** W h/kg */
  readonly specificEnergy: number | null;
  /** W h/L */
  readonly energyDensity: number | null;
  readonly nPRatio: number;
  readonly fault: Fault | null;
  readonly warnings: readonly string[];
}

/** Figures of a valid document; null where a value or a material that they need is missing. */
export function cellFigures(document: JsonObject): CellFigures | null {
  const cell = document as unknown as Cell;
  const parts = [
    'negative',
    'separator',
    'positive',
    'electrolyte',
    'negative_collector',
    'positive_collector',
    'format'
  ];
  if (!parts.every(part => isObject(valueAt(document, [part])))) {
    return null;
  }
  const negative = material('active', cell.negative.material);
  const positive = material('active', cell.positive.material);
  const masses = massBreakdown(cell);
  if (!negative?.ocp || !positive?.ocp || !masses) {
    return null;
  }
  const mass = Object.values(masses).reduce((sum, part) => sum + part, 0);
  const volume = outerVolume(cell);
  const ratio = nPRatio(cell, negative, positive);
  const ends = balance(cell, negative, positive);
  const found = 'capacity' in ends ? ends : null;
  const meanVoltage = found && meanOcv(found, negative.ocp, positive.ocp);
  const energy = found && meanVoltage !== null ? meanVoltage * found.capacity : null;
  return {
    capacity: found?.capacity ?? null,
    energy,
    meanVoltage,
    mass,
    massBreakdown: masses,
    volume,
    specificEnergy: energy === null ? null : energy / mass,
    energyDensity: energy === null ? null : energy / (volume * 1e3),
    nPRatio: ratio,
    fault: 'capacity' in ends ? null : ends,
    warnings: warnings(cell, ratio, found)
  };
}

interface Balance {
  readonly x: readonly [full: number, empty: number];
  readonly y: readonly [full: number, empty: number];
  readonly capacity: number;
}

function area(cell: Cell): number {
  return cell.electrode_height * cell.electrode_width * (cell.electrodes_in_parallel ?? 1);
}

function maximumConcentration(electrode: Electrode, record: MaterialRecord): number {
  return electrode.maximum_concentration ?? record.values['maximum_concentration']?.value ?? NaN;
}

function electrodeCapacity(electrode: Electrode, record: MaterialRecord, coated: number): number {
  const amount =
    electrode.active_fraction * electrode.thickness * coated * maximumConcentration(electrode, record);
  return (amount * FARADAY) / 3600;
}

/** Stoichiometries at both cut-offs, or what keeps the cell from reaching one. */
function balance(cell: Cell, negative: MaterialRecord, positive: MaterialRecord): Balance | Fault {
  const qn = electrodeCapacity(cell.negative, negative, area(cell));
  const qp = electrodeCapacity(cell.positive, positive, area(cell));
  const over = overfull(cell, 'negative', negative) ?? overfull(cell, 'positive', positive);
  if (over) {
    return over;
  }
  const inventory =
    (cell.initial_state.negative_concentration / maximumConcentration(cell.negative, negative)) * qn +
    (cell.initial_state.positive_concentration / maximumConcentration(cell.positive, positive)) * qp;
  const yAt = (x: number) => (inventory - x * qn) / qp;
  const voltage = (x: number) =>
    lawAt(positive.ocp as LawRecord, yAt(x)) - lawAt(negative.ocp as LawRecord, x);
  const low = Math.max(EDGE, (inventory - qp * (1 - EDGE)) / qn);
  const high = Math.min(1 - EDGE, (inventory - qp * EDGE) / qn);
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
  const full = top <= cell.upper_cutoff ? high : bisect(x => voltage(x) - cell.upper_cutoff, low, high);
  const empty = floor >= cell.lower_cutoff ? low : bisect(x => voltage(x) - cell.lower_cutoff, low, high);
  return { x: [full, empty], y: [yAt(full), yAt(empty)], capacity: (full - empty) * qn };
}

function overfull(cell: Cell, side: 'negative' | 'positive', record: MaterialRecord): Fault | null {
  const name = `${side}_concentration` as const;
  const limit = maximumConcentration(cell[side], record);
  const value = cell.initial_state[name];
  if (value < limit) {
    return null;
  }
  const rule = `must be less than the maximum concentration of ${cell[side].material}, ${limit} mol/m³`;
  return fault(
    ['initial_state', name],
    value,
    rule,
    'Lower it, or raise the maximum concentration of the electrode'
  );
}

/** Root of a rising function between two ends of opposite sign. */
function bisect(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 60; i++) {
    const middle = (a + b) / 2;
    if (f(middle) < 0) {
      a = middle;
    } else {
      b = middle;
    }
  }
  return (a + b) / 2;
}

function meanOcv(ends: Balance, negative: LawRecord, positive: LawRecord): number {
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const t = i / (POINTS - 1);
    const x = ends.x[0] + t * (ends.x[1] - ends.x[0]);
    const y = ends.y[0] + t * (ends.y[1] - ends.y[0]);
    const weight = i === 0 || i === POINTS - 1 ? 0.5 : 1;
    sum += weight * (lawAt(positive, y) - lawAt(negative, x));
  }
  return sum / (POINTS - 1);
}

function massBreakdown(cell: Cell): Record<string, number> | null {
  const coated = area(cell);
  const layers = [cell.negative, cell.separator, cell.positive];
  const pores = layers.reduce((sum, item) => sum + item.porosity * item.thickness, 0) * coated;
  const liquid = material('electrolyte', cell.electrolyte.material)?.values['density']?.value;
  const foil = (side: 'negative_collector' | 'positive_collector') =>
    (material('metal', cell[side].material)?.values['density']?.value ?? NaN) *
    ((cell[side].thickness * coated) / 2);
  const masses: Record<string, number> = {
    'negative coating': cell.negative.density * cell.negative.thickness * coated,
    'positive coating': cell.positive.density * cell.positive.thickness * coated,
    separator: cell.separator.density * cell.separator.thickness * coated,
    electrolyte: (liquid ?? NaN) * pores,
    'negative collector': foil('negative_collector'),
    'positive collector': foil('positive_collector')
  };
  if (typeof cell.format.case_mass === 'number') {
    masses['case'] = cell.format.case_mass;
  }
  return Object.values(masses).every(Number.isFinite) ? masses : null;
}

export function outerVolume(cell: Cell): number {
  const { format } = cell;
  return 'diameter' in format
    ? (Math.PI / 4) * format.diameter ** 2 * format.height
    : format.width * format.height * format.depth;
}

function nPRatio(cell: Cell, negative: MaterialRecord, positive: MaterialRecord): number {
  const [charged, discharged] = positive.window ?? [];
  const used = Math.abs((discharged?.value ?? NaN) - (charged?.value ?? NaN));
  const coated = area(cell);
  return (
    electrodeCapacity(cell.negative, negative, coated) /
    (electrodeCapacity(cell.positive, positive, coated) * used)
  );
}

function warnings(cell: Cell, ratio: number, ends: Balance | null): readonly string[] {
  const [low, high] = N_P_RANGE;
  const head = `N/P ratio = ${ratio.toFixed(2)}, usual is ${low} to ${high}: `;
  const found: string[] = [];
  if (ends && ends.y[1] > 1 - FULL) {
    found.push(
      'The positive electrode is full before the lower cut-off: there is more lithium than it can take. ' +
        'Thicken it, or lower initial_state.negative_concentration'
    );
  }
  if (ends && ends.x[0] > 1 - FULL) {
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
  if (typeof cell.format.case_mass !== 'number') {
    found.push(
      'The mass of the case is not given: the specific energy counts electrodes, foils and electrolyte'
    );
  }
  return found;
}
