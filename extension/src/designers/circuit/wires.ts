/** Wires that a person has drawn, and wires that stay as they were. */

import type { JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import type { Box, Point } from './geometry';
import { boxOf, clamped, grown, samePoint } from './geometry';
import type { Key } from './kinds';
import { straightened } from './routing';
import type { Bar, Item, Scene, Wire, WireEnd } from './scene';
import { sideOf } from './scene';

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

/** Gives the corners of an earlier wire where its ends are the same and nothing has moved into its way. */
export function undisturbed(
  earlier: Scene,
  bars: ReadonlyMap<Key, Bar>,
  items: ReadonlyMap<Key, Item>
): (id: string, a: WireEnd, b: WireEnd) => readonly Point[] | null {
  const changed: Box[] = [];
  const compare = (now: ReadonlyMap<Key, { box: Box }>, then: ReadonlyMap<Key, { box: Box }>) => {
    for (const [key, { box }] of now) {
      const before = then.get(key)?.box;
      if (!before || before.left !== box.left || before.top !== box.top || before.right !== box.right) {
        changed.push(grown(box, -0.2));
      }
    }
  };
  compare(bars, earlier.bars);
  compare(items, earlier.items);
  const wires = new Map(earlier.wires.map(wire => [wire.id, wire]));
  return (id, a, b) => {
    const wire = wires.get(id);
    if (!wire || wire.drawn || !sameEnds(wire.a, a) || !sameEnds(wire.b, b)) {
      return null;
    }
    const clear = wire.corners.every((p, i) => {
      const q = wire.corners[i + 1];
      return !q || !changed.some(box => touches(boxOf(p, q), box));
    });
    return clear ? wire.corners : null;
  };
}

/** Whether a flat box crosses another one. */
function touches(flat: Box, box: Box): boolean {
  return flat.left <= box.right && flat.right >= box.left && flat.top <= box.bottom && flat.bottom >= box.top;
}

function sameEnds(a: WireEnd, b: WireEnd): boolean {
  return a.key === b.key && a.direction === b.direction && samePoint(a.at, b.at);
}
