/** Materials of one's own, which travel inside the document of the cell. */

import type { Json, JsonObject, Path } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Fault } from '../../core/validation';
import { fault } from '../../core/validation';

/** Begins the name of such a material where a part of the cell uses it. */
const OWN = 'own:';
const KINDS: Readonly<Record<string, string>> = {
  active: 'joulebook.active_material',
  electrolyte: 'joulebook.electrolyte_material',
  film: 'joulebook.film_material'
};

function carried(document: JsonObject): JsonObject {
  const found = valueAt(document, ['materials']);
  return isObject(found) ? found : {};
}

export function isOwn(name: unknown): name is string {
  return typeof name === 'string' && name.startsWith(OWN);
}

/** As people read it: "own: my graphite". */
export function shownName(name: string): string {
  return isOwn(name) ? `own: ${name.slice(OWN.length)}` : name;
}

/** The document of a material of one's own; undefined for those of the library. */
export function ownMaterial(document: JsonObject, name: unknown): JsonObject | undefined {
  const found = isOwn(name) ? valueAt(carried(document), [name.slice(OWN.length)]) : undefined;
  return isObject(found) ? found : undefined;
}

/** Names of the materials of one's own that can serve in a place; `side` keeps those of one electrode. */
export function ownNames(document: JsonObject, kind: string, side = ''): readonly string[] {
  return Object.entries(carried(document))
    .filter(([, item]: readonly [string, Json]) => isObject(item) && item['kind'] === KINDS[kind])
    .filter(([, item]: readonly [string, Json]) => {
      const polarity = isObject(item) ? item['polarity'] : undefined;
      return !side || typeof polarity !== 'string' || polarity === side;
    })
    .map(([name]) => `${OWN}${name}`);
}

/** What is wrong with a name that means a material of one's own, in the words of Python. */
export function ownFaults(document: JsonObject, path: Path, kind: string, name: string): readonly Fault[] {
  const found = ownMaterial(document, name);
  if (found?.['kind'] === KINDS[kind] || !(kind in KINDS)) {
    return [];
  }
  const known = ownNames(document, kind);
  const hint =
    known.length > 0
      ? `It has: ${known.join(', ')}`
      : 'Take one of the library, or add one with with_material';
  const rule = found
    ? `is not the kind of material for this place: ${String(found['kind'])}`
    : 'there is no such material in this document';
  return [fault(path, name, rule, hint)];
}
