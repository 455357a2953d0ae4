import { describe, expect, it } from 'vitest';
import type { LayerInput } from './stack';
import { fitScale, handlePlaces, layoutStack, packing } from './stack';

const layer = (id: string, thickness: number): LayerInput => ({
  id,
  name: `Layer ${id}`,
  detail: 'detail of it',
  thickness,
  dimension: `${thickness * 1e6} µm`
});
const THIN = [12e-6, 85.2e-6, 1e-6, 75.6e-6, 1e-6].map((thickness, i) => layer(String(i), thickness));

describe('the stack', () => {
  it('is to scale', () => {
    const { boxes, total, scaleBar } = layoutStack(THIN, 3e6, 10, 600);
    expect(boxes.map(box => box.width / 3e6)).toEqual(THIN.map(item => expect.closeTo(item.thickness, 12)));
    expect(boxes[1]?.x).toBeCloseTo(10 + 36, 9);
    expect(total).toBeCloseTo(174.8 * 3, 9);
    expect(scaleBar.width).toBeCloseTo(scaleBar.length * 3e6, 9);
  });

  it.each([300, 420, 640, 1200])('has labels that never overlap at %d px', width => {
    const scale = fitScale(174.8e-6, width, 0);
    const { names, dimensions } = layoutStack(THIN, scale, 10, width);
    const room = (labels: typeof names) =>
      labels.reduce((sum, label) => sum + label.width + 10, 0) <= width + 20;
    for (const labels of [names, dimensions].filter(room)) {
      labels.slice(1).forEach((label, i) => {
        const before = labels[i];
        expect(label.x - label.width / 2).toBeGreaterThanOrEqual((before?.x ?? 0) + (before?.width ?? 0) / 2);
      });
    }
  });

  it('leads to layers that are too thin for their labels', () => {
    const { names } = layoutStack(THIN, 3e6, 10, 600);
    expect(names.map(label => label.leader)).toEqual([true, false, true, false, true]);
  });

  it('keeps its scale through a drag and fits again when it has to', () => {
    const scale = fitScale(200e-6, 600, 0);
    expect(fitScale(195e-6, 600, scale)).toBe(scale);
    expect(fitScale(300e-6, 600, scale)).toBeLessThan(scale);
    expect(fitScale(60e-6, 600, scale)).toBeGreaterThan(scale);
  });

  it('gives every handle room of its own, however thin the layer', () => {
    const places = handlePlaces(layoutStack(THIN, 3e6, 10, 600).boxes);
    places.slice(1).forEach((place, i) => {
      const before = places[i];
      expect(place.x - place.left).toBeGreaterThanOrEqual((before?.x ?? 0) + (before?.right ?? 0) - 1e-9);
    });
    expect(places.map(place => place.left + place.right >= 6)).toEqual([true, true, true, true, true]);
    expect(places[1]?.shift).not.toBe(places[2]?.shift);
  });

  it('packs particles so that they fill the active fraction', () => {
    const { a, b } = packing(5, 0.75);
    expect((2 * Math.PI * 25) / (a * b)).toBeCloseTo(0.75, 9);
  });
});
