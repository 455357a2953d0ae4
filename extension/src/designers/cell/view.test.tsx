import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Json, JsonObject } from '../../core/document';
import { valueAt, withValue } from '../../core/document';
import type { PreviewService } from '../../core/services';
import { MemoryStore } from '../../core/store';
import named from '../../generated/named.json';
import { CHEN } from '../../testing/corpus';
import { mount } from './mount';

let page: HTMLElement;
let store: MemoryStore;
let unmount: () => void;
const write = vi.fn<(text: string) => Promise<void>>();

function open(document: JsonObject = CHEN, readOnly = false, preview: PreviewService | null = null): void {
  store = new MemoryStore(document, readOnly);
  act(() => {
    unmount = mount(page, { store, preview, clipboard: { write }, theme: 'light' });
  });
}

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  write.mockReset().mockResolvedValue(undefined);
  page = document.createElement('div');
  document.body.append(page);
});

afterEach(() => {
  act(() => unmount());
  page.remove();
  vi.unstubAllGlobals();
});

function find<E extends Element = HTMLElement>(selector: string): E {
  const found = page.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing on the page for ${selector}`);
  }
  return found;
}

const slider = (part: string) => find<SVGElement>(`[role=slider][data-part=${part}]`);
const input = (path: string) => find<HTMLInputElement>(`[data-path="${path}"] :is(input, textarea)`);
const at = (path: string) => valueAt(store.get(), path.split('.'));
const tab = (part: string) => find(`[role=tab][data-part=${part}]`);
const click = (element: Element) =>
  act(() => element.dispatchEvent(new MouseEvent('click', { bubbles: true })));

function key(element: Element, name: string, held: KeyboardEventInit = {}): void {
  act(() => {
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...held })
    );
  });
}

function pointer(element: Element, type: string, clientX: number): void {
  act(() => {
    element.dispatchEvent(new MouseEvent(type, { clientX, button: 0, bubbles: true }));
  });
}

function type(path: string, text: string, leave = true): void {
  const field = input(path);
  act(() => field.focus());
  act(() => {
    const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set;
    setter?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  if (leave) {
    act(() => field.blur());
  }
}

describe('the stack', () => {
  it('changes a thickness by a drag, as one step of undo', () => {
    open();
    const handle = slider('negative');
    pointer(handle, 'pointerdown', 300);
    [310, 320, 330].forEach(x => pointer(handle, 'pointermove', x));
    pointer(handle, 'pointerup', 330);
    expect(at('negative.thickness')).toBeGreaterThan(90e-6);
    expect(Number(at('negative.thickness')) * 1e7).toBeCloseTo(
      Math.round(Number(at('negative.thickness')) * 1e7),
      6
    );
    key(page.firstElementChild as Element, 'z', { ctrlKey: true });
    expect(at('negative.thickness')).toBe(85.2e-6);
    key(page.firstElementChild as Element, 'z', { ctrlKey: true, shiftKey: true });
    expect(at('negative.thickness')).toBeGreaterThan(90e-6);
  });

  it('changes a thickness by the keyboard and tells screen readers', () => {
    open();
    const handle = slider('separator');
    key(handle, 'ArrowRight');
    key(handle, 'ArrowRight', { shiftKey: true });
    expect(at('separator.thickness')).toBe(23e-6);
    expect(handle.getAttribute('aria-valuetext')).toBe('23 µm');
    expect(handle.getAttribute('aria-valuenow')).toBe('23');
    expect([handle.getAttribute('aria-valuemin'), handle.getAttribute('aria-valuemax')]).toEqual([
      '0.001',
      '2000'
    ]);
    expect(handle.getAttribute('aria-label')).toBe('Separator, thickness');
    expect(handle.getAttribute('tabindex')).toBe('0');
  });

  it('selects the layer that is pressed', () => {
    open();
    click(find('.jb-Layer-positive'));
    expect(tab('positive').getAttribute('aria-selected')).toBe('true');
    expect(input('positive.thickness').value).toBe('75.6');
  });

  it('stays up when a document has no thickness to draw', () => {
    open(withValue(CHEN, ['negative', 'thickness'], 'thick'));
    expect(page.textContent).toContain('as soon as every layer has a thickness');
    expect(input('negative.thickness').value).toBe('thick');
    type('negative.thickness', '80');
    expect(at('negative.thickness')).toBe(80e-6);
    expect(slider('negative')).toBeTruthy();
  });
});

describe('a document with parts that the designer does not show', () => {
  const layers = [
    { share: 0.5, porosity: 0.3, active_fraction: 0.65 },
    { share: 0.5, particle_radius: 4e-6 }
  ];
  const document = [
    [['negative', 'layers'], layers],
    [['negative', 'mechanics'], { young_modulus: 1.5e10, poisson_ratio: 0.3 }],
    [['positive', 'double_layer_capacity'], 0.3]
  ].reduce<JsonObject>((here, [path, value]) => withValue(here, path as string[], value as Json), CHEN);

  it('has no faults and keeps all of them through edits, undo and redo', () => {
    open(document);
    const { thickness: _thickness, ...before } = valueAt(document, ['negative']) as JsonObject;
    type('negative.thickness', '90');
    expect(at('negative.thickness')).toBe(9e-5);
    const { thickness: _after, ...after } = valueAt(store.get(), ['negative']) as JsonObject;
    expect(after).toEqual(before);
    expect(at('negative.layers')).toEqual(layers);
    expect(at('negative.sei')).toEqual(valueAt(CHEN, ['negative', 'sei']));
    expect(at('thermal')).toEqual(valueAt(CHEN, ['thermal']));
    click(find('[aria-label^="Undo: "]'));
    expect(store.get()).toEqual(document);
  });

  it('shows every cell that comes with Joulebook without a fault', () => {
    for (const cell of Object.values(named) as unknown as JsonObject[]) {
      open(cell);
      expect(page.querySelector('.jb-Stack svg')).not.toBeNull();
      expect(page.querySelectorAll('[data-invalid=true]').length).toBe(0);
      expect(page.querySelector('.jb-Figures-row')).not.toBeNull();
      act(() => unmount());
    }
    open();
  });

  it('shows a material of one’s own as such and can go back to the library', () => {
    const graphite = {
      kind: 'joulebook.active_material',
      name: 'mine',
      polarity: 'negative',
      chemistry: 'carbon'
    };
    const document = { ...CHEN, materials: { mine: graphite } };
    open(withValue(document, ['negative', 'material'], 'own:mine'));
    click(tab('negative'));
    const choice = find<HTMLSelectElement>('[data-path="negative.material"] select');
    expect(choice.selectedOptions[0]?.textContent).toBe('own: mine');
    expect(find('[data-path="negative.material"]').dataset['invalid']).toBe('false');
    expect(find('.jb-Card').textContent).toContain('travels with this cell');
    act(() => {
      choice.value = 'LGM50 graphite-SiOx';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(at('negative.material')).toBe('LGM50 graphite-SiOx');
    expect(at('materials.mine.chemistry')).toBe('carbon');
  });

  it('names what it carries along without showing it', () => {
    open(document);
    expect(page.textContent).toContain('2 layers, film growth (SEI), mechanics');
    act(() => unmount());
    open(named.Chen2020_composite as unknown as JsonObject);
    expect(page.textContent).toContain('silicon (Ai 2022) as a further phase');
  });

  it('offers a foil and a housing where the document has none', () => {
    open(named.Prada2013 as unknown as JsonObject);
    click(tab('format'));
    expect(page.textContent).toContain('The housing is not given');
    const add = [...page.querySelectorAll('button')].find(item => item.textContent === 'Add a housing');
    click(add as Element);
    expect(at('format.shape')).toBe('pouch');
    click(tab('negative_collector'));
    click([...page.querySelectorAll('button')].find(item => item.textContent === 'Add a foil') as Element);
    expect(at('negative_collector.material')).toBe('copper');
  });
});

describe('the form', () => {
  it('takes a value with its unit and says that the source is gone', () => {
    open();
    expect(find('[data-path="negative.thickness"]').textContent).toContain('Chen2020');
    type('negative.thickness', '0.09 mm');
    expect(at('negative.thickness')).toBe(9e-5);
    expect(find('[data-path="negative.thickness"] .jb-Field-note').textContent).toBe('changed, was 85.2 µm');
    click(find('[aria-label="Reset Thickness to 85.2 µm"]'));
    expect(at('negative.thickness')).toBe(85.2e-6);
    expect(find('[data-path="negative.thickness"]').textContent).toContain('Chen2020');
  });

  it('keeps what cannot be taken, marks it and says what is allowed', () => {
    open();
    type('negative.thickness', '-5');
    const field = input('negative.thickness');
    expect(store.get()).toBe(CHEN);
    expect(field.value).toBe('-5');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const note = document.getElementById(field.getAttribute('aria-describedby') ?? '');
    expect(note?.textContent).toContain('Must be at least 0.001 and at most 2000 µm');
    expect(note?.textContent).toContain('the design still has 85.2 µm');
    click(tab('positive'));
    expect(find('.jb-FaultList').textContent).toContain('“-5”');
    click(find('.jb-FaultList button'));
    expect(input('negative.thickness').value).toBe('-5');
    expect(document.activeElement).toBe(input('negative.thickness'));
    key(input('negative.thickness'), 'Escape');
    expect(input('negative.thickness').value).toBe('85.2');
    expect(page.querySelector('.jb-FaultList')).toBeNull();
  });

  it('warns while a person types, before anything is taken', () => {
    open();
    type('negative.porosity', '0.3', false);
    expect(find('[data-path="negative.porosity"] .jb-Field-note').textContent).toContain(
      'together at most 1'
    );
    expect(store.get()).toBe(CHEN);
  });

  it('does not round a value that is only looked at', () => {
    open(withValue(CHEN, ['negative', 'thickness'], 85.2000000000123e-6));
    type('negative.thickness', '85.2');
    act(() => input('negative.thickness').focus());
    act(() => input('negative.thickness').blur());
    expect(at('negative.thickness')).toBe(85.2000000000123e-6);
  });

  it('shows what others change while it has the focus, and does not change it back', () => {
    open();
    act(() => input('negative.thickness').focus());
    act(() => store.replace(withValue(store.get(), ['negative', 'thickness'], 9e-5)));
    expect(input('negative.thickness').value).toBe('90');
    act(() => input('negative.thickness').blur());
    expect(at('negative.thickness')).toBe(9e-5);
  });

  it('moves between parts with the arrow keys', () => {
    open();
    key(tab('negative'), 'ArrowRight');
    expect(document.activeElement).toBe(tab('separator'));
    expect(find('[role=tabpanel]').getAttribute('aria-labelledby')).toBe(tab('separator').id);
  });

  it('shows what the material brings where the cell has no value of its own', () => {
    open();
    expect(input('negative.diffusivity').placeholder).toBe('3.3e-14');
    type('negative.diffusivity', '4e-14');
    expect(at('negative.diffusivity')).toBe(4e-14);
    type('negative.diffusivity', '');
    expect(at('negative.diffusivity')).toBeUndefined();
  });

  it('changes the housing as a whole and keeps its mass', () => {
    open(withValue(CHEN, ['format', 'case_mass'], 0.012));
    click(tab('format'));
    const shape = find<HTMLSelectElement>('[data-path="format.shape"] select');
    act(() => {
      shape.value = 'pouch';
      shape.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(at('format')).toEqual({ shape: 'pouch', width: 0.1, height: 0.1, depth: 0.006, case_mass: 0.012 });
    expect(valueAt(store.get(), ['sources', 'format.diameter'])).toBeUndefined();
    click(find('[aria-label="Undo: Housing, shape"]'));
    expect(at('format.shape')).toBe('cylindrical');
  });

  it('offers the published values of a material when they differ', () => {
    open();
    type('negative.conductivity', '100');
    const offer = [...page.querySelectorAll('button')].find(button =>
      /published value/.test(button.textContent ?? '')
    );
    click(offer as Element);
    expect(at('negative.conductivity')).toBe(215);
    expect(valueAt(store.get(), ['sources', 'negative.conductivity'])).toMatchObject({ ref: 'Chen2020' });
  });

  it('refuses everything when read only', () => {
    open(CHEN, true);
    expect(page.textContent).toContain('read only');
    key(slider('negative'), 'ArrowRight');
    type('negative.thickness', '90');
    expect(store.get()).toBe(CHEN);
  });
});

describe('figures and preview', () => {
  it('follow the design', () => {
    open();
    const capacity = () => find('.jb-Figure dd').textContent;
    expect(capacity()).toBe('5\u202f153 mA h');
    click(tab('positive'));
    type('positive.thickness', '100');
    expect(capacity()).not.toBe('5\u202f153 mA h');
    expect(page.textContent).toContain('lithium may plate');
  });

  it('say plainly that there is no kernel', () => {
    open();
    expect(find('.jb-Discharge').textContent).toContain('No kernel is attached');
  });

  it('show what the kernel says instead of a curve', async () => {
    vi.useFakeTimers();
    open(CHEN, false, { request: () => Promise.reject(new Error('The kernel has died')) });
    await act(async () => vi.advanceTimersByTimeAsync(1000));
    expect(find('.jb-Discharge-status').textContent).toContain('The kernel has died');
    vi.useRealTimers();
  });

  it('draw labelled curves', async () => {
    vi.useFakeTimers();
    const request: PreviewService['request'] = ({ rates }) =>
      Promise.resolve(
        rates.map(rate => ({
          rate,
          time: [0, 3600],
          capacity: [0, 5],
          voltage: [4, 2.5],
          endReason: 'voltage fell'
        }))
      );
    open(CHEN, false, { request });
    await act(async () => vi.advanceTimersByTimeAsync(1000));
    expect(page.querySelectorAll('.jb-Discharge .jb-Chart-curve')).toHaveLength(3);
    expect(find('.jb-Discharge').textContent).toContain('Discharged capacity (A h)');
    expect(find('.jb-Discharge').textContent).toContain('Voltage (V)');
    click(
      [...page.querySelectorAll('.jb-Toggle button')].find(button => button.textContent === 'time') as Element
    );
    expect(find('.jb-Discharge').textContent).toContain('Time (h)');
    vi.useRealTimers();
  });
});

describe('the toolbar', () => {
  it('copies Python', async () => {
    open();
    await act(async () => find('[title="The Python that makes this design"]').click());
    expect(write).toHaveBeenCalledWith(
      'import joulebook as jb\n\ncell = jb.battery.Cell.named("Chen2020")\n'
    );
    expect(page.textContent).toContain('Copied');
  });

  it('shows the Python where the browser does not let it copy', async () => {
    write.mockRejectedValue(new Error('denied'));
    open();
    await act(async () => find('[title="The Python that makes this design"]').click());
    expect(find<HTMLTextAreaElement>('.jb-Code textarea').value).toContain('Cell.named("Chen2020")');
  });
});
