/** Where everything of a circuit is on the sheet: the layout follows from the tree and is always tidy. */

import type { JsonObject } from '../../core/document';
import { textWidth } from '../../core/layout';
import type { Box, Point } from '../circuit/geometry';
import { boxOf, contains, distanceToLine, grown, union } from '../circuit/geometry';
import type { Mark } from '../circuit/overlay';
import type { Slot } from './edits';
import { blockOf } from './edits';
import type { Kind } from './kinds';
import { kindOf, rowsOf } from './kinds';
import { treeIn } from './model';
import type { Node } from './tree';
import { isEmpty, leaves } from './tree';
import type { Sign } from './symbols';
import { signOf } from './symbols';
import { linesOf } from './values';

export interface Item {
  readonly name: string;
  readonly kind: Kind | null;
  readonly sign: Sign;
  readonly at: Point;
  /** Values beside the symbol. */
  readonly lines: readonly string[];
  /** Symbol, name and values. */
  readonly box: Box;
  /** Whether the code names it. */
  readonly connected: boolean;
}

export interface Wire {
  readonly corners: readonly Point[];
  /** Where something goes that is dropped on it. */
  readonly slot: Slot;
}

/** A parallel group and the box around it. */
export interface Frame {
  readonly names: readonly string[];
  readonly box: Box;
}

export interface Scene {
  readonly tree: Node;
  readonly items: ReadonlyMap<string, Item>;
  readonly wires: readonly Wire[];
  readonly frames: readonly Frame[];
  readonly terminals: readonly Point[];
  readonly marks: ReadonlyMap<string, Mark>;
  /** What is dragged would go there. */
  readonly slot: Slot | null;
}

/** Sizes in grid squares; `up` and `down` from the line on which the terminals lie. */
interface Size {
  readonly width: number;
  readonly up: number;
  readonly down: number;
}

export const TEXT = 0.92;
const LEAST_WIDTH = 6;
const RAIL = 1;
const GAP = 0.6;
const NEAR_MIDDLE = 2;
const LEAD = 2;

export function buildScene(document: JsonObject, marks: ReadonlyMap<string, Mark>): Scene {
  const tree = treeIn(document);
  const drawing = new Drawing(document);
  drawing.whole(tree);
  return {
    tree,
    items: drawing.items,
    wires: drawing.wires,
    frames: drawing.frames,
    terminals: drawing.terminals,
    marks,
    slot: null
  };
}

class Drawing {
  readonly items = new Map<string, Item>();
  readonly wires: Wire[] = [];
  readonly frames: Frame[] = [];
  terminals: readonly Point[] = [];
  private readonly rows: JsonObject;
  private readonly sizes = new Map<Node, Size>();

  constructor(document: JsonObject) {
    this.rows = rowsOf(document);
  }

  whole(tree: Node): void {
    const empty = isEmpty(tree);
    const size = empty ? { width: 8, up: 2, down: 2 } : this.size(tree);
    const right = LEAD + size.width;
    if (empty) {
      this.wire({ how: 'after', names: [] }, { x: LEAD, y: 0 }, { x: right, y: 0 });
    } else {
      this.draw(tree, LEAD, 0);
    }
    this.wire({ how: 'before', names: leaves(tree) }, { x: 0, y: 0 }, { x: LEAD, y: 0 });
    this.wire({ how: 'after', names: leaves(tree) }, { x: right, y: 0 }, { x: right + LEAD, y: 0 });
    this.terminals = [
      { x: 0, y: 0 },
      { x: right + LEAD, y: 0 }
    ];
    const loose = Object.keys(this.rows).filter(name => !this.items.has(name));
    let x = LEAD;
    for (const name of loose) {
      const own = this.leafSize(name);
      this.item(name, x + own.width / 2, size.down + 2 + own.up, false);
      x += own.width + 1;
    }
  }

  private size(node: Node): Size {
    const known = this.sizes.get(node);
    if (known) {
      return known;
    }
    const found = this.measured(node);
    this.sizes.set(node, found);
    return found;
  }

  private measured(node: Node): Size {
    if (node.kind === 'leaf') {
      return this.leafSize(node.name);
    }
    const parts = node.parts.map(part => this.size(part));
    if (node.kind === 'series') {
      return {
        width: parts.reduce((sum, part) => sum + part.width, 0),
        up: Math.max(...parts.map(part => part.up)),
        down: Math.max(...parts.map(part => part.down))
      };
    }
    const offsets = this.offsets(parts);
    const [first, last] = [parts[0] as Size, parts[parts.length - 1] as Size];
    return {
      width: Math.max(...parts.map(part => part.width)) + 2 * RAIL,
      up: first.up - (offsets[0] as number),
      down: (offsets[offsets.length - 1] as number) + last.down
    };
  }

  /** Lines of branches below the line of their group: a middle one lies on it, else first and last are as far from it. */
  private offsets(parts: readonly Size[]): readonly number[] {
    const places: number[] = [0];
    parts.slice(1).forEach((part, i) => {
      const above = parts[i] as Size;
      places.push((places[i] as number) + Math.ceil(2 * (above.down + GAP + part.up)) / 2);
    });
    const half = Math.round(places[places.length - 1] as number) / 2;
    const middle = places.slice(1, -1).find(place => Math.abs(place - half) < NEAR_MIDDLE) ?? half;
    return places.map(place => place - middle);
  }

  private leafSize(name: string): Size {
    const sign = signOf(kindOf(name));
    const lines = linesOf(this.rows[name]);
    const widest = Math.max(...[name, ...lines].map(text => textWidth(text, TEXT)));
    return {
      width: Math.max(LEAST_WIDTH, Math.ceil(widest + 1.6)),
      up: sign.half + 1.4,
      down: sign.half + 0.3 + 1.05 * Math.max(1, lines.length)
    };
  }

  /** Draw a node between two places of one height; gives the place behind it. */
  private draw(node: Node, x: number, y: number): void {
    const { width } = this.size(node);
    if (node.kind === 'leaf') {
      const middle = x + width / 2;
      this.item(node.name, middle, y, true);
      this.wire({ how: 'before', names: [node.name] }, { x, y }, { x: middle - 2, y });
      this.wire({ how: 'after', names: [node.name] }, { x: middle + 2, y }, { x: x + width, y });
    } else if (node.kind === 'series') {
      let at = x;
      for (const part of node.parts) {
        this.draw(part, at, y);
        at += this.size(part).width;
      }
    } else {
      this.parallel(node.parts, x, y, width);
    }
  }

  private parallel(parts: readonly Node[], x: number, y: number, width: number): void {
    const sizes = parts.map(part => this.size(part));
    const offsets = this.offsets(sizes);
    const names = parts.flatMap(leaves);
    const [left, right] = [x + RAIL / 2, x + width - RAIL / 2];
    const [top, bottom] = [y + (offsets[0] as number), y + (offsets[offsets.length - 1] as number)];
    this.wire({ how: 'before', names }, { x, y }, { x: left, y }, { x: left, y: top });
    this.wire({ how: 'before', names }, { x: left, y }, { x: left, y: bottom });
    this.wire({ how: 'after', names }, { x: x + width, y }, { x: right, y }, { x: right, y: top });
    this.wire({ how: 'after', names }, { x: right, y }, { x: right, y: bottom });
    parts.forEach((part, i) => {
      const size = sizes[i] as Size;
      const line = y + (offsets[i] as number);
      const start = left + (right - left - size.width) / 2;
      this.draw(part, start, line);
      this.wire({ how: 'before', names: leaves(part) }, { x: left, y: line }, { x: start, y: line });
      this.wire(
        { how: 'after', names: leaves(part) },
        { x: start + size.width, y: line },
        { x: right, y: line }
      );
    });
    const [first, last] = [sizes[0] as Size, sizes[sizes.length - 1] as Size];
    this.frames.push({
      names,
      box: { left: x, right: x + width, top: top - first.up, bottom: bottom + last.down }
    });
  }

  private item(name: string, x: number, y: number, connected: boolean): void {
    const kind = kindOf(name);
    const sign = signOf(kind);
    const lines = linesOf(this.rows[name]);
    const { width } = this.leafSize(name);
    const half = Math.max(2, width / 2 - 0.5);
    const box = {
      left: x - half,
      right: x + half,
      top: y - sign.half - 1.2,
      bottom: y + sign.half + 0.25 + 1.05 * Math.max(lines.length, 0)
    };
    this.items.set(name, { name, kind, sign, at: { x, y }, lines, box, connected });
  }

  private wire(slot: Slot, ...corners: readonly Point[]): void {
    const [first, last] = [corners[0] as Point, corners[corners.length - 1] as Point];
    if (first.x !== last.x || first.y !== last.y) {
      this.wires.push({ corners, slot });
    }
  }
}

/** Box around elements; around everything where none are named. */
export function extentOf(scene: Scene, names?: Iterable<string>): Box | null {
  if (names) {
    return union([...names].flatMap(name => scene.items.get(name)?.box ?? []));
  }
  const corners = [...scene.wires.flatMap(wire => wire.corners), ...scene.terminals];
  return union([...[...scene.items.values()].map(item => item.box), ...corners.map(at => boxOf(at, at))]);
}

/** The element whose symbol or words lie under a point. */
export function hit(scene: Scene, at: Point, slack: number): string | null {
  for (const { name, box } of scene.items.values()) {
    if (contains(grown(box, slack), at)) {
      return name;
    }
  }
  return null;
}

/** Elements in a box that a person draws. */
export function within(scene: Scene, box: Box): readonly string[] {
  return [...scene.items.values()].filter(({ at }) => contains(box, at)).map(({ name }) => name);
}

const NEAR_WIRE = 0.7;
const NEAR_FRAME = 1.4;

/** Where something that is dropped would go: on a wire in series with what is there, on or near a thing beside it. */
export function slotAt(scene: Scene, at: Point, selection: ReadonlySet<string>): Slot | null {
  if (isEmpty(scene.tree)) {
    return { how: 'after', names: [] };
  }
  const wire = nearestWire(scene, at);
  const chosen = new Set([...selection].filter(name => scene.items.get(name)?.connected === true));
  const block = chosen.size > 1 ? blockOf(scene.tree, chosen) : [];
  const around = block.length > 1 ? extentOf(scene, block) : null;
  const item = [...scene.items.values()].find(({ box, connected }) => connected && contains(box, at));
  if (wire && (!item || Math.abs(at.x - item.at.x) > 1.3)) {
    return wire.slot;
  }
  if (around && contains(around, at)) {
    return { how: 'beside', names: block };
  }
  if (item) {
    return { how: 'beside', names: [item.name] };
  }
  const frame = scene.frames
    .filter(({ box }) => contains(grown(box, NEAR_FRAME), at))
    .sort((a, b) => a.names.length - b.names.length)[0];
  if (frame) {
    return { how: 'beside', names: frame.names };
  }
  const near = [...scene.items.values()].find(
    ({ box, connected }) => connected && contains(grown(box, NEAR_FRAME), at)
  );
  return near ? { how: 'beside', names: [near.name] } : null;
}

function nearestWire(scene: Scene, at: Point): Wire | null {
  let nearest: Wire | null = null;
  let least = NEAR_WIRE;
  for (const wire of scene.wires) {
    const distance = distanceToLine(at, wire.corners);
    if (distance < least) {
      [nearest, least] = [wire, distance];
    }
  }
  return nearest;
}

/** The middle of the wire of a slot, where what is dropped would go. */
export function placeOf(scene: Scene, slot: Slot): Point | null {
  const same = (wire: Wire) =>
    wire.slot.how === slot.how && wire.slot.names.join(' ') === slot.names.join(' ');
  const corners = scene.wires.find(same)?.corners;
  const [a, b] = [corners?.[0], corners?.[1]];
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : null;
}
