/** A pen that writes SVG. */

import type { Box, Point, Rotation } from './geometry';
import type { Colours, Ink, LineStyle, Pen } from './pen';
import type { Stroke } from './symbols';

const n = (value: number): string => String(Number(value.toFixed(3)));
const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

export class SvgPen implements Pen {
  private readonly parts: string[] = [];

  constructor(
    private readonly colours: Colours,
    private readonly font: string
  ) {}

  line(points: readonly Point[], ink: Ink, { width, dashed }: LineStyle): void {
    const d = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${n(x)} ${n(y)}`).join('');
    const dash = dashed ? ' stroke-dasharray=".4 .3"' : '';
    this.parts.push(
      `<path d="${d}" fill="none" stroke="${this.colours[ink]}" stroke-width="${n(width)}"${dash}/>`
    );
  }

  shape(strokes: readonly Stroke[], at: Point, rotation: Rotation, ink: Ink, width: number): void {
    const colour = this.colours[ink];
    const turn = rotation === 0 ? '' : ` rotate(${rotation})`;
    const body = strokes
      .map(({ d, solid, about }) => {
        const upright = about
          ? ` transform="translate(${n(about.x)} ${n(about.y)}) rotate(${-rotation})"`
          : '';
        return `<path d="${d}"${solid ? ` fill="${colour}"` : ''}${upright}/>`;
      })
      .join('');
    this.parts.push(
      `<g transform="translate(${n(at.x)} ${n(at.y)})${turn}" fill="none" stroke="${colour}" stroke-width="${n(width)}">${body}</g>`
    );
  }

  box(box: Box, fill: Ink | null, stroke: Ink | null, width: number, alpha = 1): void {
    const paint = fill
      ? ` fill="${this.colours[fill]}"${alpha < 1 ? ` fill-opacity="${n(alpha)}"` : ''}`
      : ' fill="none"';
    const edge = stroke ? ` stroke="${this.colours[stroke]}" stroke-width="${n(width)}"` : '';
    this.parts.push(
      `<rect x="${n(box.left)}" y="${n(box.top)}" width="${n(box.right - box.left)}" height="${n(box.bottom - box.top)}"${paint}${edge}/>`
    );
  }

  text(
    text: string,
    at: Point,
    ink: Ink,
    size: number,
    align: 'left' | 'center' | 'right',
    strong = false
  ): void {
    const anchor = { left: 'start', center: 'middle', right: 'end' }[align];
    const weight = strong ? ' font-weight="600"' : '';
    this.parts.push(
      `<text x="${n(at.x)}" y="${n(at.y)}" font-size="${n(size)}" text-anchor="${anchor}"${weight} fill="${this.colours[ink]}" stroke="${this.colours.back}" stroke-width="${n(size * 0.22)}" paint-order="stroke">${escaped(text)}</text>`
    );
  }

  /** The whole picture of a part of the sheet, `scale` px to a grid square. */
  picture(box: Box, scale: number, title: string): string {
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width * scale)}" height="${n(height * scale)}" viewBox="${n(box.left)} ${n(box.top)} ${n(width)} ${n(height)}" font-family="${escaped(this.font)}" stroke-linejoin="round" role="img">`,
      `<title>${escaped(title)}</title>`,
      `<rect x="${n(box.left)}" y="${n(box.top)}" width="${n(width)}" height="${n(height)}" fill="${this.colours.back}"/>`,
      ...this.parts,
      '</svg>'
    ].join('\n');
  }
}
