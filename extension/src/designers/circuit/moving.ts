/** A scene while some of its elements are dragged: what moves, moves; wires that are pulled are routed anew. */

import type { Placement } from './elements';
import type { Point } from './geometry';
import { plus, shifted } from './geometry';
import type { Key } from './kinds';
import { Router } from './routing';
import type { Bar, Item, Scene, Wire, WireEnd } from './scene';
import { areaOf, barOf, itemOf, obstaclesOf, withWires } from './scene';

export class Moving {
  private readonly router: Router;
  private readonly pulled: readonly Wire[];
  private readonly carried: readonly Wire[];
  private readonly still: readonly Wire[];

  constructor(
    private readonly scene: Scene,
    readonly keys: ReadonlySet<Key>
  ) {
    const moves = ({ key }: WireEnd) => keys.has(key);
    this.carried = scene.wires.filter(({ a, b }) => moves(a) && moves(b));
    this.pulled = scene.wires.filter(({ a, b }) => moves(a) !== moves(b));
    this.still = scene.wires.filter(({ a, b }) => !moves(a) && !moves(b));
    const bars = [...scene.bars.values()].filter(({ key }) => !keys.has(key));
    const items = [...scene.items.values()].filter(({ key }) => !keys.has(key));
    const area = areaOf(scene.bars.values(), scene.items.values());
    this.router = new Router(
      { left: area.left - 30, top: area.top - 30, right: area.right + 30, bottom: area.bottom + 30 },
      obstaclesOf(bars, items)
    );
    this.still.forEach(wire => this.router.occupy(wire.corners));
  }

  /** The scene with what is dragged shifted by whole squares. */
  at(delta: Point): Scene {
    const { scene, keys } = this;
    const bars = new Map(scene.bars);
    const items = new Map(scene.items);
    const placements = new Map(scene.placements);
    for (const key of keys) {
      const place = placements.get(key);
      if (place) {
        placements.set(key, { ...place, ...plus(place, delta) });
      }
      const bar = bars.get(key);
      const item = items.get(key);
      if (bar) {
        bars.set(key, { ...bar, at: plus(bar.at, delta), box: shifted(bar.box, delta) });
      } else if (item) {
        items.set(key, shiftedItem(item, delta));
      }
    }
    const wires = [
      ...this.still,
      ...this.carried.map(wire => ({
        ...wire,
        a: { ...wire.a, at: plus(wire.a.at, delta) },
        b: { ...wire.b, at: plus(wire.b.at, delta) },
        corners: wire.corners.map(corner => plus(corner, delta))
      })),
      ...this.pulled.map(wire => this.pull(wire, delta))
    ];
    return withWires({ ...scene, bars, items, placements }, wires);
  }

  private pull(wire: Wire, delta: Point): Wire {
    const shift = (end: WireEnd): WireEnd =>
      this.keys.has(end.key) ? { ...end, at: plus(end.at, delta) } : end;
    const [a, b] = [shift(wire.a), shift(wire.b)];
    return { ...wire, a, b, corners: this.router.route(a, b) };
  }
}

function shiftedItem(item: Item, delta: Point): Item {
  return {
    ...item,
    place: { ...item.place, ...plus(item.place, delta) },
    terminals: item.terminals.map(terminal => ({ ...terminal, at: plus(terminal.at, delta) })),
    box: shifted(item.box, delta)
  };
}

/** The scene with one bar of another place and length; its wires follow when the bar is let go. */
export function withBar(scene: Scene, key: Key, place: Placement): Scene {
  const bar = scene.bars.get(key) as Bar;
  const bars = new Map(scene.bars).set(key, barOf(bar.element, place, place.length));
  return { ...scene, bars };
}

/** The scene with one more symbol, for what is being dragged in. */
export function withItem(scene: Scene, item: Item): Scene {
  return {
    ...scene,
    items: new Map(scene.items).set(item.key, itemOf(item.element, item.place, item.symbol))
  };
}
