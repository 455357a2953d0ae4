/** What a study says about the elements on the sheet, ready to be drawn. */

import type { Key } from './kinds';

export interface BusFigures {
  /** per unit */
  readonly voltage: number;
  /** degrees */
  readonly angle: number;
}

export interface BranchFigures {
  /** Into the branch at each of its ends, MW and Mvar. */
  readonly p: readonly number[];
  readonly q: readonly number[];
  /** Share of the rating; null where there is none. */
  readonly loading: number | null;
}

export interface Injection {
  /** As the element's own sign has it: given by sources, drawn by consumers. MW and Mvar. */
  readonly p: number;
  readonly q: number;
}

export interface Mark {
  readonly level: 'error' | 'warning';
  readonly text: string;
}

export interface Overlay {
  readonly buses: ReadonlyMap<Key, BusFigures>;
  readonly branches: ReadonlyMap<Key, BranchFigures>;
  readonly injections: ReadonlyMap<Key, Injection>;
  readonly marks: ReadonlyMap<Key, Mark>;
  /** Short texts beside busbars, such as fault currents. */
  readonly notes: ReadonlyMap<Key, string>;
}

export const NOTHING: Overlay = {
  buses: new Map(),
  branches: new Map(),
  injections: new Map(),
  marks: new Map(),
  notes: new Map()
};

export type VoltageBand = 'low' | 'lower' | 'good' | 'high';

/** Bands of the voltage colours, per unit. */
export const BANDS = { low: 0.95, lower: 0.97, high: 1.05 } as const;

export function voltageBand(voltage: number): VoltageBand {
  return voltage < BANDS.low
    ? 'low'
    : voltage < BANDS.lower
      ? 'lower'
      : voltage <= BANDS.high
        ? 'good'
        : 'high';
}

export type LoadingBand = 'light' | 'heavy' | 'over';

export function loadingBand(loading: number): LoadingBand {
  return loading > 1 ? 'over' : loading > 0.8 ? 'heavy' : 'light';
}
