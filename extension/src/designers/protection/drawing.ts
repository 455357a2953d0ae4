/** The time-current drawing as the kernel sends it, and its places on the screen. */

export interface Trace {
  readonly name: string;
  readonly kind: 'device' | 'limit' | 'load';
  /** A, rising */
  readonly current: readonly number[];
  /** s; null where it never operates */
  readonly fastest: readonly (number | null)[];
  readonly slowest: readonly (number | null)[];
}

export interface Mark {
  readonly label: string;
  readonly current: number;
}

export interface Handle {
  readonly device: string;
  readonly path: string;
  readonly axis: 'current' | 'time';
  readonly current: number;
  readonly time: number;
}

export interface Drawing {
  readonly name: string;
  readonly voltage: number;
  readonly current_range: readonly [number, number];
  readonly time_range: readonly [number, number];
  readonly traces: readonly Trace[];
  readonly marks: readonly Mark[];
  readonly handles: readonly Handle[];
}

export interface Finding {
  readonly title: string;
  readonly ok: boolean;
  readonly text: string;
}

/** Where the axes lie, px. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly current: readonly [number, number];
  readonly time: readonly [number, number];
}

export function frameOf(drawing: Drawing, width: number, height: number): Frame {
  const [left, top, right, bottom] = [54, 10, 12, 42];
  return {
    left,
    top,
    width: Math.max(80, width - left - right),
    height: Math.max(80, height - top - bottom),
    current: drawing.current_range,
    time: drawing.time_range
  };
}

const share = (value: number, [low, high]: readonly [number, number]) =>
  Math.log(value / low) / Math.log(high / low);

export const xAt = (frame: Frame, current: number) =>
  frame.left + share(current, frame.current) * frame.width;
export const yAt = (frame: Frame, time: number) => frame.top + (1 - share(time, frame.time)) * frame.height;

const valueOf = (part: number, [low, high]: readonly [number, number]) => low * (high / low) ** part;

export const currentAt = (frame: Frame, x: number) => valueOf((x - frame.left) / frame.width, frame.current);
export const timeAt = (frame: Frame, y: number) => valueOf(1 - (y - frame.top) / frame.height, frame.time);

/** Lines of a logarithmic axis: whole decades have a label. */
export function decades([low, high]: readonly [number, number]): { value: number; whole: boolean }[] {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = Number(`${digit}e${power}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) {
        found.push({ value, whole: digit === 1 });
      }
    }
  }
  return found;
}

/** "0.01", "10", "1k", "100k" */
export function tick(value: number): string {
  if (value >= 1e6) {
    return `${value / 1e6}M`;
  }
  return value >= 1000 ? `${value / 1000}k` : String(value);
}

const rounded = (value: number, digits = 3) => String(Number(value.toPrecision(digits)));

export function amperes(current: number): string {
  return current >= 999.5 ? `${rounded(current / 1000)} kA` : `${rounded(current)} A`;
}

export function seconds(time: number): string {
  return time < 0.1 ? `${rounded(time * 1000)} ms` : `${rounded(time)} s`;
}

export function volts(voltage: number): string {
  return voltage >= 1000 ? `${rounded(voltage / 1000, 4)} kV` : `${rounded(voltage, 4)} V`;
}

type Point = readonly [number, number, number];

/** Stretches in which a trace operates: x, and y of its fastest and slowest time. */
function stretches(trace: Trace, frame: Frame): Point[][] {
  const [lowest, highest] = [frame.time[0] / 3, frame.time[1] * 3];
  const within = (time: number) => Math.min(highest, Math.max(lowest, time));
  const found: Point[][] = [];
  let open = false;
  trace.current.forEach((current, i) => {
    const fast = trace.fastest[i];
    if (fast === null || fast === undefined) {
      open = false;
      return;
    }
    if (!open) {
      found.push([]);
      open = true;
    }
    const slow = trace.slowest[i] ?? highest;
    found[found.length - 1]?.push([xAt(frame, current), yAt(frame, within(fast)), yAt(frame, within(slow))]);
  });
  return found.filter(points => points.length > 1);
}

const at = (x: number, y: number) => `${x.toFixed(1)},${y.toFixed(1)}`;

export interface Paths {
  /** Edges of the band, or the curve. */
  readonly lines: string;
  /** The band; empty where there is none. */
  readonly band: string;
}

export function pathsOf(trace: Trace, frame: Frame): Paths {
  const parts = stretches(trace, frame);
  const has = parts.some(points => points.some(([, fast, slow]) => Math.abs(fast - slow) > 0.3));
  const line = (points: readonly Point[], edge: 1 | 2) =>
    `M${points.map(point => at(point[0], point[edge])).join('L')}`;
  const lines = parts.flatMap(points => (has ? [line(points, 1), line(points, 2)] : [line(points, 1)]));
  const band = parts.map(points => {
    const back = [...points].reverse().map(point => at(point[0], point[2]));
    return `M${[...points.map(point => at(point[0], point[1])), ...back].join('L')}Z`;
  });
  return { lines: lines.join(''), band: has ? band.join('') : '' };
}

/** Time of a trace at a current, as text; empty where it does not operate. */
export function reading(trace: Trace, current: number): string {
  const i = trace.current.findIndex(value => value >= current);
  if (i <= 0) {
    return '';
  }
  const part =
    Math.log(current / (trace.current[i - 1] ?? 1)) /
    Math.log((trace.current[i] ?? 1) / (trace.current[i - 1] ?? 1));
  const between = (times: readonly (number | null)[]): number | null => {
    const [a, b] = [times[i - 1], times[i]];
    return a === null || b === null || a === undefined || b === undefined ? null : a * (b / a) ** part;
  };
  const [fast, slow] = [between(trace.fastest), between(trace.slowest)];
  if (fast === null) {
    return '';
  }
  if (slow === null) {
    return `from ${seconds(fast)}`;
  }
  return slow > fast * 1.001 ? `${seconds(fast)} to ${seconds(slow)}` : seconds(fast);
}

/** Rows of the numbers at the top of fault marks: close neighbours stand in different ones. */
export function markRows(marks: readonly Mark[], frame: Frame): number[] {
  const order = marks.map((_, i) => i).sort((a, b) => (marks[a]?.current ?? 0) - (marks[b]?.current ?? 0));
  const rows = marks.map(() => 0);
  order.forEach((i, place) => {
    const x = xAt(frame, marks[i]?.current ?? 1);
    const taken = new Set(
      order
        .slice(0, place)
        .filter(j => x - xAt(frame, marks[j]?.current ?? 1) < 16)
        .map(j => rows[j])
    );
    while (taken.has(rows[i])) {
      rows[i] = (rows[i] ?? 0) + 1;
    }
  });
  return rows;
}

/** What a setting is called: "R1, stage 1, pickup" */
export function handleLabel(handle: Handle): string {
  const stage = /^stages\.(\d+)\.(\w+)$/.exec(handle.path);
  const words = (text: string) => text.replaceAll('_', ' ');
  return stage
    ? `${handle.device}, stage ${Number(stage[1]) + 1}, ${words(stage[2] ?? '')}`
    : `${handle.device}, ${words(handle.path)}`;
}
