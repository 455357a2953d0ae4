/** The dialog “Run on the hub”: what, with which values, when, and who is told. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { sentences } from '../simulation';
import type { JobNotice, JobOrder, JobSettings, JobWish, ScheduleWish } from './answer';
import type { Rhythm } from './cron';
import { cronOf, SUNDAY_NIGHT, WEEKDAYS } from './cron';

/** What a file can be used for. */
export interface Offer {
  readonly key: string;
  readonly words: string;
}

const REPORTS: Readonly<Record<string, string>> = {
  cell: 'Report of the design',
  simulation: 'Report of a simulation',
  'power-flow': 'Report of the power flow',
  'short-circuit': 'Report of the short circuits'
};

/** What the hub can do with a file, by its name; empty for nothing. */
export function offersFor(path: string): readonly Offer[] {
  const reports = (...keys: readonly string[]): readonly Offer[] =>
    keys.map(key => ({ key, words: REPORTS[key] ?? key }));
  if (path.endsWith('.cell.json')) {
    return reports('cell', 'simulation');
  }
  if (path.endsWith('.circuit.json')) {
    return reports('power-flow', 'short-circuit');
  }
  if (path.endsWith('.ipynb')) {
    return [
      { key: 'notebook', words: 'Notebook, with parameters' },
      { key: 'sweep', words: 'Sweep: the notebook with a Dask cluster' }
    ];
  }
  return path.endsWith('.py') ? [{ key: 'sweep', words: 'Sweep: the script with a Dask cluster' }] : [];
}

/** A job, or a schedule of jobs. */
export type Asked =
  | { readonly scheduled: false; readonly wish: JobWish }
  | { readonly scheduled: true; readonly wish: ScheduleWish };

export class HubForm extends Widget {
  private readonly what: HTMLSelectElement;
  private readonly rates = field('text', '0.5, 1, 2');
  private readonly protocol = field('text', 'Discharge at 1C until cut-off');
  private readonly parameters = area('{}');
  private readonly words = field('text', '');
  private readonly title_ = field('text', '');
  private readonly when = selection([
    ['now', 'now'],
    ['day', 'every day'],
    ['workday', 'Monday to Friday'],
    ['week', 'every week'],
    ['month', 'every month'],
    ['own', 'by five cron fields']
  ]);
  private readonly time = field('time', SUNDAY_NIGHT.time);
  private readonly weekday = selection(WEEKDAYS.map((name, index) => [String(index), `on ${name}s`]));
  private readonly day = selection(
    Array.from({ length: 28 }, (_, index) => [String(index + 1), `on day ${index + 1}`])
  );
  private readonly own = field('text', SUNDAY_NIGHT.own);
  private readonly attempts = selection([
    ['1', 'no: tell me'],
    ['2', 'once'],
    ['3', 'twice']
  ]);
  private readonly hours = field('number', '1');
  private readonly notice: HTMLSelectElement;
  private readonly target = field('text', '');
  private readonly failures = field('checkbox', '');
  private readonly rows = new Map<string, HTMLElement>();

  constructor(
    private readonly path: string,
    settings: JobSettings,
    private readonly zone: string,
    cost: string
  ) {
    super();
    this.addClass('jb-HubForm');
    this.what = selection(offersFor(path).map(({ key, words }) => [key, words]));
    this.notice = selection([
      ['', 'nobody'],
      ...(settings.email ? [['email', 'e-mail to'] as const] : []),
      ['webhook', 'webhook at']
    ]);
    this.hours.min = '0.1';
    this.hours.step = 'any';
    this.add('what', 'Run', this.what);
    this.add('rates', 'C-rates', this.rates);
    this.add('protocol', 'Protocol', this.protocol);
    this.add('parameters', 'Parameters', this.parameters);
    this.add('words', 'Arguments', this.words);
    this.add('title', 'Called', this.title_);
    this.add('when', 'When', this.when, this.weekday, this.day, this.time, this.own);
    this.add('zone', 'Time zone', note(zone));
    this.add('attempts', 'If it fails, again', this.attempts);
    this.add('hours', 'Longest time, h', this.hours);
    this.add('notice', 'Tell', this.notice, this.target);
    this.add('failures', 'Only of failures', this.failures);
    if (cost !== '') {
      this.add('cost', 'Cost', note(cost));
    }
    this.title_.placeholder = 'as the file';
    this.words.placeholder = 'one after the other, with spaces between';
    for (const select of [this.what, this.when, this.notice]) {
      select.addEventListener('change', this.adapt);
    }
    this.adapt();
  }

  getValue(): Asked {
    const wish: JobWish = {
      order: this.order(),
      title: this.title_.value.trim(),
      attempts: Number(this.attempts.value),
      notice: this.told()
    };
    if (this.when.value === 'now') {
      return { scheduled: false, wish };
    }
    const cron = cronOf({
      rhythm: this.when.value as Rhythm,
      time: this.time.value,
      weekday: Number(this.weekday.value),
      day: Number(this.day.value),
      own: this.own.value
    });
    return { scheduled: true, wish: { ...wish, cron, zone: this.zone, enabled: true } };
  }

  private order(): JobOrder {
    const hours = Number(this.hours.value);
    if (!(hours > 0)) {
      throw new Error('The longest time is a number of hours more than 0, such as 0.5');
    }
    const shared = { file: this.path, limit: Math.round(hours * 3600) };
    const key = this.what.value;
    if (key === 'notebook') {
      return { kind: 'notebook', ...shared, parameters: this.values() };
    }
    if (key === 'sweep') {
      return this.path.endsWith('.py')
        ? { kind: 'sweep', ...shared, arguments: this.words.value.split(/\s+/).filter(word => word !== '') }
        : { kind: 'sweep', ...shared, parameters: this.values() };
    }
    const options: Record<string, unknown> = {};
    if (key === 'cell') {
      options['rates'] = this.rates.value.replace(/\s+/g, '');
    } else if (key === 'simulation') {
      options['protocol'] = sentences(this.protocol.value);
    }
    return { kind: 'report', report: key, ...shared, options };
  }

  private values(): Record<string, unknown> {
    let found: unknown;
    try {
      found = JSON.parse(this.parameters.value.trim() || '{}');
    } catch {
      found = null;
    }
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      throw new Error('The parameters are a JSON object of names and values, such as {"rate": 2}');
    }
    return found as Record<string, unknown>;
  }

  private told(): JobNotice {
    const channel = this.notice.value;
    const target = this.target.value.trim();
    if (channel === '') {
      return {};
    }
    if (target === '') {
      throw new Error(channel === 'email' ? 'Give the e-mail address' : 'Give the address of the webhook');
    }
    return { [channel]: target, when: this.failures.checked ? 'failure' : 'end' };
  }

  private add(name: string, words: string, ...controls: readonly HTMLElement[]): void {
    const label = document.createElement('label');
    const text = document.createElement('span');
    text.textContent = words;
    const group = document.createElement('span');
    group.className = 'jb-HubForm-controls';
    group.append(...controls);
    label.append(text, group);
    controls.forEach((control, index) => {
      control.setAttribute(
        'aria-label',
        index === 0 ? words : `${words}: ${control.dataset['words'] ?? 'more'}`
      );
    });
    this.rows.set(name, label);
    this.node.append(label);
  }

  /** Show what belongs to the choices. */
  private readonly adapt = (): void => {
    const key = this.what.value;
    const when = this.when.value;
    const script = key === 'sweep' && this.path.endsWith('.py');
    const shown: Readonly<Record<string, boolean>> = {
      rates: key === 'cell',
      protocol: key === 'simulation',
      parameters: key === 'notebook' || (key === 'sweep' && !script),
      words: script,
      zone: when !== 'now',
      failures: this.notice.value !== ''
    };
    for (const [name, visible] of Object.entries(shown)) {
      const row = this.rows.get(name);
      if (row) {
        row.hidden = !visible;
      }
    }
    this.weekday.hidden = when !== 'week';
    this.day.hidden = when !== 'month';
    this.time.hidden = when === 'now' || when === 'own';
    this.own.hidden = when !== 'own';
    this.target.hidden = this.notice.value === '';
    this.target.placeholder = this.notice.value === 'email' ? 'ada@example.org' : 'https://example.org/hook';
  };
}

function field(type: string, value: string): HTMLInputElement {
  const input = document.createElement('input');
  input.type = type;
  input.className = type === 'checkbox' ? '' : 'jp-mod-styled';
  input.value = value;
  input.spellcheck = false;
  input.dataset['words'] = type === 'time' ? 'time' : 'address';
  return input;
}

function area(value: string): HTMLTextAreaElement {
  const text = document.createElement('textarea');
  text.className = 'jp-mod-styled';
  text.rows = 2;
  text.value = value;
  text.spellcheck = false;
  return text;
}

function note(words: string): HTMLElement {
  const text = document.createElement('small');
  text.textContent = words;
  return text;
}

function selection(options: readonly (readonly [string, string] | readonly string[])[]): HTMLSelectElement {
  const select = document.createElement('select');
  select.className = 'jp-mod-styled';
  for (const [name, words] of options) {
    const option = document.createElement('option');
    option.value = name ?? '';
    option.textContent = words ?? '';
    select.append(option);
  }
  select.dataset['words'] = 'day';
  return select;
}

/** Ask; null where the person changes their mind. */
export async function askHub(path: string, settings: JobSettings, cost: string): Promise<Asked | null> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const form = new HubForm(path, settings, zone, cost);
  const answer = await showDialog({
    title: `Run ${path.slice(path.lastIndexOf('/') + 1)} on the hub`,
    body: form,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Submit' })],
    focusNodeSelector: 'select'
  });
  return answer.button.accept ? answer.value : null;
}
