/** Draws a scene: as much of it as can be seen, and as much detail as can be read. */

import { textWidth } from '../../core/layout';
import { figure } from '../../core/numbers';
import type { Element } from './elements';
import { nameOf } from './elements';
import type { Box, Point } from './geometry';
import { along, boxOf, grown, overlap, union } from './geometry';
import type { Key } from './kinds';
import type { BranchFigures, Overlay } from './overlay';
import { loadingBand, voltageBand } from './overlay';
import { LEADING, LETTERS, linesOf } from './notes';
import type { Ink, Pen } from './pen';
import type { Bar, Item, Scene, Wire } from './scene';
import { symbolNote } from './symbols';

export interface Look {
  /** What can be seen, grid squares. */
  readonly visible: Box;
  /** px to a grid square. */
  readonly scale: number;
  readonly selection: ReadonlySet<Key>;
  /** Busbars that something would be connected to. */
  readonly targets: ReadonlySet<Key>;
  readonly overlay: Overlay;
  /** Whether figures are older than the network. */
  readonly stale: boolean;
}

/** px to a square from which names, figures and fine strokes can be read. */
const NAMES = 7;
const FIGURES = 8;
const SYMBOLS = 2.2;
/** px to a square below which connections are straight and thin, so that the shape of the network shows. */
const OVERVIEW = 1;
const BAR = 0.42;
const WIRE = 0.12;
const TEXT = 0.95;

export function paint(pen: Pen, scene: Scene, look: Look): void {
  const seen = (box: Box) => overlap(grown(box, 3), look.visible);
  const wires = scene.wires.filter(wire => seen(boxOfWire(wire)));
  const bars = [...scene.bars.values()].filter(bar => seen(bar.box));
  const items = [...scene.items.values()].filter(item => seen(item.box));
  halos(pen, scene, look, wires, bars, items);
  wires.forEach(wire => drawWire(pen, scene, look, wire));
  bars.forEach(bar => drawBar(pen, look, bar));
  if (look.scale >= SYMBOLS) {
    items.forEach(item => drawItem(pen, look, item));
    drawMarkers(pen, scene, look);
  } else {
    items
      .filter(({ symbol }) => symbol.strokes.length > 0)
      .forEach(({ place }) =>
        pen.box(
          boxOf({ x: place.x - 0.7, y: place.y - 0.7 }, { x: place.x + 0.7, y: place.y + 0.7 }),
          'wire',
          null,
          0
        )
      );
  }
  if (look.scale >= FIGURES) {
    wires.forEach(wire => drawFlow(pen, scene, look, wire));
  }
  if (look.scale >= NAMES) {
    bars.forEach(bar => drawBarText(pen, look, bar));
    items.forEach(item => drawItemText(pen, look, item));
  }
  if (look.scale < NAMES) {
    items.filter(({ element }) => element.table === 'labels').forEach(item => drawUnreadable(pen, item));
  }
  drawMarks(pen, scene, look, seen);
}

/** A note that is too small to be read: where its lines are. */
function drawUnreadable(pen: Pen, { box, element }: Item): void {
  linesOf(element.row).forEach((line, i) => {
    const top = box.top + (i + 0.25) * LEADING;
    const right = box.left + textWidth(line, LETTERS);
    pen.box({ left: box.left, top, right, bottom: top + 0.5 * LEADING }, 'quiet', null, 0, 0.4);
  });
}

const boxes = new WeakMap<readonly Point[], Box>();

/** Around the corners of a wire; remembered, for it is asked for in every frame. */
export function boxOfWire({ corners }: Wire): Box {
  let box = boxes.get(corners);
  if (!box) {
    box = union(corners.map(corner => boxOf(corner, corner))) ?? { left: 0, top: 0, right: 0, bottom: 0 };
    boxes.set(corners, box);
  }
  return box;
}

export function isOff(element: Element): boolean {
  return (
    element.row['in_service'] === false || (element.table === 'switches' && element.row['closed'] === false)
  );
}

/** Coarser strokes where the sheet is small, so that they stay visible: at least 0.8 px. */
function stroke(width: number, look: Look): number {
  return Math.max(width, (look.scale < OVERVIEW ? 0.35 : 0.8) / look.scale);
}

function halos(
  pen: Pen,
  scene: Scene,
  look: Look,
  wires: readonly Wire[],
  bars: readonly Bar[],
  items: readonly Item[]
): void {
  const { selection, targets } = look;
  for (const { key, box } of [...bars, ...items]) {
    if (selection.has(key)) {
      pen.box(grown(box, 0.25), 'accent', null, 0, 0.22);
    } else if (targets.has(key)) {
      pen.box(grown(box, 0.35), 'target', null, 0, 0.3);
    }
  }
  for (const { key, box } of scene.markers.values()) {
    if (selection.has(key)) {
      pen.box(grown(box, 0.3), 'accent', null, 0, 0.3);
    }
  }
  for (const wire of wires) {
    if (selection.has(wire.key)) {
      pen.line(wire.corners, 'accent', { width: Math.max(0.5, 4 / look.scale) });
    }
  }
}

function wireInk(element: Element | undefined, look: Look): Ink {
  if (!element || isOff(element)) {
    return 'off';
  }
  const loading = look.overlay.branches.get(element.key)?.loading;
  return typeof loading === 'number' && loading > 1 ? 'over' : 'wire';
}

function drawWire(pen: Pen, scene: Scene, look: Look, wire: Wire): void {
  const element = scene.elements.get(wire.key);
  const off = element !== undefined && element.row['in_service'] === false;
  const points = look.scale < OVERVIEW ? [wire.a.at, wire.b.at] : wire.corners;
  pen.line(points, wireInk(element, look), { width: stroke(WIRE, look), dashed: off });
}

function drawBar(pen: Pen, look: Look, { at, level, length, key, element }: Bar): void {
  const figures = look.overlay.buses.get(key);
  const ink: Ink = isOff(element) ? 'off' : figures ? voltageBand(figures.voltage) : 'bar';
  const half = length / 2;
  const ends = level
    ? [
        { x: at.x - half, y: at.y },
        { x: at.x + half, y: at.y }
      ]
    : [
        { x: at.x, y: at.y - half },
        { x: at.x, y: at.y + half }
      ];
  pen.line(ends, ink, { width: Math.max(BAR, (look.scale < OVERVIEW ? 1.2 : 2) / look.scale) });
}

function drawItem(pen: Pen, look: Look, { symbol, place, element }: Item): void {
  const ink: Ink = isOff(element) ? 'off' : 'wire';
  pen.shape(symbol.strokes, place, place.rotation, ink, stroke(WIRE * 1.15, look));
}

function drawMarkers(pen: Pen, scene: Scene, look: Look): void {
  for (const { box, element } of scene.markers.values()) {
    const closed = element.row['closed'] !== false;
    pen.box(box, closed ? 'wire' : 'back', 'wire', stroke(WIRE, look));
  }
}

/** Name before the bar, or over it where it is long; voltage behind it. */
function drawBarText(pen: Pen, look: Look, bar: Bar): void {
  const { at, level, length, element, key } = bar;
  const name = shortened(nameOf(element));
  const half = length / 2;
  const isShort = level && name.length <= 4;
  const place = isShort
    ? { x: at.x - half - 0.3, y: at.y + 0.35 }
    : level
      ? { x: at.x - half, y: at.y - 0.55 }
      : { x: at.x + 0.6, y: at.y - half + 0.8 };
  pen.text(name, place, 'text', TEXT, isShort ? 'right' : 'left', true);
  const figures = look.overlay.buses.get(key);
  const behind = level ? { x: at.x + half + 0.3, y: at.y + 0.35 } : { x: place.x, y: place.y + 1.1 };
  const note = look.overlay.notes.get(key);
  if (note) {
    pen.text(note, { x: behind.x, y: behind.y - 1 }, 'error', TEXT * 0.9, 'left', true);
  }
  if (figures && look.scale >= FIGURES) {
    const band = voltageBand(figures.voltage);
    const ink = look.stale || band === 'good' ? 'quiet' : band;
    const text = `${figures.voltage.toFixed(3)} ∠${figures.angle.toFixed(1)}°`.replace('-', '−');
    pen.text(text, behind, ink, TEXT * 0.85, 'left');
  }
}

function drawItemText(pen: Pen, look: Look, { element, place, box }: Item): void {
  if (element.table === 'labels') {
    linesOf(element.row).forEach((line, i) =>
      pen.text(line, { x: box.left, y: box.top + (i + 0.8) * LEADING }, 'text', LETTERS, 'left')
    );
    return;
  }
  const right = { x: box.right + 0.15, y: place.y };
  const name = String(element.row['name'] ?? '') || symbolNote(element.table, element.row);
  const lines = name ? [[shortened(name), 'text' as Ink] as const] : [];
  const injected = look.overlay.injections.get(element.key);
  const texts = [
    ...lines,
    ...(injected && look.scale >= FIGURES
      ? [
          [power(injected.p), 'quiet' as Ink] as const,
          [`${figure(injected.q, 3)} Mvar`, 'quiet' as Ink] as const
        ]
      : [])
  ];
  texts.forEach(([text, ink], i) =>
    pen.text(
      text,
      { x: right.x, y: right.y + 0.35 + (i - (texts.length - 1) / 2) * 1 },
      ink,
      TEXT * 0.85,
      'left'
    )
  );
}

/** Active power; what is left of rounding in the solver is nothing. */
function power(p: number): string {
  return `${figure(Math.abs(p) < 1e-6 ? 0 : p, 3)} MW`;
}

function shortened(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

/** Arrow in the direction of active power, its size, and how far the branch is loaded. */
function drawFlow(pen: Pen, scene: Scene, look: Look, wire: Wire): void {
  const figures = look.overlay.branches.get(wire.key);
  const element = scene.elements.get(wire.key);
  if (!figures || !element || isOff(element)) {
    return;
  }
  const place = placeOfFlow(wire, element, figures);
  if (!place) {
    return;
  }
  const { at, direction, p } = place;
  const sign = p >= 0 ? 1 : -1;
  const angle = { x: direction.x * sign, y: direction.y * sign };
  const ink: Ink = look.stale ? 'quiet' : 'accent';
  if (Math.abs(p) > 1e-6) {
    arrow(pen, at, angle, ink, look);
  }
  const upright = direction.y !== 0;
  const text = power(Math.abs(p));
  pen.text(
    text,
    upright ? { x: at.x + 0.5, y: at.y + 0.3 } : { x: at.x, y: at.y - 0.55 },
    'quiet',
    TEXT * 0.8,
    upright ? 'left' : 'center'
  );
  if (figures.loading !== null) {
    loadingBar(pen, at, upright, figures.loading, look);
  }
}

function placeOfFlow(
  wire: Wire,
  element: Element,
  figures: BranchFigures
): { at: Point; direction: Point; p: number } | null {
  if (element.table === 'lines') {
    return { ...along(wire.corners, 0.5), p: figures.p[0] ?? 0 };
  }
  const end = element.buses.indexOf(wire.b.key);
  if (end !== 0 && element.table !== 'three_winding_transformers') {
    return null;
  }
  // this wire runs from the symbol to the bar: power into the branch runs against it
  return { ...along(wire.corners, 0.45), p: -(figures.p[Math.max(0, end)] ?? 0) };
}

function arrow(pen: Pen, at: Point, { x, y }: Point, ink: Ink, look: Look): void {
  const size = Math.max(0.45, 4 / look.scale);
  const tip = { x: at.x + x * size, y: at.y + y * size };
  const wing = (side: number) => ({
    x: at.x - x * size * 0.5 + side * y * size * 0.7,
    y: at.y - y * size * 0.5 - side * x * size * 0.7
  });
  pen.line([wing(1), tip, wing(-1)], ink, { width: stroke(0.2, look) });
}

function loadingBar(pen: Pen, at: Point, upright: boolean, loading: number, look: Look): void {
  const [length, thick] = [2.4, 0.36];
  const share = Math.min(1, loading);
  const ink = look.stale ? 'quiet' : loadingBand(loading);
  if (upright) {
    const box = {
      left: at.x - 0.75,
      right: at.x - 0.75 + thick,
      top: at.y - length / 2,
      bottom: at.y + length / 2
    };
    pen.box(box, 'back', 'quiet', stroke(0.05, look));
    pen.box({ ...box, top: box.bottom - share * length }, ink, null, 0);
  } else {
    const box = {
      left: at.x - length / 2,
      right: at.x + length / 2,
      top: at.y + 0.45,
      bottom: at.y + 0.45 + thick
    };
    pen.box(box, 'back', 'quiet', stroke(0.05, look));
    pen.box({ ...box, right: box.left + share * length }, ink, null, 0);
  }
}

/** A sign at elements that a study or a check complains of; the words are in the list beside. */
function drawMarks(pen: Pen, scene: Scene, look: Look, seen: (box: Box) => boolean): void {
  const size = Math.max(1, 11 / look.scale);
  for (const [key, { level }] of look.overlay.marks) {
    const box =
      scene.bars.get(key)?.box ??
      scene.items.get(key)?.box ??
      scene.markers.get(key)?.box ??
      wireBox(scene, key);
    if (!box || !seen(box)) {
      continue;
    }
    const [x, y] = [box.left - 0.2 - size / 2, box.top - 0.2 - size / 2];
    const half = size / 2;
    pen.box({ left: x - half, top: y - half, right: x + half, bottom: y + half }, level, 'back', size / 12);
    const bar = [
      { x, y: y - 0.3 * size },
      { x, y: y + 0.08 * size }
    ];
    pen.line(bar, 'back', { width: size * 0.15 });
    const dot = [
      { x, y: y + 0.18 * size },
      { x, y: y + 0.33 * size }
    ];
    pen.line(dot, 'back', { width: size * 0.15 });
  }
}

function wireBox(scene: Scene, key: Key): Box | null {
  const [wire] = scene.wiresOf.get(key) ?? [];
  if (!wire) {
    return null;
  }
  const { at } = along(wire.corners, 0.5);
  return { left: at.x, top: at.y, right: at.x, bottom: at.y };
}
