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
  private writing = false;

  fault: TextFault | null = null;

  constructor(
    private readonly model: TextModel,
    private readonly kind: string,
    private readonly version: number
  ) {
    this.read();
    this.stop = model.subscribe(() => this.onText());
  }

  get readOnly(): boolean {
    return this.model.readOnly || this.fault !== null;
  }

  get(): JsonObject {
    return this.root.value as JsonObject;
  }

  apply(operations: readonly Operation[]): void {
    if (this.readOnly) {
      return;
    }
    applyOperations(this.get(), operations); // throws before the text is touched
    this.writing = true;
    try {
      this.model.transact(() => operations.forEach(operation => this.write(operation)));
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
    const found = parseDesign(text, this.kind, this.version);
    if ('value' in found) {
      this.root = found;
      this.fault = null;
    } else {
      this.fault = found;
    }
  }
}

/** Read the text of a design, or say why it is none. */
export function parseDesign(text: string, kind: string, version: number): JsonNode | TextFault {
  if (text.length > LARGEST_TEXT) {
    return {
      message:
        `size = ${(text.length / 1e6).toFixed(1)} MB: at most ${LARGEST_TEXT / 1e6} MB. ` +
        'A design holds parameters, not measurements: is this the right file?'
    };
  }
  if (text.trim() === '') {
    return {
      message: 'The file is empty. Start from a named cell, or paste a document in the text editor',
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
  const found = root.value['kind'];
  if (found !== kind) {
    return {
      message: `kind = ${JSON.stringify(found ?? null)}, expected "${kind}". Is this the right file for a cell?`
    };
  }
  return versionFault(root.value['schema_version'], version) ?? root;
}

function versionFault(found: Json | undefined, version: number): TextFault | null {
  if (found === version) {
    return null;
  }
  const hint =
    typeof found === 'number' && found > version
      ? 'The file was written by a newer Joulebook: update this one'
      : 'Open the file in the Joulebook that wrote it and save it there, or start from a named cell';
  return {
    message: `schema_version = ${JSON.stringify(found ?? null)}: this Joulebook reads ${version}. ${hint}`
  };
}
