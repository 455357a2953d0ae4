import { describe, expect, it } from 'vitest';
import { DRAWING, TRACE } from '../../testing/protection';
import type { Trace } from './drawing';
import {
  amperes,
  currentAt,
  decades,
  frameOf,
  handleLabel,
  markRows,
  pathsOf,
  reading,
  seconds,
  tick,
  timeAt,
  volts,
  xAt,
  yAt
} from './drawing';

const frame = frameOf(DRAWING, 640, 480);

describe('places', () => {
  it('are logarithmic, and go back', () => {
    expect(xAt(frame, 50)).toBeCloseTo(frame.left);
    expect(xAt(frame, 20000)).toBeCloseTo(frame.left + frame.width);
    expect(xAt(frame, 1000)).toBeCloseTo(frame.left + frame.width / 2, 6);
    expect(yAt(frame, 1000)).toBeCloseTo(frame.top);
    for (const value of [60, 777, 19999]) {
      expect(currentAt(frame, xAt(frame, value))).toBeCloseTo(value, 6);
      expect(timeAt(frame, yAt(frame, value / 100))).toBeCloseTo(value / 100, 8);
    }
  });

  it('have a line for each digit and a label for each decade', () => {
    const lines = decades([0.01, 1000]);
    expect(lines.filter(line => line.whole).map(line => line.value)).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
    expect(lines).toHaveLength(46);
    expect([0.01, 1, 1000, 2e5, 3e6].map(tick)).toEqual(['0.01', '1', '1k', '200k', '3M']);
  });
});

describe('curves', () => {
  it('begin where the device operates; a band that never ends reaches beyond the paper', () => {
    const { lines, band } = pathsOf(TRACE, frame);
    expect(lines.match(/M/g)).toHaveLength(2);
    expect(band).toContain('Z');
    expect(lines.split('L')[0]).toBe(`M${xAt(frame, 200).toFixed(1)},${yAt(frame, 10).toFixed(1)}`);
    expect(band).toContain(`${xAt(frame, 200).toFixed(1)},${yAt(frame, 3000).toFixed(1)}`);
  });

  it('without a band are one line', () => {
    const { lines, band } = pathsOf(DRAWING.traces[1] as Trace, frame);
    expect(band).toBe('');
    expect(lines.match(/M/g)).toHaveLength(1);
  });

  it('are read between their points on logarithmic scales', () => {
    expect(reading(TRACE, 150)).toBe('');
    expect(reading(TRACE, 500)).toMatch(/^from /);
    expect(reading(TRACE, 10000)).toBe('0.1 s');
    expect(reading(TRACE, Math.sqrt(1e3 * 1e4))).toBe('0.316 s to 0.447 s');
    expect(reading(TRACE, 1e6)).toBe('');
  });
});

describe('words', () => {
  it('have the units of the trade', () => {
    expect([450, 999.9, 6000].map(amperes)).toEqual(['450 A', '1 kA', '6 kA']);
    expect([0.05, 0.3456, 12].map(seconds)).toEqual(['50 ms', '0.346 s', '12 s']);
    expect([400, 11000].map(volts)).toEqual(['400 V', '11 kV']);
  });

  it('name settings', () => {
    expect(DRAWING.handles.map(handleLabel)).toEqual(['R1, stage 1, pickup', 'R1, stage 1, multiplier']);
    expect(handleLabel({ device: 'Q1', path: 'long_pickup', axis: 'current', current: 1, time: 1 })).toBe(
      'Q1, long pickup'
    );
  });

  it('of close marks stand in different rows', () => {
    expect(markRows(DRAWING.marks, frame)).toEqual([0, 1, 0]);
  });
});
