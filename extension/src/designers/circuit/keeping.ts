/** Wires of an earlier scene that stay as they were: where they are, or carried along with both of their ends. */

import type { Box, Point } from './geometry';
import { boxOf, grown, minus, plus, samePoint, shifted } from './geometry';
import type { Key } from './kinds';
import type { Bar, Item, Scene, Wire, WireEnd } from './scene';

type Boxes = ReadonlyMap<Key, { readonly box: Box }>;
export type Kept = Pick<Wire, 'corners' | 'rough'>;

/** More ways of moving than this: a new layout, in which only what stands still is worth keeping. */
const MOST_SHIFTS = 6;

/** Gives the corners of an earlier wire where both of its ends have moved the same way and nothing is in its way. */
export function undisturbed(
  earlier: Scene,
  bars: ReadonlyMap<Key, Bar>,
  items: ReadonlyMap<Key, Item>
): (id: string, a: WireEnd, b: WireEnd) => Kept | null {
  const shifts = new Map([...shiftsOf(bars, earlier.bars), ...shiftsOf(items, earlier.items)]);
  const boxes = [...bars, ...items].map(([key, { box }]) => ({ box, shift: nameOf(shifts.get(key)) }));
  const few = new Set(boxes.map(({ shift }) => shift)).size <= MOST_SHIFTS;
  const others = new Map<string, BoxIndex>();
  const moving = (shift: string): BoxIndex => {
    let index = others.get(shift);
    if (!index) {
      index = new BoxIndex(boxes.filter(item => item.shift !== shift).map(({ box }) => grown(box, -0.2)));
      others.set(shift, index);
    }
    return index;
  };
  const wires = new Map(earlier.wires.map(wire => [wire.id, wire]));
  return (id, a, b) => {
    const wire = wires.get(id);
    const shift = shifts.get(a.key);
    const name = nameOf(shift);
    if (!wire || wire.drawn || !shift || name !== nameOf(shifts.get(b.key)) || !(few || name === STILL)) {
      return null;
    }
    if (!sameEnds(wire.a, a, shift) || !sameEnds(wire.b, b, shift)) {
      return null;
    }
    const corners = name === STILL ? wire.corners : wire.corners.map(corner => plus(corner, shift));
    const clear = corners.every((p, i) => {
      const q = corners[i + 1];
      return !q || !moving(name).touched(boxOf(p, q));
    });
    return clear ? { corners, rough: wire.rough } : null;
  };
}

const STILL = '0 0';

function nameOf(shift: Point | undefined): string {
  return shift ? `${shift.x} ${shift.y}` : '';
}

/** How things have moved that are as large as before. */
function shiftsOf(now: Boxes, then: Boxes): ReadonlyMap<Key, Point> {
  const found = new Map<Key, Point>();
  for (const [key, { box }] of now) {
    const before = then.get(key)?.box;
    if (before) {
      const by = { x: box.left - before.left, y: box.top - before.top };
      const { right, bottom } = shifted(before, by);
      if (Math.abs(right - box.right) < 1e-9 && Math.abs(bottom - box.bottom) < 1e-9) {
        found.set(key, { x: by.x + 0, y: by.y + 0 });
      }
    }
  }
  return found;
}

function sameEnds(before: WireEnd, now: WireEnd, shift: Point): boolean {
  return (
    before.key === now.key && before.direction === now.direction && samePoint(before.at, minus(now.at, shift))
  );
}

const CELL = 8;

/** Boxes by the cells of a coarse raster that they lie in. */
class BoxIndex {
  private readonly cells = new Map<number, Box[]>();

  constructor(boxes: readonly Box[]) {
    for (const box of boxes) {
      this.visit(box, key => {
        const known = this.cells.get(key);
        if (known) {
          known.push(box);
        } else {
          this.cells.set(key, [box]);
        }
        return false;
      });
    }
  }

  /** Whether one of them is touched. */
  touched(flat: Box): boolean {
    return (
      this.cells.size > 0 &&
      this.visit(flat, key => this.cells.get(key)?.some(box => touches(flat, box)) === true)
    );
  }

  private visit({ left, top, right, bottom }: Box, found: (cell: number) => boolean): boolean {
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) {
      for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) {
        if (found(y * 100_003 + x)) {
          return true;
        }
      }
    }
    return false;
  }
}

function touches(flat: Box, box: Box): boolean {
  return flat.left <= box.right && flat.right >= box.left && flat.top <= box.bottom && flat.bottom >= box.top;
}
