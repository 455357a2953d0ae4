/** Edits of a circuit: insertions in series and in parallel, removals, moves. */

import type { Json, JsonObject } from '../../core/document';
import type { Change } from '../../core/editor';
import { readCode } from './code';
import type { Kind } from './kinds';
import { freeName, kindOf, rowsOf, startOf } from './kinds';
import type { Node } from './tree';
import { group, isEmpty, leaf, leaves, renamed, toCode, WIRE } from './tree';

/** Where something goes: before or behind a block of elements in series with it, or beside it. */
export interface Slot {
  readonly how: 'before' | 'after' | 'beside';
  /** Elements of the block; none stand for the whole circuit. */
  readonly names: readonly string[];
}

/** The smallest block that holds some elements: a node, or neighbours in a series. */
export function blockOf(tree: Node, names: ReadonlySet<string>): readonly string[] {
  if (tree.kind === 'leaf' || names.size === 0) {
    return leaves(tree);
  }
  const holds = tree.parts.map(part => leaves(part).some(name => names.has(name)));
  const [first, last] = [holds.indexOf(true), holds.lastIndexOf(true)];
  const only = tree.parts[first];
  if (only && first === last) {
    return blockOf(only, names);
  }
  return tree.kind === 'series' ? tree.parts.slice(first, last + 1).flatMap(leaves) : leaves(tree);
}

/** The tree with a part put in. */
export function inserted(tree: Node, slot: Slot, part: Node): Node {
  if (isEmpty(tree)) {
    return part;
  }
  return placed(tree, slot.how, new Set(slot.names.length > 0 ? slot.names : leaves(tree)), part);
}

function joined(node: Node, how: Slot['how'], part: Node): Node {
  return how === 'beside'
    ? group('parallel', [node, part])
    : group('series', how === 'before' ? [part, node] : [node, part]);
}

function placed(node: Node, how: Slot['how'], names: ReadonlySet<string>, part: Node): Node {
  if (node.kind === 'leaf') {
    return joined(node, how, part);
  }
  const holds = node.parts.map(inner => leaves(inner).some(name => names.has(name)));
  const [first, last] = [holds.indexOf(true), holds.lastIndexOf(true)];
  const only = node.parts[first];
  if (only && first === last) {
    const inside = placed(only, how, names, part);
    return group(
      node.kind,
      node.parts.map((inner, i) => (i === first ? inside : inner))
    );
  }
  if (node.kind === 'parallel') {
    return joined(node, how, part);
  }
  const block = group('series', node.parts.slice(first, last + 1));
  return group('series', [
    ...node.parts.slice(0, first),
    joined(block, how, part),
    ...node.parts.slice(last + 1)
  ]);
}

/** The tree without some elements: a branch that becomes empty goes, so that it shorts nothing. */
export function removed(tree: Node, names: ReadonlySet<string>): Node {
  if (tree.kind === 'leaf') {
    return names.has(tree.name) ? WIRE : tree;
  }
  const kept = tree.parts.map(part => removed(part, names)).filter(part => !isEmpty(part));
  return kept.length === 0 ? WIRE : group(tree.kind, kept);
}

/** The part of the tree that some elements make up, connected as they are there. */
export function extracted(tree: Node, names: ReadonlySet<string>): Node {
  return removed(tree, new Set(leaves(tree).filter(name => !names.has(name))));
}

/** The tree with a block taken elsewhere; the same tree where it cannot go there. */
export function moved(tree: Node, names: ReadonlySet<string>, slot: Slot): Node {
  const others = slot.names.filter(name => !names.has(name));
  if (names.size === 0 || others.length === 0) {
    return tree;
  }
  const rest = removed(tree, names);
  return inserted(rest, { ...slot, names: others }, extracted(tree, names));
}

/** The tree with a block one place further on in its group; the same tree where it is at the end. */
export function shifted(
  tree: Node,
  names: ReadonlySet<string>,
  kind: 'series' | 'parallel',
  by: 1 | -1
): Node {
  if (tree.kind === 'leaf') {
    return tree;
  }
  const holds = tree.parts.map(part => leaves(part).some(name => names.has(name)));
  const [first, last] = [holds.indexOf(true), holds.lastIndexOf(true)];
  if (first < 0) {
    return tree;
  }
  const only = tree.parts[first];
  if (only && first === last && only.kind !== 'leaf') {
    const inside = shifted(only, names, kind, by);
    if (inside !== only) {
      return group(
        tree.kind,
        tree.parts.map((part, i) => (i === first ? inside : part))
      );
    }
  }
  const other = by > 0 ? last + 1 : first - 1;
  const neighbour = tree.parts[other];
  if (tree.kind !== kind || !neighbour) {
    return tree;
  }
  const rest = tree.parts.filter((_, i) => i !== other);
  const at = by > 0 ? first : last;
  return group(tree.kind, [...rest.slice(0, at), neighbour, ...rest.slice(at)]);
}

/** Elements as they are copied: a code and the values. */
export interface Part {
  readonly kind: typeof PART_KIND;
  readonly code: string;
  readonly elements: JsonObject;
}

export const PART_KIND = 'joulebook.equivalent_circuit.part';

export function partOf(tree: Node, document: JsonObject, names: ReadonlySet<string>): Part {
  const chosen = extracted(tree, names);
  const rows = rowsOf(document);
  return {
    kind: PART_KIND,
    code: toCode(chosen),
    elements: Object.fromEntries(leaves(chosen).map(name => [name, rows[name] ?? null]))
  };
}

/** A copied part out of a text of the clipboard; a circuit code alone is one too. Null where it is none. */
export function readPart(text: string): Part | null {
  try {
    const read = JSON.parse(text) as Part;
    const whole = read.kind === PART_KIND && typeof read.code === 'string';
    return whole && typeof read.elements === 'object' ? read : null;
  } catch {
    return null;
  }
}

/** A code with names that are free, and the rows of its elements. */
export function fresh(
  code: string,
  taken: ReadonlySet<string>,
  given: JsonObject = {}
): { readonly tree: Node; readonly rows: JsonObject } {
  const names = new Map<string, string>();
  const all = new Set(taken);
  const rows: Record<string, Json> = {};
  // symbols alone may stand several times in a palette's code
  let count = 0;
  const marked = code.replace(/[A-Za-z]+[0-9]*(?:_[A-Za-z0-9_]+)?(?!\()/g, name =>
    name === 'p' ? name : Object.hasOwn(given, name) ? name : `${name}_${count++}`
  );
  const tree = readCode(marked);
  for (const name of leaves(tree)) {
    const kind = kindOf(name) as Kind;
    const known = Object.hasOwn(given, name);
    const free = known && !all.has(name) ? name : freeName(kind, all);
    all.add(free);
    names.set(name, free);
    rows[free] = (known && given[name]) || startOf(kind);
  }
  return { tree: renamed(tree, name => names.get(name) ?? name), rows };
}

/** Changes that make the document that of another tree; elements that it does not name go. */
export function becoming(
  document: JsonObject,
  tree: Node,
  more: JsonObject,
  gone: ReadonlySet<string>
): readonly Change[] {
  const rows = rowsOf(document);
  const lost = [...gone].filter(name => Object.hasOwn(rows, name));
  const { elements } = document;
  return [
    { path: ['code'], value: toCode(tree) },
    ...(elements === undefined ? [{ path: ['elements'], value: {} }] : []),
    ...Object.entries(more).map(([name, value]) => ({ path: ['elements', name], value })),
    ...lost.map(name => ({ path: ['elements', name], value: undefined }))
  ];
}

/** The tree with one name replaced. */
export function withName(tree: Node, from: string, to: string): Node {
  return renamed(tree, name => (name === from ? to : name));
}

export { leaf };
