import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DRAWING } from '../../testing/protection';
import { mount } from './mount';
import type { ProtectionState, ProtectionStore } from './store';

const STATE: ProtectionState = {
  drawing: DRAWING,
  findings: [
    { title: 'R2 – R1', ok: true, text: '0.1 s to spare' },
    { title: 'R3 – R2', ok: false, text: 'R2 is 0.2 s too early' }
  ],
  readOnly: false,
  canUndo: true,
  canRedo: false,
  message: ''
};

let page: HTMLElement;
let unmount: () => void;
let state: ProtectionState;
let tell: () => void;
const store = {
  get: () => state,
  subscribe: (listener: () => void) => {
    tell = listener;
    return () => {};
  },
  drag: vi.fn(),
  release: vi.fn(),
  undo: vi.fn(),
  redo: vi.fn()
} satisfies ProtectionStore;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  [store.drag, store.release, store.undo, store.redo].forEach(f => f.mockReset());
  state = STATE;
  page = document.createElement('div');
  document.body.append(page);
  act(() => {
    unmount = mount(page, store, 'light');
  });
});

afterEach(() => {
  act(() => unmount());
  page.remove();
  vi.unstubAllGlobals();
});

const handle = (path: string) => page.querySelector<SVGGElement>(`[data-handle="R1/${path}"]`) as SVGGElement;

function pointer(element: Element, type: string, x: number, y: number): void {
  act(() => {
    element.dispatchEvent(
      new MouseEvent(type, { bubbles: true, cancelable: true, button: 0, clientX: x, clientY: y })
    );
  });
}

function key(element: Element, name: string, held: KeyboardEventInit = {}): void {
  act(() => {
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...held })
    );
  });
}

describe('the protection designer', () => {
  it('draws every curve, mark, handle and finding', () => {
    expect(page.querySelectorAll('[data-trace]')).toHaveLength(2);
    expect(page.querySelectorAll('.jb-Protection-marks text')).toHaveLength(3);
    expect(page.querySelectorAll('[role=slider]')).toHaveLength(2);
    expect(page.querySelector('.jb-mod-bad')?.textContent).toContain('R2 is 0.2 s too early');
    expect(page.querySelector('.jb-Protection-legend')?.textContent).toContain('near, 5 kA');
  });

  it('moves a setting of current across, and never up', () => {
    const grip = handle('stages.0.pickup');
    pointer(grip, 'pointerdown', 100, 100);
    pointer(grip, 'pointermove', 140, 60);
    expect(store.drag).toHaveBeenCalledTimes(1);
    const [device, path, current, time] = store.drag.mock.calls[0] as [string, string, number, number];
    expect([device, path, time]).toEqual(['R1', 'stages.0.pickup', 20]);
    expect(current).toBeGreaterThan(200);
    pointer(grip, 'pointerup', 140, 60);
    expect(store.release).toHaveBeenCalledTimes(1);
    pointer(grip, 'pointermove', 180, 60);
    expect(store.drag).toHaveBeenCalledTimes(1);
  });

  it('moves a time up, with keys as well', () => {
    const grip = handle('stages.0.multiplier');
    key(grip, 'ArrowUp');
    expect(store.drag).toHaveBeenLastCalledWith('R1', 'stages.0.multiplier', 1000, 1.5 * 1.01);
    key(grip, 'ArrowDown', { shiftKey: true });
    expect(store.drag.mock.calls[1]?.[3]).toBeCloseTo(1.5 * 1.01 ** -10);
    key(grip, 'Enter');
    expect(store.drag).toHaveBeenCalledTimes(2);
  });

  it('undoes by key and by button', () => {
    key(handle('stages.0.pickup'), 'z', { ctrlKey: true });
    expect(store.undo).toHaveBeenCalledTimes(1);
    const [undo, redo] = [...page.querySelectorAll<HTMLButtonElement>('.jb-Protection-head button')];
    act(() => undo?.click());
    expect(store.undo).toHaveBeenCalledTimes(2);
    expect(redo?.disabled).toBe(true);
  });

  it('hides a curve and its handles', () => {
    act(() => page.querySelector<HTMLButtonElement>('.jb-Protection-legend button')?.click());
    expect(page.querySelectorAll('[data-trace]')).toHaveLength(1);
    expect(page.querySelectorAll('[role=slider]')).toHaveLength(0);
  });

  it('follows the kernel and says why a setting did not move', () => {
    state = {
      ...STATE,
      message: 'pickup = 0 A: must be more than 0',
      drawing: { ...DRAWING, name: 'Other' }
    };
    act(() => tell());
    expect(page.querySelector('strong')?.textContent).toBe('Other');
    expect(page.querySelector('[role=status]')?.textContent).toContain('must be more than 0');
  });

  it('lets nothing be changed where it is read only', () => {
    state = { ...STATE, readOnly: true };
    act(() => tell());
    const grip = handle('stages.0.pickup');
    pointer(grip, 'pointerdown', 100, 100);
    pointer(grip, 'pointermove', 140, 60);
    key(grip, 'ArrowUp');
    key(grip, 'z', { ctrlKey: true });
    expect(store.drag).not.toHaveBeenCalled();
    expect(store.undo).not.toHaveBeenCalled();
    expect(page.textContent).toContain('read only');
  });
});
