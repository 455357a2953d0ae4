/** Reports on their way: started, followed and cancelled on the server, shown wherever someone listens. */

import { Signal } from '@lumino/signaling';
import type { JoulebookServer, ReportJob, ReportOrder } from './server';

const BETWEEN_LOOKS = 500; // ms
const AFTER_A_FAILED_LOOK = 3000; // ms

export function isUnfinished(job: ReportJob): boolean {
  return job.ended === null;
}

export class ReportFollower {
  /** Some job changed; the argument is the job. */
  readonly changed = new Signal<this, ReportJob>(this);
  /** A job that this page saw unfinished has ended. */
  readonly ended = new Signal<this, ReportJob>(this);

  private jobs = new Map<string, ReportJob>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private disposed = false;

  constructor(private readonly server: JoulebookServer) {}

  /** Jobs on their way, oldest first. */
  get unfinished(): readonly ReportJob[] {
    return [...this.jobs.values()].filter(isUnfinished).sort((a, b) => a.started - b.started);
  }

  /** Take up the jobs that were started before this page was loaded. */
  async resume(): Promise<void> {
    (await this.server.reports()).filter(isUnfinished).forEach(job => this.take(job));
    this.lookAgain();
  }

  async start(path: string, order: ReportOrder): Promise<ReportJob> {
    const job = await this.server.startReport(path, order);
    this.take(job);
    this.lookAgain();
    return job;
  }

  async cancel(id: string): Promise<void> {
    this.take(await this.server.cancelReport(id));
    this.lookAgain();
  }

  dispose(): void {
    this.disposed = true;
    if (this.timer !== null) {
      clearTimeout(this.timer);
    }
    Signal.clearData(this);
  }

  private take(job: ReportJob): void {
    const before = this.jobs.get(job.id);
    this.jobs.set(job.id, job);
    if (JSON.stringify(before) !== JSON.stringify(job)) {
      this.changed.emit(job);
    }
    if ((before === undefined || isUnfinished(before)) && !isUnfinished(job)) {
      this.ended.emit(job);
    }
  }

  private lookAgain(wait = BETWEEN_LOOKS): void {
    if (this.timer === null && !this.disposed && this.unfinished.length > 0) {
      this.timer = setTimeout(() => void this.look(), wait);
    }
  }

  private async look(): Promise<void> {
    let wait = BETWEEN_LOOKS;
    try {
      const jobs = await this.server.reports();
      const known = new Map(jobs.map(job => [job.id, job]));
      for (const job of this.unfinished) {
        this.take(known.get(job.id) ?? lost(job));
      }
    } catch {
      wait = AFTER_A_FAILED_LOOK;
    }
    this.timer = null;
    this.lookAgain(wait);
  }
}

function lost(job: ReportJob): ReportJob {
  const error = 'The Jupyter server was restarted and does not know this report any more. Make it again';
  return { ...job, state: 'failed', error, ended: Date.now() / 1000 };
}
