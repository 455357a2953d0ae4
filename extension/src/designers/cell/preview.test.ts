import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Json, JsonObject } from '../../core/document';
import type { PreviewControl, PreviewCurve, PreviewRequest, PreviewService } from '../../core/services';
import { PAUSE, PreviewController } from './preview';
import { parseRate, withRate } from './rates';

interface Call {
  readonly request: PreviewRequest;
  readonly control: PreviewControl;
  answer(curves: readonly PreviewCurve[]): void;
  fail(message: string): void;
}

class Kernel implements PreviewService {
  readonly calls: Call[] = [];
  private ready = () => {};

  request(request: PreviewRequest, control: PreviewControl): Promise<readonly PreviewCurve[]> {
    return new Promise((resolve, reject) => {
      this.calls.push({ request, control, answer: resolve, fail: message => reject(new Error(message)) });
    });
  }

  onReady(listener: () => void): () => void {
    this.ready = listener;
    return () => {
      this.ready = () => {};
    };
  }

  start(): void {
    this.ready();
  }
}

const design = (values: Record<string, Json> = {}): JsonObject => ({ name: 'a', thickness: 1, ...values });
const curve = (rate: number): PreviewCurve => ({
  rate,
  time: [0, 1],
  capacity: [0, 1],
  voltage: [4, 3],
  endReason: ''
});

let kernel: Kernel;
let controller: PreviewController;

beforeEach(() => {
  vi.useFakeTimers();
  kernel = new Kernel();
  controller = new PreviewController(kernel);
  controller.start();
});

afterEach(() => vi.useRealTimers());

const show = (document: JsonObject | null, rates: readonly number[] = [1]) =>
  controller.update({ document, rates, model: 'SPM' });

describe('the discharge preview', () => {
  it('waits for a pause in the edits and asks once', async () => {
    [1, 2, 3].forEach(thickness => show(design({ thickness })));
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(kernel.calls.map(call => call.request.document['thickness'])).toEqual([3]);
    kernel.calls[0]?.control.onProgress(1, 2);
    expect(controller.getState()).toMatchObject({ phase: 'solving', done: 1, total: 2 });
    kernel.calls[0]?.answer([curve(1)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(controller.getState()).toMatchObject({ phase: 'done', stale: false, curves: [curve(1)] });
  });

  it('drops the answer to a design that is no longer shown', async () => {
    show(design());
    await vi.advanceTimersByTimeAsync(PAUSE);
    show(design({ thickness: 2 }));
    expect(kernel.calls[0]?.control.signal.aborted).toBe(true);
    kernel.calls[0]?.answer([curve(9)]);
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(controller.getState()).toMatchObject({ phase: 'solving', curves: [] });
    kernel.calls[1]?.answer([curve(2)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(controller.getState().curves).toEqual([curve(2)]);
  });

  it('does not ask again for a new name or another source', async () => {
    show(design());
    await vi.advanceTimersByTimeAsync(PAUSE);
    kernel.calls[0]?.answer([]);
    await vi.advanceTimersByTimeAsync(0);
    show(design({ name: 'b', description: 'other', sources: {} }));
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(kernel.calls).toHaveLength(1);
  });

  it('keeps old curves, marked as such, while the design has faults', async () => {
    show(design());
    await vi.advanceTimersByTimeAsync(PAUSE);
    kernel.calls[0]?.answer([curve(1)]);
    await vi.advanceTimersByTimeAsync(0);
    show(null);
    expect(controller.getState()).toMatchObject({ phase: 'invalid', stale: true, curves: [curve(1)] });
  });

  it('says what the kernel says, and asks again when told to or when a kernel is ready', async () => {
    show(design());
    await vi.advanceTimersByTimeAsync(PAUSE);
    kernel.calls[0]?.fail('No kernel is running');
    await vi.advanceTimersByTimeAsync(0);
    expect(controller.getState()).toMatchObject({ phase: 'failed', message: 'No kernel is running' });
    kernel.start();
    expect(kernel.calls).toHaveLength(2);
    kernel.start();
    expect(kernel.calls).toHaveLength(2);
  });

  it('can be cancelled', async () => {
    show(design());
    await vi.advanceTimersByTimeAsync(PAUSE);
    controller.cancel();
    expect(kernel.calls[0]?.control.signal.aborted).toBe(true);
    expect(controller.getState().phase).toBe('cancelled');
    kernel.calls[0]?.fail('Cancelled');
    await vi.advanceTimersByTimeAsync(0);
    expect(controller.getState().phase).toBe('cancelled');
    controller.retry();
    expect(kernel.calls).toHaveLength(2);
  });

  it('asks nothing without a rate, and nothing without a kernel', async () => {
    show(design(), []);
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(kernel.calls).toHaveLength(0);
    const without = new PreviewController(null);
    without.update({ document: design(), rates: [1], model: 'SPM' });
    expect(without.getState().phase).toBe('absent');
  });
});

describe('C-rates', () => {
  it.each([
    ['0.5', 0.5],
    ['0.5C', 0.5],
    ['C/3', 0.333],
    [' 2 c ', 2],
    ['0,2', 0.2]
  ])('"%s" is %d', (text, rate) => expect(parseRate(text)).toBe(rate));

  it.each(['', 'fast', '0', '-1', '99', 'C/0'])('"%s" is refused', text => {
    expect(typeof parseRate(text)).toBe('string');
  });

  it('stay sorted, few and different', () => {
    expect(withRate([1, 2], 'C/2')).toEqual([0.5, 1, 2]);
    expect(withRate([1, 2], '1')).toMatch(/already/);
    expect(withRate([1, 2, 3, 4, 5, 6, 7, 8], '0.5')).toMatch(/At most 8/);
  });
});
