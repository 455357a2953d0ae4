/** Discharge curves at several C-rates, solved by a kernel. */

import type { FormEvent } from 'react';
import { useEffect, useId, useMemo, useState, useSyncExternalStore } from 'react';
import type { JsonObject } from '../../core/document';
import { valueAt } from '../../core/document';
import type { PreviewCurve, PreviewModel, PreviewService, PreviewStart } from '../../core/services';
import { Icon } from './Icon';
import { LineChart } from './LineChart';
import type { PreviewState } from './preview';
import { PreviewController } from './preview';
import { withRate } from './rates';
import { Toggle } from './Toggle';

/** Where the host has no settings. */
export const FIRST_PREVIEW: PreviewStart = { rates: [0.2, 1, 2], model: 'DFN', axis: 'capacity' };

interface DischargeProps {
  readonly service: PreviewService | null;
  /** null while the design has faults. */
  readonly document: JsonObject | null;
  readonly start: PreviewStart;
}

export function DischargePanel({ service, document, start }: DischargeProps) {
  const controller = useMemo(() => new PreviewController(service), [service]);
  const state = useSyncExternalStore(controller.subscribe, controller.getState);
  const [rates, setRates] = useState(start.rates);
  const [model, setModel] = useState<PreviewModel>(start.model);
  const [axis, setAxis] = useState<'capacity' | 'time'>(start.axis);
  useEffect(() => controller.start(), [controller]);
  useEffect(() => service?.onReady?.(() => controller.retryFailed()), [service, controller]);
  useEffect(() => controller.update({ document, rates, model }), [controller, document, rates, model]);
  return (
    <section className="jb-Discharge" aria-label="Discharge preview">
      <header>
        <h3>Discharge</h3>
        {service && (
          <>
            <RateList rates={rates} change={setRates} />
            <Toggle
              name="Model"
              options={['DFN', 'SPMe', 'SPM']}
              value={model}
              choose={value => setModel(value as PreviewModel)}
            />
            <Toggle
              name="Axis"
              options={['capacity', 'time']}
              value={axis}
              choose={value => setAxis(value as 'capacity')}
            />
          </>
        )}
      </header>
      {service ? (
        <>
          <Curves state={state} axis={axis} document={document} rates={rates} />
          <StatusLine state={state} controller={controller} />
        </>
      ) : (
        <p className="jb-Empty">
          No kernel is attached, so discharges are not solved here. Everything else works: the figures above
          are computed in the browser.
        </p>
      )}
    </section>
  );
}

function colourOf(rate: number, rates: readonly number[]): string {
  return `var(--jb-curve-${(Math.max(0, rates.indexOf(rate)) % 8) + 1})`;
}

interface CurvesProps {
  readonly state: PreviewState;
  readonly axis: 'capacity' | 'time';
  readonly document: JsonObject | null;
  readonly rates: readonly number[];
}

function Curves({ state, axis, document, rates }: CurvesProps) {
  const good = state.curves.filter(curve => !curve.error && curve.voltage.length > 1);
  const hours = (curve: PreviewCurve) => curve.time.map(time => time / 3600);
  const longest = Math.max(
    0,
    ...good.map(curve => Math.max(...(axis === 'time' ? hours(curve) : curve.capacity)))
  );
  const [low, high] = ['lower_cutoff', 'upper_cutoff'].map(name => valueAt(document ?? {}, [name]));
  const window =
    typeof low === 'number' && typeof high === 'number' ? ([low - 0.05, high + 0.05] as const) : undefined;
  return (
    <LineChart
      title={`Discharge voltage against ${axis} at ${good.map(curve => `${curve.rate}C`).join(', ') || 'no rate yet'}`}
      curves={good.map(curve => ({
        name: `${curve.rate}C`,
        colour: colourOf(curve.rate, rates),
        x: axis === 'time' ? hours(curve) : curve.capacity,
        y: curve.voltage
      }))}
      xLabel={axis === 'time' ? 'Time (h)' : 'Discharged capacity (A h)'}
      yLabel="Voltage (V)"
      xRange={[0, longest > 0 ? longest * 1.02 : 1]}
      {...(window ? { yRange: window } : {})}
      height={[250, 380]}
      faded={state.stale}
    />
  );
}

function StatusLine({ state, controller }: { state: PreviewState; controller: PreviewController }) {
  const failures = state.curves.filter(curve => curve.error);
  return (
    <div className="jb-Discharge-status" role="status">
      <span>{statusText(state)}</span>
      {state.phase === 'solving' && (
        <>
          <progress max={Math.max(1, state.total)} value={state.done} aria-label="Discharges solved" />
          <button type="button" className="jb-Button" onClick={() => controller.cancel()}>
            Cancel
          </button>
        </>
      )}
      {(state.phase === 'failed' || state.phase === 'cancelled') && (
        <button type="button" className="jb-Button" onClick={() => controller.retry()}>
          Solve again
        </button>
      )}
      {!state.stale &&
        failures.map(curve => (
          <p key={curve.rate} className="jb-mod-error">
            {`${curve.rate}C: ${curve.error}`}
          </p>
        ))}
    </div>
  );
}

function statusText(state: PreviewState): string {
  switch (state.phase) {
    case 'waiting':
      return state.stale ? 'Edited; solving in a moment' : 'Solving in a moment';
    case 'solving':
      return `Solving, ${state.done} of ${state.total} done`;
    case 'invalid':
      return 'Waiting until the faults are corrected';
    case 'failed':
      return state.message || 'The kernel could not solve this design';
    case 'cancelled':
      return 'Cancelled';
    default:
      return endings(state.curves);
  }
}

function endings(curves: readonly PreviewCurve[]): string {
  const reasons = new Set(curves.filter(curve => !curve.error).map(curve => curve.endReason));
  return reasons.size === 0 ? 'Add a C-rate to see its discharge' : `Ended by: ${[...reasons].join('; ')}`;
}

function RateList({ rates, change }: { rates: readonly number[]; change(rates: readonly number[]): void }) {
  const id = useId();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    const result = withRate(rates, text);
    setProblem(typeof result === 'string' ? result : '');
    if (typeof result !== 'string') {
      change(result);
      setText('');
    }
  };
  return (
    <form className="jb-Rates" onSubmit={add} aria-label="C-rates">
      {rates.map(rate => (
        <span key={rate} className="jb-Rate">
          <i style={{ background: colourOf(rate, rates) }} />
          {`${rate}C`}
          <button
            type="button"
            aria-label={`Take ${rate}C away`}
            title={`Take ${rate}C away`}
            onClick={() => change(rates.filter(other => other !== rate))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <input
        type="text"
        value={text}
        placeholder="add C/2"
        aria-label="Add a C-rate"
        aria-invalid={problem !== ''}
        aria-describedby={`${id}-problem`}
        onChange={event => {
          setText(event.target.value);
          setProblem('');
        }}
      />
      <span id={`${id}-problem`} className="jb-Rates-problem" role="alert">
        {problem}
      </span>
    </form>
  );
}
