/** Times that people choose, as the five fields that the hub reads, and back into words. */

export type Rhythm = 'day' | 'workday' | 'week' | 'month' | 'own';

export interface Times {
  readonly rhythm: Rhythm;
  /** `20:00` */
  readonly time: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 28. */
  readonly day: number;
  /** Five fields of one's own. */
  readonly own: string;
}

export const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday'
] as const;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export const SUNDAY_NIGHT: Times = { rhythm: 'week', time: '20:00', weekday: 0, day: 1, own: '0 20 * * sun' };

/** The five fields; throws where the time is none. */
export function cronOf({ rhythm, time, weekday, day, own }: Times): string {
  if (rhythm === 'own') {
    return own.trim().replace(/\s+/g, ' ');
  }
  const parts = /^(\d{1,2}):(\d{2})$/.exec(time);
  const [hour, minute] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts === null || hour > 23 || minute > 59) {
    throw new Error(`${time || 'The time'} is not a time. Write it as hours and minutes, such as 20:00`);
  }
  const begin = `${minute} ${hour}`;
  switch (rhythm) {
    case 'day':
      return `${begin} * * *`;
    case 'workday':
      return `${begin} * * mon-fri`;
    case 'week':
      return `${begin} * * ${NAMES[weekday] ?? 'sun'}`;
    case 'month':
      return `${begin} ${day} * *`;
  }
}

/** The other way round; what no choice makes is one's own. */
export function timesOf(cron: string): Times {
  const own: Times = { ...SUNDAY_NIGHT, rhythm: 'own', own: cron };
  const [minute, hour, day, month, weekday, ...more] = cron.split(' ');
  if (more.length > 0 || !/^\d{1,2}$/.test(minute ?? '') || !/^\d{1,2}$/.test(hour ?? '') || month !== '*') {
    return own;
  }
  const time = `${hour?.padStart(2, '0')}:${minute?.padStart(2, '0')}`;
  const named = NAMES.findIndex(name => name === weekday?.toLowerCase());
  if (day === '*' && weekday === '*') {
    return { ...own, rhythm: 'day', time };
  }
  if (day === '*' && weekday === 'mon-fri') {
    return { ...own, rhythm: 'workday', time };
  }
  if (day === '*' && named >= 0) {
    return { ...own, rhythm: 'week', time, weekday: named };
  }
  if (weekday === '*' && /^\d{1,2}$/.test(day ?? '') && Number(day) >= 1 && Number(day) <= 28) {
    return { ...own, rhythm: 'month', time, day: Number(day) };
  }
  return own;
}

/** `Sundays at 20:00` */
export function cronWords(cron: string): string {
  const { rhythm, time, weekday, day } = timesOf(cron);
  switch (rhythm) {
    case 'day':
      return `every day at ${time}`;
    case 'workday':
      return `Monday to Friday at ${time}`;
    case 'week':
      return `${WEEKDAYS[weekday]}s at ${time}`;
    case 'month':
      return `on day ${day} of each month at ${time}`;
    case 'own':
      return cron;
  }
}
