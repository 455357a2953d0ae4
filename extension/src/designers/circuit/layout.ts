/** Places for what has none: whole networks, and single elements beside their buses. */

import type { Element, Placement, Placements } from './elements';
import { hasPlace } from './elements';
import type { Box, Point, Rotation } from './geometry';
import { snapped } from './geometry';
import type { Key, Table } from './kinds';
import { Sheet } from './sheet';
import type { Steps } from './steps';
import { finished, shifting } from './steps';
import type { Edge } from './stress';
import { stressSteps } from './stress';

/** From the bar to the centre of what hangs at it. */
export const HANG = 4;
/** Between neighbours at a bar. */
const PITCH = 4;
const ABOVE: readonly Table[] = ['generators', 'external_grids', 'converters'];
const SHORTEST_BAR = 4;
/** Squares that stay free around everything, for routes. */
const AISLE = 1;

/** Elements with one terminal hang at their bus; the others are nodes of the graph. */
export function hangs(element: Element): boolean {
  return hasPlace(element) && element.table !== 'buses' && element.buses.filter(Boolean).length === 1;
}

interface Node {
  readonly key: Key;
  /** Around the place of the node. */
  readonly box: Box;
  readonly length: number;
  readonly above: readonly Element[];
  readonly below: readonly Element[];
}

/** Place a whole network. Nothing overlaps, and the same network is always placed the same way. */
export function layOut(elements: ReadonlyMap<Key, Element>): Map<Key, Placement> {
  return finished(layOutSteps(elements));
}

/** The same in steps; each gives the share that is done. */
export function* layOutSteps(elements: ReadonlyMap<Key, Element>): Steps<Map<Key, Placement>> {
  const nodes = nodesOf(elements);
  const index = new Map(nodes.map((node, i) => [node.key, i]));
  const edges = edgesOf(elements, index);
  const places = new Map<Key, Placement>();
  const sheet = new Sheet();
  let top = 0;
  let left = 0;
  let shelf = 0;
  let widest = 0;
  let done = 0;
  for (const { part, inner } of partsOf(nodes.length, edges)) {
    const drawn = yield* shifting(
      drawPart(part, nodes, inner),
      done / nodes.length,
      part.length / nodes.length
    );
    done += part.length;
    const width = drawn.box.right - drawn.box.left;
    widest = Math.max(widest, width);
    if (left > 0 && left + width > widest) {
      [top, left, shelf] = [top + shelf + 4, 0, 0];
    }
    const offset = { x: left - drawn.box.left, y: top - drawn.box.top };
    for (const [i, at] of drawn.at) {
      const node = nodes[i] as Node;
      const placed = { x: snapped(at.x + offset.x), y: snapped(at.y + offset.y) };
      sheet.take(node.box, placed);
      places.set(node.key, { ...placed, rotation: 0, length: node.length });
      hang(node, placed, places);
    }
    left += width + 4;
    shelf = Math.max(shelf, drawn.box.bottom - drawn.box.top);
  }
  for (const [key, place] of places) {
    const element = elements.get(key);
    if (element && element.table !== 'buses' && !hangs(element)) {
      places.set(key, { ...place, rotation: facing(element, place, places) });
    }
  }
  return places;
}

function nodesOf(elements: ReadonlyMap<Key, Element>): readonly Node[] {
  const above = new Map<Key, Element[]>();
  const below = new Map<Key, Element[]>();
  const branches = new Map<Key, number>();
  for (const element of elements.values()) {
    const bus = element.buses.find(Boolean) ?? '';
    if (hangs(element) && elements.has(bus)) {
      const side = ABOVE.includes(element.table) ? above : below;
      const known = side.get(bus);
      if (known) {
        known.push(element);
      } else {
        side.set(bus, [element]);
      }
    } else if (element.table !== 'buses') {
      element.buses.forEach(key => branches.set(key, (branches.get(key) ?? 0) + 1));
    }
  }
  return [...elements.values()].flatMap((element): readonly Node[] => {
    if (element.table === 'buses') {
      return [barNode(element.key, above.get(element.key) ?? [], below.get(element.key) ?? [], branches)];
    }
    if (!hasPlace(element) || (hangs(element) && elements.has(element.buses.find(Boolean) ?? ''))) {
      return [];
    }
    const wide = element.table === 'hvdc_lines';
    const half = wide ? 4 : 3;
    return [
      {
        key: element.key,
        box: { left: -half, top: -half, right: half, bottom: half },
        length: 0,
        above: [],
        below: []
      }
    ];
  });
}

function barNode(
  key: Key,
  above: readonly Element[],
  below: readonly Element[],
  branches: ReadonlyMap<Key, number>
): Node {
  const [up, down] = [[...above], [...below]];
  while (Math.abs(up.length - down.length) > 2) {
    // a long row on one side only makes a long bar
    const [more, less] = up.length > down.length ? [up, down] : [down, up];
    less.push(more.pop() as Element);
  }
  const own = Math.max(up.length, down.length) * PITCH;
  const length = Math.max(SHORTEST_BAR, own, Math.ceil((branches.get(key) ?? 0) / 2) + 2);
  const half = Math.ceil(length / 2) + 1 + AISLE;
  return {
    key,
    box: {
      left: -half - 1,
      top: -(up.length > 0 ? HANG + 2 : 1) - AISLE,
      right: half + 4,
      bottom: (down.length > 0 ? HANG + 2 : 1) + AISLE
    },
    length: length + (length % 2),
    above: up,
    below: down
  };
}

function hang(node: Node, at: Point, places: Map<Key, Placement>): void {
  const row = (elements: readonly Element[], dy: number, rotation: Rotation) =>
    elements.forEach((element, i) => {
      const x = snapped(at.x + (i - (elements.length - 1) / 2) * PITCH);
      places.set(element.key, { x, y: at.y + dy, rotation, length: 0 });
    });
  row(node.above, -HANG, 180);
  row(node.below, HANG, 0);
}

function edgesOf(elements: ReadonlyMap<Key, Element>, index: ReadonlyMap<Key, number>): readonly Edge[] {
  const edges: Edge[] = [];
  for (const element of elements.values()) {
    const ends = element.buses.flatMap(bus => index.get(bus) ?? []);
    const own = index.get(element.key);
    if (element.table === 'lines') {
      const [a, b] = ends;
      if (a !== undefined && b !== undefined && a !== b) {
        edges.push({ a, b, length: 1 });
      }
    } else if (own !== undefined && element.table !== 'buses') {
      edges.push(...[...new Set(ends)].map(b => ({ a: own, b, length: 0.5 })));
    }
  }
  return edges;
}

/** Nodes that hang together, and the edges between them by their places in the group. */
interface GraphPart {
  readonly part: number[];
  readonly inner: Edge[];
}

/** The parts of a graph, the largest first. */
function partsOf(count: number, edges: readonly Edge[]): readonly GraphPart[] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i] as number] as number;
      i = parent[i] as number;
    }
    return i;
  };
  edges.forEach(({ a, b }) => {
    parent[root(a)] = root(b);
  });
  const groups = new Map<number, GraphPart>();
  const place = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const top = root(i);
    const group = groups.get(top) ?? { part: [], inner: [] };
    groups.set(top, group);
    place[i] = group.part.push(i) - 1;
  }
  for (const { a, b, length } of edges) {
    groups.get(root(a))?.inner.push({ a: place[a] as number, b: place[b] as number, length });
  }
  return [...groups.values()].sort((p, q) => q.part.length - p.part.length);
}

interface Drawn {
  readonly at: ReadonlyMap<number, Point>;
  readonly box: Box;
}

/** Nodes that are placed between two looks at the clock. */
const BATCH = 8;

/** Large networks are placed on a coarser lattice, which takes a fraction of the time and little more room. */
function latticeOf(nodes: number): number {
  return nodes < 900 ? 1 : nodes < 4000 ? 2 : 4;
}

/** Place one connected part: by stress, then each node at the nearest free place, from the middle outwards. */
function* drawPart(part: readonly number[], nodes: readonly Node[], inner: readonly Edge[]): Steps<Drawn> {
  const wanted = yield* shifting(stressSteps(part.length, inner), 0, 0.6);
  const area = part.reduce((sum, i) => {
    const { left, right, top, bottom } = (nodes[i] as Node).box;
    return sum + (right - left) * (bottom - top);
  }, 0);
  const scale = 1.25 * Math.sqrt(area / part.length);
  const order = part.map((_, i) => i).sort((i, j) => radius(wanted[i]) - radius(wanted[j]));
  const sheet = new Sheet();
  const step = latticeOf(part.length);
  const at = new Map<number, Point>();
  for (const i of order) {
    const { x, y } = wanted[i] as Point;
    const node = nodes[part[i] as number] as Node;
    const place = { x: step * snapped((1.15 * scale * x) / step), y: step * snapped((scale * y) / step) };
    at.set(part[i] as number, sheet.place(node.box, place, step));
    if (at.size % BATCH === 0) {
      yield 0.6 + (0.4 * at.size) / part.length;
    }
  }
  return { at, box: sheet.extent };
}

function radius(point: Point | undefined): number {
  return point ? Math.hypot(point.x, point.y) : 0;
}

/** The turn in which the terminals of a symbol look at their buses best. */
export function facing(element: Element, place: Point, places: Placements): Rotation {
  const ends = element.buses.map(bus => places.get(bus));
  const [first, ...others] = ends;
  const last = others.find(Boolean);
  if (!first && !last) {
    return 0;
  }
  const from = first ?? place;
  const to = last ?? place;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (element.table === 'hvdc_lines') {
    return Math.abs(dx) >= Math.abs(dy) ? (dx >= 0 ? 0 : 180) : dy >= 0 ? 90 : 270;
  }
  return Math.abs(dx) > 3 * Math.abs(dy) ? (dx >= 0 ? 270 : 90) : dy >= 0 ? 0 : 180;
}
