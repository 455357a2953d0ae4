/** What lies under a point of the sheet. */

import type { Box, Point } from './geometry';
import { boxOf, contains, distanceToLine, grown, overlap } from './geometry';
import type { Key } from './kinds';
import { boxOfWire } from './paint';
import type { Scene, Wire } from './scene';

/** The element under a point; `slack` grid squares around it count. Small things come before large ones. */
export function hit(scene: Scene, at: Point, slack: number): Key | null {
  for (const { key, box } of scene.markers.values()) {
    if (contains(grown(box, slack), at)) {
      return key;
    }
  }
  for (const { key, box } of scene.items.values()) {
    if (contains(box, at)) {
      return key;
    }
  }
  for (const { key, box } of scene.bars.values()) {
    if (contains(grown(box, slack), at)) {
      return key;
    }
  }
  return hitWire(scene, at, slack)?.key ?? null;
}

export function hitWire(scene: Scene, at: Point, slack: number): Wire | null {
  let nearest: Wire | null = null;
  let distance = slack;
  for (const wire of scene.wires) {
    if (!contains(grown(boxOfWire(wire), distance), at)) {
      continue;
    }
    const d = distanceToLine(at, wire.corners);
    if (d <= distance) {
      [nearest, distance] = [wire, d];
    }
  }
  return nearest;
}

/** Elements that lie in a box: bars and symbols that it touches, lines that it holds whole. */
export function within(scene: Scene, box: Box): readonly Key[] {
  const keys: Key[] = [];
  for (const group of [scene.bars, scene.items, scene.markers]) {
    for (const { key, box: own } of group.values()) {
      if (overlap(own, box)) {
        keys.push(key);
      }
    }
  }
  for (const { key, corners, id } of scene.wires) {
    if (id.startsWith('lines/') && corners.every(corner => contains(box, corner))) {
      keys.push(key);
    }
  }
  return keys;
}

/** Things that a person can take hold of on a selected element. */
export type Handle =
  | { readonly kind: 'bar'; readonly key: Key; readonly end: -1 | 1; readonly at: Point }
  | { readonly kind: 'end'; readonly wire: Wire; readonly side: 'a' | 'b'; readonly at: Point }
  | { readonly kind: 'segment'; readonly wire: Wire; readonly index: number; readonly at: Point };

/** Handles of the only selected element: ends of its bar, ends of its wires at bars, inner segments of its wires. */
export function handlesOf(scene: Scene, selection: ReadonlySet<Key>): readonly Handle[] {
  const [key, ...more] = selection;
  if (key === undefined || more.length > 0) {
    return [];
  }
  const bar = scene.bars.get(key);
  if (bar) {
    const half = bar.length / 2;
    return ([-1, 1] as const).map(end => ({
      kind: 'bar' as const,
      key,
      end,
      at: bar.level ? { x: bar.at.x + end * half, y: bar.at.y } : { x: bar.at.x, y: bar.at.y + end * half }
    }));
  }
  return (scene.wiresOf.get(key) ?? []).flatMap((wire): readonly Handle[] => {
    const ends: Handle[] = [{ kind: 'end', wire, side: 'b', at: wire.b.at }];
    if (scene.bars.has(wire.a.key)) {
      ends.push({ kind: 'end', wire, side: 'a', at: wire.a.at });
    }
    const segments = wire.corners.slice(1, -2).map((p, i): Handle => {
      const q = wire.corners[i + 2] as Point;
      const { left, top, right, bottom } = boxOf(p, q);
      return { kind: 'segment', wire, index: i + 1, at: { x: (left + right) / 2, y: (top + bottom) / 2 } };
    });
    return [...ends, ...segments];
  });
}
