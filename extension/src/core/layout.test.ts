import { describe, expect, it } from 'vitest';
import { placeLabels, roundBelow, textWidth, tickDigits, ticks } from './layout';

describe('labels in a row', () => {
  const overlap = (centres: readonly number[], widths: readonly number[], gap: number) =>
    centres.some((c, i) => {
      const next = centres[i + 1];
      return next !== undefined && next - c < ((widths[i] ?? 0) + (widths[i + 1] ?? 0)) / 2 + gap - 1e-9;
    });

  it('stay where they are wanted if there is room', () => {
    expect(placeLabels([50, 200, 350], [40, 40, 40], 8, 0, 400)).toEqual([50, 200, 350]);
  });

  it('make room for each other evenly', () => {
    expect(placeLabels([100, 100], [40, 40], 10, 0, 400)).toEqual([75, 125]);
  });

  it('never overlap and never leave the drawing while they fit', () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 300; round++) {
      const count = 1 + Math.floor(random() * 7);
      const widths = Array.from({ length: count }, () => 20 + 60 * random());
      const wanted = Array.from({ length: count }, () => 600 * random()).sort((a, b) => a - b);
      const placed = placeLabels(wanted, widths, 6, 0, 640);
      expect(overlap(placed, widths, 6)).toBe(false);
      expect((placed[0] ?? 0) - (widths[0] ?? 0) / 2).toBeGreaterThanOrEqual(-1e-9);
      expect((placed[count - 1] ?? 0) + (widths[count - 1] ?? 0) / 2).toBeLessThanOrEqual(640 + 1e-9);
    }
  });
});

describe('ticks', () => {
  it.each([
    [0, 5.2, 6, [0, 1, 2, 3, 4, 5]],
    [2.45, 4.25, 6, [2.5, 3, 3.5, 4]],
    [0, 1, 3, [0, 0.5, 1]],
    [-0.3, 0.3, 7, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]]
  ])('from %d to %d, at most %d', (low, high, most, expected) => {
    const found = ticks(low, high, most);
    expect(found).toHaveLength(expected.length);
    found.forEach((tick, i) => expect(tick).toBeCloseTo(expected[i] ?? NaN, 12));
  });

  it('are never more than asked for', () => {
    for (let most = 1; most < 12; most++) {
      for (const high of [0.003, 0.99, 1.01, 7.3, 4999, 5153]) {
        expect(ticks(0, high, most).length).toBeLessThanOrEqual(Math.max(1, most));
      }
    }
  });

  it('are empty for an empty range', () => {
    expect(ticks(1, 1, 5)).toEqual([]);
    expect(tickDigits([])).toBe(0);
    expect(tickDigits([2.5, 3])).toBe(1);
  });

  it('rounds down to 1, 2, 5', () => {
    expect([0.07, 0.1, 4.9, 5, 60].map(roundBelow)).toEqual([0.05, 0.1, 2, 5, 50]);
  });

  it('gives wide letters more room', () => {
    expect(textWidth('mm')).toBeGreaterThan(textWidth('il'));
  });
});
