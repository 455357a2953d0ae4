/** What drawing needs of its surface; a canvas and an SVG text have it. */

import type { Box, Point, Rotation } from './geometry';
import type { Stroke } from './symbols';

export type Ink =
  | 'back'
  | 'grid'
  | 'wire'
  | 'bar'
  | 'text'
  | 'quiet'
  | 'off'
  | 'accent'
  | 'target'
  | 'low'
  | 'lower'
  | 'good'
  | 'high'
  | 'light'
  | 'heavy'
  | 'over'
  | 'error'
  | 'warning';

export type Colours = Readonly<Record<Ink, string>>;

export interface LineStyle {
  /** Grid squares. */
  readonly width: number;
  readonly dashed?: boolean;
}

export interface Pen {
  line(points: readonly Point[], ink: Ink, style: LineStyle): void;
  shape(strokes: readonly Stroke[], at: Point, rotation: Rotation, ink: Ink, width: number): void;
  box(box: Box, fill: Ink | null, stroke: Ink | null, width: number, alpha?: number): void;
  text(
    text: string,
    at: Point,
    ink: Ink,
    size: number,
    align: 'left' | 'center' | 'right',
    strong?: boolean
  ): void;
}

/** Names of the style sheet's colours. */
export const VARIABLES: Readonly<Record<Ink, string>> = {
  back: '--jb-sheet',
  grid: '--jb-grid',
  wire: '--jb-wire',
  bar: '--jb-bar',
  text: '--jb-text',
  quiet: '--jb-quiet',
  off: '--jb-off',
  accent: '--jb-accent',
  target: '--jb-target',
  low: '--jb-low',
  lower: '--jb-lower',
  good: '--jb-good',
  high: '--jb-high',
  light: '--jb-light',
  heavy: '--jb-heavy',
  over: '--jb-over',
  error: '--jb-error',
  warning: '--jb-warning'
};
