/**
 * JSON as a person wrote it: where each value stands in the text, and edits that change only what they must.
 *
 * A designer that wrote the whole document anew would change the spelling of every number and clash with
 * whoever edits the same text at the same time; replacing one value in its place does neither.
 */

import type { Json, JsonObject } from '../../core/document';

/** A value and its place: `text.slice(start, end)` is its spelling. */
export interface JsonNode {
  readonly value: Json;
  readonly start: number;
  readonly end: number;
  /** Members of an object, in their order. */
  readonly members?: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  /** Where the key's opening quote stands. */
  readonly start: number;
  readonly node: JsonNode;
}

/** The text is not JSON; says where. Lines and columns count from 1. */
export class JsonTextError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number, what: string) {
    super(what);
    this.name = 'JsonTextError';
    const before = text.slice(0, offset);
    this.line = before.split('\n').length;
    this.column = offset - before.lastIndexOf('\n');
  }
}

const DEEPEST = 100;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON forbids them inside texts
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SPACE = /[ \t\r\n]*/y;
const WORDS: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['false', false],
  ['null', null]
];

/** Read a JSON text with the places of its values; throws a JsonTextError. */
export function readJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value(0);
  reader.skip();
  if (reader.at < text.length) {
    reader.fail('text after the end of the document');
  }
  return node;
}

class Reader {
  at: number;

  constructor(readonly text: string) {
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  fail(what: string): never {
    const cutOff = this.at >= this.text.trimEnd().length;
    const advice = cutOff ? 'The text ends too early: was the file cut off?' : 'Mend the text there';
    throw new JsonTextError(this.text, this.at, `not JSON: ${what}. ${advice}`);
  }

  skip(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  value(depth: number): JsonNode {
    if (depth > DEEPEST) {
      this.fail(`nested more than ${DEEPEST} levels deep`);
    }
    this.skip();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.quoted();
      default:
        return this.word() ?? this.number();
    }
  }

  private word(): JsonNode | null {
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return { value, start: this.at - word.length, end: this.at };
      }
    }
    return null;
  }

  private quoted(): JsonNode {
    const start = this.at;
    TEXT.lastIndex = start;
    TEXT.test(this.text);
    this.at = TEXT.lastIndex;
    if (this.text[this.at] !== '"') {
      this.fail('a text without its closing quote, or with a character that must be escaped');
    }
    this.at += 1;
    return { value: JSON.parse(this.text.slice(start, this.at)) as string, start, end: this.at };
  }

  private number(): JsonNode {
    const start = this.at;
    NUMBER.lastIndex = start;
    const spelled = NUMBER.exec(this.text)?.[0];
    if (spelled === undefined) {
      this.fail('expected a value');
    }
    const value = Number(spelled);
    if (!Number.isFinite(value)) {
      this.fail('a number too large to hold');
    }
    this.at = start + spelled.length;
    return { value, start, end: this.at };
  }

  private object(depth: number): JsonNode {
    const start = this.at++;
    const members: JsonMember[] = [];
    const known = new Set<string>();
    this.items('}', () => {
      const keyStart = this.at;
      if (this.text[keyStart] !== '"') {
        this.fail('expected a name in double quotes');
      }
      const key = this.quoted().value as string;
      if (known.has(key)) {
        this.at = keyStart;
        this.fail(`the name ${JSON.stringify(key)} stands twice in one object`);
      }
      this.skip();
      if (this.text[this.at] !== ':') {
        this.fail(`expected ":" after the name ${JSON.stringify(key)}`);
      }
      this.at += 1;
      known.add(key);
      members.push({ key, start: keyStart, node: this.value(depth + 1) });
    });
    const value: JsonObject = Object.fromEntries(members.map(member => [member.key, member.node.value]));
    return { value, start, end: this.at, members };
  }

  private array(depth: number): JsonNode {
    const start = this.at++;
    const values: Json[] = [];
    this.items(']', () => values.push(this.value(depth + 1).value));
    return { value: values, start, end: this.at };
  }

  /** What stands between brackets, separated by commas. */
  private items(close: string, item: () => void): void {
    this.skip();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.skip();
      item();
      this.skip();
      const mark = this.text[this.at];
      if (mark !== ',' && mark !== close) {
        this.fail(`expected "," or "${close}"`);
      }
      this.at += 1;
      if (mark === close) {
        return;
      }
    }
  }
}

/** Replace `text.slice(start, end)` by `insert`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** Node at a path, or undefined. */
export function nodeAt(root: JsonNode, path: readonly string[]): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>(
    (node, key) => node?.members?.find(member => member.key === key)?.node,
    root
  );
}

/** The edit that gives the value at a path another content; its parent must exist. */
export function editToSet(text: string, root: JsonNode, path: readonly string[], value: Json): TextEdit {
  const node = nodeAt(root, path);
  if (node !== undefined) {
    return { start: node.start, end: node.end, insert: spell(value, indentAt(text, node.start)) };
  }
  const key = path[path.length - 1] ?? '';
  const parent = nodeAt(root, path.slice(0, -1));
  if (parent?.members === undefined) {
    throw new RangeError(`${path.slice(0, -1).join('.')} is not a group of values`);
  }
  const last = parent.members[parent.members.length - 1];
  if (last !== undefined) {
    const indent = indentAt(text, last.start);
    const gap = text.slice(parent.start, last.start).includes('\n') ? `\n${indent}` : ' ';
    return {
      start: last.node.end,
      end: last.node.end,
      insert: `,${gap}${JSON.stringify(key)}: ${spell(value, indent)}`
    };
  }
  const outer = indentAt(text, parent.start);
  const inner = `${outer}  `;
  return {
    start: parent.start,
    end: parent.end,
    insert: `{\n${inner}${JSON.stringify(key)}: ${spell(value, inner)}\n${outer}}`
  };
}

/** The edit that takes the member at a path away. */
export function editToUnset(root: JsonNode, path: readonly string[]): TextEdit {
  const parent = nodeAt(root, path.slice(0, -1));
  const members = parent?.members ?? [];
  const index = members.findIndex(member => member.key === path[path.length - 1]);
  const gone = members[index];
  if (parent === undefined || gone === undefined) {
    throw new RangeError(`${path.join('.')}: there is no such value to take away`);
  }
  const before = members[index - 1];
  const after = members[index + 1];
  if (before !== undefined) {
    return { start: before.node.end, end: gone.node.end, insert: '' };
  }
  if (after !== undefined) {
    return { start: gone.start, end: after.start, insert: '' };
  }
  return { start: parent.start, end: parent.end, insert: '{}' };
}

export function applyEdit(text: string, edit: TextEdit): string {
  return text.slice(0, edit.start) + edit.insert + text.slice(edit.end);
}

function spell(value: Json, indent: string): string {
  return typeof value === 'number'
    ? spellNumber(value)
    : JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}

/** A number as Python writes it, so that a file that was saved from a notebook changes in no other place. */
function spellNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    return String(value);
  }
  return value === 0 ? '0' : value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** White space at the start of the line on which a place lies. */
function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, offset))?.[0] ?? '';
}
