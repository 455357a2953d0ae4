/** The widget's model as the store of the protection designer. */

import type { Drawing, Finding } from '../../designers/protection/drawing';
import type { ProtectionState, ProtectionStore } from '../../designers/protection/store';
import type { WidgetModel } from './model';

/** ms without a word from the kernel until the next drag is sent all the same */
export const PATIENCE = 5_000;

const TRAITS = ['drawing', 'findings', 'steps', 'read_only'];

interface Drag {
  readonly device: string;
  readonly path: string;
  readonly current: number;
  readonly time: number;
}

interface Reply {
  readonly kind: string;
  readonly id: string;
  readonly error: string;
}

/** One drag is under way at a time; of those that come meanwhile only the last is sent. */
export class ModelProtectionStore implements ProtectionStore {
  private readonly listeners = new Set<() => void>();
  private readonly owner = Math.random().toString(36).slice(2);
  private state: ProtectionState;
  private count = 0;
  private pending: string | null = null;
  private next: Drag | null = null;
  private moved = false;
  private released = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly model: WidgetModel) {
    this.state = this.read('');
    TRAITS.forEach(name => model.on(`change:${name}`, this.renew));
    model.on('msg:custom', this.listen);
  }

  get(): ProtectionState {
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  drag(device: string, path: string, current: number, time: number): void {
    this.moved = true;
    this.released = false;
    this.next = { device, path, current, time };
    if (this.pending === null) {
      this.send();
    }
  }

  release(): void {
    if (!this.moved) {
      return;
    }
    this.released = true;
    if (this.pending === null) {
      this.finish();
    }
  }

  undo(): void {
    this.model.send({ kind: 'undo' });
  }

  redo(): void {
    this.model.send({ kind: 'redo' });
  }

  dispose(): void {
    clearTimeout(this.timer);
    TRAITS.forEach(name => this.model.off(`change:${name}`, this.renew));
    this.model.off('msg:custom', this.listen);
  }

  private send(): void {
    if (!this.next) {
      return;
    }
    this.pending = `${this.owner}-${++this.count}`;
    this.model.send({ kind: 'drag', id: this.pending, ...this.next });
    this.next = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.answered('The kernel does not answer: it is busy, or stopped'),
      PATIENCE
    );
  }

  private finish(): void {
    this.moved = false;
    this.released = false;
    this.model.send({ kind: 'release' });
  }

  private answered(error: string): void {
    clearTimeout(this.timer);
    this.pending = null;
    this.put(this.read(error));
    if (this.next) {
      this.send();
    } else if (this.released) {
      this.finish();
    }
  }

  private readonly listen = (reply: Reply) => {
    if (reply.kind === 'drag-answer' && reply.id === this.pending) {
      this.answered(reply.error);
    }
  };

  private readonly renew = () => this.put(this.read(this.state.message));

  private put(state: ProtectionState): void {
    this.state = state;
    [...this.listeners].forEach(listener => listener());
  }

  private read(message: string): ProtectionState {
    const [canUndo = false, canRedo = false] = this.model.get('steps') as boolean[];
    return {
      drawing: this.model.get('drawing') as Drawing,
      findings: this.model.get('findings') as Finding[],
      readOnly: this.model.get('read_only') === true,
      canUndo,
      canRedo,
      message
    };
  }
}
