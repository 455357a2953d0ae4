/** What the JSON Schema of a design says about one value: its kind, unit, allowed range and words. */

import type { Json, JsonObject, Path } from './document';
import { isObject, valueAt } from './document';

export interface Limits {
  /** greater than */
  readonly gt?: number;
  /** at least */
  readonly ge?: number;
  /** less than */
  readonly lt?: number;
  /** at most */
  readonly le?: number;
}

export type FieldKind =
  'number' | 'integer' | 'boolean' | 'text' | 'choice' | 'material' | 'group' | 'map' | 'list' | 'open';

export interface Field {
  readonly path: Path;
  readonly kind: FieldKind;
  readonly title: string;
  readonly description: string;
  /** Unit of the value in the document; empty for pure numbers and words. */
  readonly unit: string;
  /** Unit on screens, and the factor from the document's value to it. */
  readonly display: { readonly unit: string; readonly factor: number };
  readonly limits: Limits;
  /** Whether the value may be left out. */
  readonly optional: boolean;
  readonly default: Json | undefined;
  readonly choices: readonly string[];
  /** Table whose identifiers the text names. */
  readonly reference: string;
  /** Kind of material of the library that the text names. */
  readonly materials: string;
  readonly minLength: number;
  readonly maxLength: number;
}

/**
 * A JSON Schema as pydantic writes it: local references, unions by discriminator, nullable values, lists.
 *
 * Values of a union that has no discriminator are open: Python alone checks them.
 */
export class Schema {
  /** What nodes without a choice come to; they are met again for every row of a table. */
  private readonly resolved = new WeakMap<JsonObject, JsonObject>();

  constructor(readonly root: JsonObject) {}

  /** Node of the schema for a path; unions are decided by the document. */
  nodeAt(path: Path, document: JsonObject): JsonObject | undefined {
    let node: JsonObject | undefined = this.resolve(this.root, document);
    path.forEach((key, i) => {
      node = node && this.child(node, key, valueAt(document, path.slice(0, i + 1)));
    });
    return node;
  }

  /** Schema of one named value below a node. */
  child(node: JsonObject, key: string, value: Json | undefined): JsonObject | undefined {
    const properties = node['properties'];
    if (isObject(properties) && isObject(properties[key])) {
      return this.resolve(properties[key], value);
    }
    const items = node['items'];
    if (isObject(items) && /^\d+$/.test(key)) {
      return this.resolve(items, value);
    }
    const others = node['additionalProperties'];
    return isObject(others) ? this.resolve(others, value) : undefined;
  }

  /** Names below a node, in the order of the schema. */
  names(node: JsonObject): readonly string[] {
    const properties = node['properties'];
    return isObject(properties) ? Object.keys(properties) : [];
  }

  required(node: JsonObject): readonly string[] {
    return (node['required'] as readonly string[] | undefined) ?? [];
  }

  /** The values below a path, as a form shows them. */
  fields(path: Path, document: JsonObject): readonly Field[] {
    const node = this.nodeAt(path, document);
    if (!node) {
      return [];
    }
    return this.names(node).flatMap(name => this.field([...path, name], document) ?? []);
  }

  /** One value. */
  field(path: Path, document: JsonObject): Field | undefined {
    const node = this.nodeAt(path, document);
    const parent = this.nodeAt(path.slice(0, -1), document);
    if (!node || !parent) {
      return undefined;
    }
    const name = path[path.length - 1] ?? '';
    return this.describe(node, path, !this.required(parent).includes(name));
  }

  /** What a node says about the value at a path. */
  describe(node: JsonObject, path: Path, optional: boolean): Field {
    return describe(node, path, optional);
  }

  /** Follow references, take the branch that the value belongs to, and drop `null`. */
  private resolve(node: JsonObject, value: Json | undefined): JsonObject {
    const known = this.resolved.get(node);
    if (known) {
      return known;
    }
    const found = this.follow(node, value);
    if (!('discriminator' in found)) {
      this.resolved.set(node, found);
    }
    return found;
  }

  private follow(node: JsonObject, value: Json | undefined): JsonObject {
    let here = node;
    if (typeof here['$ref'] === 'string') {
      const { $ref, ...rest } = here;
      const target = valueAt(this.root, String($ref).replace('#/', '').split('/'));
      here = { ...(isObject(target) ? target : {}), ...rest };
    }
    const branches = (here['anyOf'] ?? here['oneOf']) as readonly JsonObject[] | undefined;
    if (!branches) {
      return here;
    }
    const { anyOf: _any, oneOf: _one, ...rest } = here;
    if (!here['discriminator'] && branches.filter(item => !isNull(item)).length > 1) {
      return { ...rest, open: true, nullable: branches.some(isNull) };
    }
    const branch = this.branch(here, branches, value);
    return { ...this.resolve(branch, value), ...rest, nullable: branches.some(isNull) };
  }

  private branch(node: JsonObject, branches: readonly JsonObject[], value: Json | undefined): JsonObject {
    const discriminator = node['discriminator'];
    if (isObject(discriminator) && isObject(discriminator['mapping'])) {
      const tag = isObject(value) ? value[String(discriminator['propertyName'])] : undefined;
      const target = typeof tag === 'string' ? discriminator['mapping'][tag] : undefined;
      if (typeof target === 'string') {
        return { $ref: target };
      }
    }
    return branches.find(item => !isNull(item)) ?? {};
  }

  /** Tags of a union and the schema behind each. */
  branches(path: Path, document: JsonObject): readonly string[] {
    const parent = this.nodeAt(path.slice(0, -1), document);
    const properties = parent?.['properties'];
    const node = isObject(properties) ? properties[path[path.length - 1] ?? ''] : undefined;
    const union =
      isObject(node) && Array.isArray(node['anyOf'])
        ? (node['anyOf'] as readonly JsonObject[]).find(item => !isNull(item))
        : node;
    const mapping =
      isObject(union) && isObject(union['discriminator']) ? union['discriminator']['mapping'] : null;
    return isObject(mapping ?? undefined) ? Object.keys(mapping as JsonObject) : [];
  }
}

function isNull(node: JsonObject): boolean {
  return node['type'] === 'null';
}

function describe(node: JsonObject, path: Path, optional: boolean): Field {
  const text = (key: string) => (typeof node[key] === 'string' ? (node[key] as string) : '');
  const number = (key: string) => (typeof node[key] === 'number' ? (node[key] as number) : undefined);
  const unit = text('unit') === '1' ? '' : text('unit');
  const limits: Limits = {
    ...defined('gt', number('exclusiveMinimum')),
    ...defined('ge', number('minimum')),
    ...defined('lt', number('exclusiveMaximum')),
    ...defined('le', number('maximum'))
  };
  return {
    path,
    kind: kindOf(node),
    title: sentence(text('title')),
    description: text('description'),
    unit,
    display: { unit: text('displayUnit') || unit, factor: number('displayFactor') ?? 1 },
    limits,
    optional,
    default: node['default'] === null ? undefined : node['default'],
    choices: choicesOf(node),
    reference: text('reference'),
    materials: text('materials'),
    minLength: number('minLength') ?? 0,
    maxLength: number('maxLength') ?? Infinity
  };
}

function defined<K extends string>(key: K, value: number | undefined): { [key in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: number });
}

function choicesOf(node: JsonObject): readonly string[] {
  if (typeof node['const'] === 'string') {
    return [node['const']];
  }
  const listed = (node['enum'] as readonly Json[] | undefined) ?? [];
  return listed.filter(item => typeof item === 'string');
}

function kindOf(node: JsonObject): FieldKind {
  if (node['open'] === true) {
    return 'open';
  }
  if (node['type'] === 'array') {
    return 'list';
  }
  if (node['type'] === 'object' || node['properties']) {
    return node['properties'] ? 'group' : 'map';
  }
  if (choicesOf(node).length > 0) {
    return 'choice';
  }
  if (node['materials']) {
    return 'material';
  }
  const plain = ['number', 'integer', 'boolean'] as const;
  return plain.find(kind => kind === node['type']) ?? 'text';
}

/** "Case Mass" as a label: "Case mass". */
function sentence(title: string): string {
  return title.charAt(0) + title.slice(1).toLowerCase();
}
