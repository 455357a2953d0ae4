/**
 * Orthogonal routes around obstacles, on a raster of half grid squares.
 *
 * Simple shapes with up to four bends are tried first: running sums over the raster say in constant time whether a
 * segment is free. Where none is, A* searches the raster. The cost of a route is its length, its bends and what it
 * shares with routes that were laid before, so that parallel routes keep apart.
 */

import type { Box, Direction, Point } from './geometry';
import { clamped, opposite, STEP } from './geometry';
import { search } from './search';

export interface RouteEnd {
  readonly at: Point;
  /** Where the route leaves to. */
  readonly direction: Direction;
}

/** Cells in a grid square. */
const FINE = 2;
const MARGIN = 10;
const BEND = 6;
const SHARED = 14;
const CROSSED = 3;
/** Cells next to an end that belong to the element itself. */
const OWN = 2;
const REACH = 14;
/** Cells from an end to its first turn, where a route goes around. */
const EXITS = [OWN, OWN + 1, OWN + 3] as const;

export class Router {
  readonly width: number;
  readonly height: number;
  private readonly blocked: Uint8Array;
  /** Routes along x and along y through each cell. */
  private readonly across: Uint8Array;
  private readonly upright: Uint8Array;
  private rows = new Int32Array(0);
  private columns = new Int32Array(0);
  private stale = true;

  constructor(
    private readonly area: Box,
    obstacles: Iterable<Box>
  ) {
    this.width = Math.ceil((area.right - area.left + 2 * MARGIN) * FINE) + 1;
    this.height = Math.ceil((area.bottom - area.top + 2 * MARGIN) * FINE) + 1;
    const size = this.width * this.height;
    this.blocked = new Uint8Array(size);
    this.across = new Uint8Array(size);
    this.upright = new Uint8Array(size);
    for (const box of obstacles) {
      this.block(box);
    }
  }

  /** Corners of the best route that is found, ends included. */
  route(from: RouteEnd, to: RouteEnd): readonly Point[] {
    const { corners, clear } = this.sketch(from, to);
    return clear ? corners : (this.search(from, to) ?? corners);
  }

  /** The best simple shape, and whether it is clear of obstacles: quick, and often as good as a search. */
  sketch(from: RouteEnd, to: RouteEnd): { readonly corners: readonly Point[]; readonly clear: boolean } {
    this.refresh();
    const best = this.simple(this.cell(from.at), from.direction, this.cell(to.at), to.direction);
    return { corners: this.corners(best.cells, from.at, to.at), clear: best.blocked === 0 };
  }

  /** A way around everything; null where none is found soon. */
  search(from: RouteEnd, to: RouteEnd): readonly Point[] | null {
    const [s, t] = [this.cell(from.at), this.cell(to.at)];
    const found = search(
      {
        width: this.width,
        height: this.height,
        blocked: this.blocked,
        across: this.across,
        upright: this.upright,
        bend: BEND,
        shared: SHARED,
        crossed: CROSSED
      },
      this.stub(s, from.direction),
      from.direction,
      this.stub(t, to.direction),
      opposite(to.direction)
    );
    return found && this.corners([s, ...found, t], from.at, to.at);
  }

  /** Remember a route, so that later ones keep off it; `by` −1 forgets it. */
  occupy(corners: readonly Point[], by: 1 | -1 = 1): void {
    for (let i = 1; i < corners.length; i++) {
      const [a, b] = [this.cell(corners[i - 1] as Point), this.cell(corners[i] as Point)];
      const along = a.y === b.y ? this.across : this.upright;
      const step = a.y === b.y ? 1 : this.width;
      const low = Math.min(this.index(a), this.index(b));
      const high = Math.max(this.index(a), this.index(b));
      for (let k = low; k <= high; k += step) {
        along[k] = clamped((along[k] ?? 0) + by, 0, 255);
      }
    }
  }

  private block(box: Box): void {
    const low = this.cell({ x: box.left, y: box.top });
    const high = this.cell({ x: box.right, y: box.bottom });
    for (let y = low.y; y <= high.y; y++) {
      this.blocked.fill(1, y * this.width + low.x, y * this.width + high.x + 1);
    }
    this.stale = true;
  }

  /** Running sums of blocked cells along rows and columns. */
  private refresh(): void {
    if (!this.stale) {
      return;
    }
    const { width, height, blocked } = this;
    this.rows = new Int32Array(width * height);
    this.columns = new Int32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const k = y * width + x;
        const here = blocked[k] as number;
        this.rows[k] = here + (x > 0 ? (this.rows[k - 1] as number) : 0);
        this.columns[k] = here + (y > 0 ? (this.columns[k - width] as number) : 0);
      }
    }
    this.stale = false;
  }

  private cell({ x, y }: Point): Point {
    return {
      x: clamped(Math.round((x - this.area.left + MARGIN) * FINE), 0, this.width - 1),
      y: clamped(Math.round((y - this.area.top + MARGIN) * FINE), 0, this.height - 1)
    };
  }

  private index({ x, y }: Point): number {
    return y * this.width + x;
  }

  private stub({ x, y }: Point, direction: Direction): Point {
    const step = STEP[direction];
    return {
      x: clamped(x + OWN * step.x, 0, this.width - 1),
      y: clamped(y + OWN * step.y, 0, this.height - 1)
    };
  }

  /** Back to grid squares; the ends are taken as they were given, and corners on a straight line dropped. */
  private corners(cells: readonly Point[], first: Point, last: Point): readonly Point[] {
    const points = cells.map(({ x, y }) => ({
      x: x / FINE + this.area.left - MARGIN,
      y: y / FINE + this.area.top - MARGIN
    }));
    points[0] = first;
    points[points.length - 1] = last;
    return straightened(points);
  }

  private simple(s: Point, ds: Direction, t: Point, dt: Direction): Found {
    const best: Found = { cells: [s, t], cost: Infinity, blocked: Infinity };
    const upright = (d: Direction) => d === 'up' || d === 'down';
    if (upright(ds) && upright(dt)) {
      this.parallel(s, STEP[ds].y, t, STEP[dt].y, false, best);
    } else if (!upright(ds) && !upright(dt)) {
      this.parallel(swap(s), STEP[ds].x, swap(t), STEP[dt].x, true, best);
    } else if (upright(ds)) {
      this.mixed(s, STEP[ds].y, t, STEP[dt].x, false, best);
    } else {
      this.mixed(swap(s), STEP[ds].x, swap(t), STEP[dt].y, true, best);
    }
    return best;
  }

  /** Both ends leave along y (of swapped axes where `turned`). */
  private parallel(s: Point, ds: number, t: Point, dt: number, isSwapped: boolean, best: Found): void {
    if (s.x === t.x && ds !== dt && (t.y - s.y) * ds > 0) {
      this.consider([s, t], isSwapped, best);
      if (best.blocked === 0 && best.shared === 0) {
        return;
      }
    }
    const direct = Math.abs(s.x - t.x) + Math.abs(s.y - t.y);
    for (const m of levels(s.y, ds, t.y, dt)) {
      const least = Math.abs(s.x - t.x) + Math.abs(m - s.y) + Math.abs(m - t.y) + 2 * BEND;
      if (best.blocked > 0 || least < best.cost) {
        this.consider([s, { x: s.x, y: m }, { x: t.x, y: m }, t], isSwapped, best);
      }
    }
    if (best.blocked === 0 && best.cost <= direct + 4 * BEND) {
      return;
    }
    for (const n of around(Math.min(s.x, t.x), Math.max(s.x, t.x))) {
      const sideways = Math.abs(n - s.x) + Math.abs(n - t.x) + 4 * BEND;
      for (const k of EXITS) {
        for (const j of EXITS) {
          const [a, b] = [s.y + ds * k, t.y + dt * j];
          if (best.blocked > 0 || sideways + Math.abs(a - b) + k + j < best.cost) {
            const path = [s, { x: s.x, y: a }, { x: n, y: a }, { x: n, y: b }, { x: t.x, y: b }, t];
            this.consider(path, isSwapped, best);
          }
        }
      }
    }
  }

  /** The first end leaves along y, the second along x. */
  private mixed(s: Point, ds: number, t: Point, dt: number, isSwapped: boolean, best: Found): void {
    if ((t.y - s.y) * ds >= OWN && (s.x - t.x) * dt >= OWN) {
      this.consider([s, { x: s.x, y: t.y }, t], isSwapped, best);
    }
    for (let i = OWN; i <= REACH; i += 2) {
      for (let j = OWN; j <= REACH; j += 2) {
        const [a, n] = [s.y + ds * i, t.x + dt * j];
        const least = i + j + Math.abs(n - s.x) + Math.abs(t.y - a) + 3 * BEND;
        if (best.blocked > 0 || least < best.cost) {
          this.consider([s, { x: s.x, y: a }, { x: n, y: a }, { x: n, y: t.y }, t], isSwapped, best);
        }
      }
    }
  }

  private consider(path: readonly Point[], isSwapped: boolean, best: Found): void {
    const cells = isSwapped ? path.map(swap) : path;
    const least = lengthOf(cells) + BEND * (cells.length - 2);
    if (best.blocked === 0 && least >= best.cost) {
      return;
    }
    const blocked = this.blockedAlong(cells);
    if (blocked > best.blocked) {
      return;
    }
    const shared = this.sharedAlong(cells);
    const cost = least + shared;
    if (blocked < best.blocked || cost < best.cost) {
      Object.assign(best, { cells, cost, blocked, shared });
    }
  }

  /** Blocked cells on a path, those at its ends apart. */
  private blockedAlong(cells: readonly Point[]): number {
    let sum = 0;
    const last = cells.length - 1;
    for (let i = 1; i <= last; i++) {
      const [a, b] = [cells[i - 1] as Point, cells[i] as Point];
      const level = a.y === b.y;
      let [low, high] = level ? [a.x, b.x] : [a.y, b.y];
      const sign = Math.sign(high - low);
      low += i === 1 ? sign * (OWN + 1) : 0;
      high -= i === last ? sign * (OWN + 1) : 0;
      if (sign === 0 || (high - low) * sign < 0) {
        continue;
      }
      [low, high] = sign > 0 ? [low, high] : [high, low];
      if (low < 0 || high >= (level ? this.width : this.height)) {
        return Infinity;
      }
      const sums = level ? this.rows : this.columns;
      const at = (n: number) => (level ? a.y * this.width + n : n * this.width + a.x);
      sum += (sums[at(high)] as number) - (low > 0 ? (sums[at(low - 1)] as number) : 0);
    }
    return Number.isNaN(sum) ? Infinity : sum;
  }

  /** What a path pays for running along or across others. */
  private sharedAlong(cells: readonly Point[]): number {
    let sum = 0;
    for (let i = 1; i < cells.length; i++) {
      const [a, b] = [cells[i - 1] as Point, cells[i] as Point];
      const level = a.y === b.y;
      const step = level ? 1 : this.width;
      const [along, other] = level ? [this.across, this.upright] : [this.upright, this.across];
      const low = Math.min(this.index(a), this.index(b));
      const high = Math.max(this.index(a), this.index(b));
      for (let k = low; k <= high; k += step) {
        sum += (along[k] ? SHARED : 0) + (other[k] ? CROSSED : 0);
      }
    }
    return sum;
  }
}

interface Found {
  cells: readonly Point[];
  cost: number;
  blocked: number;
  shared?: number;
}

const swap = ({ x, y }: Point): Point => ({ x: y, y: x });

function lengthOf(cells: readonly Point[]): number {
  let sum = 0;
  for (let i = 1; i < cells.length; i++) {
    const [a, b] = [cells[i - 1] as Point, cells[i] as Point];
    sum += Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
  }
  return sum;
}

/** Levels that both ends can turn at, the middle ones first. */
function levels(s: number, ds: number, t: number, dt: number): readonly number[] {
  if (ds === dt) {
    const outer = ds > 0 ? Math.max(s, t) : Math.min(s, t);
    return Array.from({ length: REACH }, (_, k) => outer + ds * (OWN + k));
  }
  const [low, high] = ds > 0 ? [s + OWN, t - OWN] : [t + OWN, s - OWN];
  const middle = Math.round((low + high) / 2);
  const found: number[] = [];
  for (let k = 0; k <= high - low && found.length < 60; k++) {
    const level = middle + (k % 2 === 0 ? k / 2 : -(k + 1) / 2);
    if (level >= low && level <= high) {
      found.push(level);
    }
  }
  return found;
}

/** Places between and beside two coordinates. */
function around(low: number, high: number): readonly number[] {
  const middle = Math.round((low + high) / 2);
  const sides = [3, 5, 8, 12, 18].flatMap(k => [low - k, high + k]);
  return [middle, middle - 4, middle + 4, ...sides];
}

/** Corners without those on a straight line. */
export function straightened(points: readonly Point[]): readonly Point[] {
  return points.filter((p, i) => {
    const [a, b] = [points[i - 1], points[i + 1]];
    if (!a || !b) {
      return true;
    }
    const same = (p.x === a.x && p.x === b.x) || (p.y === a.y && p.y === b.y);
    return !same && !(p.x === a.x && p.y === a.y);
  });
}
