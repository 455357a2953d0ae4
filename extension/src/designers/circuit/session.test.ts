import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import { Editor } from '../../core/editor';
import { MemoryStore } from '../../core/store';
import { validate } from '../../core/validation';
import { SMALL } from '../../testing/networks';
import { found, kindOf, PALETTE } from './kinds';
import { inLibrary } from './library';
import { circuitRules, circuitSchema } from './model';
import { pythonCode } from './python';
import { Session } from './session';

let store: MemoryStore;
let editor: Editor;
let session: Session;
const item = (id: string) => PALETTE.find(entry => entry.id === id) as (typeof PALETTE)[number];
const rows = (table: string) =>
  Object.keys((valueAt(store.get(), table === 'labels' ? ['diagram', table] : [table]) ?? {}) as JsonObject);

beforeEach(() => {
  store = new MemoryStore(SMALL);
  editor = new Editor(store, circuitSchema, circuitRules, '');
  session = new Session(editor);
});

describe('the palette', () => {
  it('is searched by words', () => {
    expect(found('solar').map(({ id }) => id)).toEqual(['photovoltaic']);
    expect(found('load switch').map(({ id }) => id)).toEqual(['load_break']);
    expect(found('')).toEqual(PALETTE);
  });

  it('makes elements without faults, connected to the nearest busbars', () => {
    for (const entry of PALETTE) {
      const { length } = rows(entry.table);
      expect(session.add(entry, { x: 40, y: 40 }), entry.id).toBe(true);
      expect(rows(entry.table), entry.id).toHaveLength(length + 1);
    }
    expect(editor.getState().faults).toEqual([]);
    expect(validate(store.get(), circuitSchema, circuitRules)).toEqual([]);
    expect([...session.getState().scene.elements.keys()]).toHaveLength(9 + PALETTE.length);
  });

  it('finds equipment with its source, and takes its values', () => {
    const { items, count } = inLibrary('40 mva 110/20', 5);
    expect(count).toBeGreaterThan(0);
    const [transformer] = items;
    expect(transformer?.source).toMatch(/^Transformer, /);
    expect(session.add(transformer as never, { x: 40, y: 40 })).toBe(true);
    expect(valueAt(store.get(), ['transformers', '2'])).toMatchObject({
      from_bus: '1',
      rated_power: 40e6,
      from_rated_voltage: 110e3,
      equipment: transformer?.id
    });
    expect(inLibrary('nothing like this', 5).count).toBe(0);
  });

  it('has only equipment that makes elements without faults', () => {
    const { items } = inLibrary('a', Infinity);
    expect(items.length).toBeGreaterThan(400);
    for (const entry of items) {
      const ends = kindOf(entry.table).ends.map((end, i) => [end, i === 0 ? '1' : '2'] as const);
      const rows = { '1': { ...Object.fromEntries(ends), ...entry.start(20e3) } };
      const faults = validate({ ...SMALL, [entry.table]: rows }, circuitSchema, circuitRules);
      expect(
        faults.filter(({ path }) => path[0] === entry.table),
        entry.id
      ).toEqual([]);
    }
  });

  it('connects the selected busbars', () => {
    session.select(['buses/1', 'buses/3']);
    session.add(item('line'), { x: NaN, y: NaN });
    expect(valueAt(store.get(), ['lines', '2'])).toMatchObject({ from_bus: '1', to_bus: '3' });
    expect(session.getState().selection).toEqual(new Set(['lines/2']));
  });

  it('says what is missing where there are too few busbars', () => {
    session.remove(new Set(['buses/2', 'buses/3']));
    expect(session.add(item('line'), { x: 0, y: 0 })).toBe(false);
    expect(session.getState().notice).toContain('needs 2 busbars');
  });
});

describe('edits', () => {
  it('moves as one step that fixes everything else, and undoes it', () => {
    const before = session.getState().scene.placements;
    session.move(new Set(['buses/2', 'loads/1']), { x: 3, y: 0 });
    const x = (key: string) => session.getState().scene.placements.get(key)?.x;
    expect(x('buses/2')).toBe((before.get('buses/2')?.x ?? 0) + 3);
    expect(x('buses/1')).toBe(before.get('buses/1')?.x);
    expect(Object.keys(valueAt(store.get(), ['diagram', 'placements']) as JsonObject)).toHaveLength(7);
    editor.undo();
    expect(store.get()).toEqual(SMALL);
  });

  it('joins moves by keys to one step', () => {
    session.select(['loads/1']);
    for (let i = 0; i < 3; i++) {
      session.move(session.getState().selection, { x: 1, y: 0 }, 'keys');
    }
    editor.undo();
    expect(store.get()).toEqual(SMALL);
  });

  it('takes what hangs at a busbar with it', () => {
    session.remove(new Set(['buses/3']));
    expect([rows('buses'), rows('lines'), rows('loads'), rows('switches')]).toEqual([['1', '2'], [], [], []]);
    expect(editor.getState().faults).toEqual([]);
    editor.undo();
    expect(store.get()).toEqual(SMALL);
  });

  it('copies with new identifiers and inner connections', () => {
    session.select(['buses/2', 'buses/3', 'lines/1', 'switches/1', 'loads/1']);
    const text = session.copy() ?? '';
    expect(session.paste(text)).toBe(true);
    expect(valueAt(store.get(), ['lines', '2'])).toMatchObject({ from_bus: '4', to_bus: '5' });
    expect(valueAt(store.get(), ['switches', '3'])).toMatchObject({ bus: '4', branch: '2' });
    expect(valueAt(store.get(), ['loads', '2'])).toMatchObject({ bus: '5' });
    expect(session.getState().selection.size).toBe(5);
    expect(editor.getState().faults).toEqual([]);
  });

  it('pastes a lone load at the busbar that it came from', () => {
    session.select(['loads/1']);
    session.copy();
    session.paste();
    expect(valueAt(store.get(), ['loads', '2'])).toMatchObject({ bus: '3' });
    expect(session.paste('no part')).toBe(true);
    expect(rows('loads')).toEqual(['1', '2', '3']);
  });

  it('turns, stretches, reconnects and routes', () => {
    session.rotate(new Set(['loads/1']));
    expect(session.getState().scene.placements.get('loads/1')?.rotation).toBe(90);
    const place = session.getState().scene.placements.get('buses/1');
    session.stretch('buses/1', { ...place, length: 12 } as never);
    expect(session.lengthOf('buses/1')).toBe(12);
    session.reconnect('loads/1', 'bus', 'buses/1');
    expect(valueAt(store.get(), ['loads', '1', 'bus'])).toBe('1');
    session.route('lines/1/from', [{ x: 1, y: 2 }]);
    expect(valueAt(store.get(), ['diagram', 'routes'])).toEqual({ 'lines/1/from': [[1, 2]] });
    session.route('lines/1/from', null);
    expect(valueAt(store.get(), ['diagram', 'routes'])).toEqual({});
    session.setSymbols('ANSI');
    expect(session.getState().scene.standard).toBe('ANSI');
  });

  it('refuses a connection of a line to itself, and says so', () => {
    expect(session.reconnect('lines/1', 'to_bus', 'buses/2')).toBe(false);
    expect(session.getState().notice).toContain('both ends at one bus');
  });

  it('keeps wires where only values change', () => {
    const { wires } = session.getState().scene;
    editor.change([{ path: ['loads', '1', 'active_power'], value: 7e6 }], 'Load');
    expect(session.getState().scene.wires).toBe(wires);
    expect(session.getState().scene.elements.get('loads/1')?.row['active_power']).toBe(7e6);
  });

  it('does nothing where the network is read only', () => {
    const reading = new Session(new Editor(new MemoryStore(SMALL, true), circuitSchema, circuitRules, ''));
    expect(reading.move(new Set(['loads/1']), { x: 1, y: 0 })).toBe(false);
    expect(reading.getState().notice).toContain('read only');
  });
});

describe('faults', () => {
  it('name the element and the value', () => {
    store.replace({
      ...SMALL,
      loads: { '1': { bus: '9', active_power: 'much' } },
      lines: { '1': { from_bus: '2', to_bus: '2', resistance: 1, reactance: 2, in_service: 'yes' } },
      diagram: { placements: { 'buses/1': { x: 0, y: 0, rotation: 45 } } }
    });
    const lines = editor.getState().faults.map(({ path, rule }) => `${path.join('.')}: ${rule}`);
    expect(lines).toEqual([
      'lines.1.in_service: must be true or false',
      expect.stringContaining('loads.1.active_power: must be a number, at least'),
      'diagram.placements.buses/1.rotation: must be one of 0, 90, 180, 270',
      'loads.1.bus: no such bus',
      'lines.1.from_bus: both ends at one bus'
    ]);
  });
});

it('gives the Python of the network', () => {
  expect(pythonCode(store.get())).toContain('network = jb.grid.Network.from_document({');
  expect(pythonCode(store.get())).toContain('"nominal_voltage": 110000');
});
