/** Where connections meet their bars: each at a place of its own, as near as can be to where it leads. */

import { placeLabels } from '../../core/layout';
import type { Element, Placement, Placements } from './elements';
import type { Direction, Point } from './geometry';
import { clamped } from './geometry';
import type { Key } from './kinds';
import { kindOf } from './kinds';
import type { Bar, Item, WireEnd } from './scene';
import { barOf, endName, SHORTEST } from './scene';
import type { Terminal } from './symbols';

/** A wire before it is known where it meets the bars. */
export interface Wish {
  readonly id: string;
  readonly key: Key;
  readonly field: string;
  /** Terminal that it starts from; null where it starts at a bar. */
  readonly terminal: Terminal | null;
  readonly from: Key;
  readonly to: Key;
}

export function wishesOf(
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
export function lengthen(bars: Map<Key, Bar>, placements: Placements, wishes: readonly Wish[]): void {
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

export interface Fastened {
  readonly wish: Wish;
  a: WireEnd | null;
  b: WireEnd | null;
}

/** Slide every connection to a place of its own on its bar. */
export function attached(wishes: readonly Wish[], bars: ReadonlyMap<Key, Bar>): readonly Fastened[] {
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
