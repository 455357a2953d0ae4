/** The elements of a document, and the buses that they are connected to. */

import type { JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Rotation } from './geometry';
import { asRotation } from './geometry';
import type { Key, Table } from './kinds';
import { keyOf, KINDS, kindOf } from './kinds';
import { notesIn } from './notes';
import type { Standard } from './symbols';

export interface Element {
  readonly key: Key;
  readonly table: Table;
  readonly id: string;
  readonly row: JsonObject;
  /** Keys of its buses in the order of its terminals; empty where a bus is not there. */
  readonly buses: readonly Key[];
  /** Key of the branch that a switch sits at. */
  readonly branch: Key;
}

export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly rotation: Rotation;
  /** Of a busbar; 0 where it is left to the drawing. */
  readonly length: number;
}

export type Placements = ReadonlyMap<Key, Placement>;

const known = new WeakMap<JsonObject, readonly Element[]>();

function elementsOf(table: Table, rows: JsonObject): readonly Element[] {
  const before = known.get(rows);
  if (before) {
    return before;
  }
  const { ends } = kindOf(table);
  const made = Object.entries(rows).flatMap(([id, row]): readonly Element[] => {
    if (!isObject(row)) {
      return [];
    }
    const named = ends.map(end => (typeof row[end] === 'string' ? (row[end] as string) : ''));
    const buses = named.map(bus => (bus === '' ? '' : keyOf('buses', bus)));
    const branch =
      table === 'switches' && row['branch'] ? `${String(row['branch_kind'])}/${String(row['branch'])}` : '';
    return [{ key: keyOf(table, id), table, id, row, buses, branch }];
  });
  known.set(rows, made);
  return made;
}

/** Elements by key, buses first. */
export function elementsIn(document: JsonObject): ReadonlyMap<Key, Element> {
  const found = new Map<Key, Element>();
  for (const { table } of KINDS) {
    const rows = document[table];
    if (isObject(rows)) {
      elementsOf(table, rows).forEach(element => found.set(element.key, element));
    }
  }
  notesIn(document).forEach(note => found.set(note.key, note));
  return found;
}

/** Placements that the document gives. */
export function placementsIn(document: JsonObject): Map<Key, Placement> {
  const given = valueAt(document, ['diagram', 'placements']);
  const out = new Map<Key, Placement>();
  for (const [key, value] of Object.entries(isObject(given) ? given : {})) {
    if (isObject(value) && typeof value['x'] === 'number' && typeof value['y'] === 'number') {
      const length = typeof value['length'] === 'number' ? value['length'] : 0;
      out.set(key, { x: value['x'], y: value['y'], rotation: asRotation(value['rotation']), length });
    }
  }
  return out;
}

export function standardOf(document: JsonObject): Standard {
  return valueAt(document, ['diagram', 'symbols']) === 'ANSI' ? 'ANSI' : 'IEC';
}

/** Whether an element has a place of its own: everything but lines and switches at the end of a branch. */
export function hasPlace(element: Element): boolean {
  return element.table !== 'lines' && element.branch === '';
}

/** What people call an element: its name, else its identifier. */
export function nameOf(element: Element): string {
  if (element.table === 'labels') {
    const text = String(element.row['text'] ?? '');
    return text.trim() === '' ? element.id : `“${text.length > 28 ? `${text.slice(0, 27)}…` : text}”`;
  }
  const name = element.row['name'];
  return typeof name === 'string' && name.trim() !== '' ? name : element.id;
}

/** "Busbar 4", "Line 4–5"; for screen readers and undo labels. */
export function titleOf(element: Element): string {
  return `${kindOf(element.table).title} ${nameOf(element)}`;
}

export function nominalVoltage(document: JsonObject, bus: Key): number {
  const value = valueAt(document, ['buses', bus.slice(bus.indexOf('/') + 1), 'nominal_voltage']);
  return typeof value === 'number' && value > 0 ? value : 110e3;
}
