/** Edits of a network as changes of its document. */

import type { Json, JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Change } from '../../core/editor';
import type { Element, Placement } from './elements';
import type { Point } from './geometry';
import { elementsIn, nominalVoltage } from './elements';
import type { Key, PaletteItem, Table } from './kinds';
import { changingNotes, notesOf } from './notes';
import { keyOf, KINDS, kindOf, splitKey } from './kinds';

/** A placement as documents hold it. */
export function placementJson({ x, y, rotation, length }: Placement): JsonObject {
  return { x, y, ...(rotation === 0 ? {} : { rotation }), ...(length > 0 ? { length } : {}) };
}

/** Changes that set placements; groups that a document leaves out are made. */
export function placing(document: JsonObject, placements: ReadonlyMap<Key, Placement>): readonly Change[] {
  if (placements.size === 0) {
    return [];
  }
  const given = valueAt(document, ['diagram', 'placements']);
  const many = placements.size > 40;
  if (!isObject(given) || many) {
    const all = {
      ...(isObject(given) ? given : {}),
      ...Object.fromEntries([...placements].map(([key, place]) => [key, placementJson(place)]))
    };
    return [
      ...(isObject(document['diagram']) ? [] : [{ path: ['diagram'], value: {} }]),
      { path: ['diagram', 'placements'], value: all }
    ];
  }
  return [...placements].map(([key, place]) => ({
    path: ['diagram', 'placements', key],
    value: placementJson(place)
  }));
}

/** The rows of a table; those of notes are their texts. */
function rowsIn(document: JsonObject, table: Table): JsonObject {
  const rows = table === 'labels' ? notesOf(document) : document[table];
  return isObject(rows) ? rows : {};
}

/** Changes that add an element. */
export function adding(document: JsonObject, table: Table, id: string, row: JsonObject): readonly Change[] {
  if (table === 'labels') {
    return changingNotes(document, { ...notesOf(document), [id]: row['text'] ?? '' });
  }
  return [
    isObject(document[table]) ? { path: [table, id], value: row } : { path: [table], value: { [id]: row } }
  ];
}

/** The next whole number that no element of a table has. */
export function freeId(document: JsonObject, table: Table, taken: ReadonlySet<string> = new Set()): string {
  const ids = new Set([...Object.keys(rowsIn(document, table)), ...taken]);
  let next = 1;
  for (const id of ids) {
    next = /^\d{1,9}$/.test(id) ? Math.max(next, Number(id) + 1) : next;
  }
  while (ids.has(String(next))) {
    next++;
  }
  return String(next);
}

/** Values of a new element at some buses. */
export function newRow(document: JsonObject, item: PaletteItem, buses: readonly Key[]): JsonObject {
  const ends = kindOf(item.table).ends;
  const [first] = buses;
  const voltage = first ? nominalVoltage(document, first) : usualVoltage(document);
  const named = Object.fromEntries(ends.map((end, i) => [end, splitKey(buses[i] ?? '').id]));
  return { ...named, ...item.start(voltage) };
}

/** The nominal voltage that most buses have. */
export function usualVoltage(document: JsonObject): number {
  const counts = new Map<number, number>();
  for (const row of Object.values(isObject(document['buses']) ? document['buses'] : {})) {
    const voltage = isObject(row) ? row['nominal_voltage'] : undefined;
    if (typeof voltage === 'number') {
      counts.set(voltage, (counts.get(voltage) ?? 0) + 1);
    }
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? 110e3;
}

/** Elements that cannot stay when others go: what hangs at a bus, and switches at a branch. */
export function withDependants(document: JsonObject, keys: ReadonlySet<Key>): ReadonlySet<Key> {
  const gone = new Set(keys);
  const elements = elementsIn(document);
  for (let before = -1; before !== gone.size;) {
    before = gone.size;
    for (const element of elements.values()) {
      if (element.buses.some(bus => gone.has(bus)) || gone.has(element.branch)) {
        gone.add(element.key);
      }
    }
  }
  return gone;
}

/** Changes that take elements away, with their places and routes. */
export function removing(document: JsonObject, keys: ReadonlySet<Key>): readonly Change[] {
  const gone = withDependants(document, keys);
  const changes: Change[] = [];
  for (const { table } of KINDS) {
    const rows = document[table];
    if (!isObject(rows)) {
      continue;
    }
    const kept = Object.entries(rows).filter(([id]) => !gone.has(keyOf(table, id)));
    const count = Object.keys(rows).length - kept.length;
    if (count > 8) {
      changes.push({ path: [table], value: Object.fromEntries(kept) });
    } else if (count > 0) {
      const lost = Object.keys(rows).filter(id => gone.has(keyOf(table, id)));
      changes.push(...lost.map(id => ({ path: [table, id], value: undefined })));
    }
  }
  const element = (route: string) => route.slice(0, route.lastIndexOf('/'));
  const ids = new Set([...gone].map(key => key.replace('/', '.')));
  changes.push(
    ...keptSources(document, path => (ids.has(path.split('.').slice(0, 2).join('.')) ? null : path))
  );
  changes.push(...pruned(document, 'labels', id => gone.has(keyOf('labels', id))));
  changes.push(...pruned(document, 'placements', key => gone.has(key)));
  changes.push(...pruned(document, 'routes', route => gone.has(element(route))));
  return changes;
}

/** A table that is set as a whole drops the sources of its values: those that still hold, under their names then. */
export function keptSources(document: JsonObject, named: (path: string) => string | null): readonly Change[] {
  const sources = document['sources'];
  if (!isObject(sources) || Object.keys(sources).length === 0) {
    return [];
  }
  const kept = Object.entries(sources).flatMap(([path, source]) => {
    const name = named(path);
    return name === null ? [] : [[name, source] as const];
  });
  return [{ path: ['sources'], value: Object.fromEntries(kept) }];
}

function pruned(document: JsonObject, group: string, isGone: (key: string) => boolean): readonly Change[] {
  const values = valueAt(document, ['diagram', group]);
  if (!isObject(values)) {
    return [];
  }
  const kept = Object.entries(values).filter(([key]) => !isGone(key));
  return kept.length === Object.keys(values).length
    ? []
    : [{ path: ['diagram', group], value: Object.fromEntries(kept) }];
}

/** Drawn routes that no longer fit, because an end of theirs is moved and the other is not. */
export function freeingRoutes(
  document: JsonObject,
  elements: ReadonlyMap<Key, Element>,
  keys: ReadonlySet<Key>
): readonly Change[] {
  return pruned(document, 'routes', route => {
    const element = elements.get(route.slice(0, route.lastIndexOf('/')));
    const ends = element ? (element.table === 'lines' ? element.buses : [element.key, ...element.buses]) : [];
    return ends.some(key => keys.has(key));
  });
}

/** What the clipboard holds. */
export interface Part {
  readonly kind: typeof PART_KIND;
  /** Designer that it was copied from: only there do busbars that were not copied with it mean the same. */
  readonly from: string;
  readonly rows: readonly { readonly table: Table; readonly id: string; readonly row: JsonObject }[];
  readonly placements: Readonly<Record<Key, Json>>;
}

export const PART_KIND = 'joulebook.circuit.part';

export function copied(
  elements: ReadonlyMap<Key, Element>,
  placements: ReadonlyMap<Key, Placement>,
  keys: ReadonlySet<Key>,
  from: string
): Part {
  const chosen = [...elements.values()].filter(({ key }) => keys.has(key));
  return {
    kind: PART_KIND,
    from,
    rows: chosen.map(({ table, id, row }) => ({ table, id, row })),
    placements: Object.fromEntries(
      chosen.flatMap(({ key }) => {
        const place = placements.get(key);
        return place ? [[key, placementJson(place)]] : [];
      })
    )
  };
}

/** Characters of a text that may be a part, and elements that it may have. */
const LARGEST_TEXT = 20_000_000;
const MOST_ROWS = 100_000;

/** A part out of a text of the clipboard; null where it is none. Values are checked when it is pasted. */
export function partOf(text: string): Part | null {
  if (text.length > LARGEST_TEXT || !text.includes(PART_KIND)) {
    return null;
  }
  let read: Json;
  try {
    read = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  if (!isObject(read) || read['kind'] !== PART_KIND || !isObject(read['placements'])) {
    return null;
  }
  const rows = read['rows'];
  const from = read['from'];
  const whole =
    typeof from === 'string' && Array.isArray(rows) && rows.length > 0 && rows.length <= MOST_ROWS;
  return whole && rows.every(isRow) && Object.values(read['placements']).every(isPlace)
    ? (read as unknown as Part)
    : null;
}

function isRow(item: Json): boolean {
  return (
    isObject(item) &&
    KINDS.some(({ table }) => table === item['table']) &&
    typeof item['id'] === 'string' &&
    isObject(item['row'])
  );
}

function isPlace(item: Json): boolean {
  return isObject(item) && Number.isFinite(item['x']) && Number.isFinite(item['y']);
}

export interface Pasted {
  readonly changes: readonly Change[];
  readonly keys: ReadonlySet<Key>;
  /** Elements that are left out, because their busbars or branches were not copied. */
  readonly lost: number;
}

/** Changes that put a part into a document under new identifiers, shifted by some squares; `here` names the designer. */
export function pasting(document: JsonObject, part: Part, at: Point, here: string): Pasted {
  const renamed = new Map<Key, string>();
  const taken = new Map<Table, Set<string>>();
  for (const { table, id } of part.rows) {
    const own = taken.get(table) ?? new Set<string>();
    const fresh = freeId(document, table, own);
    taken.set(table, own.add(fresh));
    renamed.set(keyOf(table, id), fresh);
  }
  const buses = isObject(document['buses']) && part.from === here ? document['buses'] : {};
  const rows = new Map<Table, Record<string, Json>>();
  const places: Record<Key, Json> = {};
  const keys = new Set<Key>();
  for (const { table, id, row } of part.rows) {
    const fresh = renamed.get(keyOf(table, id)) as string;
    const ends = kindOf(table).ends.flatMap((end): readonly (readonly [string, string])[] => {
      const bus = row[end];
      return typeof bus === 'string' && bus !== '' ? [[end, renamed.get(keyOf('buses', bus)) ?? bus]] : [];
    });
    const branch = renamed.get(`${String(row['branch_kind'])}/${String(row['branch'])}`);
    const known = ends.every(([, bus]) => Object.hasOwn(buses, bus) || [...renamed.values()].includes(bus));
    if (!known || (row['branch'] && branch === undefined)) {
      continue;
    }
    const own = rows.get(table) ?? {};
    own[fresh] = {
      ...row,
      ...Object.fromEntries(ends),
      ...(branch ? { branch } : {}),
      ...regulated(row, bus => renamed.get(keyOf('buses', bus)) ?? (Object.hasOwn(buses, bus) ? bus : ''))
    };
    rows.set(table, own);
    const key = keyOf(table, fresh);
    keys.add(key);
    const place = part.placements[keyOf(table, id)];
    if (isObject(place)) {
      places[key] = { ...place, x: Number(place['x']) + at.x, y: Number(place['y']) + at.y };
    }
  }
  return { changes: pastedChanges(document, rows, places), keys, lost: part.rows.length - keys.size };
}

/** The busbars that an element regulates, by their new names; its own where they were not copied. */
function regulated(row: JsonObject, named: (bus: string) => string): JsonObject {
  const found: Record<string, Json> = {};
  const { controlled_bus: bus, tap_changer: changer } = row;
  if (typeof bus === 'string' && bus !== '') {
    found['controlled_bus'] = named(bus);
  }
  if (
    isObject(changer) &&
    typeof changer['controlled_bus'] === 'string' &&
    changer['controlled_bus'] !== ''
  ) {
    found['tap_changer'] = { ...changer, controlled_bus: named(changer['controlled_bus']) };
  }
  return found;
}

function pastedChanges(
  document: JsonObject,
  rows: ReadonlyMap<Table, Readonly<Record<string, Json>>>,
  places: Readonly<Record<Key, Json>>
): readonly Change[] {
  const diagram = isObject(document['diagram']) ? document['diagram'] : {};
  const placements = isObject(diagram['placements']) ? diagram['placements'] : {};
  const notes = Object.entries(rows.get('labels') ?? {}).map(([id, row]) => [
    id,
    isObject(row) ? (row['text'] ?? '') : ''
  ]);
  const labels: JsonObject =
    notes.length > 0 ? { labels: { ...notesOf(document), ...Object.fromEntries(notes) } } : {};
  return [
    ...[...rows].flatMap(([table, own]) =>
      table === 'labels' ? [] : [{ path: [table], value: { ...rowsIn(document, table), ...own } }]
    ),
    { path: ['diagram'], value: { ...diagram, ...labels, placements: { ...placements, ...places } } },
    ...keptSources(document, path => path)
  ];
}
