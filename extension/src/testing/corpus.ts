/** Cases that Python and TypeScript are both held to. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json, JsonObject } from '../core/document';
import type { Operation } from '../core/operations';
import named from '../generated/named.json';

const FOLDER = resolve(import.meta.dirname, '../../../tests/corpus');

function read(name: string): unknown {
  return JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), 'utf8'));
}

export const CHEN = named.Chen2020 as unknown as JsonObject;

export interface OperationCase {
  readonly name: string;
  readonly document: JsonObject;
  readonly operations: readonly Operation[];
  readonly result?: JsonObject;
  readonly error?: true;
}

export interface PythonFigures {
  readonly capacity: number;
  readonly energy: number;
  readonly mean_voltage: number;
  readonly mass: number;
  readonly mass_breakdown: Readonly<Record<string, number>>;
  readonly volume: number | null;
  readonly specific_energy: number | null;
  readonly energy_density: number | null;
  readonly n_p_ratio: number;
  readonly warnings: readonly string[];
}

export interface FiguresCase {
  readonly changes: Readonly<Record<string, Json>>;
  readonly document: JsonObject;
  readonly figures?: PythonFigures;
  readonly error?: readonly { readonly path: string; readonly rule: string }[];
}

export interface FaultsCase {
  readonly changes: Readonly<Record<string, Json>>;
  readonly faults: readonly { readonly path: string; readonly rule: string; readonly hint: string }[];
}

export const operationCases = read('operations') as readonly OperationCase[];
export const figuresCases = read('figures') as readonly FiguresCase[];
export const faultsCases = read('faults') as readonly FaultsCase[];

export interface ImpedanceCorpus {
  readonly codes: readonly {
    readonly text: string;
    readonly code?: string;
    readonly boukamp?: string;
    readonly rule?: string;
    readonly hint?: string;
  }[];
  readonly spectra: readonly {
    readonly document: JsonObject;
    readonly frequencies: readonly number[];
    readonly real: readonly number[];
    readonly imaginary: readonly number[];
  }[];
}

export const impedanceCorpus = read('impedance') as ImpedanceCorpus;
