/** The widget's model as a store of the design and as a way to the kernel. */

import type { JsonObject } from '../../core/document';
import type { Operation } from '../../core/operations';
import { applyOperations } from '../../core/operations';
import type { PreviewControl, PreviewCurve, PreviewRequest, PreviewService } from '../../core/services';
import type { DesignStore } from '../../core/store';
import type { Answer } from '../answer';
import { curvesOf } from '../answer';

/** What is used of the model that anywidget hands to a widget. */
export interface WidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: (...args: never[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
  send(content: unknown): void;
}

/** The trait `doc` as a store. */
export class ModelStore implements DesignStore {
  constructor(private readonly model: WidgetModel) {}

  get(): JsonObject {
    return this.model.get('doc') as JsonObject;
  }

  get readOnly(): boolean {
    return this.model.get('read_only') === true;
  }

  apply(operations: readonly Operation[]): void {
    this.model.set('doc', applyOperations(this.get(), operations).document);
    this.model.save_changes();
  }

  subscribe(listener: () => void): () => void {
    this.model.on('change:doc', listener);
    this.model.on('change:read_only', listener);
    return () => {
      this.model.off('change:doc', listener);
      this.model.off('change:read_only', listener);
    };
  }
}

/** ms without a word from the kernel until the view says so */
export const PATIENCE = 60_000;

type Reply<A> =
  | { readonly kind: 'preview-progress'; readonly id: string; readonly done: number; readonly total: number }
  | { readonly kind: 'preview-answer'; readonly id: string; readonly answer: A };

let count = 0;
/** Two views of one widget share its messages. */
const owner = Math.random().toString(36).slice(2);

interface Asking {
  readonly signal: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/** Ask the widget's Python side, by custom messages; each request has an id that its replies carry. */
export function ask<A>(model: WidgetModel, request: object, control: Asking): Promise<A> {
  const id = `${owner}-${++count}`;
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      model.off('msg:custom', listen);
      control.signal.removeEventListener('abort', abort);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        end();
        reject(
          new Error(
            'The kernel does not answer: it is busy with another cell, or stopped. Run this cell again'
          )
        );
      }, PATIENCE);
    };
    const listen = (reply: Reply<A>) => {
      if (reply.id !== id) {
        return;
      }
      if (reply.kind === 'preview-progress') {
        control.onProgress?.(reply.done, reply.total);
        wait();
        return;
      }
      end();
      resolve(reply.answer);
    };
    const abort = () => {
      end();
      reject(new Error('Cancelled'));
    };
    model.on('msg:custom', listen);
    control.signal.addEventListener('abort', abort);
    wait();
    model.send({ kind: 'preview', id, ...request });
  });
}

/** Discharge curves by the kernel of a widget. */
export class ModelPreview implements PreviewService {
  constructor(private readonly model: WidgetModel) {}

  async request(request: PreviewRequest, control: PreviewControl): Promise<readonly PreviewCurve[]> {
    return curvesOf(request, await ask<Answer>(this.model, request, control));
  }
}
