import { describe, expect, it, vi } from 'vitest';
import { set } from '../../core/operations';
import { CHEN } from '../../testing/corpus';
import widget from './cell_designer';
import type { WidgetModel } from './model';
import { ModelPreview, ModelStore, PATIENCE } from './model';

type Listener = (...args: unknown[]) => void;

/** The model as anywidget gives it, with a kernel side that can be spoken for. */
class StubModel {
  readonly sent: Record<string, unknown>[] = [];
  saved = 0;
  private listeners = new Map<string, Set<Listener>>();
  private state: Record<string, unknown> = { doc: CHEN, read_only: false, theme: 'light' };

  get(name: string): unknown {
    return this.state[name];
  }

  set(name: string, value: unknown): void {
    this.state[name] = value;
    this.tell(`change:${name}`);
  }

  save_changes(): void {
    this.saved++;
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: Listener): void {
    this.listeners.get(event)?.delete(listener);
  }

  send(content: unknown): void {
    this.sent.push(content as Record<string, unknown>);
  }

  tell(event: string, ...args: unknown[]): void {
    [...(this.listeners.get(event) ?? [])].forEach(listener => listener(...args));
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

function stub(): StubModel & WidgetModel {
  return new StubModel() as StubModel & WidgetModel;
}

const REQUEST = { document: CHEN, rates: [1, 2], model: 'SPM' as const };
const control = () => ({ signal: new AbortController().signal, onProgress: vi.fn() });

describe('the widget as a store', () => {
  it('reads, writes and tells', () => {
    const model = stub();
    const store = new ModelStore(model);
    const told = vi.fn();
    const stop = store.subscribe(told);
    store.apply([set(['temperature'], 310)]);
    expect(store.get()['temperature']).toBe(310);
    expect([model.saved, told.mock.calls.length]).toEqual([1, 1]);
    model.set('read_only', true);
    expect(store.readOnly).toBe(true);
    stop();
    expect(model.listening).toBe(0);
  });
});

describe('the widget as a way to the kernel', () => {
  it('gives curves in the order of the rates, with the reason where there is none', async () => {
    const model = stub();
    const asked = control();
    const curves = new ModelPreview(model).request(REQUEST, asked);
    const id = model.sent[0]?.['id'];
    model.tell('msg:custom', { kind: 'preview-progress', id, done: 1, total: 2 });
    model.tell('msg:custom', { kind: 'preview-answer', id: 'of another view', answer: null });
    const solved = {
      rate: 2,
      time_s: [0],
      capacity_Ah: [0],
      voltage_V: [4],
      end_reason: 'voltage fell to 2.5 V'
    };
    const answer = { curves: [solved], errors: [{ rate: 1, message: 'step too small' }] };
    model.tell('msg:custom', { kind: 'preview-answer', id, answer });
    expect(await curves).toMatchObject([
      { rate: 1, error: 'step too small' },
      { rate: 2, voltage: [4] }
    ]);
    expect(asked.onProgress).toHaveBeenCalledWith(1, 2);
    expect(model.sent[0]).toMatchObject({ kind: 'preview', ...REQUEST });
    expect(model.listening).toBe(0);
  });

  it('fails with the text of the kernel', async () => {
    const model = stub();
    const curves = new ModelPreview(model).request(REQUEST, control());
    const answer = {
      curves: [],
      errors: [{ rate: null, message: 'temperature = -1 K: must be more than 0' }]
    };
    model.tell('msg:custom', { kind: 'preview-answer', id: model.sent[0]?.['id'], answer });
    await expect(curves).rejects.toThrow('temperature = -1 K');
  });

  it('stops listening when it is cancelled', async () => {
    const model = stub();
    const own = new AbortController();
    const curves = new ModelPreview(model).request(REQUEST, { ...control(), signal: own.signal });
    own.abort();
    await expect(curves).rejects.toThrow('Cancelled');
    expect(model.listening).toBe(0);
  });

  it('says so when the kernel is silent', async () => {
    vi.useFakeTimers();
    const curves = new ModelPreview(stub()).request(REQUEST, control());
    const failed = expect(curves).rejects.toThrow(/does not answer/);
    await vi.advanceTimersByTimeAsync(PATIENCE);
    await failed;
    vi.useRealTimers();
  });
});

describe('the widget on a page', () => {
  it('draws, follows its theme and cleans up', async () => {
    const model = stub();
    const el = document.createElement('div');
    document.body.append(el);
    const clean = widget.render({ model, el });
    await vi.waitFor(() => expect(el.querySelector('.jb-Cell')?.getAttribute('data-theme')).toBe('light'));
    model.set('theme', 'dark');
    await vi.waitFor(() => expect(el.querySelector('.jb-Cell')?.getAttribute('data-theme')).toBe('dark'));
    expect(el.querySelectorAll('.jb-Cell')).toHaveLength(1);
    clean();
    expect(el.querySelector('.jb-Cell')).toBeNull();
    expect(model.listening).toBe(0);
  });
});
