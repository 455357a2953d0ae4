import { describe, expect, it } from 'vitest';
import { set, applyOperations } from '../../core/operations';
import { meshed, SMALL } from '../../testing/networks';
import { arrange } from './arrange';
import { elementsIn, hasPlace } from './elements';
import type { Box } from './geometry';
import { overlap } from './geometry';
import { layOut } from './layout';
import { buildScene } from './scene';
import { stressLayout } from './stress';

function collisions(boxes: readonly Box[]): number {
  let count = 0;
  boxes.forEach((a, i) => {
    count += boxes.slice(i + 1).filter(b => overlap(a, b)).length;
  });
  return count;
}

describe('stress', () => {
  it('gives the distances of a path', () => {
    const path = stressLayout(3, [
      { a: 0, b: 1, length: 1 },
      { a: 1, b: 2, length: 1 }
    ]);
    const far = (i: number, j: number) =>
      Math.hypot((path[i]?.x ?? 0) - (path[j]?.x ?? 0), (path[i]?.y ?? 0) - (path[j]?.y ?? 0));
    // the last steps still move a node by up to a tenth of the error
    expect(Math.abs(far(0, 1) - 1)).toBeLessThan(0.1);
    expect(Math.abs(far(0, 2) - 2)).toBeLessThan(0.1);
    expect(Math.abs((path[0]?.y ?? 1) - (path[2]?.y ?? 0))).toBeLessThan(0.1);
  });
});

describe('the layout', () => {
  it.each([1, 14, 118, 300])('places %d buses and all that hangs at them without overlap', count => {
    const document = meshed(count);
    const { placements } = arrange(document, new Map());
    const placed = [...elementsIn(document).values()].filter(hasPlace);
    expect(placed.filter(({ key }) => !placements.has(key))).toEqual([]);
    const scene = buildScene(document, placements);
    const boxes = [...scene.bars.values(), ...scene.items.values()].map(({ box }) => box);
    expect(boxes).toHaveLength(placed.length);
    expect(collisions(boxes)).toBe(0);
  });

  it('is the same every time, on whole squares', () => {
    const elements = elementsIn(meshed(40));
    const first = layOut(elements);
    expect([...layOut(elements)]).toEqual([...first]);
    expect([...first.values()].every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y))).toBe(true);
  });

  it('keeps places that are given, and puts new things beside their buses', () => {
    const { placements } = arrange(SMALL, new Map());
    const places = Object.fromEntries([...placements].map(([key, { x, y }]) => [key, { x: x + 100, y }]));
    const drawn = applyOperations(SMALL, [
      set(['diagram'], { placements: places }),
      set(['generators'], { '1': { bus: '2', active_power: 1e6 } }),
      set(['buses', '4'], { nominal_voltage: 20e3 })
    ]).document;
    const again = arrange(drawn, new Map());
    expect([...again.fresh.keys()].sort()).toEqual(['buses/4', 'generators/1']);
    expect(again.placements.get('buses/2')?.x).toBe(places['buses/2']?.x);
    const bus = again.placements.get('buses/2');
    const generator = again.placements.get('generators/1');
    expect(Math.hypot((bus?.x ?? 0) - (generator?.x ?? 0), (bus?.y ?? 0) - (generator?.y ?? 0))).toBeLessThan(
      9
    );
    const third = arrange(drawn, again.fresh);
    expect(third.placements.get('buses/4')).toEqual(again.placements.get('buses/4'));
  });
});
