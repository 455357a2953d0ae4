/** JSON values as Python text. */

import type { Json } from './document';
import { isObject } from './document';

/** A text of Python; one of JSON is. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/** Every digit of the number, in the shorter of the two ways of writing it. */
function number(value: number): string {
  const magnitude = Math.abs(value);
  return magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e7)
    ? value.toExponential().replace('e+', 'e')
    : String(value);
}

/** A JSON value as Python writes it, lines of at most about 100 characters. */
export function literal(value: Json, indent: string): string {
  if (value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value === 'number') {
    return number(value);
  }
  if (typeof value === 'string') {
    return quoted(value);
  }
  const inner = `${indent}    `;
  if (!isObject(value)) {
    return `[${(value as readonly Json[]).map(item => literal(item, inner)).join(', ')}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) {
    return '{}';
  }
  const flat = `{${entries.map(([key, item]) => `${quoted(key)}: ${literal(item, '')}`).join(', ')}}`;
  if (flat.length + indent.length <= 100 && !flat.includes('\n')) {
    return flat;
  }
  return `{\n${entries.map(([key, item]) => `${inner}${quoted(key)}: ${literal(item, inner)},\n`).join('')}${indent}}`;
}
