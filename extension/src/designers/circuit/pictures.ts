/** The drawing as a file: SVG text, or a PNG of the same. */

import type { Art } from './art';
import { CanvasPen } from './canvasPen';
import type { Box } from './geometry';
import { grown } from './geometry';
import type { Look } from './paint';
import type { Colours } from './pen';
import type { Overlay } from './overlay';
import { SvgPen } from './svgPen';

/** px to a grid square. */
const SCALE = 14;
/** px, of a PNG to either side; larger drawings are drawn smaller. */
const LARGEST = 8000;
const EMPTY: Box = { left: 0, top: 0, right: 20, bottom: 10 };

/** What a study says of the things on the sheet. */
export interface Figures {
  readonly overlay: Overlay;
  readonly stale: boolean;
}

function lookAt(box: Box, study: Figures): Look {
  return {
    visible: box,
    scale: SCALE,
    selection: new Set(),
    targets: new Set(),
    overlay: study.overlay,
    stale: study.stale
  };
}

export function svgOf<S>(
  art: Art<S>,
  scene: S,
  study: Figures,
  colours: Colours,
  font: string,
  title: string
): string {
  const box = grown(art.extentOf(scene) ?? EMPTY, 4);
  const pen = new SvgPen(colours, font);
  art.paint(pen, scene, lookAt(box, study));
  return pen.picture(box, SCALE, title);
}

export function pngOf<S>(
  art: Art<S>,
  scene: S,
  study: Figures,
  colours: Colours,
  font: string
): Promise<Blob> {
  const box = grown(art.extentOf(scene) ?? EMPTY, 4);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const scale = Math.min(2 * SCALE, LARGEST / width, LARGEST / height);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const context = canvas.getContext('2d');
  if (!context) {
    return Promise.reject(new Error('This browser draws no pictures'));
  }
  context.fillStyle = colours.back;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, -box.left * scale, -box.top * scale);
  const pen = new CanvasPen(context, colours, font);
  art.paint(pen, scene, lookAt(box, study));
  pen.flush();
  return new Promise((resolve, reject) =>
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('The picture is too large'))), 'image/png')
  );
}

/** Hand a file to the person. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A file name out of the name of a design. */
export function fileName(name: unknown, ending: string, otherwise = 'network'): string {
  const plain = typeof name === 'string' ? name.replace(/[^\p{L}\p{N} _-]+/gu, '').trim() : '';
  return `${plain || otherwise}.${ending}`;
}
