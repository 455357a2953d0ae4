/** Asks the kernel for discharge curves: waits for a pause in the edits, drops stale answers, can be cancelled. */

import type { JsonObject } from '../../core/document';
import type { PreviewCurve, PreviewModel, PreviewService } from '../../core/services';

export type PreviewPhase = 'absent' | 'invalid' | 'waiting' | 'solving' | 'done' | 'failed' | 'cancelled';

export interface PreviewState {
  readonly phase: PreviewPhase;
  /** The last curves; they belong to an older design while `stale`. */
  readonly curves: readonly PreviewCurve[];
  readonly stale: boolean;
  readonly done: number;
  readonly total: number;
  readonly message: string;
}

export interface PreviewInput {
  /** null while the design has faults. */
  readonly document: JsonObject | null;
  readonly rates: readonly number[];
  readonly model: PreviewModel;
}

/** Pause after the last edit, ms. */
export const PAUSE = 250;

const EMPTY = { curves: [], stale: false, done: 0, total: 0, message: '' };

export class PreviewController {
  private state: PreviewState;
  private listeners = new Set<() => void>();
  private key = '';
  private input: PreviewInput | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | null = null;

  constructor(private readonly service: PreviewService | null) {
    this.state = { ...EMPTY, phase: service ? 'waiting' : 'absent' };
  }

  /** Follow the kernel; the function that comes back ends everything. */
  start(): () => void {
    const stopListening = this.service?.onReady?.(() => {
      if (this.state.phase === 'failed') {
        this.retry();
      }
    });
    return () => {
      stopListening?.();
      this.stop();
      this.key = '';
      this.input = null;
    };
  }

  readonly getState = (): PreviewState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tell what is on the screen now; the same again changes nothing. */
  update(input: PreviewInput): void {
    if (!this.service) {
      return;
    }
    const key = input.document ? keyOf(input) : '';
    if (key === this.key && this.input !== null) {
      return;
    }
    this.key = key;
    this.input = input;
    this.stop();
    const stale = this.state.curves.length > 0;
    if (!input.document) {
      this.show({ phase: 'invalid', stale, message: '' });
      return;
    }
    if (input.rates.length === 0) {
      this.show({ ...EMPTY, phase: 'done' });
      return;
    }
    this.show({ phase: 'waiting', stale, message: '' });
    this.timer = setTimeout(() => void this.solve(), PAUSE);
  }

  /** Solve again what is on the screen, after a failure or a cancel. */
  retry(): void {
    this.stop();
    if (this.input?.document) {
      void this.solve();
    }
  }

  /** Solve again if the last try failed; the reason may be gone. */
  retryFailed(): void {
    if (this.state.phase === 'failed') {
      this.retry();
    }
  }

  cancel(): void {
    this.stop();
    this.show({ phase: 'cancelled', message: '' });
  }

  private async solve(): Promise<void> {
    const input = this.input;
    if (!this.service || !input?.document) {
      return;
    }
    const own = new AbortController();
    this.running = own;
    this.show({ phase: 'solving', done: 0, total: input.rates.length, message: '' });
    try {
      const curves = await this.service.request(
        { document: input.document, rates: input.rates, model: input.model },
        {
          signal: own.signal,
          onProgress: (done, total) => {
            if (this.running === own) {
              this.show({ done, total });
            }
          }
        }
      );
      if (this.running === own) {
        this.show({ phase: 'done', curves, stale: false });
      }
    } catch (error) {
      if (this.running === own) {
        this.show({
          phase: 'failed',
          stale: true,
          message: error instanceof Error ? error.message : String(error)
        });
      }
    } finally {
      if (this.running === own) {
        this.running = null;
      }
    }
  }

  private stop(): void {
    clearTimeout(this.timer);
    const running = this.running;
    this.running = null;
    running?.abort();
  }

  private show(part: Partial<PreviewState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach(listener => listener());
  }
}

/** What curves depend on: the values, not what the cell is called or where the values come from. */
function keyOf({ document, rates, model }: PreviewInput): string {
  const { name: _name, description: _description, sources: _sources, ...values } = document ?? {};
  return JSON.stringify([values, rates, model]);
}
