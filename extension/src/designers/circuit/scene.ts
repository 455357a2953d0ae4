/** Where everything of a network is on the sheet: bars, symbols, and the wires between them. */

import type { JsonObject } from '../../core/document';
import type { Element, Placement, Placements } from './elements';
import { elementsIn, standardOf } from './elements';
import type { Box, Point } from './geometry';
import { along, boxAround, boxOf, grown, plus, rotated, turned, union } from './geometry';
import type { Key } from './kinds';
import type { Fastened } from './fastening';
import { attached, lengthen, wishesOf } from './fastening';
import type { Kept } from './keeping';
import { undisturbed } from './keeping';
import type { RouteEnd } from './routing';
import { Router } from './routing';
import type { Standard, Symbol, Terminal } from './symbols';
import { symbolOf } from './symbols';
import type { Steps } from './steps';
import { finished } from './steps';
import { drawnRoutes, throughCorners } from './wires';

export interface Bar {
  readonly key: Key;
  readonly element: Element;
  readonly at: Point;
  readonly level: boolean;
  readonly length: number;
  readonly box: Box;
}

export interface Item {
  readonly key: Key;
  readonly element: Element;
  readonly symbol: Symbol;
  readonly place: Placement;
  readonly terminals: readonly Terminal[];
  readonly box: Box;
}

/** Where a wire ends: at a bar, or at a terminal of a symbol. */
export interface WireEnd extends RouteEnd {
  /** Key of the bar or of the element. */
  readonly key: Key;
}

export interface Wire {
  /** As `diagram.routes` has it: "lines/1/from". */
  readonly id: string;
  readonly key: Key;
  /** Field of the element that names the bus at the far end. */
  readonly field: string;
  readonly a: WireEnd;
  readonly b: WireEnd;
  readonly corners: readonly Point[];
  /** Whether a person has drawn it. */
  readonly drawn: boolean;
  /** Whether it crosses something, and no way around has been looked for yet. */
  readonly rough: boolean;
}

/** A switch at the end of a branch, drawn on its wire. */
export interface Marker {
  readonly key: Key;
  readonly element: Element;
  readonly at: Point;
  readonly upright: boolean;
  readonly box: Box;
}

export interface Scene {
  readonly standard: Standard;
  readonly elements: ReadonlyMap<Key, Element>;
  readonly placements: Placements;
  readonly bars: ReadonlyMap<Key, Bar>;
  readonly items: ReadonlyMap<Key, Item>;
  readonly wires: readonly Wire[];
  /** Wires of an element. */
  readonly wiresOf: ReadonlyMap<Key, readonly Wire[]>;
  readonly markers: ReadonlyMap<Key, Marker>;
}

/** Squares of a bar at least. */
export const SHORTEST = 4;
const HALO = 0.5;
const MARKER = 0.9;

/** Name of an end in `diagram.routes`. */
export function endName(field: string): string {
  return field.replace(/_bus$/, '');
}

/** Searches for a way around that a scene makes before it is shown; the rest of its wires stay rough at first. */
const SEARCHES = 150;
/** Wires between two looks at the clock. */
const BATCH = 24;

/** Build a scene; wires of an earlier one that nothing has disturbed are kept. */
export function buildScene(document: JsonObject, placements: Placements, earlier?: Scene): Scene {
  return finished(sceneSteps(document, placements, earlier));
}

/** The same in steps; each gives the share that is done. */
export function* sceneSteps(document: JsonObject, placements: Placements, earlier?: Scene): Steps<Scene> {
  const elements = elementsIn(document);
  const standard = standardOf(document);
  const bars = new Map<Key, Bar>();
  const items = new Map<Key, Item>();
  for (const element of elements.values()) {
    const place = placements.get(element.key);
    if (!place) {
      continue;
    }
    if (element.table === 'buses') {
      bars.set(element.key, barOf(element, place, place.length || SHORTEST));
    } else {
      const symbol = symbolOf(element.table, element.row, standard);
      if (symbol) {
        items.set(element.key, itemOf(element, place, symbol));
      }
    }
  }
  const wishes = wishesOf(elements, bars, items);
  lengthen(bars, placements, wishes);
  const kept = earlier ? undisturbed(earlier, bars, items) : () => null;
  const wires = yield* routed(attached(wishes, bars), drawnRoutes(document), bars, items, kept);
  return withWires({ standard, elements, placements, bars, items }, wires);
}

/** A scene with its wires, and what follows from them. */
export function withWires(
  parts: Omit<Scene, 'wires' | 'wiresOf' | 'markers'>,
  wires: readonly Wire[]
): Scene {
  const wiresOf = wiresByKey(wires);
  return { ...parts, wires, wiresOf, markers: markersOf(parts.elements, wiresOf) };
}

/** Wires by the element that they belong to. */
export function wiresByKey(wires: readonly Wire[]): ReadonlyMap<Key, readonly Wire[]> {
  const found = new Map<Key, Wire[]>();
  for (const wire of wires) {
    const known = found.get(wire.key);
    if (known) {
      known.push(wire);
    } else {
      found.set(wire.key, [wire]);
    }
  }
  return found;
}

export function barOf(element: Element, place: Placement, length: number): Bar {
  const level = place.rotation % 180 === 0;
  const at = { x: place.x, y: place.y };
  const box = grown(level ? boxAround(at, length, 0) : boxAround(at, 0, length), 0.3);
  return { key: element.key, element, at, level, length, box };
}

export function itemOf(element: Element, place: Placement, symbol: Symbol): Item {
  const terminals = symbol.terminals.map(({ at, direction }) => ({
    at: plus(rotated(at, place.rotation), place),
    direction: turned(direction, place.rotation)
  }));
  const flat = place.rotation % 180 === 0;
  const box = boxAround(place, flat ? symbol.width : symbol.height, flat ? symbol.height : symbol.width);
  return { key: element.key, element, symbol, place, terminals, box };
}

/** The boxes that wires go around. */
export function obstaclesOf(bars: Iterable<Bar>, items: Iterable<Item>): readonly Box[] {
  return [
    ...[...bars].map(({ box }) => grown(box, HALO - 0.3)),
    ...[...items].map(({ box }) => grown(box, -0.25))
  ];
}

export function areaOf(bars: Iterable<Bar>, items: Iterable<Item>): Box {
  const box = union([...[...bars].map(bar => bar.box), ...[...items].map(item => item.box)]);
  return box
    ? {
        left: Math.floor(box.left),
        top: Math.floor(box.top),
        right: Math.ceil(box.right),
        bottom: Math.ceil(box.bottom)
      }
    : { left: 0, top: 0, right: 1, bottom: 1 };
}

function* routed(
  fastened: readonly Fastened[],
  drawn: ReadonlyMap<string, readonly Point[]>,
  bars: ReadonlyMap<Key, Bar>,
  items: ReadonlyMap<Key, Item>,
  kept: (id: string, a: WireEnd, b: WireEnd) => Kept | null
): Steps<readonly Wire[]> {
  const whole = fastened.flatMap(({ wish, a, b }) => (a && b ? [{ wish, a, b }] : []));
  const wires: Wire[] = [];
  let router: Router | null = null;
  let searches = SEARCHES;
  const route = (a: WireEnd, b: WireEnd): Kept => {
    router ??= routerOf(bars, items, wires);
    const { corners, clear } = router.sketch(a, b);
    if (clear || searches <= 0) {
      return { corners, rough: !clear };
    }
    searches--;
    return { corners: router.search(a, b) ?? corners, rough: false };
  };
  for (const { wish, a, b } of [...whole].sort((p, q) => distance(p) - distance(q))) {
    const { id, key, field } = wish;
    const corners = drawn.get(id);
    const wire: Wire = corners
      ? { id, key, field, drawn: true, rough: false, ...throughCorners(a, corners, b, bars) }
      : { id, key, field, drawn: false, a, b, ...(kept(id, a, b) ?? route(a, b)) };
    (router as Router | null)?.occupy(wire.corners);
    wires.push(wire);
    if (wires.length % BATCH === 0) {
      yield wires.length / whole.length;
    }
  }
  return wires;
}

function distance({ a, b }: { readonly a: WireEnd; readonly b: WireEnd }): number {
  return Math.abs(a.at.x - b.at.x) + Math.abs(a.at.y - b.at.y);
}

/** A router around bars and symbols that knows where wires run. */
function routerOf(
  bars: ReadonlyMap<Key, Bar>,
  items: ReadonlyMap<Key, Item>,
  wires: readonly Wire[]
): Router {
  const area = areaOf(bars.values(), items.values());
  const router = new Router(area, obstaclesOf(bars.values(), items.values()));
  wires.forEach(({ corners }) => router.occupy(corners));
  return router;
}

/** Look for ways around for wires that are rough; `found` takes them as they come. */
export function* refineSteps(scene: Scene, found: Map<string, Wire>): Steps<void> {
  const rough = scene.wires.filter(wire => wire.rough);
  if (rough.length === 0) {
    return;
  }
  const router = routerOf(scene.bars, scene.items, scene.wires);
  for (const wire of rough) {
    router.occupy(wire.corners, -1);
    const corners = router.search(wire.a, wire.b) ?? wire.corners;
    router.occupy(corners);
    found.set(wire.id, { ...wire, corners, rough: false });
    yield found.size / rough.length;
  }
}

/** The scene with some of its wires in their new places. */
export function withFound(scene: Scene, found: ReadonlyMap<string, Wire>): Scene {
  return withWires(
    scene,
    scene.wires.map(wire => found.get(wire.id) ?? wire)
  );
}

export function markersOf(
  elements: ReadonlyMap<Key, Element>,
  wiresOf: ReadonlyMap<Key, readonly Wire[]>
): ReadonlyMap<Key, Marker> {
  const markers = new Map<Key, Marker>();
  for (const element of elements.values()) {
    if (element.branch === '') {
      continue;
    }
    const [bus = ''] = element.buses;
    const wire = wiresOf.get(element.branch)?.find(({ a, b }) => a.key === bus || b.key === bus);
    if (wire) {
      const corners = wire.a.key === bus ? wire.corners : [...wire.corners].reverse();
      const length = corners.slice(1).reduce((sum, p, i) => {
        const q = corners[i] as Point;
        return sum + Math.abs(p.x - q.x) + Math.abs(p.y - q.y);
      }, 0);
      const { at, direction } = along(corners, length > 0 ? Math.min(0.5, 1 / length) : 0);
      const box = boxAround(at, MARKER, MARKER);
      markers.set(element.key, { key: element.key, element, at, upright: direction.y !== 0, box });
    }
  }
  return markers;
}

/** Box around what is drawn of elements; of all of them where none are named. */
export function extentOf(scene: Scene, keys?: Iterable<Key>): Box | null {
  const boxes: Box[] = [];
  for (const key of keys ?? scene.elements.keys()) {
    const own = scene.bars.get(key)?.box ?? scene.items.get(key)?.box ?? scene.markers.get(key)?.box;
    if (own) {
      boxes.push(own);
    }
    for (const wire of scene.wiresOf.get(key) ?? []) {
      for (let i = 1; i < wire.corners.length; i++) {
        boxes.push(boxOf(wire.corners[i - 1] as Point, wire.corners[i] as Point));
      }
    }
  }
  return union(boxes);
}
