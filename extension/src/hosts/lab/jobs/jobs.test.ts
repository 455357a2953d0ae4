import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubJob, JobSchedule, JobServer, JobsAnswer } from './answer';
import type { Times } from './cron';
import { cronOf, cronWords, SUNDAY_NIGHT, timesOf } from './cron';
import { JobFollower } from './follower';
import type * as Form from './form';
import { duration, endWords, kindWords, progressWords } from './words';

const LOADING_THE_LAB = 60_000; // ms, on a busy machine

const JOB: HubJob = {
  key: '0123456789abcdef',
  title: 'My study',
  order: { kind: 'notebook', file: 'study.ipynb' },
  schedule: '',
  state: 'running',
  place: null,
  submitted: 100,
  started: 110,
  ended: null,
  not_before: 0,
  attempt: 1,
  attempts: 1,
  error: '',
  stage: 'study',
  label: 'cell 3',
  done: 3,
  total: 8,
  folder: '',
  files: []
};

const SCHEDULE: JobSchedule = {
  key: 'fedcba9876543210',
  order: JOB.order,
  title: 'Sunday',
  attempts: 2,
  notice: { webhook: 'https://example.org/' },
  cron: '0 20 * * sun',
  zone: 'Europe/Berlin',
  enabled: true,
  following: 1e9,
  last: null,
  said: ''
};

describe('times', () => {
  const chosen: readonly [Partial<Times>, string, string][] = [
    [{}, '0 20 * * sun', 'Sundays at 20:00'],
    [{ rhythm: 'day', time: '06:05' }, '5 6 * * *', 'every day at 06:05'],
    [{ rhythm: 'workday' }, '0 20 * * mon-fri', 'Monday to Friday at 20:00'],
    [{ rhythm: 'week', weekday: 3 }, '0 20 * * wed', 'Wednesdays at 20:00'],
    [{ rhythm: 'month', day: 15 }, '0 20 15 * *', 'on day 15 of each month at 20:00'],
    [{ rhythm: 'own', own: ' */30  * * * * ' }, '*/30 * * * *', '*/30 * * * *']
  ];

  it.each(chosen)('%o becomes %s and back', (changes, cron, words) => {
    const times = { ...SUNDAY_NIGHT, ...changes };
    expect(cronOf(times)).toBe(cron);
    expect(cronWords(cron)).toBe(words);
    expect(timesOf(cron).rhythm).toBe(times.rhythm);
  });

  it('leaves alone what no choice makes', () => {
    for (const cron of ['0 20 * 1 *', '0 20 31 * *', '0 20 * * sun,wed', '0 20', 'x y z u v', '']) {
      expect(timesOf(cron)).toMatchObject({ rhythm: 'own', own: cron });
    }
  });

  it('refuses what is no time', () => {
    for (const time of ['', '25:00', '12:60', 'noon']) {
      expect(() => cronOf({ ...SUNDAY_NIGHT, time })).toThrow('is not a time');
    }
  });
});

describe('words', () => {
  it('tell what an active job is at', () => {
    expect(progressWords(JOB, 175)).toBe('cell 3 · 3 of 8 · 1 min');
    expect(progressWords({ ...JOB, attempt: 2, label: '', stage: '', total: 0 }, 112)).toBe(
      'starting · 2 s · attempt 2'
    );
    expect(progressWords({ ...JOB, state: 'cancelling' }, 0)).toBe('cancelling');
    expect(progressWords({ ...JOB, state: 'queued', place: 1 }, 0)).toBe('next in the queue');
    expect(progressWords({ ...JOB, state: 'queued', place: 12 }, 0)).toBe('12th in the queue');
    expect(progressWords({ ...JOB, state: 'queued', place: 22 }, 0)).toBe('22nd in the queue');
    expect(progressWords({ ...JOB, state: 'queued', not_before: 60, error: 'no mesh' }, 30)).toBe(
      'next try in 30 s: no mesh'
    );
  });

  it('tell how a job ended', () => {
    expect(endWords({ ...JOB, state: 'done', ended: 151 }, () => 'just now')).toBe(
      'done just now, took 41 s'
    );
    expect(endWords({ ...JOB, state: 'cancelled', started: null, ended: 1 }, () => 'just now')).toBe(
      'cancelled just now'
    );
    expect(duration(7500)).toBe('2 h 05 min');
    expect(kindWords({ kind: 'report', report: 'short-circuit', file: 'x' })).toBe('short circuit report');
  });
});

class Server implements JobServer {
  answer: JobsAnswer = { hub: 'here', jobs: [JOB] };
  asked: string[] = [];
  fault = '';
  pieces: { begin: number; end: number; text: string; ended: boolean }[] = [];

  private note(what: string): void {
    this.asked.push(what);
    if (this.fault !== '') {
      throw new Error(this.fault);
    }
  }
  async jobs(): Promise<JobsAnswer> {
    this.asked.push('jobs');
    return this.answer;
  }
  async submitJob(): Promise<HubJob> {
    this.note('submit');
    return JOB;
  }
  async jobAction(key: string, action: string): Promise<HubJob> {
    this.note(`${action} ${key}`);
    return JOB;
  }
  async forgetJob(key: string): Promise<void> {
    this.note(`forget ${key}`);
  }
  async jobLog(_key: string, offset: number): Promise<Awaited<ReturnType<JobServer['jobLog']>>> {
    this.asked.push(`log ${offset}`);
    return this.pieces.shift() ?? { begin: offset, end: offset, text: '', ended: false };
  }
  async schedules(): Promise<readonly JobSchedule[]> {
    return [SCHEDULE];
  }
  async makeSchedule(): Promise<JobSchedule> {
    return SCHEDULE;
  }
  async changeSchedule(key: string, wish: object): Promise<JobSchedule> {
    this.note(`change ${key} ${JSON.stringify(wish)}`);
    return SCHEDULE;
  }
  async removeSchedule(key: string): Promise<void> {
    this.note(`remove ${key}`);
  }
  async jobSettings(): Promise<{ email: boolean; local: boolean }> {
    return { email: true, local: true };
  }
}

describe('the follower', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('looks often while a job is on its way and somebody watches, seldom otherwise', async () => {
    const server = new Server();
    const follower = new JobFollower(server);
    await follower.start();
    const looks = (): number => server.asked.filter(what => what === 'jobs').length;
    expect(looks()).toBe(1);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(looks()).toBe(1);
    follower.watch(true);
    await vi.advanceTimersByTimeAsync(10_100);
    expect(looks()).toBe(7);
    follower.watch(false);
    server.answer = { hub: 'here', jobs: [] };
    await vi.advanceTimersByTimeAsync(2000);
    const before = looks();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(looks()).toBe(before);
    follower.dispose();
  });

  it('never looks again where there is no hub', async () => {
    const server = new Server();
    server.answer = { hub: 'absent', jobs: [] };
    const follower = new JobFollower(server);
    await follower.start();
    follower.watch(true);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(server.asked).toEqual(['jobs']);
    follower.dispose();
  });

  it('tells once that a job which it saw has ended', async () => {
    const server = new Server();
    const follower = new JobFollower(server);
    const told: string[] = [];
    follower.ended.connect((_, job) => void told.push(job.state));
    await follower.look();
    server.answer = { hub: 'here', jobs: [{ ...JOB, state: 'done', ended: 5 }] };
    await follower.look();
    await follower.look();
    expect(told).toEqual(['done']);
    follower.dispose();
  });

  it('reads on in the log of the shown job, and begins again with another attempt', async () => {
    const server = new Server();
    const follower = new JobFollower(server);
    await follower.look();
    server.pieces = [
      { begin: 0, end: 4, text: 'one\n', ended: false },
      { begin: 10, end: 14, text: 'two\n', ended: false }
    ];
    follower.show(JOB.key);
    await vi.advanceTimersByTimeAsync(0);
    await follower.look();
    expect(follower.log(JOB.key)).toBe('one\n…\ntwo\n');
    server.answer = { hub: 'here', jobs: [{ ...JOB, attempt: 2 }] };
    server.pieces = [{ begin: 0, end: 6, text: 'again\n', ended: false }];
    await follower.look();
    expect(follower.log(JOB.key)).toBe('again\n');
    follower.dispose();
  });

  it('shows a refusal, and keeps everything of a schedule that it pauses', async () => {
    const server = new Server();
    const follower = new JobFollower(server);
    await follower.start();
    server.fault = 'The job is done already.';
    await follower.act(JOB.key, 'cancel');
    expect(follower.error).toBe('The job is done already.');
    server.fault = '';
    await follower.pause(SCHEDULE);
    const { key: _key, following: _following, last: _last, said: _said, ...kept } = SCHEDULE;
    const sent = server.asked.find(what => what.startsWith('change')) ?? '';
    expect(JSON.parse(sent.slice(sent.indexOf('{')))).toEqual({ ...kept, enabled: false });
    expect(follower.error).toBe('');
    follower.dispose();
  });
});

describe('the dialog', () => {
  let form: typeof Form;
  const settings = { email: true, local: true };

  beforeAll(async () => {
    vi.stubGlobal('matchMedia', () => ({
      matches: false,
      addEventListener: () => undefined,
      addListener: () => undefined
    }));
    vi.stubGlobal('DragEvent', class extends MouseEvent {});
    form = await import('./form');
  }, LOADING_THE_LAB);

  function made(path: string, values: Readonly<Record<string, string>> = {}): Form.HubForm {
    const dialog = new form.HubForm(path, settings, 'Europe/Berlin', 'Takes 1 of the 10 hub jobs.');
    for (const [name, value] of Object.entries(values)) {
      const control = dialog.node.querySelector<HTMLInputElement>(`[aria-label="${name}"]`);
      if (control === null) {
        throw new Error(`there is no ${name}`);
      }
      control.value = value;
      control.dispatchEvent(new Event('change'));
    }
    return dialog;
  }

  it('offers what fits a file', () => {
    const keys = (path: string): readonly string[] => form.offersFor(path).map(({ key }) => key);
    expect(keys('a/b.cell.json')).toEqual(['cell', 'simulation']);
    expect(keys('b.circuit.json')).toEqual(['power-flow', 'short-circuit']);
    expect(keys('b.ipynb')).toEqual(['notebook', 'sweep']);
    expect(keys('b.py')).toEqual(['sweep']);
    expect(keys('b.csv')).toEqual([]);
  });

  it('makes jobs', () => {
    expect(made('my.cell.json', { 'C-rates': '1, 2', Called: 'Cell' }).getValue()).toEqual({
      scheduled: false,
      wish: {
        order: {
          kind: 'report',
          report: 'cell',
          file: 'my.cell.json',
          limit: 3600,
          options: { rates: '1,2' }
        },
        title: 'Cell',
        attempts: 1,
        notice: {}
      }
    });
    const script = made('s.py', { Arguments: ' a  1 ', 'Longest time, h': '0.5' }).getValue();
    expect(script.wish.order).toEqual({ kind: 'sweep', file: 's.py', limit: 1800, arguments: ['a', '1'] });
    const study = made('n.ipynb', { Parameters: '{"rate": 2}', Tell: 'email', 'Tell: address': 'a@b.org' });
    expect(study.getValue().wish).toMatchObject({
      order: { kind: 'notebook', parameters: { rate: 2 } },
      notice: { email: 'a@b.org', when: 'end' }
    });
  });

  it('makes schedules in the time zone of the browser', () => {
    expect(made('n.ipynb', { When: 'week' }).getValue()).toMatchObject({
      scheduled: true,
      wish: { cron: '0 20 * * sun', zone: 'Europe/Berlin', enabled: true }
    });
  });

  it('refuses with a sentence what the hub could not read', () => {
    expect(() => made('n.ipynb', { Parameters: '[1]' }).getValue()).toThrow('JSON object');
    expect(() => made('n.ipynb', { 'Longest time, h': '0' }).getValue()).toThrow('longest time');
    expect(() => made('n.ipynb', { Tell: 'webhook' }).getValue()).toThrow('address of the webhook');
  });
});
