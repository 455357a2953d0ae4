/** The equipment library as things of the palette. */

import type { JsonObject } from '../../core/document';
import equipment from '../../generated/palette.json';
import type { PaletteItem, Table } from './kinds';
import { kindOf } from './kinds';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly keywords: string;
  readonly origin: string;
  readonly source: string;
  readonly table: string;
  readonly row: JsonObject;
}

const ENTRIES = equipment.entries as unknown as readonly Entry[];
const SOURCES: Readonly<Record<string, string>> = equipment.sources;
/** What words are looked for in, by place. */
let texts: readonly string[] | null = null;

export const LIBRARY_SIZE = ENTRIES.length;

export interface LibraryItem extends PaletteItem {
  /** Where its values come from, for people. */
  readonly source: string;
}

/** Values of a line or cable are those of one metre; a new one is this long. */
const LENGTH = (voltage: number): number => (voltage > 60e3 ? 20e3 : voltage > 1e3 ? 2e3 : 200);
const PER_METRE: readonly string[] = ['resistance', 'reactance', 'susceptance'];

function rowOf({ id, table, row }: Entry, voltage: number): JsonObject {
  if (table !== 'lines') {
    return { ...row, equipment: id };
  }
  const length = LENGTH(voltage);
  const scaled = Object.entries(row).map(([name, value]) => [
    name,
    PER_METRE.includes(name) && typeof value === 'number' ? Number((value * length).toPrecision(6)) : value
  ]);
  return { ...Object.fromEntries(scaled), length, equipment: id };
}

/** Entries that every word of a text fits, at most some of them, and how many there are. */
export function inLibrary(
  text: string,
  most: number
): { readonly items: readonly LibraryItem[]; readonly count: number } {
  const words = plainText(text).split(/\s+/).filter(Boolean);
  texts ??= ENTRIES.map(({ name, keywords, origin }) => plainText(`${name} ${keywords} ${origin}`));
  const all = texts;
  const fitting =
    words.length === 0 ? [] : ENTRIES.filter((_, i) => words.every(word => all[i]?.includes(word)));
  const items = fitting.slice(0, most).map(entry => ({
    id: entry.id,
    title: entry.name,
    table: entry.table as Table,
    group: 'Library',
    words: entry.keywords,
    source: `${kindOf(entry.table as Table).title}, ${entry.origin}: ${SOURCES[entry.source] ?? entry.source}`,
    start: (voltage: number) => rowOf(entry, voltage)
  }));
  return { items, count: fitting.length };
}

/** As `joulebook.grid.equipment.library.plain_text`: without accents and capitals. */
function plainText(text: string): string {
  return text.replace(/×/g, 'x').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
