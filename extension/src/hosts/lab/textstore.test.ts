import { describe, expect, it, vi } from 'vitest';
import { batch, changeValue, OperationError, set, unset } from '../../core/operations';
import type { TextModel } from './textstore';
import { TextStore } from './textstore';

const CELL = {
  kind: 'joulebook.cell',
  schema_version: 1,
  negative: { thickness: 8.52e-5, porosity: 0.25 },
  sources: { 'negative.thickness': { ref: 'Chen2020' } }
};

class Text implements TextModel {
  listeners = new Set<() => void>();
  splices = 0;
  transactions = 0;
  readOnly = false;

  constructor(public text: string) {}

  getText(): string {
    return this.text;
  }

  splice(start: number, end: number, insert: string): void {
    this.splices += 1;
    this.type(this.text.slice(0, start) + insert + this.text.slice(end));
  }

  transact(change: () => void): void {
    this.transactions += 1;
    change();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What another person or the text editor does. */
  type(text: string): void {
    this.text = text;
    this.listeners.forEach(listener => listener());
  }
}

function open(text = JSON.stringify(CELL, null, 2)): { model: Text; store: TextStore } {
  const model = new Text(text);
  return { model, store: new TextStore(model, 'joulebook.cell', 1) };
}

describe('TextStore', () => {
  it('reads the document and writes only what an operation changes', () => {
    const { model, store } = open();
    const before = model.text;
    store.apply([set(['negative', 'thickness'], 9e-5)]);
    expect(model.text).toBe(before.replace('0.0000852', '9e-05'));
    expect(store.get()).toMatchObject({ negative: { thickness: 9e-5 } });
  });

  it('makes several operations one change, and tells of it once', () => {
    const { model, store } = open();
    const told = vi.fn();
    store.subscribe(told);
    store.apply([
      changeValue(store.get(), ['negative', 'thickness'], 1e-4),
      batch([set(['name'], 'x'), unset(['name'])])
    ]);
    expect(model.transactions).toBe(1);
    expect(model.splices).toBe(4);
    expect(told).toHaveBeenCalledTimes(1);
    expect(JSON.parse(model.text)).toEqual({
      ...CELL,
      negative: { ...CELL.negative, thickness: 1e-4 },
      sources: {}
    });
  });

  it('leaves the text alone when one operation is not allowed', () => {
    const { model, store } = open();
    const before = model.text;
    expect(() => store.apply([set(['negative', 'thickness'], 1), set(['kind'], 'x')])).toThrow(
      OperationError
    );
    expect(model.text).toBe(before);
  });

  it('follows what others write, and keeps the last design while the text is broken', () => {
    const { model, store } = open();
    const told = vi.fn();
    store.subscribe(told);
    model.type(model.text.replace('0.25', '0.3'));
    expect(store.get()).toMatchObject({ negative: { porosity: 0.3 } });
    model.type(model.text.replace('0.3', '0.3,'));
    expect(store.fault).toMatchObject({ line: 7, column: 3 });
    expect(store.readOnly).toBe(true);
    expect(store.get()).toMatchObject({ negative: { porosity: 0.3 } });
    const broken = model.text;
    store.apply([set(['negative', 'porosity'], 0.4)]);
    expect(model.text).toBe(broken);
    model.type(broken.replace('0.3,', '0.35'));
    expect(store.fault).toBeNull();
    expect(store.get()).toMatchObject({ negative: { porosity: 0.35 } });
    expect(told).toHaveBeenCalledTimes(3);
  });

  it('gives the same object until the document changes', () => {
    const { store } = open();
    const before = store.get();
    store.notify();
    expect(store.get()).toBe(before);
  });

  it.each([
    ['', /empty/],
    ['[1]', /must be a JSON object/],
    ['{"kind": "joulebook.grid"}', /kind = "joulebook.grid", expected "joulebook.cell"/],
    ['{"kind": "joulebook.cell"}', /schema_version = null: this Joulebook reads 1. Open the file/],
    ['{"kind": "joulebook.cell", "schema_version": 7}', /newer Joulebook: update/],
    ['{"kind": "joulebook.cell", "schema', /cut off/],
    [' '.repeat(5_000_001), /size = 5.0 MB: at most 5 MB/]
  ])('explains %#', (text, words) => {
    const { model, store } = open(text);
    expect(store.fault?.message).toMatch(words);
    expect(model.text).toBe(text);
    expect(store.readOnly).toBe(true);
  });

  it('respects a read-only file and ends its subscriptions', () => {
    const { model, store } = open();
    model.readOnly = true;
    const before = model.text;
    store.apply([set(['negative', 'porosity'], 0.4)]);
    expect(model.text).toBe(before);
    store.dispose();
    expect(model.listeners.size).toBe(0);
  });
});
