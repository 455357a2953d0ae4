/** Short texts about jobs. */

import type { HubJob, JobOrder } from './answer';

export function isActive(job: Pick<HubJob, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running' || job.state === 'cancelling';
}

/** `3 min`, `2 h 05 min` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

function ordinal(place: number): string {
  const ending = ['th', 'st', 'nd', 'rd'][place % 100 >= 11 && place % 100 <= 13 ? 0 : place % 10] ?? 'th';
  return `${place}${ending}`;
}

/** What an active job is at: its place in the queue, or its progress. */
export function progressWords(job: HubJob, now = Date.now() / 1000): string {
  if (job.state === 'cancelling') {
    return 'cancelling';
  }
  if (job.state === 'queued') {
    if (job.not_before > now) {
      const why = job.error === '' ? '' : `: ${job.error}`;
      return `next try in ${duration(job.not_before - now)}${why}`;
    }
    return job.place === null || job.place <= 1 ? 'next in the queue' : `${ordinal(job.place)} in the queue`;
  }
  const counted = job.total > 0 ? `${Math.round(job.done)} of ${Math.round(job.total)}` : '';
  const since = job.started === null ? '' : duration(now - job.started);
  const again = job.attempt > 1 ? `attempt ${job.attempt}` : '';
  return [job.label || job.stage || 'starting', counted, since, again]
    .filter(part => part !== '')
    .join(' · ');
}

/** `done 3 min ago, took 41 s` */
export function endWords(job: HubJob, ago: (instant: number) => string): string {
  const when = job.ended === null ? '' : ` ${ago(job.ended)}`;
  const took =
    job.started !== null && job.ended !== null && job.state !== 'cancelled'
      ? `, took ${duration(job.ended - job.started)}`
      : '';
  return `${job.state}${when}${took}`;
}

/** `cell report`, `notebook`, `sweep` */
export function kindWords(order: JobOrder): string {
  return order.kind === 'report' ? `${(order.report ?? '').replace('-', ' ')} report` : order.kind;
}

/** Sunday 29 Nov, 20:00 in the time zone of the browser. */
export function instant(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit'
  });
}
