/**
 * An electrode at rest, as `joulebook.battery.equilibrium` describes it: active materials that share one potential.
 *
 * The lithium in an electrode over what it can take is its filling; with one material it is the stoichiometry.
 */

import type { Electrode, Phase } from '../../generated/cell';
import type { LawRecord, MaterialRecord } from './catalogue';
import { lawAt, material } from './catalogue';

/** C/mol */
const FARADAY = 96485.33212;
const EDGE = 1e-6;
const CURVE = 201;

export interface MaterialAtRest {
  /** A h between stoichiometry 0 and 1 */
  readonly capacity: number;
  readonly ocp: LawRecord;
  /** Ends of the material's window. */
  readonly window: readonly [number, number];
}

export type ElectrodeAtRest = readonly MaterialAtRest[];

/** Mean of a value over the layers of a coating, weighted by their shares. */
export function layerMean(electrode: Electrode, name: 'porosity' | 'active_fraction'): number {
  const layers = electrode.layers ?? [];
  return layers.length === 0
    ? electrode[name]
    : layers.reduce((sum, layer) => sum + layer.share * (layer[name] ?? electrode[name]), 0);
}

export function maximumConcentration(coating: Electrode | Phase, record: MaterialRecord): number {
  return coating.maximum_concentration ?? record.values['maximum_concentration']?.value ?? NaN;
}

/** The active materials of an electrode; null where one is not in the library. */
export function electrodeAtRest(electrode: Electrode, area: number): ElectrodeAtRest | null {
  const volume = electrode.thickness * area;
  const coatings: readonly (readonly [Electrode | Phase, number])[] = [
    [electrode, layerMean(electrode, 'active_fraction')],
    ...(electrode.additional_phases ?? []).map(phase => [phase, phase.active_fraction] as const)
  ];
  const found = coatings.flatMap(([coating, fraction]): readonly MaterialAtRest[] => {
    const record = material('active', coating.material);
    if (!record?.ocp) {
      return [];
    }
    const amount = fraction * volume * maximumConcentration(coating, record);
    const [charged, discharged] = record.window ?? [];
    const window = [charged?.value ?? NaN, discharged?.value ?? NaN] as const;
    return [{ capacity: (amount * FARADAY) / 3600, ocp: record.ocp, window }];
  });
  return found.length === coatings.length ? found : null;
}

export function capacityOf(electrode: ElectrodeAtRest): number {
  return electrode.reduce((sum, item) => sum + item.capacity, 0);
}

/** Least and greatest filling that is looked for. */
export function fillingRange(electrode: ElectrodeAtRest): readonly [number, number] {
  return [filling(electrode, EDGE), filling(electrode, 1 - EDGE)];
}

/** Stoichiometry of the first material at a filling. */
export function firstStoichiometry(electrode: ElectrodeAtRest, filled: number): number {
  if (electrode.length === 1) {
    return filled;
  }
  return risingRoot(first => filling(electrode, first) - filled, EDGE, 1 - EDGE);
}

/** Open-circuit potential at a filling, V. */
export function potentialAt(electrode: ElectrodeAtRest, filled: number): number {
  const [first] = electrode;
  return first ? lawAt(first.ocp, firstStoichiometry(electrode, filled)) : NaN;
}

/** Open-circuit potential between two fillings as a sampled law over the filling. */
export function potentialCurve(electrode: ElectrodeAtRest, ends: readonly [number, number]): LawRecord {
  const [first] = electrode;
  if (!first || electrode.length === 1) {
    return first?.ocp as LawRecord;
  }
  const [low, high] = [Math.min(...ends), Math.max(...ends)].map(end => firstStoichiometry(electrode, end));
  const points = Array.from(
    { length: CURVE },
    (_, i) => (low ?? 0) + (i / (CURVE - 1)) * ((high ?? 1) - (low ?? 0))
  );
  return { ...first.ocp, x: points.map(x => filling(electrode, x)), y: points.map(x => lawAt(first.ocp, x)) };
}

/** Root of a rising function between two ends of opposite sign. */
export function risingRoot(f: (x: number) => number, low: number, high: number): number {
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

/** Filling at the stoichiometry of the first material: the others are at its potential. */
function filling(electrode: ElectrodeAtRest, first: number): number {
  const [head, ...others] = electrode;
  if (!head || others.length === 0) {
    return first;
  }
  const potential = lawAt(head.ocp, first);
  const held = others.reduce((sum, item) => sum + item.capacity * stoichiometryAt(item.ocp, potential), 0);
  return (head.capacity * first + held) / capacityOf(electrode);
}

/** Stoichiometry of a material at a potential, clamped to 0 to 1. */
function stoichiometryAt(ocp: LawRecord, potential: number): number {
  return risingRoot(x => potential - lawAt(ocp, x), EDGE, 1 - EDGE);
}
