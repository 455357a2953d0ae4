import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import { MemoryStore } from '../../core/store';
import { SMALL } from '../../testing/networks';
import { mount } from './mount';
import type { FaultAnswer, FaultRequest, PowerFlowAnswer } from './study';

let page: HTMLElement;
let store: MemoryStore;
let unmount: () => void;
let copied = '';
const asked: JsonObject[] = [];
const faults: FaultRequest[] = [];

const ANSWER: PowerFlowAnswer = {
  message: '',
  buses: { 'buses/1': [1, 0], 'buses/2': [0.94, -3], 'buses/3': [0.96, -4] },
  branches: { 'lines/1': { p: [5.1, -5], q: [1, -0.5], loading: 110 } },
  injections: { 'external_grids/1': [5.2, 1.1] },
  marks: [{ key: 'lines/1', level: 'warning', text: 'is loaded to 110 %' }],
  facts: { losses_MW: 0.2, iterations: 3 },
  seconds: 0.001
};

const find = <E extends HTMLElement = HTMLElement>(selector: string): E => {
  const found = page.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing on the page for ${selector}`);
  }
  return found;
};
const button = (text: string) =>
  [...page.querySelectorAll<HTMLButtonElement>('button')].find(
    item => item.textContent === text || item.getAttribute('aria-label') === text
  ) as HTMLButtonElement;
const settle = () => act(async () => new Promise(resolve => setTimeout(resolve, 0)));
const click = async (element: HTMLElement) => {
  act(() => element.click());
  await settle();
};
const press = (key: string, modifiers: KeyboardEventInit = {}) =>
  act(() => {
    find('.jb-Sheet').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...modifiers }));
  });
const spoken = () => find('.jb-Spoken').textContent ?? '';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  // drawing is tested in a browser
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  page = document.createElement('div');
  document.body.append(page);
  store = new MemoryStore(SMALL);
  asked.length = faults.length = 0;
  act(() => {
    unmount = mount(page, {
      store,
      studies: {
        powerFlow: async network => {
          asked.push(network);
          return ANSWER;
        },
        shortCircuit: async (_network, request): Promise<FaultAnswer> => {
          faults.push(request);
          return request.typical
            ? { message: '', notes: { 'buses/1': '12 kA' }, lines: [['Initial current', '12 kA']] }
            : { message: 'x is not known', missing: true, notes: {}, lines: [] };
        }
      },
      clipboard: {
        write: async text => {
          copied = text;
        }
      },
      theme: 'light'
    });
  });
});

afterEach(() => {
  act(() => unmount());
  page.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('the circuit designer', () => {
  it('says what is on the sheet, and names every control', () => {
    expect(find('.jb-Sheet').getAttribute('aria-label')).toContain('3 busbars, 1 line, 1 transformer');
    const controls = [...page.querySelectorAll<HTMLElement>('button, input, select')];
    const unnamed = controls.filter(
      control =>
        !control.textContent &&
        !control.getAttribute('aria-label') &&
        !page.querySelector(`label[for="${control.id}"]`) &&
        !control.closest('label')
    );
    expect(unnamed.map(control => control.outerHTML)).toEqual([]);
  });

  it('is edited by keys alone', async () => {
    press('ArrowDown');
    expect(spoken()).toMatch(/^External grid 1/);
    press('ArrowDown');
    expect(spoken()).toMatch(/^Busbar 1, 110.0 kV/);
    press('ArrowRight', { altKey: true });
    press('ArrowRight', { altKey: true, shiftKey: true });
    const x = () => Number(valueAt(store.get(), ['diagram', 'placements', 'buses/1', 'x']));
    const moved = x();
    press('z', { ctrlKey: true });
    press('y', { ctrlKey: true });
    expect(x()).toBe(moved);
    press(']');
    expect(valueAt(store.get(), ['diagram', 'placements', 'buses/1', 'length'])).toBeGreaterThan(4);
    await click(button('Load'));
    expect(valueAt(store.get(), ['loads', '2', 'bus'])).toBe('1');
    press('Delete');
    expect(valueAt(store.get(), ['loads', '2'])).toBeUndefined();
    press('a', { ctrlKey: true });
    expect(find('.jb-Inspector h3').textContent).toBe('9 elements');
  });

  it('has a form with units, ranges and faults', async () => {
    await click(button('Elements'));
    await click(button('Load 1'));
    const field = find<HTMLInputElement>('[data-path="loads.1.active_power"] input');
    expect(field.value).toBe('5');
    const type = (text: string) =>
      act(() => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
      });
    type('7 MW');
    expect(valueAt(store.get(), ['loads', '1', 'active_power'])).toBe(7e6);
    type('much');
    expect(find('.jb-FaultList').textContent).toContain('“much”');
    expect(valueAt(store.get(), ['loads', '1', 'active_power'])).toBe(7e6);
  });

  it('shows the power flow, follows edits that matter, and lists what to look at', async () => {
    await click(button('Power flow'));
    expect(find('.jb-Study-status').textContent).toContain('Solved · 3 iterations · losses 0.2000 MW');
    expect(find('.jb-Marks').textContent).toBe('Line 1 is loaded to 110 %');
    await click(button('Elements'));
    await click(button('Load 1'));
    press('ArrowUp', { altKey: true });
    await settle();
    expect(asked).toHaveLength(1);
    press('Delete');
    await settle();
    expect(asked).toHaveLength(2);
    expect(valueAt(asked[1] ?? {}, ['loads', '1'])).toBeUndefined();
    await click(button('Hide figures'));
    expect(page.querySelector('.jb-Marks')).toBeNull();
  });

  it('computes a fault from the menu of a busbar', async () => {
    press('ArrowDown');
    press('ArrowDown');
    press('F10', { shiftKey: true });
    const items = [...page.querySelectorAll('[role=menuitem]')].map(item => item.textContent);
    expect(items.slice(0, 2)).toEqual(['ValuesEnter', 'Three-phase fault here']);
    await click(button('Line-to-earth fault here'));
    expect(faults).toEqual([{ bus: '1', fault: '1ph', extreme: 'max' }]);
    expect(find('.jb-Fault').textContent).toContain('x is not known');
    await click(button('Take typical values'));
    expect(find('.jb-Fault-lines').textContent).toBe('Initial current12 kA');
    await click(button('Close'));
    expect(page.querySelector('.jb-Fault')).toBeNull();
  });

  it('edits curves in tables, and keeps what is not allowed out of the document', async () => {
    act(() =>
      store.replace({ ...SMALL, generators: { '1': { bus: '2', active_power: 5e6, maximum_power: 20e6 } } })
    );
    await click(button('Elements'));
    await click(button('Generator 1'));
    await click(button('Give a capability curve'));
    const at = (...path: string[]) => valueAt(store.get(), ['generators', '1', ...path]);
    expect(at('capability')).toEqual([
      [0, -50e6, 50e6],
      [20e6, -50e6, 50e6]
    ]);
    const type = (name: string, text: string) =>
      act(() => {
        const cell = find<HTMLInputElement>(`input[aria-label="${name}"]`);
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(cell, text);
        cell.dispatchEvent(new Event('input', { bubbles: true }));
        cell.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
      });
    type('Maximum, row 2', '30');
    expect(at('capability')).toEqual([
      [0, -50e6, 50e6],
      [20e6, -50e6, 30e6]
    ]);
    type('Active, row 2', '-1');
    expect(find('.jb-Points .jb-Value-note').textContent).toBe('Active power must rise from point to point');
    expect(at('capability')).toHaveLength(2);
    await click(button('Back to what was'));
    expect(find<HTMLInputElement>('input[aria-label="Active, row 2"]').value).toBe('20');
    await click(button('Give a cost'));
    expect(at('cost')).toEqual({ kind: 'polynomial', coefficients: [0, 40] });
    await click(button('Points'));
    expect(at('cost')).toMatchObject({
      kind: 'piecewise',
      points: [
        [0, 0],
        [20, 800]
      ]
    });
    await click(button('Take the cost away'));
    expect(at('cost')).toBeUndefined();
  });

  it('pastes what the browser has in its clipboard', async () => {
    press('ArrowDown');
    press('c', { ctrlKey: true });
    await settle();
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(paste, { clipboardData: { getData: () => copied } });
    act(() => void find('.jb-Sheet').dispatchEvent(paste));
    expect(valueAt(store.get(), ['external_grids', '2', 'bus'])).toBe('1');
  });

  it('copies the Python of the network', async () => {
    await click(button('Copy as Python'));
    expect(copied).toContain('jb.grid.Network.from_document');
    expect(find('.jb-Notice').textContent).toBe('Copied the Python that makes this network');
  });
});
