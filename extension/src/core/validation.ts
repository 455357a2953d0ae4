/** Every fault of a document at once, in the words of `joulebook.core.faults`. */

import type { Json, JsonObject, Path } from './document';
import { isObject, valueAt } from './document';
import { formatG } from './numbers';
import type { Field, Schema } from './schema';
import { fieldRange } from './units';

export interface Fault {
  readonly path: Path;
  readonly value: Json | undefined;
  readonly unit: string;
  /** What is allowed, as a phrase. */
  readonly rule: string;
  /** What to try; may be empty. */
  readonly hint: string;
}

/** A rule over several values. */
export type CrossRule = (document: JsonObject) => readonly Fault[];

/** Check a document against its schema, then against the rules that hold between values. */
export function validate(
  document: JsonObject,
  schema: Schema,
  rules: readonly CrossRule[] = []
): readonly Fault[] {
  const { kind: _kind, schema_version: _version, ...body } = document;
  const faults = membersFaults(body, schema, schema.root, [], body);
  const broken = new Set(faults.map(fault => fault.path.join('\u0000')));
  const crossed = rules.flatMap(rule => rule(document));
  return [...faults, ...crossed.filter(fault => !broken.has(fault.path.join('\u0000')))];
}

function membersFaults(
  group: JsonObject,
  schema: Schema,
  node: JsonObject,
  path: Path,
  document: JsonObject
): Fault[] {
  const names = schema.names(node);
  const required = schema.required(node);
  const faults: Fault[] = [];
  for (const name of names) {
    if (Object.hasOwn(group, name)) {
      faults.push(...valueFaults(group[name] ?? null, schema, [...path, name], document));
    } else if (required.includes(name)) {
      faults.push(fault([...path, name], undefined, 'missing', 'Give it, or start from a named design'));
    }
  }
  for (const name of Object.keys(group)) {
    if (!names.includes(name)) {
      faults.push(fault([...path, name], group[name], 'not a known name here', `Known: ${names.join(', ')}`));
    }
  }
  return faults;
}

function valueFaults(value: Json, schema: Schema, path: Path, document: JsonObject): Fault[] {
  const node = schema.nodeAt(path, document);
  const field = schema.field(path, document);
  if (!node || !field) {
    return [];
  }
  if (value === null && node['nullable'] === true) {
    return [];
  }
  switch (field.kind) {
    case 'number':
    case 'integer':
      return numberFaults(value, field);
    case 'group':
      return groupOrUnion(value, schema, node, path, document);
    case 'map':
      return mapFaults(value, schema, path, document);
    case 'list':
      return listFaults(value, schema, path, document);
    case 'open':
      return [];
    default:
      return textFaults(value, field);
  }
}

function groupOrUnion(
  value: Json,
  schema: Schema,
  node: JsonObject,
  path: Path,
  document: JsonObject
): Fault[] {
  if (!isObject(value)) {
    return [fault(path, value, 'must be a group of named values', 'Write it as { … }')];
  }
  const tag = node['discriminator'];
  if (isObject(tag) && isObject(tag['mapping'])) {
    const shape = value[String(tag['propertyName'])];
    const known = Object.keys(tag['mapping']);
    if (typeof shape !== 'string' || !known.includes(shape)) {
      return [fault([...path, String(tag['propertyName'])], shape, `must be one of ${known.join(', ')}`)];
    }
  }
  return membersFaults(value, schema, node, path, document);
}

function mapFaults(value: Json, schema: Schema, path: Path, document: JsonObject): Fault[] {
  if (!isObject(value)) {
    return [fault(path, value, 'must be a group of named values', 'Write it as { … }')];
  }
  return Object.entries(value).flatMap(([key, item]) => valueFaults(item, schema, [...path, key], document));
}

function listFaults(value: Json, schema: Schema, path: Path, document: JsonObject): Fault[] {
  if (!Array.isArray(value)) {
    return [fault(path, value, 'must be a list of values', 'Write it as [ … ]')];
  }
  return value.flatMap((item: Json, i) => valueFaults(item, schema, [...path, String(i)], document));
}

function numberFaults(value: Json, field: Field): Fault[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    const hint = 'Write a plain number in SI units';
    return [
      { ...fault(field.path, value, `must be a number, ${fieldRange(field)}`, hint), unit: field.unit }
    ];
  }
  if (field.kind === 'integer' && !Number.isInteger(value)) {
    return [fault(field.path, value, 'must be a whole number')];
  }
  if (inside(value, field)) {
    return [];
  }
  return [
    { ...fault(field.path, value, `must be ${fieldRange(field)}`, slipHint(value, field)), unit: field.unit }
  ];
}

function inside(value: number, { limits }: Field): boolean {
  return (
    (limits.gt === undefined || value > limits.gt) &&
    (limits.ge === undefined || value >= limits.ge) &&
    (limits.lt === undefined || value < limits.lt) &&
    (limits.le === undefined || value <= limits.le)
  );
}

/** Where the number would be right in the display unit, the unit was probably forgotten. */
function slipHint(value: number, field: Field): string {
  const { unit, factor } = field.display;
  const slipped = value / factor;
  if (factor === 1 || value <= 0 || !inside(slipped, field)) {
    return '';
  }
  return `If ${formatG(value)} ${unit} was meant, write ${formatG(slipped)}`;
}

function textFaults(value: Json, field: Field): Fault[] {
  if (typeof value !== 'string') {
    return [fault(field.path, value, 'must be text')];
  }
  if (field.kind === 'choice' && !field.choices.includes(value)) {
    return [fault(field.path, value, `must be one of ${field.choices.join(', ')}`)];
  }
  if (value.length < field.minLength) {
    return [fault(field.path, value, 'must not be empty')];
  }
  if (value.length > field.maxLength) {
    return [fault(field.path, value, `must have at most ${field.maxLength} characters`)];
  }
  return [];
}

export function fault(path: Path, value: Json | undefined, rule: string, hint = '', unit = ''): Fault {
  return { path, value, unit, rule, hint };
}

/** Faults that a change would add: an edit of a document that is already faulty is judged by these alone. */
export function newFaults(before: readonly Fault[], after: readonly Fault[]): readonly Fault[] {
  const known = new Set(before.map(item => `${item.path.join('\u0000')}\u0001${item.rule}`));
  return after.filter(item => !known.has(`${item.path.join('\u0000')}\u0001${item.rule}`));
}

/** What was given, as it stands in the document: ` = -0.2`, ` = 75.6 m`; nothing where nothing was. */
export function givenText(item: Fault): string {
  if (item.value === undefined) {
    return '';
  }
  const text = JSON.stringify(item.value);
  const unit = item.unit && typeof item.value === 'number' ? ` ${item.unit}` : '';
  return ` = ${text.length > 60 ? `${text.slice(0, 57)}…` : text}${unit}`;
}

/** One line: "negative.thickness = 1: must be at most 2000 µm. If 1 µm was meant, write 1e-06" */
export function faultText(item: Fault): string {
  return `${item.path.join('.')}${givenText(item)}: ${item.rule}${item.hint ? `. ${item.hint}` : ''}`;
}

/** Numbers at paths, for rules over several values; null where one is missing or no number. */
export function numbersAt(document: JsonObject, ...paths: readonly Path[]): readonly number[] | null {
  const values = paths.map(path => valueAt(document, path));
  return values.every(value => typeof value === 'number') ? (values as number[]) : null;
}
