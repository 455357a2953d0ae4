/** The schema of an equivalent circuit, the rules between code and elements, and the words for its values. */

import type { JsonObject, Path } from '../../core/document';
import { isObject } from '../../core/document';
import { Schema } from '../../core/schema';
import type { CrossRule, Fault } from '../../core/validation';
import { fault } from '../../core/validation';
import schemaJson from '../../generated/impedance.schema.json';
import type { CodeError } from './code';
import { readCode } from './code';
import { isKind, kindOf, NAME, rowsOf, titleOf } from './kinds';
import type { Node } from './tree';
import { leaves, WIRE } from './tree';

export const impedanceSchema = new Schema(schemaJson as unknown as JsonObject);
export const IMPEDANCE_KIND = schemaJson.document.kind;
export const IMPEDANCE_VERSION = schemaJson.document.version;

export function codeOf(document: JsonObject): string {
  return typeof document['code'] === 'string' ? document['code'] : '';
}

/** The tree of a document; nothing but a wire where its code cannot be read. */
export function treeIn(document: JsonObject): Node {
  try {
    return readCode(codeOf(document));
  } catch {
    return WIRE;
  }
}

/** What Python finds between the code and the elements. */
const connections: CrossRule = document => {
  const rows = rowsOf(document);
  let tree: Node;
  try {
    tree = readCode(codeOf(document));
  } catch (error) {
    const { rule, hint } = error as CodeError;
    return [fault(['code'], codeOf(document), rule, hint)];
  }
  const names = new Set(leaves(tree));
  const missing = [...names].filter(name => !Object.hasOwn(rows, name));
  return [
    ...missing.map(name =>
      fault(
        ['elements', name],
        undefined,
        'missing: the code names it',
        'Give it, or take it out of the code'
      )
    ),
    ...Object.entries(rows).flatMap(([name, row]) => nameFaults(name, row, names))
  ];
};

function nameFaults(name: string, row: unknown, names: ReadonlySet<string>): readonly Fault[] {
  const kind = isObject(row as JsonObject) ? (row as JsonObject)['kind'] : undefined;
  if (typeof kind !== 'string' || !isKind(kind)) {
    return [];
  }
  if ((NAME.test(name) ? kindOf(name) : null) !== kind) {
    const hint = `Write it as ${kind}1 or ${kind}_label, in the code too`;
    return [fault(['elements', name], kind, 'the name does not fit the kind', hint)];
  }
  const hint = 'Add it to the code, or delete it';
  return names.has(name)
    ? []
    : [fault(['elements', name], kind, 'not connected: the code does not name it', hint)];
}

export const impedanceRules: readonly CrossRule[] = [connections];

const LABELS: Readonly<Record<string, string>> = {
  skewness: 'Exponent β',
  time_constant: 'Time constant τ',
  code: 'Circuit code'
};

const SIGNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CPE: { coefficient: 'Coefficient Q', exponent: 'Exponent α' },
  W: { coefficient: 'Coefficient σ' },
  Ws: { exponent: 'Exponent p' },
  Wo: { exponent: 'Exponent p' },
  Zarc: { exponent: 'Exponent α' },
  HN: { exponent: 'Exponent α' },
  TLMQ: { coefficient: 'Coefficient Q', exponent: 'Exponent α', resistance: 'Resistance of the pores' }
};

/** Words for the value at a path. */
export function label(path: Path, title = ''): string {
  const name = path[path.length - 1] ?? '';
  const kind = path[0] === 'elements' ? kindOf(path[1] ?? '') : null;
  const plain = title || name.replace(/_/g, ' ');
  return (kind && SIGNS[kind]?.[name]) ?? LABELS[name] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** A value and where it sits: "R_ct, resistance". */
export function pathLabel(path: Path): string {
  const [first = '', name, ...rest] = path;
  if (first !== 'elements' || name === undefined) {
    return label(path);
  }
  return rest.length > 0 ? `${name}, ${label(path).toLowerCase()}` : name;
}

/** "Resistor R_ct"; for screen readers. */
export function nameWithTitle(name: string): string {
  const kind = kindOf(name);
  return kind ? `${titleOf(kind)} ${name}` : name;
}
