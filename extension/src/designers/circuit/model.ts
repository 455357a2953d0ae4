/** The schema of a network, the rules between its elements, and the words for its values. */

import type { JsonObject, Path } from '../../core/document';
import { isObject } from '../../core/document';
import { Schema } from '../../core/schema';
import type { CrossRule, Fault } from '../../core/validation';
import { fault } from '../../core/validation';
import schemaJson from '../../generated/circuit.schema.json';
import { isTable, KINDS, kindOf } from './kinds';

export const circuitSchema = new Schema(schemaJson as unknown as JsonObject);
export const CIRCUIT_KIND = schemaJson.document.kind;
export const CIRCUIT_VERSION = schemaJson.document.version;

const seen = new WeakMap<JsonObject, { readonly buses: JsonObject; readonly faults: readonly Fault[] }>();

/** Elements are connected to buses that are there. */
const busesAreThere: CrossRule = document => {
  const buses = isObject(document['buses']) ? document['buses'] : {};
  return KINDS.flatMap(({ table, ends }) => {
    const rows = document[table];
    if (!isObject(rows) || ends.length === 0) {
      return [];
    }
    const known = seen.get(rows);
    if (known?.buses === buses) {
      return known.faults;
    }
    const faults = Object.entries(rows).flatMap(([id, row]) =>
      ends.flatMap((end): readonly Fault[] => {
        const bus = isObject(row) ? row[end] : undefined;
        return typeof bus !== 'string' || bus === '' || Object.hasOwn(buses, bus)
          ? []
          : [fault([table, id, end], bus, 'no such bus', 'Connect it to another bus')];
      })
    );
    seen.set(rows, { buses, faults });
    return faults;
  });
};

/** Both ends of a branch are different buses. */
const endsDiffer: CrossRule = document =>
  (['lines', 'transformers', 'hvdc_lines'] as const).flatMap(table => {
    const rows = document[table];
    return Object.entries(isObject(rows) ? rows : {}).flatMap(([id, row]): readonly Fault[] => {
      const same = isObject(row) && typeof row['from_bus'] === 'string' && row['from_bus'] === row['to_bus'];
      const hint = 'Connect the other end, or take it out';
      return same ? [fault([table, id, 'from_bus'], row['from_bus'], 'both ends at one bus', hint)] : [];
    });
  });

export const circuitRules: readonly CrossRule[] = [busesAreThere, endsDiffer];

const LABELS: Readonly<Record<string, string>> = {
  bus: 'Busbar',
  other_bus: 'Busbar on the other side',
  from_bus: 'From busbar',
  to_bus: 'To busbar',
  bus_1: 'Busbar of winding 1',
  bus_2: 'Busbar of winding 2',
  bus_3: 'Busbar of winding 3',
  in_service: 'In service',
  rx: 'R/X with locked rotor'
};

/** Words for a name of the schema. */
export function label(name: string, title = ''): string {
  const plain = title || name.replace(/_/g, ' ');
  return LABELS[name] ?? plain.charAt(0).toUpperCase() + plain.slice(1).replace(/ hvdc/i, ' HVDC');
}

/** A value and where it sits: "Line 7, reactance". */
export function pathLabel(path: Path): string {
  const [table = '', id, ...rest] = path;
  const name = label(path[path.length - 1] ?? '').toLowerCase();
  if (!isTable(table) || id === undefined) {
    return label(path[path.length - 1] ?? '');
  }
  return rest.length > 0 ? `${kindOf(table).title} ${id}, ${name}` : `${kindOf(table).title} ${id}`;
}
