/** The kinds of elements, what a new one starts as, and the palette. */

import type { JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import schemaJson from '../../generated/impedance.schema.json';

export type Kind = keyof typeof schemaJson.kinds;

export const KINDS = Object.keys(schemaJson.kinds) as readonly Kind[];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(schemaJson.kinds, name);
}

export function titleOf(kind: Kind): string {
  return schemaJson.kinds[kind].title;
}

/** A title inside a sentence: names of people and signs keep their capitals. */
export function inSentence(title: string): string {
  return /^(Warburg|Gerischer|ZARC|Havriliak|R )/.test(title)
    ? title
    : title.charAt(0).toLowerCase() + title.slice(1);
}

/** Letter in Boukamp's code; empty where it has none. */
export function letterOf(kind: Kind): string {
  return schemaJson.kinds[kind].boukamp;
}

/** Names of elements: a symbol, then a number, an underscore with a label, or both. */
export const NAME = /^[A-Za-z]+[0-9]*(?:_[A-Za-z0-9_]+)?$/;

/** The kind that a name stands for: "CPE2", "R_ct". */
export function kindOf(name: string): Kind | null {
  const [letters = ''] = /^[A-Za-z]*/.exec(name) ?? [];
  return isKind(letters) ? letters : null;
}

const STARTS: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  R: { resistance: 100 },
  C: { capacitance: 1e-5 },
  L: { inductance: 1e-6 },
  CPE: { coefficient: 2e-5, exponent: 0.9 },
  W: { coefficient: 50 },
  Ws: { resistance: 100, time_constant: 1 },
  Wo: { resistance: 100, time_constant: 1 },
  G: { resistance: 100, time_constant: 0.1 },
  Zarc: { resistance: 100, time_constant: 1e-3, exponent: 0.85 },
  HN: { resistance: 100, time_constant: 1e-3, exponent: 0.85, skewness: 0.7 },
  TLMQ: { resistance: 50, coefficient: 1e-3, exponent: 0.95 }
};

/** Values of a new element; plausible, and meant to be changed. */
export function startOf(kind: Kind): JsonObject {
  return { kind, ...STARTS[kind] };
}

/** Values of an element after its kind was changed: what means the same is kept. */
export function converted(row: JsonObject, to: Kind): JsonObject {
  const { kind: from, ...old } = row;
  const kept = Object.entries(STARTS[to]).map(([name, start]) => {
    const meant = Object.hasOwn(old, name) && from !== 'W' && to !== 'W' ? old[name] : undefined;
    return [name, typeof meant === 'number' ? meant : start] as const;
  });
  const out: JsonObject = { kind: to, ...Object.fromEntries(kept) };
  if (from === 'C' && to === 'CPE' && typeof old['capacitance'] === 'number') {
    return { ...out, coefficient: old['capacitance'], exponent: 1 };
  }
  if (from === 'CPE' && to === 'C' && typeof old['coefficient'] === 'number') {
    return { ...out, capacitance: old['coefficient'] };
  }
  return out;
}

/** A thing in the palette: one element or a small circuit, as a code of symbols. */
export interface PaletteItem {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Kind of a single element; null for a circuit. */
  readonly kind: Kind | null;
  readonly code: string;
  /** More words to find it by. */
  readonly words: string;
  /** Key on the sheet that inserts it. */
  readonly key?: string;
}

const one = (kind: Kind, group: string, words: string, key?: string): PaletteItem => ({
  id: kind,
  title: titleOf(kind),
  group,
  kind,
  code: kind,
  words: `${kind} ${words}`,
  ...(key === undefined ? {} : { key })
});

const several = (title: string, code: string, words: string): PaletteItem => ({
  id: code,
  title,
  group: 'Together',
  kind: null,
  code,
  words
});

export const PALETTE: readonly PaletteItem[] = [
  one('R', 'Lumped', 'resistance ohmic', 'r'),
  one('C', 'Lumped', 'capacitance double layer', 'c'),
  one('L', 'Lumped', 'inductance cable coil', 'l'),
  one('CPE', 'Lumped', 'Q capacitance rough', 'q'),
  one('W', 'Diffusion', 'infinite', 'w'),
  one('Ws', 'Diffusion', 'finite length transmissive O tanh', 'o'),
  one('Wo', 'Diffusion', 'finite space reflective T coth blocked', 't'),
  one('G', 'Diffusion', 'reaction', 'g'),
  one('Zarc', 'Distributed', 'cole RQ arc depressed', 'z'),
  one('HN', 'Distributed', 'davidson skewed arc', 'h'),
  one('TLMQ', 'Distributed', 'porous de Levie pore', 'm'),
  several('R beside C', 'p(R,C)', 'RC voigt arc'),
  several('R beside CPE', 'p(R,CPE)', 'RQ arc'),
  several('R and W beside CPE', 'p(R-W,CPE)', 'randles')
];

/** Items that every word of a text fits. */
export function found(text: string): readonly PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return PALETTE.filter(item => {
    const all = `${item.title} ${item.group} ${item.words}`.toLowerCase();
    return words.every(word => all.includes(word));
  });
}

export function rowsOf(document: JsonObject): JsonObject {
  return isObject(document['elements']) ? document['elements'] : {};
}

/** A name that is free: the symbol with the next number, or with the label of another name. */
export function freeName(kind: Kind, taken: ReadonlySet<string>, like = ''): string {
  const rest = like.replace(/^[A-Za-z]+/, '');
  if (rest !== '' && !taken.has(`${kind}${rest}`)) {
    return `${kind}${rest}`;
  }
  let number = 1;
  while (taken.has(`${kind}${number}`)) {
    number++;
  }
  return `${kind}${number}`;
}
