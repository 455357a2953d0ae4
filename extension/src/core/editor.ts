/**
 * One person's editing of a document: history, selection, drafts of text that is not valid yet, faults.
 *
 * A value reaches the document only if it adds no fault. What a person typed and cannot be taken stays as a
 * draft beside the document, until it is corrected, becomes valid through another edit, or is dismissed.
 */

import type { Json, JsonObject, Path } from './document';
import { dotted, pathOf, sameJson, valueAt } from './document';
import { History } from './history';
import type { Operation } from './operations';
import { applyOperations, changeValue, OperationError } from './operations';
import type { Field, Schema } from './schema';
import type { DesignStore } from './store';
import { parseQuantity } from './units';
import type { CrossRule, Fault } from './validation';
import { newFaults, validate } from './validation';

export interface Draft {
  readonly text: string;
  readonly problem: string;
  readonly hint: string;
}

export interface EditorState {
  readonly document: JsonObject;
  /** The document as it was opened; values can be reset to it. */
  readonly original: JsonObject;
  readonly faults: readonly Fault[];
  /** By dotted path. */
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly selection: string;
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  readonly readOnly: boolean;
}

export interface Change {
  readonly path: Path;
  /** undefined takes the value away. */
  readonly value: Json | undefined;
}

export class Editor {
  private readonly history = new History();
  private readonly original: JsonObject;
  private drafts: ReadonlyMap<string, Draft> = new Map();
  private listeners = new Set<() => void>();
  private state: EditorState;
  private readonly detach: () => void;

  constructor(
    private readonly store: DesignStore,
    readonly schema: Schema,
    private readonly rules: readonly CrossRule[],
    private selection: string
  ) {
    this.original = store.get();
    this.state = this.compute();
    this.detach = store.subscribe(() => this.refresh());
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): EditorState => this.state;

  dispose(): void {
    this.detach();
    this.listeners.clear();
  }

  select(part: string): void {
    this.selection = part;
    this.history.closeGesture();
    this.refresh();
  }

  /** Faults that these changes would add; none means that they can be made. */
  judge(changes: readonly Change[]): readonly Fault[] {
    const after = applyOperations(this.state.document, this.operations(changes)).document;
    return newFaults(this.state.faults, validate(after, this.schema, this.rules));
  }

  /** Make changes as one step; false if they would add a fault, and then nothing happens. */
  change(changes: readonly Change[], label: string, gesture?: string): boolean {
    if (this.store.readOnly || this.judge(changes).length > 0) {
      return false;
    }
    const drafts = new Map(this.drafts);
    changes.forEach(({ path }) => drafts.delete(dotted(path)));
    this.drafts = drafts;
    const before = this.state.document;
    const differs = ({ path, value }: Change) => !sameJson(valueAt(before, path), value);
    // a value that is set drops its sources: those that are given with it count even where they are as before
    const effective = changes.some(differs)
      ? changes.filter(change => change.path[0] === 'sources' || differs(change))
      : [];
    if (effective.length === 0) {
      this.refresh();
      return true;
    }
    this.store.apply(this.operations(effective));
    this.history.record({ label, before, after: this.store.get(), gesture });
    this.refresh();
    return true;
  }

  endGesture(): void {
    this.history.closeGesture();
  }

  /** Take the text of a form field: into the document if it can be, else as a draft. */
  enter(field: Field, text: string, label: string): void {
    const read = this.read(field, text);
    if (!read.ok) {
      this.keep(field.path, { text, problem: read.problem, hint: '' });
      return;
    }
    const own: Change = { path: field.path, value: read.value };
    const waiting = this.waiting(field.path);
    for (const changes of waiting.length > 0 ? [[own, ...waiting], [own]] : [[own]]) {
      if (this.change(changes, label)) {
        return;
      }
    }
    const [worst] = this.judge([own]);
    this.keep(field.path, {
      text,
      problem: worst?.rule ?? 'cannot be changed here',
      hint: worst?.hint ?? ''
    });
  }

  /** What is wrong with a text while it is typed; null if it could be taken. */
  problem(field: Field, text: string): { readonly problem: string; readonly hint: string } | null {
    const read = this.read(field, text);
    if (!read.ok) {
      return { problem: read.problem, hint: '' };
    }
    const [worst] = this.judge([{ path: field.path, value: read.value }]);
    return worst ? { problem: worst.rule, hint: worst.hint } : null;
  }

  /** Forget a draft; the field shows the document again. */
  dismiss(path: Path): void {
    const drafts = new Map(this.drafts);
    drafts.delete(dotted(path));
    this.drafts = drafts;
    this.refresh();
  }

  /** Bring a value and what is known of its source back to how they were opened. */
  reset(path: Path, label: string): void {
    const source = valueAt(this.original, ['sources', dotted(path)]);
    const value = valueAt(this.original, path);
    const withSource: Change[] =
      source === undefined ? [] : [{ path: ['sources', dotted(path)], value: source }];
    this.change([{ path, value }, ...withSource], label);
  }

  undo(): void {
    this.travel(this.history.undo());
  }

  redo(): void {
    this.travel(this.history.redo());
  }

  private travel(operations: readonly Operation[]): void {
    // what somebody else has taken away meanwhile stays away, and all else is done
    const possible = operations.filter(operation => isPossible(this.store.get(), operation));
    if (possible.length > 0 && !this.store.readOnly) {
      this.store.apply(possible);
    }
    this.refresh();
  }

  private operations(changes: readonly Change[]): readonly Operation[] {
    const own = changes.filter(({ path }) => path[0] === 'sources');
    const values = changes.filter(({ path }) => path[0] !== 'sources');
    const document = this.state?.document ?? this.store.get();
    const needed = values.filter(
      ({ path, value }) => value !== undefined || valueAt(document, path) !== undefined
    );
    return [
      ...needed.map(({ path, value }) => changeValue(document, path, value)),
      ...own.map(({ path, value }): Operation =>
        value === undefined ? { op: 'unset', path } : { op: 'set', path, value }
      )
    ];
  }

  /** Drafts of other fields that read well and waited for this edit. */
  private waiting(path: Path): Change[] {
    return [...this.drafts].flatMap(([key, draft]) => {
      const field = key === dotted(path) ? undefined : this.schema.field(pathOf(key), this.state.document);
      const read = field && this.read(field, draft.text);
      return field && read?.ok ? [{ path: field.path, value: read.value }] : [];
    });
  }

  private read(
    field: Field,
    text: string
  ): { ok: true; value: Json | undefined } | { ok: false; problem: string } {
    if (field.kind === 'number' || field.kind === 'integer') {
      return field.optional && text.trim() === ''
        ? { ok: true, value: undefined }
        : parseQuantity(text, field);
    }
    return { ok: true, value: text };
  }

  private keep(path: Path, draft: Draft): void {
    this.drafts = new Map(this.drafts).set(dotted(path), draft);
    this.refresh();
  }

  private compute(): EditorState {
    const document = this.store.get();
    const known = this.state as EditorState | undefined;
    return {
      document,
      original: this.original,
      faults: known?.document === document ? known.faults : validate(document, this.schema, this.rules),
      drafts: this.drafts,
      selection: this.selection,
      undoLabel: this.history.undoLabel,
      redoLabel: this.history.redoLabel,
      readOnly: this.store.readOnly
    };
  }

  private refresh(): void {
    this.state = this.compute();
    this.listeners.forEach(listener => listener());
  }
}

function isPossible(document: JsonObject, operation: Operation): boolean {
  try {
    applyOperations(document, [operation]);
    return true;
  } catch (error) {
    if (error instanceof OperationError) {
      return false;
    }
    throw error;
  }
}
