/** Networks for tests. */

import type { JsonObject } from '../core/document';
import { CIRCUIT_KIND, CIRCUIT_VERSION } from '../designers/circuit/model';

/** A supply, a transformer, two busbars that a line and a breaker join, a load and a switch at the line. */
export const SMALL: JsonObject = {
  kind: CIRCUIT_KIND,
  schema_version: CIRCUIT_VERSION,
  name: 'Small',
  buses: {
    '1': { nominal_voltage: 110e3 },
    '2': { nominal_voltage: 20e3, name: 'Plant' },
    '3': { nominal_voltage: 20e3 }
  },
  lines: { '1': { from_bus: '2', to_bus: '3', resistance: 1, reactance: 2 } },
  transformers: {
    '1': { from_bus: '1', to_bus: '2', rated_power: 40e6, resistance: 0.005, reactance: 0.1 }
  },
  external_grids: { '1': { bus: '1' } },
  loads: { '1': { bus: '3', active_power: 5e6 } },
  switches: { '1': { bus: '2', branch_kind: 'lines', branch: '1' }, '2': { bus: '2', other_bus: '3' } }
};

/** A meshed network of a given number of buses, with loads, machines and transformers, the same every time. */
export function meshed(count: number): JsonObject {
  let state = 7;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const ids = Array.from({ length: count }, (_, i) => String(i + 1));
  const buses = Object.fromEntries(ids.map(id => [id, { nominal_voltage: 110e3 }]));
  const lines: Record<string, JsonObject> = {};
  const transformers: Record<string, JsonObject> = {};
  const join = (a: number, b: number) => {
    const ends = { from_bus: String(a + 1), to_bus: String(b + 1), resistance: 1, reactance: 4 };
    if (random(9) === 0) {
      const n = String(Object.keys(transformers).length + 1);
      transformers[n] = { ...ends, rated_power: 40e6, resistance: 0.005, reactance: 0.1 };
    } else {
      lines[String(Object.keys(lines).length + 1)] = ends;
    }
  };
  for (let i = 1; i < count; i++) {
    join(Math.max(0, i - 1 - random(6)), i);
    if (random(2) === 0 && i > 12) {
      join(i - 2 - random(10), i);
    }
  }
  const some = (n: number) => ids.filter((_, i) => (i * 7) % n === 0);
  return {
    kind: CIRCUIT_KIND,
    schema_version: CIRCUIT_VERSION,
    name: `Meshed ${count}`,
    buses,
    lines,
    transformers,
    generators: Object.fromEntries(some(3).map(bus => [bus, { bus, active_power: 50e6 }])),
    loads: Object.fromEntries(ids.map(bus => [bus, { bus, active_power: 10e6 }])),
    shunts: Object.fromEntries(some(8).map(bus => [bus, { bus, susceptance: 1e-4 }]))
  };
}
