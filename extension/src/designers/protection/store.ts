/** What the view needs from its host: the drawing, and a way to move settings. */

import type { Drawing, Finding } from './drawing';

export interface ProtectionState {
  readonly drawing: Drawing;
  readonly findings: readonly Finding[];
  readonly readOnly: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Why the last drag did not move the setting; empty where it did. */
  readonly message: string;
}

export interface ProtectionStore {
  get(): ProtectionState;
  subscribe(listener: () => void): () => void;
  /** Move a handle; the state follows when the kernel has answered. */
  drag(device: string, path: string, current: number, time: number): void;
  /** The drag is over: it is one step of undo. */
  release(): void;
  undo(): void;
  redo(): void;
}
