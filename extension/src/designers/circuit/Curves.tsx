/** Tap changer, cost and capability of an element: values, small tables, and a plot of what they mean. */

import type { ReactNode } from 'react';
import type { Json, JsonObject } from '../../core/document';
import { isObject } from '../../core/document';
import { figure } from '../../core/numbers';
import type { Editor } from '../../core/editor';
import { useEditor } from './context';
import { CurvePlot } from './CurvePlot';
import {
  capabilityProblem,
  capabilityRegion,
  costCurve,
  numbersOf,
  pointsProblem,
  rowsOf,
  stepsOf
} from './curveValues';
import type { Element } from './elements';
import { titleOf } from './elements';
import { circuitSchema } from './model';
import type { Column } from './PointTable';
import { PointTable } from './PointTable';
import type { StudyState } from './study';
import { Value } from './Value';

interface CurvesProps {
  readonly element: Element;
  readonly study: StudyState;
}

export function Curves({ element, study }: CurvesProps) {
  const { table } = element;
  return (
    <>
      {(table === 'transformers' || table === 'three_winding_transformers') && (
        <TapChanger element={element} />
      )}
      {table === 'generators' && <Capability element={element} study={study} />}
      {table === 'generators' && <Cost element={element} study={study} />}
    </>
  );
}

/** Set a value; what is wrong with it, empty where it is taken. */
function put(editor: Editor, path: readonly string[], value: Json | undefined, label: string): string {
  const changes = [{ path, value }];
  const [fault] = editor.judge(changes);
  if (fault) {
    return `${fault.rule.charAt(0).toUpperCase()}${fault.rule.slice(1)}`;
  }
  return editor.change(changes, label) ? '' : 'This network is read only';
}

interface OptionalProps {
  readonly title: string;
  readonly words: string;
  readonly given: boolean;
  readonly start: JsonObject;
  readonly path: readonly string[];
  readonly label: string;
  readonly children: ReactNode;
}

/** A group of values that an element may have: given by a button, taken away by another. */
function Optional({ title, words, given, start, path, label, children }: OptionalProps) {
  const { editor, state } = useEditor();
  return (
    <details open={given}>
      <summary>{given ? title : `${title} (none)`}</summary>
      {given && children}
      <div className="jb-Row">
        <button
          type="button"
          className="jb-Button"
          disabled={state.readOnly}
          onClick={() => void put(editor, path, given ? undefined : start, label)}
        >
          {given ? `Take the ${words} away` : `Give a ${words}`}
        </button>
      </div>
    </details>
  );
}

function TapChanger({ element }: { readonly element: Element }) {
  const { state } = useEditor();
  const path = [element.table, element.id, 'tap_changer'];
  const { row } = element;
  const given = isObject(row['tap_changer']);
  const fields = given ? circuitSchema.fields(path, state.document) : [];
  const steps = stepsOf(row);
  const position = isObject(row['tap_changer']) ? (row['tap_changer']['position'] ?? 0) : 0;
  const turns = steps.some(({ angle }) => angle !== steps[0]?.angle);
  const at = steps.map(({ step, ratio, angle }) => ({ x: step, y: turns ? angle : ratio }));
  const present = steps.find(({ step }) => step === position);
  return (
    <Optional
      title="Tap changer"
      words="tap changer"
      given={given}
      start={{ position: 0 }}
      path={path}
      label={`Tap changer of ${titleOf(element).toLowerCase()}`}
    >
      <div className="jb-Inspector-fields">
        {fields.map(field => (
          <Value key={field.path.join('.')} field={field} />
        ))}
      </div>
      <CurvePlot
        title={`${turns ? 'Phase shift' : 'Ratio'} over the steps`}
        curves={[
          { points: at, look: 'dots' },
          { points: at.filter(({ x }) => x === position), look: 'present' }
        ]}
        across="step"
        up={turns ? 'phase shift / °' : 'ratio'}
      />
      <p className="jb-Value-note">
        {present
          ? `At step ${present.step}: ratio ${figure(present.ratio, 5)}, phase shift ${figure(present.angle, 4)}°`
          : 'The present step lies outside of the lowest and the highest one'}
      </p>
    </Optional>
  );
}

const MEGAWATT = { unit: 'W', display: { unit: 'MW', factor: 1e-6 } };
const MEGAVAR = { unit: 'var', display: { unit: 'Mvar', factor: 1e-6 } };
const PLAIN = { unit: '', display: { unit: '', factor: 1 } };
const CAPABILITY: readonly Column[] = [
  { title: 'Active', ...MEGAWATT },
  { title: 'Minimum', ...MEGAVAR },
  { title: 'Maximum', ...MEGAVAR }
];
const POINTS: readonly Column[] = [
  { title: 'MW', ...PLAIN },
  { title: 'Cost per hour', ...PLAIN }
];
const COEFFICIENTS: readonly Column[] = [{ title: 'Coefficient', ...PLAIN }];
const POWERS = ['per hour', 'per MWh', 'per MW²h', 'per MW³h'];

function Capability({ element, study }: CurvesProps) {
  const { editor, state } = useEditor();
  const rows = rowsOf(element.row['capability']);
  const path = ['generators', element.id, 'capability'];
  const label = `Capability of ${titleOf(element).toLowerCase()}`;
  const found = study.overlay.injections.get(element.key);
  const start = (last: readonly number[] | undefined): readonly number[] => {
    const low = element.row['minimum_reactive'];
    const high = element.row['maximum_reactive'];
    const sides = [typeof low === 'number' ? low : -50e6, typeof high === 'number' ? high : 50e6];
    return last ? [(last[0] ?? 0) + 50e6, last[1] ?? 0, last[2] ?? 0] : [0, ...sides];
  };
  const next = (own: readonly (readonly number[])[]) => start(own[own.length - 1]);
  return (
    <details open={rows.length > 0}>
      <summary>{rows.length > 0 ? 'Capability curve' : 'Capability curve (none)'}</summary>
      {rows.length > 0 ? (
        <>
          <PointTable
            title="Capability curve"
            columns={CAPABILITY}
            rows={rows}
            readOnly={state.readOnly}
            next={next}
            take={after => capabilityProblem(after) || put(editor, path, after, label)}
          />
          <CurvePlot
            title="Reactive power over active power that the machine can give"
            curves={[
              { points: capabilityRegion(rows), look: 'area' },
              { points: found ? [{ x: found.p, y: found.q }] : [], look: 'present' }
            ]}
            across="MW"
            up="Mvar"
          />
        </>
      ) : (
        <div className="jb-Row">
          <button
            type="button"
            className="jb-Button"
            disabled={state.readOnly}
            onClick={() => {
              const first = start(undefined);
              const most = element.row['maximum_power'];
              const second = start(first);
              void put(
                editor,
                path,
                [first, [typeof most === 'number' && most > 0 ? most : (second[0] ?? 0), ...second.slice(1)]],
                label
              );
            }}
          >
            Give a capability curve
          </button>
        </div>
      )}
    </details>
  );
}

function Cost({ element, study }: CurvesProps) {
  const { editor, state } = useEditor();
  const path = ['generators', element.id, 'cost'];
  const label = `Cost of ${titleOf(element).toLowerCase()}`;
  const cost = isObject(element.row['cost']) ? element.row['cost'] : null;
  const piecewise = cost?.['kind'] === 'piecewise';
  const fields = cost
    ? circuitSchema
        .fields(path, state.document)
        .filter(({ path: own }) => ['start_up', 'shut_down'].includes(own[3] ?? own[own.length - 1] ?? ''))
    : [];
  const curve = cost ? costCurve(cost, element.row) : [];
  const found = study.overlay.injections.get(element.key);
  const turnInto = (kind: 'polynomial' | 'piecewise') => {
    if (cost && (cost['kind'] ?? 'polynomial') !== kind) {
      // the other form starts from points of this one, so that nothing jumps
      const ends = [curve[0], curve[curve.length - 1]].map(p => [p?.x ?? 0, p?.y ?? 0]);
      const [[x0 = 0, y0 = 0] = [], [x1 = 1, y1 = 0] = []] = ends;
      const slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
      const [points, coefficients] = [rowsOf(cost['points']), numbersOf(cost['coefficients'])];
      const own: JsonObject =
        kind === 'piecewise'
          ? { points: points.length > 1 ? points : ends }
          : { coefficients: coefficients.length > 0 ? coefficients : [y0 - slope * x0, slope] };
      void put(editor, path, { ...cost, kind, ...own }, label);
    }
  };
  return (
    <Optional
      title="Cost"
      words="cost"
      given={cost !== null}
      start={{ kind: 'polynomial', coefficients: [0, 40] }}
      path={path}
      label={label}
    >
      <div className="jb-Toggle" role="group" aria-label="Form of the cost">
        {(['polynomial', 'piecewise'] as const).map(kind => (
          <button
            key={kind}
            type="button"
            aria-pressed={(kind === 'piecewise') === piecewise}
            disabled={state.readOnly}
            onClick={() => turnInto(kind)}
          >
            {kind === 'polynomial' ? 'Polynomial' : 'Points'}
          </button>
        ))}
      </div>
      {piecewise ? (
        <PointTable
          title="Points of the cost"
          columns={POINTS}
          rows={rowsOf(cost['points'])}
          readOnly={state.readOnly}
          next={rows => {
            const [last = [0, 0], before = [0, 0]] = [...rows].reverse();
            const [x = 0, y = 0] = last;
            const step = rows.length > 1 ? x - (before[0] ?? 0) : 50;
            return [x + step, y + (rows.length > 1 ? y - (before[1] ?? 0) : 40 * step)];
          }}
          take={rows => pointsProblem(rows) || put(editor, [...path, 'points'], rows, label)}
        />
      ) : (
        <PointTable
          title="Coefficients of the cost"
          columns={COEFFICIENTS}
          rows={numbersOf(cost?.['coefficients']).map(value => [value])}
          names={i => POWERS[i] ?? `per MW^${i} h`}
          readOnly={state.readOnly}
          next={() => [0]}
          take={rows =>
            put(
              editor,
              [...path, 'coefficients'],
              rows.map(([value = 0]) => value),
              label
            )
          }
        />
      )}
      <CurvePlot
        title="Cost per hour over active power"
        curves={[
          { points: curve, look: 'line' },
          { points: piecewise ? curve : [], look: 'dots' },
          { points: found && curve.length > 1 ? presentCost(curve, found.p) : [], look: 'present' }
        ]}
        across="MW"
        up="cost per hour"
      />
      <div className="jb-Inspector-fields">
        {fields.map(field => (
          <Value key={field.path.join('.')} field={field} />
        ))}
      </div>
    </Optional>
  );
}

/** The point of a drawn curve at a power, where it lies on it. */
function presentCost(curve: readonly { readonly x: number; readonly y: number }[], p: number) {
  for (let i = 1; i < curve.length; i++) {
    const [a, b] = [curve[i - 1], curve[i]];
    if (a && b && p >= a.x && p <= b.x && b.x > a.x) {
      return [{ x: p, y: a.y + ((b.y - a.y) * (p - a.x)) / (b.x - a.x) }];
    }
  }
  return [];
}
