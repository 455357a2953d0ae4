/** Scenes of documents in which only values have changed keep their wires. */

import type { JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Placement } from './elements';
import { elementsIn, standardOf } from './elements';
import type { Key } from './kinds';
import type { Scene } from './scene';
import { itemOf } from './scene';
import { symbolOf } from './symbols';

/** A text that is the same as long as nothing changes that decides where wires run. */
export function signatureOf(document: JsonObject, placements: ReadonlyMap<Key, Placement>): string {
  const parts: string[] = [];
  for (const [key, { x, y, rotation, length }] of placements) {
    parts.push(`${key} ${x} ${y} ${rotation} ${length}`);
  }
  for (const [table, rows] of Object.entries(document)) {
    if (isObject(rows) && table !== 'diagram' && table !== 'sources') {
      for (const [id, row] of Object.entries(rows)) {
        if (isObject(row)) {
          const ends = ['bus', 'other_bus', 'from_bus', 'to_bus', 'bus_1', 'bus_2', 'bus_3', 'branch'];
          parts.push(`${table}/${id}`, ...ends.map(end => String(row[end] ?? '')));
        }
      }
    }
  }
  return (
    parts.join('|') +
    JSON.stringify([
      valueAt(document, ['diagram', 'routes']) ?? null,
      valueAt(document, ['diagram', 'labels']) ?? null
    ])
  );
}

/** The scene of a document in which only values have changed. */
export function refreshed(
  scene: Scene,
  document: JsonObject,
  placements: ReadonlyMap<Key, Placement>
): Scene {
  const all = elementsIn(document);
  const standard = standardOf(document);
  const bars = new Map(
    [...scene.bars].map(([key, bar]) => {
      const element = all.get(key);
      return [key, element ? { ...bar, element } : bar] as const;
    })
  );
  const items = new Map(
    [...scene.items].map(([key, item]) => {
      const element = all.get(key);
      const symbol = element && symbolOf(element.table, element.row, standard);
      return [key, element && symbol ? itemOf(element, item.place, symbol) : item] as const;
    })
  );
  const markers = new Map(
    [...scene.markers].map(([key, marker]) => [key, { ...marker, element: all.get(key) ?? marker.element }])
  );
  return { ...scene, standard, elements: all, bars, items, markers, placements };
}
