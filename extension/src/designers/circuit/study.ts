/** Studies of the network that a kernel makes, kept up to date with the document. */

import type { JsonObject } from '../../core/document';
import type { BranchFigures, BusFigures, Injection, Mark, Overlay } from './overlay';
import { NOTHING } from './overlay';
import type { Key } from './kinds';

/** What `joulebook_lab.circuit_studies.power_flow` answers. */
export interface PowerFlowAnswer {
  /** Empty where the network was solved. */
  readonly message: string;
  /** By key of the diagram: per unit and degrees. */
  readonly buses: Readonly<Record<Key, readonly [number, number]>>;
  /** By key: active and reactive power into the branch at each end, MW and Mvar, and loading in per cent or null. */
  readonly branches: Readonly<
    Record<
      Key,
      { readonly p: readonly number[]; readonly q: readonly number[]; readonly loading: number | null }
    >
  >;
  /** By key: MW and Mvar. */
  readonly injections: Readonly<Record<Key, readonly [number, number]>>;
  /** What is wrong, and where. */
  readonly marks: readonly {
    readonly key: Key | null;
    readonly level: 'error' | 'warning';
    readonly text: string;
  }[];
  readonly facts: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface FaultAnswer {
  readonly message: string;
  /** Whether values that the study needs are not known. */
  readonly missing?: boolean;
  /** Text to be shown at busbars, by key. */
  readonly notes: Readonly<Record<Key, string>>;
  /** Lines for the panel. */
  readonly lines: readonly (readonly [string, string])[];
}

export interface FaultRequest {
  /** Identifier; empty for all. */
  readonly bus: string;
  readonly fault: string;
  readonly extreme: 'max' | 'min';
  /** Whether typical values stand in for what is not known. */
  readonly typical?: boolean;
}

/** Studies of a network. Rejects with an Error whose message can be shown as it is. */
export interface StudyService {
  powerFlow(document: JsonObject, signal: AbortSignal): Promise<PowerFlowAnswer>;
  shortCircuit(document: JsonObject, request: FaultRequest, signal: AbortSignal): Promise<FaultAnswer>;
  /** Be told when a request that failed is worth another try. */
  onReady?(listener: () => void): () => void;
}

export interface StudyState {
  readonly answer: PowerFlowAnswer | null;
  readonly overlay: Overlay;
  /** Whether the answer is of an older network than the one on the sheet. */
  readonly stale: boolean;
  readonly running: boolean;
  /** Why there is no answer. */
  readonly message: string;
}

/** What a power flow depends on: everything but the drawing, names and sources. */
function solvedPart(document: JsonObject): readonly unknown[] {
  return Object.entries(document).flatMap(([name, value]) =>
    ['diagram', 'sources', 'name', 'description'].includes(name) ? [] : [name, value]
  );
}

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** The power flow of a document that changes: one request at a time, and after each the newest document. */
export class PowerFlowFollower {
  private listeners = new Set<() => void>();
  private wanted: JsonObject | null = null;
  private wantedPart: readonly unknown[] = [];
  private solvedOf: readonly unknown[] = [];
  private running: AbortController | null = null;
  private state: StudyState = {
    answer: null,
    overlay: NOTHING,
    stale: false,
    running: false,
    message: ''
  };

  constructor(private readonly service: StudyService) {}

  readonly getState = (): StudyState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tell what is on the sheet now; null while it has faults. */
  follow(document: JsonObject | null, live: boolean): void {
    this.wanted = document;
    const part = document ? solvedPart(document) : [];
    const changed = !same(part, this.wantedPart);
    this.wantedPart = part;
    if (changed || this.state.stale !== !same(part, this.solvedOf)) {
      this.show({ stale: this.state.answer !== null && !same(part, this.solvedOf) });
    }
    if (live && document && (changed || !this.state.answer) && !same(part, this.solvedOf)) {
      this.solve();
    }
  }

  /** Solve what is on the sheet. */
  solve(): void {
    if (this.wanted && !this.running) {
      void this.run();
    }
  }

  /** Take the figures off the sheet. */
  clear(): void {
    this.running?.abort();
    this.running = null;
    this.solvedOf = [];
    this.show({ answer: null, overlay: NOTHING, stale: false, running: false, message: '' });
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    this.listeners.clear();
  }

  private async run(): Promise<void> {
    const { wanted, wantedPart } = this;
    if (!wanted) {
      return;
    }
    const own = new AbortController();
    this.running = own;
    this.show({ running: true, message: '' });
    let outcome: Partial<StudyState>;
    try {
      const answer = await this.service.powerFlow(wanted, own.signal);
      this.solvedOf = wantedPart;
      outcome = { answer, overlay: overlayOf(answer), message: answer.message };
    } catch (error) {
      this.solvedOf = wantedPart;
      outcome = {
        answer: null,
        overlay: NOTHING,
        message: error instanceof Error ? error.message : String(error)
      };
    }
    if (this.running !== own) {
      return;
    }
    this.running = null;
    const newest = same(this.wantedPart, wantedPart);
    this.show({ ...outcome, running: false, stale: !newest });
    if (!newest) {
      this.solve();
    }
  }

  private show(part: Partial<StudyState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach(listener => listener());
  }
}

export function overlayOf(answer: PowerFlowAnswer): Overlay {
  const buses = new Map<Key, BusFigures>(
    Object.entries(answer.buses ?? {}).map(([key, [voltage, angle]]) => [key, { voltage, angle }])
  );
  const branches = new Map<Key, BranchFigures>(
    Object.entries(answer.branches ?? {}).map(([key, { p, q, loading }]) => [
      key,
      { p, q, loading: loading === null ? null : loading / 100 }
    ])
  );
  const injections = new Map<Key, Injection>(
    Object.entries(answer.injections ?? {}).map(([key, [p, q]]) => [key, { p, q }])
  );
  const marks = new Map<Key, Mark>(
    (answer.marks ?? []).flatMap(({ key, level, text }) =>
      key === null ? [] : [[key, { level, text }] as const]
    )
  );
  return { buses, branches, injections, marks, notes: new Map() };
}
