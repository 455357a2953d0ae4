/** A design that lives in the text of a JupyterLab document. */

import type { Json, JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Operation } from '../../core/operations';
import { applyOperations } from '../../core/operations';
import type { DesignStore } from '../../core/store';
import type { JsonNode } from './jsontext';
import { applyEdit, editToSet, editToUnset, JsonTextError, readJson } from './jsontext';

/** As `joulebook.core.documents.LARGEST_DOCUMENT`, in characters. */
export const LARGEST_TEXT = 5_000_000;

/** What the store needs of a text model; `Context.model` of a document fits through {@link sharedText}. */
export interface TextModel {
  getText(): string;
  /** Replace a stretch of the text. */
  splice(start: number, end: number, insert: string): void;
  /** Several splices that others see as one change. */
  transact(change: () => void): void;
  /** Be told of every change, one's own included. */
  subscribe(listener: () => void): () => void;
  readonly readOnly: boolean;
}

/** Why a text is not a design. */
export interface TextFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** The last readable document, and what is wrong with the text where it cannot be read. */
export class TextStore implements DesignStore {
  private listeners = new Set<() => void>();
  private stop: () => void;
  private text: string | null = null;
  private root: JsonNode = { value: {}, start: 0, end: 0, members: [] };
  /** What the text says; parts that an edit leaves alone stay the same objects. */
  private document: JsonObject = {};
  private writing = false;

  fault: TextFault | null = null;

  constructor(
    private readonly model: TextModel,
    private readonly kind: string,
    private readonly version: number,
    /** What people call such a design. */
    private readonly noun = 'cell',
    /** Characters that it may have. */
    private readonly largest = LARGEST_TEXT
  ) {
    this.read();
    this.stop = model.subscribe(() => this.onText());
  }

  get readOnly(): boolean {
    return this.model.readOnly || this.fault !== null;
  }

  get(): JsonObject {
    return this.document;
  }

  apply(operations: readonly Operation[]): void {
    if (this.readOnly) {
      return;
    }
    const before = this.document;
    const { document } = applyOperations(before, operations); // throws before the text is touched
    const steps = leaves(operations);
    const written = steps.length > MOST_STEPS ? coarse(before, document, []) : steps;
    this.writing = true;
    try {
      this.model.transact(() => written.forEach(operation => this.write(operation)));
      this.document = document;
    } finally {
      this.writing = false;
      this.onText();
    }
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tell the listeners, for instance because `readOnly` may have changed. */
  notify(): void {
    this.listeners.forEach(listener => listener());
  }

  dispose(): void {
    this.stop();
    this.listeners.clear();
  }

  private onText(): void {
    if (!this.writing) {
      this.read();
      this.notify();
    }
  }

  private write(operation: Operation): void {
    const text = this.text ?? '';
    if (operation.op === 'batch') {
      operation.operations.forEach(step => this.write(step));
      return;
    }
    const edit =
      operation.op === 'set'
        ? editToSet(text, this.root, operation.path, operation.value)
        : editToUnset(this.root, operation.path);
    this.model.splice(edit.start, edit.end, edit.insert);
    this.text = applyEdit(text, edit);
    this.root = readJson(this.text);
  }

  private read(): void {
    const text = this.model.getText();
    if (text === this.text) {
      return;
    }
    this.text = text;
    const found = parseDesign(text, this.kind, this.version, this.noun, this.largest);
    if ('value' in found) {
      this.root = found;
      this.document = found.value as JsonObject;
      this.fault = null;
    } else {
      this.fault = found;
    }
  }
}

/** Steps from which a few larger pieces are written instead: each step reads the text again. */
const MOST_STEPS = 12;

function leaves(operations: readonly Operation[]): readonly Operation[] {
  return operations.flatMap(item => (item.op === 'batch' ? leaves(item.operations) : [item]));
}

/** Few operations from one document to another: a group in which much has changed is written as a whole. */
function coarse(before: Json | undefined, after: Json | undefined, path: readonly string[]): Operation[] {
  if (before === after) {
    return [];
  }
  if (after === undefined) {
    return [{ op: 'unset', path }];
  }
  if (!isObject(before) || !isObject(after)) {
    return [{ op: 'set', path, value: after }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter(name => before[name] !== after[name]);
  return path.length > 0 && changed.length > MOST_STEPS
    ? [{ op: 'set', path, value: after }]
    : changed.flatMap(name => coarse(before[name], after[name], [...path, name]));
}

/** Read the text of a design, or say why it is none. */
export function parseDesign(
  text: string,
  kind: string,
  version: number,
  noun = 'cell',
  largest = LARGEST_TEXT
): JsonNode | TextFault {
  if (text.length > largest) {
    return {
      message:
        `size = ${(text.length / 1e6).toFixed(1)} MB: at most ${largest / 1e6} MB. ` +
        'A design holds parameters, not measurements: is this the right file?'
    };
  }
  if (text.trim() === '') {
    return {
      message: `The file is empty. Start from a named ${noun}, or paste a document in the text editor`,
      line: 1,
      column: 1
    };
  }
  let root: JsonNode;
  try {
    root = readJson(text);
  } catch (error) {
    if (error instanceof JsonTextError) {
      return { message: error.message, line: error.line, column: error.column };
    }
    throw error;
  }
  if (!isObject(root.value)) {
    return { message: 'must be a JSON object { … }', line: 1, column: 1 };
  }
  return wrongDesign(root.value, kind, version, noun) ?? root;
}

/** Why a document is not a design of this kind and version, or null. */
export function wrongDesign(
  document: JsonObject,
  kind: string,
  version: number,
  noun: string
): TextFault | null {
  const found = document['kind'];
  if (found !== kind) {
    return {
      message: `kind = ${JSON.stringify(found ?? null)}, expected "${kind}". Is this the right file for a ${noun}?`
    };
  }
  return versionFault(document['schema_version'], version, noun);
}

function versionFault(found: Json | undefined, version: number, noun: string): TextFault | null {
  if (found === version) {
    return null;
  }
  const hint =
    typeof found === 'number' && found > version
      ? 'The file was written by a newer Joulebook: update this one'
      : `Open the file in the Joulebook that wrote it and save it there, or start from a named ${noun}`;
  return {
    message: `schema_version = ${JSON.stringify(found ?? null)}: this Joulebook reads ${version}. ${hint}`
  };
}
