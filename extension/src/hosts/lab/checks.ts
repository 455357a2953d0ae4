/** Which documents a designer can draw: every group is there, every number is a number. */

import type { JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Fault } from '../../core/validation';
import { faultText, validate } from '../../core/validation';
import { cellRules, cellSchema } from '../../designers/cell/model';

/**
 * All faults of a document that is too broken to draw, in words; none where it can be drawn.
 *
 * Values that are only out of range, and names that are not in the library, can be drawn: the designer marks
 * and mends them.
 */
export function undrawable(document: JsonObject): readonly string[] {
  const faults = validate(document, cellSchema, cellRules);
  return faults.some(isBroken) ? faults.map(faultText) : [];
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
