/** The short circuit that a person asked for: at one busbar or at all of them. */

import type { FaultAnswer, FaultRequest } from './study';

/** Kinds of fault, as the solver names them. */
export const FAULTS: readonly (readonly [string, string])[] = [
  ['3ph', 'Three-phase fault'],
  ['2ph', 'Line-to-line fault'],
  ['2ph-g', 'Line-to-line-to-earth fault'],
  ['1ph', 'Line-to-earth fault']
];

export interface FaultState {
  readonly request: FaultRequest;
  /** null while it is computed. */
  readonly answer: FaultAnswer | null;
}

interface FaultPanelProps {
  readonly fault: FaultState;
  /** Name of the busbar; empty for all of them. */
  readonly where: string;
  compute(request: FaultRequest): void;
  close(): void;
}

export function FaultPanel({ fault, where, compute, close }: FaultPanelProps) {
  const { request, answer } = fault;
  const words = FAULTS.find(([name]) => name === request.fault)?.[1] ?? 'Fault';
  const title = `${words} at ${where || 'every busbar'}`;
  return (
    <section className="jb-Fault" aria-label={title}>
      <div className="jb-Row">
        <h3>{title}</h3>
        <div className="jb-Toggle" role="group" aria-label="Currents">
          {(['max', 'min'] as const).map(extreme => (
            <button
              key={extreme}
              type="button"
              aria-pressed={request.extreme === extreme}
              onClick={() => compute({ ...request, extreme })}
            >
              {extreme === 'max' ? 'Largest' : 'Smallest'}
            </button>
          ))}
        </div>
        <span role="status" className="jb-Study-status">
          {answer ? answer.message : 'Computing …'}
        </span>
        {answer?.missing && (
          <button type="button" className="jb-Button" onClick={() => compute({ ...request, typical: true })}>
            Take typical values
          </button>
        )}
        <span className="jb-Toolbar-space" />
        <button type="button" className="jb-Button" onClick={close}>
          Close
        </button>
      </div>
      {answer && answer.lines.length > 0 && (
        <dl className="jb-Fault-lines">
          {answer.lines.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {request.typical && answer && !answer.message && (
        <p className="jb-Empty">With typical values where the network gives none. IEC 60909-0.</p>
      )}
    </section>
  );
}
