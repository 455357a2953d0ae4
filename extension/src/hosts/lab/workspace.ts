/** What the workspace holds, kept fresh while someone looks at it. */

import { Signal } from '@lumino/signaling';
import type { JoulebookServer, Starters, WorkspaceListing } from './server';

const SETTLE = 400; // ms between the last change of a file and the look
const BETWEEN_LOOKS = 30_000; // ms; finds what kernels and terminals write

export class WorkspaceModel {
  readonly changed = new Signal<this, void>(this);
  listing: WorkspaceListing | null = null;
  starters: Starters = { cells: [], tutorials: [] };
  error = '';

  private watchers = 0;
  private soon: ReturnType<typeof setTimeout> | null = null;
  private regular: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly server: JoulebookServer) {}

  /** Look now. */
  async refresh(): Promise<void> {
    try {
      this.listing = await this.server.workspace();
      this.error = '';
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed.emit();
  }

  async loadStarters(): Promise<Starters> {
    this.starters = await this.server.starters();
    this.changed.emit();
    return this.starters;
  }

  /** Something was written: look as soon as the writing pauses, if anyone watches. */
  touch(): void {
    if (this.watchers === 0) {
      return;
    }
    if (this.soon !== null) {
      clearTimeout(this.soon);
    }
    this.soon = setTimeout(() => {
      this.soon = null;
      void this.refresh();
    }, SETTLE);
  }

  /** A view is shown; returns what to call when it is hidden. */
  watch(): () => void {
    this.watchers += 1;
    void this.refresh();
    this.regular ??= setInterval(() => void this.refresh(), BETWEEN_LOOKS);
    let done = false;
    return () => {
      if (done) {
        return;
      }
      done = true;
      this.watchers -= 1;
      if (this.watchers === 0 && this.regular !== null) {
        clearInterval(this.regular);
        this.regular = null;
      }
    };
  }
}
