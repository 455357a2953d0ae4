/** Cost curves, capability curves and steps of tap changers: what they mean, and what makes them wrong. */

import type { Json, JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Point } from './geometry';

/** Numbers of a list; what is no number is 0. */
export function numbersOf(value: Json | undefined): readonly number[] {
  return Array.isArray(value) ? value.map((item: Json) => (typeof item === 'number' ? item : 0)) : [];
}

export function rowsOf(value: Json | undefined): readonly (readonly number[])[] {
  return Array.isArray(value) ? value.map((item: Json) => numbersOf(item)) : [];
}

function number(row: JsonObject, name: string, otherwise: number): number {
  const value = row[name];
  return typeof value === 'number' ? value : otherwise;
}

function rises(rows: readonly (readonly number[])[]): boolean {
  return rows.every((row, i) => i === 0 || (row[0] ?? 0) > (rows[i - 1]?.[0] ?? 0));
}

/** What is wrong with a capability curve, W and var. The solvers take convex ones. */
export function capabilityProblem(rows: readonly (readonly number[])[]): string {
  if (rows.length === 1) {
    return 'One point is no curve: give two or more, or none';
  }
  if (!rises(rows)) {
    return 'Active power must rise from point to point';
  }
  if (rows.some(([, low = 0, high = 0]) => low > high)) {
    return 'The minimum must not be above the maximum';
  }
  const slopes = (column: number) =>
    rows.slice(1).map((row, i) => {
      const before = rows[i] as readonly number[];
      return ((row[column] ?? 0) - (before[column] ?? 0)) / ((row[0] ?? 0) - (before[0] ?? 0));
    });
  const [low, high] = [slopes(1), slopes(2)];
  const inwards = low.some((s, i) => i > 0 && s < (low[i - 1] ?? s) - 1e-9);
  const dented = high.some((s, i) => i > 0 && s > (high[i - 1] ?? s) + 1e-9);
  return inwards || dented ? 'Must bulge outwards everywhere: take out the points that lie inside' : '';
}

/** What is wrong with a piecewise linear cost. */
export function pointsProblem(rows: readonly (readonly number[])[]): string {
  return rows.length < 2
    ? 'Needs two or more points'
    : rises(rows)
      ? ''
      : 'Power must rise from point to point';
}

/** Cost per hour over MW, for a plot. */
export function costCurve(cost: JsonObject, generator: JsonObject): readonly Point[] {
  if (cost['kind'] === 'piecewise') {
    return rowsOf(cost['points']).map(([x = 0, y = 0]) => ({ x, y }));
  }
  const coefficients = numbersOf(cost['coefficients']);
  const low = number(generator, 'minimum_power', 0) / 1e6;
  const given = number(generator, 'maximum_power', number(generator, 'rated_power', 0)) / 1e6;
  const high = given > low ? given : low + 100;
  return Array.from({ length: 41 }, (_, i) => {
    const x = low + ((high - low) * i) / 40;
    return { x, y: coefficients.reduceRight((sum, factor) => sum * x + factor, 0) };
  });
}

/** The region of a capability curve in MW and Mvar, around it. */
export function capabilityRegion(rows: readonly (readonly number[])[]): readonly Point[] {
  const at = (column: number) => rows.map(row => ({ x: (row[0] ?? 0) / 1e6, y: (row[column] ?? 0) / 1e6 }));
  return [...at(2), ...at(1).reverse()];
}

export interface Step {
  readonly step: number;
  readonly ratio: number;
  /** ° */
  readonly angle: number;
}

/** Ratio and angle of a transformer at each step, as `joulebook.grid.elements.TapChanger` has them. */
export function stepsOf(row: JsonObject): readonly Step[] {
  const changer = row['tap_changer'];
  if (!isObject(changer)) {
    return [];
  }
  const value = (name: string, otherwise: number) => number(changer, name, otherwise);
  const [low, high, neutral] = [value('minimum', -16), value('maximum', 16), value('neutral', 0)];
  const count = Math.min(400, Math.max(0, high - low + 1));
  return Array.from({ length: count }, (_, i) => {
    const steps = low + i - neutral;
    return {
      step: low + i,
      ratio: number(row, 'tap_ratio', 1) * (1 + steps * value('voltage_step', 0.00625)),
      angle: ((number(row, 'phase_shift', 0) + steps * value('angle_step', 0)) * 180) / Math.PI
    };
  });
}
