import type { ISessionContext } from '@jupyterlab/apputils';
import { describe, expect, it, vi } from 'vitest';
import type { PreviewControl, PreviewRequest } from '../../core/services';
import { KernelPreview, MARK } from './kernel';

const REQUEST: PreviewRequest = { document: { name: 'a "quoted" µ\n\\ name' }, rates: [1, 2], model: 'SPM' };
const CURVE = { rate: 1, time_s: [0, 9], capacity_Ah: [0, 5], voltage_V: [4.1, 2.5], end_reason: 'voltage' };
const ANSWER = { curves: [CURVE], errors: [{ rate: 2, message: 'stopped at 3 V' }], seconds: 0.1 };

type Send = (text: string, name?: string) => void;
type Script = (send: Send, code: string) => Promise<object> | object;

/** A kernel at the level of its messages. */
class Kernel {
  status = 'idle';
  interrupts = 0;
  codes: string[] = [];

  constructor(private readonly script: Script) {}

  requestExecute({ code }: { code: string }): object {
    this.codes.push(code);
    const future = {
      onIOPub: (() => undefined) as (message: object) => void,
      done: Promise.resolve().then(async () => {
        future.onIOPub({ header: { msg_type: 'status' }, content: { execution_state: 'busy' } });
        const send: Send = (text, name = 'stdout') =>
          future.onIOPub({ header: { msg_type: 'stream' }, content: { name, text } });
        return { content: await this.script(send, code) };
      }),
      dispose: () => undefined
    };
    return future;
  }

  async interrupt(): Promise<void> {
    this.interrupts += 1;
  }
}

function session(
  kernel: Kernel | null,
  names = ['joulebook-cpu']
): ISessionContext & { changeKernel: ReturnType<typeof vi.fn> } {
  const here = {
    ready: Promise.resolve(),
    session: kernel && { kernel },
    specsManager: {
      ready: Promise.resolve(),
      specs: { default: 'python3', kernelspecs: Object.fromEntries(names.map(name => [name, {}])) }
    },
    changeKernel: vi.fn(async () => {
      here.session = { kernel: new Kernel(answering) };
    })
  };
  return here as never;
}

const answering: Script = send => {
  send(`${MARK}${JSON.stringify(ANSWER)}\n`);
  return { status: 'ok' };
};

function control(
  signal = new AbortController().signal
): PreviewControl & { onProgress: ReturnType<typeof vi.fn> } {
  return { signal, onProgress: vi.fn() };
}

const never = (): boolean => false;

describe('KernelPreview', () => {
  it('gives curves in the order of the rates, failures with their reason', async () => {
    const curves = await new KernelPreview(session(new Kernel(answering)), never).request(REQUEST, control());
    expect(curves).toEqual([
      { rate: 1, time: [0, 9], capacity: [0, 5], voltage: [4.1, 2.5], endReason: 'voltage' },
      { rate: 2, time: [], capacity: [], voltage: [], endReason: '', error: 'stopped at 3 V' }
    ]);
  });

  it('sends the document as a Python text literal', async () => {
    const kernel = new Kernel(answering);
    await new KernelPreview(session(kernel), never).request(REQUEST, control());
    const literal = /answer\((.*)\)$/s.exec(kernel.codes[0] ?? '')?.[1] ?? '';
    expect(JSON.parse(JSON.parse(literal) as string)).toEqual(REQUEST);
    expect(literal).not.toContain('\n');
  });

  it('puts pieces of output together and passes over what is not the answer', async () => {
    const kernel = new Kernel(send => {
      const line = `${MARK}${JSON.stringify(ANSWER)}\n`;
      send('a warning\n', 'stderr');
      send(`hello\n${MARK}{"done": 1, "to`);
      send(`tal": 2}\n${line.slice(0, 30)}`);
      send(line.slice(30));
      return { status: 'ok' };
    });
    const watch = control();
    expect(await new KernelPreview(session(kernel), never).request(REQUEST, watch)).toHaveLength(2);
    expect(watch.onProgress.mock.calls).toEqual([[1, 2]]);
  });

  it.each([
    [
      { status: 'error', ename: 'ModuleNotFoundError', evalue: "No module named 'joulebook_lab'" },
      /no Joulebook/
    ],
    [{ status: 'error', ename: 'KeyboardInterrupt', evalue: '' }, /interrupted/],
    [{ status: 'error', ename: 'MemoryError', evalue: '' }, /The solve failed: MemoryError/],
    [{ status: 'ok' }, /without an answer/]
  ])('explains %j', async (reply, words) => {
    const preview = new KernelPreview(session(new Kernel(() => reply)), never);
    await expect(preview.request(REQUEST, control())).rejects.toThrow(words);
  });

  it('explains a kernel that was stopped, one that is dead, and none', async () => {
    const stopped = new Kernel(() =>
      Promise.reject(new Error('Canceled future for execute_request message'))
    );
    await expect(new KernelPreview(session(stopped), never).request(REQUEST, control())).rejects.toThrow(
      /stopped or restarted/
    );
    const dead = new Kernel(answering);
    dead.status = 'dead';
    await expect(new KernelPreview(session(dead), never).request(REQUEST, control())).rejects.toThrow(
      /has died/
    );
    await expect(new KernelPreview(session(null), never).request(REQUEST, control())).rejects.toThrow(
      /Start kernel/
    );
  });

  it('starts the kernel where it may: Joulebook first, else the default', async () => {
    const ours = session(null);
    await new KernelPreview(ours, () => true).request(REQUEST, control());
    expect(ours.changeKernel).toHaveBeenCalledWith({ name: 'joulebook-cpu' });
    const other = session(null, ['python3']);
    await new KernelPreview(other, () => true).request(REQUEST, control());
    expect(other.changeKernel).toHaveBeenCalledWith({ name: 'python3' });
  });

  it('interrupts an aborted request that runs, and runs the next one after it', async () => {
    const abort = new AbortController();
    const kernel = new Kernel((send, code) => {
      if (kernel.codes.length === 1) {
        abort.abort();
        return { status: 'error', ename: 'KeyboardInterrupt', evalue: '' };
      }
      return answering(send, code);
    });
    const preview = new KernelPreview(session(kernel), never);
    const first = preview.request(REQUEST, control(abort.signal));
    const second = preview.request(REQUEST, control());
    await expect(first).rejects.toThrow(/interrupted/);
    expect(await second).toHaveLength(2);
    expect(kernel.interrupts).toBe(1);
  });

  it('does not send a request that was aborted while it waited', async () => {
    const abort = new AbortController();
    const kernel = new Kernel(answering);
    abort.abort();
    await expect(
      new KernelPreview(session(kernel), never).request(REQUEST, control(abort.signal))
    ).rejects.toThrow(/Cancelled/);
    expect(kernel.codes).toEqual([]);
  });
});
