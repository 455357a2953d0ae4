/** Another identifier for an element, with everything that refers to it. */

import type { Json, JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Change } from '../../core/editor';
import { keptSources } from './edits';
import type { Key } from './kinds';
import { keyOf, KINDS, splitKey } from './kinds';

/** As `joulebook.grid.elements.BusId`. */
const LONGEST = 80;

/** What is wrong with an identifier; empty where nothing is. */
export function identifierProblem(document: JsonObject, key: Key, id: string): string {
  const { table, id: now } = splitKey(key);
  const rows = document[table];
  if (id.trim() === '' || id !== id.trim()) {
    return 'Must not be empty, nor begin or end with a space';
  }
  if (id.length > LONGEST) {
    return `Must have at most ${LONGEST} characters`;
  }
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(id)) {
    return 'Must not hold control characters';
  }
  return id !== now && isObject(rows) && Object.hasOwn(rows, id) ? 'Another one has this identifier' : '';
}

/** Changes that give an element another identifier: its row, what refers to it, its place, routes and sources. */
export function renaming(document: JsonObject, key: Key, id: string): readonly Change[] {
  const { table, id: before } = splitKey(key);
  const changes: Change[] = [];
  for (const { table: other, ends } of KINDS) {
    const rows = document[other];
    if (!isObject(rows)) {
      continue;
    }
    const after = Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [
        other === table && name === before ? id : name,
        isObject(row) ? referring(row, table, before, id, ends) : row
      ])
    );
    const same = Object.entries(after).every(([name, row]) => rows[name] === row);
    if (!same) {
      changes.push({ path: [other], value: after });
    }
  }
  const own = `${table}.${before}`;
  return [
    ...changes,
    ...diagramChanges(document, key, keyOf(table, id)),
    ...keptSources(document, path =>
      path === own || path.startsWith(`${own}.`) ? `${table}.${id}${path.slice(own.length)}` : path
    )
  ];
}

function referring(
  row: JsonObject,
  table: string,
  before: string,
  id: string,
  ends: readonly string[]
): JsonObject {
  const found: Record<string, Json> = {};
  if (table === 'buses') {
    for (const end of [...ends, 'controlled_bus']) {
      if (row[end] === before) {
        found[end] = id;
      }
    }
    const changer = row['tap_changer'];
    if (isObject(changer) && changer['controlled_bus'] === before) {
      found['tap_changer'] = { ...changer, controlled_bus: id };
    }
  }
  if (row['branch'] === before && row['branch_kind'] === table) {
    found['branch'] = id;
  }
  return Object.keys(found).length === 0 ? row : { ...row, ...found };
}

function diagramChanges(document: JsonObject, before: Key, after: Key): readonly Change[] {
  const diagram = isObject(document['diagram']) ? document['diagram'] : {};
  return ['placements', 'routes'].flatMap((group): readonly Change[] => {
    const values = diagram[group];
    if (!isObject(values)) {
      return [];
    }
    const name = (key: string) => {
      const own = group === 'placements' ? key : key.slice(0, key.lastIndexOf('/'));
      return own === before ? `${after}${key.slice(before.length)}` : key;
    };
    const entries = Object.entries(values).map(([key, value]) => [name(key), value] as const);
    return entries.every(([key]) => Object.hasOwn(values, key))
      ? []
      : [{ path: ['diagram', group], value: Object.fromEntries(entries) }];
  });
}
