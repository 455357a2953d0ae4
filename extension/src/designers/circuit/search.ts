/** A* over a raster, for routes around obstacles that no simple shape avoids. */

import type { Direction, Point } from './geometry';

export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly blocked: Uint8Array;
  readonly across: Uint8Array;
  readonly upright: Uint8Array;
  readonly bend: number;
  readonly shared: number;
  readonly crossed: number;
}

const DIRECTIONS: readonly Direction[] = ['up', 'right', 'down', 'left'];
const DX = [0, 1, 0, -1];
const DY = [-1, 0, 1, 0];
/** Cells around the ends that are searched. */
const WINDOW = 40;
const MOST_STATES = 10_000;
/**
 * How much more the way ahead counts than the way behind (8/5): fewer cells are looked at, for routes a little longer.
 * All costs are whole numbers, so that states can be queued by cost without comparing them.
 */
const BEHIND = 5;
const AHEAD = 8;

/** Costs and ways back, kept from search to search; `marks` says to which search an entry belongs. */
let costs = new Float64Array(0);
let ways = new Int32Array(0);
let marks = new Int32Array(0);
/** Searches in which states were looked at with the cost that they have. */
let looked = new Int32Array(0);
let mark = 0;

/** Corners from one cell to another, leaving and arriving in given directions; null where none is found soon. */
export function search(
  raster: Raster,
  from: Point,
  leaving: Direction,
  to: Point,
  arriving: Direction
): readonly Point[] | null {
  const left = Math.max(0, Math.min(from.x, to.x) - WINDOW);
  const top = Math.max(0, Math.min(from.y, to.y) - WINDOW);
  const width = Math.min(raster.width - 1, Math.max(from.x, to.x) + WINDOW) - left + 1;
  const height = Math.min(raster.height - 1, Math.max(from.y, to.y) + WINDOW) - top + 1;
  reserve(width * height * 4);
  queue.clear();
  const state = (x: number, y: number, d: number) => ((y - top) * width + (x - left)) * 4 + d;
  const guess = (x: number, y: number) => AHEAD * (Math.abs(x - to.x) + Math.abs(y - to.y));
  const first = state(from.x, from.y, DIRECTIONS.indexOf(leaving));
  const goal = state(to.x, to.y, DIRECTIONS.indexOf(arriving));
  enter(first, 0, -1);
  queue.push(guess(from.x, from.y), first);
  for (let count = 0; count < MOST_STATES; count++) {
    const here = queue.pop();
    if (here < 0) {
      return null;
    }
    if (looked[here] === mark) {
      continue;
    }
    looked[here] = mark;
    if (here === goal) {
      return trace(goal, left, top, width);
    }
    const d = here & 3;
    const x = ((here >> 2) % width) + left;
    const y = Math.floor((here >> 2) / width) + top;
    const own = costs[here] as number;
    for (let turn = -1; turn <= 1; turn++) {
      const e = (d + turn + 4) & 3;
      const [nx, ny] = [x + (DX[e] as number), y + (DY[e] as number)];
      if (nx < left || ny < top || nx >= left + width || ny >= top + height) {
        continue;
      }
      const k = ny * raster.width + nx;
      if (raster.blocked[k]) {
        continue;
      }
      const [along, other] = e % 2 === 1 ? [raster.across, raster.upright] : [raster.upright, raster.across];
      const paid =
        own +
        1 +
        (turn === 0 ? 0 : raster.bend) +
        (along[k] ? raster.shared : 0) +
        (other[k] ? raster.crossed : 0);
      const next = state(nx, ny, e);
      if (marks[next] !== mark || paid < (costs[next] as number)) {
        enter(next, paid, here);
        queue.push(BEHIND * paid + guess(nx, ny), next);
      }
    }
  }
  return null;
}

/** Begin a search over so many states. */
function reserve(states: number): void {
  if (costs.length < states) {
    costs = new Float64Array(states);
    ways = new Int32Array(states);
    marks = new Int32Array(states);
    looked = new Int32Array(states);
    mark = 0;
  }
  mark++;
}

function enter(state: number, cost: number, from: number): void {
  costs[state] = cost;
  ways[state] = from;
  looked[state] = 0;
  marks[state] = mark;
}

function trace(goal: number, left: number, top: number, width: number): readonly Point[] {
  const cells: Point[] = [];
  for (let here = goal; here >= 0; here = ways[here] as number) {
    cells.push({ x: ((here >> 2) % width) + left, y: Math.floor((here >> 2) / width) + top });
  }
  return cells.reverse();
}

/** States in buckets of one cost each; of equal ones the latest comes first. */
class Queue {
  private readonly buckets: number[][] = [];
  private low = 0;
  private high = -1;

  clear(): void {
    for (let i = this.low; i <= this.high; i++) {
      const bucket = this.buckets[i];
      if (bucket) {
        bucket.length = 0;
      }
    }
    this.low = 0;
    this.high = -1;
  }

  push(cost: number, state: number): void {
    (this.buckets[cost] ??= []).push(state);
    this.low = this.high < 0 ? cost : Math.min(this.low, cost);
    this.high = Math.max(this.high, cost);
  }

  /** The cheapest state; −1 where there is none. */
  pop(): number {
    for (; this.low <= this.high; this.low++) {
      const state = this.buckets[this.low]?.pop();
      if (state !== undefined) {
        return state;
      }
    }
    this.high = -1;
    return -1;
  }
}

const queue = new Queue();
