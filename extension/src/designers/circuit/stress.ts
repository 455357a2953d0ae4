/**
 * Positions of the nodes of a graph such that distances on the sheet follow distances in the graph.
 *
 * Stress majorisation by stochastic gradient descent after Zheng, Pawar, Goodman, Graph drawing by stochastic
 * gradient descent, IEEE TVCG 25 (2019) 2738, doi:10.1109/TVCG.2018.2859997: each pair of nodes is moved towards its
 * distance, with steps that shrink from d_max² to 0.1 d_min². Large graphs keep their edges and the pairs with a few
 * pivots. The same graph gives the same drawing.
 */

import type { Point } from './geometry';
import type { Steps } from './steps';
import { finished } from './steps';

export interface Edge {
  readonly a: number;
  readonly b: number;
  /** Wanted length, in edges. */
  readonly length: number;
}

/** Up to this many nodes every pair counts. */
const ALL_PAIRS = 900;
const PIVOTS = 40;
const ROUNDS = 24;

/** Positions of the nodes of one connected graph, distances in edges, its longer side along x. */
export function stressLayout(count: number, edges: readonly Edge[]): readonly Point[] {
  return finished(stressSteps(count, edges));
}

/** The same in steps; each gives the share that is done. */
export function* stressSteps(count: number, edges: readonly Edge[]): Steps<readonly Point[]> {
  if (count === 1) {
    return [{ x: 0, y: 0 }];
  }
  const random = generator(20_250_101);
  const neighbours = adjacency(count, edges);
  const terms = yield* termsOf(count, edges, neighbours);
  const x = Float64Array.from({ length: count }, () => random() * Math.sqrt(count));
  const y = Float64Array.from({ length: count }, () => random() * Math.sqrt(count));
  const { from, to, distance } = terms;
  const order = Uint32Array.from(distance, (_, i) => i);
  let [low, high] = [Infinity, 0];
  for (const d of distance) {
    low = Math.min(low, d);
    high = Math.max(high, d);
  }
  const [first, last] = [high * high, 0.1 * low * low];
  for (let round = 0; round < ROUNDS; round++) {
    const step = first * (last / first) ** (round / (ROUNDS - 1));
    shuffle(order, random);
    for (const k of order) {
      const [i, j, d] = [from[k] as number, to[k] as number, distance[k] as number];
      const dx = (x[i] as number) - (x[j] as number);
      const dy = (y[i] as number) - (y[j] as number);
      const apart = Math.sqrt(dx * dx + dy * dy) || 1e-9;
      const move = (Math.min(1, step / (d * d)) * (apart - d)) / 2 / apart;
      x[i] = (x[i] as number) - move * dx;
      y[i] = (y[i] as number) - move * dy;
      x[j] = (x[j] as number) + move * dx;
      y[j] = (y[j] as number) + move * dy;
    }
    yield 0.3 + (0.7 * round) / ROUNDS;
  }
  return levelled(x, y);
}

interface Neighbour {
  readonly node: number;
  readonly length: number;
}

function adjacency(count: number, edges: readonly Edge[]): readonly Neighbour[][] {
  const out: Neighbour[][] = Array.from({ length: count }, () => []);
  for (const { a, b, length } of edges) {
    out[a]?.push({ node: b, length });
    out[b]?.push({ node: a, length });
  }
  return out;
}

interface Terms {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly distance: Float64Array;
}

function* termsOf(count: number, edges: readonly Edge[], neighbours: readonly Neighbour[][]): Steps<Terms> {
  const from: number[] = [];
  const to: number[] = [];
  const distance: number[] = [];
  const add = (i: number, j: number, d: number) => {
    if (i !== j && d > 0 && Number.isFinite(d)) {
      from.push(i);
      to.push(j);
      distance.push(d);
    }
  };
  if (count <= ALL_PAIRS) {
    for (let i = 0; i < count; i++) {
      const reached = distances(i, neighbours);
      for (let j = i + 1; j < count; j++) {
        add(i, j, reached[j] as number);
      }
    }
  } else {
    edges.forEach(({ a, b, length }) => add(a, b, length));
    const nearest = new Float64Array(count).fill(Infinity);
    for (let k = 0, pivot = 0; k < PIVOTS; k++) {
      const reached = distances(pivot, neighbours);
      for (let j = 0; j < count; j++) {
        add(pivot, j, reached[j] as number);
        nearest[j] = Math.min(nearest[j] as number, reached[j] as number);
      }
      pivot = nearest.reduce((best, d, j) => (d > (nearest[best] as number) ? j : best), 0);
      yield (0.3 * k) / PIVOTS;
    }
  }
  return { from: Uint32Array.from(from), to: Uint32Array.from(to), distance: Float64Array.from(distance) };
}

/** Lengths of the shortest ways from a node; buckets of half an edge make it linear. */
function distances(start: number, neighbours: readonly Neighbour[][]): Float64Array {
  const found = new Float64Array(neighbours.length).fill(Infinity);
  found[start] = 0;
  const buckets: number[][] = [[start]];
  for (let k = 0; k < buckets.length; k++) {
    for (const node of buckets[k] ?? []) {
      const here = found[node] as number;
      if (Math.round(here * 2) !== k) {
        continue;
      }
      for (const { node: other, length } of neighbours[node] ?? []) {
        const d = here + length;
        if (d < (found[other] as number)) {
          found[other] = d;
          (buckets[Math.round(d * 2)] ??= []).push(other);
        }
      }
    }
  }
  return found;
}

/** Turned so that the longer axis lies along x, about the middle. */
function levelled(x: Float64Array, y: Float64Array): readonly Point[] {
  const n = x.length;
  const mean = (v: Float64Array) => v.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] as number) - mx, (y[i] as number) - my];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return Array.from(x, (value, i) => {
    const [dx, dy] = [value - mx, (y[i] as number) - my];
    return { x: c * dx + s * dy, y: c * dy - s * dx };
  });
}

/** Numbers in [0, 1) that are the same on every run (Park and Miller's generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
}
