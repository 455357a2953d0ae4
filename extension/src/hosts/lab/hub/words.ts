/** Short texts about GPU time and waiting. */

import type { Cost, Meter, Row } from './answer';

export type Colour = 'green' | 'yellow' | 'red';

/** As the hub's pages colour it: green below 80 %, red above 95 %. */
export function colour(share: number): Colour {
  return share < 0.8 ? 'green' : share <= 0.95 ? 'yellow' : 'red';
}

/** Used over allowed; null where nothing limits it. */
export function share(meter: Pick<Meter, 'used' | 'allowed'>): number | null {
  if (meter.allowed === null) {
    return null;
  }
  return meter.allowed > 0 ? meter.used / meter.allowed : 1;
}

/** `0.25`, `9.8`, `120`: two or three digits. */
export function hours(seconds: number): string {
  const value = seconds / 3600;
  return value < 0.995 ? value.toFixed(2) : value < 99.5 ? value.toFixed(1) : value.toFixed(0);
}

/** `GPU 9.8 of 10 h` */
export function meterText(meter: Pick<Meter, 'used' | 'allowed'>): string {
  return meter.allowed === null
    ? `GPU ${hours(meter.used)} h`
    : `GPU ${hours(meter.used)} of ${plain(meter.allowed)} h`;
}

/** `9.80 of 10 GPU-hours used this month` */
export function usedText(meter: Pick<Meter, 'used' | 'allowed'>): string {
  return meter.allowed === null
    ? `${hours(meter.used)} GPU-hours used this month; the plan sets no limit.`
    : `${hours(meter.used)} of ${plain(meter.allowed)} GPU-hours used this month`;
}

/** What the status bar says, and the share that its bar shows. */
export interface Headline {
  readonly text: string;
  /** Null where nothing limits it. */
  readonly used: number | null;
  readonly colour: Colour;
}

/** GPU time where there are cards; else the row that is closest to its end, or the plan where none has one. */
export function headline(meter: Meter, cards: boolean): Headline {
  if (cards) {
    const used = share(meter);
    return { text: meterText(meter), used, colour: colour(used ?? 0) };
  }
  const rows = meter.meters.filter(row => row.row !== 'gpu_hours' && row.most !== null);
  const fullest = rows.reduce<Row | null>(
    (most, row) => (most && most.share >= row.share ? most : row),
    null
  );
  return fullest === null
    ? { text: meter.plan, used: null, colour: 'green' }
    : { text: `${shortTitle(fullest)} ${rowText(fullest)}`, used: fullest.share, colour: fullest.colour };
}

/** `Jobs`, `Storage` */
function shortTitle(row: Row): string {
  return row.row === 'jobs' ? 'Jobs' : rowTitle(row);
}

/** `Takes 1 of 10 hub jobs of this month; 7 are left.` */
export function jobCostText(meter: Meter | null): string {
  const row = meter?.meters.find(({ row: name }) => name === 'jobs');
  if (row === undefined) {
    return '';
  }
  if (row.most === null) {
    return `Counts as a hub job; the plan sets no limit (${row.used} this month).`;
  }
  const left = Math.max(0, row.most - row.used);
  return left > 0
    ? `Takes 1 of the ${row.most} hub jobs of this month; ${left} ${left === 1 ? 'is' : 'are'} left.`
    : `All ${row.most} hub jobs of this month are used: the hub will say no. New ones come with the next month (UTC).`;
}

/** `10`, `2.5` */
function plain(seconds: number): string {
  return String(Number((seconds / 3600).toPrecision(4)));
}

/** `about 4 min`; nothing where nothing is expected. */
export function expectedText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) {
    return '';
  }
  if (seconds < 90) {
    return seconds > 30 ? 'about 1 min' : 'about half a minute';
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** `number 2 in the queue, about 4 min` */
export function placeText(power: { readonly position?: number; readonly expected?: number | null }): string {
  if (!power.position) {
    return 'the hub does not answer yet';
  }
  const expected = expectedText(power.expected);
  return `number ${power.position} in the queue${expected === '' ? '' : `, ${expected}`}`;
}

/** `4:32` */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A kernel by what it belongs to: `analysis.ipynb`, else the beginning of its identity. */
export function kernelName(path: string | undefined, id: string): string {
  return path === undefined ? `Kernel ${id.slice(0, 8)}` : path.slice(path.lastIndexOf('/') + 1);
}

/** What a notebook with a GPU may cost, and what is left. */
export function costText(cost: Cost | null): string {
  const counts = 'The time counts while the kernel runs, also when it is idle.';
  if (cost === null) {
    return `What it may cost is not known: the hub does not answer. ${counts}`;
  }
  const took = cost.known
    ? `Your last GPU kernels took ${cost.sentence} each.`
    : 'No GPU kernel of yours has ended yet, so what this one may cost is not known.';
  const left =
    cost.left === null
      ? ''
      : cost.left <= 0
        ? ' No GPU-hours are left this month, so it gets no GPU now.'
        : ` ${hours(3600 * cost.left)} GPU-hours are left this month.`;
  return `${took}${left} ${counts}`;
}

/** `1.2 of 20 GB`; without the unit where the title says it, `3 of 20`. */
export function rowText(row: Row): string {
  const { used, most, unit } = row;
  const shown = Number.isInteger(used) ? String(used) : used < 10 ? used.toFixed(1) : used.toFixed(0);
  const said = rowTitle(row).toLowerCase().includes(unit.toLowerCase());
  return `${shown}${most === null ? '' : ` of ${Number(most.toPrecision(4))}`}${said ? '' : ` ${unit}`}`;
}

/** The title of a row without its unit: `Storage`. */
export function rowTitle({ title }: Pick<Row, 'title'>): string {
  const [name = title] = title.split(',');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** As `joulebook_kernels` names what a lease is for: the first folder, two for shared ones. */
export function projectOf(folder: string): string {
  const parts = folder
    .slice(folder.indexOf(':') + 1)
    .split('/')
    .filter(part => part !== '');
  return parts.slice(0, parts[0] === 'projects' ? 2 : 1).join('/');
}
