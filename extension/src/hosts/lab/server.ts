/** Requests to the server side, `joulebook_lab.handlers`. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Cost, HubAnswer } from './hub/answer';
import type {
  HubJob,
  JobLog,
  JobsAnswer,
  JobSchedule,
  JobServer,
  JobSettings,
  JobWish,
  ScheduleWish
} from './jobs/answer';

export interface WorkspaceItem {
  readonly path: string;
  readonly name: string;
  readonly kind: 'design' | 'run' | 'report';
  readonly suffix: string;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly summary: string;
}

export interface WorkspaceListing {
  readonly designs: readonly WorkspaceItem[];
  readonly runs: readonly WorkspaceItem[];
  readonly reports: readonly WorkspaceItem[];
  readonly truncated: boolean;
}

export type ReportState = 'waiting' | 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';

/** The report of a design. */
export interface DesignOrder {
  readonly kind: 'cell';
  readonly rates: readonly number[];
}

/** The report of a study. */
export interface SimulationOrder {
  readonly kind: 'simulation';
  /** Sentences, one a step. */
  readonly protocol: readonly string[];
  readonly model: string;
  readonly thermal: string;
}

export type ReportOrder = DesignOrder | SimulationOrder;

export interface ReportJob {
  readonly id: string;
  readonly cell: string;
  readonly kind: ReportOrder['kind'];
  readonly state: ReportState;
  readonly stage: string;
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly error: string;
  readonly pdf: string | null;
  readonly html: string | null;
  readonly started: number;
  readonly ended: number | null;
  readonly log: readonly string[];
}

export interface Starter {
  readonly name: string;
  readonly title: string;
}

export interface Starters {
  readonly cells: readonly Starter[];
  readonly tutorials: readonly Starter[];
}

/** What a network can be turned into. */
export type NetworkFormat = 'circuit' | 'matpower' | 'cgmes' | 'pandapower';

/** What came of a conversion. */
export interface Converted {
  readonly path: string;
  readonly name: string;
  /** What could not be carried over. */
  readonly notes: readonly string[];
}

/** What the rest of the extension asks of the server. */
export interface JoulebookServer {
  workspace(): Promise<WorkspaceListing>;
  starters(): Promise<Starters>;
  copyStarter(kind: 'cell' | 'tutorial', name: string, folder: string): Promise<string>;
  reports(): Promise<readonly ReportJob[]>;
  report(id: string): Promise<ReportJob>;
  startReport(path: string, order: ReportOrder): Promise<ReportJob>;
  cancelReport(id: string): Promise<ReportJob>;
  hub(): Promise<HubAnswer>;
  convert(paths: readonly string[], to: NetworkFormat): Promise<Converted>;
  cost(project: string): Promise<Cost | null>;
}

/** The server that this page came from. Rejects with an Error whose message can be shown as it is. */
export class HttpServer implements JoulebookServer, JobServer {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  workspace(): Promise<WorkspaceListing> {
    return this.ask('workspace');
  }

  starters(): Promise<Starters> {
    return this.ask('starters');
  }

  async copyStarter(kind: 'cell' | 'tutorial', name: string, folder: string): Promise<string> {
    return (await this.ask<{ path: string }>('starters', 'POST', { kind, name, folder })).path;
  }

  async reports(): Promise<readonly ReportJob[]> {
    return (await this.ask<{ reports: readonly ReportJob[] }>('reports')).reports;
  }

  report(id: string): Promise<ReportJob> {
    return this.ask(`reports/${id}`);
  }

  startReport(path: string, order: ReportOrder): Promise<ReportJob> {
    return this.ask('reports', 'POST', { path, ...order });
  }

  cancelReport(id: string): Promise<ReportJob> {
    return this.ask(`reports/${id}`, 'DELETE');
  }

  hub(): Promise<HubAnswer> {
    return this.ask('hub');
  }

  convert(paths: readonly string[], to: NetworkFormat): Promise<Converted> {
    return this.ask('conversions', 'POST', { paths, to });
  }

  cost(project: string): Promise<Cost | null> {
    return this.ask(`hub/cost?${new URLSearchParams({ project }).toString()}`);
  }

  jobs(): Promise<JobsAnswer> {
    return this.ask('jobs');
  }

  submitJob(wish: JobWish, once: string): Promise<HubJob> {
    return this.ask('jobs', 'POST', wish, once);
  }

  jobAction(key: string, action: 'cancel' | 'retry'): Promise<HubJob> {
    return this.ask(`jobs/${key}/${action}`, 'POST');
  }

  async forgetJob(key: string): Promise<void> {
    await this.ask(`jobs/${key}`, 'DELETE');
  }

  jobLog(key: string, offset: number): Promise<JobLog> {
    return this.ask(`jobs/${key}/log?offset=${offset}`);
  }

  async schedules(): Promise<readonly JobSchedule[]> {
    return (await this.ask<{ schedules: readonly JobSchedule[] }>('schedules')).schedules;
  }

  makeSchedule(wish: ScheduleWish, once: string): Promise<JobSchedule> {
    return this.ask('schedules', 'POST', wish, once);
  }

  changeSchedule(key: string, wish: ScheduleWish): Promise<JobSchedule> {
    return this.ask(`schedules/${key}`, 'PUT', wish);
  }

  async removeSchedule(key: string): Promise<void> {
    await this.ask(`schedules/${key}`, 'DELETE');
  }

  jobSettings(): Promise<JobSettings> {
    return this.ask('job-settings');
  }

  private async ask<T>(route: string, method = 'GET', body?: object, once = ''): Promise<T> {
    const url = URLExt.join(this.settings.baseUrl, 'joulebook', route);
    const init: RequestInit = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    if (once !== '') {
      init.headers = { 'Idempotency-Key': once };
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new Error('The Jupyter server does not answer. Check that it is still running, then try again');
    }
    const text = await response.text();
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch {
      answer = undefined;
    }
    if (!response.ok || answer === undefined) {
      const said = (answer as { message?: unknown } | null | undefined)?.message;
      throw new Error(typeof said === 'string' && said !== '' ? said : refusal(response.status));
    }
    return answer as T;
  }
}

function refusal(status: number): string {
  return status === 404
    ? 'This Jupyter server has no Joulebook side. Enable it: jupyter server extension enable joulebook_lab'
    : `The Jupyter server refused with HTTP status ${status}`;
}
