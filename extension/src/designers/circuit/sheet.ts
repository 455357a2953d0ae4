/**
 * Which grid squares are taken, and the nearest free place for a box.
 *
 * Squares are only ever taken, so where a box found no place within some distance, it finds none later: the next box
 * of that shape that is wanted nearby starts to look from there. (Of coarse steps, all wanted places lie on one lattice.)
 */

import type { Box, Point } from './geometry';

const FARTHEST = 6000;
const FIRST_SIZE = 512;
/** Squares to a side of the cells in which earlier looks are remembered. */
const CELL = 6;

/** Around a place, nothing is free for a shape nearer than `distance` (along the longer axis). */
interface Look extends Point {
  readonly distance: number;
}

export class Sheet {
  /** Side of the raster, whose middle is the origin. */
  private size = FIRST_SIZE;
  private taken = new Uint8Array(FIRST_SIZE * FIRST_SIZE);
  extent: Box = { left: 0, top: 0, right: 0, bottom: 0 };
  private empty = true;
  private readonly looks = new Map<string, Look>();

  /** Whether a box about a place is free. */
  isFree(box: Box, { x, y }: Point): boolean {
    const half = this.size / 2;
    const left = Math.max(0, Math.floor(box.left + x) + half);
    const right = Math.min(this.size, Math.ceil(box.right + x) + half);
    const top = Math.max(0, Math.floor(box.top + y) + half);
    const bottom = Math.min(this.size, Math.ceil(box.bottom + y) + half);
    for (let j = top; j < bottom; j++) {
      const row = j * this.size;
      for (let i = left; i < right; i++) {
        if (this.taken[row + i]) {
          return false;
        }
      }
    }
    return true;
  }

  take(box: Box, { x, y }: Point): void {
    const own = { left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y };
    this.reach(Math.max(-own.left, -own.top, own.right, own.bottom));
    const half = this.size / 2;
    for (let j = Math.floor(own.top) + half; j < Math.ceil(own.bottom) + half; j++) {
      this.taken.fill(
        1,
        j * this.size + Math.floor(own.left) + half,
        j * this.size + Math.ceil(own.right) + half
      );
    }
    this.extent = this.empty
      ? own
      : {
          left: Math.min(this.extent.left, own.left),
          top: Math.min(this.extent.top, own.top),
          right: Math.max(this.extent.right, own.right),
          bottom: Math.max(this.extent.bottom, own.bottom)
        };
    this.empty = false;
  }

  /** Take the free place nearest to the wanted one, a number of squares that `step` divides away. */
  place(box: Box, wanted: Point, step = 1): Point {
    const found = this.nearest(box, wanted, step);
    this.take(box, found);
    return found;
  }

  /** Make the raster large enough for a distance from the origin. */
  private reach(distance: number): void {
    let size = this.size;
    while (distance + 1 >= size / 2) {
      size *= 2;
    }
    if (size === this.size) {
      return;
    }
    const larger = new Uint8Array(size * size);
    const shift = (size - this.size) / 2;
    for (let j = 0; j < this.size; j++) {
      const row = this.taken.subarray(j * this.size, (j + 1) * this.size);
      larger.set(row, (j + shift) * size + shift);
    }
    [this.size, this.taken] = [size, larger];
  }

  private nearest(box: Box, wanted: Point, step: number): Point {
    if (this.isFree(box, wanted)) {
      return wanted;
    }
    const { left, top, right, bottom } = box;
    const cell = `${Math.floor(wanted.x / CELL / step)} ${Math.floor(wanted.y / CELL / step)}`;
    const place = `${left} ${top} ${right} ${bottom} ${cell}`;
    const before = this.looks.get(place);
    const moved = before ? Math.max(Math.abs(before.x - wanted.x), Math.abs(before.y - wanted.y)) : 0;
    const nearest = (before?.distance ?? 1) - Math.ceil(moved / step) * step;
    for (let r = Math.max(step, nearest); r < FARTHEST; r += step) {
      for (let k = 0; k <= r; k += step) {
        const found = this.onRing(box, wanted, r, k) ?? (k > 0 ? this.onRing(box, wanted, r, -k) : null);
        if (found) {
          this.looks.set(place, { ...wanted, distance: r });
          return found;
        }
      }
    }
    return wanted;
  }

  /** One of the four places of a square ring that lie `k` squares beside its middles. */
  private onRing(box: Box, { x, y }: Point, r: number, k: number): Point | null {
    for (let side = 0; side < 4; side++) {
      const place =
        side === 0
          ? { x: x + k, y: y - r }
          : side === 1
            ? { x: x + k, y: y + r }
            : side === 2
              ? { x: x - r, y: y + k }
              : { x: x + r, y: y + k };
      if (this.isFree(box, place)) {
        return place;
      }
    }
    return null;
  }
}
