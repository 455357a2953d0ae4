/** Notifications about cards: waiting with the place in the queue, GPU time that comes to its end, kernels that end. */

import { Notification } from '@jupyterlab/apputils';
import type { HubAnswer, KernelPower, Meter } from './answer';
import type { HubFollower } from './follower';
import type { HubActions, Notice } from './notice';
import { kernelNotice, monthNotice, monthStage, rowNotice, rowStage, TOLD_ROWS } from './notice';

const TOLD = 'joulebook:gpu-time-told';
const TOLD_OF_ROW = 'joulebook:told-of-';

export class HubNotices {
  private readonly shown = new Map<string, string>();
  private powers = new Map<string, KernelPower>();
  private ticking: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly follower: HubFollower,
    private readonly nameOf: (kernel: string) => string,
    private readonly actions: HubActions
  ) {
    follower.changed.connect((_, answer) => this.take(answer));
  }

  private take({ kernels, meter }: HubAnswer): void {
    const before = this.powers;
    this.powers = new Map(kernels.map(power => [power.id, power]));
    for (const id of before.keys()) {
      if (!this.powers.has(id)) {
        this.dismiss(id);
      }
    }
    for (const power of kernels) {
      this.show(power);
      if (power.state === 'lent' && before.get(power.id)?.state === 'waiting') {
        Notification.success(`${this.nameOf(power.id)} has its GPU`, { autoClose: 6000 });
      }
    }
    this.tick(kernels.some(power => power.stage === 'grace'));
    if (meter !== null) {
      this.month(
        meter,
        kernels.some(power => power.stage === 'metered')
      );
      this.rows(meter);
    }
  }

  private show(power: KernelPower): void {
    const told = kernelNotice(power, this.nameOf(power.id), this.follower.left(power), this.actions);
    if (told === null) {
      this.dismiss(power.id);
      return;
    }
    const { message, type, options } = told;
    const id = this.shown.get(power.id);
    if (id !== undefined && Notification.manager.has(id)) {
      Notification.update({ id, message, type, ...options });
    } else if (id === undefined || power.stage === 'interrupt') {
      this.shown.set(power.id, emit(told));
    }
  }

  private dismiss(kernel: string): void {
    const id = this.shown.get(kernel);
    if (id !== undefined) {
      Notification.dismiss(id);
      this.shown.delete(kernel);
    }
  }

  /** Count down each second while there is something to save. */
  private tick(wanted: boolean): void {
    if (wanted && this.ticking === null) {
      this.ticking = setInterval(() => {
        for (const power of this.powers.values()) {
          if (power.stage === 'grace') {
            this.show(power);
          }
        }
      }, 1000);
    } else if (!wanted && this.ticking !== null) {
      clearInterval(this.ticking);
      this.ticking = null;
    }
  }

  private month(meter: Meter, metered: boolean): void {
    const stage = monthStage(meter, metered);
    if (stage === null) {
      return;
    }
    this.once(TOLD, `${month()}:${stage}:${meter.allowed}`, () => monthNotice(meter, stage, this.actions));
  }

  private rows(meter: Meter): void {
    for (const row of meter.meters) {
      const stage = TOLD_ROWS.includes(row.row) ? rowStage(row) : null;
      if (stage !== null) {
        const told = `${month()}:${stage}:${row.most}`;
        this.once(TOLD_OF_ROW + row.row, told, () => rowNotice(row, stage, this.actions));
      }
    }
  }

  /** Tell it in one page only, and once. */
  private once(key: string, told: string, notice: () => Notice): void {
    if (remembered(key) !== told) {
      remember(key, told);
      emit(notice());
    }
  }
}

function month(): string {
  return new Date().toISOString().slice(0, 7);
}

function emit({ message, type, options }: Notice): string {
  return Notification.emit(message, type, options);
}

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, told: string): void {
  try {
    localStorage.setItem(key, told);
  } catch {
    // a browser without storage tells again in the next page
  }
}
