/**
 * Circuit description codes, read as `joulebook.impedance.descriptions` reads them.
 *
 * Both are run against `tests/corpus/impedance.json`.
 */

import { isKind, KINDS, kindOf, letterOf, NAME } from './kinds';
import type { Node } from './tree';
import { group, leaf, leaves, renamed, WIRE } from './tree';

const LONGEST = 4000;
const MOST = 300;
const DEEPEST = 40;

/** A text that is no circuit. */
export class CodeError extends Error {
  constructor(
    /** From 1; 0 for the whole text. */
    readonly column: number,
    readonly rule: string,
    readonly hint = ''
  ) {
    super(rule);
    this.name = 'CodeError';
  }
}

const LETTERS: ReadonlyMap<string, string> = new Map([
  ...KINDS.flatMap((kind): readonly (readonly [string, string])[] =>
    letterOf(kind) ? [[letterOf(kind), kind]] : []
  ),
  ...(['Ws', 'Wo', 'Zarc'] as const).map(kind => [kind, kind] as const)
]);

/** Read a code of either kind; throws a {@link CodeError}. */
export function readCode(text: string): Node {
  if (text.length > LONGEST) {
    throw new CodeError(0, `at most ${LONGEST} characters`);
  }
  if (text.trim() === '') {
    return WIRE;
  }
  const reader = isBoukamp(text) ? new Boukamp(text) : new Named(text);
  const node = reader.whole();
  reader.checkNames();
  return node;
}

/** The tree of a code, or null where it is none. */
export function treeOf(text: string): Node | null {
  try {
    return readCode(text);
  } catch {
    return null;
  }
}

function isBoukamp(text: string): boolean {
  if (/[-,]|\bp\s*\(/.test(text)) {
    return false;
  }
  const bare = text.replace(/\s/g, '');
  return /[([]/.test(text) || !(NAME.test(bare) && kindOf(bare) !== null);
}

abstract class Reader {
  at = 0;
  protected places: { name: string; readonly start: number }[] = [];
  protected depth = 0;

  constructor(readonly text: string) {}

  protected abstract row(): Node;

  /** Go to the next character that is no blank; empty at the end. */
  protected skip(): string {
    while (/^\s$/.test(this.text.charAt(this.at))) {
      this.at++;
    }
    return this.at < this.text.length ? String.fromCodePoint(this.text.codePointAt(this.at) as number) : '';
  }

  protected fault(rule: string, hint = '', at = this.at): never {
    throw new CodeError(at + 1, `column ${at + 1}: ${rule}`, hint);
  }

  whole(): Node {
    const node = this.row();
    const left = this.skip();
    if (left === ')' || left === ']') {
      this.fault(`'${left}' closes nothing`, 'Take it away, or open a group before it');
    }
    if (left === ',') {
      this.fault('a comma outside of a group', 'Parallel branches are written p(…,…)');
    }
    if (left) {
      this.fault(`'${left}' is out of place`, "Elements in series are joined by '-'");
    }
    return node;
  }

  protected enter(): void {
    this.depth++;
    if (this.depth > DEEPEST) {
      this.fault(`more than ${DEEPEST} groups inside each other`);
    }
  }

  protected note(name: string, start: number): Node {
    this.places.push({ name, start });
    if (this.places.length > MOST) {
      this.fault(`more than ${MOST} elements`, '', start);
    }
    return leaf(name);
  }

  checkNames(): void {
    const known = new Set<string>();
    for (const { name, start } of [...this.places].sort((a, b) => a.start - b.start)) {
      if (known.has(name)) {
        this.fault(`${name} a second time`, 'Every element has a name of its own', start);
      }
      known.add(name);
    }
  }
}

/** `R0-p(R1,CPE1)-W1` */
class Named extends Reader {
  protected row(): Node {
    const parts = [this.part()];
    while (this.skip() === '-') {
      this.at++;
      parts.push(this.part());
    }
    return group('series', parts);
  }

  private part(): Node {
    const first = this.skip();
    const start = this.at;
    if (first === '') {
      this.fault('an element is missing at the end');
    }
    if ('-,)'.includes(first)) {
      this.fault(
        `an element is missing before '${first}'`,
        'A branch without elements would be a short circuit'
      );
    }
    const [name] = /^[A-Za-z]+[0-9]*(?:_[A-Za-z0-9_]+)?/.exec(this.text.slice(this.at)) ?? [];
    if (name === undefined) {
      this.fault(`'${first}' begins no element`, 'Write one like R0, CPE1 or W1, or a group p(…,…)');
    }
    this.at += name.length;
    if (name === 'p' && this.skip() === '(') {
      this.at++;
      return this.branches(start);
    }
    if (kindOf(name) === null) {
      this.fault(`${name} is not a known element`, known(name, KINDS), start);
    }
    return this.note(name, start);
  }

  private branches(start: number): Node {
    this.enter();
    const parts = [this.row()];
    let mark = this.skip();
    while (mark === ',') {
      this.at++;
      parts.push(this.row());
      mark = this.skip();
    }
    if (!mark) {
      this.fault('the group is not closed', "Add ')'", start);
    }
    if (mark !== ')') {
      this.fault(`'${mark}' is out of place`, "Between elements of a group stands '-' or ','");
    }
    this.at++;
    this.depth--;
    if (parts.length < 2) {
      const hint = 'Add a branch, p(…,…), or take the group away';
      this.fault('a parallel group of one branch', hint, start);
    }
    return group('parallel', parts);
  }
}

/** `R(Q[RW])` */
class Boukamp extends Reader {
  override whole(): Node {
    return this.numbered(super.whole());
  }

  protected row(): Node {
    return group('series', this.parts('', false));
  }

  private parts(closing: string, inParallel: boolean): readonly Node[] {
    const parts: Node[] = [];
    for (let first = this.skip(); first && !')]'.includes(first); first = this.skip()) {
      parts.push('(['.includes(first) ? this.inner(first, inParallel) : this.element(first));
    }
    if (parts.length === 0) {
      this.fault('a group without elements', 'Such a branch would be a short circuit');
    }
    if (closing && this.skip() !== closing) {
      this.fault(`'${closing}' is missing`);
    }
    return parts;
  }

  private inner(opening: string, inParallel: boolean): Node {
    const start = this.at;
    this.enter();
    this.at++;
    const asSeries = opening === '[' || inParallel;
    const parts = this.parts(opening === '(' ? ')' : ']', !asSeries);
    this.at++;
    this.depth--;
    if (!asSeries && parts.length < 2) {
      const hint = 'Add an element, or take the parentheses away';
      this.fault('a parallel group of one element', hint, start);
    }
    return group(asSeries ? 'series' : 'parallel', parts);
  }

  private element(first: string): Node {
    const start = this.at;
    const match = /^([A-Z][a-z]*)([0-9]*(?:_[A-Za-z0-9_]+)?)/.exec(this.text.slice(this.at));
    if (!match) {
      this.fault(`'${first}' begins no element`, `Letters: ${[...LETTERS.keys()].join(', ')}`);
    }
    const [whole, letter = '', label = ''] = match;
    const kind = LETTERS.get(letter);
    if (kind === undefined) {
      this.fault(`${letter} is not a known element`, known(letter, [...LETTERS.keys()]));
    }
    this.at += whole.length;
    return this.note(label ? `${kind}${label}` : `${kind} ${start}`, start);
  }

  /** Give numbers to the elements that have none. */
  private numbered(node: Node): Node {
    const taken = new Set(this.places.map(place => place.name));
    const names = new Map<string, string>();
    const counts = new Map<string, number>();
    for (const { name } of [...this.places].sort((a, b) => a.start - b.start)) {
      const [kind = '', blank] = name.split(' ');
      if (blank !== undefined) {
        let count = (counts.get(kind) ?? 0) + 1;
        while (taken.has(`${kind}${count}`)) {
          count++;
        }
        counts.set(kind, count);
        names.set(name, `${kind}${count}`);
      }
    }
    this.places = this.places.map(({ name, start }) => ({ name: names.get(name) ?? name, start }));
    return renamed(node, name => names.get(name) ?? name);
  }
}

function known(name: string, symbols: readonly string[]): string {
  const begins = symbols
    .filter(symbol => name.startsWith(symbol))
    .reduce((a, b) => (b.length > a.length ? b : a), '');
  const rest = name.slice(begins.length).replace(/^[_0-9]+/, '');
  return begins && rest
    ? `Write ${begins}_${rest} if it is of kind ${begins}`
    : `Known: ${symbols.join(', ')}`;
}

/** Names of a code with their kinds; none where it cannot be read. */
export function kindsIn(text: string): ReadonlyMap<string, string> {
  const tree = treeOf(text);
  return new Map((tree ? leaves(tree) : []).map(name => [name, kindOf(name) ?? '']));
}

export { isKind };
