import { afterEach, describe, expect, it, vi } from 'vitest';
import { DRAWING } from '../../testing/protection';
import type { WidgetModel } from './model';
import { ModelProtectionStore, PATIENCE } from './protection_model';

type Listener = (...args: unknown[]) => void;

class StubModel {
  readonly sent: Record<string, unknown>[] = [];
  private readonly listeners = new Map<string, Set<Listener>>();
  readonly state: Record<string, unknown> = {
    drawing: DRAWING,
    findings: [],
    steps: [false, false],
    read_only: false
  };

  get(name: string): unknown {
    return this.state[name];
  }

  set(): void {}

  save_changes(): void {}

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

  answer(error = ''): void {
    const last = [...this.sent].reverse().find(content => content.kind === 'drag');
    this.tell('msg:custom', { kind: 'drag-answer', id: last?.id, error });
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

function made(): { model: StubModel; store: ModelProtectionStore } {
  const model = new StubModel();
  return { model, store: new ModelProtectionStore(model as unknown as WidgetModel) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the store of the protection widget', () => {
  it('sends one drag at a time, and of those that wait only the last', () => {
    const { model, store } = made();
    [1, 2, 3].forEach(current => store.drag('R1', 'stages.0.pickup', current, 1));
    expect(model.sent.map(content => content.current)).toEqual([1]);
    model.answer();
    expect(model.sent.map(content => content.current)).toEqual([1, 3]);
    model.answer();
    expect(model.sent).toHaveLength(2);
  });

  it('ends the gesture when the last drag is answered', () => {
    const { model, store } = made();
    store.release();
    expect(model.sent).toEqual([]);
    store.drag('R1', 'stages.0.pickup', 1, 1);
    store.drag('R1', 'stages.0.pickup', 2, 1);
    store.release();
    model.answer();
    model.answer();
    expect(model.sent.map(content => content.kind)).toEqual(['drag', 'drag', 'release']);
  });

  it('tells what was refused, and what changed', () => {
    const { model, store } = made();
    const listener = vi.fn();
    store.subscribe(listener);
    store.drag('R1', 'stages.0.pickup', 1, 1);
    model.answer('pickup must be more than 0');
    expect(store.get().message).toBe('pickup must be more than 0');
    model.state.steps = [true, false];
    model.tell('change:steps');
    expect(store.get().canUndo).toBe(true);
    expect(listener).toHaveBeenCalledTimes(2);
    expect(store.get()).toBe(store.get());
  });

  it('does not wait for a dead kernel for ever', () => {
    vi.useFakeTimers();
    const { model, store } = made();
    store.drag('R1', 'stages.0.pickup', 1, 1);
    store.drag('R1', 'stages.0.pickup', 2, 1);
    vi.advanceTimersByTime(PATIENCE + 1);
    expect(model.sent.map(content => content.current)).toEqual([1, 2]);
    expect(store.get().message).toContain('does not answer');
  });

  it('passes undo and redo on, and lets go of the model', () => {
    const { model, store } = made();
    store.undo();
    store.redo();
    expect(model.sent.map(content => content.kind)).toEqual(['undo', 'redo']);
    store.dispose();
    expect(model.listening).toBe(0);
  });
});
