/** A small time-current drawing. */

import type { Drawing, Trace } from '../designers/protection/drawing';

export const TRACE: Trace = {
  name: 'R1',
  kind: 'device',
  current: [100, 200, 1000, 10000],
  fastest: [null, 10, 1, 0.1],
  slowest: [null, null, 2, 0.1]
};

export const DRAWING: Drawing = {
  name: 'Feeder',
  voltage: 11000,
  current_range: [50, 20000],
  time_range: [0.01, 1000],
  traces: [TRACE, { ...TRACE, name: 'C1', kind: 'limit', slowest: TRACE.fastest }],
  marks: [
    { label: 'near', current: 5000 },
    { label: 'nearer', current: 5050 },
    { label: 'far', current: 500 }
  ],
  handles: [
    { device: 'R1', path: 'stages.0.pickup', axis: 'current', current: 200, time: 20 },
    { device: 'R1', path: 'stages.0.multiplier', axis: 'time', current: 1000, time: 1.5 }
  ]
};
