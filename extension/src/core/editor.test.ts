import { beforeEach, describe, expect, it } from 'vitest';
import { cellRules, cellSchema } from '../designers/cell/model';
import { CHEN } from '../testing/corpus';
import { sameJson, valueAt, withValue } from './document';
import { Editor } from './editor';
import type { Field } from './schema';
import { MemoryStore } from './store';

let store: MemoryStore;
let editor: Editor;

beforeEach(() => {
  store = new MemoryStore(CHEN);
  editor = new Editor(store, cellSchema, cellRules, 'negative');
});

const THICKNESS = ['negative', 'thickness'];
const value = (path: readonly string[]) => valueAt(store.get(), path);
const put = (thickness: number, gesture?: string) =>
  editor.change([{ path: THICKNESS, value: thickness }], 'thickness', gesture);

function field(...path: string[]): Field {
  const found = cellSchema.field(path, store.get());
  if (!found) {
    throw new Error(`no field ${path.join('.')}`);
  }
  return found;
}

describe('undo and redo', () => {
  it('goes back and forth, sources included', () => {
    put(9e-5);
    expect(value(THICKNESS)).toBe(9e-5);
    expect(value(['sources', 'negative.thickness'])).toBeUndefined();
    editor.undo();
    expect(sameJson(store.get(), CHEN)).toBe(true);
    expect(editor.getState()).toMatchObject({ undoLabel: null, redoLabel: 'thickness' });
    editor.redo();
    expect(value(THICKNESS)).toBe(9e-5);
  });

  it('takes a drag as one step', () => {
    [8.6e-5, 8.7e-5, 9.4e-5].forEach(thickness => put(thickness, 'drag 1'));
    editor.endGesture();
    put(9.5e-5, 'drag 1');
    editor.undo();
    expect(value(THICKNESS)).toBe(9.4e-5);
    editor.undo();
    expect(value(THICKNESS)).toBe(85.2e-6);
    expect(editor.getState().undoLabel).toBeNull();
  });

  it('forgets what was undone when something new is done', () => {
    put(9e-5);
    editor.undo();
    put(8e-5);
    expect(editor.getState().redoLabel).toBeNull();
  });

  it('leaves the edits of others alone', () => {
    put(9e-5);
    store.replace(withValue(store.get(), ['temperature'], 310));
    editor.undo();
    expect(value(THICKNESS)).toBe(85.2e-6);
    expect(value(['temperature'])).toBe(310);
  });

  it('does nothing at the ends', () => {
    editor.undo();
    editor.redo();
    expect(store.get()).toBe(CHEN);
  });

  it('records nothing for a change to the same value', () => {
    put(85.2e-6);
    expect(store.get()).toBe(CHEN);
    expect(editor.getState().undoLabel).toBeNull();
  });
});

describe('a text that cannot be taken', () => {
  it('stays as a draft and never reaches the document', () => {
    editor.enter(field(...THICKNESS), 'ninety', 'thickness');
    expect(editor.getState().drafts.get('negative.thickness')).toMatchObject({ text: 'ninety' });
    editor.enter(field(...THICKNESS), '-5', 'thickness');
    const draft = editor.getState().drafts.get('negative.thickness');
    expect(draft).toMatchObject({ text: '-5', problem: 'must be at least 0.001 and at most 2000 µm' });
    expect(store.get()).toBe(CHEN);
    editor.enter(field(...THICKNESS), '90 µm', 'thickness');
    expect(value(THICKNESS)).toBe(9e-5);
    expect(editor.getState().drafts.size).toBe(0);
  });

  it('is taken with the edit that makes it right, in one step', () => {
    editor.enter(field('positive', 'porosity'), '0.4', 'porosity');
    expect(editor.getState().drafts.get('positive.porosity')?.hint).toBe(
      'Try porosity ≤ 0.335 or active_fraction ≤ 0.6'
    );
    editor.enter(field('positive', 'active_fraction'), '0.6', 'active fraction');
    expect(value(['positive', 'porosity'])).toBe(0.4);
    expect(editor.getState().drafts.size).toBe(0);
    editor.undo();
    expect(sameJson(store.get(), CHEN)).toBe(true);
  });

  it('does not stand in the way of other edits', () => {
    editor.enter(field('positive', 'porosity'), '7', 'porosity');
    editor.enter(field(...THICKNESS), '90', 'thickness');
    expect(value(THICKNESS)).toBe(9e-5);
    expect(editor.getState().drafts.get('positive.porosity')?.text).toBe('7');
    editor.dismiss(['positive', 'porosity']);
    expect(editor.getState().drafts.size).toBe(0);
  });
});

describe('other edits', () => {
  it('takes an optional value away with an empty text, and a required one not', () => {
    editor.enter(field('negative', 'diffusivity'), '4e-14', 'diffusivity');
    expect(value(['negative', 'diffusivity'])).toBe(4e-14);
    editor.enter(field('negative', 'diffusivity'), '', 'diffusivity');
    expect(value(['negative', 'diffusivity'])).toBeUndefined();
    editor.enter(field(...THICKNESS), '', 'thickness');
    expect(value(THICKNESS)).toBe(85.2e-6);
  });

  it('resets a value with its source', () => {
    put(9e-5);
    editor.reset(THICKNESS, 'reset');
    expect(sameJson(store.get(), CHEN)).toBe(true);
  });

  it('mends a faulty document step by step', () => {
    store.replace(withValue(withValue(CHEN, ['temperature'], -1), THICKNESS, 'thick'));
    expect(editor.getState().faults).toHaveLength(2);
    put(9e-5);
    expect(editor.getState().faults.map(fault => fault.path)).toEqual([['temperature']]);
  });

  it('changes nothing that is read only', () => {
    store = new MemoryStore(CHEN, true);
    editor = new Editor(store, cellSchema, cellRules, 'negative');
    expect(put(9e-5)).toBe(false);
    editor.enter(field(...THICKNESS), '90', 'thickness');
    expect(store.get()).toBe(CHEN);
  });

  it('tells its listeners, and stops when it is disposed', () => {
    let told = 0;
    editor.subscribe(() => told++);
    put(9e-5);
    expect(told).toBeGreaterThan(0);
    editor.dispose();
    const before = told;
    store.replace(CHEN);
    expect(told).toBe(before);
  });
});
