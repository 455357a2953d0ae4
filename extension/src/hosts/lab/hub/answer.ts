/** What the server says of its hub, `joulebook_lab.hub`. */

/** A lease of the user, here or in another server of the same user. */
export interface LeaseState {
  readonly kernel: string;
  readonly state: 'lent' | 'waiting';
  /** Seconds since 1970, when lent. */
  readonly since?: number;
  readonly position?: number;
  readonly expected?: number | null;
}

export type Stage = '' | '80' | '95' | 'metered' | 'grace' | 'interrupt' | 'stop';

/** What was used of one row of the plan. */
export interface Row {
  readonly row: string;
  readonly title: string;
  readonly unit: string;
  readonly used: number;
  /** Null where nothing limits it. */
  readonly most: number | null;
  readonly share: number;
  readonly colour: 'green' | 'yellow' | 'red';
  readonly note: string;
}

/** What a GPU kernel may cost. */
export interface Cost {
  /** `about 0.1 GPU-hours`; why not, where nothing is known. */
  readonly sentence: string;
  readonly known: boolean;
  /** GPU-hours that are left this month; null where nothing limits them. */
  readonly left: number | null;
}

/** GPU time of the user in this month. */
export interface Meter {
  readonly plan: string;
  /** Seconds. */
  readonly used: number;
  /** Seconds; null where nothing limits it. */
  readonly allowed: number | null;
  readonly leases: readonly LeaseState[];
  /** All rows that are measured, GPU time among them. */
  readonly meters: readonly Row[];
  /** Path of the hub's page about it. */
  readonly account: string;
}

/** What a kernel of this server has or waits for. */
export interface KernelPower {
  readonly id: string;
  readonly state: 'lent' | 'waiting' | 'refused' | 'ended';
  /** 1 is next; 0 while nobody answers. */
  readonly position: number;
  /** Expected wait in seconds. */
  readonly expected: number | null;
  /** Why it was refused, or has ended. */
  readonly message: string;
  readonly stage: Stage;
  /** What ends, from the grace on. */
  readonly why: '' | 'used up' | 'longest time';
  /** Seconds left to save. */
  readonly left: number | null;
}

export interface HubAnswer {
  readonly hub: 'here' | 'away' | 'absent';
  readonly meter: Meter | null;
  readonly kernels: readonly KernelPower[];
}
