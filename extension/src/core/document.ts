/** JSON documents: reading and changing values by path without touching the original. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Keys from the root to a value. A list, because keys of `sources` contain dots themselves. */
export type Path = readonly string[];

/** Path from its dotted form: `"negative.thickness"`. */
export function pathOf(dotted: string): Path {
  return dotted === '' ? [] : dotted.split('.');
}

/** Dotted form of a path, as Python and the sources of a design use it. */
export function dotted(path: Path): string {
  return path.join('.');
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Value at a path, or undefined where there is none. */
export function valueAt(document: Json, path: Path): Json | undefined {
  let here: Json | undefined = document;
  for (const key of path) {
    if (!isObject(here) || !Object.hasOwn(here, key)) {
      return undefined;
    }
    here = here[key];
  }
  return here;
}

/** Document with one value set; the parent must exist. New keys go to the end. */
export function withValue(document: JsonObject, path: Path, value: Json): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) {
    throw new RangeError('A document has no value at an empty path');
  }
  if (rest.length === 0) {
    return { ...document, [key]: value };
  }
  const child = document[key];
  if (!isObject(child)) {
    throw new RangeError(`${key} is not a group of values`);
  }
  return { ...document, [key]: withValue(child, rest, value) };
}

/** Document without the value at a path. */
export function withoutValue(document: JsonObject, path: Path): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined || !Object.hasOwn(document, key)) {
    return document;
  }
  if (rest.length === 0) {
    return Object.fromEntries(Object.entries(document).filter(([name]) => name !== key));
  }
  const child = document[key];
  return isObject(child) ? { ...document, [key]: withoutValue(child, rest) } : document;
}

/** Whether two JSON values say the same; the order of keys does not matter. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) {
    return false;
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

/** Dotted paths of the leaves in which two documents differ, in the order of the second one. */
export function differences(from: Json | undefined, to: Json | undefined, path: Path = []): Path[] {
  if (sameJson(from, to)) {
    return [];
  }
  if (!isObject(from) || !isObject(to)) {
    return [path];
  }
  const keys = [...Object.keys(to), ...Object.keys(from).filter(key => !Object.hasOwn(to, key))];
  return keys.flatMap(key => differences(from[key], to[key], [...path, key]));
}
