/** Points, boxes and quarter turns, in grid squares; x to the right, y downwards. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export type Rotation = 0 | 90 | 180 | 270;
export type Direction = 'up' | 'down' | 'left' | 'right';

export const STEP: Readonly<Record<Direction, Point>> = {
  up: { x: 0, y: -1 },
  right: { x: 1, y: 0 },
  down: { x: 0, y: 1 },
  left: { x: -1, y: 0 }
};

const CLOCKWISE: readonly Direction[] = ['up', 'right', 'down', 'left'];

/** Direction after a turn, clockwise. */
export function turned(direction: Direction, rotation: Rotation): Direction {
  return CLOCKWISE[(CLOCKWISE.indexOf(direction) + rotation / 90) % 4] as Direction;
}

export function opposite(direction: Direction): Direction {
  return turned(direction, 180);
}

/** A point turned clockwise about the origin. */
export function rotated({ x, y }: Point, rotation: Rotation): Point {
  switch (rotation) {
    case 90:
      return { x: -y, y: x };
    case 180:
      return { x: -x, y: -y };
    case 270:
      return { x: y, y: -x };
    default:
      return { x, y };
  }
}

export function asRotation(value: unknown): Rotation {
  return value === 90 || value === 180 || value === 270 ? value : 0;
}

export function plus(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y };
}

export function minus(a: Point, b: Point): Point {
  return { x: a.x - b.x, y: a.y - b.y };
}

export function samePoint(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

/** Box around a centre. */
export function boxAround({ x, y }: Point, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

export function boxOf(a: Point, b: Point): Box {
  return {
    left: Math.min(a.x, b.x),
    top: Math.min(a.y, b.y),
    right: Math.max(a.x, b.x),
    bottom: Math.max(a.y, b.y)
  };
}

export function grown(box: Box, by: number): Box {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}

export function shifted(box: Box, { x, y }: Point): Box {
  return { left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y };
}

export function contains(box: Box, { x, y }: Point): boolean {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** Whether two boxes share more than an edge. */
export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** What two boxes share; null where that is nothing. */
export function common(a: Box, b: Box): Box | null {
  const box = {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom)
  };
  return box.left < box.right && box.top < box.bottom ? box : null;
}

/** Smallest box around all of them; null where there are none. */
export function union(boxes: Iterable<Box>): Box | null {
  let found: Box | null = null;
  for (const box of boxes) {
    found = found
      ? {
          left: Math.min(found.left, box.left),
          top: Math.min(found.top, box.top),
          right: Math.max(found.right, box.right),
          bottom: Math.max(found.bottom, box.bottom)
        }
      : box;
  }
  return found;
}

export function snapped(value: number): number {
  return Math.round(value) + 0; // no −0
}

export function snappedPoint({ x, y }: Point): Point {
  return { x: snapped(x), y: snapped(y) };
}

export function clamped(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Distance of a point from a segment. */
export function distanceToSegment(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length > 0 ? clamped(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0, 1) : 0;
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

export function distanceToLine(p: Point, corners: readonly Point[]): number {
  let nearest = Infinity;
  for (let i = 1; i < corners.length; i++) {
    nearest = Math.min(nearest, distanceToSegment(p, corners[i - 1] as Point, corners[i] as Point));
  }
  return nearest;
}

/** Point and direction at a share of the length of a polyline. */
export function along(corners: readonly Point[], share: number): { at: Point; direction: Point } {
  const lengths = corners.slice(1).map((b, i) => {
    const a = corners[i] as Point;
    return Math.hypot(b.x - a.x, b.y - a.y);
  });
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i] as number;
    const [a, b] = [corners[i] as Point, corners[i + 1] as Point];
    if (left <= length && length > 0) {
      const direction = { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
      return { at: { x: a.x + direction.x * left, y: a.y + direction.y * left }, direction };
    }
    left -= length;
  }
  return { at: corners[corners.length - 1] ?? { x: 0, y: 0 }, direction: { x: 0, y: 1 } };
}
