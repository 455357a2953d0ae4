/** The shared model of a design that several people edit at once, each in a browser of their own. */

import type { FileChange, ISharedFile } from '@jupyter/ydoc';
import { YDocument } from '@jupyter/ydoc';
import * as Y from 'yjs';
import type { Json, JsonObject } from '../../../core/document';
import { isObject } from '../../../core/document';
import type { Operation } from '../../../core/operations';
import type { Group } from './entries';
import { mergeGroup, readGroup, setAt } from './entries';

/** Name of the content type, as the entry point of `joulebook_lab.shared_design` says it. */
export const SHARED_DESIGN = 'joulebook-design';

/** A design over Y maps. Its text is made on demand, for what asks for one. */
export class SharedDesign extends YDocument<FileChange> implements ISharedFile {
  readonly version = '1.0.0';
  private readonly design: Group;
  private readonly file: Group;
  private known: JsonObject = {};

  constructor() {
    super();
    this.design = this.ydoc.getMap<unknown>('design');
    this.file = this.ydoc.getMap<unknown>('file');
    this.undoManager.addToScope(this.design);
    this.design.observeDeep(this.onDesign);
    this.file.observe(this.tell);
  }

  /** What it says; parts that nobody has changed stay the same objects. */
  get document(): JsonObject {
    return this.known;
  }

  /** The file's text where it is no design, else null. */
  get unreadable(): string | null {
    const text = this.file.get('text');
    return typeof text === 'string' ? text : null;
  }

  apply(operations: readonly Operation[]): void {
    this.transact(() => operations.forEach(operation => this.write(operation)));
  }

  override get source(): string {
    return this.getSource();
  }

  override set source(text: string) {
    this.setSource(text);
  }

  getSource(): string {
    return this.unreadable ?? `${JSON.stringify(this.known, null, 2)}\n`;
  }

  setSource(text: string): void {
    const document = parsed(text);
    this.transact(() => {
      if (document === null) {
        this.design.clear();
        this.file.set('text', text);
      } else {
        this.file.delete('text');
        mergeGroup(this.design, document);
      }
    });
  }

  updateSource(start: number, end: number, value = ''): void {
    const text = this.getSource();
    this.setSource(text.slice(0, start) + value + text.slice(end));
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.design.unobserveDeep(this.onDesign);
      this.file.unobserve(this.tell);
      super.dispose();
    }
  }

  private write(operation: Operation): void {
    if (operation.op === 'batch') {
      operation.operations.forEach(step => this.write(step));
    } else {
      setAt(this.design, operation.path, operation.op === 'set' ? operation.value : undefined);
    }
  }

  private readonly onDesign = (events: Y.YEvent<Group>[]): void => {
    const touched = new Set<unknown>();
    const fresh = new Set<unknown>();
    for (const event of events as Y.YMapEvent<unknown>[]) {
      for (let here: unknown = event.target; here instanceof Y.Map; here = here.parent) {
        touched.add(here);
      }
      event.keysChanged.forEach(name => fresh.add(event.target.get(name)));
    }
    this.known = again(this.design, this.known, touched, fresh);
    this.tell();
  };

  private readonly tell = (): void => this._changed.emit({ sourceChange: [] });
}

/** Read a group anew where it was touched, and whole where it is a new one; all else as it was. */
function again(
  group: Group,
  before: Json | undefined,
  touched: ReadonlySet<unknown>,
  fresh: ReadonlySet<unknown>
): JsonObject {
  const earlier = isObject(before) ? before : {};
  return readGroup(group, (name, part) => {
    const known = earlier[name];
    if (fresh.has(part) || !isObject(known)) {
      return undefined;
    }
    return touched.has(part) ? again(part, known, touched, fresh) : known;
  });
}

function parsed(text: string): JsonObject | null {
  try {
    const found = JSON.parse(text) as Json;
    return isObject(found) && Object.keys(found).length > 0 ? found : null;
  } catch {
    return null;
  }
}
