import { describe, expect, it } from 'vitest';
import type { Box, Point } from './geometry';
import type { RouteEnd } from './routing';
import { Router, straightened } from './routing';

const AREA: Box = { left: 0, top: 0, right: 40, bottom: 30 };
const end = (x: number, y: number, direction: RouteEnd['direction']): RouteEnd => ({
  at: { x, y },
  direction
});

function isOrthogonal(corners: readonly Point[]): boolean {
  return corners.slice(1).every((p, i) => p.x === corners[i]?.x || p.y === corners[i]?.y);
}

function crosses(corners: readonly Point[], box: Box): boolean {
  return corners.slice(1).some((p, i) => {
    const q = corners[i] as Point;
    return (
      Math.max(p.x, q.x) > box.left &&
      Math.min(p.x, q.x) < box.right &&
      Math.max(p.y, q.y) > box.top &&
      Math.min(p.y, q.y) < box.bottom
    );
  });
}

function length(corners: readonly Point[]): number {
  return corners.slice(1).reduce((sum, p, i) => {
    const q = corners[i] as Point;
    return sum + Math.abs(p.x - q.x) + Math.abs(p.y - q.y);
  }, 0);
}

describe('routes', () => {
  it('are straight where nothing is in the way', () => {
    const router = new Router(AREA, []);
    expect(router.route(end(5, 2, 'down'), end(5, 12, 'up'))).toEqual([
      { x: 5, y: 2 },
      { x: 5, y: 12 }
    ]);
  });

  it('take two bends and no detour between bars that are offset', () => {
    const corners = new Router(AREA, []).route(end(5, 2, 'down'), end(15, 12, 'up'));
    expect(corners).toHaveLength(4);
    expect(length(corners)).toBe(20);
    expect(isOrthogonal(corners)).toBe(true);
  });

  it.each([
    ['down', 'down'],
    ['up', 'up'],
    ['down', 'up'],
    ['up', 'down'],
    ['left', 'right'],
    ['right', 'left'],
    ['down', 'left'],
    ['up', 'right'],
    ['left', 'up']
  ] as const)('leave %s and arrive from %s', (from, to) => {
    const corners = new Router(AREA, []).route(end(12, 12, from), end(24, 20, to));
    const step = (a: Point, b: Point) => [Math.sign(b.x - a.x), Math.sign(b.y - a.y)];
    const directions = { up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0] };
    expect(isOrthogonal(corners)).toBe(true);
    expect(step(corners[0] as Point, corners[1] as Point)).toEqual(directions[from]);
    expect(step(corners.at(-1) as Point, corners.at(-2) as Point)).toEqual(directions[to]);
  });

  it('go around an obstacle, and by the search around a trap', () => {
    const wall: Box = { left: 8, top: 6, right: 22, bottom: 7 };
    const router = new Router(AREA, [wall]);
    const around = router.route(end(15, 2, 'down'), end(15, 12, 'up'));
    expect(crosses(around, wall)).toBe(false);
    const trap: Box[] = [
      { left: 4, top: 10, right: 26, bottom: 10.5 },
      { left: 4, top: -8, right: 4.5, bottom: 10 },
      { left: 25.5, top: -4, right: 26, bottom: 10 }
    ];
    const out = new Router(AREA, trap).route(end(15, 2, 'down'), end(15, 16, 'up'));
    expect(trap.filter(box => crosses(out, box))).toEqual([]);
    expect(isOrthogonal(out)).toBe(true);
  });

  it('keep off routes that were laid before', () => {
    const router = new Router(AREA, []);
    const first = router.route(end(5, 2, 'down'), end(15, 12, 'up'));
    router.occupy(first);
    const second = router.route(end(6, 2, 'down'), end(16, 12, 'up'));
    const level = (corners: readonly Point[]) => corners[1]?.y;
    expect(level(second)).not.toBe(level(first));
    router.occupy(first, -1);
    expect(router.route(end(6, 2, 'down'), end(16, 12, 'up'))[1]?.y).toBe(level(first));
  });

  it('lose corners on a straight line', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 0, y: 2 },
      { x: 0, y: 4 },
      { x: 3, y: 4 }
    ];
    expect(straightened(points)).toEqual([points[0], points[2], points[3]]);
  });
});
