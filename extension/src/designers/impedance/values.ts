/** Values as engineers write them: "20 µF", "1.5 kΩ". */

import type { JsonObject } from '../../core/document';
import { isObject } from '../../core/document';

const PREFIXES = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'] as const;
const UNPREFIXED = 5;

/** A number with the prefix that leaves one to three digits before the point. */
export function engineering(value: number, unit: string, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) {
    return `${value} ${unit}`.trim();
  }
  const rounded = Number(value.toPrecision(digits));
  const step = Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-12);
  const place = Math.max(0, Math.min(PREFIXES.length - 1, step + UNPREFIXED));
  const scaled = Number((rounded / 1000 ** (place - UNPREFIXED)).toPrecision(digits));
  return `${scaled} ${PREFIXES[place]}${unit}`.trim().replace('-', '−');
}

/** How the values of each kind are written beside its symbol. */
const SHOWN: Readonly<Record<string, readonly (readonly [field: string, sign: string, unit: string])[]>> = {
  R: [['resistance', '', 'Ω']],
  C: [['capacitance', '', 'F']],
  L: [['inductance', '', 'H']],
  CPE: [
    ['coefficient', '', 'S·sᵅ'],
    ['exponent', 'α ', '']
  ],
  W: [['coefficient', '', 'Ω/√s']],
  Ws: [
    ['resistance', '', 'Ω'],
    ['time_constant', '', 's']
  ],
  Wo: [
    ['resistance', '', 'Ω'],
    ['time_constant', '', 's']
  ],
  G: [
    ['resistance', '', 'Ω'],
    ['time_constant', '', 's']
  ],
  Zarc: [
    ['resistance', '', 'Ω'],
    ['time_constant', '', 's'],
    ['exponent', 'α ', '']
  ],
  HN: [
    ['resistance', '', 'Ω'],
    ['time_constant', '', 's'],
    ['exponent', 'α ', ''],
    ['skewness', 'β ', '']
  ],
  TLMQ: [
    ['resistance', '', 'Ω'],
    ['coefficient', '', 'S·sᵅ'],
    ['exponent', 'α ', '']
  ]
};

/** Lines beside a symbol; exponents of one element share a line. */
export function linesOf(row: unknown): readonly string[] {
  if (!isObject(row as JsonObject)) {
    return [];
  }
  const values = row as JsonObject;
  const lines: string[] = [];
  let exponents = '';
  for (const [field, sign, unit] of SHOWN[String(values['kind'])] ?? []) {
    const value = values[field];
    if (typeof value !== 'number') {
      continue;
    }
    if (unit === '') {
      exponents += `${exponents && ', '}${sign}${Number(value.toPrecision(4))}`;
    } else {
      lines.push(engineering(value, unit));
    }
  }
  const diffusion = (values['kind'] === 'Ws' || values['kind'] === 'Wo') && values['exponent'];
  if (typeof diffusion === 'number' && diffusion !== 0.5) {
    exponents = `p ${Number(diffusion.toPrecision(4))}`;
  }
  return exponents ? [...lines, exponents] : lines;
}
