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
  const root = schema.nodeAt([], document) ?? schema.root;
  const faults = membersFaults(body, schema, root, []);
  const broken = new Set(faults.map(fault => fault.path.join('\u0000')));
  const crossed = rules.flatMap(rule => rule(document));
  return [...faults, ...crossed.filter(fault => !broken.has(fault.path.join('\u0000')))];
}

interface Checked {
  readonly node: JsonObject;
  readonly path: string;
  readonly faults: readonly Fault[];
}

/** Groups that were checked already: documents are never changed in place, so most of them are met again. */
const checked = new WeakMap<JsonObject, Checked>();

function membersFaults(group: JsonObject, schema: Schema, node: JsonObject, path: Path): readonly Fault[] {
  const names = schema.names(node);
  const required = schema.required(node);
  const faults: Fault[] = [];
  for (const name of required) {
    if (!Object.hasOwn(group, name)) {
      faults.push(fault([...path, name], undefined, 'missing', 'Give it, or start from a named design'));
    }
  }
  for (const [name, value] of Object.entries(group)) {
    const child = names.includes(name) ? schema.child(node, name, value) : undefined;
    faults.push(
      ...(child
        ? valueFaults(value, schema, child, [...path, name], !required.includes(name))
        : [fault([...path, name], value, 'not a known name here', `Known: ${names.join(', ')}`)])
    );
  }
  return inOrder(faults, path.length, names);
}

/** Faults of a group in the order of the schema; names that it does not know come last. */
function inOrder(faults: readonly Fault[], depth: number, names: readonly string[]): readonly Fault[] {
  if (faults.length < 2) {
    return faults;
  }
  const place = (item: Fault) => {
    const index = names.indexOf(item.path[depth] ?? '');
    return index < 0 ? names.length : index;
  };
  return [...faults].sort((a, b) => place(a) - place(b));
}

function valueFaults(
  value: Json,
  schema: Schema,
  node: JsonObject,
  path: Path,
  optional: boolean
): readonly Fault[] {
  if (value === null && node['nullable'] === true) {
    return [];
  }
  const listed = node['enum'];
  if (Array.isArray(listed) && typeof listed[0] === 'number' && !listed.includes(value)) {
    return [fault(path, value, `must be one of ${listed.join(', ')}`)];
  }
  const field = schema.describe(node, path, optional);
  switch (field.kind) {
    case 'number':
    case 'integer':
      return numberFaults(value, field);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [fault(path, value, 'must be true or false')];
    case 'group':
    case 'map':
      return groupFaults(value, schema, node, path, field.kind);
    case 'list':
      return listFaults(value, schema, node, path);
    case 'open':
      return [];
    default:
      return textFaults(value, field);
  }
}

function groupFaults(
  value: Json,
  schema: Schema,
  node: JsonObject,
  path: Path,
  kind: 'group' | 'map'
): readonly Fault[] {
  if (!isObject(value)) {
    return [fault(path, value, 'must be a group of named values', 'Write it as { … }')];
  }
  const key = path.join('\u0000');
  const known = checked.get(value);
  if (known && known.node === node && known.path === key) {
    return known.faults;
  }
  const faults =
    kind === 'map' ? mapFaults(value, schema, node, path) : unionFaults(value, schema, node, path);
  checked.set(value, { node, path: key, faults });
  return faults;
}

function unionFaults(value: JsonObject, schema: Schema, node: JsonObject, path: Path): readonly Fault[] {
  const tag = node['discriminator'];
  if (isObject(tag) && isObject(tag['mapping'])) {
    const shape = value[String(tag['propertyName'])];
    const known = Object.keys(tag['mapping']);
    if (typeof shape !== 'string' || !known.includes(shape)) {
      return [fault([...path, String(tag['propertyName'])], shape, `must be one of ${known.join(', ')}`)];
    }
  }
  return membersFaults(value, schema, node, path);
}

function mapFaults(value: JsonObject, schema: Schema, node: JsonObject, path: Path): readonly Fault[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const child = schema.child(node, key, item);
    return child ? valueFaults(item, schema, child, [...path, key], true) : [];
  });
}

function listFaults(value: Json, schema: Schema, node: JsonObject, path: Path): readonly Fault[] {
  if (!Array.isArray(value)) {
    return [fault(path, value, 'must be a list of values', 'Write it as [ … ]')];
  }
  return value.flatMap((item: Json, i) => {
    const child = schema.child(node, String(i), item);
    return child ? valueFaults(item, schema, child, [...path, String(i)], true) : [];
  });
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
