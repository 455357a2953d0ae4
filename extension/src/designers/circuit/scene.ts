/** Where everything of a network is on the sheet: bars, symbols, and the wires between them. */

import type { JsonObject } from '../../core/document';
import { placeLabels } from '../../core/layout';
import type { Element, Placement, Placements } from './elements';
import { elementsIn, standardOf } from './elements';
import type { Box, Direction, Point } from './geometry';
import { along, boxAround, boxOf, clamped, grown, plus, rotated, turned, union } from './geometry';
import type { Key } from './kinds';
import { kindOf } from './kinds';
import type { RouteEnd } from './routing';
import { Router } from './routing';
import type { Standard, Symbol, Terminal } from './symbols';
import { symbolOf } from './symbols';
import { drawnRoutes, throughCorners, undisturbed } from './wires';

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

const SHORTEST = 4;
const HALO = 0.5;
const MARKER = 0.9;

/** Name of an end in `diagram.routes`. */
export function endName(field: string): string {
  return field.replace(/_bus$/, '');
}

/** Build a scene; wires of an earlier one that nothing has disturbed are kept. */
export function buildScene(document: JsonObject, placements: Placements, earlier?: Scene): Scene {
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
  const wires = routed(attached(wishes, bars), drawnRoutes(document), bars, items, kept);
  return withWires({ standard, elements, placements, bars, items }, wires);
}

/** A scene with its wires, and what follows from them. */
export function withWires(
  parts: Omit<Scene, 'wires' | 'wiresOf' | 'markers'>,
  wires: readonly Wire[]
): Scene {
  const wiresOf = new Map<Key, Wire[]>();
  for (const wire of wires) {
    const known = wiresOf.get(wire.key);
    if (known) {
      known.push(wire);
    } else {
      wiresOf.set(wire.key, [wire]);
    }
  }
  return { ...parts, wires, wiresOf, markers: markersOf(parts.elements, wiresOf) };
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

/** A wire before it is known where it meets the bars. */
interface Wish {
  readonly id: string;
  readonly key: Key;
  readonly field: string;
  /** Terminal that it starts from; null where it starts at a bar. */
  readonly terminal: Terminal | null;
  readonly from: Key;
  readonly to: Key;
}

function wishesOf(
  elements: ReadonlyMap<Key, Element>,
  bars: ReadonlyMap<Key, Bar>,
  items: ReadonlyMap<Key, Item>
): readonly Wish[] {
  const wishes: Wish[] = [];
  for (const { key, table, buses } of elements.values()) {
    const { ends } = kindOf(table);
    if (table === 'lines') {
      const [from = '', to = ''] = buses;
      if (bars.has(from) && bars.has(to)) {
        wishes.push({ id: `${key}/from`, key, field: 'to_bus', terminal: null, from, to });
      }
      continue;
    }
    const terminals = items.get(key)?.terminals ?? [];
    buses.forEach((to, i) => {
      const [terminal, field] = [terminals[i], ends[i]];
      if (terminal && field && bars.has(to)) {
        wishes.push({ id: `${key}/${endName(field)}`, key, field, terminal, from: key, to });
      }
    });
  }
  return wishes;
}

interface Attachment {
  readonly wish: Wish;
  readonly end: 'a' | 'b';
  readonly wanted: number;
  readonly side: Direction;
}

/** Coordinate along a bar, about its middle, at which it would best meet a point or another bar. */
function wantedAt(bar: Bar, other: Point, otherBar: Bar | null): number {
  const half = bar.length / 2 - 0.5;
  const own = bar.level ? bar.at.x : bar.at.y;
  const there = bar.level ? other.x : other.y;
  if (!otherBar || otherBar.level !== bar.level) {
    return clamped(there - own, -half, half);
  }
  const otherHalf = otherBar.length / 2 - 0.5;
  const low = Math.max(own - half, there - otherHalf);
  const high = Math.min(own + half, there + otherHalf);
  return low <= high ? clamped((own + there) / 2, low, high) - own : clamped(there - own, -half, half);
}

/** Side of a bar on which a point lies. */
export function sideOf(bar: Bar, other: Point): Direction {
  return bar.level ? (other.y > bar.at.y ? 'down' : 'up') : other.x > bar.at.x ? 'right' : 'left';
}

function attachmentsOf(wishes: readonly Wish[], bars: ReadonlyMap<Key, Bar>): Map<Key, Attachment[]> {
  const found = new Map<Key, Attachment[]>();
  const add = (bar: Bar, attachment: Attachment) => {
    const known = found.get(bar.key);
    if (known) {
      known.push(attachment);
    } else {
      found.set(bar.key, [attachment]);
    }
  };
  for (const wish of wishes) {
    const to = bars.get(wish.to) as Bar;
    const from = wish.terminal ? null : (bars.get(wish.from) as Bar);
    const start = wish.terminal?.at ?? (from as Bar).at;
    add(to, { wish, end: 'b', wanted: wantedAt(to, start, from), side: sideOf(to, start) });
    if (from) {
      add(from, { wish, end: 'a', wanted: wantedAt(from, to.at, to), side: sideOf(from, to.at) });
    }
  }
  return found;
}

/** Bars whose length is left to the drawing get room for one connection in each square. */
function lengthen(bars: Map<Key, Bar>, placements: Placements, wishes: readonly Wish[]): void {
  for (const [key, attachments] of attachmentsOf(wishes, bars)) {
    const place = placements.get(key) as Placement;
    if (!place.length) {
      const sides = new Map<Direction, number>();
      attachments.forEach(({ side }) => sides.set(side, (sides.get(side) ?? 0) + 1));
      const length = Math.max(SHORTEST, ...[...sides.values()].map(count => count + 1));
      const bar = bars.get(key) as Bar;
      bars.set(key, barOf(bar.element, place, length + (length % 2)));
    }
  }
}

interface Fastened {
  readonly wish: Wish;
  a: WireEnd | null;
  b: WireEnd | null;
}

/** Slide every connection to a place of its own on its bar. */
function attached(wishes: readonly Wish[], bars: ReadonlyMap<Key, Bar>): readonly Fastened[] {
  const found = new Map<Wish, Fastened>(
    wishes.map(wish => [
      wish,
      {
        wish,
        a: wish.terminal && { key: wish.key, at: wish.terminal.at, direction: wish.terminal.direction },
        b: null
      }
    ])
  );
  for (const [key, all] of attachmentsOf(wishes, bars)) {
    const bar = bars.get(key) as Bar;
    for (const side of new Set(all.map(item => item.side))) {
      const own = all.filter(item => item.side === side).sort((p, q) => p.wanted - q.wanted);
      const half = bar.length / 2 - 0.5;
      const gap = own.length > 1 ? Math.min(1, (2 * half) / (own.length - 1)) : 1;
      const widths = own.map(() => 0);
      const places = placeLabels(
        own.map(item => item.wanted),
        widths,
        gap,
        -half,
        half
      );
      own.forEach(({ wish, end }, i) => {
        const place = Math.round(2 * (places[i] ?? 0)) / 2;
        const at = bar.level ? { x: bar.at.x + place, y: bar.at.y } : { x: bar.at.x, y: bar.at.y + place };
        (found.get(wish) as Fastened)[end] = { key, at, direction: side };
      });
    }
  }
  return [...found.values()];
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

function routed(
  fastened: readonly Fastened[],
  drawn: ReadonlyMap<string, readonly Point[]>,
  bars: ReadonlyMap<Key, Bar>,
  items: ReadonlyMap<Key, Item>,
  kept: (id: string, a: WireEnd, b: WireEnd) => readonly Point[] | null
): readonly Wire[] {
  const area = areaOf(bars.values(), items.values());
  const router = new Router(area, obstaclesOf(bars.values(), items.values()));
  const whole = fastened.flatMap(({ wish, a, b }) => (a && b ? [{ wish, a, b }] : []));
  const distance = ({ a, b }: { a: WireEnd; b: WireEnd }) =>
    Math.abs(a.at.x - b.at.x) + Math.abs(a.at.y - b.at.y);
  const wires: Wire[] = [];
  for (const { wish, a, b } of [...whole].sort((p, q) => distance(p) - distance(q))) {
    const { id, key, field } = wish;
    const corners = drawn.get(id);
    const wire: Wire = corners
      ? { id, key, field, drawn: true, ...throughCorners(a, corners, b, bars) }
      : { id, key, field, drawn: false, a, b, corners: kept(id, a, b) ?? router.route(a, b) };
    router.occupy(wire.corners);
    wires.push(wire);
  }
  return wires;
}

function markersOf(
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
