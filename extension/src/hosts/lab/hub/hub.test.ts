import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubAnswer, KernelPower, Meter, Row } from './answer';
import { HubFollower, interval } from './follower';
import { kernelNotice, monthNotice, monthStage, rowNotice, rowStage } from './notice';
import {
  colour,
  costText,
  countdown,
  expectedText,
  headline,
  hours,
  jobCostText,
  kernelName,
  meterText,
  placeText,
  projectOf,
  rowText,
  rowTitle,
  share,
  usedText
} from './words';

const METER: Meter = {
  plan: 'Academic',
  used: 3600,
  allowed: 36_000,
  leases: [],
  meters: [],
  account: '/hub/usage'
};
const LENT: KernelPower = {
  id: 'abcdef0123',
  state: 'lent',
  position: 0,
  expected: null,
  message: '',
  stage: '',
  why: '',
  left: null
};
const WAITING: KernelPower = { ...LENT, state: 'waiting', position: 2, expected: 250 };
const ABSENT: HubAnswer = { hub: 'absent', meter: null, kernels: [] };
const STORAGE: Row = {
  row: 'storage',
  title: 'storage',
  unit: 'GB',
  used: 1.7,
  most: 2,
  share: 0.85,
  colour: 'yellow',
  note: ''
};
const JOBS: Row = {
  ...STORAGE,
  row: 'jobs',
  title: 'hub jobs per month',
  unit: 'jobs',
  used: 9,
  most: 10,
  share: 0.9
};
const HERE: HubAnswer = { hub: 'here', meter: METER, kernels: [] };

describe('words', () => {
  it('colours as the pages of the hub do', () => {
    expect([0, 0.79, 0.8, 0.95, 0.96, 2].map(colour)).toEqual([
      'green',
      'green',
      'yellow',
      'yellow',
      'red',
      'red'
    ]);
  });

  it('says what is used of what is allowed', () => {
    expect(meterText(METER)).toBe('GPU 1.0 of 10 h');
    expect(meterText({ used: 90, allowed: null })).toBe('GPU 0.03 h');
    expect(usedText({ used: 90, allowed: null })).toContain('no limit');
    expect(usedText({ used: 90, allowed: 9000 })).toBe('0.03 of 2.5 GPU-hours used this month');
    expect([0, 3580, 3583, 358_100, 720_000].map(hours)).toEqual(['0.00', '0.99', '1.0', '99.5', '200']);
    expect(share({ used: 5, allowed: 0 })).toBe(1);
    expect(share({ used: 5, allowed: null })).toBeNull();
  });

  it('says places and times', () => {
    expect(placeText(WAITING)).toBe('number 2 in the queue, about 4 min');
    expect(placeText({ position: 1, expected: null })).toBe('number 1 in the queue');
    expect(placeText({ position: 0 })).toBe('the hub does not answer yet');
    expect([5, 60, 3600, 9000].map(expectedText)).toEqual([
      'about half a minute',
      'about 1 min',
      'about 60 min',
      'about 3 h'
    ]);
    expect([300, 271.2, 9, 0, -5].map(countdown)).toEqual(['5:00', '4:32', '0:09', '0:00', '0:00']);
    expect(kernelName('a/b.ipynb', 'x')).toBe('b.ipynb');
    expect(kernelName(undefined, 'abcdef0123')).toBe('Kernel abcdef01');
  });
});

describe('cost', () => {
  it('says what is known before a kernel starts', () => {
    const known = { sentence: 'about 0.1 GPU-hours', known: true, left: 9 };
    expect(costText(known)).toMatch(
      /^Your last GPU kernels took about 0.1 GPU-hours each. 9.0 GPU-hours are left/
    );
    expect(costText({ ...known, known: false, left: null })).toMatch(
      /^No GPU kernel of yours .* known. The time/
    );
    expect(costText({ ...known, left: 0 })).toContain('gets no GPU now');
    expect(costText(null)).toContain('does not answer');
    expect(['', 'a/b', 'RTC:projects/cryo/x', 'projects'].map(projectOf)).toEqual([
      '',
      'a',
      'projects/cryo',
      'projects'
    ]);
  });

  it('says what else the plan counts', () => {
    const row = {
      row: 'storage',
      title: 'storage, GB',
      unit: 'GB',
      used: 1.234,
      most: 20,
      share: 0.06
    } as const;
    const storage = { ...row, colour: 'green', note: '' } as const;
    expect([rowTitle(storage), rowText(storage)]).toEqual(['Storage', '1.2 of 20 GB']);
    expect(rowText({ ...storage, used: 3, most: null })).toBe('3 GB');
    expect(rowText({ ...storage, title: 'hub jobs per month', unit: 'jobs', used: 3 })).toBe('3 of 20');
  });
});

describe('a hub without cards', () => {
  it('shows the row that is closest to its end, or the plan', () => {
    const meter = { ...METER, meters: [STORAGE, JOBS] };
    expect(headline(meter, true)).toMatchObject({ text: 'GPU 1.0 of 10 h', used: 0.1 });
    expect(headline(meter, false)).toEqual({ text: 'Jobs 9 of 10', used: 0.9, colour: 'yellow' });
    expect(headline({ ...METER, meters: [STORAGE] }, false).text).toBe('Storage 1.7 of 2 GB');
    expect(headline({ ...METER, meters: [{ ...JOBS, most: null }] }, false)).toMatchObject({
      text: 'Academic',
      used: null
    });
  });

  it('says what a job takes before it is submitted', () => {
    const text = (row: Partial<Row>): string => jobCostText({ ...METER, meters: [{ ...JOBS, ...row }] });
    expect(text({})).toBe('Takes 1 of the 10 hub jobs of this month; 1 is left.');
    expect(text({ used: 10, share: 1 })).toContain('the hub will say no');
    expect(text({ most: null })).toContain('no limit');
    expect(jobCostText(null)).toBe('');
  });

  it('speaks up at 80, 95 and 100 % of a row', () => {
    const stages = [0.79, 0.8, 0.95, 1].map(used => rowStage({ share: used, most: 2 }));
    expect(stages).toEqual([null, '80', '95', '100']);
    expect(rowStage({ share: 2, most: null })).toBeNull();
    const account = vi.fn();
    const told = rowNotice(STORAGE, '80', { account });
    expect(told.message).toBe('Storage: 1.7 of 2 GB are used');
    const full = rowNotice({ ...STORAGE, used: 2.5, share: 1.25 }, '100', { account });
    expect(full.type).toBe('error');
    expect(full.message).toContain('No further server starts');
    full.options.actions?.[0]?.callback(new MouseEvent('click'));
    expect(account).toHaveBeenCalled();
  });
});

describe('HubFollower', () => {
  let hidden = false;
  beforeEach(() => {
    vi.useFakeTimers();
    hidden = false;
    vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  });
  afterEach(() => void vi.useRealTimers());

  it('looks as often as something can change', () => {
    expect(interval(ABSENT)).toBeNull();
    expect(interval(HERE)).toBe(60_000);
    expect(interval({ ...ABSENT, kernels: [WAITING] })).toBe(3000);
    expect(interval({ ...HERE, kernels: [LENT] })).toBe(10_000);
    expect(interval({ ...HERE, kernels: [{ ...LENT, stage: 'grace' }] })).toBe(3000);
    const running = { ...METER, leases: [{ kernel: 'k', state: 'lent' as const }] };
    expect(interval({ ...HERE, meter: running })).toBe(10_000);
    const over = { ...running, used: 36_000 };
    expect(interval({ ...HERE, meter: over })).toBe(3000);
    expect(interval({ ...HERE, meter: over, kernels: [{ ...LENT, stage: 'metered' }] })).toBe(10_000);
  });

  it('asks once outside a hub, and never again until it is told to', async () => {
    const hub = vi.fn(async () => ABSENT);
    const follower = new HubFollower({ hub });
    await follower.look();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(hub).toHaveBeenCalledTimes(1);
    await follower.look();
    expect(hub).toHaveBeenCalledTimes(2);
    follower.dispose();
  });

  it('asks seldomer behind another tab, and at once when it is seen again', async () => {
    const hub = vi.fn(async () => HERE);
    const follower = new HubFollower({ hub });
    await follower.look();
    hidden = true;
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.advanceTimersByTimeAsync(599_000);
    expect(hub).toHaveBeenCalledTimes(2);
    hidden = false;
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(hub).toHaveBeenCalledTimes(3);
    follower.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the last meter while the hub is away, goes on after a fault, and counts down by itself', async () => {
    const grace: KernelPower = { ...LENT, stage: 'grace', left: 100 };
    const answers: (HubAnswer | Error)[] = [
      { ...HERE, kernels: [grace] },
      new Error('server away'),
      { hub: 'away', meter: null, kernels: [grace] }
    ];
    const hub = vi.fn(async () => {
      const next = answers.shift() ?? HERE;
      if (next instanceof Error) {
        throw next;
      }
      return next;
    });
    const follower = new HubFollower({ hub });
    await follower.look();
    await vi.advanceTimersByTimeAsync(2000);
    expect(follower.left(grace)).toBe(98);
    await vi.advanceTimersByTimeAsync(4000);
    expect(hub).toHaveBeenCalledTimes(3);
    expect(follower.current).toMatchObject({ hub: 'away', meter: METER });
    follower.dispose();
  });
});

describe('notices', () => {
  const actions = { cancel: vi.fn(), restart: vi.fn(), saveAll: vi.fn(), account: vi.fn() };
  const press = (told: ReturnType<typeof kernelNotice>, label: string): void => {
    const action = told?.options.actions?.find(item => item.label === label);
    action?.callback(new MouseEvent('click'));
  };

  it('says the place while a kernel waits, and cancels it', () => {
    const told = kernelNotice(WAITING, 'a.ipynb', null, actions);
    expect(told?.message).toBe('a.ipynb waits for a GPU: number 2 in the queue, about 4 min');
    press(told, 'Cancel');
    expect(actions.cancel).toHaveBeenCalledWith(WAITING.id);
  });

  it('counts down to the interrupt, and saves', () => {
    const told = kernelNotice({ ...LENT, stage: 'grace' }, 'a.ipynb', 271.2, actions);
    expect(told?.message).toContain('4:32 to save, then a.ipynb is interrupted');
    press(told, 'Save all');
    expect(actions.saveAll).toHaveBeenCalled();
    expect(kernelNotice({ ...LENT, stage: 'interrupt' }, 'a', null, actions)?.type).toBe('error');
    const lease: KernelPower = { ...LENT, stage: 'grace', why: 'longest time' };
    expect(kernelNotice(lease, 'a', 9, actions)?.message).toMatch(/^The lease ends: 0:09 to save/);
  });

  it('says why there is none, and nothing where all is well', () => {
    const refused: KernelPower = { ...LENT, state: 'refused', message: 'This month 2.5 h are used up. Ask.' };
    expect(kernelNotice(refused, 'a', null, actions)?.message).toBe(
      'a has no GPU. This month 2.5 h are used up.'
    );
    const ended: KernelPower = { ...LENT, state: 'ended', message: 'Over.' };
    press(kernelNotice(ended, 'a', null, actions), 'Restart');
    expect(actions.restart).toHaveBeenCalledWith(LENT.id);
    expect(kernelNotice(LENT, 'a', null, actions)).toBeNull();
    expect(kernelNotice({ ...LENT, stage: '95' }, 'a', null, actions)).toBeNull();
  });

  it('tells how much is left of the month, and what is billed', () => {
    const used = [0.79, 0.8, 0.94, 0.95, 1, 1.2].map(part => ({ used: part * 36_000, allowed: 36_000 }));
    expect(used.map(meter => monthStage(meter, false))).toEqual([null, '80', '80', '95', null, null]);
    expect(monthStage({ used: 9, allowed: null }, false)).toBeNull();
    expect(monthStage({ used: 9, allowed: 5 }, true)).toBe('metered');
    expect(monthNotice(METER, 'metered', actions).message).toContain('billed by the meter');
    expect(monthNotice({ ...METER, used: 30_000 }, '80', actions).message).toMatch(/^80 % .* 1.7 h are left/);
  });
});
