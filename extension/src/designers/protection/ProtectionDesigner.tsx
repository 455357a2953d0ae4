/** Time-current curves with settings to drag, the legend beside them, and what the coordination check says. */

import type { KeyboardEvent, PointerEvent } from 'react';
import { useId, useRef, useState, useSyncExternalStore } from 'react';
import { shortcut } from '../../core/keyboard';
import type { Theme } from '../../core/services';
import { useWidth } from '../cell/hooks';
import { DragHandle } from './DragHandle';
import type { Drawing, Frame, Trace } from './drawing';
import {
  amperes,
  currentAt,
  decades,
  frameOf,
  markRows,
  pathsOf,
  reading,
  tick,
  volts,
  xAt,
  yAt
} from './drawing';
import type { ProtectionState, ProtectionStore } from './store';

const DASHES = ['', '7 4', '7 3 2 3', '2 3'];

export const colourOf = (k: number) => `var(--jb-curve-${(k % 8) + 1})`;
const dashOf = (k: number) => DASHES[Math.floor(k / 8) % DASHES.length];

interface Props {
  readonly store: ProtectionStore;
  readonly theme: Theme;
}

export function ProtectionDesigner({ store, theme }: Props) {
  const state = useSyncExternalStore(
    listener => store.subscribe(listener),
    () => store.get()
  );
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [pointer, setPointer] = useState<number | null>(null);
  const keys = (event: KeyboardEvent) => {
    const wanted = shortcut(event);
    if (wanted && !state.readOnly) {
      event.preventDefault();
      event.stopPropagation();
      store[wanted]();
    }
  };
  const toggle = (name: string) =>
    setHidden(before => {
      const after = new Set(before);
      if (!after.delete(name)) {
        after.add(name);
      }
      return after;
    });
  return (
    <div className="jb-Cell jb-Protection" data-theme={theme} onKeyDown={keys}>
      <Head store={store} state={state} />
      <div className="jb-Protection-grid">
        <Chart store={store} state={state} hidden={hidden} pointer={pointer} onPointer={setPointer} />
        <Legend drawing={state.drawing} hidden={hidden} pointer={pointer} onToggle={toggle} />
      </div>
      <p className="jb-Protection-message" role="status">
        {state.message}
      </p>
      <Findings state={state} />
    </div>
  );
}

function Head({ store, state }: { readonly store: ProtectionStore; readonly state: ProtectionState }) {
  return (
    <div className="jb-Protection-head">
      <strong>{state.drawing.name}</strong>
      <span className="jb-Protection-space" />
      {state.readOnly ? (
        <span className="jb-Badge">read only</span>
      ) : (
        <>
          <button className="jb-Button" type="button" disabled={!state.canUndo} onClick={() => store.undo()}>
            Undo
          </button>
          <button className="jb-Button" type="button" disabled={!state.canRedo} onClick={() => store.redo()}>
            Redo
          </button>
        </>
      )}
    </div>
  );
}

interface ChartProps {
  readonly store: ProtectionStore;
  readonly state: ProtectionState;
  readonly hidden: ReadonlySet<string>;
  readonly pointer: number | null;
  readonly onPointer: (current: number | null) => void;
}

function Chart({ store, state, hidden, pointer, onPointer }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder, 640);
  const height = Math.round(Math.min(640, Math.max(360, 0.72 * width)));
  const { drawing } = state;
  const frame = frameOf(drawing, width, height);
  const clip = useId();
  const move = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const inside = x >= frame.left && x <= frame.left + frame.width;
    onPointer(inside ? currentAt(frame, x) : null);
  };
  return (
    <div ref={holder} className="jb-Protection-chart">
      <svg
        width={width}
        height={height}
        role="group"
        aria-label={`Time-current curves of ${drawing.name}`}
        onPointerMove={move}
        onPointerLeave={() => onPointer(null)}
      >
        <clipPath id={clip}>
          <rect x={frame.left} y={frame.top} width={frame.width} height={frame.height} />
        </clipPath>
        <Axes drawing={drawing} frame={frame} />
        <g clipPath={`url(#${clip})`}>
          <Marks drawing={drawing} frame={frame} />
          {drawing.traces.map((trace, k) =>
            hidden.has(trace.name) ? null : <Curve key={trace.name} trace={trace} frame={frame} k={k} />
          )}
        </g>
        {pointer !== null && (
          <line
            className="jb-Protection-pointer"
            x1={xAt(frame, pointer)}
            x2={xAt(frame, pointer)}
            y1={frame.top}
            y2={frame.top + frame.height}
          />
        )}
        {drawing.handles.map(handle => {
          const k = drawing.traces.findIndex(trace => trace.name === handle.device);
          return hidden.has(handle.device) ? null : (
            <DragHandle
              key={`${handle.device}/${handle.path}`}
              handle={handle}
              frame={frame}
              colour={colourOf(k)}
              store={store}
              readOnly={state.readOnly}
            />
          );
        })}
      </svg>
    </div>
  );
}

function Curve({ trace, frame, k }: { readonly trace: Trace; readonly frame: Frame; readonly k: number }) {
  const paths = pathsOf(trace, frame);
  return (
    <g className={`jb-Trace jb-mod-${trace.kind}${paths.band ? ' jb-mod-band' : ''}`} data-trace={trace.name}>
      {paths.band && <path className="jb-Trace-band" d={paths.band} fill={colourOf(k)} />}
      <path className="jb-Trace-line" d={paths.lines} stroke={colourOf(k)} strokeDasharray={dashOf(k)} />
    </g>
  );
}

function Marks({ drawing, frame }: { readonly drawing: Drawing; readonly frame: Frame }) {
  const rows = markRows(drawing.marks, frame);
  return (
    <g className="jb-Protection-marks">
      {drawing.marks.map((mark, i) => {
        const x = xAt(frame, mark.current);
        return (
          <g key={`${mark.label} ${mark.current}`}>
            <line x1={x} x2={x} y1={frame.top} y2={frame.top + frame.height} />
            <text x={x + 4} y={frame.top + 14 + 14 * (rows[i] ?? 0)}>
              {i + 1}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function Axes({ drawing, frame }: { readonly drawing: Drawing; readonly frame: Frame }) {
  const { left, top, width, height } = frame;
  return (
    <g className="jb-Protection-axes">
      {decades(frame.time).map(({ value, whole }) => (
        <g key={value} transform={`translate(0 ${yAt(frame, value).toFixed(1)})`}>
          <line className={whole ? 'jb-mod-whole' : undefined} x1={left} x2={left + width} />
          {whole && (
            <text x={left - 6} dy="0.35em" textAnchor="end">
              {tick(value)}
            </text>
          )}
        </g>
      ))}
      {decades(frame.current).map(({ value, whole }) => (
        <g key={value} transform={`translate(${xAt(frame, value).toFixed(1)} 0)`}>
          <line className={whole ? 'jb-mod-whole' : undefined} y1={top} y2={top + height} />
          {whole && (
            <text y={top + height + 15} textAnchor="middle">
              {tick(value)}
            </text>
          )}
        </g>
      ))}
      <rect x={left} y={top} width={width} height={height} />
      <text className="jb-mod-label" x={left + width / 2} y={top + height + 34} textAnchor="middle">
        {`Current at ${volts(drawing.voltage)} (A)`}
      </text>
      <text
        className="jb-mod-label"
        transform={`translate(13 ${top + height / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        Time (s)
      </text>
    </g>
  );
}

interface LegendProps {
  readonly drawing: Drawing;
  readonly hidden: ReadonlySet<string>;
  readonly pointer: number | null;
  readonly onToggle: (name: string) => void;
}

function Legend({ drawing, hidden, pointer, onToggle }: LegendProps) {
  return (
    <div className="jb-Protection-legend">
      <p className="jb-Protection-at">{pointer === null ? '\u00a0' : `at ${amperes(pointer)}`}</p>
      <ul>
        {drawing.traces.map((trace, k) => (
          <li key={trace.name}>
            <button
              type="button"
              aria-pressed={!hidden.has(trace.name)}
              title={hidden.has(trace.name) ? 'Show' : 'Hide'}
              onClick={() => onToggle(trace.name)}
            >
              <svg width={26} height={10} aria-hidden="true">
                <line
                  x1={0}
                  x2={26}
                  y1={5}
                  y2={5}
                  stroke={colourOf(k)}
                  strokeDasharray={dashOf(k)}
                  strokeWidth={trace.kind === 'limit' ? 3.5 : 2}
                />
              </svg>
              <span>{trace.name}</span>
            </button>
            <span className="jb-Protection-reading">{pointer === null ? '' : reading(trace, pointer)}</span>
          </li>
        ))}
      </ul>
      <ol>
        {drawing.marks.map(mark => (
          <li key={`${mark.label} ${mark.current}`}>{`${mark.label}, ${amperes(mark.current)}`}</li>
        ))}
      </ol>
    </div>
  );
}

function Findings({ state }: { readonly state: ProtectionState }) {
  return (
    <ul className="jb-Protection-findings" aria-label="Coordination">
      {state.findings.map(finding => (
        <li key={finding.title} className={finding.ok ? 'jb-mod-good' : 'jb-mod-bad'}>
          <span aria-hidden="true">{finding.ok ? '✓' : '✗'}</span>
          <strong>{finding.title}</strong>
          <span>{finding.text}</span>
        </li>
      ))}
    </ul>
  );
}
