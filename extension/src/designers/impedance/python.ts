/** The Python that makes the circuit on the sheet. */

import type { Json, JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import { literal, quoted } from '../../core/python';
import { rowsOf } from './kinds';
import { codeOf } from './model';

export function pythonCode(document: JsonObject): string {
  const values = Object.fromEntries(
    Object.entries(rowsOf(document)).map(([name, row]): [string, Json] => [name, valuesOf(row)])
  );
  const { name, description } = document;
  const more = [
    ...(typeof name === 'string' ? [`    name=${quoted(name)},\n`] : []),
    ...(typeof description === 'string' && description ? [`    description=${quoted(description)},\n`] : [])
  ].join('');
  const rows = Object.entries(values).map(
    ([key, value]) => `        ${quoted(key)}: ${literal(value, '        ')},\n`
  );
  const table = rows.length > 0 ? `{\n${rows.join('')}    }` : '{}';
  return (
    'import joulebook as jb\n\n' +
    `circuit = jb.impedance.Circuit.from_code(\n    ${quoted(codeOf(document))},\n    ${table},\n${more})\n` +
    'spectrum = jb.impedance.spectrum(circuit)\n'
  );
}

/** A single number stands for itself. */
function valuesOf(row: Json): Json {
  if (!isObject(row)) {
    return row;
  }
  const { kind: _kind, ...values } = row;
  const [only, ...others] = Object.values(values);
  return only !== undefined && others.length === 0 ? only : values;
}
