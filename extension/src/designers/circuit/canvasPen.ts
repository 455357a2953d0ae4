/** A pen on a canvas. Strokes of one colour and width are gathered and drawn at once. */

import type { Box, Point, Rotation } from './geometry';
import { rotated } from './geometry';
import type { Colours, Ink, LineStyle, Pen } from './pen';
import type { Stroke } from './symbols';

const paths = new Map<string, Path2D>();

function pathOf(d: string): Path2D {
  let path = paths.get(d);
  if (!path) {
    path = new Path2D(d);
    paths.set(d, path);
  }
  return path;
}

export class CanvasPen implements Pen {
  private lines = new Map<string, { path: Path2D; ink: Ink; style: LineStyle }>();

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly colours: Colours,
    private readonly font: string
  ) {
    context.lineJoin = 'round';
    context.lineCap = 'butt';
  }

  line(points: readonly Point[], ink: Ink, style: LineStyle): void {
    const key = `${ink} ${style.width} ${style.dashed === true}`;
    let group = this.lines.get(key);
    if (!group) {
      group = { path: new Path2D(), ink, style };
      this.lines.set(key, group);
    }
    points.forEach(({ x, y }, i) => (i === 0 ? group.path.moveTo(x, y) : group.path.lineTo(x, y)));
  }

  shape(strokes: readonly Stroke[], at: Point, rotation: Rotation, ink: Ink, width: number): void {
    this.flush();
    const { context } = this;
    const right = rotated({ x: 1, y: 0 }, rotation);
    const down = rotated({ x: 0, y: 1 }, rotation);
    context.save();
    context.transform(right.x, right.y, down.x, down.y, at.x, at.y);
    context.strokeStyle = this.colours[ink];
    context.fillStyle = this.colours[ink];
    context.lineWidth = width;
    for (const { d, solid } of strokes.filter(({ about }) => !about)) {
      const path = pathOf(d);
      context.stroke(path);
      if (solid) {
        context.fill(path);
      }
    }
    context.restore();
    for (const { d, about } of strokes) {
      if (about) {
        const turned = rotated(about, rotation);
        context.translate(at.x + turned.x, at.y + turned.y);
        context.strokeStyle = this.colours[ink];
        context.lineWidth = width;
        context.stroke(pathOf(d));
        context.translate(-at.x - turned.x, -at.y - turned.y);
      }
    }
  }

  box(box: Box, fill: Ink | null, stroke: Ink | null, width: number, alpha = 1): void {
    this.flush();
    const { context } = this;
    const [w, h] = [box.right - box.left, box.bottom - box.top];
    context.globalAlpha = alpha;
    if (fill) {
      context.fillStyle = this.colours[fill];
      context.fillRect(box.left, box.top, w, h);
    }
    context.globalAlpha = 1;
    if (stroke) {
      context.strokeStyle = this.colours[stroke];
      context.lineWidth = width;
      context.strokeRect(box.left, box.top, w, h);
    }
  }

  text(
    text: string,
    at: Point,
    ink: Ink,
    size: number,
    align: 'left' | 'center' | 'right',
    strong = false
  ): void {
    this.flush();
    const { context } = this;
    context.font = `${strong ? '600 ' : ''}${size}px ${this.font}`;
    context.textAlign = align;
    context.textBaseline = 'alphabetic';
    context.lineWidth = size * 0.22;
    context.strokeStyle = this.colours.back;
    context.strokeText(text, at.x, at.y);
    context.fillStyle = this.colours[ink];
    context.fillText(text, at.x, at.y);
  }

  /** Draw what is gathered. */
  flush(): void {
    const { context } = this;
    for (const { path, ink, style } of this.lines.values()) {
      context.strokeStyle = this.colours[ink];
      context.lineWidth = style.width;
      context.setLineDash(style.dashed ? [0.4, 0.3] : []);
      context.stroke(path);
    }
    if (this.lines.size > 0) {
      context.setLineDash([]);
      this.lines.clear();
    }
  }
}
