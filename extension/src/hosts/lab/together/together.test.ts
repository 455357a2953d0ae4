// Designs that two people edit at once, each with a document of their own that gets the other's updates.

import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { JsonObject } from '../../../core/document';
import { valueAt } from '../../../core/document';
import { Editor } from '../../../core/editor';
import { set, unset } from '../../../core/operations';
import { cellRules, cellSchema } from '../../../designers/cell/model';
import { CHEN } from '../../../testing/corpus';
import { others } from './people';
import { SharedDesign } from './shareddesign';
import { SharedStore } from './store';

const CELL = {
  kind: 'cell',
  schema_version: 1,
  name: 'ours',
  negative: { thickness: 8e-5, grades: [1, 2] },
  positive: { thickness: 7e-5 },
  elements: { R1: { r: 10 }, R2: { r: 20 } }
};

/** Two people; updates wait until they are exchanged. */
function pair(start: JsonObject = CELL): { ada: SharedDesign; bob: SharedDesign; exchange: () => void } {
  const ada = new SharedDesign();
  const bob = new SharedDesign();
  ada.setSource(JSON.stringify(start));
  const exchange = (): void => {
    Y.applyUpdate(bob.ydoc, Y.encodeStateAsUpdate(ada.ydoc, Y.encodeStateVector(bob.ydoc)));
    Y.applyUpdate(ada.ydoc, Y.encodeStateAsUpdate(bob.ydoc, Y.encodeStateVector(ada.ydoc)));
  };
  exchange();
  return { ada, bob, exchange };
}

const store = (shared: SharedDesign): SharedStore =>
  new SharedStore(shared, () => false, String(shared.document['kind'] ?? 'cell'), 1);
const text = (shared: SharedDesign): string => JSON.stringify(shared.document);

describe('a shared design', () => {
  it('says what the file said, in its order', () => {
    const { bob } = pair();
    expect(text(bob)).toBe(JSON.stringify(CELL));
    expect(bob.getSource()).toBe(`${JSON.stringify(CELL, null, 2)}\n`);
  });

  it('keeps what both change at the same moment', () => {
    const { ada, bob, exchange } = pair();
    ada.apply([set(['negative', 'thickness'], 9e-5), set(['elements', 'R3'], { r: 30 })]);
    bob.apply([
      set(['positive', 'thickness'], 6e-5),
      set(['elements', 'C1'], { c: 1 }),
      unset(['elements', 'R2'])
    ]);
    exchange();
    expect(text(ada)).toBe(text(bob));
    expect(ada.document).toEqual({
      ...CELL,
      negative: { ...CELL.negative, thickness: 9e-5 },
      positive: { thickness: 6e-5 },
      elements: { R1: { r: 10 }, R3: { r: 30 }, C1: { c: 1 } }
    });
  });

  it('lets one of two win where both change the same value, and stays a document', () => {
    const { ada, bob, exchange } = pair();
    ada.apply([set(['negative', 'thickness'], 1e-5)]);
    bob.apply([set(['negative', 'thickness'], 2e-5)]);
    exchange();
    expect(text(ada)).toBe(text(bob));
    expect([1e-5, 2e-5]).toContain((ada.document['negative'] as JsonObject)['thickness']);
  });

  it('takes the values of an element along that somebody deletes', () => {
    const { ada, bob, exchange } = pair();
    ada.apply([unset(['elements', 'R1'])]);
    bob.apply([set(['elements', 'R1', 'r'], 11)]);
    exchange();
    expect(ada.document['elements']).toEqual({ R2: { r: 20 } });
    expect(text(ada)).toBe(text(bob));
    bob.apply([set(['elements', 'R1', 'r'], 12)]);
    expect(bob.document['elements']).toEqual({ R2: { r: 20 } });
  });

  it('gives a group and an element back as new ones', () => {
    const { ada, bob, exchange } = pair();
    ada.apply([set(['positive'], 3)]);
    ada.apply([set(['positive'], { thickness: 1 })]);
    exchange();
    expect(bob.document['positive']).toEqual({ thickness: 1 });
    expect(Object.keys(bob.document)).toEqual(Object.keys(CELL));
  });

  it('leaves parts that nobody has changed the same objects', () => {
    const { ada, bob, exchange } = pair();
    const before = bob.document;
    ada.apply([set(['elements', 'R1', 'r'], 11)]);
    exchange();
    expect(bob.document['negative']).toBe(before['negative']);
    expect((bob.document['elements'] as JsonObject)['R2']).toBe((before['elements'] as JsonObject)['R2']);
    expect(bob.document['elements']).not.toBe(before['elements']);
  });

  it('keeps a text that is no design as it is', () => {
    const { ada, bob, exchange } = pair();
    ada.setSource('{"kind": ');
    exchange();
    expect(bob.getSource()).toBe('{"kind": ');
    const there = store(bob);
    expect(there.fault?.line).toBe(1);
    expect(there.readOnly).toBe(true);
    ada.setSource(JSON.stringify({ ...CELL, schema_version: 2 }));
    exchange();
    expect(there.fault?.message).toContain('schema_version = 2');
    ada.updateSource(ada.getSource().indexOf('2'), ada.getSource().indexOf('2') + 1, '1');
    exchange();
    expect(there.fault).toBeNull();
  });

  it('ends with its listeners', () => {
    const { ada } = pair();
    const there = store(ada);
    let told = 0;
    there.subscribe(() => (told += 1));
    there.apply([set(['name'], 'new')]);
    expect(told).toBe(1);
    there.dispose();
    ada.apply([set(['name'], 'newer')]);
    expect(told).toBe(1);
    ada.dispose();
    ada.dispose();
  });
});

describe('undo', () => {
  const editor = (shared: SharedDesign): Editor =>
    new Editor(store(shared), cellSchema, cellRules, 'negative');
  const at = (shared: SharedDesign, ...path: string[]): unknown => valueAt(shared.document, path);
  const [hers, his] = [
    ['negative', 'thickness'],
    ['positive', 'thickness']
  ] as const;

  it("takes back one's own step and nothing of the other", () => {
    const { ada, bob, exchange } = pair(CHEN);
    const [left, right] = [editor(ada), editor(bob)];
    const [first, second] = [at(ada, ...hers), at(ada, ...his)];
    expect(left.change([{ path: hers, value: 9e-5 }], 'thicker')).toBe(true);
    exchange();
    expect(right.change([{ path: his, value: 5e-5 }], 'thinner')).toBe(true);
    exchange();
    left.undo();
    exchange();
    expect([at(bob, ...hers), at(ada, ...his)]).toEqual([first, 5e-5]);
    left.redo();
    exchange();
    right.undo();
    exchange();
    expect([at(bob, ...hers), at(ada, ...his)]).toEqual([9e-5, second]);
    expect(left.getState().document).toEqual(right.getState().document);
  });

  it('leaves away what the other has taken away meanwhile', () => {
    const { ada, bob, exchange } = pair(CHEN);
    const [left, right] = [editor(ada), editor(bob)];
    const first = at(ada, ...hers);
    expect(left.change([{ path: hers, value: 9e-5 }], 'thicker')).toBe(true);
    exchange();
    expect(right.change([{ path: ['sources'], value: undefined }], 'no sources')).toBe(true);
    exchange();
    left.undo();
    exchange();
    expect([at(bob, ...hers), at(bob, 'sources')]).toEqual([first, undefined]);
    right.undo();
    exchange();
    expect(at(ada, 'sources')).toBeDefined();
  });
});

describe('who is there', () => {
  it('lists the others, each once', () => {
    const { ada } = pair();
    const { awareness } = ada;
    awareness.setLocalStateField('user', { display_name: 'ada' });
    [
      [7, 'bob'],
      [8, 'bob'],
      [9, 'anna']
    ].forEach(([client, name]) =>
      awareness.states.set(client as number, { user: { display_name: name, color: 'red' } })
    );
    expect([...others(ada)]).toEqual([
      ['anna', 'red'],
      ['bob', 'red']
    ]);
  });
});
