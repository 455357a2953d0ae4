/** A canvas with a camera: draws the scene in the next frame after something changed. */

import type { Art } from './art';
import { CanvasPen } from './canvasPen';
import type { Box, Point } from './geometry';
import { clamped, grown } from './geometry';
import type { Key } from './kinds';
import type { Overlay } from './overlay';
import { NOTHING } from './overlay';
import type { Colours, Ink } from './pen';
import { VARIABLES } from './pen';
import type { Scene } from './scene';

export const USUAL_SCALE = 14;
const SMALLEST_SCALE = 0.4;
const LARGEST_SCALE = 60;

export interface Shown<S = Scene> {
  readonly scene: S;
  readonly selection: ReadonlySet<Key>;
  readonly current: Key | null;
  readonly focused: boolean;
  readonly overlay: Overlay;
  readonly stale: boolean;
  readonly targets: ReadonlySet<Key>;
  readonly marquee: Box | null;
  readonly readOnly: boolean;
}

export class Board<S = Scene> {
  private context: CanvasRenderingContext2D | null;
  private frame = 0;
  private colours: Colours | null = null;
  private font = 'sans-serif';
  private width = 800;
  private height = 500;
  /** Top left corner, grid squares. */
  private origin: Point = { x: 0, y: 0 };
  private fitted = false;
  scale = USUAL_SCALE;
  shown: Shown<S>;
  /** ms that the last frame took to draw. */
  lastFrame = 0;

  constructor(
    readonly canvas: HTMLCanvasElement,
    scene: S,
    private readonly art: Art<S>,
    private readonly moved: () => void
  ) {
    this.context = canvas.getContext('2d');
    this.shown = {
      scene,
      selection: new Set(),
      current: null,
      focused: false,
      overlay: NOTHING,
      stale: false,
      targets: new Set(),
      marquee: null,
      readOnly: false
    };
  }

  show(part: Partial<Shown<S>>): void {
    this.shown = { ...this.shown, ...part };
    this.invalidate();
  }

  /** Take the size of the page, and fit what is on it when it is seen for the first time. */
  resize(width: number, height: number): void {
    if (width <= 0 || height <= 0) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [width, height];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (!this.fitted) {
      this.fitted = true;
      this.fit();
    }
    this.draw();
  }

  /** Read the colours of the theme again. */
  restyle(): void {
    this.colours = null;
    this.invalidate();
  }

  get theme(): Colours {
    if (!this.colours) {
      const style = getComputedStyle(this.canvas);
      this.colours = Object.fromEntries(
        Object.entries(VARIABLES).map(([ink, name]) => [ink, style.getPropertyValue(name).trim() || '#888'])
      ) as Record<Ink, string>;
      this.font = style.fontFamily || 'sans-serif';
    }
    return this.colours;
  }

  get fontFamily(): string {
    return this.font;
  }

  get visible(): Box {
    const { x, y } = this.origin;
    return { left: x, top: y, right: x + this.width / this.scale, bottom: y + this.height / this.scale };
  }

  get middle(): Point {
    const { left, top, right, bottom } = this.visible;
    return { x: (left + right) / 2, y: (top + bottom) / 2 };
  }

  /** Grid squares of a place on the canvas, px. */
  world({ x, y }: Point): Point {
    return { x: this.origin.x + x / this.scale, y: this.origin.y + y / this.scale };
  }

  /** px on the canvas of a place on the sheet. */
  screen({ x, y }: Point): Point {
    return { x: (x - this.origin.x) * this.scale, y: (y - this.origin.y) * this.scale };
  }

  pan(dx: number, dy: number): void {
    this.origin = { x: this.origin.x - dx / this.scale, y: this.origin.y - dy / this.scale };
    this.changed();
  }

  /** Zoom about a place on the canvas that stays where it is. */
  zoom(factor: number, about: Point = { x: this.width / 2, y: this.height / 2 }): void {
    const kept = this.world(about);
    this.scale = clamped(this.scale * factor, SMALLEST_SCALE, LARGEST_SCALE);
    this.origin = { x: kept.x - about.x / this.scale, y: kept.y - about.y / this.scale };
    this.changed();
  }

  /** Show a part of the sheet, or all that is on it. */
  fit(box: Box | null = this.art.extentOf(this.shown.scene)): void {
    const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: 40, bottom: 25 };
    const margin = 3;
    const across = this.width / (right - left + 2 * margin);
    const down = this.height / (bottom - top + 2 * margin);
    this.scale = clamped(Math.min(across, down), SMALLEST_SCALE, 1.2 * USUAL_SCALE);
    this.origin = {
      x: (left + right) / 2 - this.width / this.scale / 2,
      y: (top + bottom) / 2 - this.height / this.scale / 2
    };
    this.changed();
  }

  /** Pan so far that a box is on the canvas. */
  reveal(box: Box): void {
    const { left, top, right, bottom } = this.visible;
    const outside = box.left < left || box.top < top || box.right > right || box.bottom > bottom;
    if (outside) {
      this.origin = {
        x: (box.left + box.right) / 2 - this.width / this.scale / 2,
        y: (box.top + box.bottom) / 2 - this.height / this.scale / 2
      };
      this.changed();
    }
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.context = null;
  }

  invalidate(): void {
    if (this.frame === 0 && this.context) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.draw();
      });
    }
  }

  private changed(): void {
    this.moved();
    this.invalidate();
  }

  private draw(): void {
    const { context, shown, scale } = this;
    if (!context) {
      return;
    }
    const began = performance.now();
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.theme.back;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const k = scale * ratio;
    context.setTransform(k, 0, 0, k, -this.origin.x * k, -this.origin.y * k);
    this.drawGrid(context);
    const pen = new CanvasPen(context, this.theme, this.font);
    const { selection, targets, overlay, stale } = shown;
    this.art.paint(pen, shown.scene, { visible: this.visible, scale, selection, targets, overlay, stale });
    if (!shown.readOnly) {
      this.art
        .handlesOf(shown.scene, selection)
        .forEach(({ at, kind }) => this.drawHandle(pen, at, kind === 'segment' ? 3 : 4.5));
    }
    this.drawCurrent(pen);
    if (shown.marquee) {
      pen.box(shown.marquee, 'accent', 'accent', 1 / scale, 0.12);
    }
    pen.flush();
    this.lastFrame = performance.now() - began;
  }

  private drawGrid(context: CanvasRenderingContext2D): void {
    const step = this.scale >= 9 ? 1 : this.scale >= 3 ? 5 : 0;
    if (step === 0) {
      return;
    }
    const { left, top, right, bottom } = this.visible;
    const size = 1.1 / this.scale;
    context.fillStyle = this.theme.grid;
    context.beginPath();
    for (let x = Math.floor(left / step) * step; x <= right; x += step) {
      for (let y = Math.floor(top / step) * step; y <= bottom; y += step) {
        context.rect(x - size / 2, y - size / 2, size, size);
      }
    }
    context.fill();
  }

  private drawHandle(pen: CanvasPen, at: Point, half: number): void {
    const size = half / this.scale;
    const box = { left: at.x - size, top: at.y - size, right: at.x + size, bottom: at.y + size };
    pen.box(box, 'back', 'accent', 1.5 / this.scale);
  }

  /** The frame around the element that keys act from. */
  private drawCurrent(pen: CanvasPen): void {
    const { current, focused, scene } = this.shown;
    const box = current && focused ? this.art.frameOf(scene, current) : null;
    if (box) {
      pen.box(grown(box, 4 / this.scale), null, 'accent', 1.5 / this.scale);
    }
  }
}
