/** Which grid squares are taken, and the nearest free place for a box. */

import type { Box, Point } from './geometry';

const FARTHEST = 6000;
const FIRST_SIZE = 512;

export class Sheet {
  /** Side of the raster, whose middle is the origin. */
  private size = FIRST_SIZE;
  private taken = new Uint8Array(FIRST_SIZE * FIRST_SIZE);
  extent: Box = { left: 0, top: 0, right: 0, bottom: 0 };
  private empty = true;

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

  /** Take the free place nearest to the wanted one. */
  place(box: Box, wanted: Point): Point {
    const found = this.nearest(box, wanted);
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

  private nearest(box: Box, wanted: Point): Point {
    if (this.isFree(box, wanted)) {
      return wanted;
    }
    for (let r = 1; r < FARTHEST; r++) {
      for (let k = 0; k <= r; k++) {
        const found = this.onRing(box, wanted, r, k) ?? (k > 0 ? this.onRing(box, wanted, r, -k) : null);
        if (found) {
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
