/** Where a design lives that several people edit at once. */

import type { JsonObject } from '../../../core/document';
import type { Operation } from '../../../core/operations';
import { applyOperations } from '../../../core/operations';
import type { DesignStore } from '../../../core/store';
import type { TextFault } from '../textstore';
import { LARGEST_TEXT, parseDesign, wrongDesign } from '../textstore';
import type { SharedDesign } from './shareddesign';

/** The shared design as designers want it; a change of anybody's tells the listeners. */
export class SharedStore implements DesignStore {
  private listeners = new Set<() => void>();
  fault: TextFault | null = null;

  constructor(
    private readonly shared: SharedDesign,
    private readonly isReadOnly: () => boolean,
    private readonly kind: string,
    private readonly version: number,
    private readonly noun = 'cell',
    private readonly largest = LARGEST_TEXT
  ) {
    this.judge();
    shared.changed.connect(this.onChange);
  }

  get readOnly(): boolean {
    return this.isReadOnly() || this.fault !== null;
  }

  get(): JsonObject {
    return this.shared.document;
  }

  apply(operations: readonly Operation[]): void {
    if (!this.readOnly) {
      applyOperations(this.get(), operations); // throws before anything is touched
      this.shared.apply(operations);
    }
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  notify(): void {
    this.listeners.forEach(listener => listener());
  }

  dispose(): void {
    this.shared.changed.disconnect(this.onChange);
    this.listeners.clear();
  }

  private judge(): void {
    const { unreadable } = this.shared;
    if (unreadable === null) {
      this.fault = wrongDesign(this.get(), this.kind, this.version, this.noun);
      return;
    }
    const found = parseDesign(unreadable, this.kind, this.version, this.noun, this.largest);
    this.fault = 'value' in found ? { message: 'It is nested too deeply to be edited together.' } : found;
  }

  private readonly onChange = (): void => {
    this.judge();
    this.notify();
  };
}
