/** The library of materials as the view needs it: records, sources, curves. */

import library from '../../generated/materials.json';

export interface SourceRecord {
  readonly ref: string;
  readonly where: string;
  readonly method: string;
  readonly note: string;
}

export interface ValueRecord {
  readonly value: number;
  readonly unit: string;
  readonly source: SourceRecord;
  readonly reference_temperature: number;
}

/** A property as a function of one variable, sampled so that straight lines between points are good enough. */
export interface LawRecord {
  readonly formula: string;
  readonly variable: string;
  readonly unit: string;
  readonly domain: readonly number[];
  readonly source: SourceRecord;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export type MaterialKind = 'active' | 'electrolyte' | 'film' | 'metal';

export interface MaterialRecord {
  readonly chemistry: string;
  readonly note?: string;
  readonly polarity?: string;
  readonly values: Readonly<Record<string, ValueRecord>>;
  readonly suggested?: Readonly<Record<string, ValueRecord>>;
  readonly window?: readonly ValueRecord[];
  readonly ocp?: LawRecord;
  readonly conductivity?: LawRecord;
  readonly diffusivity?: LawRecord;
}

export interface CitationRecord {
  readonly authors: string;
  readonly title: string;
  readonly published: string;
  readonly doi: string;
}

type Curves = Readonly<Record<string, Pick<LawRecord, 'x' | 'y'>>>;
type Library = Readonly<Record<MaterialKind, Readonly<Record<string, MaterialRecord>>>> & {
  readonly bibliography: Readonly<Record<string, CitationRecord>>;
};

const LIBRARY = withCurves(library as unknown as Library & { readonly curves: Curves });

/** Laws with their curves, which are kept once for all materials that share one. */
function withCurves({ curves, ...records }: Library & { readonly curves: Curves }): Library {
  const filled = (law: LawRecord | undefined) =>
    law && { ...law, ...curves[(law as LawRecord & { readonly curve: string }).curve] };
  const kind = (known: Readonly<Record<string, MaterialRecord>>) =>
    Object.fromEntries(
      Object.entries(known).map(([name, record]) => {
        const laws = { ocp: record.ocp, conductivity: record.conductivity, diffusivity: record.diffusivity };
        const given = Object.entries(laws).filter(([, law]) => law);
        return [name, { ...record, ...Object.fromEntries(given.map(([key, law]) => [key, filled(law)])) }];
      })
    );
  return { ...records, active: kind(records.active), electrolyte: kind(records.electrolyte) };
}

/** Names of the materials that can serve in a place; `side` keeps the active materials of one electrode. */
export function materialNames(kind: string, side = ''): readonly string[] {
  return Object.entries(LIBRARY[kind as MaterialKind] ?? {})
    .filter(([, record]) => !side || !record.polarity || record.polarity === side)
    .map(([name]) => name);
}

export function material(kind: string, name: unknown): MaterialRecord | undefined {
  const records = LIBRARY[kind as MaterialKind];
  return records && typeof name === 'string' && Object.hasOwn(records, name) ? records[name] : undefined;
}

export function citation(ref: string): CitationRecord | undefined {
  return Object.hasOwn(LIBRARY.bibliography, ref) ? LIBRARY.bibliography[ref] : undefined;
}

/** Where a source can be read, if it says so. */
export function sourceLink(source: SourceRecord): string | null {
  const doi = citation(source.ref)?.doi ?? (/^10\.\d{4,}\//.test(source.ref) ? source.ref : '');
  if (doi) {
    return `https://doi.org/${doi}`;
  }
  return /^https?:\/\//.test(source.ref) ? source.ref : null;
}

/** Value of a sampled law; straight lines between the points, the last value beyond them. */
export function lawAt(law: LawRecord, x: number): number {
  const { x: xs, y: ys } = law;
  const last = xs.length - 1;
  if (!(x > (xs[0] ?? 0))) {
    return ys[0] ?? NaN;
  }
  if (x >= (xs[last] ?? 0)) {
    return ys[last] ?? NaN;
  }
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const [x0 = 0, x1 = 1, y0 = 0, y1 = 0] = [xs[low], xs[high], ys[low], ys[high]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
