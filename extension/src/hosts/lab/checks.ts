/** Which documents a designer can draw: every group is there, every number is a number. */

import type { JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Fault } from '../../core/validation';
import { faultText, validate } from '../../core/validation';
import { cellRules, cellSchema } from '../../designers/cell/model';
import { circuitSchema } from '../../designers/circuit';
import { isTable } from '../../designers/circuit/kinds';
import { impedanceSchema } from '../../designers/impedance';

/**
 * All faults of a document that is too broken to draw, in words; none where it can be drawn.
 *
 * Values that are only out of range, and names that are not in the library, can be drawn: the designer marks
 * and mends them.
 */
export function undrawableCell(document: JsonObject): readonly string[] {
  const faults = validate(document, cellSchema, cellRules);
  return faults.some(isBroken) ? faults.map(faultText) : [];
}

/** The same of a network: its tables are groups of elements. A faulty value is marked where it stands. */
export function undrawableCircuit(document: JsonObject): readonly string[] {
  const groups = circuitSchema
    .names(circuitSchema.root)
    .filter(name => name === 'buses' || Object.hasOwn(document, name));
  return groups.flatMap(name => {
    const value = document[name];
    const table = circuitSchema.nodeAt([name], document)?.['type'] === 'object';
    const rows = isObject(value) ? Object.entries(value) : [];
    if (table && !isObject(value)) {
      return [`${name}: must be a group of elements by identifier`];
    }
    return isTable(name)
      ? rows.flatMap(([id, row]) => (isObject(row) ? [] : [`${name}.${id}: must be a group of values`]))
      : [];
  });
}

/** The same of an equivalent circuit: its code is text, its elements are groups of values. */
export function undrawableImpedance(document: JsonObject): readonly string[] {
  const { code, elements } = document;
  const unknown = Object.keys(document).filter(
    name =>
      name !== 'kind' &&
      name !== 'schema_version' &&
      !impedanceSchema.names(impedanceSchema.root).includes(name)
  );
  return [
    ...unknown.map(name => `${name}: not a known name here`),
    ...(typeof code === 'string' ? [] : ['code: must be text']),
    ...(isObject(elements) ? [] : ['elements: must be a group of elements by name']),
    ...Object.entries(isObject(elements) ? elements : {}).flatMap(([name, row]) =>
      isObject(row) ? [] : [`elements.${name}: must be a group of values`]
    )
  ];
}

function isBroken({ value, rule }: Fault): boolean {
  return (
    value === undefined ||
    value === null ||
    isObject(value) ||
    rule.startsWith('must be a number') ||
    rule.startsWith('must be text') ||
    rule.startsWith('must be a group') ||
    rule.startsWith('not a known name')
  );
}
