/** Notes on the drawing: texts of `diagram.labels`, which have a place and no connection. */

import type { Json, JsonObject } from '../../core/document';
import { isObject, valueAt } from '../../core/document';
import { textWidth } from '../../core/layout';
import type { Change } from '../../core/editor';
import type { Element } from './elements';
import { keyOf } from './kinds';
import type { Symbol } from './symbols';

/** As the schema has it. */
export const LONGEST_NOTE = 400;
/** Characters to a line of the drawing. */
const WIDEST = 44;
/** Grid squares: size of the letters, and from line to line. */
export const LETTERS = 0.95;
export const LEADING = 1.25;

const known = new WeakMap<JsonObject, readonly Element[]>();

export function notesOf(document: JsonObject): JsonObject {
  const labels = valueAt(document, ['diagram', 'labels']);
  return isObject(labels) ? labels : {};
}

/** Notes as elements, so that they are selected, moved and listed as such. */
export function notesIn(document: JsonObject): readonly Element[] {
  const labels = notesOf(document);
  const before = known.get(labels);
  if (before) {
    return before;
  }
  const made = Object.entries(labels).flatMap(([id, text]): readonly Element[] =>
    typeof text === 'string'
      ? [{ key: keyOf('labels', id), table: 'labels', id, row: { text }, buses: [], branch: '' }]
      : []
  );
  known.set(labels, made);
  return made;
}

/** The lines in which a note is drawn: its own, and long ones wrapped between words. */
export function linesOf(row: JsonObject): readonly string[] {
  const text = typeof row['text'] === 'string' ? row['text'] : '';
  return text.split('\n').flatMap(line => {
    const lines = [''];
    for (const word of line.split(' ')) {
      const last = lines[lines.length - 1] ?? '';
      if (last !== '' && last.length + 1 + word.length > WIDEST) {
        lines.push(word);
      } else {
        lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
      }
    }
    return lines;
  });
}

/** The room that a note takes; it has no strokes of its own. */
export function noteSymbol(row: JsonObject): Symbol {
  const lines = linesOf(row);
  const widest = Math.max(...lines.map(line => textWidth(line, LETTERS)));
  return {
    strokes: [],
    terminals: [],
    width: Math.max(2, Math.ceil(widest)),
    height: Math.max(1, Math.ceil(lines.length * LEADING))
  };
}

/** Changes that give the document other notes; groups that it leaves out are made. */
export function changingNotes(
  document: JsonObject,
  notes: Readonly<Record<string, Json>>
): readonly Change[] {
  const missing = isObject(document['diagram']) ? [] : [{ path: ['diagram'], value: {} }];
  return [...missing, { path: ['diagram', 'labels'], value: notes }];
}
