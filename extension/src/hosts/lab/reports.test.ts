import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notice } from './notice';
import { defaults } from './preferences';
import { ReportFollower } from './reports';
import type { JoulebookServer, ReportJob } from './server';
import { ago, progressText, size, statusText } from './words';
import schema from '../../../schema/plugin.json';

const JOB: ReportJob = {
  id: 'a1',
  cell: 'packs/LG M50.cell.json',
  kind: 'cell',
  state: 'running',
  stage: 'notebook',
  label: 'Discharge curves',
  done: 3,
  total: 8,
  error: '',
  pdf: null,
  html: null,
  started: 1,
  ended: null,
  log: []
};
const DONE: ReportJob = { ...JOB, state: 'done', done: 8, ended: 9, pdf: 'packs/LG M50.report.pdf' };

/** A server whose answers to `reports()` are given one after another; the last one stays. */
function serverOf(...answers: (readonly ReportJob[] | Error)[]): JoulebookServer {
  const reports = async (): Promise<readonly ReportJob[]> => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer ?? [];
  };
  return {
    reports,
    startReport: async () => ({ ...JOB, state: 'waiting', total: 0 }),
    cancelReport: async () => ({ ...JOB, state: 'cancelling' })
  } as unknown as JoulebookServer;
}

describe('ReportFollower', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('follows a report to its end, and looks no more after that', async () => {
    const follower = new ReportFollower(serverOf([JOB], [JOB], [DONE]));
    const states: string[] = [];
    const ended: string[] = [];
    follower.changed.connect((_, job) => void states.push(job.state));
    follower.ended.connect((_, job) => void ended.push(job.id));
    await follower.start(JOB.cell, { kind: 'cell', rates: [1] });
    await vi.runAllTimersAsync();
    expect(states).toEqual(['waiting', 'running', 'done']);
    expect(ended).toEqual(['a1']);
    expect(follower.unfinished).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes up what was begun before, and outlives a server that is silent for a while', async () => {
    const follower = new ReportFollower(serverOf([JOB], new Error('gone'), new Error('gone'), [DONE]));
    const ended: string[] = [];
    follower.ended.connect((_, job) => void ended.push(job.state));
    await follower.resume();
    expect(follower.unfinished).toEqual([JOB]);
    await vi.runAllTimersAsync();
    expect(ended).toEqual(['done']);
  });

  it('ends a report that a restarted server does not know', async () => {
    const follower = new ReportFollower(serverOf([]));
    const ended: ReportJob[] = [];
    follower.ended.connect((_, job) => void ended.push(job));
    await follower.start(JOB.cell, { kind: 'cell', rates: [1] });
    await vi.runAllTimersAsync();
    expect(ended[0]).toMatchObject({ state: 'failed' });
    expect(ended[0]?.error).toMatch(/restarted/);
  });

  it('shows at once that cancelling has begun', async () => {
    const follower = new ReportFollower(serverOf([{ ...JOB, state: 'cancelled', ended: 5 }]));
    const states: string[] = [];
    follower.changed.connect((_, job) => void states.push(job.state));
    await follower.start(JOB.cell, { kind: 'cell', rates: [1] });
    await follower.cancel('a1');
    await vi.runAllTimersAsync();
    expect(states).toEqual(['waiting', 'cancelling', 'cancelled']);
  });
});

describe('words', () => {
  it('tell how far a report is', () => {
    expect(progressText(JOB)).toBe('Discharge curves, 3 of 8');
    expect(progressText({ ...JOB, state: 'waiting' })).toBe('waiting for another report');
    expect(progressText({ ...JOB, label: '', stage: '', total: 0 })).toBe('starting');
  });

  it('fit the status bar', () => {
    const follower = (...unfinished: ReportJob[]): ReportFollower =>
      ({ unfinished }) as unknown as ReportFollower;
    expect(statusText(follower(JOB), null)).toBe('Joulebook: report 3/8');
    expect(statusText(follower(JOB, JOB), null)).toBe('Joulebook: report 3/8, 1 more');
    expect(statusText(follower(), { name: 'Joulebook (CPU)', status: 'idle' })).toBe(
      'Joulebook (CPU) · idle'
    );
    expect(statusText(follower(), { name: '', status: '' })).toBe('Joulebook: no kernel');
    expect(statusText(follower(), null)).toBe('Joulebook');
  });

  it('give sizes and ages', () => {
    expect([0, 999, 1500, 15_000, 2.5e6, 3e9].map(size)).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '15 kB',
      '2.5 MB',
      '3.0 GB'
    ]);
    const now = 1_000_000_000;
    expect([10, 130, 7300].map(past => ago(now - past, now))).toEqual(['just now', '2 min ago', '2 h ago']);
    expect(ago(now - 1e6, now)).toBe('2001-08-28');
  });
});

describe('notices', () => {
  const actions = { open: vi.fn(), cancel: vi.fn() };

  it('show progress with Cancel, and what was made with Open', () => {
    const running = notice(JOB, actions);
    expect(running).toMatchObject({ type: 'in-progress', options: { progress: 3 / 8, autoClose: false } });
    running.options.actions?.[0]?.callback(new MouseEvent('click'));
    expect(actions.cancel).toHaveBeenCalledWith('a1');
    const done = notice(DONE, actions);
    expect(done.options.actions?.map(action => action.label)).toEqual(['Open PDF']);
    done.options.actions?.[0]?.callback(new MouseEvent('click'));
    expect(actions.open).toHaveBeenCalledWith('packs/LG M50.report.pdf');
  });

  it('keep a failure on the screen with its reason', () => {
    const failed = notice(
      { ...JOB, state: 'failed', ended: 9, error: 'porosity = -1: must be more than 0' },
      actions
    );
    expect(failed).toMatchObject({ type: 'error', options: { autoClose: false } });
    expect(failed.message).toBe('Report of LG M50.cell.json failed. porosity = -1: must be more than 0');
  });
});

describe('settings', () => {
  it('have the same defaults in the schema and in the code', () => {
    const found = Object.fromEntries(
      Object.entries(schema.properties).map(([name, item]) => [name, item.default])
    );
    expect(found).toEqual(defaults);
  });
});
