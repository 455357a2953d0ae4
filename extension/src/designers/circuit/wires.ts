/** Wires that a person has drawn. */

import type { JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Point } from './geometry';
import { clamped } from './geometry';
import { sideOf } from './fastening';
import type { Key } from './kinds';
import { straightened } from './routing';
import type { Bar, Wire, WireEnd } from './scene';

/** Corners that the document gives, by the name of the wire. */
export function drawnRoutes(document: JsonObject): ReadonlyMap<string, readonly Point[]> {
  const routes = valueAt(document, ['diagram', 'routes']);
  const out = new Map<string, readonly Point[]>();
  for (const [id, corners] of Object.entries(isObject(routes) ? routes : {})) {
    if (Array.isArray(corners) && corners.length > 0) {
      const points = corners as readonly (readonly [number, number])[];
      out.set(
        id,
        points.map(([x, y]) => ({ x, y }))
      );
    }
  }
  return out;
}

/** A wire through corners that a person has drawn; its ends slide along the bars to meet the nearest corner. */
export function throughCorners(
  a: WireEnd,
  corners: readonly Point[],
  b: WireEnd,
  bars: ReadonlyMap<Key, Bar>
): Pick<Wire, 'a' | 'b' | 'corners'> {
  const slide = (end: WireEnd, corner: Point): WireEnd => {
    const bar = bars.get(end.key);
    if (!bar) {
      return end;
    }
    const half = bar.length / 2;
    const at = bar.level
      ? { x: clamped(corner.x, bar.at.x - half, bar.at.x + half), y: bar.at.y }
      : { x: bar.at.x, y: clamped(corner.y, bar.at.y - half, bar.at.y + half) };
    return { key: end.key, at, direction: sideOf(bar, corner) };
  };
  const first = slide(a, corners[0] as Point);
  const last = slide(b, corners[corners.length - 1] as Point);
  const points = [first.at, ...corners, last.at];
  const square: Point[] = [first.at];
  for (let i = 1; i < points.length; i++) {
    const [p, q] = [square[square.length - 1] as Point, points[i] as Point];
    if (p.x !== q.x && p.y !== q.y) {
      const upright = i === 1 ? first.direction === 'up' || first.direction === 'down' : false;
      square.push(upright ? { x: p.x, y: q.y } : { x: q.x, y: p.y });
    }
    square.push(q);
  }
  return { a: first, b: last, corners: straightened(square) };
}
