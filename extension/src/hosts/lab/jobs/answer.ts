/** Jobs of the hub as the server hands them on, `joulebook_lab.jobs`. */

export type JobState = 'queued' | 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';

/** What a job does; the hub checks it. */
export interface JobOrder {
  readonly kind: 'report' | 'notebook' | 'sweep';
  readonly report?: string;
  readonly file: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly arguments?: readonly string[];
  readonly limit?: number;
}

export interface JobNotice {
  readonly email?: string;
  readonly webhook?: string;
  readonly when?: 'end' | 'failure';
}

/** A job as its user wants it. */
export interface JobWish {
  readonly order: JobOrder;
  readonly title: string;
  readonly attempts: number;
  readonly notice: JobNotice;
}

export interface ScheduleWish extends JobWish {
  readonly cron: string;
  readonly zone: string;
  readonly enabled: boolean;
}

export interface JobFile {
  readonly path: string;
  readonly size: number;
}

export interface HubJob {
  readonly key: string;
  readonly title: string;
  readonly order: JobOrder;
  readonly schedule: string;
  readonly state: JobState;
  /** Place in the queue, 1 is next. */
  readonly place: number | null;
  /** Seconds since 1970, like all instants. */
  readonly submitted: number;
  readonly started: number | null;
  readonly ended: number | null;
  readonly not_before: number;
  readonly attempt: number;
  readonly attempts: number;
  readonly error: string;
  readonly stage: string;
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly folder: string;
  readonly files: readonly JobFile[];
}

export interface JobSchedule extends ScheduleWish {
  readonly key: string;
  readonly following: number | null;
  readonly last: number | null;
  /** Why the last run was left out or refused. */
  readonly said: string;
}

export interface JobLog {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
  readonly ended: boolean;
}

export interface JobsAnswer {
  readonly hub: 'here' | 'away' | 'absent';
  readonly jobs: readonly HubJob[];
}

export interface JobSettings {
  readonly email: boolean;
  readonly local: boolean;
}

/** What the panel asks of the server. */
export interface JobServer {
  jobs(): Promise<JobsAnswer>;
  submitJob(wish: JobWish, once: string): Promise<HubJob>;
  jobAction(key: string, action: 'cancel' | 'retry'): Promise<HubJob>;
  forgetJob(key: string): Promise<void>;
  jobLog(key: string, offset: number): Promise<JobLog>;
  schedules(): Promise<readonly JobSchedule[]>;
  makeSchedule(wish: ScheduleWish, once: string): Promise<JobSchedule>;
  changeSchedule(key: string, wish: ScheduleWish): Promise<JobSchedule>;
  removeSchedule(key: string): Promise<void>;
  jobSettings(): Promise<JobSettings>;
}
