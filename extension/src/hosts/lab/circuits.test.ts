/** New circuits, and files of one ending that hold documents of two kinds. */

import type { Contents } from '@jupyterlab/services';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/document';
import { validate } from '../../core/validation';
import { circuitRules, circuitSchema } from '../../designers/circuit';
import { impedanceRules, impedanceSchema } from '../../designers/impedance';
import { RANDLES } from '../../testing/impedance';
import { undrawableImpedance } from './checks';
import { firstCircuit, firstNetwork, newCircuit, newNetwork } from './circuits';
import type { DesignerParts } from './document';

const LOADING_THE_LAB = 60_000; // ms, on a busy machine

function contents(names: readonly string[]) {
  const saved = new Map<string, unknown>();
  const manager = {
    get: async () => ({ content: names.map(name => ({ name })) }),
    save: async (path: string, { content }: { content: string }) => {
      saved.set(path, JSON.parse(content));
    }
  };
  return { manager: manager as unknown as Contents.IManager, saved };
}

describe('new circuits', () => {
  it('are documents without faults', () => {
    expect(validate(firstCircuit('New') as JsonObject, impedanceSchema, impedanceRules)).toEqual([]);
    expect(validate(firstNetwork('New') as JsonObject, circuitSchema, circuitRules)).toEqual([]);
  });

  it('take a name that is free', async () => {
    const { manager, saved } = contents(['Equivalent circuit.circuit.json']);
    expect(await newCircuit(manager, 'a/b')).toBe('a/b/Equivalent circuit 2.circuit.json');
    expect(await newNetwork(manager, '')).toBe('Network.circuit.json');
    expect(saved.get('a/b/Equivalent circuit 2.circuit.json')).toMatchObject({
      kind: 'equivalent_circuit',
      name: 'Equivalent circuit 2'
    });
  });
});

beforeAll(async () => {
  // what jsdom lacks and JupyterLab's packages look for when they are loaded
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    addListener: () => undefined
  }));
  vi.stubGlobal('DragEvent', class extends MouseEvent {});
  await import('./document');
}, LOADING_THE_LAB);

describe('documents of a circuit', () => {
  it('are told apart by what they say', async () => {
    const { partsFor } = await import('./document');
    const impedance = { kind: 'equivalent_circuit' } as DesignerParts;
    const network = { kind: 'circuit', others: [impedance] } as unknown as DesignerParts;
    expect(partsFor(network, JSON.stringify(RANDLES))).toBe(impedance);
    expect(partsFor(network, '{"kind": "circuit"}')).toBe(network);
    for (const text of ['', '[1', '{"kind": "cell"}', '3', 'null', '"equivalent_circuit"']) {
      expect(partsFor(network, text)).toBe(network);
    }
  });

  it('can be drawn with faulty values, but not without groups', () => {
    expect(undrawableImpedance(RANDLES)).toEqual([]);
    expect(undrawableImpedance({ ...RANDLES, code: 'R(', elements: { R1: { resistance: -1 } } })).toEqual([]);
    expect(undrawableImpedance({ ...RANDLES, code: 3, elements: { R1: 4 }, colour: 'red' })).toEqual([
      'colour: not a known name here',
      'code: must be text',
      'elements.R1: must be a group of values'
    ]);
  });
});
