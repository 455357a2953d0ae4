/** Which grid squares are taken, and the nearest free place for a box. */

import type { Box, Point } from './geometry';

const FARTHEST = 4000;

export class Sheet {
  private readonly taken = new Set<number>();
  extent: Box = { left: 0, top: 0, right: 0, bottom: 0 };
  private empty = true;

  /** Whether a box about a place is free. */
  isFree(box: Box, { x, y }: Point): boolean {
    for (let i = Math.floor(box.left + x); i < Math.ceil(box.right + x); i++) {
      for (let j = Math.floor(box.top + y); j < Math.ceil(box.bottom + y); j++) {
        if (this.taken.has(code(i, j))) {
          return false;
        }
      }
    }
    return true;
  }

  take(box: Box, { x, y }: Point): void {
    for (let i = Math.floor(box.left + x); i < Math.ceil(box.right + x); i++) {
      for (let j = Math.floor(box.top + y); j < Math.ceil(box.bottom + y); j++) {
        this.taken.add(code(i, j));
      }
    }
    const own = { left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y };
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

  private nearest(box: Box, wanted: Point): Point {
    if (this.isFree(box, wanted)) {
      return wanted;
    }
    for (let r = 1; r < FARTHEST; r++) {
      let best: Point | null = null;
      let distance = Infinity;
      for (let k = -r; k <= r; k++) {
        const ring = [
          { x: wanted.x + k, y: wanted.y - r },
          { x: wanted.x + k, y: wanted.y + r },
          { x: wanted.x - r, y: wanted.y + k },
          { x: wanted.x + r, y: wanted.y + k }
        ];
        if (r + Math.abs(k) * 0.01 >= distance) {
          continue;
        }
        const free = ring.find(place => this.isFree(box, place));
        if (free) {
          [best, distance] = [free, r + Math.abs(k) * 0.01];
        }
      }
      if (best) {
        return best;
      }
    }
    return wanted;
  }
}

function code(i: number, j: number): number {
  return (i + 1e6) * 4e6 + (j + 1e6);
}
