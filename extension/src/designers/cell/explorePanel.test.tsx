import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import type { PreviewService } from '../../core/services';
import { MemoryStore } from '../../core/store';
import { CHEN } from '../../testing/corpus';
import { mount } from './mount';

let page: HTMLElement;
let store: MemoryStore;
let unmount: () => void;

/** Gives a curve whose length follows the thickness of the negative electrode; refuses thin separators. */
const request: PreviewService['request'] = ({ document, rates }) => {
  const thin = Number(valueAt(document, ['separator', 'thickness'])) < 10e-6;
  const capacity = Number(valueAt(document, ['negative', 'thickness'])) * 1e5;
  return thin
    ? Promise.reject(new Error('separator.thickness: too thin to solve'))
    : Promise.resolve(
        rates.map(rate => ({
          rate,
          time: [0, 3600],
          capacity: [0, capacity],
          voltage: [4, 3],
          endReason: ''
        }))
      );
};

function find<E extends Element = HTMLElement>(selector: string): E {
  const found = page.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing on the page for ${selector}`);
  }
  return found;
}
const settle = () => act(async () => vi.advanceTimersByTimeAsync(50));
const button = (text: string) =>
  [...page.querySelectorAll<HTMLButtonElement>('.jb-Explore button')].find(
    item => item.textContent === text
  ) as HTMLButtonElement;
const click = (element: HTMLElement) => act(() => element.click());

async function enter(element: HTMLInputElement | HTMLSelectElement, value: string): Promise<void> {
  act(() => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value')?.set?.call(element, value);
    const kind = element instanceof HTMLSelectElement ? 'change' : 'input';
    element.dispatchEvent(new Event(kind, { bubbles: true }));
  });
  await settle();
}
const move = (path: string, percent: string) =>
  enter(find<HTMLInputElement>(`[data-explored="${path}"] input`), percent);
const row = (i: number) => [...page.querySelectorAll('.jb-Explore-figures tbody tr')][i]?.textContent ?? '';

async function explore(document: JsonObject = CHEN, readOnly = false): Promise<void> {
  store = new MemoryStore(document, readOnly);
  act(() => {
    unmount = mount(page, {
      store,
      preview: { request },
      clipboard: { write: () => Promise.resolve() },
      theme: 'light'
    });
  });
  click(button('Explore values'));
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  page = document.createElement('div');
  document.body.append(page);
});

afterEach(() => {
  act(() => unmount());
  page.remove();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the Explore panel', () => {
  it('draws the moved design over the document, which stays as it is', async () => {
    await explore();
    expect(page.querySelectorAll('.jb-Explore .jb-Chart-curve')).toHaveLength(1);
    await move('negative.thickness', '10');
    expect(find('[data-explored="negative.thickness"] output').textContent).toBe('93.72 µm+10 %');
    expect(page.querySelectorAll('.jb-Explore .jb-Chart-curve')).toHaveLength(2);
    expect(row(0)).toContain('+10.0 %');
    expect(row(2)).toContain('±0.0 %');
    expect(store.get()).toBe(CHEN);
    click(button('Reset'));
    expect(page.querySelectorAll('.jb-Explore .jb-Chart-curve')).toHaveLength(1);
    expect(find<HTMLInputElement>('[data-explored="negative.thickness"] input').value).toBe('0');
  });

  it('writes all values as one step of undo', async () => {
    await explore();
    await move('negative.thickness', '10');
    await move('positive.thickness', '-5');
    click(button('Apply to the design'));
    await settle();
    expect(valueAt(store.get(), ['negative', 'thickness'])).toBe(93.72e-6);
    expect(valueAt(store.get(), ['positive', 'thickness'])).toBe(71.82e-6);
    expect(button('Apply to the design').disabled).toBe(true);
    click(find('[aria-label="Undo: 2 explored values"]'));
    await settle();
    expect(store.get()).toEqual(CHEN);
  });

  it('shows a fault beside the slider that was moved, and keeps the rest', async () => {
    await explore();
    await move('negative.thickness', '10');
    await move('positive.porosity', '10');
    const problem = find('[data-explored="positive.porosity"] [role=alert]');
    expect(problem.textContent).toContain('together at most 1');
    expect(find('[data-explored="negative.thickness"] [role=alert]').textContent).toBe('');
    expect(button('Apply to the design').disabled).toBe(true);
    expect(row(0)).toContain('+10.0 %');
    await move('positive.porosity', '-10');
    expect(problem.textContent).toBe('');
    expect(button('Apply to the design').disabled).toBe(false);
  });

  it('shows what the engine refuses beside the slider that was moved', async () => {
    await explore();
    await enter(find<HTMLSelectElement>('.jb-Explore-add'), 'separator.thickness');
    await move('separator.thickness', '-20');
    expect(find('[data-explored="separator.thickness"] [role=alert]').textContent).toContain('too thin');
    expect(find<HTMLInputElement>('[data-explored="separator.thickness"] input').value).toBe('-20');
  });

  it('has four sliders at most', async () => {
    await explore();
    const adder = find<HTMLSelectElement>('.jb-Explore-add');
    expect(adder.disabled).toBe(false);
    await enter(adder, 'temperature');
    expect(page.querySelectorAll('.jb-Slider')).toHaveLength(4);
    expect(adder.disabled).toBe(true);
    click(find('[aria-label="Take Temperature away"]'));
    expect(page.querySelectorAll('.jb-Slider')).toHaveLength(3);
  });

  it('does not write into what is read only', async () => {
    await explore(CHEN, true);
    await move('negative.thickness', '10');
    expect(row(0)).toContain('+10.0 %');
    expect(button('Apply to the design').disabled).toBe(true);
  });
});
