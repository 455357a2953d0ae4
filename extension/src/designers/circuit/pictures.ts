/** The drawing as a file: SVG text, or a PNG of the same. */

import { CanvasPen } from './canvasPen';
import type { Box } from './geometry';
import { grown } from './geometry';
import type { Look } from './paint';
import { paint } from './paint';
import type { Colours } from './pen';
import type { Scene } from './scene';
import { extentOf } from './scene';
import type { StudyState } from './study';
import { SvgPen } from './svgPen';

/** px to a grid square. */
const SCALE = 14;
/** px, of a PNG to either side; larger drawings are drawn smaller. */
const LARGEST = 8000;
const EMPTY: Box = { left: 0, top: 0, right: 20, bottom: 10 };

function lookAt(box: Box, study: StudyState): Look {
  return {
    visible: box,
    scale: SCALE,
    selection: new Set(),
    targets: new Set(),
    overlay: study.overlay,
    stale: study.stale
  };
}

export function svgOf(
  scene: Scene,
  study: StudyState,
  colours: Colours,
  font: string,
  title: string
): string {
  const box = grown(extentOf(scene) ?? EMPTY, 4);
  const pen = new SvgPen(colours, font);
  paint(pen, scene, lookAt(box, study));
  return pen.picture(box, SCALE, title);
}

export function pngOf(scene: Scene, study: StudyState, colours: Colours, font: string): Promise<Blob> {
  const box = grown(extentOf(scene) ?? EMPTY, 4);
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
  paint(pen, scene, lookAt(box, study));
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

/** A file name out of the name of a network. */
export function fileName(name: unknown, ending: string): string {
  const plain = typeof name === 'string' ? name.replace(/[^\p{L}\p{N} _-]+/gu, '').trim() : '';
  return `${plain || 'network'}.${ending}`;
}
