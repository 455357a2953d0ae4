/** Circuits of two terminals as trees of series and parallel groups, as `joulebook.impedance.tree` has them. */

export interface Leaf {
  readonly kind: 'leaf';
  readonly name: string;
}

export interface Group {
  readonly kind: 'series' | 'parallel';
  readonly parts: readonly Node[];
}

export type Node = Leaf | Group;

/** A piece of wire: the circuit without elements. */
export const WIRE: Node = { kind: 'series', parts: [] };

export function leaf(name: string): Leaf {
  return { kind: 'leaf', name };
}

/** Parts one behind the other, or beside each other; groups of the same kind among them are dissolved. */
export function group(kind: 'series' | 'parallel', parts: readonly Node[]): Node {
  const flat = parts.flatMap(part => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only ? only : { kind, parts: flat };
}

/** Names of the elements in reading order. */
export function leaves(node: Node): readonly string[] {
  return node.kind === 'leaf' ? [node.name] : node.parts.flatMap(leaves);
}

export function isEmpty(node: Node): boolean {
  return node.kind !== 'leaf' && node.parts.length === 0;
}

/** The tree with other names. */
export function renamed(node: Node, name: (old: string) => string): Node {
  return node.kind === 'leaf'
    ? leaf(name(node.name))
    : { kind: node.kind, parts: node.parts.map(part => renamed(part, name)) };
}

/** As impedance.py writes it: "R0-p(R1,C1)". */
export function toCode(node: Node): string {
  if (node.kind === 'leaf') {
    return node.name;
  }
  const inner = node.parts.map(toCode);
  return node.kind === 'series' ? inner.join('-') : `p(${inner.join(',')})`;
}

/** In Boukamp's way: "R(C[RW])"; null where an element has no letter. */
export function toBoukamp(node: Node, letter: (name: string) => string): string | null {
  if (node.kind === 'leaf') {
    return letter(node.name) || null;
  }
  const inner = node.parts.map(part => toBoukamp(part, letter));
  if (inner.includes(null)) {
    return null;
  }
  return node.kind === 'series'
    ? inner.join('')
    : `(${inner.map((text, i) => (node.parts[i]?.kind === 'series' ? `[${text}]` : text)).join('')})`;
}
