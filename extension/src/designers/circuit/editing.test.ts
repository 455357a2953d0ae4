/** Edits that were text once: identifiers, curves, and pasting between designers. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import { Editor } from '../../core/editor';
import { MemoryStore } from '../../core/store';
import { SMALL } from '../../testing/networks';
import { capabilityProblem, capabilityRegion, costCurve, pointsProblem, stepsOf } from './curveValues';
import { networkArt } from './art';
import { partOf } from './edits';
import type { PaletteItem } from './kinds';
import { PALETTE } from './kinds';
import { circuitRules, circuitSchema } from './model';
import { linesOf } from './notes';
import { NOTHING } from './overlay';
import { svgOf } from './pictures';
import { Session } from './session';

function opened(document: JsonObject): { store: MemoryStore; editor: Editor; session: Session } {
  const store = new MemoryStore(document);
  const editor = new Editor(store, circuitSchema, circuitRules, '');
  return { store, editor, session: new Session(editor) };
}

describe('another identifier', () => {
  const RICH: JsonObject = {
    ...SMALL,
    transformers: {
      '1': {
        from_bus: '1',
        to_bus: '2',
        rated_power: 40e6,
        resistance: 0.005,
        reactance: 0.1,
        tap_changer: { position: 1, controlled_bus: '2' }
      }
    },
    shunts: { '1': { bus: '3', susceptance: 1e-4, controlled_bus: '2' } },
    diagram: { placements: { 'buses/2': { x: 1, y: 2, length: 8 }, 'buses/20': { x: 9, y: 9 } } },
    sources: { 'buses.2.name': { method: 'assumed', note: 'a guess' } }
  };

  it('takes everything with it that refers to a busbar, and is one step', () => {
    const { store, editor, session } = opened(RICH);
    expect(session.rename('buses/2', 'Plant 20 kV')).toBe(true);
    const now = store.get();
    expect(Object.keys(now['buses'] as JsonObject)).toEqual(['1', '3', 'Plant 20 kV'].sort());
    expect(valueAt(now, ['lines', '1', 'from_bus'])).toBe('Plant 20 kV');
    expect(valueAt(now, ['transformers', '1'])).toMatchObject({
      to_bus: 'Plant 20 kV',
      tap_changer: { position: 1, controlled_bus: 'Plant 20 kV' }
    });
    expect(valueAt(now, ['shunts', '1', 'controlled_bus'])).toBe('Plant 20 kV');
    expect(valueAt(now, ['switches', '1', 'bus'])).toBe('Plant 20 kV');
    expect(valueAt(now, ['switches', '2'])).toEqual({ bus: 'Plant 20 kV', other_bus: '3' });
    expect(valueAt(now, ['diagram', 'placements', 'buses/Plant 20 kV'])).toMatchObject({ x: 1, y: 2 });
    expect(valueAt(now, ['diagram', 'placements', 'buses/20'])).toBeDefined();
    expect(Object.keys(now['sources'] as JsonObject)).toEqual(['buses.Plant 20 kV.name']);
    expect(JSON.stringify(now)).not.toContain('"2"}');
    expect(editor.getState().faults).toEqual([]);
    expect([...session.getState().selection]).toEqual(['buses/Plant 20 kV']);
    editor.undo();
    expect(store.get()).toEqual(RICH);
  });

  it('keeps the sources of everything else, as deleting and pasting do', () => {
    const sources = { 'buses.1.name': { method: 'assumed' }, 'loads.1.active_power': { method: 'assumed' } };
    const { store, session } = opened({
      ...RICH,
      sources: { ...sources, 'buses.2.name': { method: 'assumed' } }
    });
    session.rename('buses/2', 'B');
    expect(Object.keys(valueAt(store.get(), ['sources']) as JsonObject)).toContain('buses.1.name');
    session.select(['buses/1']);
    session.copy();
    session.paste();
    session.remove(new Set(['buses/B']));
    expect(valueAt(store.get(), ['sources'])).toEqual(sources);
  });

  it('takes switches and routes of a branch with it', () => {
    const { store, session } = opened({
      ...SMALL,
      diagram: { placements: {}, routes: { 'lines/1/from': [[1, 2]] } }
    });
    session.rename('lines/1', 'L1');
    expect(valueAt(store.get(), ['switches', '1', 'branch'])).toBe('L1');
    expect(valueAt(store.get(), ['diagram', 'routes'])).toEqual({ 'lines/L1/from': [[1, 2]] });
  });

  it.each([
    ['3', 'another one has this identifier'],
    ['', 'must not be empty'],
    [' x', 'begin or end with a space'],
    ['x'.repeat(81), 'at most 80 characters'],
    ['a\nb', 'control characters']
  ])('is refused where it cannot be: %j', (id, words) => {
    const { store, session } = opened(SMALL);
    expect(session.rename('buses/2', id)).toBe(false);
    expect(session.getState().notice).toContain(words);
    expect(store.get()).toBe(SMALL);
  });
});

describe('pasting into another designer', () => {
  const source = (): string => {
    const { session } = opened(SMALL);
    session.select(['buses/2', 'buses/3', 'lines/1', 'transformers/1']);
    return session.copy() ?? '';
  };

  it('brings elements with new identifiers, and leaves out what has lost its busbars', () => {
    const { store, editor, session } = opened(SMALL);
    expect(session.paste(source())).toBe(true);
    expect(valueAt(store.get(), ['lines', '2'])).toMatchObject({ from_bus: '4', to_bus: '5' });
    // its busbar of the upper voltage was not copied, and the one of that name here is another one
    expect(Object.keys(store.get()['transformers'] as JsonObject)).toEqual(['1']);
    expect(session.getState().notice).toBe('Pasted; 1 element was left out, whose busbars were not copied');
    expect(editor.getState().faults).toEqual([]);
  });

  it('checks values as every edit does', () => {
    const { store, session } = opened(SMALL);
    expect(session.paste(source().replace('"nominal_voltage":20000', '"nominal_voltage":-5'))).toBe(false);
    expect(session.getState().notice).toContain('nominal_voltage');
    expect(store.get()).toBe(SMALL);
  });

  it.each([
    'hello',
    '{"kind": "joulebook.circuit.part"}',
    '{"kind": "joulebook.circuit.part", "from": "x", "rows": [], "placements": {}}',
    '{"kind": "joulebook.circuit.part", "from": "x", "rows": [{"table": "spells", "id": "1", "row": {}}], "placements": {}}',
    '{"kind": "joulebook.circuit.part", "from": "x", "rows": [{"table": "loads", "id": 1, "row": {}}], "placements": {}}',
    '{"kind": "joulebook.circuit.part", "from": "x", "rows": [{"table": "loads", "id": "1", "row": 3}], "placements": {}}',
    '{"kind": "joulebook.circuit.part", "from": "x", "rows": [{"table": "loads", "id": "1", "row": {}}], "placements": {"loads/1": {"x": "1"}}}',
    '{"kind": "joulebook.circuit.part", "rows": '
  ])('takes nothing else for elements: %s', text => {
    expect(partOf(text)).toBeNull();
  });
});

describe('notes on the drawing', () => {
  const NOTE = PALETTE.find(({ id }) => id === 'note') as PaletteItem;
  const notes = (store: MemoryStore) => valueAt(store.get(), ['diagram', 'labels']);

  it('are added, written, moved, copied and deleted, each as one step', () => {
    const { store, editor, session } = opened(SMALL);
    expect(session.add(NOTE, { x: 3.2, y: 4 })).toBe(true);
    expect(notes(store)).toEqual({ '1': 'Note' });
    expect(valueAt(store.get(), ['diagram', 'placements', 'labels/1'])).toEqual({ x: 3, y: 4 });
    editor.change(
      [{ path: ['diagram', 'labels', '1'], value: 'Planned for 2031:\nsecond transformer' }],
      'Note'
    );
    const { scene } = session.getState();
    expect(scene.items.get('labels/1')?.box).toMatchObject({ top: 2.5, bottom: 5.5 });
    session.move(new Set(['labels/1']), { x: 2, y: 0 });
    expect(valueAt(store.get(), ['diagram', 'placements', 'labels/1'])).toEqual({ x: 5, y: 4 });
    const other = opened({ ...SMALL, diagram: { placements: {}, labels: { '1': 'Mine' } } });
    expect(other.session.paste(session.copy() ?? '')).toBe(true);
    expect(notes(other.store)).toEqual({ '1': 'Mine', '2': 'Planned for 2031:\nsecond transformer' });
    session.remove();
    expect(notes(store)).toEqual({});
    expect(valueAt(store.get(), ['diagram', 'placements', 'labels/1'])).toBeUndefined();
    expect(editor.getState().faults).toEqual([]);
    for (let i = 0; i < 4; i++) {
      editor.undo();
    }
    expect(store.get()).toEqual(SMALL);
  });

  it('are wrapped between words', () => {
    const text = `${'word '.repeat(20)}end`;
    const lines = linesOf({ text });
    expect(lines.join(' ')).toBe(text);
    expect(lines.length).toBe(3);
    expect(linesOf({ text: 'x'.repeat(100) })).toHaveLength(1);
    expect(linesOf({ text: 'a\n\nb' })).toEqual(['a', '', 'b']);
  });

  it('stand in pictures', () => {
    const { session } = opened({ ...SMALL, diagram: { placements: {}, labels: { '1': 'A < B & C' } } });
    const colours = new Proxy({}, { get: () => '#000' }) as never;
    const study = { answer: null, overlay: NOTHING, stale: false, running: false, message: '' };
    expect(svgOf(networkArt, session.getState().scene, study, colours, 'serif', 'x')).toContain(
      'A &lt; B &amp; C'
    );
  });
});

describe('curves', () => {
  it('of cost are the polynomial over the range of the machine, or the points', () => {
    const machine = { minimum_power: 10e6, maximum_power: 50e6 };
    const curve = costCurve({ coefficients: [5, 2, 0.1] }, machine);
    expect(curve[0]).toEqual({ x: 10, y: 5 + 20 + 10 });
    expect(curve.at(-1)).toEqual({ x: 50, y: 5 + 100 + 250 });
    const points = [
      [0, 1],
      [10, 21]
    ];
    expect(costCurve({ kind: 'piecewise', points }, machine)).toEqual([
      { x: 0, y: 1 },
      { x: 10, y: 21 }
    ]);
  });

  it('are refused where the solvers would refuse them', () => {
    expect(pointsProblem([[0, 0]])).toContain('two or more');
    expect(
      pointsProblem([
        [0, 0],
        [0, 5]
      ])
    ).toContain('must rise');
    expect(capabilityProblem([])).toBe('');
    const box = [
      [0, -5, 5],
      [10, -5, 5]
    ];
    expect(capabilityProblem(box)).toBe('');
    expect(capabilityProblem([...box, [5, -1, 1]])).toContain('must rise');
    expect(capabilityProblem([[0, 6, 5], ...box.slice(1)])).toContain('not be above');
    expect(
      capabilityProblem([
        [0, -5, 5],
        [5, -5, 1],
        [10, -5, 5]
      ])
    ).toContain('bulge');
    expect(
      capabilityRegion([
        [0, -5e6, 5e6],
        [10e6, -2e6, 3e6]
      ])
    ).toEqual([
      { x: 0, y: 5 },
      { x: 10, y: 3 },
      { x: 10, y: -2 },
      { x: 0, y: -5 }
    ]);
  });

  it('of a tap changer have the ratio and the angle of each step', () => {
    const steps = stepsOf({
      tap_ratio: 1.05,
      tap_changer: { minimum: -2, maximum: 2, voltage_step: 0.01, angle_step: Math.PI / 180 }
    });
    expect(steps.map(({ step }) => step)).toEqual([-2, -1, 0, 1, 2]);
    expect(steps[0]?.ratio).toBeCloseTo(1.05 * 0.98, 12);
    expect(steps[4]?.angle).toBeCloseTo(2, 12);
  });
});
