/** Where a thing of the palette goes: the busbars that it is connected to, and its place. */

import type { JsonObject } from '../../core/document';
import { besideBuses, sheetOf } from './arrange';
import type { Element, Placement } from './elements';
import { hasPlace, nominalVoltage } from './elements';
import type { Point, Rotation } from './geometry';
import type { Key, PaletteItem } from './kinds';
import { kindOf } from './kinds';
import { facing } from './layout';
import type { Scene } from './scene';

/** The selected busbars where they are as many as the thing needs, else the nearest ones that it can join. */
export function busesFor(
  document: JsonObject,
  scene: Scene,
  selection: ReadonlySet<Key>,
  item: PaletteItem,
  at: Point
): readonly Key[] {
  const wanted = kindOf(item.table).ends.length;
  const chosen = [...selection].filter(key => scene.bars.has(key));
  if (wanted === 0) {
    return [];
  }
  return chosen.length === wanted ? chosen : fitting(document, nearest(scene, at), item, wanted);
}

/** A line joins busbars of one voltage, a transformer a higher one before a lower one. */
function fitting(
  document: JsonObject,
  near: readonly Key[],
  item: PaletteItem,
  wanted: number
): readonly Key[] {
  const voltage = (key: Key) => nominalVoltage(document, key);
  const [first] = near;
  if (first === undefined || wanted === 1) {
    return near.slice(0, wanted);
  }
  const transforms = item.table === 'transformers' || item.table === 'three_winding_transformers';
  const like = near.filter(key => key !== first && (voltage(key) === voltage(first)) !== transforms);
  const known = new Set(like);
  const others = near.filter(key => key !== first && !known.has(key));
  const chosen = [first, ...like, ...others].slice(0, wanted);
  return transforms ? chosen.sort((a, b) => voltage(b) - voltage(a)) : chosen;
}

/** The busbars, the nearest to a point first. */
function nearest(scene: Scene, at: Point): readonly Key[] {
  return [...scene.bars.values()]
    .map(({ key, box }) => ({
      key,
      distance: Math.hypot(
        Math.max(box.left - at.x, 0, at.x - box.right),
        Math.max(box.top - at.y, 0, at.y - box.bottom)
      )
    }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ key }) => key);
}

/** The place of a new element; null where it has none of its own. */
export function placeFor(scene: Scene, element: Element, at: Point): Placement | null {
  if (!hasPlace(element)) {
    return null;
  }
  const { placements } = scene;
  if (element.table === 'labels' && Number.isFinite(at.x)) {
    return { x: Math.round(at.x), y: Math.round(at.y), rotation: 0, length: 0 };
  }
  if (element.table === 'buses') {
    return { x: Math.round(at.x), y: Math.round(at.y), rotation: 0, length: 6 };
  }
  const bars = element.buses.flatMap(bus => placements.get(bus) ?? []);
  const near = bars.some(bar => Math.abs(bar.y - at.y) < 2 && Math.abs(bar.x - at.x) < 6);
  if (near || !Number.isFinite(at.x)) {
    return besideBuses(element, placements, sheetOf(scene.elements, placements));
  }
  const place: Placement = { x: Math.round(at.x), y: Math.round(at.y), rotation: 0, length: 0 };
  const [bar] = bars;
  if (kindOf(element.table).ends.length === 1 && bar) {
    const level = bar.rotation % 180 === 0;
    const rotation: Rotation = level ? (at.y < bar.y ? 180 : 0) : at.x < bar.x ? 90 : 270;
    return { ...place, rotation };
  }
  return { ...place, rotation: facing(element, place, placements) };
}
