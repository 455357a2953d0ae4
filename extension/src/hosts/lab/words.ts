/** Short texts about reports, kernels and files. */

import type { ReportJob } from './server';

/** `Report of LG M50.cell.json`, `Simulation report of LG M50.cell.json` */
export function subject(job: Pick<ReportJob, 'cell' | 'kind'>): string {
  const name = job.cell.slice(job.cell.lastIndexOf('/') + 1);
  return `${job.kind === 'simulation' ? 'Simulation report' : 'Report'} of ${name}`;
}

/** `Discharge curves, 3 of 8`, or what else there is to say. */
export function progressText(job: ReportJob): string {
  if (job.state === 'waiting') {
    return 'waiting for another report';
  }
  if (job.state === 'cancelling') {
    return 'cancelling';
  }
  const what = job.label || job.stage || 'starting';
  return job.total > 0 ? `${what}, ${Math.round(job.done)} of ${Math.round(job.total)}` : what;
}

/** The kernel of the designer in front; null where none is in front. */
export interface KernelState {
  readonly name: string;
  readonly status: string;
}

/** `report 3/8`, else the kernel, else the name alone. */
export function statusText(
  reports: { readonly unfinished: readonly ReportJob[] },
  kernel: KernelState | null
): string {
  const [job, ...more] = reports.unfinished;
  if (job) {
    const counted = job.total > 0 ? ` ${Math.round(job.done)}/${Math.round(job.total)}` : '';
    return `Joulebook: report${counted}${more.length > 0 ? `, ${more.length} more` : ''}`;
  }
  if (kernel) {
    return kernel.name === '' ? 'Joulebook: no kernel' : `${kernel.name} · ${kernel.status}`;
  }
  return 'Joulebook';
}

/** `12 kB` */
export function size(bytes: number): string {
  const steps: readonly [number, string][] = [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB']
  ];
  const [divisor, unit] = steps.find(([limit]) => bytes >= limit) ?? [1, 'B'];
  const shown = bytes / divisor;
  return `${shown >= 10 || divisor === 1 ? Math.round(shown) : shown.toFixed(1)} ${unit}`;
}

/** `3 min ago`; the date where it is long ago. */
export function ago(seconds: number, now = Date.now() / 1000): string {
  const past = now - seconds;
  if (past < 60) {
    return 'just now';
  }
  if (past < 3600) {
    return `${Math.floor(past / 60)} min ago`;
  }
  if (past < 86_400) {
    return `${Math.floor(past / 3600)} h ago`;
  }
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
