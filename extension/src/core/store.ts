/** Where a design lives. Hosts implement this; the core and the views know nothing else of them. */

import type { JsonObject } from './document';
import type { Operation } from './operations';
import { applyOperations } from './operations';

export interface DesignStore {
  /** The document as it is now; never changed in place. */
  get(): JsonObject;
  /** Apply operations, all or none; throws an OperationError where the document does not allow them. */
  apply(operations: readonly Operation[]): void;
  /** Be told of every change, whoever made it; returns the function that stops it. */
  subscribe(listener: () => void): () => void;
  /** Whether edits are refused. Hosts tell a change of it through the same subscription. */
  readonly readOnly: boolean;
}

/** A store in memory, for tests and pages without a host. */
export class MemoryStore implements DesignStore {
  private listeners = new Set<() => void>();

  constructor(
    private document: JsonObject,
    readonly readOnly = false
  ) {}

  get(): JsonObject {
    return this.document;
  }

  apply(operations: readonly Operation[]): void {
    this.replace(applyOperations(this.document, operations).document);
  }

  /** Put another document in place, as a host does when its file changes. */
  replace(document: JsonObject): void {
    this.document = document;
    this.listeners.forEach(listener => listener());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
