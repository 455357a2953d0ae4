/**
 * A design as a map of maps that several people edit at once, as `joulebook_lab.shared_design` on the server.
 *
 * Every group of values is a map of its own; what is no group is one entry, of which the last change counts. An entry
 * keeps its rank among its neighbours, so that the file keeps its order: `[rank, value]`, and for a group its rank under
 * the empty name, which no value has.
 */

import * as Y from 'yjs';
import type { Json, JsonObject, Path } from '../../../core/document';
import { isObject, sameJson } from '../../../core/document';

export type Group = Y.Map<unknown>;
const RANK = '';

/** What a group says, in its order; groups that `known` says to be as before are taken from there. */
export function readGroup(
  group: Group,
  known?: (name: string, part: Group) => JsonObject | undefined
): JsonObject {
  const entries = [...group.entries()].filter(([name]) => name !== RANK);
  entries.sort(([a, first], [b, second]) => rankOf(first) - rankOf(second) || (a < b ? -1 : a > b ? 1 : 0));
  const found: Record<string, Json> = {};
  entries.forEach(([name, entry]) => {
    if (entry instanceof Y.Map) {
      found[name] = known?.(name, entry) ?? readGroup(entry);
    } else if (Array.isArray(entry) && entry.length === 2) {
      found[name] = entry[1] as Json;
    }
  });
  return found;
}

/** Bring a group to a document; what is the same in both stays, with what others do to it. */
export function mergeGroup(group: Group, document: JsonObject): void {
  [...group.keys()]
    .filter(name => name !== RANK && !Object.hasOwn(document, name))
    .forEach(name => group.delete(name));
  Object.entries(document).forEach(([name, value]) => put(group, name, value));
}

/** Set the value at a path, or take it away; a group that is set keeps what is the same. */
export function setAt(root: Group, path: Path, value: Json | undefined): void {
  const [name, ...above] = [...path].reverse();
  const group = above
    .reverse()
    .reduce<unknown>((here, key) => (here instanceof Y.Map ? here.get(key) : undefined), root);
  if (name === undefined || name === RANK || !(group instanceof Y.Map)) {
    return; // somebody else has taken the group away
  }
  if (value === undefined) {
    group.delete(name);
  } else {
    put(group, name, value);
  }
}

function put(group: Group, name: string, value: Json): void {
  const entry = group.get(name);
  if (isObject(value)) {
    if (entry instanceof Y.Map) {
      mergeGroup(entry, value);
      return;
    }
    const made: Group = new Y.Map<unknown>([[RANK, rankFor(group, entry)]]);
    group.set(name, made);
    mergeGroup(made, value);
  } else if (!Array.isArray(entry) || !sameJson(entry[1] as Json, value)) {
    group.set(name, [rankFor(group, entry), value]);
  }
}

function rankFor(group: Group, entry: unknown): number {
  if (entry !== undefined) {
    return rankOf(entry);
  }
  let last = 0;
  group.forEach((other, name) => {
    last = name === RANK ? last : Math.max(last, rankOf(other));
  });
  return last + 1;
}

function rankOf(entry: unknown): number {
  const found: unknown = entry instanceof Y.Map ? entry.get(RANK) : Array.isArray(entry) ? entry[0] : 0;
  return typeof found === 'number' ? found : 0;
}
