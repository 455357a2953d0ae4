/**
 * A canvas with a camera: draws the scene in the next frame after something changed.
 *
 * What is dragged, and networks of many elements, are drawn into layers that are only shifted from frame to frame.
 */

import type { Art } from './art';
import { CanvasPen } from './canvasPen';
import type { Box, Point } from './geometry';
import { clamped, common, grown, shifted } from './geometry';
import type { Key } from './kinds';
import { Layer } from './layer';
import type { Overlay } from './overlay';
import { NOTHING } from './overlay';
import type { Colours, Ink } from './pen';
import { VARIABLES } from './pen';
import type { Scene } from './scene';

export const USUAL_SCALE = 14;
const SMALLEST_SCALE = 0.05;
const LARGEST_SCALE = 60;
/** Things on the sheet from which it is drawn into a layer that is kept while one pans and zooms. */
const MANY = 2500;
/** Share of the sheet around what is seen that a layer holds. */
const MARGIN = 0.4;
/** ms after the last turn of the wheel until a zoomed picture is drawn anew. */
const SETTLE = 140;
/** Things that appear at once on an empty sheet from which it is fitted to them. */
const WHOLE = 100;

/** Elements that are dragged: what stays, what is carried by whole squares, and the wires between. */
export interface Drag<S = Scene> {
  readonly still: S;
  readonly carried: S;
  /** Around what is carried, where it was. */
  readonly reach: Box;
  readonly between: S;
  readonly delta: Point;
}

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
  readonly drag: Drag<S> | null;
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
  /** The whole sheet where there is much on it, else what stays while something is dragged. */
  private readonly ground = new Layer();
  private readonly carried = new Layer();
  /** What the layers were drawn from. */
  private grounds: readonly unknown[] = [];
  private carries: S | null = null;
  private settling: ReturnType<typeof setTimeout> | undefined;
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
      readOnly: false,
      drag: null
    };
  }

  show(part: Partial<Shown<S>>): void {
    const before = this.weight;
    this.shown = { ...this.shown, ...part };
    if (before === 0 && this.weight >= WHOLE && this.fitted) {
      this.fit();
    }
    this.invalidate();
  }

  /** How many things are on the sheet. */
  private get weight(): number {
    return this.art.weightOf?.(this.shown.scene) ?? 0;
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
    this.ground.forget();
    this.carried.forget();
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
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.settling = undefined;
      this.invalidate();
    }, SETTLE);
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
    clearTimeout(this.settling);
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
    this.drawGrid(context, this.visible);
    const pen = new CanvasPen(context, this.theme, this.font);
    const { selection, targets, scene, drag } = shown;
    if (drag) {
      this.drawDrag(context, pen, drag, k);
    } else if (this.weight > MANY) {
      this.drawGround(context, scene, k, [selection, targets, shown.overlay, shown.stale]);
    } else {
      this.paint(pen, scene, this.visible);
    }
    context.setTransform(k, 0, 0, k, -this.origin.x * k, -this.origin.y * k);
    if (!shown.readOnly && !drag) {
      this.art
        .handlesOf(scene, selection)
        .forEach(({ at, kind }) => this.drawHandle(pen, at, kind === 'segment' ? 3 : 4.5));
    }
    this.drawCurrent(pen);
    if (shown.marquee) {
      pen.box(shown.marquee, 'accent', 'accent', 1 / scale, 0.12);
    }
    pen.flush();
    this.lastFrame = performance.now() - began;
  }

  private paint(pen: CanvasPen, scene: S, visible: Box): void {
    const { selection, targets, overlay, stale } = this.shown;
    this.art.paint(pen, scene, { visible, scale: this.scale, selection, targets, overlay, stale });
    pen.flush();
  }

  private layPaint(layer: Layer, scene: S, region: Box, k: number): void {
    layer.draw(region, k, context =>
      this.paint(new CanvasPen(context, this.theme, this.font), scene, region)
    );
  }

  /** From a layer that reaches beyond what is seen; zoomed, it is stretched until the zooming ends. */
  private drawGround(context: CanvasRenderingContext2D, scene: S, k: number, look: readonly unknown[]): void {
    const from = [scene, ...look];
    const same = !this.ground.isEmpty && from.every((part, i) => part === this.grounds[i]);
    const zooming = same && this.settling !== undefined;
    if (!zooming && !(same && this.ground.covers(this.visible, k))) {
      this.layPaint(this.ground, scene, grownBy(this.visible, MARGIN), k);
      this.grounds = from;
    }
    this.ground.show(context, { origin: this.origin, scale: k });
  }

  private drawDrag(context: CanvasRenderingContext2D, pen: CanvasPen, drag: Drag<S>, k: number): void {
    const camera = { origin: this.origin, scale: k };
    if (this.grounds[0] !== drag.still || !this.ground.covers(this.visible, k)) {
      this.layPaint(this.ground, drag.still, this.visible, k);
      this.grounds = [drag.still];
    }
    this.ground.show(context, camera);
    context.setTransform(k, 0, 0, k, -this.origin.x * k, -this.origin.y * k);
    this.paint(pen, drag.between, this.visible);
    const back = { x: -drag.delta.x, y: -drag.delta.y };
    const visible = shifted(this.visible, back);
    const seen = common(visible, drag.reach);
    if (!seen) {
      return;
    }
    if (this.carries !== drag.carried || !this.carried.covers(seen, k)) {
      const region = common(grownBy(visible, MARGIN), drag.reach) ?? seen;
      this.layPaint(this.carried, drag.carried, region, k);
      this.carries = drag.carried;
    }
    this.carried.show(context, camera, drag.delta);
  }

  private drawGrid(context: CanvasRenderingContext2D, { left, top, right, bottom }: Box): void {
    const step = this.scale >= 9 ? 1 : this.scale >= 3 ? 5 : 0;
    if (step === 0) {
      return;
    }
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
    const { current, focused, scene, drag } = this.shown;
    const box = current && focused && !drag ? this.art.frameOf(scene, current) : null;
    if (box) {
      pen.box(grown(box, 4 / this.scale), null, 'accent', 1.5 / this.scale);
    }
  }
}

/** A box with a share of its size more on each side. */
function grownBy({ left, top, right, bottom }: Box, share: number): Box {
  const [x, y] = [share * (right - left), share * (bottom - top)];
  return { left: left - x, top: top - y, right: right + x, bottom: bottom + y };
}
