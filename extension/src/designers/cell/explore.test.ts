import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/document';
import { dotted, valueAt, withoutValue, withValue } from '../../core/document';
import type { PreviewCurve, PreviewRequest, PreviewService } from '../../core/services';
import named from '../../generated/named.json';
import { CHEN } from '../../testing/corpus';
import type { Wish } from './explore';
import {
  changesOf,
  changeText,
  CurveFollower,
  curveFigures,
  explorable,
  movedValue,
  presentValue,
  sliderRange
} from './explore';
import { cellSchema } from './model';

const field = (path: string, document: JsonObject = CHEN) => {
  const found = cellSchema.field(path.split('.'), document);
  if (!found) {
    throw new Error(`the schema has no ${path}`);
  }
  return found;
};

describe('what can be explored', () => {
  it('is what the document gives, with a unit to show', () => {
    const paths = explorable(CHEN).map(item => dotted(item.path));
    expect(paths).toEqual(
      expect.arrayContaining([
        'negative.thickness',
        'negative.porosity',
        'negative.active_fraction',
        'negative.particle_radius',
        'separator.thickness',
        'positive.particle_radius',
        'temperature'
      ])
    );
    expect(paths).not.toContain('negative.density');
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('leaves out what is absent or nothing', () => {
    const bare = withoutValue(withValue(CHEN, ['contact_resistance'], 0), ['negative', 'porosity']);
    const paths = explorable(bare).map(item => dotted(item.path));
    expect(paths).not.toContain('contact_resistance');
    expect(paths).not.toContain('negative.porosity');
  });

  it('stays inside the limits of the schema, for every named cell', () => {
    for (const document of Object.values(named) as unknown as JsonObject[]) {
      for (const item of explorable(document)) {
        const present = presentValue(document, item) ?? NaN;
        const [low, high] = sliderRange(item, present);
        expect(low).toBeLessThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(0);
        for (const percent of [low, high]) {
          const value = movedValue(present, percent);
          expect(value).toBeGreaterThanOrEqual(item.limits.ge ?? item.limits.gt ?? -Infinity);
          expect(value).toBeLessThanOrEqual(item.limits.le ?? item.limits.lt ?? Infinity);
        }
      }
    }
  });

  it('cuts the range at a limit', () => {
    expect(sliderRange(field('negative.porosity'), 0.25)).toEqual([-30, 30]);
    expect(sliderRange(field('negative.porosity'), 0.9)).toEqual([-30, 11]);
  });

  it('keeps the present value in the middle and four digits elsewhere', () => {
    expect(movedValue(85.2000000000123e-6, 0)).toBe(85.2000000000123e-6);
    expect(movedValue(85.2e-6, 0.5)).toBe(85.63e-6);
    const fields = [field('negative.thickness'), field('separator.thickness')];
    expect(changesOf(CHEN, fields, { 'negative.thickness': 10, 'separator.thickness': 0 })).toEqual([
      { path: ['negative', 'thickness'], value: 93.72e-6 }
    ]);
  });
});

describe('the figures', () => {
  const curve = { rate: 1, time: [0, 1800, 3600], capacity: [0, 1, 2], voltage: [4, 3, 2], endReason: '' };

  it('are those of the curve', () => {
    expect(curveFigures(curve)).toEqual({ capacity: 2, energy: 6, meanVoltage: 3, end: 1 });
    expect(curveFigures({ ...curve, error: 'no' })).toBeNull();
    expect(curveFigures(null)).toBeNull();
  });

  it('change in per cent', () => {
    expect([changeText(4, 5), changeText(5, 4), changeText(5, 5.0001), changeText(undefined, 1)]).toEqual([
      '+25.0 %',
      '−20.0 %',
      '±0.0 %',
      '–'
    ]);
  });
});

describe('the follower', () => {
  const wish = (thickness: number): Wish => ({
    document: withValue(CHEN, ['negative', 'thickness'], thickness),
    rate: 1,
    model: 'DFN'
  });
  let waiting: {
    at: number;
    request: PreviewRequest;
    give(curve: Partial<PreviewCurve>): void;
    fail(e: Error): void;
  }[];
  const service: PreviewService = {
    request: request =>
      new Promise((resolve, fail) => {
        const empty = { rate: 1, time: [], capacity: [], voltage: [], endReason: '' };
        waiting.push({
          at: performance.now(),
          request,
          give: curve => resolve([{ ...empty, ...curve }]),
          fail
        });
      })
  };

  beforeEach(() => {
    vi.useFakeTimers();
    waiting = [];
  });
  afterEach(() => vi.useRealTimers());

  const asked = () => waiting.map(({ request }) => valueAt(request.document, ['negative', 'thickness']));

  it('asks for the first move at once, draws each answer and goes on with the newest wish', async () => {
    const follower = new CurveFollower(service);
    [80e-6, 81e-6, 82e-6].forEach(thickness => follower.follow(wish(thickness)));
    expect(asked()).toEqual([80e-6]);
    expect(waiting[0]?.request.trial).toBe(true);
    [83e-6, 84e-6].forEach(thickness => follower.follow(wish(thickness)));
    waiting[0]?.give({ endReason: 'first' });
    await vi.advanceTimersByTimeAsync(20);
    expect(follower.getState().curve?.endReason).toBe('first');
    expect(asked()).toEqual([80e-6, 84e-6]);
  });

  it('is never put off by moves that come faster than frames, and ends with the last of them', async () => {
    const follower = new CurveFollower(service);
    let answered = 0;
    for (let ms = 0; ms < 160; ms += 4) {
      follower.follow(wish((80 + ms / 40) * 1e-6));
      await vi.advanceTimersByTimeAsync(4);
      for (; answered < waiting.length; answered++) {
        waiting[answered]?.give({ endReason: String(ms) });
      }
      await vi.advanceTimersByTimeAsync(0);
    }
    await vi.advanceTimersByTimeAsync(20);
    const gaps = waiting.slice(1).map(({ at }, i) => at - (waiting[i]?.at ?? 0));
    expect(gaps).toEqual(Array(10).fill(16));
    expect(asked().at(-1)).toBe((80 + 156 / 40) * 1e-6);
  });

  it('keeps the last curve when a design cannot be solved, and says why', async () => {
    const follower = new CurveFollower(service);
    follower.follow(wish(80e-6));
    await vi.advanceTimersByTimeAsync(20);
    waiting[0]?.give({ endReason: 'good' });
    await vi.advanceTimersByTimeAsync(1);
    follower.follow(wish(90e-6));
    await vi.advanceTimersByTimeAsync(20);
    waiting[1]?.give({ error: 'the particles ran empty' });
    await vi.advanceTimersByTimeAsync(1);
    expect(follower.getState()).toMatchObject({
      curve: { endReason: 'good' },
      message: 'the particles ran empty'
    });
    follower.retry();
    waiting[2]?.fail(new Error('The kernel has died'));
    await vi.advanceTimersByTimeAsync(1);
    expect(follower.getState()).toMatchObject({
      curve: { endReason: 'good' },
      message: 'The kernel has died'
    });
  });

  it('does not listen to an answer that nobody waits for', async () => {
    const follower = new CurveFollower(service);
    follower.follow(wish(80e-6));
    await vi.advanceTimersByTimeAsync(20);
    follower.stop();
    waiting[0]?.give({});
    await vi.advanceTimersByTimeAsync(20);
    expect(follower.getState().curve).toBeNull();
  });
});
