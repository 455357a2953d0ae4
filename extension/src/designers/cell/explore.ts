/** What the Explore panel knows: which values can be moved, how far, what a move gives, and the curve of it. */

import type { JsonObject } from '../../core/document';
import { dotted, valueAt } from '../../core/document';
import type { Change } from '../../core/editor';
import type { Field } from '../../core/schema';
import type { PreviewCurve, PreviewModel, PreviewService } from '../../core/services';
import { cellSchema } from './model';

/** Values that can be moved at the same time. */
export const MOST_SLIDERS = 4;
/** %, to either side of the present value */
export const SPAN = 30;
/** %, of one step of a slider */
export const STEP = 0.5;
/** ms from one request to the next at least: one frame of the screen */
const FRAME = 16;

const PLACES: readonly string[] = ['negative', 'separator', 'positive', 'electrolyte'];
const CELL_VALUES: readonly string[] = [
  'temperature',
  'electrode_height',
  'electrode_width',
  'contact_resistance',
  'lower_cutoff'
];
/** Without a part in a discharge at one temperature. */
const SILENT: readonly string[] = ['density', 'double_layer_capacity'];

/** The values that a slider can move: numbers of the schema that the document gives, apart from zero. */
export function explorable(document: JsonObject): readonly Field[] {
  const cell = cellSchema.fields([], document).filter(field => CELL_VALUES.includes(dotted(field.path)));
  const parts = PLACES.flatMap(part => cellSchema.fields([part], document));
  return [...parts, ...cell].filter(
    field =>
      field.kind === 'number' &&
      !SILENT.includes(field.path[field.path.length - 1] ?? '') &&
      presentValue(document, field) !== null
  );
}

/** The document's own value; null where it gives none that can be moved. */
export function presentValue(document: JsonObject, field: Field): number | null {
  const value = valueAt(document, field.path);
  return typeof value === 'number' && Number.isFinite(value) && value !== 0 ? value : null;
}

/** Where a slider starts and ends, % of the present value; the schema's limits cut it. */
export function sliderRange(field: Field, present: number): readonly [number, number] {
  const low = field.limits.ge ?? field.limits.gt ?? -Infinity;
  const high = field.limits.le ?? field.limits.lt ?? Infinity;
  const shares = [low, high].map(limit => (limit / present - 1) * 100).sort((a, b) => a - b);
  const [least = -SPAN, most = SPAN] = shares;
  const whole = (share: number) => Math.trunc(share / STEP + 1e-9 * Math.sign(share)) * STEP;
  return [whole(Math.max(-SPAN, Math.min(0, least))), whole(Math.min(SPAN, Math.max(0, most)))];
}

/** The document's value for a place of the slider: four digits, and the present value itself in the middle. */
export function movedValue(present: number, percent: number): number {
  return percent === 0 ? present : Number((present * (1 + percent / 100)).toPrecision(4));
}

/** Places of sliders, % of the present value, by dotted path. */
export type Moves = Readonly<Record<string, number>>;

/** The edits that bring a document to what the sliders say. */
export function changesOf(document: JsonObject, fields: readonly Field[], moves: Moves): readonly Change[] {
  return fields.flatMap(field => {
    const present = presentValue(document, field);
    const percent = moves[dotted(field.path)] ?? 0;
    return present === null || percent === 0
      ? []
      : [{ path: field.path, value: movedValue(present, percent) }];
  });
}

export interface CurveFigures {
  /** A h */
  readonly capacity: number;
  /** W h */
  readonly energy: number;
  /** V */
  readonly meanVoltage: number;
  /** h */
  readonly end: number;
}

/** Figures of a discharge at constant current; null where there is no curve. */
export function curveFigures(curve: PreviewCurve | null): CurveFigures | null {
  if (!curve || curve.error || curve.voltage.length < 2) {
    return null;
  }
  const { capacity: q, voltage: v, time } = curve;
  let energy = 0;
  for (let i = 1; i < q.length; i++) {
    energy += (((v[i] ?? 0) + (v[i - 1] ?? 0)) / 2) * ((q[i] ?? 0) - (q[i - 1] ?? 0));
  }
  const capacity = (q[q.length - 1] ?? 0) - (q[0] ?? 0);
  const end = (time[time.length - 1] ?? 0) / 3600;
  return { capacity, energy, meanVoltage: capacity > 0 ? energy / capacity : NaN, end };
}

/** "+3.2 %"; a dash where one of the two is missing. */
export function changeText(before: number | undefined, after: number | undefined): string {
  if (!before || after === undefined || !Number.isFinite(after / before)) {
    return '–';
  }
  const text = ((after / before - 1) * 100).toFixed(1);
  return Number(text) === 0 ? '±0.0 %' : `${Number(text) > 0 ? '+' : '−'}${text.replace('-', '')} %`;
}

export interface FollowState {
  /** The last curve that was solved; it stays until there is a newer one. */
  readonly curve: PreviewCurve | null;
  /** Why the last wish has no curve. */
  readonly message: string;
}

export interface Wish {
  readonly document: JsonObject;
  readonly rate: number;
  readonly model: PreviewModel;
}

/**
 * The curve of a document that moves: one request at a time, and after each the newest wish.
 *
 * The first move is asked for at once and the others a frame apart; a newer one never puts a request off. Nothing is
 * interrupted, so that every answer is drawn while a slider is dragged.
 */
export class CurveFollower {
  private state: FollowState = { curve: null, message: '' };
  private listeners = new Set<() => void>();
  private wish: Wish | null = null;
  private key = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running: AbortController | null = null;
  /** When the last request was sent, ms. */
  private sent = -Infinity;

  constructor(private readonly service: PreviewService) {}

  readonly getState = (): FollowState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tell what is wanted now; null wants nothing new and keeps the curve. */
  follow(wish: Wish | null): void {
    const key = wish ? JSON.stringify([wish.document, wish.rate, wish.model]) : '';
    if (key === this.key) {
      return;
    }
    this.key = key;
    this.wish = wish;
    if (this.state.message !== '') {
      this.show({ message: '' });
    }
    this.proceed();
  }

  /** Ask again for what is wanted, for instance because a kernel was started. */
  retry(): void {
    if (this.wish && !this.running) {
      this.clear();
      void this.solve();
    }
  }

  stop(): void {
    this.clear();
    this.running?.abort();
    this.running = null;
    this.wish = null;
    this.key = '';
  }

  /** Send the newest wish: now, or as soon as a frame has passed since the last request. */
  private proceed(): void {
    if (!this.wish || this.running || this.timer !== null) {
      return;
    }
    const wait = this.sent + FRAME - performance.now();
    if (wait <= 0) {
      void this.solve();
    } else {
      this.timer = setTimeout(() => {
        this.timer = null;
        void this.solve();
      }, wait);
    }
  }

  private clear(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  private async solve(): Promise<void> {
    const { wish, key } = this;
    if (!wish || this.running) {
      return;
    }
    this.sent = performance.now();
    const own = new AbortController();
    this.running = own;
    const control = { signal: own.signal, onProgress: () => undefined };
    let outcome: Partial<FollowState>;
    try {
      const { document, rate, model } = wish;
      const [curve] = await this.service.request({ document, rates: [rate], model, trial: true }, control);
      outcome = curve && !curve.error ? { curve, message: '' } : { message: curve?.error ?? 'No curve came' };
    } catch (error) {
      outcome = { message: error instanceof Error ? error.message : String(error) };
    }
    if (this.running !== own) {
      return;
    }
    this.running = null;
    const newest = key === this.key;
    this.show(newest ? outcome : { ...outcome, message: '' });
    if (!newest) {
      this.proceed();
    }
  }

  private show(part: Partial<FollowState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach(listener => listener());
  }
}
