/**
 * Answers from the kernel of a document.
 *
 * Requests run one after another as silent executions of `answer` in a module of `joulebook_lab`, which prints marked
 * lines of JSON. An aborted request that runs already is interrupted.
 */

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { JsonObject } from '../../core/document';
import type { PreviewControl, PreviewCurve, PreviewRequest, PreviewService } from '../../core/services';
import type { FaultAnswer, FaultRequest, PowerFlowAnswer, StudyService } from '../../designers/circuit';
import type { Answer } from '../answer';
import { curvesOf } from '../answer';
import { KERNEL } from './names';

/** As `joulebook_lab.preview.MARK`. */
export const MARK = 'joulebook-preview:';

/** Asks the kernel of a document; requests run one after another. */
export class KernelCaller {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly session: ISessionContext,
    /** Whether a request may start the kernel. */
    private readonly mayStart: () => boolean,
    /** Module of `joulebook_lab` that answers. */
    private readonly module: string,
    /** What a person sees of the answers. */
    private readonly what: string
  ) {}

  /** The objects that the answer prints. */
  ask(request: object, control: Asking): Promise<readonly object[]> {
    const turn = this.last.then(() => this.solve(request, control));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  onReady(listener: () => void): () => void {
    const changed = (): void => {
      if (this.session.session?.kernel) {
        listener();
      }
    };
    this.session.kernelChanged.connect(changed);
    return () => this.session.kernelChanged.disconnect(changed);
  }

  private async solve(request: object, control: Asking): Promise<readonly object[]> {
    if (control.signal.aborted) {
      throw new Error('Cancelled');
    }
    return run(await this.kernel(), requestCode(this.module, request), control);
  }

  private async kernel(): Promise<Kernel.IKernelConnection> {
    await this.session.ready;
    if (!this.session.session?.kernel) {
      if (!this.mayStart()) {
        throw new Error(`No kernel is running. Press “Start kernel” in the toolbar to see ${this.what}`);
      }
      await startKernel(this.session);
    }
    const kernel = this.session.session?.kernel;
    if (!kernel) {
      throw new Error(
        'The kernel did not start. Check “Kernels” in the side bar, or start it again in the toolbar'
      );
    }
    if (kernel.status === 'dead') {
      throw new Error('The kernel has died. Restart it with the button in the toolbar');
    }
    return kernel;
  }
}

interface Asking {
  readonly signal: AbortSignal;
  onProgress?(done: number, total: number): void;
}

const NO_ANSWER = 'The kernel ended the solve without an answer. Restart it with the button in the toolbar';

export class KernelPreview implements PreviewService {
  private readonly caller: KernelCaller;

  constructor(session: ISessionContext, mayStart: () => boolean) {
    this.caller = new KernelCaller(session, mayStart, 'preview', 'discharge curves');
  }

  async request(request: PreviewRequest, control: PreviewControl): Promise<readonly PreviewCurve[]> {
    const lines = await this.caller.ask(request, control);
    const answer = lines.find((line): line is Answer => 'curves' in line);
    if (answer === undefined) {
      throw new Error(NO_ANSWER);
    }
    return curvesOf(request, answer);
  }

  onReady(listener: () => void): () => void {
    return this.caller.onReady(listener);
  }
}

/** Power flows and faults from the kernel of a document. */
export class KernelStudies implements StudyService {
  private readonly caller: KernelCaller;

  constructor(session: ISessionContext, mayStart: () => boolean) {
    this.caller = new KernelCaller(session, mayStart, 'circuit_studies', 'voltages and flows');
  }

  powerFlow(document: JsonObject, signal: AbortSignal): Promise<PowerFlowAnswer> {
    return this.study({ study: 'power_flow', document }, signal);
  }

  shortCircuit(document: JsonObject, request: FaultRequest, signal: AbortSignal): Promise<FaultAnswer> {
    return this.study({ study: 'short_circuit', document, ...request }, signal);
  }

  private async study<A>(request: object, signal: AbortSignal): Promise<A> {
    const lines = await this.caller.ask(request, { signal });
    const found = lines.find((line): line is { answer: A } => 'answer' in line);
    if (found === undefined) {
      throw new Error(NO_ANSWER);
    }
    return found.answer;
  }
}

/** Start Joulebook's kernel for a session, or the default one where that is not installed. */
export async function startKernel(session: ISessionContext): Promise<void> {
  await session.specsManager.ready;
  const known = session.specsManager.specs;
  const name = known?.kernelspecs[KERNEL] ? KERNEL : known?.default;
  if (name === undefined) {
    throw new Error('No kernel is installed. Install one: joulebook kernels install');
  }
  await session.changeKernel({ name });
}

function requestCode(module: string, request: object): string {
  // JSON text spelled as a JSON string is a Python string too
  const spelled = JSON.stringify(JSON.stringify(request));
  return `__import__("joulebook_lab.${module}", fromlist=["answer"]).answer(${spelled})`;
}

async function run(kernel: Kernel.IKernelConnection, code: string, control: Asking): Promise<object[]> {
  const future = kernel.requestExecute({ code, silent: true, store_history: false, allow_stdin: false });
  const lines: object[] = [];
  let rest = '';
  let busy = false;
  future.onIOPub = message => {
    busy ||= isBusy(message);
    if (message.header.msg_type !== 'stream' || (message.content as { name: string }).name !== 'stdout') {
      return;
    }
    const pieces = (rest + (message.content as { text: string }).text).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces.filter(line => line.startsWith(MARK))) {
      const said = JSON.parse(piece.slice(MARK.length)) as { done?: number; total?: number };
      lines.push(said);
      if (said.done !== undefined && said.total !== undefined && !control.signal.aborted) {
        control.onProgress?.(said.done, said.total);
      }
    }
  };
  const stop = (): void => {
    if (busy) {
      void kernel.interrupt().catch(() => undefined);
    }
  };
  control.signal.addEventListener('abort', stop);
  try {
    const reply = (await future.done) as KernelMessage.IExecuteReplyMsg | undefined;
    if (reply?.content.status === 'error') {
      throw new Error(explain(reply.content.ename, reply.content.evalue));
    }
    return lines;
  } catch (error) {
    throw isCanceled(error)
      ? new Error(
          'The kernel was stopped or restarted while it solved. Change a value, or press “Solve again”'
        )
      : error;
  } finally {
    control.signal.removeEventListener('abort', stop);
    future.dispose();
  }
}

function isBusy(message: KernelMessage.IIOPubMessage): boolean {
  return (
    message.header.msg_type === 'status' &&
    (message.content as { execution_state: string }).execution_state === 'busy'
  );
}

function isCanceled(error: unknown): boolean {
  return error instanceof Error && /cancel/i.test(error.message) && !/^Cancelled$/.test(error.message);
}

function explain(name: string, value: string): string {
  switch (name) {
    case 'ModuleNotFoundError':
      return `This kernel has no Joulebook (${value}). Choose “Joulebook (CPU)” in the toolbar`;
    case 'KeyboardInterrupt':
      return 'The solve was interrupted';
    default:
      return `The solve failed: ${value || name}`;
  }
}
