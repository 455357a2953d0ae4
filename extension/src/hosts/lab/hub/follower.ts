/**
 * Looks at what the server says of its hub: often while something waits or must be saved, seldom while nothing runs,
 * very seldom behind another tab, and never where there is neither a hub nor a GPU kernel.
 */

import { Signal } from '@lumino/signaling';
import type { HubAnswer, KernelPower } from './answer';
import { share } from './words';

export interface HubServer {
  hub(): Promise<HubAnswer>;
}

const URGENT = 3000; // ms
const RUNNING = 10_000;
const IDLE = 60_000;
const HIDDEN = 10; // times seldomer

export class HubFollower {
  /** There is a newer answer. */
  readonly changed = new Signal<this, HubAnswer>(this);

  private answer: HubAnswer | null = null;
  private at = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private looking = false;
  private disposed = false;

  constructor(private readonly server: HubServer) {
    document.addEventListener('visibilitychange', this.visibility);
  }

  /** The newest answer; null before the first. */
  get current(): HubAnswer | null {
    return this.answer;
  }

  /** Seconds that a kernel has left to save, now. */
  left(power: KernelPower): number | null {
    return power.left === null ? null : Math.max(0, power.left - (Date.now() - this.at) / 1000);
  }

  /** Look now; something may have begun or ended. */
  async look(): Promise<void> {
    if (this.looking || this.disposed) {
      return;
    }
    this.looking = true;
    this.clear();
    try {
      const answer = await this.server.hub();
      this.at = Date.now();
      // while the hub is away its last meter stands; kernels are always the newest
      this.answer =
        answer.meter === null && answer.hub === 'away' ? { ...answer, meter: this.meter } : answer;
      this.changed.emit(this.answer);
    } catch {
      // the page tells elsewhere that its server is away
    }
    this.looking = false;
    this.plan();
  }

  dispose(): void {
    this.disposed = true;
    this.clear();
    document.removeEventListener('visibilitychange', this.visibility);
    Signal.clearData(this);
  }

  private get meter(): HubAnswer['meter'] {
    return this.answer?.meter ?? null;
  }

  private readonly visibility = (): void => {
    if (!document.hidden && this.timer !== null) {
      void this.look();
    }
  };

  private clear(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  private plan(): void {
    const wait = interval(this.answer);
    if (wait !== null && !this.disposed) {
      this.timer = setTimeout(() => void this.look(), document.hidden ? wait * HIDDEN : wait);
    }
  }
}

/** Milliseconds to the next look; null where there is nothing to look at. */
export function interval(answer: HubAnswer | null): number | null {
  if (answer === null) {
    return IDLE;
  }
  const { hub, kernels, meter } = answer;
  const urgent = ({ state, stage }: KernelPower): boolean =>
    state === 'waiting' || stage === 'grace' || stage === 'interrupt';
  const metered = kernels.some(kernel => kernel.stage === 'metered');
  const over = !metered && meter !== null && meter.leases.length > 0 && (share(meter) ?? 0) >= 1;
  if (over || kernels.some(urgent)) {
    return URGENT;
  }
  if (kernels.length > 0 || (meter?.leases.length ?? 0) > 0) {
    return RUNNING;
  }
  return hub === 'absent' ? null : IDLE;
}
