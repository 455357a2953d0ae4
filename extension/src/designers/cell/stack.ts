/** Where the layers of the electrode stack and their labels go: to scale, left to right. */

import { placeLabels, roundBelow, textWidth } from '../../core/layout';

export interface LayerInput {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  /** m */
  readonly thickness: number;
  /** As it is written below the layer. */
  readonly dimension: string;
}

export interface LayerBox {
  readonly id: string;
  readonly x: number;
  readonly width: number;
}

export interface PlacedLabel {
  readonly id: string;
  readonly x: number;
  readonly width: number;
  /** Middle of the layer that it belongs to. */
  readonly anchor: number;
  /** Whether a line has to lead from the layer to the label. */
  readonly leader: boolean;
}

export interface StackLayout {
  readonly boxes: readonly LayerBox[];
  readonly names: readonly PlacedLabel[];
  readonly dimensions: readonly PlacedLabel[];
  /** px */
  readonly total: number;
  readonly scaleBar: { readonly length: number; readonly width: number };
}

/** Share of the width that the stack takes after a fit, and outside of which it is fitted again. */
const FITTED = 0.985;
const LOOSE: readonly [number, number] = [0.6, 1];
const GAP = 10;

/**
 * Pixels per metre. A scale that still fits is kept, so that a drag shows a layer grow and not the others shrink.
 */
export function fitScale(total: number, width: number, known: number): number {
  const filled = (total * known) / width;
  return known > 0 && filled >= LOOSE[0] && filled <= LOOSE[1] ? known : (FITTED * width) / total;
}

export function layoutStack(
  layers: readonly LayerInput[],
  scale: number,
  left: number,
  width: number
): StackLayout {
  let x = left;
  const boxes = layers.map(({ id, thickness }) => {
    const box = { id, x, width: thickness * scale };
    x += box.width;
    return box;
  });
  const total = x - left;
  const label = (texts: readonly (readonly [string, number])[][]) => {
    const widths = texts.map(lines => Math.max(...lines.map(([text, size]) => textWidth(text, size))));
    const anchors = boxes.map(box => box.x + box.width / 2);
    const centres = placeLabels(anchors, widths, GAP, 0, left * 2 + width);
    return layers.map(({ id }, i): PlacedLabel => {
      const [centre = 0, anchor = 0, own = 0] = [centres[i], anchors[i], widths[i]];
      const room = (boxes[i]?.width ?? 0) / 2;
      return {
        id,
        x: centre,
        width: own,
        anchor,
        leader: own / 2 > room || Math.abs(centre - anchor) > room
      };
    });
  };
  const barLength = total > 0 ? roundBelow((0.3 * total) / scale) : 1;
  return {
    boxes,
    names: label(
      layers.map(({ name, detail }) => [
        [name, 12],
        [detail, 11]
      ])
    ),
    dimensions: label(layers.map(({ dimension }) => [[dimension, 12]])),
    total,
    scaleBar: { length: barLength, width: barLength * scale }
  };
}

export interface HandlePlace {
  readonly x: number;
  /** How far to each side a press is taken for this handle. */
  readonly left: number;
  readonly right: number;
  /** Grips of handles close to each other are set apart, in units of a grip's height. */
  readonly shift: number;
}

const REACH = 6;

/** The right edges of the layers as handles: neighbours share the room between them, so that each can be caught. */
export function handlePlaces(boxes: readonly LayerBox[]): readonly HandlePlace[] {
  const xs = boxes.map(box => box.x + box.width);
  return xs.map((x, i) => {
    const before = x - (xs[i - 1] ?? -Infinity);
    const after = (xs[i + 1] ?? Infinity) - x;
    const reach = (gap: number) => Math.min(REACH, Math.max(1, gap / 2));
    const crowded = Math.min(before, after) < 2 * REACH;
    return { x, left: reach(before), right: reach(after), shift: crowded ? (i % 2 === 0 ? -0.6 : 0.6) : 0 };
  });
}

/** Hexagonal packing of particles whose share of the area is the active fraction; px. */
export function packing(radius: number, fraction: number): { readonly a: number; readonly b: number } {
  const densest = Math.PI / (2 * Math.sqrt(3));
  const a = Math.sqrt((2 * Math.PI * radius ** 2) / (Math.sqrt(3) * Math.min(fraction, densest)));
  return { a, b: a * Math.sqrt(3) };
}
