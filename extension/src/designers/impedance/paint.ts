/** Draws a circuit. */

import type { Art } from '../circuit/art';
import type { Box, Point } from '../circuit/geometry';
import { grown } from '../circuit/geometry';
import type { Look } from '../circuit/paint';
import type { Ink, Pen } from '../circuit/pen';
import type { Item, Scene } from './scene';
import { extentOf, placeOf, TEXT } from './scene';

const WIRE = 0.12;
/** px to a square from which words can be read. */
const WORDS = 5;

function paint(pen: Pen, scene: Scene, look: Look): void {
  const width = Math.max(WIRE, 0.8 / look.scale);
  for (const name of look.selection) {
    const item = scene.items.get(name);
    if (item) {
      pen.box(grown(item.box, 0.1), 'accent', null, 0, 0.2);
    }
  }
  scene.wires.forEach(({ corners }) => pen.line(corners, 'wire', { width }));
  joints(scene).forEach(at => pen.box(around(at, 0.2), 'wire', null, 0));
  scene.items.forEach(item => drawItem(pen, item, look, width));
  scene.terminals.forEach(at => pen.box(around(at, 0.3), 'back', 'wire', width));
  drawSlot(pen, scene, look);
  drawMarks(pen, scene, look);
}

function around({ x, y }: Point, half: number): Box {
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}

/** Where three wires meet. */
function joints(scene: Scene): readonly Point[] {
  const counts = new Map<string, { at: Point; count: number }>();
  for (const { corners } of scene.wires) {
    for (const at of [corners[0] as Point, corners[1] as Point, corners[corners.length - 1] as Point]) {
      const key = `${at.x} ${at.y}`;
      const known = counts.get(key);
      counts.set(key, { at, count: (known?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()]
    .filter(
      ({ at, count }) =>
        count > 1 && scene.frames.some(frame => onRail(frame.box, at)) && branches(scene, at) > 2
    )
    .map(({ at }) => at);
}

function onRail(box: Box, at: Point): boolean {
  return Math.abs(at.x - box.left - 0.5) < 0.01 || Math.abs(at.x - box.right + 0.5) < 0.01;
}

/** Directions in which wires leave a point. */
function branches(scene: Scene, at: Point): number {
  const found = new Set<string>();
  for (const { corners } of scene.wires) {
    corners.slice(1).forEach((b, i) => {
      const a = corners[i] as Point;
      const level = a.y === b.y && at.y === a.y && at.x >= Math.min(a.x, b.x) && at.x <= Math.max(a.x, b.x);
      const upright = a.x === b.x && at.x === a.x && at.y >= Math.min(a.y, b.y) && at.y <= Math.max(a.y, b.y);
      if (level) {
        if (at.x > Math.min(a.x, b.x)) found.add('left');
        if (at.x < Math.max(a.x, b.x)) found.add('right');
      } else if (upright) {
        if (at.y > Math.min(a.y, b.y)) found.add('up');
        if (at.y < Math.max(a.y, b.y)) found.add('down');
      }
    });
  }
  return found.size;
}

function drawItem(pen: Pen, item: Item, look: Look, width: number): void {
  const { at, sign, name, lines, connected } = item;
  const ink: Ink = connected ? 'wire' : 'error';
  pen.shape(sign.strokes, at, 0, ink, width);
  if (look.scale < WORDS) {
    return;
  }
  if (sign.letters) {
    pen.text(sign.letters, { x: at.x, y: at.y + 0.34 }, ink, 0.95, 'center', true);
  }
  pen.text(name, { x: at.x, y: at.y - sign.half - 0.35 }, connected ? 'text' : 'error', TEXT, 'center', true);
  lines.forEach((text, i) =>
    pen.text(text, { x: at.x, y: at.y + sign.half + 1 + 1.05 * i }, 'quiet', TEXT * 0.9, 'center')
  );
}

/** What a drop would do: a gap in a wire, or a branch beside a block. */
function drawSlot(pen: Pen, scene: Scene, look: Look): void {
  const { slot } = scene;
  if (!slot) {
    return;
  }
  const width = Math.max(0.16, 2 / look.scale);
  const box = slot.how === 'beside' ? extentOf(scene, slot.names) : null;
  if (box) {
    pen.box(grown(box, 0.15), 'target', 'target', width, 0.15);
    const low = box.bottom + 0.8;
    const [left, right] = [box.left - 0.3, box.right + 0.3];
    const middle = (box.top + box.bottom) / 2;
    const bypass = [
      { x: left, y: middle },
      { x: left, y: low },
      { x: right, y: low },
      { x: right, y: middle }
    ];
    pen.line(bypass, 'target', { width, dashed: true });
  } else {
    const at = placeOf(scene, slot);
    if (at) {
      pen.box(around(at, 0.55), 'target', null, 0, 0.9);
      pen.line(
        [
          { x: at.x - 0.3, y: at.y },
          { x: at.x + 0.3, y: at.y }
        ],
        'back',
        { width }
      );
      pen.line(
        [
          { x: at.x, y: at.y - 0.3 },
          { x: at.x, y: at.y + 0.3 }
        ],
        'back',
        { width }
      );
    }
  }
}

function drawMarks(pen: Pen, scene: Scene, look: Look): void {
  const size = Math.max(1, 11 / look.scale);
  for (const [name, { level }] of scene.marks) {
    const box = scene.items.get(name)?.box;
    if (!box) {
      continue;
    }
    const [x, y] = [box.left + size / 2, box.top + size / 2];
    pen.box(around({ x, y }, size / 2), level, 'back', size / 12);
    pen.line(
      [
        { x, y: y - 0.3 * size },
        { x, y: y + 0.08 * size }
      ],
      'back',
      { width: size * 0.15 }
    );
    pen.line(
      [
        { x, y: y + 0.18 * size },
        { x, y: y + 0.33 * size }
      ],
      'back',
      { width: size * 0.15 }
    );
  }
}

export const circuitArt: Art<Scene> = {
  paint,
  extentOf,
  frameOf: (scene, name) => scene.items.get(name)?.box ?? null,
  handlesOf: () => []
};
