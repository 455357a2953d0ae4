/**
 * Impedances of elements and circuits, by the formulas of `joulebook.impedance.formulas`.
 *
 * Both are run against `tests/corpus/impedance.json`.
 */

import type { JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Kind } from './kinds';
import { isKind, rowsOf } from './kinds';
import type { Node } from './tree';
import { isEmpty } from './tree';

export interface Complex {
  readonly re: number;
  readonly im: number;
}

const c = (re: number, im = 0): Complex => ({ re, im });
const add = (a: Complex, b: Complex): Complex => c(a.re + b.re, a.im + b.im);
const times = (a: Complex, b: Complex): Complex => c(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const scaled = (a: Complex, k: number): Complex => c(a.re * k, a.im * k);

/** 1/z, without overflow for large or small z. */
function inverse({ re, im }: Complex): Complex {
  if (Math.abs(re) >= Math.abs(im)) {
    const r = im / re;
    const d = re + im * r;
    return c(1 / d, -r / d);
  }
  const r = re / im;
  const d = re * r + im;
  return c(r / d, -1 / d);
}

function exp({ re, im }: Complex): Complex {
  const size = Math.exp(re);
  return c(size * Math.cos(im), size * Math.sin(im));
}

const log = ({ re, im }: Complex): Complex => c(Math.log(Math.hypot(re, im)), Math.atan2(im, re));
const power = (a: Complex, exponent: number): Complex => exp(scaled(log(a), exponent));

function tanh({ re, im }: Complex): Complex {
  if (Math.abs(re) > 20) {
    return c(Math.sign(re), 0);
  }
  // (sinh 2x + j sin 2y) / (cosh 2x + cos 2y), with the denominator as 2 (sinh² x + cos² y)
  const d = 2 * (Math.sinh(re) ** 2 + Math.cos(im) ** 2);
  return c(Math.sinh(2 * re) / d, Math.sin(2 * im) / d);
}

/** coth(z)/z */
const reflective = (z: Complex): Complex => inverse(times(tanh(z), z));

type Values = Readonly<Record<string, number>>;

/** (jωτ)^p; the exponent of diffusion is 0.5 where none is given. */
const raised = (w: number, v: Values, usual = 0.5): Complex =>
  power(c(0, w * (v['time_constant'] as number)), v['exponent'] ?? usual);

const FORMULAS: Readonly<Record<Kind, (w: number, v: Values) => Complex>> = {
  R: (_, v) => c(v['resistance'] as number),
  C: (w, v) => c(0, -1 / (w * (v['capacitance'] as number))),
  L: (w, v) => c(0, w * (v['inductance'] as number)),
  CPE: (w, v) => scaled(power(c(0, w), -(v['exponent'] as number)), 1 / (v['coefficient'] as number)),
  W: (w, v) => scaled(c(1, -1), (v['coefficient'] as number) / Math.sqrt(w)),
  Ws: (w, v) => {
    const z = raised(w, v);
    return scaled(times(tanh(z), inverse(z)), v['resistance'] as number);
  },
  Wo: (w, v) => scaled(reflective(raised(w, v)), v['resistance'] as number),
  G: (w, v) => scaled(power(c(1, w * (v['time_constant'] as number)), -0.5), v['resistance'] as number),
  Zarc: (w, v) => scaled(inverse(add(c(1), raised(w, v))), v['resistance'] as number),
  HN: (w, v) => scaled(power(add(c(1), raised(w, v)), -(v['skewness'] as number)), v['resistance'] as number),
  TLMQ: (w, v) => {
    const [r, q] = [v['resistance'] as number, v['coefficient'] as number];
    return scaled(reflective(scaled(power(c(0, w), 0.5 * (v['exponent'] as number)), Math.sqrt(r * q))), r);
  }
};

/** The impedance of a tree at one angular frequency, rad/s. */
function at(node: Node, w: number, rows: JsonObject): Complex {
  if (node.kind === 'leaf') {
    const row = rows[node.name];
    const kind = isObject(row) ? row['kind'] : undefined;
    return typeof kind === 'string' && isKind(kind) ? FORMULAS[kind](w, row as Values) : c(NaN, NaN);
  }
  const parts = node.parts.map(part => at(part, w, rows));
  return node.kind === 'series' ? parts.reduce(add, c(0)) : inverse(parts.map(inverse).reduce(add, c(0)));
}

export interface SpectrumPoint extends Complex {
  /** Hz */
  readonly frequency: number;
}

/** Impedance of a circuit over frequency; points that are not finite are left out. */
export function spectrum(
  tree: Node,
  document: JsonObject,
  frequencies: readonly number[]
): readonly SpectrumPoint[] {
  if (isEmpty(tree)) {
    return [];
  }
  const rows = rowsOf(document);
  return frequencies
    .map(frequency => ({ frequency, ...at(tree, 2 * Math.PI * frequency, rows) }))
    .filter(({ re, im }) => Number.isFinite(re) && Number.isFinite(im));
}

/** Frequencies evenly apart on a logarithmic axis, from high to low; Hz. */
export function sweep(low: number, high: number, aDecade = 20): readonly number[] {
  const count = Math.max(2, Math.min(400, Math.round(Math.log10(high / low) * aDecade) + 1));
  return Array.from({ length: count }, (_, i) => high * (low / high) ** (i / (count - 1)));
}
