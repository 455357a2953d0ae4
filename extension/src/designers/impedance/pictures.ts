/** Geometry of the Nyquist and Bode pictures, px; whatever draws them adds nothing but ink. */

import { textWidth, tickDigits, ticks } from '../../core/layout';
import type { Box } from '../circuit/geometry';
import { contains, overlap } from '../circuit/geometry';
import type { SpectrumPoint } from './formulas';
import { engineering } from './values';

export interface Tick {
  /** px along its axis */
  readonly at: number;
  readonly text: string;
}

export interface Dot {
  readonly x: number;
  readonly y: number;
}

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const UNITS = [
  [1e9, 'GΩ'],
  [1e6, 'MΩ'],
  [1e3, 'kΩ'],
  [1, 'Ω'],
  [1e-3, 'mΩ'],
  [1e-6, 'µΩ']
] as const;

/** The unit in which the largest of some impedances has one to three digits before the point. */
function unitFor(largest: number): readonly [factor: number, unit: string] {
  const [size, unit] = UNITS.find(([least]) => largest >= least) ?? UNITS[UNITS.length - 1] ?? [1, 'Ω'];
  return [1 / size, unit];
}

const range = (values: readonly number[]): readonly [number, number] => [
  values.reduce((a, b) => Math.min(a, b), Infinity),
  values.reduce((a, b) => Math.max(a, b), -Infinity)
];

function linearTicks(
  low: number,
  high: number,
  most: number,
  place: (value: number) => number
): readonly Tick[] {
  const found = ticks(low, high, Math.max(2, most));
  const digits = tickDigits(found);
  return found.map(value => ({ at: place(value), text: value.toFixed(digits).replace('-', '−') }));
}

export interface Nyquist {
  readonly frame: Frame;
  readonly unit: string;
  readonly across: readonly Tick[];
  readonly up: readonly Tick[];
  readonly dots: readonly Dot[];
  /** px of −Im Z = 0. */
  readonly zero: number;
  /** Powers of ten of the frequency, with words where there is room. */
  readonly decades: readonly (Dot & {
    readonly index: number;
    readonly text: string;
    readonly label: Dot;
    readonly anchor: 'start' | 'end';
  })[];
}

/** Impedance in its plane; a square of the picture is a square of the plane. */
export function nyquist(points: readonly SpectrumPoint[], width: number, height: number): Nyquist {
  const frame = { left: 60, right: width - 14, top: 12, bottom: height - 38 };
  const [across, upwards] = [frame.right - frame.left, frame.bottom - frame.top];
  const [lowRe, highRe] = range(points.map(point => point.re));
  const [lowIm, highIm] = range(points.map(point => -point.im));
  const [factor, unit] = unitFor(
    Math.max(Math.abs(highRe), Math.abs(lowRe), Math.abs(highIm), Math.abs(lowIm))
  );
  const box = {
    x0: Math.min(0, lowRe),
    x1: Math.max(highRe, 0),
    y0: Math.min(0, lowIm),
    y1: Math.max(highIm, 0)
  };
  const scale = 0.94 * Math.min(across / (box.x1 - box.x0 || 1), upwards / (box.y1 - box.y0 || 1)) || across;
  const middle = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
  const x = (re: number) => (frame.left + frame.right) / 2 + (re - middle.x) * scale;
  const y = (opposite: number) => (frame.top + frame.bottom) / 2 - (opposite - middle.y) * scale;
  const halfX = across / 2 / scale;
  const halfY = upwards / 2 / scale;
  const dots = points.map(point => ({ x: x(point.re), y: y(-point.im) }));
  return {
    frame,
    unit,
    across: linearTicks((middle.x - halfX) * factor, (middle.x + halfX) * factor, across / 64, value =>
      x(value / factor)
    ),
    up: linearTicks((middle.y - halfY) * factor, (middle.y + halfY) * factor, upwards / 36, value =>
      y(value / factor)
    ),
    dots,
    zero: y(0),
    decades: decades(points, dots, frame)
  };
}

function decades(points: readonly SpectrumPoint[], dots: readonly Dot[], frame: Frame): Nyquist['decades'] {
  const boxes: Box[] = [];
  const found = new Map<number, number>();
  points.forEach(({ frequency }, index) => {
    const power = Math.round(Math.log10(frequency));
    const distance = Math.abs(Math.log10(frequency) - power);
    const known = found.get(power);
    const before = known === undefined ? undefined : points[known];
    if (distance < 0.06 && (!before || distance < Math.abs(Math.log10(before.frequency) - power))) {
      found.set(power, index);
    }
  });
  return [...found].map(([power, index]) => {
    const dot = dots[index] as Dot;
    const text = engineering(10 ** power, 'Hz');
    const place = PLACES.find(at => {
      const box = boxAt(dot, at, textWidth(text, 11));
      const outside =
        box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
      return (
        !outside && !boxes.some(other => overlap(other, box)) && !dots.some(other => contains(box, other))
      );
    });
    if (!place) {
      return { ...dot, index, text: '', label: dot, anchor: 'start' as const };
    }
    boxes.push(boxAt(dot, place, textWidth(text, 11)));
    return {
      ...dot,
      index,
      text,
      label: { x: dot.x + place.x, y: dot.y + place.y },
      anchor: place.x < 0 ? ('end' as const) : ('start' as const)
    };
  });
}

/** Where words stand beside a point, px; the first place that is free is taken. */
const PLACES: readonly Dot[] = [
  { x: 6, y: -4 },
  { x: 7, y: 13 },
  { x: -6, y: -4 },
  { x: -7, y: 13 }
];

function boxAt(dot: Dot, place: Dot, width: number): Box {
  const x = dot.x + place.x;
  const y = dot.y + place.y;
  return {
    left: place.x < 0 ? x - width : x,
    right: place.x < 0 ? x : x + width,
    top: y - 10,
    bottom: y + 3
  };
}

export interface Bode {
  readonly frame: Frame;
  readonly across: readonly Tick[];
  readonly magnitudeTicks: readonly Tick[];
  readonly phaseTicks: readonly Tick[];
  readonly magnitudes: readonly Dot[];
  readonly phases: readonly Dot[];
}

/** Magnitude on a logarithmic axis and phase over frequency. */
export function bode(points: readonly SpectrumPoint[], width: number, height: number): Bode {
  const frame = { left: 64, right: width - 62, top: 12, bottom: height - 38 };
  const logs = points.map(({ frequency }) => Math.log10(frequency));
  const sizes = points.map(({ re, im }) => Math.log10(Math.max(Math.hypot(re, im), 1e-300)));
  const angles = points.map(({ re, im }) => (Math.atan2(im, re) * 180) / Math.PI);
  const [f0, f1] = range(logs);
  const [low, high] = range(sizes);
  const pad = Math.max(0.05 * (high - low), high - low < 0.3 ? (0.3 - (high - low)) / 2 : 0);
  const [m0, m1] = [low - pad, high + pad];
  const [lowest, highest] = range(angles);
  const step = highest - lowest > 100 ? 30 : 15;
  const p0 = Math.floor((lowest + 0.1) / step) * step;
  const p1 = Math.max(Math.ceil((highest - 0.1) / step) * step, p0 + 2 * step);
  const x = (value: number) => frame.left + ((value - f0) / (f1 - f0 || 1)) * (frame.right - frame.left);
  const up = (share: number) => frame.bottom - share * (frame.bottom - frame.top);
  const magnitude = (value: number) => up((value - m0) / (m1 - m0));
  const phase = (value: number) => up((value - p0) / (p1 - p0));
  const room = Math.max(1, Math.ceil((f1 - f0) / ((frame.right - frame.left) / 62)));
  const whole = (a: number, b: number, by = 1) =>
    Array.from(
      { length: Math.max(0, Math.floor(b / by) - Math.ceil(a / by) + 1) },
      (_, i) => (Math.ceil(a / by) + i) * by
    );
  return {
    frame,
    across: whole(f0 - 1e-9, f1 + 1e-9, room).map(value => ({
      at: x(value),
      text: engineering(10 ** value, 'Hz')
    })),
    magnitudeTicks: magnitudeTicks(m0, m1, (frame.bottom - frame.top) / 22).map(value => ({
      at: magnitude(Math.log10(value)),
      text: engineering(value, 'Ω')
    })),
    phaseTicks: whole(p0, p1, phaseStep(p1 - p0, step, (frame.bottom - frame.top) / 22)).map(value => ({
      at: phase(value),
      text: `${value}°`.replace('-', '−')
    })),
    magnitudes: points.map((_, i) => ({ x: x(logs[i] as number), y: magnitude(sizes[i] as number) })),
    phases: points.map((_, i) => ({ x: x(logs[i] as number), y: phase(angles[i] as number) }))
  };
}

function phaseStep(span: number, step: number, most: number): number {
  let by = step;
  while (span / by > most) {
    by *= 2;
  }
  return by;
}

/** Round values on a logarithmic axis: powers of ten, and 2 and 5 between where there are few. */
function magnitudeTicks(low: number, high: number, most: number): readonly number[] {
  const span = high - low;
  const digits = span > 2 ? [1] : span > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const every = Math.max(1, Math.ceil(span / Math.max(2, most)));
  const found: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    if (digits.length > 1 || power % every === 0) {
      digits.forEach(digit => found.push(Number((digit * 10 ** power).toPrecision(6))));
    }
  }
  const inside = found.filter(value => Math.log10(value) >= low && Math.log10(value) <= high);
  if (inside.length >= 2) {
    return inside;
  }
  const [a, b] = [10 ** low, 10 ** high];
  return ticks(a, b, Math.max(2, Math.min(4, most)));
}

/** The point nearest to a place; −1 where there is none. */
export function nearest(dots: readonly Dot[], x: number, y: number | null): number {
  let best = -1;
  let least = Infinity;
  dots.forEach((dot, i) => {
    const distance = Math.hypot(dot.x - x, y === null ? 0 : dot.y - y);
    if (distance < least) {
      [best, least] = [i, distance];
    }
  });
  return best;
}
