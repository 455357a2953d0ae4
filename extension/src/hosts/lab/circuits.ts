/** New networks and equivalent circuits in the workspace. */

import type { Contents } from '@jupyterlab/services';
import { CIRCUIT_KIND, CIRCUIT_VERSION } from '../../designers/circuit';
import { IMPEDANCE_KIND, IMPEDANCE_VERSION } from '../../designers/impedance';
import { CIRCUIT_SUFFIX } from './names';

/** A supply, a line and a load at 110 kV: a network that can be solved at once. */
export function firstNetwork(name: string): object {
  return {
    kind: CIRCUIT_KIND,
    schema_version: CIRCUIT_VERSION,
    name,
    buses: {
      '1': { name: 'Supply', nominal_voltage: 110e3 },
      '2': { name: 'Town', nominal_voltage: 110e3 }
    },
    lines: {
      '1': { from_bus: '1', to_bus: '2', resistance: 2.4, reactance: 8, length: 20e3, current_rating: 600 }
    },
    external_grids: { '1': { bus: '1' } },
    loads: { '1': { bus: '2', active_power: 40e6, reactive_power: 10e6 } },
    diagram: {
      placements: {
        'buses/1': { x: 0, y: 0, length: 8 },
        'buses/2': { x: 0, y: 10, length: 8 },
        'external_grids/1': { x: 0, y: -4, rotation: 180 },
        'loads/1': { x: 0, y: 14 }
      }
    }
  };
}

/** An electrode in an electrolyte: the circuit that most others grow from. */
export function firstCircuit(name: string): object {
  return {
    kind: IMPEDANCE_KIND,
    schema_version: IMPEDANCE_VERSION,
    name,
    code: 'R_s-p(R_ct,C_dl)',
    elements: {
      R_s: { kind: 'R', resistance: 10 },
      R_ct: { kind: 'R', resistance: 100 },
      C_dl: { kind: 'C', capacitance: 2e-5 }
    }
  };
}

/** Write a new network into a folder under a name that is free; gives its path. */
export function newNetwork(contents: Contents.IManager, folder: string): Promise<string> {
  return newDocument(contents, folder, 'Network', firstNetwork);
}

/** The same of an equivalent circuit. */
export function newCircuit(contents: Contents.IManager, folder: string): Promise<string> {
  return newDocument(contents, folder, 'Equivalent circuit', firstCircuit);
}

async function newDocument(
  contents: Contents.IManager,
  folder: string,
  noun: string,
  first: (name: string) => object
): Promise<string> {
  const listed = (await contents.get(folder)).content as readonly Contents.IModel[];
  const taken = new Set(listed.map(model => model.name));
  let name = noun;
  for (let n = 2; taken.has(`${name}${CIRCUIT_SUFFIX}`); n++) {
    name = `${noun} ${n}`;
  }
  const path = `${folder === '' ? '' : `${folder}/`}${name}${CIRCUIT_SUFFIX}`;
  const content = `${JSON.stringify(first(name), null, 2)}\n`;
  await contents.save(path, { type: 'file', format: 'text', content });
  return path;
}
