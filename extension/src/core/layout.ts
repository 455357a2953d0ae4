/** Placing labels and ticks so that nothing overlaps. */

/**
 * Centres of labels in a row, as near to where they are wanted as their widths allow.
 *
 * Least squares under "no overlap" is an isotonic regression of the wanted centres, less the room that the labels
 * to the left take; neighbours that collide are pooled to their mean. Order is kept.
 */
export function placeLabels(
  wanted: readonly number[],
  widths: readonly number[],
  gap: number,
  low: number,
  high: number
): readonly number[] {
  const offsets: number[] = [];
  widths.forEach((width, i) => {
    const before = widths[i - 1];
    offsets.push(before === undefined ? 0 : (offsets[i - 1] ?? 0) + (before + width) / 2 + gap);
  });
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((centre, i) => {
    pools.push({ sum: centre - (offsets[i] ?? 0), count: 1 });
    for (let last = pools.length - 1; last > 0; last--) {
      const [a, b] = [pools[last - 1], pools[last]];
      if (!a || !b || a.sum / a.count <= b.sum / b.count) {
        break;
      }
      pools.splice(last - 1, 2, { sum: a.sum + b.sum, count: a.count + b.count });
    }
  });
  const lowest = low + (widths[0] ?? 0) / 2;
  const highest = high - (widths[widths.length - 1] ?? 0) / 2 - (offsets[offsets.length - 1] ?? 0);
  const levels = pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return levels.map((level, i) => Math.max(lowest, Math.min(highest, level)) + (offsets[i] ?? 0));
}

/** Round number just at or below a value: 1, 2 or 5 times a power of ten. */
export function roundBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-12);
  const digit = value / power;
  return (digit >= 5 - 1e-9 ? 5 : digit >= 2 - 1e-9 ? 2 : 1) * power;
}

/** Ticks at round numbers inside a range, at most `most` of them. */
export function ticks(low: number, high: number, most: number): readonly number[] {
  if (!(high > low) || most < 1) {
    return [];
  }
  let step = roundBelow((high - low) / most);
  while (Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1 > most) {
    step = roundBelow(step * 2.5 + step * 1e-9);
  }
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Digits after the point that ticks need to be told apart. */
export function tickDigits(values: readonly number[]): number {
  const [a = 0, b = 1] = values;
  const step = Math.abs(b - a) || 1;
  return Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9)));
}

/** Width of a text in a system font; on the wide side, so that what is placed with it has room. */
export function textWidth(text: string, size = 12): number {
  return (
    [...text].reduce(
      (sum, c) => sum + (/[il.,:|'\s\u202f]/.test(c) ? 0.34 : /[mwMW%µ−+]/.test(c) ? 0.9 : 0.6),
      0
    ) * size
  );
}
