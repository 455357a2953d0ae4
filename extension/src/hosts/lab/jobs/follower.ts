/** Follows the jobs of the hub: often while one is on its way and somebody looks, seldom otherwise. */

import { Signal } from '@lumino/signaling';
import type {
  HubJob,
  JobSchedule,
  JobServer,
  JobSettings,
  JobsAnswer,
  JobWish,
  ScheduleWish
} from './answer';
import { isActive } from './words';

const WATCHED = 2000; // ms
const UNWATCHED = 15_000;
const IDLE = 60_000;
const LOG_KEPT = 200_000; // characters

export interface ShownLog {
  readonly text: string;
  readonly offset: number;
}

export class JobFollower {
  /** Something is new. */
  readonly changed = new Signal<this, void>(this);
  /** A job that this page saw on its way has ended. */
  readonly ended = new Signal<this, HubJob>(this);

  private answer: JobsAnswer = { hub: 'absent', jobs: [] };
  private plans: readonly JobSchedule[] = [];
  private notices: JobSettings = { email: false, local: false };
  private logs = new Map<string, ShownLog>();
  private open: string | null = null;
  private watched = false;
  private failure = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private looking = false;
  private again = false;
  private disposed = false;

  constructor(private readonly server: JobServer) {}

  get hub(): JobsAnswer['hub'] {
    return this.answer.hub;
  }

  get jobs(): readonly HubJob[] {
    return this.answer.jobs;
  }

  get schedules(): readonly JobSchedule[] {
    return this.plans;
  }

  get settings(): JobSettings {
    return this.notices;
  }

  /** What went wrong last, for the person; empty when all is well. */
  get error(): string {
    return this.failure;
  }

  /** The job whose details are shown. */
  get shown(): string | null {
    return this.open;
  }

  log(key: string): string {
    return this.logs.get(key)?.text ?? '';
  }

  /** Somebody looks at the panel, or no longer. */
  watch(watched: boolean): void {
    this.watched = watched;
    if (watched && this.answer.hub !== 'absent') {
      void this.look();
      void this.lookAtSchedules();
    }
  }

  /** Show the details of a job; null shows none. */
  show(key: string | null): void {
    this.open = key;
    this.changed.emit();
    if (key !== null) {
      void this.readLog(key);
    }
  }

  async start(): Promise<void> {
    await this.look();
    if (this.answer.hub !== 'absent') {
      await this.lookAtSchedules();
    }
  }

  async look(): Promise<void> {
    if (this.looking || this.disposed) {
      this.again = true; // what is being read may be older than what has just changed
      return;
    }
    this.looking = true;
    this.again = false;
    this.clear();
    try {
      this.take(await this.server.jobs());
      if (this.open !== null) {
        await this.readLog(this.open);
      }
    } catch {
      // the page tells elsewhere that its server is away
    }
    this.looking = false;
    if (this.again) {
      await this.look();
    } else {
      this.plan();
    }
  }

  async lookAtSchedules(): Promise<void> {
    await this.doing(async () => {
      this.plans = await this.server.schedules();
      this.notices = await this.server.jobSettings();
    });
  }

  async submit(wish: JobWish, once: string): Promise<void> {
    await this.server.submitJob(wish, once);
    await this.look();
  }

  async makeSchedule(wish: ScheduleWish, once: string): Promise<void> {
    await this.server.makeSchedule(wish, once);
    await this.lookAtSchedules();
  }

  async changeSchedule(schedule: JobSchedule, changes: Partial<ScheduleWish>): Promise<void> {
    const { order, title, attempts, notice, cron, zone, enabled } = { ...schedule, ...changes };
    await this.server.changeSchedule(schedule.key, { order, title, attempts, notice, cron, zone, enabled });
    await this.lookAtSchedules();
  }

  /** Do something from a button; a refusal is shown in the panel. */
  async act(key: string, action: 'cancel' | 'retry' | 'forget'): Promise<void> {
    await this.doing(async () => {
      if (action === 'forget') {
        await this.server.forgetJob(key);
        this.logs.delete(key);
        this.open = this.open === key ? null : this.open;
      } else {
        this.logs.delete(key);
        await this.server.jobAction(key, action);
      }
    });
    await this.look();
  }

  async pause(schedule: JobSchedule): Promise<void> {
    await this.doing(() => this.changeSchedule(schedule, { enabled: !schedule.enabled }));
  }

  async removeSchedule(key: string): Promise<void> {
    await this.doing(() => this.server.removeSchedule(key));
    await this.lookAtSchedules();
  }

  dispose(): void {
    this.disposed = true;
    this.clear();
    Signal.clearData(this);
  }

  private async doing(what: () => Promise<void>): Promise<void> {
    try {
      await what();
      this.failure = '';
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.changed.emit();
  }

  private take(answer: JobsAnswer): void {
    const before = new Map(this.answer.jobs.map(job => [job.key, job]));
    const attempts = new Map(answer.jobs.map(job => [job.key, job.attempt]));
    for (const key of this.logs.keys()) {
      if (before.get(key)?.attempt !== attempts.get(key)) {
        this.logs.delete(key); // another attempt has a log of its own
      }
    }
    this.answer = answer;
    this.changed.emit();
    for (const job of answer.jobs) {
      const known = before.get(job.key);
      if (known !== undefined && isActive(known) && !isActive(job)) {
        this.ended.emit(job);
      }
    }
  }

  private async readLog(key: string): Promise<void> {
    const known = this.logs.get(key) ?? { text: '', offset: 0 };
    try {
      const piece = await this.server.jobLog(key, known.offset);
      if (piece.text !== '') {
        const gap = piece.begin > known.offset ? '…\n' : '';
        const text = (known.text + gap + piece.text).slice(-LOG_KEPT);
        this.logs.set(key, { text, offset: piece.end });
        this.changed.emit();
      }
    } catch {
      // a log that cannot be read now is read with the next look
    }
  }

  private clear(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
      this.timer = null;
    }
  }

  private plan(): void {
    if (this.disposed || this.answer.hub === 'absent') {
      return;
    }
    const busy = this.answer.jobs.some(isActive);
    const wait = !busy || document.hidden ? IDLE : this.watched ? WATCHED : UNWATCHED;
    this.timer = setTimeout(
      () => void this.look(),
      this.watched && !document.hidden ? Math.min(wait, 10_000) : wait
    );
  }
}
