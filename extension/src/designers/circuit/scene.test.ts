import { describe, expect, it } from 'vitest';
import { applyOperations, set } from '../../core/operations';
import { meshed, SMALL } from '../../testing/networks';
import { arrange } from './arrange';
import { rotated, turned } from './geometry';
import { handlesOf, hit, within } from './hits';
import { neighbour } from './keys';
import { Moving } from './moving';
import type { Scene } from './scene';
import { buildScene, extentOf } from './scene';

const sceneOf = (document: typeof SMALL): Scene =>
  buildScene(document, arrange(document, new Map()).placements);

const PLACED = applyOperations(SMALL, [
  set(['diagram'], {
    placements: {
      'buses/1': { x: 0, y: 0, length: 8 },
      'buses/2': { x: 0, y: 12, length: 12 },
      'buses/3': { x: 0, y: 24, length: 12 },
      'transformers/1': { x: 0, y: 6 },
      'external_grids/1': { x: 0, y: -4, rotation: 180 },
      'loads/1': { x: 0, y: 28 },
      'switches/2': { x: 4, y: 18 }
    }
  })
]).document;

describe('geometry', () => {
  it('turns clockwise', () => {
    expect(rotated({ x: 0, y: -2 }, 90)).toEqual({ x: 2, y: 0 });
    expect(turned('up', 90)).toBe('right');
    expect(turned('left', 180)).toBe('right');
  });
});

describe('a scene', () => {
  it('has a bar, a symbol or a wire for each element', () => {
    const scene = sceneOf(SMALL);
    expect([...scene.bars.keys()]).toEqual(['buses/1', 'buses/2', 'buses/3']);
    expect([...scene.items.keys()].sort()).toEqual([
      'external_grids/1',
      'loads/1',
      'switches/2',
      'transformers/1'
    ]);
    expect([...scene.markers.keys()]).toEqual(['switches/1']);
    expect(scene.wires.map(({ id }) => id).sort()).toEqual([
      'external_grids/1/bus',
      'lines/1/from',
      'loads/1/bus',
      'switches/2/bus',
      'switches/2/other',
      'transformers/1/from',
      'transformers/1/to'
    ]);
  });

  it('fastens connections to bars at right angles, each at a place of its own', () => {
    const scene = sceneOf(meshed(60));
    const places = new Set<string>();
    for (const { a, b, corners } of scene.wires) {
      for (const [end, next] of [
        [a, corners[1]],
        [b, corners.at(-2)]
      ] as const) {
        const bar = scene.bars.get(end.key);
        if (bar) {
          expect(Math.abs(end.at.x - bar.at.x)).toBeLessThanOrEqual(bar.length / 2);
          expect(end.at.y).toBe(bar.at.y);
          expect(next?.x).toBe(end.at.x);
          places.add(`${end.key} ${end.direction} ${end.at.x}`);
        }
      }
    }
    const ends = scene.wires.flatMap(({ a, b }) => [a, b]).filter(({ key }) => scene.bars.has(key));
    expect(places.size).toBe(ends.length);
  });

  it('slides connections along a bar when the other end moves', () => {
    const before = buildScene(PLACED, arrange(PLACED, new Map()).placements);
    const moved = applyOperations(PLACED, [
      set(['diagram', 'placements', 'loads/1'], { x: 5, y: 28 })
    ]).document;
    const after = buildScene(moved, arrange(moved, new Map()).placements);
    const end = (scene: Scene) => scene.wires.find(({ id }) => id === 'loads/1/bus')?.b.at.x;
    expect(end(before)).toBe(0);
    expect(end(after)).toBe(5);
  });

  it('runs through corners that a person has drawn', () => {
    const drawn = applyOperations(PLACED, [
      set(['diagram', 'routes'], {
        'lines/1/from': [
          [-5, 15],
          [-9, 15],
          [-9, 20],
          [-4, 20]
        ]
      })
    ]).document;
    const scene = buildScene(drawn, arrange(drawn, new Map()).placements);
    const wire = scene.wires.find(({ id }) => id === 'lines/1/from');
    expect(wire?.corners).toEqual([
      { x: -5, y: 12 },
      { x: -5, y: 15 },
      { x: -9, y: 15 },
      { x: -9, y: 20 },
      { x: -4, y: 20 },
      { x: -4, y: 24 }
    ]);
  });

  it('keeps wires that nothing has disturbed', () => {
    const document = meshed(60);
    const { placements } = arrange(document, new Map());
    const scene = buildScene(document, placements);
    const place = placements.get('buses/30');
    const moved = new Map(placements).set('buses/30', { ...place, x: (place?.x ?? 0) + 3 } as never);
    const after = buildScene(document, moved, scene);
    const before = new Map(scene.wires.map(wire => [wire.id, wire.corners]));
    const kept = after.wires.filter(wire => before.get(wire.id) === wire.corners);
    expect(kept.length).toBeGreaterThan(0.7 * after.wires.length);
    expect(after.wires).toHaveLength(scene.wires.length);
  });
});

describe('pointing', () => {
  const scene = buildScene(PLACED, arrange(PLACED, new Map()).placements);

  it('finds symbols before bars and wires', () => {
    expect(hit(scene, { x: 0, y: 6 }, 0.3)).toBe('transformers/1');
    expect(hit(scene, { x: 3, y: 0.1 }, 0.3)).toBe('buses/1');
    const wire = scene.wires.find(({ id }) => id === 'lines/1/from');
    const [p, q] = wire?.corners ?? [];
    expect(hit(scene, { x: p?.x ?? 0, y: ((p?.y ?? 0) + (q?.y ?? 0)) / 2 + 1 }, 0.3)).toBe('lines/1');
    expect(hit(scene, { x: 30, y: 30 }, 0.3)).toBeNull();
  });

  it('finds what a box holds', () => {
    expect(within(scene, { left: -20, top: 11, right: 20, bottom: 25 })).toEqual([
      'buses/2',
      'buses/3',
      'switches/2',
      'switches/1',
      'lines/1'
    ]);
  });

  it('offers handles for one element only', () => {
    expect(handlesOf(scene, new Set(['buses/2'])).map(({ at }) => at.x)).toEqual([-6, 6]);
    expect(handlesOf(scene, new Set(['loads/1'])).map(({ kind }) => kind)).toEqual(['end']);
    expect(handlesOf(scene, new Set(['buses/2', 'loads/1']))).toEqual([]);
  });

  it('goes from element to element by direction', () => {
    expect(neighbour(scene, 'buses/1', 'down')).toBe('transformers/1');
    expect(neighbour(scene, 'buses/1', 'up')).toBe('external_grids/1');
    expect(neighbour(scene, 'external_grids/1', 'up')).toBeNull();
  });
});

describe('moving', () => {
  const scene = buildScene(PLACED, arrange(PLACED, new Map()).placements);

  it('carries what is selected and pulls the wires that lead out', () => {
    const moving = new Moving(scene, new Set(['buses/3', 'loads/1']));
    const between = moving.between({ x: 3, y: 4 });
    const ids = (s: Scene) => s.wires.map(({ id }) => id);
    expect([...moving.carried.bars.keys(), ...moving.carried.items.keys()]).toEqual(['buses/3', 'loads/1']);
    expect(ids(moving.carried)).toEqual(['loads/1/bus']);
    expect(ids(between).sort()).toEqual(['lines/1/from', 'switches/2/other']);
    expect(ids(moving.still)).toContain('transformers/1/from');
    expect(ids(moving.still)).toHaveLength(scene.wires.length - 3);
    const [before, after] = [scene, between].map(s => s.wires.find(({ id }) => id === 'lines/1/from'));
    expect(after?.a.at).toEqual(before?.a.at);
    expect(after?.b.at).toEqual({ x: (before?.b.at.x ?? 0) + 3, y: 28 });
    expect(moving.still.markers.size + moving.carried.markers.size + between.markers.size).toBe(1);
    expect(scene.bars.get('buses/3')?.at).toEqual({ x: 0, y: 24 });
  });

  it('knows how far everything reaches', () => {
    expect(extentOf(scene)).toMatchObject({ top: -6, bottom: 30 });
  });
});
