/** Units of the forms: what a person may type, and what it means in the unit of the document. */

import type { Field, Limits } from './schema';
import { formatG, plain } from './numbers';

interface Unit {
  readonly factor: number;
  /** Added after the factor; only temperatures need it. */
  readonly offset?: number;
}

type Family = Readonly<Record<string, Unit>>;

const family = (factors: Readonly<Record<string, number>>): Family =>
  Object.fromEntries(Object.entries(factors).map(([name, factor]) => [name, { factor }]));

/** For each unit of documents, the names people write for it and its multiples, with the factor to it. */
const FAMILIES: Readonly<Record<string, Family>> = {
  m: family({
    m: 1,
    cm: 1e-2,
    mm: 1e-3,
    µm: 1e-6,
    um: 1e-6,
    micron: 1e-6,
    nm: 1e-9,
    inch: 0.0254,
    in: 0.0254
  }),
  kg: family({ kg: 1, g: 1e-3, mg: 1e-6 }),
  ohm: family({
    ohm: 1,
    Ω: 1,
    mΩ: 1e-3,
    mohm: 1e-3,
    µΩ: 1e-6,
    uohm: 1e-6,
    kΩ: 1e3,
    MΩ: 1e6
  }),
  F: family({ F: 1, mF: 1e-3, µF: 1e-6, uF: 1e-6, nF: 1e-9, pF: 1e-12 }),
  H: family({ H: 1, mH: 1e-3, µH: 1e-6, uH: 1e-6, nH: 1e-9 }),
  s: family({ s: 1, ms: 1e-3, µs: 1e-6, us: 1e-6, min: 60, h: 3600 }),
  Hz: family({ Hz: 1, mHz: 1e-3, kHz: 1e3, MHz: 1e6 }),
  V: family({ V: 1, mV: 1e-3 }),
  A: family({ A: 1, mA: 1e-3, kA: 1e3 }),
  'A h': family({ 'A h': 1, Ah: 1, 'mA h': 1e-3, mAh: 1e-3 }),
  K: {
    K: { factor: 1 },
    '°C': { factor: 1, offset: 273.15 },
    C: { factor: 1, offset: 273.15 },
    degC: { factor: 1, offset: 273.15 }
  },
  'mol/m³': family({
    'mol/m³': 1,
    'mol/m3': 1,
    'mol/L': 1e3,
    'mol/l': 1e3,
    M: 1e3,
    'mol/cm³': 1e6,
    'mol/cm3': 1e6
  }),
  'kg/m³': family({ 'kg/m³': 1, 'kg/m3': 1, 'g/cm³': 1e3, 'g/cm3': 1e3, 'g/mL': 1e3 }),
  'm²/s': family({ 'm²/s': 1, 'm2/s': 1, 'cm²/s': 1e-4, 'cm2/s': 1e-4, 'µm²/s': 1e-12, 'um2/s': 1e-12 }),
  'S/m': family({ 'S/m': 1, 'S/cm': 100, 'mS/cm': 0.1 }),
  '': family({ '%': 1e-2 })
};

export type Parsed =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: string };

const POWER = String.raw`\s*(?:e|[×x*]\s*10\s*\^?)\s*[+-]?\d+`;
const NUMBER = new RegExp(String.raw`^([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:${POWER})?)\s*(.*)$`, 'i');

/** Value of the document that a person's text means: "90", "90 µm", "0.09 mm", "9e-5 m". */
export function parseQuantity(text: string, field: Pick<Field, 'unit' | 'display' | 'kind'>): Parsed {
  const clean = text
    .replace(/[\u2212\u2013]/g, '-')
    .replace(/[\u00a0\u202f\u2009]/g, ' ')
    .replace(/\u03bc/g, 'µ')
    .trim();
  const match = NUMBER.exec(clean);
  if (!match) {
    const example = field.display.unit ? `90 ${field.display.unit}` : '0.35';
    return { ok: false, problem: clean === '' ? 'Write a number' : `Not a number: write it like ${example}` };
  }
  const [, digits = '', unitText = ''] = match;
  const number = Number(
    digits
      .replace(/\s/g, '')
      .replace(',', '.')
      .replace(/[×x*]10\^?/i, 'e')
  );
  if (!Number.isFinite(number)) {
    return { ok: false, problem: 'Too large a number' };
  }
  if (field.kind === 'integer' && !Number.isInteger(number)) {
    return { ok: false, problem: 'Must be a whole number' };
  }
  return withUnit(number, unitText.trim(), field);
}

function withUnit(number: number, unitText: string, field: Pick<Field, 'unit' | 'display'>): Parsed {
  if (unitText === '' || unitText === field.display.unit) {
    return { ok: true, value: clean(number / field.display.factor) };
  }
  const units = FAMILIES[field.unit] ?? {};
  const unit = Object.hasOwn(units, unitText)
    ? units[unitText]
    : unitText === field.unit
      ? { factor: 1 }
      : undefined;
  if (!unit) {
    const known = [...new Set([field.display.unit, ...Object.keys(units)])].filter(Boolean).slice(0, 6);
    const rule = known.length > 0 ? `use ${known.join(', ')}` : 'a plain number has no unit';
    return { ok: false, problem: `Unit “${unitText}” does not fit here: ${rule}` };
  }
  return { ok: true, value: clean(number * unit.factor + (unit.offset ?? 0)) };
}

/** Drop the last binary digits, so that 85.2 µm is written as 8.52e-05 and not as 8.520000000000001e-05. */
function clean(value: number): number {
  return Number(value.toPrecision(14));
}

/** The document's value in the unit of the form, without its unit. */
export function displayText(value: number, field: Pick<Field, 'display'>): string {
  return plain(value * field.display.factor);
}

/** "85.2 µm" */
export function displayQuantity(value: number, field: Pick<Field, 'display'>): string {
  const { unit } = field.display;
  return unit ? `${displayText(value, field)} ${unit}` : displayText(value, field);
}

/** The allowed range in words, as Python's `range_phrase` says it. */
export function rangePhrase(limits: Limits, unit = '', factor = 1): string {
  const g = (limit: number) => formatG(limit * factor);
  const low =
    limits.gt !== undefined
      ? `more than ${g(limits.gt)}`
      : limits.ge !== undefined
        ? `at least ${g(limits.ge)}`
        : '';
  const high =
    limits.lt !== undefined
      ? `less than ${g(limits.lt)}`
      : limits.le !== undefined
        ? `at most ${g(limits.le)}`
        : '';
  const phrase = [low, high].filter(Boolean).join(' and ');
  if (!phrase) {
    return unit ? `a finite number in ${unit}` : 'a finite number';
  }
  return unit ? `${phrase} ${unit}` : phrase;
}

/** The allowed range of a field in its display unit. */
export function fieldRange(field: Pick<Field, 'limits' | 'display'>): string {
  return rangePhrase(field.limits, field.display.unit, field.display.factor);
}
