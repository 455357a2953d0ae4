import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { valueAt } from '../../core/document';
import { MemoryStore } from '../../core/store';
import { RANDLES } from '../../testing/impedance';
import { mount } from './mount';

let page: HTMLElement;
let store: MemoryStore;
let unmount: () => void;
let copied = '';

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
const press = (key: string, modifiers: KeyboardEventInit = {}) =>
  act(() => {
    find('.jb-Sheet').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...modifiers }));
  });
const type = (selector: string, text: string) =>
  act(() => {
    const input = find<HTMLInputElement>(selector);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  });
const code = () => valueAt(store.get(), ['code']);
const spoken = () => find('.jb-Spoken').textContent ?? '';
const notice = () => find('.jb-Notice').textContent ?? '';

function open(document = RANDLES, readOnly = false): void {
  store = new MemoryStore(document, readOnly);
  act(() => {
    unmount = mount(page, {
      store,
      clipboard: {
        write: text => {
          copied = text;
          return Promise.resolve();
        }
      },
      theme: 'light'
    });
  });
}

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  // drawing is tested in a browser
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  page = document.createElement('div');
  document.body.append(page);
  open();
});

afterEach(() => {
  act(() => unmount());
  page.remove();
  vi.unstubAllGlobals();
});

describe('keys on the sheet', () => {
  it('insert in series and in parallel, and take back', () => {
    press('ArrowRight');
    expect(spoken()).toBe('Resistor R_s, 10 Ω');
    press('q', { shiftKey: true });
    expect(code()).toBe('p(R_s,CPE1)-p(R_ct-W1,C_dl)');
    expect(spoken()).toContain('Constant phase element CPE1');
    press('l');
    expect(code()).toBe('p(R_s,CPE1-L1)-p(R_ct-W1,C_dl)');
    press('z', { ctrlKey: true });
    press('z', { ctrlKey: true });
    expect(store.get()).toEqual(RANDLES);
    press('z', { ctrlKey: true, shiftKey: true });
    expect(code()).toBe('p(R_s,CPE1)-p(R_ct-W1,C_dl)');
  });

  it('move, delete, copy and paste', () => {
    press('ArrowRight');
    press('ArrowRight', { altKey: true });
    expect(code()).toBe('p(R_ct-W1,C_dl)-R_s');
    press('x');
    press('Delete');
    expect(code()).toBe('');
    expect(valueAt(store.get(), ['elements'])).toEqual({});
    press('z', { ctrlKey: true });
    press('a', { ctrlKey: true });
    press('c', { ctrlKey: true });
    press('v', { ctrlKey: true, shiftKey: true });
    expect(code()).toBe('p(p(R_ct-W1,C_dl)-R_s,p(R1-W2,C1)-R2)');
    expect(valueAt(store.get(), ['elements', 'W2'])).toEqual({ kind: 'W', coefficient: 20 });
  });

  it('leave a read-only circuit alone', () => {
    act(() => unmount());
    open(RANDLES, true);
    press('ArrowRight');
    press('Delete');
    press('c');
    expect(store.get()).toEqual(RANDLES);
    expect(notice()).toBe('This circuit is read only');
  });
});

describe('forms', () => {
  it('take a code of either kind, keep values of what stays, and say where a code is wrong', () => {
    type('.jb-Code input', 'R_s-p(R_ct,CPE_dl');
    expect(find('.jb-Code-note').textContent).toBe("Column 5: the group is not closed. Add ')'");
    expect(store.get()).toEqual(RANDLES);
    type('.jb-Code input', 'R_s-p(R_ct,CPE_dl)');
    expect(code()).toBe('R_s-p(R_ct,CPE_dl)');
    expect(valueAt(store.get(), ['elements', 'R_s', 'resistance'])).toBe(10);
    expect(valueAt(store.get(), ['elements', 'W1'])).toBeUndefined();
    expect(find('.jb-Code-boukamp').textContent).toBe('R(RQ)');
    type('.jb-Code input', 'R(C[RO])');
    expect(code()).toBe('R1-p(C1,R2-Ws1)');
  });

  it('take values with units, and refuse what is out of range', () => {
    press('ArrowRight');
    type('[data-path="elements.R_s.resistance"] input', '1.5 kΩ');
    expect(valueAt(store.get(), ['elements', 'R_s', 'resistance'])).toBe(1500);
    type('[data-path="elements.R_s.resistance"] input', '-3');
    expect(find('[data-path="elements.R_s.resistance"]').dataset['invalid']).toBe('true');
    expect(valueAt(store.get(), ['elements', 'R_s', 'resistance'])).toBe(1500);
  });

  it('rename an element and put another kind in its place', () => {
    press('ArrowRight');
    type('.jb-Inspector .jb-Value input', 'C_9');
    expect(find('.jb-Value-note').textContent).toContain('A name begins with R');
    type('.jb-Inspector .jb-Value input', 'R_ct');
    expect(find('.jb-Value-note').textContent).toBe('R_ct is there already');
    type('.jb-Inspector .jb-Value input', 'R_el');
    expect(code()).toBe('R_el-p(R_ct-W1,C_dl)');
    act(() => {
      const select = find<HTMLSelectElement>('.jb-Inspector select');
      select.value = 'L';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(code()).toBe('L_el-p(R_ct-W1,C_dl)');
    expect(valueAt(store.get(), ['elements', 'L_el'])).toEqual({ kind: 'L', inductance: 1e-6 });
  });

  it('make a capacitor a constant phase element of the same impedance', () => {
    act(() => button('C_dl20 µF').click());
    act(() => {
      const select = find<HTMLSelectElement>('.jb-Inspector select');
      select.value = 'CPE';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(valueAt(store.get(), ['elements', 'CPE_dl'])).toEqual({
      kind: 'CPE',
      coefficient: 2e-5,
      exponent: 1
    });
  });
});

describe('around the sheet', () => {
  it('adds from the palette, and copies Python', async () => {
    act(() => button('Gerischer') ?? undefined);
    const gerischer = [...page.querySelectorAll<HTMLButtonElement>('.jb-Palette button')].find(
      item => item.textContent === 'GGerischer'
    ) as HTMLButtonElement;
    act(() => gerischer.click());
    expect(code()).toBe('R_s-p(R_ct-W1,C_dl)-G1');
    act(() => button('Copy as Python').click());
    await settle();
    expect(copied).toContain('jb.impedance.Circuit.from_code(\n    "R_s-p(R_ct-W1,C_dl)-G1"');
    expect(notice()).toBe('Copied the Python that makes this circuit');
  });

  it('lists faults, and mends an element that is not connected', () => {
    act(() => unmount());
    open({ ...RANDLES, code: 'R_s-R_ct' });
    expect(find('.jb-FaultList').textContent).toContain('2 things need attention');
    expect(find('.jb-FaultList').textContent).toContain(
      'C_dl = "C": not connected: the code does not name it'
    );
    act(() => button('C_dl').click());
    expect(spoken()).toBe('Capacitor C_dl, 20 µF, not connected: the code does not name it');
    press('Delete');
    type('.jb-Code input', 'R_s-p(R_ct,W1)');
    expect(page.querySelector('.jb-FaultList')).toBeNull();
  });

  it('asks for the code before it edits what cannot be read', () => {
    act(() => unmount());
    open({ ...RANDLES, code: 'R_s-p(R_ct' });
    press('r');
    expect(notice()).toBe('The circuit code cannot be read; mend it first');
    expect(code()).toBe('R_s-p(R_ct');
  });
});
