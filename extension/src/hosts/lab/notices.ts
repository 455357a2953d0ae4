/** Notifications about reports: one for each, from its start to its end, with Cancel and Open. */

import { Notification } from '@jupyterlab/apputils';
import type { ReportFollower } from './reports';
import { isUnfinished } from './reports';
import type { NoticeActions } from './notice';
import { notice } from './notice';
import type { ReportJob } from './server';

/** Keep one notification per report up to date. */
export class ReportNotices {
  private shown = new Map<string, string>();

  constructor(
    reports: ReportFollower,
    private readonly actions: NoticeActions
  ) {
    reports.changed.connect((_, job) => this.show(job));
  }

  private show(job: ReportJob): void {
    const { message, type, options } = notice(job, this.actions);
    const id = this.shown.get(job.id);
    if (id !== undefined && Notification.manager.has(id)) {
      Notification.update({ id, message, type, ...options });
    } else if (id === undefined || !isUnfinished(job)) {
      this.shown.set(job.id, Notification.emit(message, type, options));
    }
  }
}
