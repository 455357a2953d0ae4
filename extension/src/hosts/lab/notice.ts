/** What the notification of a report says and offers, in each state of the report. */

import type { Notification } from '@jupyterlab/apputils';
import type { ReportJob } from './server';
import { progressText, subject } from './words';

export interface NoticeActions {
  open(path: string): void;
  cancel(id: string): void;
}

export interface Notice {
  readonly message: string;
  readonly type: Notification.TypeOptions;
  readonly options: Notification.IOptions<null>;
}

export function notice(job: ReportJob, actions: NoticeActions): Notice {
  const name = subject(job);
  switch (job.state) {
    case 'done':
      return {
        message: `${name} is done`,
        type: 'success',
        options: { autoClose: 8000, actions: openings(job, actions) }
      };
    case 'failed':
      return {
        message: `${name} failed. ${job.error}`,
        type: 'error',
        options: { autoClose: false, actions: [] }
      };
    case 'cancelled':
      return {
        message: `${name} was cancelled`,
        type: 'info',
        options: { autoClose: 4000, actions: [] }
      };
    default:
      return {
        message: `${name}: ${progressText(job)}`,
        type: 'in-progress',
        options: {
          autoClose: false,
          ...(job.total > 0 ? { progress: Math.min(1, job.done / job.total) } : {}),
          actions: [{ label: 'Cancel', callback: () => actions.cancel(job.id) }]
        }
      };
  }
}

function openings(job: ReportJob, actions: NoticeActions): Notification.IAction[] {
  const results: readonly (readonly [string, string | null])[] = [
    ['Open PDF', job.pdf],
    ['Open HTML', job.html]
  ];
  return results.flatMap(([label, path]) =>
    path === null ? [] : [{ label, callback: () => actions.open(path) }]
  );
}
