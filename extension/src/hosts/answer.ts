/** What `joulebook_lab.preview.curves` answers, and the curves that a view draws of it. */

import type { PreviewCurve, PreviewRequest } from '../core/services';

export interface Answer {
  readonly curves: readonly {
    readonly rate: number;
    readonly time_s: readonly number[];
    readonly capacity_Ah: readonly number[];
    readonly voltage_V: readonly number[];
    readonly end_reason: string;
  }[];
  readonly errors: readonly { readonly rate: number | null; readonly message: string }[];
}

/** Curves in the order in which they were asked for; throws where the whole design could not be solved. */
export function curvesOf(request: PreviewRequest, answer: Answer): readonly PreviewCurve[] {
  const whole = answer.errors.find(error => error.rate === null);
  if (whole) {
    throw new Error(whole.message);
  }
  return request.rates.map(rate => {
    const curve = answer.curves.find(item => item.rate === rate);
    if (curve) {
      const { time_s: time, capacity_Ah: capacity, voltage_V: voltage, end_reason: endReason } = curve;
      return { rate, time, capacity, voltage, endReason };
    }
    const error = answer.errors.find(item => item.rate === rate)?.message ?? 'The kernel gave no curve';
    return { rate, time: [], capacity: [], voltage: [], endReason: '', error };
  });
}
