/** Placements of a whole document: those that it gives, and places for what has none. */

import type { JsonObject } from '../../core/document';
import type { Element, Placement } from './elements';
import { elementsIn, hasPlace, placementsIn } from './elements';
import type { Box } from './geometry';
import type { Key } from './kinds';
import { facing, HANG, hangs, layOutSteps } from './layout';
import { Sheet } from './sheet';
import type { Steps } from './steps';
import { finished } from './steps';

export interface Arrangement {
  readonly placements: ReadonlyMap<Key, Placement>;
  /** Those that the document does not have. */
  readonly fresh: ReadonlyMap<Key, Placement>;
}

/** Share of buses without a place from which the whole network is laid out. */
const MOSTLY = 0.5;
const BAR: Box = { left: -4, top: -2, right: 4, bottom: 2 };
const SYMBOL: Box = { left: -2, top: -2.5, right: 2, bottom: 2.5 };

/** `before` holds what was found earlier, so that things without a place stay where they are on the screen. */
export function arrange(document: JsonObject, before: ReadonlyMap<Key, Placement>): Arrangement {
  return finished(arrangeSteps(document, before));
}

/** The same in steps; each gives the share that is done. */
export function* arrangeSteps(document: JsonObject, before: ReadonlyMap<Key, Placement>): Steps<Arrangement> {
  const elements = elementsIn(document);
  const given = placementsIn(document);
  const placed = (element: Element) => given.get(element.key) ?? before.get(element.key);
  const needing = [...elements.values()].filter(hasPlace);
  const buses = needing.filter(element => element.table === 'buses');
  const lost = buses.filter(element => !placed(element)).length;
  const fresh = new Map<Key, Placement>();
  if (lost > 0 && lost > MOSTLY * buses.length) {
    const laid = yield* layOutSteps(elements);
    needing.forEach(({ key }) => {
      const place = laid.get(key);
      if (place && !given.has(key)) {
        fresh.set(key, place);
      }
    });
    return { placements: new Map([...given, ...fresh]), fresh };
  }
  const placements = new Map(given);
  const missing: Element[] = [];
  for (const element of needing) {
    const place = placed(element);
    if (!place) {
      missing.push(element);
    } else if (!given.has(element.key)) {
      placements.set(element.key, place);
      fresh.set(element.key, place);
    }
  }
  if (missing.length > 0) {
    const sheet = sheetOf(elements, placements);
    const order = [...missing].sort((a, b) => rank(a) - rank(b));
    order.forEach(element => {
      const place = besideBuses(element, placements, sheet);
      placements.set(element.key, place);
      fresh.set(element.key, place);
    });
  }
  return { placements, fresh };
}

function rank(element: Element): number {
  return element.table === 'buses' ? 0 : hangs(element) ? 2 : 1;
}

function boxFor(element: Element, length: number): Box {
  if (element.table !== 'buses') {
    return SYMBOL;
  }
  const half = Math.max(4, length / 2 + 1);
  return { ...BAR, left: -half, right: half };
}

export function sheetOf(elements: ReadonlyMap<Key, Element>, placements: ReadonlyMap<Key, Placement>): Sheet {
  const sheet = new Sheet();
  for (const [key, place] of placements) {
    const element = elements.get(key);
    if (element) {
      const box = boxFor(element, place.length);
      const upright = place.rotation % 180 !== 0;
      sheet.take(
        upright ? { left: box.top, top: box.left, right: box.bottom, bottom: box.right } : box,
        place
      );
    }
  }
  return sheet;
}

/** A free place near the buses of an element. */
export function besideBuses(
  element: Element,
  placements: ReadonlyMap<Key, Placement>,
  sheet: Sheet
): Placement {
  const ends = element.buses.flatMap(bus => placements.get(bus) ?? []);
  const middle = {
    x: Math.round(ends.reduce((sum, end) => sum + end.x, 0) / Math.max(1, ends.length)),
    y: Math.round(ends.reduce((sum, end) => sum + end.y, 0) / Math.max(1, ends.length))
  };
  if (ends.length === 0) {
    middle.x = Math.round((sheet.extent.left + sheet.extent.right) / 2);
    middle.y = Math.ceil(sheet.extent.bottom + 4);
  }
  const above = ['generators', 'external_grids', 'converters'].includes(element.table);
  const [end] = ends;
  if (hangs(element) && end) {
    const upright = end.rotation % 180 !== 0;
    const sign = above ? -1 : 1;
    const wanted = upright ? { x: end.x + sign * HANG, y: end.y } : { x: end.x, y: end.y + sign * HANG };
    const rotation = upright ? (above ? 90 : 270) : above ? 180 : 0;
    const at = sheet.place(upright ? { left: -2, top: -1.5, right: 2, bottom: 1.5 } : SYMBOL, wanted);
    return { ...at, rotation, length: 0 };
  }
  const at = sheet.place(boxFor(element, 0), middle);
  const place: Placement = { ...at, rotation: 0, length: 0 };
  return element.table === 'buses' ? place : { ...place, rotation: facing(element, place, placements) };
}
