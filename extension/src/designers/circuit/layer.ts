/** A picture of a part of the sheet that is drawn once and shown at many places. */

import type { Box, Point } from './geometry';
import { contains } from './geometry';

/** Where squares are on a canvas: the corner at its origin, and pixels to a square. */
export interface Camera {
  readonly origin: Point;
  readonly scale: number;
}

/** Canvases larger than this are not made, pixels to a side. */
const LARGEST = 8192;

export class Layer {
  private readonly canvas = document.createElement('canvas');
  private region: Box | null = null;
  private scale = 0;

  /** Whether it shows this part of the sheet at this scale. */
  covers({ left, top, right, bottom }: Box, scale: number): boolean {
    const { region } = this;
    return (
      region !== null &&
      this.scale === scale &&
      contains(region, { x: left, y: top }) &&
      contains(region, { x: right, y: bottom })
    );
  }

  forget(): void {
    this.region = null;
  }

  get isEmpty(): boolean {
    return this.region === null;
  }

  /** Draw a part of the sheet into it. */
  draw(region: Box, scale: number, paint: (context: CanvasRenderingContext2D) => void): void {
    const context = this.canvas.getContext('2d');
    if (!context) {
      return;
    }
    const size = (squares: number) => Math.max(1, Math.min(LARGEST, Math.ceil(squares * scale)));
    this.canvas.width = size(region.right - region.left);
    this.canvas.height = size(region.bottom - region.top);
    context.setTransform(scale, 0, 0, scale, -region.left * scale, -region.top * scale);
    paint(context);
    this.region = region;
    this.scale = scale;
  }

  /** Show it through a camera, shifted by squares. */
  show(context: CanvasRenderingContext2D, camera: Camera, shift: Point = { x: 0, y: 0 }): void {
    const { region, canvas } = this;
    if (!region) {
      return;
    }
    const ratio = camera.scale / this.scale;
    const x = (region.left + shift.x - camera.origin.x) * camera.scale;
    const y = (region.top + shift.y - camera.origin.y) * camera.scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(canvas, Math.round(x), Math.round(y), canvas.width * ratio, canvas.height * ratio);
  }
}
