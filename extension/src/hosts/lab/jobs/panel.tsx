/** The side panel of the hub's jobs: on their way, scheduled, ended. */

import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import {
  addIcon,
  closeIcon,
  pauseIcon,
  refreshIcon,
  runIcon as playIcon,
  stopIcon,
  ToolbarButtonComponent
} from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { ReactElement } from 'react';
import { jobsIcon } from '../icons';
import { JOBS_PANEL } from '../names';
import { ago, size } from '../words';
import type { HubJob, JobSchedule } from './answer';
import { cronWords } from './cron';
import type { JobFollower } from './follower';
import { endWords, instant, isActive, kindWords, progressWords } from './words';

export interface JobActions {
  /** Ask what to run; the file in front where there is one. */
  run(): void;
  /** Open a file of the workspace. */
  open(path: string): void;
}

export class JobsPanel extends ReactWidget {
  constructor(
    private readonly follower: JobFollower,
    private readonly actions: JobActions
  ) {
    super();
    this.id = JOBS_PANEL;
    this.addClass('jb-Jobs');
    this.title.icon = jobsIcon;
    this.title.caption = 'Joulebook: jobs of the hub';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'Jobs of the hub');
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.follower.watch(true);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.follower.watch(false);
  }

  override render(): ReactElement {
    return (
      <UseSignal signal={this.follower.changed}>
        {() => <Contents follower={this.follower} actions={this.actions} />}
      </UseSignal>
    );
  }
}

interface Parts {
  readonly follower: JobFollower;
  readonly actions: JobActions;
}

function Contents({ follower, actions }: Parts): ReactElement {
  const active = follower.jobs.filter(isActive);
  const ended = follower.jobs.filter(job => !isActive(job));
  const empty = follower.jobs.length === 0 && follower.schedules.length === 0;
  return (
    <>
      <header className="jb-Workspace-head">
        <h2>Jobs</h2>
        <ToolbarButtonComponent icon={addIcon} tooltip="Run on the hub…" onClick={() => actions.run()} />
        <ToolbarButtonComponent
          icon={refreshIcon}
          tooltip="Look again"
          onClick={() => void follower.start()}
        />
      </header>
      {follower.hub === 'away' && (
        <p className="jb-Workspace-error" role="status">
          The hub does not answer. Jobs go on; the list is that of the last answer.
        </p>
      )}
      {follower.error !== '' && (
        <p className="jb-Workspace-error" role="alert">
          {follower.error}
        </p>
      )}
      {empty && follower.hub === 'here' && <Nothing run={actions.run} />}
      {active.length > 0 && (
        <Section title="On their way" count={active.length}>
          {active.map(job => (
            <Job key={job.key} job={job} follower={follower} actions={actions} />
          ))}
        </Section>
      )}
      {follower.schedules.length > 0 && (
        <Section title="Scheduled" count={follower.schedules.length}>
          {follower.schedules.map(schedule => (
            <Schedule key={schedule.key} schedule={schedule} follower={follower} />
          ))}
        </Section>
      )}
      {ended.length > 0 && (
        <Section title="Ended" count={ended.length}>
          {ended.map(job => (
            <Job key={job.key} job={job} follower={follower} actions={actions} />
          ))}
        </Section>
      )}
    </>
  );
}

function Nothing({ run }: { run: () => void }): ReactElement {
  return (
    <div className="jb-Section-empty jb-Jobs-empty">
      <p>
        A job runs on the hub also when this browser is closed: reports, notebooks with parameters, sweeps;
        now, or every Sunday night.
      </p>
      <button className="jp-mod-styled jp-mod-accept" onClick={run}>
        Run on the hub…
      </button>
      <p>Or right-click a design, a notebook or a script in the file browser.</p>
    </div>
  );
}

function Section({
  title,
  count,
  children
}: {
  title: string;
  count: number;
  children: React.ReactNode;
}): ReactElement {
  return (
    <section className="jb-Section" aria-label={title}>
      <h3>
        {title}
        <span className="jb-Section-count">{count}</span>
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

function Job({ job, follower, actions }: Parts & { job: HubJob }): ReactElement {
  const open = follower.shown === job.key;
  const active = isActive(job);
  const bar = job.total > 0 ? { value: job.done, max: job.total } : {};
  return (
    <li className="jb-HubJob" data-state={job.state} data-key={job.key}>
      <div className="jb-HubJob-row">
        <button
          className="jb-HubJob-title"
          aria-expanded={open}
          title={`${kindWords(job.order)} of ${job.order.file}`}
          onClick={() => follower.show(open ? null : job.key)}
        >
          <span className="jb-HubJob-mark" aria-hidden="true" />
          <span className="jb-HubJob-name">{job.title}</span>
        </button>
        {active && (
          <ToolbarButtonComponent
            icon={stopIcon}
            tooltip={`Cancel ${job.title}`}
            enabled={job.state !== 'cancelling'}
            onClick={() => void follower.act(job.key, 'cancel')}
          />
        )}
        {(job.state === 'failed' || job.state === 'cancelled') && (
          <ToolbarButtonComponent
            icon={refreshIcon}
            tooltip={`Try ${job.title} again`}
            onClick={() => void follower.act(job.key, 'retry')}
          />
        )}
        {!active && (
          <ToolbarButtonComponent
            icon={closeIcon}
            tooltip={`Forget ${job.title}; its files stay`}
            onClick={() => void follower.act(job.key, 'forget')}
          />
        )}
      </div>
      {active && job.state !== 'queued' && <progress {...bar} aria-label={`Progress of ${job.title}`} />}
      <p className="jb-HubJob-facts">{active ? progressWords(job) : endWords(job, ago)}</p>
      {job.state === 'failed' && job.error !== '' && <p className="jb-HubJob-error">{job.error}</p>}
      {!active && job.files.length > 0 && <Files job={job} all={open} open={actions.open} />}
      {open && <Details job={job} log={follower.log(job.key)} />}
    </li>
  );
}

function Files({
  job,
  all,
  open
}: {
  job: HubJob;
  all: boolean;
  open: (path: string) => void;
}): ReactElement {
  const main = job.files.filter(file => /\.(pdf|html)$/.test(file.path));
  const shown = all ? job.files : (main.length > 0 ? main : job.files).slice(0, 3);
  return (
    <ul className="jb-HubJob-files">
      {shown.map(file => (
        <li key={file.path}>
          <button title={file.path} onClick={() => open(file.path)}>
            {file.path.slice(job.folder.length + 1)}
          </button>
          <span>{size(file.size)}</span>
        </li>
      ))}
    </ul>
  );
}

function Details({ job, log }: { job: HubJob; log: string }): ReactElement {
  const facts = [
    `${kindWords(job.order)} of ${job.order.file}`,
    job.attempt > 0 ? `attempt ${job.attempt}` : '',
    `submitted ${instant(job.submitted)}`,
    job.schedule !== '' ? 'by a schedule' : ''
  ];
  return (
    <div className="jb-HubJob-details">
      <p>{facts.filter(fact => fact !== '').join(' · ')}</p>
      {log === '' ? (
        <p className="jb-HubJob-nolog">{emptyLog(job)}</p>
      ) : (
        <pre ref={toEnd} tabIndex={0} aria-label={`Log of ${job.title}`}>
          {log}
        </pre>
      )}
    </div>
  );
}

function emptyLog(job: HubJob): string {
  if (job.order.file.endsWith('.ipynb')) {
    return 'What a notebook prints stands in the notebook as it ran.';
  }
  return isActive(job) ? 'Nothing was written yet.' : 'Nothing was written.';
}

/** Keep the end of a log in sight, unless somebody reads further up. */
function toEnd(log: HTMLPreElement | null): void {
  if (log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 80) {
    log.scrollTop = log.scrollHeight;
  }
}

function Schedule({ schedule, follower }: { schedule: JobSchedule; follower: JobFollower }): ReactElement {
  const { title, enabled } = schedule;
  const next = schedule.following === null ? 'paused' : `next ${instant(schedule.following)}`;
  return (
    <li className="jb-HubJob" data-state={enabled ? 'scheduled' : 'paused'} data-key={schedule.key}>
      <div className="jb-HubJob-row">
        <span className="jb-HubJob-title" title={`${kindWords(schedule.order)} of ${schedule.order.file}`}>
          <span className="jb-HubJob-mark" aria-hidden="true" />
          <span className="jb-HubJob-name">{title}</span>
        </span>
        <ToolbarButtonComponent
          icon={enabled ? pauseIcon : playIcon}
          tooltip={enabled ? `Pause ${title}` : `Go on with ${title}`}
          onClick={() => void follower.pause(schedule)}
        />
        <ToolbarButtonComponent
          icon={closeIcon}
          tooltip={`Delete the schedule ${title}`}
          onClick={() => void follower.removeSchedule(schedule.key)}
        />
      </div>
      <p className="jb-HubJob-facts">
        {cronWords(schedule.cron)} ({schedule.zone}) · {next}
      </p>
      {schedule.said !== '' && <p className="jb-HubJob-error">{schedule.said}</p>}
    </li>
  );
}
