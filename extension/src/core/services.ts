/** What a view may ask of its host besides the document. */

import type { JsonObject } from './document';
import type { DesignStore } from './store';

export type PreviewModel = 'SPM' | 'SPMe' | 'DFN';

export interface PreviewRequest {
  /** The design to solve; valid when it is sent. */
  readonly document: JsonObject;
  /** C-rates, in the order in which curves are wanted. */
  readonly rates: readonly number[];
  readonly model: PreviewModel;
  /** Whether the document is one that is tried and not the design; hosts keep no record of its curves. */
  readonly trial?: true;
}

/** One discharge. `error` is set instead of the arrays where the solve failed. */
export interface PreviewCurve {
  readonly rate: number;
  /** s */
  readonly time: readonly number[];
  /** A h */
  readonly capacity: readonly number[];
  /** V */
  readonly voltage: readonly number[];
  /** Why the discharge ended, in words. */
  readonly endReason: string;
  /** A message for the reader; the arrays are empty then. */
  readonly error?: string;
}

export interface PreviewControl {
  /** Aborted when the answer is no longer wanted: the design changed, or the reader pressed Cancel. */
  readonly signal: AbortSignal;
  /** Curves solved so far, for the progress line. */
  onProgress(done: number, total: number): void;
}

/**
 * Discharge curves from a kernel. Rejects with an Error whose message can be shown as it is;
 * a rejection after `signal` was aborted is ignored. Views debounce and drop stale answers themselves.
 */
export interface PreviewService {
  request(request: PreviewRequest, control: PreviewControl): Promise<readonly PreviewCurve[]>;
  /** Be told when a request that failed is worth another try, for instance because a kernel was started. */
  onReady?(listener: () => void): () => void;
}

/** What the discharge preview shows when a designer opens. */
export interface PreviewStart {
  readonly rates: readonly number[];
  readonly model: PreviewModel;
  readonly axis: 'capacity' | 'time';
}

/** Puts text on the clipboard; rejects where the browser does not allow it. */
export interface ClipboardService {
  write(text: string): Promise<void>;
}

/** `auto` follows the page: JupyterLab's theme where there is one, else the system's setting. */
export type Theme = 'light' | 'dark' | 'auto';

export interface DesignerOptions {
  readonly store: DesignStore;
  /** null: no kernel is attached; the view says so and works without. */
  readonly preview: PreviewService | null;
  readonly clipboard: ClipboardService;
  readonly theme: Theme;
  /** Left out where the host has no settings of its own. */
  readonly start?: PreviewStart;
}
