/**
 * What is drawn while elements are dragged, in three parts: what stays, what is carried as it is, and the wires between.
 *
 * The first two are drawn once and then only shifted. The wires between are routed anew for every place: around
 * obstacles while they are few, else by simple shapes; letting go routes what has got in the way of something.
 */

import type { Placement } from './elements';
import type { Box, Point } from './geometry';
import { grown, plus, union } from './geometry';
import type { Key } from './kinds';
import { boxOfWire } from './paint';
import { Router } from './routing';
import type { Bar, Item, Scene, Wire, WireEnd } from './scene';
import { areaOf, barOf, markersOf, obstaclesOf, wiresByKey } from './scene';

/** Up to so many wires are routed around obstacles at every step of a drag. */
const FEW = 12;
const ROOM = 30;
/** Squares around elements that their names and figures take at most. */
const TEXTS = 18;
const NOWHERE: Box = { left: 0, top: 0, right: 0, bottom: 0 };

export class Moving {
  readonly still: Scene;
  readonly carried: Scene;
  /** Around what is carried, where it was. */
  readonly reach: Box;
  private readonly pulled: readonly Wire[];
  private readonly elements: Scene['elements'];
  private readonly router: Router;

  constructor(
    private readonly scene: Scene,
    readonly keys: ReadonlySet<Key>
  ) {
    const moves = ({ key }: WireEnd) => keys.has(key);
    this.pulled = scene.wires.filter(({ a, b }) => moves(a) !== moves(b));
    const own = wiresByKey(this.pulled);
    this.elements = only(scene.elements, (key, { branch }) => own.has(key) || own.has(branch));
    const between = new Set(this.pulled.flatMap(({ key, a, b }) => [`${key} ${a.key}`, `${key} ${b.key}`]));
    const part = (inside: boolean): Scene => ({
      ...scene,
      bars: only(scene.bars, key => keys.has(key) === inside),
      items: only(scene.items, key => keys.has(key) === inside),
      wires: scene.wires.filter(({ a, b }) => moves(a) === inside && moves(b) === inside),
      markers: only(scene.markers, (_, { element }) => {
        const bus = element.buses[0] ?? '';
        return !between.has(`${element.branch} ${bus}`) && keys.has(bus) === inside;
      })
    });
    this.still = part(false);
    this.carried = part(true);
    const { bars, items, wires } = this.carried;
    const boxes = [...bars.values(), ...items.values()].map(({ box }) => box);
    this.reach = grown(union([...boxes, ...wires.map(boxOfWire)]) ?? NOWHERE, TEXTS);
    const { left, top, right, bottom } = areaOf(scene.bars.values(), scene.items.values());
    this.router = new Router(
      { left: left - ROOM, top: top - ROOM, right: right + ROOM, bottom: bottom + ROOM },
      obstaclesOf(this.still.bars.values(), this.still.items.values())
    );
    if (this.pulled.length > 0) {
      this.still.wires.forEach(wire => this.router.occupy(wire.corners));
    }
  }

  /** The wires between what stays and what is carried, when that is shifted by whole squares. */
  between(delta: Point): Scene {
    const wires = this.pulled.map(wire => this.pull(wire, delta));
    const wiresOf = wiresByKey(wires);
    const { scene, elements } = this;
    return {
      ...scene,
      elements,
      bars: NONE,
      items: NO_ITEMS,
      wires,
      wiresOf,
      markers: markersOf(elements, wiresOf)
    };
  }

  private pull(wire: Wire, delta: Point): Wire {
    const shift = (end: WireEnd): WireEnd =>
      this.keys.has(end.key) ? { ...end, at: plus(end.at, delta) } : end;
    const [a, b] = [shift(wire.a), shift(wire.b)];
    const few = this.pulled.length <= FEW;
    return { ...wire, a, b, corners: few ? this.router.route(a, b) : this.router.sketch(a, b).corners };
  }
}

const NONE: ReadonlyMap<Key, Bar> = new Map();
const NO_ITEMS: ReadonlyMap<Key, Item> = new Map();

function only<T>(all: ReadonlyMap<Key, T>, wanted: (key: Key, value: T) => boolean): ReadonlyMap<Key, T> {
  return new Map([...all].filter(([key, value]) => wanted(key, value)));
}

/** The scene with one bar of another place and length; its wires follow when the bar is let go. */
export function withBar(scene: Scene, key: Key, place: Placement): Scene {
  const bar = scene.bars.get(key) as Bar;
  const bars = new Map(scene.bars).set(key, barOf(bar.element, place, place.length));
  return { ...scene, bars };
}
