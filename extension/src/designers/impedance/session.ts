/** What one person sees and does in the designer of equivalent circuits: scene, selection, edits. */

import type { JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import type { Change, Editor } from '../../core/editor';
import type { Mark } from '../circuit/overlay';
import type { CodeError } from './code';
import { readCode } from './code';
import type { Part, Slot } from './edits';
import {
  becoming,
  blockOf,
  fresh,
  inserted,
  moved,
  partOf,
  readPart,
  removed,
  shifted,
  withName
} from './edits';
import type { Kind, PaletteItem } from './kinds';
import { converted, freeName, inSentence, kindOf, NAME, rowsOf, startOf, titleOf } from './kinds';
import { codeOf, nameWithTitle } from './model';
import type { Scene } from './scene';
import { buildScene } from './scene';
import type { Node } from './tree';
import { leaves, toCode } from './tree';

export interface SessionState {
  readonly scene: Scene;
  readonly selection: ReadonlySet<string>;
  /** The element that keys act from; the last one selected. */
  readonly current: string | null;
  /** A word to the person about what just happened; for screen readers too. */
  readonly notice: string;
}

const NONE: ReadonlySet<string> = new Set();

export class CircuitSession {
  private listeners = new Set<() => void>();
  private document: JsonObject | null = null;
  private clipboard: Part | null = null;
  private state: SessionState;
  private readonly detach: () => void;

  constructor(readonly editor: Editor) {
    this.state = { scene: this.sceneNow(), selection: NONE, current: null, notice: '' };
    this.detach = editor.subscribe(() => this.follow());
  }

  readonly getState = (): SessionState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  dispose(): void {
    this.detach();
    this.listeners.clear();
  }

  get readOnly(): boolean {
    return this.editor.getState().readOnly;
  }

  say(notice: string): void {
    this.show({ notice });
  }

  select(names: Iterable<string>, how: 'only' | 'toggle' | 'add' = 'only'): void {
    const { items } = this.state.scene;
    const selection = new Set(how === 'only' ? [] : this.state.selection);
    let current: string | null = null;
    for (const name of names) {
      if (!items.has(name)) {
        continue;
      }
      if (how === 'toggle' && selection.has(name)) {
        selection.delete(name);
      } else {
        selection.add(name);
        current = name;
      }
    }
    this.show({ selection, current: current ?? [...selection].pop() ?? null });
  }

  selectAll(): void {
    this.select(this.state.scene.items.keys());
  }

  /** Where something goes that is added without a pointer: behind or beside what is selected, else at the end. */
  slotOf(how: Slot['how']): Slot {
    const { scene, selection } = this.state;
    const chosen = new Set([...selection].filter(name => scene.items.get(name)?.connected));
    return { how, names: chosen.size > 0 ? blockOf(scene.tree, chosen) : [] };
  }

  /** Put in a thing of the palette. */
  add(item: PaletteItem, slot: Slot = this.slotOf('after')): boolean {
    return this.insert(item.code, {}, slot, `Add ${inSentence(item.title)}`);
  }

  private insert(code: string, rows: JsonObject, slot: Slot, label: string): boolean {
    const { document } = this.editor.getState();
    const part = fresh(code, new Set(Object.keys(rowsOf(document))), rows);
    const tree = inserted(this.state.scene.tree, slot, part.tree);
    const done = this.become(tree, part.rows, NONE, label);
    if (done) {
      this.select(Object.keys(part.rows));
    }
    return done;
  }

  remove(names: ReadonlySet<string> = this.state.selection): boolean {
    if (names.size === 0) {
      return false;
    }
    const { scene } = this.state;
    const neighbour = this.neighbourOf(names);
    const done = this.become(removed(scene.tree, names), {}, names, `Delete ${this.words(names)}`);
    if (done && neighbour) {
      this.select([neighbour]);
    }
    return done;
  }

  private neighbourOf(names: ReadonlySet<string>): string | null {
    const all = leaves(this.state.scene.tree);
    const first = all.findIndex(name => names.has(name));
    const rest = all.filter(name => !names.has(name));
    return rest[Math.min(Math.max(first - 1, 0), rest.length - 1)] ?? null;
  }

  /** Take elements elsewhere. */
  move(names: ReadonlySet<string>, slot: Slot): boolean {
    const { tree, items } = this.state.scene;
    const loose = [...names].filter(name => items.get(name)?.connected === false);
    const base = loose.length > 0 ? this.withLoose(tree, loose, slot) : tree;
    const next = moved(base, new Set([...names].filter(name => !loose.includes(name))), slot);
    return toCode(next) !== toCode(tree) && this.become(next, {}, NONE, `Move ${this.words(names)}`);
  }

  private withLoose(tree: Node, names: readonly string[], slot: Slot): Node {
    return names.reduce((sofar, name) => inserted(sofar, slot, { kind: 'leaf', name }), tree);
  }

  /** One place further in the series, or one branch further in the parallel group. */
  shift(kind: 'series' | 'parallel', by: 1 | -1): boolean {
    const { scene, selection } = this.state;
    const next = shifted(scene.tree, selection, kind, by);
    return (
      toCode(next) !== toCode(scene.tree) && this.become(next, {}, NONE, `Move ${this.words(selection)}`)
    );
  }

  /** Take another code: elements that are new start with usual values, those it does not name go. */
  setCode(text: string): CodeError | null {
    let tree: Node;
    try {
      tree = readCode(text);
    } catch (error) {
      return error as CodeError;
    }
    const rows = rowsOf(this.editor.getState().document);
    const names = leaves(tree);
    const gone = new Set(Object.keys(rows).filter(name => !names.includes(name)));
    const more = Object.fromEntries(
      names.flatMap(name => (Object.hasOwn(rows, name) ? [] : [[name, startOf(kindOf(name) as Kind)]]))
    );
    this.become(tree, more, gone, 'Circuit code');
    return null;
  }

  rename(from: string, to: string): string | null {
    const { document } = this.editor.getState();
    const rows = rowsOf(document);
    const row = rows[from];
    const kind = isObject(row) ? row['kind'] : null;
    if (to === from) {
      return null;
    }
    if (!NAME.test(to) || kindOf(to) !== kind) {
      return `A name begins with ${String(kind)} and goes on with a number or an underscore: ${String(kind)}2, ${String(kind)}_ct`;
    }
    if (Object.hasOwn(rows, to)) {
      return `${to} is there already`;
    }
    this.replaceElement(from, to, row as JsonObject, `Rename ${from}`);
    return null;
  }

  /** Put an element of another kind in the place of one. */
  convert(name: string, kind: Kind): boolean {
    const rows = rowsOf(this.editor.getState().document);
    const row = rows[name];
    if (!isObject(row) || row['kind'] === kind) {
      return false;
    }
    const free = freeName(kind, new Set(Object.keys(rows)), name);
    const label = `Make ${name} a ${inSentence(titleOf(kind))}`;
    return this.replaceElement(name, free, converted(row, kind), label);
  }

  private replaceElement(from: string, to: string, row: JsonObject, label: string): boolean {
    const tree = withName(this.state.scene.tree, from, to);
    const done = this.become(tree, { [to]: row }, new Set([from]), label);
    if (done) {
      this.select([to]);
    }
    return done;
  }

  copy(): string | null {
    const { scene, selection } = this.state;
    const chosen = new Set([...selection].filter(name => scene.items.get(name)?.connected));
    if (chosen.size === 0) {
      return null;
    }
    this.clipboard = partOf(scene.tree, this.editor.getState().document, chosen);
    this.say(`${this.words(chosen)} copied`);
    return JSON.stringify(this.clipboard);
  }

  paste(how: Slot['how'] = 'after', text?: string): boolean {
    const part = (text === undefined ? null : readPart(text)) ?? this.clipboard;
    if (!part || part.code === '') {
      this.say('There is nothing of a circuit to paste');
      return false;
    }
    return this.insert(part.code, part.elements, this.slotOf(how), `Paste ${part.code}`);
  }

  private become(tree: Node, more: JsonObject, gone: ReadonlySet<string>, label: string): boolean {
    const { document } = this.editor.getState();
    if (this.readOnly) {
      this.say('This circuit is read only');
      return false;
    }
    const unread = codeOf(document) !== '' && leaves(this.state.scene.tree).length === 0;
    if (unread && label !== 'Circuit code') {
      this.say('The circuit code cannot be read; mend it first');
      return false;
    }
    return this.change(becoming(document, tree, more, gone), label);
  }

  private change(changes: readonly Change[], label: string): boolean {
    const [fault] = this.editor.judge(changes);
    if (fault) {
      this.say(`Not possible: ${fault.path.join('.')}: ${fault.rule}`);
      return false;
    }
    const done = this.editor.change(changes, label);
    this.say(label);
    return done;
  }

  /** "resistor R_ct", "3 elements" */
  private words(names: Iterable<string>): string {
    const all = [...names];
    const [only] = all;
    return all.length === 1 && only ? inSentence(nameWithTitle(only)) : `${all.length} elements`;
  }

  private follow(): void {
    const { document } = this.editor.getState();
    if (document === this.document) {
      return;
    }
    const scene = this.sceneNow();
    const selection = new Set([...this.state.selection].filter(name => scene.items.has(name)));
    const { current } = this.state;
    this.show({
      scene,
      selection,
      current: current && scene.items.has(current) ? current : ([...selection].pop() ?? null)
    });
  }

  private sceneNow(): Scene {
    const { document, faults } = this.editor.getState();
    this.document = document;
    const marks = new Map<string, Mark>();
    for (const { path, rule } of faults) {
      const name = path[0] === 'elements' ? path[1] : undefined;
      if (name !== undefined) {
        marks.set(name, { level: 'error', text: rule });
      }
    }
    return buildScene(document, marks);
  }

  private show(part: Partial<SessionState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach(listener => listener());
  }
}
