/** What the notifications about a kernel's card say, in each of its states. */

import type { Notification } from '@jupyterlab/apputils';
import type { KernelPower, Meter, Row } from './answer';
import { countdown, hours, placeText, rowText, rowTitle, share } from './words';

export interface Notice {
  readonly message: string;
  readonly type: Notification.TypeOptions;
  readonly options: Notification.IOptions<null>;
}

export interface HubActions {
  /** Shut the kernel down, and so leave the queue. */
  cancel(kernel: string): void;
  restart(kernel: string): void;
  saveAll(): void;
  /** Open the hub's page about GPU time. */
  account(): void;
}

/** The notice of one kernel; null where there is nothing to tell. */
export function kernelNotice(
  power: KernelPower,
  name: string,
  left: number | null,
  actions: HubActions
): Notice | null {
  const account = { label: 'GPU time', callback: actions.account };
  const over =
    power.why === 'longest time' ? 'The longest time of this lease is over' : 'GPU time is used up';
  const save = { label: 'Save all', callback: actions.saveAll, displayType: 'accent' as const };
  if (power.state === 'waiting') {
    return {
      message: `${name} waits for a GPU: ${placeText(power)}`,
      type: 'in-progress',
      options: {
        autoClose: false,
        actions: [
          { label: 'Cancel', caption: 'Shut the kernel down', callback: () => actions.cancel(power.id) }
        ]
      }
    };
  }
  if (power.state === 'ended') {
    return {
      message: `${name} has no GPU any more. ${power.message}`,
      type: 'warning',
      options: {
        autoClose: false,
        actions: [{ label: 'Restart', callback: () => actions.restart(power.id) }]
      }
    };
  }
  if (power.state === 'refused') {
    return {
      message: `${name} has no GPU. ${firstSentence(power.message)}`,
      type: 'error',
      options: { autoClose: false, actions: [account] }
    };
  }
  if (power.stage === 'grace') {
    return {
      message: `${power.why === 'longest time' ? 'The lease ends' : over}: ${countdown(left ?? 0)} to save, then ${name} is interrupted`,
      type: 'warning',
      options: { autoClose: false, actions: [save, account] }
    };
  }
  if (power.stage === 'interrupt') {
    return {
      message: `${over}: ${name} was interrupted, and its kernel ends in half a minute`,
      type: 'error',
      options: { autoClose: false, actions: [save, account] }
    };
  }
  return null;
}

export type MonthStage = '80' | '95' | 'metered';

/** What there is to tell of the month; null where nothing is, or where kernels tell it. */
export function monthStage(meter: Pick<Meter, 'used' | 'allowed'>, metered: boolean): MonthStage | null {
  const used = share(meter) ?? 0;
  if (metered) {
    return 'metered';
  }
  return used >= 1 || used < 0.8 ? null : used < 0.95 ? '80' : '95';
}

/** The notice of the month; told once for each stage. */
export function monthNotice(meter: Meter, stage: MonthStage, actions: Pick<HubActions, 'account'>): Notice {
  const account = [{ label: 'GPU time', callback: actions.account }];
  if (stage === 'metered') {
    return {
      message: "This month's GPU time is used up. What GPU kernels take from now on is billed by the meter",
      type: 'warning',
      options: { autoClose: false, actions: account }
    };
  }
  const remaining = Math.max(0, (meter.allowed ?? 0) - meter.used);
  return {
    message:
      `${stage} % of this month's GPU time is used; ${hours(remaining)} h are left. ` +
      'Then kernels have 5 minutes to save',
    type: 'warning',
    options: { autoClose: stage === '80' ? 15_000 : false, actions: account }
  };
}

export type RowStage = '80' | '95' | '100';

/** Rows of the plan that the Lab speaks up about; GPU time has notices of its own. */
export const TOLD_ROWS: readonly string[] = ['jobs', 'storage'];

/** How far a row is used; null where there is nothing to tell. */
export function rowStage({ share: used, most }: Pick<Row, 'share' | 'most'>): RowStage | null {
  if (most === null || used < 0.8) {
    return null;
  }
  return used >= 1 ? '100' : used < 0.95 ? '80' : '95';
}

/** The notice of a row; told once for each stage. */
export function rowNotice(row: Row, stage: RowStage, actions: Pick<HubActions, 'account'>): Notice {
  const full = stage === '100';
  const next =
    row.row === 'storage'
      ? full
        ? ' No further server starts until there is room: delete what you do not need'
        : ''
      : full
        ? ' New ones come with the next month (UTC)'
        : '';
  return {
    message: `${rowTitle(row)}: ${rowText(row)} ${full ? 'are used.' : 'are used'}${next}`,
    type: full ? 'error' : 'warning',
    options: {
      autoClose: stage === '80' ? 15_000 : false,
      actions: [{ label: 'Usage', callback: actions.account }]
    }
  };
}

/** Notifications hold little text; the kernel says the rest in answer to each cell. */
function firstSentence(message: string): string {
  return /^.*?[.!?](?=\s|$)/.exec(message)?.[0] ?? message;
}
