/** Undo and redo. A drag is one step, however many positions it passed. */

import type { JsonObject } from './document';
import { differences, valueAt } from './document';
import type { Operation } from './operations';
import { set, unset } from './operations';

export interface Step {
  readonly label: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Edits with the same gesture, one right after the other, are one step. */
  readonly gesture?: string | undefined;
}

const LONGEST = 200;

/** Operations that turn one document into the other, one per value that differs. */
export function operationsBetween(from: JsonObject, to: JsonObject): readonly Operation[] {
  return differences(from, to).map(path => {
    const value = valueAt(to, path);
    return value === undefined ? unset(path) : set(path, value);
  });
}

export class History {
  private done: Step[] = [];
  private undone: Step[] = [];
  private open: string | undefined;

  /** Remember an edit; joins it to the last one of the same gesture. */
  record(step: Step): void {
    const last = this.done[this.done.length - 1];
    if (last && step.gesture !== undefined && step.gesture === this.open && last.gesture === this.open) {
      this.done[this.done.length - 1] = { ...last, after: step.after };
    } else {
      this.done.push(step);
      this.done.splice(0, this.done.length - LONGEST);
    }
    this.open = step.gesture;
    this.undone = [];
  }

  /** The next edit starts a step of its own even if its gesture has the same name. */
  closeGesture(): void {
    this.open = undefined;
  }

  get undoLabel(): string | null {
    return this.done[this.done.length - 1]?.label ?? null;
  }

  get redoLabel(): string | null {
    return this.undone[this.undone.length - 1]?.label ?? null;
  }

  /** Operations that take the last step back; edits of others stay. */
  undo(): readonly Operation[] {
    const step = this.done.pop();
    this.closeGesture();
    if (!step) {
      return [];
    }
    this.undone.push(step);
    return operationsBetween(step.after, step.before);
  }

  redo(): readonly Operation[] {
    const step = this.undone.pop();
    this.closeGesture();
    if (!step) {
      return [];
    }
    this.done.push(step);
    return operationsBetween(step.before, step.after);
  }
}
